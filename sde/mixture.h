/* Gaussian mixtures in any dimension:  p(x) = sum_k w_k N(x; m_k, S_k). */
#ifndef FK_SDE_MIXTURE_H
#define FK_SDE_MIXTURE_H

#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "core/status.h"

typedef struct fk_mixture {
    size_t dim, components;
    double *weight; /* [components], > 0, sum 1 */
    double *mean;   /* [components][dim] */
    double *cov;    /* [components][dim][dim], symmetric, >= 0 (0: a point) */
} fk_mixture;

/* Weights, means and covariances zero, to be filled by the caller. */
FK_NODISCARD fk_status fk_mixture_new(size_t dim, size_t components, fk_mixture **out);
FK_NODISCARD fk_status fk_mixture_copy(const fk_mixture *m, fk_mixture **out);
void fk_mixture_free(fk_mixture *m); /* accepts NULL */

/* n points x[n][dim] with equal weights, as components without spread. */
FK_NODISCARD fk_status fk_mixture_of_points(size_t dim, size_t n, const double *x,
                                            fk_mixture **out);

/* Mean [dim] and covariance [dim][dim] of the whole. */
void fk_mixture_moments(const fk_mixture *m, double *mean, double *cov);

/* Cell averages on the grid, to rounding in 1-D and for diagonal covariances (error
 * functions), by Gauss-Legendre in each cell otherwise.  Components that are points
 * put their whole weight into one cell.  *outside gets the mass beyond the grid;
 * may be NULL. */
FK_NODISCARD fk_status fk_mixture_project(const fk_mixture *m, const fk_grid *g,
                                          double *p, double *outside);

/* The factors that log density and score need, made once per time: inverse
 * covariances and log normalisations.  FK_ESINGULAR if a covariance is not positive
 * definite. */
typedef struct fk_mixture_score fk_mixture_score;
FK_NODISCARD fk_status fk_mixture_score_new(const fk_mixture *m,
                                            fk_mixture_score **out);
void fk_mixture_score_free(fk_mixture_score *s);

/* x[dim][FK_BLOCK] -> s[dim][FK_BLOCK] = grad log p, by log-sum-exp, so that far tails
 * are right; log_p[FK_BLOCK] too unless NULL.  scratch: fk_mixture_score_scratch(). */
void fk_mixture_score_eval(const fk_mixture_score *s, const double *const *x,
                           double *const *score, double *log_p, double *scratch);
size_t fk_mixture_score_scratch(const fk_mixture_score *s);

/* Its derivatives J[dim][dim][FK_BLOCK], symmetric; the same scratch. */
void fk_mixture_score_jacobian(const fk_mixture_score *s, const double *const *x,
                               double *J, double *scratch);

#endif
