/* E phi(X_T), the expectation of an expression at the end, to a given error.
 *
 * The root mean square error asked for is shared between the sample and the step: half
 * its square each.  All ways to estimate share paths, faces and random streams; they
 * differ in which paths they take and how these are averaged.  One file each in
 * sampling/estimators/, one line each in sampling/estimators.def. */
#ifndef FK_SAMPLING_EXPECTATION_H
#define FK_SAMPLING_EXPECTATION_H

#include <stddef.h>
#include <stdint.h>

#include "core/expr.h"
#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "core/tail.h"
#include "sampling/scheme.h"
#include "sde/law.h"
#include "sde/sde.h"

enum { FK_EXPECTATION_LEVELS = 20 };

typedef struct fk_expectation_options {
    const fk_expr *phi; /* over the SDE's variables, parameters and t (= end) */
    double error;       /* root mean square error asked for, > 0 */
    size_t steps;       /* from start to end, >= 1, where the way to estimate does not
                           choose them itself */
    double start, end;
    uint64_t seed;
    const fk_scheme *scheme;
    fk_step_rules rules;
    fk_face_rules faces;
} fk_expectation_options;

/* Paths with one step; of several levels, the difference to the level before. */
typedef struct fk_expectation_level {
    double step, paths;
    double mean, variance;
} fk_expectation_level;

typedef struct fk_expectation {
    double value;
    double sampling; /* standard error of value */
    double bias;     /* estimate of what finer steps would still change; 0 if the scheme
                        is exact */
    double work;     /* particle-steps taken, those that measured the bias included */
    double plain;    /* particle-steps of plain Monte Carlo with the finest step and the
                        error asked for */
    fk_tail tail;    /* of phi(X_T), from paths of their own */
    size_t levels;
    fk_expectation_level level[FK_EXPECTATION_LEVELS];
} fk_expectation;

typedef struct fk_estimator {
    const char *name;
    const char *summary;
    const char *reference; /* key into REFERENCES.md */
    /* domain NULL: free space.  Absorbed paths count with the point where they ended.
     * FK_EDOMAIN with a sentence if phi or a path becomes not finite, or if this way
     * does not fit the problem; FK_ESYNTAX if not the increments; FK_ECONVERGE with a sentence if the error is out of
     * reach, as where the variance looks infinite; FK_EINTERRUPTED. */
    fk_status (*run)(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message);
} fk_estimator;

extern const fk_estimator *const fk_estimators[]; /* NULL-terminated */
const fk_estimator *fk_estimator_find(const char *name);

#endif
