/* The initial law of a problem, stated once: particles draw from it, the density
 * starts from its cell averages, exact formulas start from its mixture. */
#ifndef FK_SDE_LAW_H
#define FK_SDE_LAW_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/random.h"
#include "sde/mixture.h"
#include "sde/sde.h"

typedef struct fk_law fk_law;

/* A Gaussian mixture; a point is a component of covariance zero.  Copies m. */
FK_NODISCARD fk_status fk_law_mixture_new(const fk_mixture *m, fk_law **out);

/* Uniform on the box lo[dim] .. hi[dim]. */
FK_NODISCARD fk_status fk_law_uniform_new(size_t dim, const double *lo,
                                          const double *hi, fk_law **out);

/* Density proportional to an expression on the grid's box: normalised by quadrature in
 * each cell (at least 4 Gauss-Legendre points per axis).  Drawn by inverting the cells'
 * cumulative mass, then within the cell by rejection against the expression itself, so
 * that particles and grid share one law exactly.
 * Borrows the SDE and the expression; projected to grids of the same box alone.
 * FK_EDOMAIN with a sentence: negative or not finite at a quadrature node, or zero at
 * all of them. */
FK_NODISCARD fk_status fk_law_expression_new(const fk_sde *sde, const fk_expr *density,
                                             const fk_grid *g, fk_law **out,
                                             fk_message *message);

/* The empirical law of n points [n][dim], each drawn with probability 1/n. */
FK_NODISCARD fk_status fk_law_points_new(size_t dim, size_t n, const double *points,
                                         fk_law **out);

/* Variables of `first` and behind them those of `second`, independent of them; a mixture
 * if `first` is one.  Takes `first`, which is freed after a failure too. */
FK_NODISCARD fk_status fk_law_product_new(fk_law *first, const fk_mixture *second,
                                          fk_law **out);

void fk_law_free(fk_law *law); /* accepts NULL */

size_t fk_law_dim(const fk_law *law);

/* Initial states x[dim][FK_BLOCK] of particles first .. first + FK_BLOCK - 1, a
 * function of (seed, purpose, particle). */
void fk_law_draw(const fk_law *law, uint64_t seed, fk_purpose purpose, uint64_t first,
                 double *const *x);

/* The first n of them as points x[n][dim].  FK_ENOMEM. */
FK_NODISCARD fk_status fk_law_draw_points(const fk_law *law, uint64_t seed,
                                          fk_purpose purpose, size_t n, double *x);

/* Cell averages p[cells]; *outside gets the mass beyond the grid, unless NULL.
 * FK_EDOMAIN: an expression without mass at this grid's nodes, or on another box. */
FK_NODISCARD fk_status fk_law_project(const fk_law *law, const fk_grid *g, double *p,
                                      double *outside);

/* Mean [dim] and covariance [dim][dim].  FK_ENOMEM. */
FK_NODISCARD fk_status fk_law_moments(const fk_law *law, double *mean, double *cov);

/* The law as a mixture, borrowed; NULL if it is none. */
const fk_mixture *fk_law_mixture(const fk_law *law);

/* The points [n][dim] of an empirical law, borrowed; NULL if it is none. */
const double *fk_law_points(const fk_law *law, size_t *n);

/* What the integral of the stated expression was before it was normalised; 1 for laws
 * that are normalised by nature. */
double fk_law_stated_mass(const fk_law *law);

#endif
