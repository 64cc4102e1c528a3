/* Private to pde/.
 * What wide fluxes share: the rates of upwind, and currents from the densities that each
 * cell has at its own two faces. */
#ifndef FK_PDE_WIDE_FLUX_H
#define FK_PDE_WIDE_FLUX_H

#include "pde/flux.h"

void fk_upwind_rates(size_t n, const double *conductance, const double *peclet,
                     double *rate_right, double *rate_left);

/* F += v+ (edge[1] of the row - p) + v- (edge[0] of the next row - p of it): the drift
 * v = up - dn carries what is at the face instead of the cell's average.  edge[side] of the
 * rows 0 .. rows has been filled in. */
void fk_carry_edges(const fk_flux_lines *lines, double *F);

#endif
