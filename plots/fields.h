/* Private to plots/.  Which fields of a result a picture shows. */
#ifndef FK_PLOTS_FIELDS_H
#define FK_PLOTS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "plots/result.h"

/* What the particles are held against: the Fokker-Planck density, else the exact one,
 * else NULL; and its name. */
const double *fk_snapshot_law(const fk_snapshot *s);
const char *fk_snapshot_law_name(const fk_snapshot *s);

double fk_field_peak(const fk_grid *g, const double *p); /* 0 for NULL */

/* The even coordinate with the share q of the mass on a line below it, linear within the
 * cell; NaN without mass. */
double fk_field_quantile(const fk_axis *a, const double *p, double q);

/* The initial density, NULL if the result has none. */
const double *fk_initial_density(const fk_result *r);

/* p[cells] = density of the forward process at t, linear in time between the stored
 * ones; false if t lies outside of these. */
bool fk_forward_density(const fk_result *r, double t, double *p);

/* Points to scatter over a picture, two columns (one in one variable): at most `most` of
 * points[n][dim], or, where points is NULL, `most` points drawn from the histogram p,
 * each anywhere in its cell; the same points for the same input. */
void fk_dots_write(FILE *out, const fk_grid *g, size_t n, const double *points,
                   const double *p, size_t most);

#endif
