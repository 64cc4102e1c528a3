/* Maximum likelihood: the parameters under which a measured path is most probable,
 *
 *     log L = sum over steps of log p(x_(i+1), t_(i+1) | x_i, t_i),
 *
 * p by the Fokker-Planck equation (pde/transition.h).  Each step's score s_i = grad log p_i
 * by central differences; uphill by (sum s_i s_i^T)^-1 sum s_i, damped where that
 * overshoots; standard errors from the curvature of log L at its top.
 * [berndt-hall-hall-hausman-1974] */
#ifndef FK_EXPERIMENTS_FIT_H
#define FK_EXPERIMENTS_FIT_H

#include <stddef.h>

#include "core/progress.h"
#include "core/status.h"
#include "pde/transition.h"
#include "sde/sde.h"

enum { FK_FIT_MOST = 16 };

typedef struct fk_fit {
    size_t n;                  /* parameters fitted */
    size_t index[FK_FIT_MOST]; /* in the SDE's parameters */
    double value[FK_FIT_MOST], error[FK_FIT_MOST];
    double shift[FK_FIT_MOST]; /* by what the finer density would move the value */
    double log_likelihood;
    size_t iterations;

    /* The steps against the fitted model, by the probabilities it gave them. */
    size_t beyond; /* components of steps that it holds for nearly impossible */
    double
        ks_distance; /* of the probabilities from evenness; its p-value, conservative */
    double ks_p_value;  /* as parameters were fitted before */
    double correlation; /* of each step's normal score with the next one's: 0 +- */
    double correlation_error; /* ... this in a right model */
} fk_fit;

/* fit: n and index on entry; starts from the SDE's values.  t and finer: the same pairs in
 * the order of time, at standard and at finer accuracy.  FK_ECONVERGE with a sentence:
 * likelihood without a top near there. */
FK_NODISCARD fk_status fk_fit_run(const fk_sde *sde, const fk_transitions *t,
                                  const fk_transitions *finer,
                                  const fk_progress *progress, fk_fit *fit,
                                  fk_message *message);

#endif
