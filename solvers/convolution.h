/* Convolutions of masses in the cells of a grid with kernels, at the cells' corners:
 *
 *     F(v) = sum_c m_c K_vc,    K_vc the mean of K(v - y) over y in cell c,
 *
 * by the fast Fourier transform.  For a density with cell averages m_c / |c| the error is of
 * second order in the cells' width; a kernel that jumps or bends where a component of the
 * displacement is zero loses nothing by it.  Displacements wrap around periodic axes to at
 * most half the length; others are free, and masses are zero beyond.
 *
 * Corners are an array F[n2 + 1][n1 + 1][n0 + 1], axis 0 fastest, those of a periodic axis
 * with both of its ends.  [frigo-johnson-2005] */
#ifndef FK_SOLVERS_CONVOLUTION_H
#define FK_SOLVERS_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/program.h"
#include "core/status.h"

typedef struct fk_convolution fk_convolution;

/* Kernels are the n_kernels outputs of a program over displacements[dim of g], which is read
 * at time 0 and not kept.  FK_ENOMEM; FK_EDOMAIN: a kernel is not finite somewhere. */
FK_NODISCARD fk_status fk_convolution_new(const fk_grid *g,
                                          const bool periodic[FK_GRID_DIM],
                                          size_t n_kernels, const fk_program *kernels,
                                          fk_convolution **out);
void fk_convolution_free(fk_convolution *c); /* accepts NULL */

/* The masses[cells] that are convolved next. */
void fk_convolution_load(fk_convolution *c, const double *mass);

/* With kernel k, to corner[]. */
void fk_convolution_apply(fk_convolution *c, size_t k, double *corner);

#endif
