#include "sampling/kernel_mass.h"

#include <math.h>
#include <stdbool.h>

static const double reach = 6.0;    /* standard deviations */
static const double broadest = 8.0; /* lengths of a closed axis */

fk_kernel_axis fk_kernel_axis_make(const fk_axis *a, const fk_boundary face[2])
{
    return (fk_kernel_axis){.lo = a->lo,
                            .width = fk_axis_width(a),
                            .cells = (long)a->cells,
                            .face = {face[0], face[1]}};
}

static bool closed(fk_boundary b)
{
    return fk_boundary_reflects(b) || b == FK_PERIODIC;
}

fk_kernel_range fk_kernel_range_find(const fk_kernel_axis *a, double *mean,
                                     double *deviation)
{
    const double n = (double)a->cells, length = n * a->width;
    const bool low = closed(a->face[0]), high = closed(a->face[1]);
    if (low && high) {
        *mean -= 2.0 * length * floor((*mean - a->lo) / (2.0 * length));
        *deviation = fmin(*deviation, broadest * length);
    }
    if (!(isfinite(*mean) && isfinite(*deviation)))
        return (fk_kernel_range){0};

    /* open and absorbing faces cut; one wall alone sends back one length of axis */
    const double lowest = low ? -n : 0.0, highest = high ? 2.0 * n : n;
    double first = floor((*mean - reach * *deviation - a->lo) / a->width);
    double end = floor((*mean + reach * *deviation - a->lo) / a->width) + 1.0;
    fk_kernel_range r = {.whole = {1, 1}};
    if (!(low && high)) {
        r.whole[0] = first >= lowest;
        r.whole[1] = end <= highest;
        first = fmin(fmax(first, lowest), highest);
        end = fmin(fmax(end, lowest), highest);
    }
    r.first = (long)first;
    r.end = (long)end;
    return r;
}

size_t fk_kernel_glue(const fk_kernel_axis *a, long v)
{
    const long period = a->face[0] == FK_PERIODIC ? a->cells : 2 * a->cells;
    const long r = (v % period + period) % period;
    return (size_t)(r < a->cells ? r : 2 * a->cells - 1 - r);
}

/* P(X < edge v), X ~ N(mean, deviation^2) */
static double below(const fk_kernel_axis *a, long v, double mean, double deviation)
{
    const double edge = a->lo + (double)v * a->width;
    if (deviation <= 0.0)
        return mean < edge ? 1.0 : 0.0;
    return 0.5 * erfc((mean - edge) / deviation * 0.70710678118654752440);
}

void fk_kernel_mass_add(const fk_kernel_axis *a, double mean, double deviation,
                        double weight, double *mass, fk_kernel_range *touched)
{
    const fk_kernel_range r = fk_kernel_range_find(a, &mean, &deviation);
    if (r.first >= r.end)
        return;
    double left = r.whole[0] ? 0.0 : below(a, r.first, mean, deviation);
    for (long v = r.first; v < r.end; v++) {
        const double right =
            v + 1 == r.end && r.whole[1] ? 1.0 : below(a, v + 1, mean, deviation);
        const long cell = (long)fk_kernel_glue(a, v);
        mass[cell] += weight * (right - left);
        left = right;
        if (cell < touched->first)
            touched->first = cell;
        if (cell >= touched->end)
            touched->end = cell + 1;
    }
}
