/* Private to plots/.  Histograms with their error bars, as lines of a data file. */
#ifndef FK_PLOTS_HISTOGRAM_H
#define FK_PLOTS_HISTOGRAM_H

#include <stddef.h>
#include <stdio.h>

#include "core/grid.h"

enum {
    FK_HISTOGRAM_BINS = 100
}; /* at most so many are drawn, if the cells divide so */

/* Names of the columns below, for the file's head. */
extern const char fk_histogram_columns[];

/* One block of lines, `centre, density, error, residual`, from the histogram p[cells] (a
 * density) of `count` samples along one axis, cells joined into bins of probability P:
 *
 *     error    = sqrt(P (1 - P) / count) / width          one standard error
 *     residual = (P - Q) / sqrt(Q (1 - Q) / count)        against Q of the reference
 *
 * The residual is NaN without a reference[cells] and where fewer than 5 are expected. */
void fk_histogram_write(FILE *out, const fk_axis *axis, double count, const double *p,
                        const double *reference);

#endif
