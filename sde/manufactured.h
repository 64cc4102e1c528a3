/* Manufactured solutions: a density is chosen and the source that makes it solve the
 * Fokker-Planck equation is derived from it, symbolically.
 *
 *     s = dp/dt + sum_i d_i (b_i p - sum_j a_ij d_j p) + killing p
 *
 * With s added, p is the exact solution on the whole domain as long as it obeys the faces.
 * [roache-2002] */
#ifndef FK_SDE_MANUFACTURED_H
#define FK_SDE_MANUFACTURED_H

#include <stdbool.h>

#include "core/grid.h"
#include "sde/sde.h"

/* A smooth density that obeys every kind of face, with u from 0 to 1 along each axis: a
 * product over the axes of
 *
 *     periodic      1 + 1/2 sin(2 pi u - w)
 *     others        2 sin(pi u)^2 (1 + 2/5 cos(2 pi u - w)),   p = dp/du = 0 at the ends
 *
 * over the volume.  w = 2 pi (t - start) / span if it is to move, else 1. */
const fk_expr *fk_manufactured_density(const fk_sde *sde, const fk_domain *domain,
                                       double start, double span, bool moving);

/* The source s for this density; killing may be NULL. */
const fk_expr *fk_manufactured_source(const fk_sde *sde, const fk_expr *density,
                                      const fk_expr *killing);

#endif
