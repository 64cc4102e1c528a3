/* Points drawn from a density on a grid. */
#ifndef FK_CORE_DENSITY_DRAW_H
#define FK_CORE_DENSITY_DRAW_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/random.h"
#include "core/status.h"

/* x[n][dim] of the law of cell averages p[cells], which are made one in sum and taken as
 * constant within each cell; negative ones count as 0.  Point i is a function of (seed,
 * purpose, i).  FK_EDOMAIN: no mass; FK_ENOMEM. */
FK_NODISCARD fk_status fk_density_draw(const fk_grid *g, const double *p, size_t n,
                                       uint64_t seed, fk_purpose purpose, double *x);

#endif
