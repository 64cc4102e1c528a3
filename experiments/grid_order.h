/* The order at which a flux converges on a grid. */
#ifndef FK_EXPERIMENTS_GRID_ORDER_H
#define FK_EXPERIMENTS_GRID_ORDER_H

#include "core/grid.h"
#include "core/status.h"
#include "pde/flux.h"
#include "sde/sde.h"

/* The flux's own order while diffusion rules within a cell, its drift order where drift does:
 * with a cell Peclet number |b_i| h_i / a_ii beyond 2 on some axis positive fluxes of two
 * cells become upwind.  In several variables at most 2.  That counts if more than a hundredth of the mass of p[cells] at time t lies
 * in such cells. */
FK_NODISCARD fk_status fk_grid_order(const fk_sde *sde, const fk_domain *domain,
                                     const fk_flux *flux, double t, const double *p,
                                     double *order);

#endif
