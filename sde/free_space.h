/* Whether a domain's faces matter to the paths inside it. */
#ifndef FK_SDE_FREE_SPACE_H
#define FK_SDE_FREE_SPACE_H

#include <stdbool.h>

#include "core/grid.h"
#include "sde/sde.h"

/* True if paths are those of free space: domain NULL, or each face open or at rest where
 * drift and noise across it vanish, with slopes that are finite, so that no path from
 * inside gets there in finite time (x = 0 for geometric Brownian motion). */
bool fk_sde_in_free_space(const fk_sde *s, const fk_domain *domain);

#endif
