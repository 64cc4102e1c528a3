/* Private to plots/.
 * Fields as pictures show them: neighbouring cells joined until no axis has more cells
 * than a reader can tell apart, or until a histogram's noise is small enough to judge. */
#ifndef FK_PLOTS_VIEW_H
#define FK_PLOTS_VIEW_H

#include <stddef.h>

#include "core/grid.h"

typedef struct fk_view {
    fk_grid fine, grid;         /* of the field, and of the picture */
    size_t factor[FK_GRID_DIM]; /* cells joined along each axis */
} fk_view;

/* At most `most` cells per axis, as near to it as the divisors of the cells allow; an axis
 * whose number of cells has no fit divisor stays as it is. */
fk_view fk_view_make(const fk_grid *g, size_t most);

/* coarse[] = means of fine[] over the joined cells. */
void fk_view_average(const fk_view *v, const double *fine, double *coarse);

/* index[at most `most`] of n things in order, evenly spread, the last one among them (and
 * the first, if there is room for two); returns how many. */
size_t fk_view_pick(size_t n, size_t most, size_t *index);

#endif
