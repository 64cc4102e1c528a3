#include "plots/histogram.h"

#include <math.h>

#include "plots/view.h"

enum { LEAST_EXPECTED = 5 };

const char fk_histogram_columns[] = "centre\tdensity\terror\tresidual";

static double mass(const fk_axis *axis, const double *p, size_t first, size_t n)
{
    double sum = 0;
    for (size_t i = first; i < first + n; i++)
        sum += p[i];
    return sum * fk_axis_width(axis);
}

/* Of the variable, finite where an edge is not. */
static double extent(const fk_axis *axis, size_t first, size_t n)
{
    double sum = 0;
    for (size_t i = first; i < first + n; i++)
        sum += fk_axis_extent(axis, i);
    return sum;
}

void fk_histogram_write(FILE *out, const fk_axis *axis, double count, const double *p,
                        const double *reference)
{
    const fk_grid line = fk_grid_make(1, axis);
    const fk_view v = fk_view_make(&line, FK_HISTOGRAM_BINS);
    const size_t joined = v.factor[0];
    const fk_axis joint = fk_axis_even(&v.grid.axis[0]);
    for (size_t i = 0; i < v.grid.axis[0].cells; i++) {
        const double sample = mass(axis, p, i * joined, joined);
        const double law =
            reference != NULL ? mass(axis, reference, i * joined, joined) : (double)NAN;
        const double error = sqrt(sample * fmax(1 - sample, 0) / count);
        const double expected_error = sqrt(law * fmax(1 - law, 0) / count);
        const double residual = law * count >= LEAST_EXPECTED && expected_error > 0
                                    ? (sample - law) / expected_error
                                    : (double)NAN;
        const double width = extent(axis, i * joined, joined);
        fprintf(out, "%.9g\t%.9g\t%.3g\t%.4g\n", fk_axis_centre(&joint, i),
                sample / width, error / width, residual);
    }
}
