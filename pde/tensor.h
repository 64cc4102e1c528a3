/* A drift and a diffusion tensor split among directions; private to pde/coefficients.c.
 * At one point, with tensor a, drift b and the grid's axes and diagonals:
 *
 *     a = sum_i k_i h_i^2 e_i e_i^T
 *         + sum_{i<j} k_ij (h_i e_i + s_ij h_j e_j)(h_i e_i + s_ij h_j e_j)^T
 *
 *     k_ij = |a_ij| / (h_i h_j),  s_ij = sign a_ij,  k_i = a_ii / h_i^2 - sum_j k_ij
 *
 * with conductances k [1/time], all >= 0 unless the tensor is too skewed for the cells.
 * The drift is b = a q + r.  q, where a can be inverted its inverse applied to b, goes
 * with the diffusion: the Peclet number along a step delta is q . delta.  r, the part
 * of the drift in directions without noise, goes along the axes.
 *
 * At a reflecting wall of axis i half of each cell layer's current along the diagonals of
 * i is missing.  The total normal current is zero there, a_ii G_i = -sum_j a_ij G_j for
 * the current a G, which leaves the missing tangential part
 *
 *     1/2 (sum_j k_ij t_j t_j^T - v v^T / m_i),  t_j = h_j e_j,
 *     v = sum_j k_ij s_ij t_j,  m_i = a_ii / h_i^2,
 *
 * which the links within that layer carry in its place.  It is a nonnegative sum of
 * the same kind: nothing is lost of sign or equilibrium, and without it the scheme
 * would be of first order at such walls. */
#ifndef FK_PDE_TENSOR_H
#define FK_PDE_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"

typedef struct fk_tensor {
    size_t dim;
    double a[FK_GRID_DIM][FK_GRID_DIM]; /* symmetric */
    double b[FK_GRID_DIM];
} fk_tensor;

/* q and r of b = a q + r. */
void fk_tensor_drift(const fk_tensor *t, double *q, double *r);

/* Conductance of axis i; walls[j]: how many reflecting walls of axis j the cell layer
 * touches (0 to 2).  Negative beyond rounding: too skewed for cells h[dim]. */
double fk_tensor_axis(const fk_tensor *t, const double *h, const double *walls,
                      size_t i);

/* Conductance of the diagonal of axes i and j with the given sign. */
double fk_tensor_diagonal(const fk_tensor *t, const double *h, const double *walls,
                          size_t i, size_t j, int sign);

#endif
