/* Kernel density estimate of samples that were counted in the cells of a grid, with a
 * Gaussian kernel along each axis:
 *
 *     p_j = 1/(N V) sum_i w_ji n_i,      w_ji ~ exp(-(x_j - x_i)^2 / (2 h^2))
 *
 * Bandwidth h: the fixed point of the improved Sheather-Jones estimate, from the cosine
 * transform of the axis's marginal [botev-2010]; in two variables scaled from n^(-1/5) to
 * n^(-1/6), as between the rules for normal densities; at least half a cell.  Faces:
 * weights beyond a reflecting one are folded back, beyond a periodic one wrapped; beyond
 * the others there is nothing, and weights become those of a local line, which has no
 * bias of first order there [jones-1993].  All of it in the even coordinates of the grid. */
#ifndef FK_CORE_SMOOTH_H
#define FK_CORE_SMOOTH_H

#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"

/* h[dim] for count[cells] of samples; 1 or 2 axes. */
FK_NODISCARD fk_status fk_smooth_bandwidth(const fk_domain *d, const uint64_t *count,
                                           double h[FK_GRID_DIM]);

/* Factor of the bandwidth for confidence bands: n^(-1/20), or n^(-1/24) in two variables.
 * It makes the bias, which no error bar shows, vanish beside the error, so that the band
 * holds the density itself and not its smoothed image [hall-1992]. */
double fk_undersmoothing(double total, size_t dim);

/* How the sums over i are taken: weight by weight, or as correlations by fast Fourier
 * transforms, axis by axis, unless the kernel meets both faces.  The same densities
 * to 1e-13 of the largest one, standard errors to 1e-12. */
typedef enum fk_smooth_sums {
    FK_SMOOTH_FASTER, /* transforms where the kernel reaches over many cells */
    FK_SMOOTH_DIRECT,
    FK_SMOOTH_TRANSFORM,
} fk_smooth_sums;

/* Density p[cells] and its standard error, of `total` samples of which those in the cells
 * are counted.  Never negative.  FK_ELIMIT: more than 2^26 weights on an axis. */
FK_NODISCARD fk_status fk_smooth_density(const fk_domain *d, const uint64_t *count,
                                         double total, const double h[FK_GRID_DIM],
                                         fk_smooth_sums sums, double *p, double *error);

#endif
