/* Private to plots/.
 * Maps over two variables: densities, and differences in standard errors. */
#ifndef FK_PLOTS_MAP_H
#define FK_PLOTS_MAP_H

#include "plots/canvas.h"

/* data/NAME: (P - Q) / sqrt(Q (1 - Q) / count) for the probabilities P and Q of joined
 * cells, two variables; NaN where fewer than 5 of `count` are expected. */
void fk_map_difference(fk_canvas *c, const char *name, const fk_grid *g, double count,
                       const double *sample, const double *law);

/* data/NAME: a density of two variables, or another field, cells joined down to at most
 * `most` a side. */
void fk_map_density(fk_canvas *c, const char *name, const fk_grid *g, size_t most,
                    const double *p);
void fk_map_field(fk_canvas *c, const char *name, const fk_grid *g, size_t most,
                  const double *f);

/* Height over width for a map of the domain: true to scale where both variables have one
 * unit and the box is not too long, square otherwise. */
double fk_map_ratio(const fk_problem *p);

/* The same for a box of variables of one unit. */
double fk_map_ratio_of(const fk_grid *g);

#endif
