/* Walls that move along the one axis of a domain, and the equation in their frame.  With
 * the walls at l(t) and r(t) and w = r - l, the variable
 *
 *     y = (x - l) / w  in (0, 1),   dy = ((f - l' - y w') dt + G o dW) / w
 *
 * sees walls at rest.  Its density q = w p keeps the mass, the current through a face
 * relative to its motion is the same, and a partial face has the reactivity kappa / w. */
#ifndef FK_SDE_WALLS_H
#define FK_SDE_WALLS_H

#include <stddef.h>

#include "core/grid.h"
#include "core/program.h"
#include "core/status.h"
#include "sde/sde.h"

typedef struct fk_walls fk_walls; /* immutable, for many threads */

/* Where they are and how fast they move, lower and upper. */
typedef struct fk_walls_now {
    double at[2], speed[2];
} fk_walls_now;

/* Of a domain whose walls move.  FK_ENOMEM, FK_EDOMAIN for an unknown symbol. */
FK_NODISCARD fk_status fk_walls_new(const fk_sde *sde, const fk_domain *domain,
                                    fk_walls **out);
void fk_walls_free(fk_walls *w); /* accepts NULL */

size_t fk_walls_scratch(const fk_walls *w); /* doubles, aligned to FK_ALIGN */
fk_walls_now fk_walls_at(const fk_walls *w, double t, double *scratch);

/* The domain as it is at one moment. */
fk_domain fk_walls_domain(const fk_domain *domain, const fk_walls_now *now);

/* The equation of y, named like x, and its domain (0, 1) with as many cells. */
FK_NODISCARD fk_status fk_walls_frame(const fk_sde *sde, const fk_domain *domain,
                                      fk_sde **framed, fk_domain *unit);

#endif
