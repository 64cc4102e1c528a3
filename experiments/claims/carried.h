/* Private to experiments/claims/.
 * A process with one noise that starts from a point, written as text, whose further
 * variables may be integrals along its path; its particles; what is said of
 * numbers taken from them. */
#ifndef FK_EXPERIMENTS_CLAIMS_CARRIED_H
#define FK_EXPERIMENTS_CLAIMS_CARRIED_H

#include "core/status.h"
#include "experiments/claim.h"
#include "sampling/ensemble.h"
#include "sde/law.h"
#include "sde/sde.h"

typedef struct fk_carried {
    fk_expr_pool *pool;
    fk_sde *sde;
    fk_mixture *start;
    fk_law *law;
    double h; /* length of a step; a parameter of the texts, "h" */
    const fk_scheme *scheme; /* euler-maruyama, unless another is set */
} fk_carried;

/* Lists are separated by semicolons; the first variable starts at x0, the others at 0.
 * To be cleared even after a failure. */
FK_NODISCARD fk_status fk_carried_init(fk_carried *c, size_t dim, const char *variables,
                                       const char *drift, const char *noise, double x0,
                                       double h, fk_message *message);
void fk_carried_clear(fk_carried *c); /* accepts zeros */

/* n particles at time 0. */
FK_NODISCARD fk_status fk_carried_particles(const fk_trial *t, const fk_carried *c,
                                            size_t n, fk_ensemble **out);

/* Mean and variance of numbers v[n], with their standard errors. */
typedef struct fk_sample {
    double mean, error, variance, variance_error;
} fk_sample;

fk_sample fk_sample_of(size_t n, const double *v);

#endif
