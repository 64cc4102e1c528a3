/* Powers of Gaussian mixtures multiplied with each other,
 *
 *     q(x) = prod_k p_k(x)^w_k / Z,     Z = int prod_k p_k^w_k dx,
 *
 * weights of either sign: products of experts, guidance p_c^(1 + w) / p_u^w, naive Bayes.  Not a
 * mixture unless all weights are 1, and no law at all where Z is infinite. */
#ifndef FK_SDE_POWERS_H
#define FK_SDE_POWERS_H

#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "core/status.h"
#include "sde/mixture.h"

typedef struct fk_powers {
    size_t n;
    const double *weight;         /* [n] */
    const fk_mixture *const *law; /* [n] of one number of variables */
} fk_powers;

/* The product of the powers of Gaussians with the mean and covariance of each law, exact for
 * Gaussians, as a mixture of one component:
 *
 *     S^-1 = sum_k w_k S_k^-1,     S^-1 m = sum_k w_k S_k^-1 m_k
 *
 * FK_EDOMAIN with a sentence where S^-1 is not positive definite; FK_ESINGULAR: a law
 * without a density. */
FK_NODISCARD fk_status fk_powers_gaussian(const fk_powers *p, fk_mixture **out,
                                          fk_message *message);

/* log of prod_k p_k^w_k, over blocks of points.  Copies what it needs; FK_ESINGULAR: a law
 * without a density. */
typedef struct fk_powers_log fk_powers_log;
FK_NODISCARD fk_status fk_powers_log_new(const fk_powers *p, fk_powers_log **out);
void fk_powers_log_free(fk_powers_log *l); /* accepts NULL */

/* x[dim][FK_BLOCK] -> log_q[FK_BLOCK].  scratch: fk_powers_log_scratch(). */
void fk_powers_log_eval(const fk_powers_log *l, const double *const *x, double *log_q,
                        double *scratch);
size_t fk_powers_log_scratch(const fk_powers_log *l);

/* Cell averages of q on the grid, of total mass 1 there, by four Gauss-Legendre nodes along
 * each axis of a cell; *log_z, unless NULL, gets log Z of the grid's box.  FK_EDOMAIN with a
 * sentence: there is no mass in the box, or it is not finite. */
FK_NODISCARD fk_status fk_powers_project(const fk_powers *p, const fk_grid *g,
                                         double *out, double *log_z,
                                         fk_message *message);

#endif
