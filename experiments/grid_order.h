/* The order at which a flux converges on a grid. */
#ifndef FK_EXPERIMENTS_GRID_ORDER_H
#define FK_EXPERIMENTS_GRID_ORDER_H

#include "core/grid.h"
#include "core/status.h"
#include "pde/flux.h"
#include "sde/sde.h"

/* The flux's own order while diffusion rules within a cell, 1 where drift does: with a
 * cell Peclet number |b_i| h_i / a_ii beyond 2 on some axis positive fluxes become
 * upwind.  It counts as 1 if more than a hundredth of the mass of p[cells] at time t lies
 * in such cells. */
FK_NODISCARD fk_status fk_grid_order(const fk_sde *sde, const fk_grid *g,
                                     const fk_flux *flux, double t, const double *p,
                                     double *order);

#endif
