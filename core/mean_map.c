/* Convolutions between the corners that they are known at. */
#include <math.h>

#include "core/block.h"
#include "core/mean_field.h"

/* The corner below the point along an axis and the share of the one above. */
static size_t below(const fk_mean_field *f, size_t axis, double x, double *share)
{
    const fk_axis *a = &f->grid.axis[axis];
    const double n = (double)a->cells;
    double u = (x - a->lo) * (n / (a->hi - a->lo));
    if (f->periodic[axis])
        u -= n * floor(u / n);
    u = fmin(fmax(u, 0.0), n);
    const double i = fmin(floor(u), n - 1.0);
    *share = u - i;
    return (size_t)i;
}

/* value + (t - time) slope, between two corners. */
static double between(const fk_mean_field *f, size_t at, double dt, double share)
{
    const double *v = f->value + at, *s = f->slope + at;
    const double left = v[0] + dt * s[0], right = v[1] + dt * s[1];
    return left + share * (right - left);
}

/* The mean over the corners of the other axes. */
static double in_box(const fk_mean_map *m, double dt, const double *const *x, size_t j)
{
    const fk_mean_field *f = m->field;
    size_t at = m->first, stride[FK_GRID_DIM] = {0}, step = 1;
    double share[FK_GRID_DIM] = {0.0};
    for (size_t i = 0; i < f->grid.dim; i++) {
        at += step * below(f, i, x[i][j], &share[i]);
        stride[i] = step;
        step *= f->grid.axis[i].cells + 1;
    }
    double value = 0.0;
    for (size_t z = 0; z < (f->grid.dim > 2 ? 2u : 1u); z++)
        for (size_t y = 0; y < (f->grid.dim > 1 ? 2u : 1u); y++)
            value += (y > 0 ? share[1] : 1.0 - share[1]) *
                     (z > 0 ? share[2] : 1.0 - share[2]) *
                     between(f, at + y * stride[1] + z * stride[2], dt, share[0]);
    return value;
}

void fk_mean_map_read(const fk_mean_map *m, double t, const double *const *x,
                      double *out)
{
    const fk_mean_field *f = m->field;
    const double dt = t - f->time;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double share;
        if (f->grid.dim > 1) {
            out[j] = in_box(m, dt, x, j);
            continue;
        }
        const size_t at = m->first + below(f, 0, x[0][j], &share);
        out[j] = between(f, at, dt, share);
    }
}
