/* Private to sampling/.
 * The rate of weights of paths that follow a composed score, at a recipe's times. */
#ifndef FK_SAMPLING_WEIGHT_RATE_H
#define FK_SAMPLING_WEIGHT_RATE_H

#include "core/program.h"
#include "sampling/composition.h"
#include "sde/sde.h"

typedef struct fk_weight_rate {
    const fk_composition *composition;
    size_t dim;
    double excess;          /* sum_k w_k - 1 */
    double *a;              /* [n_times][dim][dim]  1/2 G G^T */
    fk_program *divergence; /* of the drift */
} fk_weight_rate;

/* Borrows the composition.  FK_EDOMAIN with a sentence: noise that depends on more than
 * time. */
FK_NODISCARD fk_status fk_weight_rate_new(const fk_sde *sde, const fk_composition *c,
                                          fk_weight_rate *out, fk_message *message);
void fk_weight_rate_clear(fk_weight_rate *r);

/* psi[FK_BLOCK] at time k of the scores' table from x[dim][FK_BLOCK]. */
void fk_weight_rate_eval(const fk_weight_rate *r, size_t k, const double *const *x,
                         double *psi, double *scratch);
size_t fk_weight_rate_scratch(const fk_weight_rate *r);

#endif
