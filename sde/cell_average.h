/* Cell averages of an expression on a grid, by Gauss-Legendre with FK_CELL_POINTS nodes
 * per axis: exact for polynomials of degree 7 in each variable. */
#ifndef FK_SDE_CELL_AVERAGE_H
#define FK_SDE_CELL_AVERAGE_H

#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_CELL_POINTS = 4 };

/* average[cells] of an expression that is a density in the variables (core/grid.h); and unless NULL most[cells], the largest finite value in each cell at
 * the nodes and at as many points spread evenly from corner to corner.  An expression that is negative or not finite at a node gives NaN in that cell.  FK_ENOMEM,
 * and FK_EDOMAIN for a symbol that the SDE does not have. */
FK_NODISCARD fk_status fk_cell_averages(const fk_sde *sde, const fk_expr *density,
                                        double t, const fk_grid *g, double *average,
                                        double *most);

#endif
