/* Mean velocity and effective diffusion along periodic axes, where a stationary process
 * goes round and round: for the displacement R counted through all turns,
 *
 *     v = lim E R / t,     D = lim cov(R) / 2 t.
 *
 * The cell problem of the Markov process on the cells, with the mean displacement rate
 * w_i = sum_j k_ij d_ij of a cell (d_ij: the step from i to j):
 *
 *     v = sum_i p_i w_i V,      L^T chi = -(w - v),
 *     D = 1/2 sum_ij p_i k_ij (d_ij + chi_j - chi_i)(d_ij + chi_j - chi_i)^T V
 *
 * which is exact for that process and of second order in the cells' width for the
 * diffusion.  [reimann-2001, pavliotis-stuart-2008] */
#ifndef FK_PDE_TRANSPORT_H
#define FK_PDE_TRANSPORT_H

#include "pde/stationary.h"

typedef struct fk_transport {
    size_t dim;
    double velocity[FK_GRID_DIM];               /* 0 along axes that are not periodic */
    double diffusion[FK_GRID_DIM][FK_GRID_DIM]; /* symmetric, likewise */
    double *chi[FK_GRID_DIM]; /* [cells] int p chi = 0; NULL if not periodic */
} fk_transport;

/* s: the stationary law of a generator whose cells are one trap. */
FK_NODISCARD fk_status fk_transport_solve(const fk_generator *g, const fk_stationary *s,
                                          fk_transport *out);
void fk_transport_clear(fk_transport *t); /* accepts zeros */

#endif
