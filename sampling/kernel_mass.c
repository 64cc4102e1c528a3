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
                            .face = {face[0], face[1]},
                            .grid = *a};
}

static bool closed(fk_boundary b)
{
    return fk_boundary_reflects(b) || b == FK_PERIODIC;
}

/* Edge v of the continued axis: mirrored at the faces where it is stretched. */
static double edge_of(const fk_kernel_axis *a, long v)
{
    double sign = 1.0, shift = 0.0;
    if (a->grid.stretch == NULL)
        return a->lo + (double)v * a->width;
    while (v < 0 || v > a->cells) {
        shift += 2.0 * sign * (v < 0 ? a->grid.lo : a->grid.hi);
        v = v < 0 ? -v : 2 * a->cells - v;
        sign = -sign;
    }
    return shift + sign * fk_axis_edge(&a->grid, (size_t)v);
}

/* The cell of the continued axis that holds x. */
static double cell_of(const fk_kernel_axis *a, double x)
{
    if (a->grid.stretch == NULL)
        return floor((x - a->lo) / a->width);
    const double n = (double)a->cells;
    const bool both = closed(a->face[0]) && closed(a->face[1]);
    double sign = 1.0, shift = 0.0; /* cell = shift + sign * that of x */
    while (x < a->grid.lo || x > a->grid.hi) {
        const bool low = x < a->grid.lo;
        if (!both && (sign < 0.0 || !closed(a->face[low ? 0 : 1])))
            return shift + sign * (low ? -1.0 : n); /* farther than comes back */
        x = 2.0 * (low ? a->grid.lo : a->grid.hi) - x;
        shift += sign * (low ? -1.0 : 2.0 * n - 1.0);
        sign = -sign;
    }
    return shift + sign * (double)fk_axis_cell(&a->grid, x);
}

fk_kernel_range fk_kernel_range_find(const fk_kernel_axis *a, double *mean,
                                     double *deviation)
{
    const double n = (double)a->cells;
    const double length =
        a->grid.stretch == NULL ? n * a->width : a->grid.hi - a->grid.lo;
    const bool low = closed(a->face[0]), high = closed(a->face[1]);
    if (low && high) {
        *mean -= 2.0 * length * floor((*mean - a->lo) / (2.0 * length));
        *deviation = fmin(*deviation, broadest * length);
    }
    if (!(isfinite(*mean) && isfinite(*deviation)))
        return (fk_kernel_range){0};

    /* open and absorbing faces cut; one wall alone sends back one length of axis */
    const double lowest = low ? -n : 0.0, highest = high ? 2.0 * n : n;
    double first = cell_of(a, *mean - reach * *deviation);
    double end = cell_of(a, *mean + reach * *deviation) + 1.0;
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
    const double edge = edge_of(a, v);
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
