/* Private to plots/.
 * A vector field of two variables as arrows of a picture. */
#ifndef FK_PLOTS_ARROWS_H
#define FK_PLOTS_ARROWS_H

#include "plots/canvas.h"

/* data/NAME: middle and extent of each arrow, four columns in the units of the axes, of
 * the field u[2][cells] on g; cells are joined to at most 26 a side, and arrows shorter
 * than 1/50 of the longest are left out. */
void fk_arrows_write(fk_canvas *c, const char *name, const char *const label[2],
                     const fk_grid *g, const double *const *u);

#endif
