#include "solvers/spline.h"

#include <assert.h>
#include <string.h>

size_t fk_spline_size(const fk_grid *g)
{
    const size_t n0 = g->axis[0].cells + 2;
    return g->dim == 1 ? n0 : n0 * (g->axis[1].cells + 2);
}

/* Elimination of the rows  c_0 - c_1 = .., c_{i-1} + 4 c_i + c_{i+1} = ..: what is left
 * above the diagonal, which soon is 2 - sqrt(3) to rounding. */
enum { SETTLED = 64 };

typedef struct elimination {
    double over[SETTLED];
} elimination;

static elimination eliminate(void)
{
    elimination e = {{-1.0}};
    for (size_t i = 1; i < SETTLED; i++)
        e.over[i] = 1.0 / (4.0 - e.over[i - 1]);
    return e;
}

static double over(const elimination *e, size_t i)
{
    return e->over[i < SETTLED ? i : SETTLED - 1];
}

/* u[n] rows `stride` apart, `lanes` side by side: f -> the coefficients c_0 .. c_{n-1},
 * with one more row on either side for c_{-1} and c_n.
 *
 *     c_{i-1} + 4 c_i + c_{i+1} = 6 f_i,     c_{-1} = 3 c_0 - 3 c_1 + c_2
 *
 * together give c_0 - c_1 = f_0 - f_1, and the like at the other end. */
FK_CLONES
static void fit_lines(size_t n, size_t stride, size_t lanes, double *u)
{
    const elimination e = eliminate();
    double *const below = u - stride, *const end = u + (n - 1) * stride;
    double *const above = end + stride;
    for (size_t l = 0; l < lanes; l++) {
        above[l] = end[l] - *(end - stride + l);
        u[l] -= u[stride + l];
    }
    for (size_t i = 1; i + 1 < n; i++) {
        double *row = u + i * stride;
        const double *before = row - stride, scale = over(&e, i);
        for (size_t l = 0; l < lanes; l++)
            row[l] = (6.0 * row[l] - before[l]) * scale;
    }
    for (size_t l = 0; l < lanes; l++)
        end[l] = (above[l] + *(end - stride + l)) / (1.0 + over(&e, n - 2));
    for (size_t i = n - 1; i-- > 0;)
        for (size_t l = 0; l < lanes; l++)
            u[i * stride + l] -= over(&e, i) * u[(i + 1) * stride + l];
    for (size_t l = 0; l < lanes; l++) {
        below[l] = 3.0 * (u[l] - u[stride + l]) + u[2 * stride + l];
        above[l] = 3.0 * (end[l] - *(end - stride + l)) + *(end - 2 * stride + l);
    }
}

void fk_spline_fit(const fk_grid *g, const double *f, double *c)
{
    const size_t n0 = g->axis[0].cells, w = n0 + 2;
    assert(g->dim <= 2 && n0 >= FK_SPLINE_LEAST);
    if (g->dim == 1) {
        memcpy(c + 1, f, n0 * sizeof *c);
        fit_lines(n0, 1, 1, c + 1);
        return;
    }
    const size_t n1 = g->axis[1].cells;
    assert(n1 >= FK_SPLINE_LEAST);
    for (size_t i = 0; i < n1; i++)
        memcpy(c + (i + 1) * w + 1, f + i * n0, n0 * sizeof *c);
    for (size_t i = 1; i <= n1; i++)
        fit_lines(n0, 1, 1, c + i * w + 1);
    fit_lines(n1, w, w, c + w);
}

/* Cell of the spline and place within it, for x moved into the box of the centres. */
typedef struct knot {
    double cell, u;
} knot;

static inline knot find(const fk_axis *a, double x)
{
    const double last = (double)(a->cells - 1);
    double at = (x - a->lo) / fk_axis_width(a) - 0.5;
    at = at > 0.0 ? at : 0.0; /* NaN too */
    at = at < last ? at : last;
    /* the last knot belongs to the cell before it */
    double cell = (double)(int)at;
    cell = cell < last - 1.0 ? cell : last - 1.0;
    return (knot){.cell = cell, .u = at - cell};
}

/* Weights of c_{i-1} .. c_{i+2} for the value and for the slope times h. */
static inline void weights(double u, double b[4], double d[4])
{
    const double v = 1.0 - u;
    b[0] = v * v * v / 6.0;
    b[1] = (4.0 - 6.0 * u * u + 3.0 * u * u * u) / 6.0;
    b[2] = (4.0 - 6.0 * v * v + 3.0 * v * v * v) / 6.0;
    b[3] = u * u * u / 6.0;
    d[0] = -0.5 * v * v;
    d[1] = 0.5 * u * (3.0 * u - 4.0);
    d[2] = 0.5 * v * (4.0 - 3.0 * v);
    d[3] = 0.5 * u * u;
}

