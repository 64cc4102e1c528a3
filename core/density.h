/* What is asked of a density on a grid, given as cell averages p[cells] (core/grid.h).
 * Along stretched axes moments are integrals over the even coordinate, in which p is taken
 * as linear within each cell; those of heavy tails may not exist and then grow with the
 * cells. */
#ifndef FK_CORE_DENSITY_H
#define FK_CORE_DENSITY_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"

double fk_density_mass(const fk_grid *g, const double *p);
double fk_density_min(const fk_grid *g, const double *p);

/* Mean [dim] and covariance [dim][dim] of p / mass, with p taken as linear within each
 * cell (slopes from the neighbours): exact for polynomials of degree one up to walls, and
 * far from walls the same as the sums over centres with Sheppard's correction, which
 * for a smooth density leaves no trace of the cells.  A variance that would come out
 * negative (all the mass in one cell) is 0. */
void fk_density_moments(const fk_grid *g, const double *p, double *mean, double *cov);

/* -int p log p, natural logarithm. */
double fk_density_entropy(const fk_grid *g, const double *p);

/* Distances between p and q (cell averages); none is normalised first. */
double fk_density_l1(const fk_grid *g, const double *p, const double *q);
double fk_density_l2(const fk_grid *g, const double *p, const double *q);
double fk_density_kl(const fk_grid *g, const double *p,
                     const double *q); /* inf if q = 0 < p */
double fk_density_hellinger(const fk_grid *g, const double *p, const double *q);

/* Wasserstein-1 in 1-D: int |F - G| dx, both scaled to mass 1; the largest over the
 * axes' marginals otherwise, which bounds it from below.  FK_EDOMAIN: no mass. */
FK_NODISCARD fk_status fk_density_w1(const fk_grid *g, const double *p, const double *q,
                                     double *w1);

/* m[cells of the axis]: density of one variable. */
void fk_density_marginal(const fk_grid *g, const double *p, size_t axis, double *m);

/* Expected L1 distance between p and the histogram of `count` samples of it:
 * sqrt(2 / (pi count)) sum sqrt(P (1 - P)), P the mass of a cell (exact for cells that
 * expect many; cells that expect few use the exact binomial mean deviation). */
double fk_density_noise_floor(const fk_grid *g, const double *p, double count);

/* Histogram counts[cells] of `total` particles as a density. */
void fk_density_from_counts(const fk_grid *g, const uint64_t *count, double total,
                            double *p);

/* Density p[cells] and its standard error from sums over `total` independent
 * samples: of the share w of a sample that falls into each cell, and of w^2 (one sample
 * has the error 0).  p and mass, error and square may be the same arrays. */
void fk_density_from_masses(const fk_grid *g, double total, const double *mass,
                            const double *square, double *p, double *error);

/* Cell averages p of one axis to those of another, zero beyond: lines through the cells,
 * cut where they would change sign, integrated exactly, so that mass is kept where `to`
 * covers `from`, and sign; order 2. */
void fk_density_remap(const fk_axis *from, const double *p, const fk_axis *to,
                      double *out);

#endif
