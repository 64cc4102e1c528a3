/* Multilevel Monte Carlo: E phi(X_T) to a given error with as little work as possible.
 *
 *     E phi(X^L) = E phi(X^0) + sum_{l = 1..L} E[phi(X^l) - phi(X^(l-1))]
 *
 * level l with steps h_0 / 2^l; both terms of a difference along one Brownian path, so that
 * it varies little and needs few paths.  With V_l the variance and C_l the cost of one
 * path, N_l ~ sqrt(V_l / C_l) paths leave a variance of error^2 / 2 at the least cost;
 * levels are added until what is still missing, extrapolated from the last two of
 * them with the scheme's weak order, is below error / sqrt(2).  [giles-2008] */
#ifndef FK_SAMPLING_MULTILEVEL_H
#define FK_SAMPLING_MULTILEVEL_H

#include <stddef.h>
#include <stdint.h>

#include "core/expr.h"
#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "sampling/scheme.h"
#include "sde/law.h"
#include "sde/sde.h"

enum { FK_MULTILEVEL_MOST = 20 };

typedef struct fk_multilevel_options {
    const fk_expr *phi; /* over the SDE's variables, parameters and t (= end) */
    double error;       /* root mean square error asked for, > 0 */
    size_t steps;       /* of the coarsest level, >= 1 */
    double start, end;
    uint64_t seed;
    const fk_scheme *scheme;
    bool bridge;
} fk_multilevel_options;

typedef struct fk_multilevel_line {
    double step, paths;
    double mean, variance; /* of phi on level 0, of the difference on the others */
} fk_multilevel_line;

typedef struct fk_multilevel {
    size_t levels;
    fk_multilevel_line level[FK_MULTILEVEL_MOST];
    double value;
    double sampling; /* standard error of value */
    double bias;     /* estimate of what finer steps would still change */
    double work;     /* particle-steps taken */
    double plain;    /* particle-steps of plain Monte Carlo with the finest step and the
                        same error */
} fk_multilevel;

/* domain NULL: free space.  Absorbed paths count with the point where they ended.
 * FK_ECONVERGE with a sentence if FK_MULTILEVEL_MOST levels are not enough; FK_EDOMAIN if
 * phi or a path becomes not finite; FK_EINTERRUPTED. */
FK_NODISCARD fk_status fk_multilevel_run(const fk_sde *sde, const fk_domain *domain,
                                         const fk_law *law,
                                         const fk_multilevel_options *o,
                                         const fk_progress *progress,
                                         fk_multilevel *out, fk_message *message);

#endif