FK_CLONES
static void slope_1(const fk_axis *a, const double *restrict c,
                    const double *restrict x, double *restrict slope)
{
    const double scale = 1.0 / fk_axis_width(a);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double b[4], d[4];
        const knot k = find(a, x[j]);
        const int i = (int)k.cell;
        weights(k.u, b, d);
        slope[j] =
            scale * (d[0] * c[i] + d[1] * c[i + 1] + d[2] * c[i + 2] + d[3] * c[i + 3]);
    }
}

FK_CLONES
static void slope_2(const fk_grid *g, const double *restrict c,
                    const double *restrict x, const double *restrict y,
                    double *restrict sx, double *restrict sy)
{
    const double scale_x = 1.0 / fk_axis_width(&g->axis[0]);
    const double scale_y = 1.0 / fk_axis_width(&g->axis[1]);
    const int w = (int)g->axis[0].cells + 2;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double b[4], d[4], e[4], f[4], dx = 0.0, dy = 0.0;
        const knot k = find(&g->axis[0], x[j]), m = find(&g->axis[1], y[j]);
        const int at = (int)m.cell * w + (int)k.cell;
        weights(k.u, b, d);
        weights(m.u, e, f);
        for (int q = 0; q < 4; q++) {
            const double *r = c + at + q * w;
            const double value = b[0] * r[0] + b[1] * r[1] + b[2] * r[2] + b[3] * r[3];
            const double rise = d[0] * r[0] + d[1] * r[1] + d[2] * r[2] + d[3] * r[3];
            dx += e[q] * rise;
            dy += f[q] * value;
        }
        sx[j] = scale_x * dx;
        sy[j] = scale_y * dy;
    }
}

void fk_spline_slope(const fk_grid *g, const double *c, const double *const *x,
                     double *const *slope)
{
    if (g->dim == 1)
        slope_1(&g->axis[0], c, x[0], slope[0]);
    else
        slope_2(g, c, x[0], x[1], slope[0], slope[1]);
}

/* Along each axis the weights of the derivatives of order 0, 1 and 2; one row of one in
 * the line's absent second axis. */
typedef struct stencil {
    size_t first, rows;
    double x[3][4], y[3][4];
} stencil;

static void weights_of_derivatives(double u, double scale, double w[3][4])
{
    const double v = 1.0 - u, bend[4] = {v, 3.0 * u - 2.0, 3.0 * v - 2.0, u};
    weights(u, w[0], w[1]);
    for (size_t i = 0; i < 4; i++) {
        w[1][i] *= scale;
        w[2][i] = scale * scale * bend[i];
    }
}

static stencil place(const fk_grid *g, const double *const *x, size_t j)
{
    const knot k = find(&g->axis[0], x[0][j]);
    stencil s = {.first = (size_t)k.cell, .rows = 1, .y = {{1.0}}};
    weights_of_derivatives(k.u, 1.0 / fk_axis_width(&g->axis[0]), s.x);
    if (g->dim == 2) {
        const knot m = find(&g->axis[1], x[1][j]);
        s.first += (size_t)m.cell * (g->axis[0].cells + 2);
        s.rows = 4;
        weights_of_derivatives(m.u, 1.0 / fk_axis_width(&g->axis[1]), s.y);
    }
    return s;
}

/* The derivative of order p along the first axis and of order q along the second. */
static double apply(const stencil *s, const fk_grid *g, const double *c, size_t p,
                    size_t q)
{
    const double *w = s->x[p], *r = c + s->first;
    double sum = 0.0;
    for (size_t i = 0; i < s->rows; i++, r += g->axis[0].cells + 2)
        sum += s->y[q][i] * (w[0] * r[0] + w[1] * r[1] + w[2] * r[2] + w[3] * r[3]);
    return sum;
}

void fk_spline_curvature(const fk_grid *g, const double *c, const double *const *x,
                         double *H)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const stencil s = place(g, x, j);
        H[j] = apply(&s, g, c, 2, 0);
        if (g->dim == 1)
            continue;
        H[FK_BLOCK + j] = H[2 * FK_BLOCK + j] = apply(&s, g, c, 1, 1);
        H[3 * FK_BLOCK + j] = apply(&s, g, c, 0, 2);
    }
}

void fk_spline_value(const fk_grid *g, const double *c, const double *const *x,
                     double *value)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const stencil s = place(g, x, j);
        value[j] = apply(&s, g, c, 0, 0);
    }
}
