/* Cell averages of Gaussian mixtures.
 *
 * With S = L L^T a Gaussian is a chain: x_0 is normal with standard deviation L_00, and
 * given x_0 .. x_{i-1} so is x_i, with mean and L_ii.  The last axis is integrated with
 * error functions, those before it by Gauss-Legendre in panels short against everything
 * the integrand varies by.  Diagonal covariances factor, and need no quadrature. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/cholesky.h"
#include "sde/mixture.h"
#include "solvers/quadrature.h"

enum { NODES = 8, MOST_PANELS = 256 };

static const double REACH = 9.0; /* standard deviations; beyond is less than 3e-19 */

/* P(lo < Z < hi) for a standard normal Z, without cancellation in the tails */
static double normal_mass(double lo, double hi)
{
    if (lo > 0.0)
        return 0.5 * (erfc(lo * M_SQRT1_2) - erfc(hi * M_SQRT1_2));
    if (hi < 0.0)
        return 0.5 * (erfc(-hi * M_SQRT1_2) - erfc(-lo * M_SQRT1_2));
    return 0.5 * (erf(hi * M_SQRT1_2) - erf(lo * M_SQRT1_2));
}

static size_t clamp_cell(const fk_axis *a, double x)
{
    const double at = floor((x - a->lo) / fk_axis_width(a));
    return at < 0.0 ? 0 : at >= (double)a->cells ? a->cells : (size_t)at;
}

/* Cell of a point, lower edge included; false if it lies outside. */
static bool point_cell(const fk_axis *a, double x, size_t *cell)
{
    if (!(x >= a->lo && x < a->hi))
        return false;
    size_t c = clamp_cell(a, x);
    c -= c == a->cells || x < fk_axis_edge(a, c) ? 1u : 0u;
    c += x >= fk_axis_edge(a, c + 1) ? 1u : 0u;
    *cell = c;
    return true;
}

/* Adds `scale` times the mass of N(mean, sd^2) in each cell of the axis. */
static void add_axis(const fk_axis *a, double mean, double sd, double scale, double *mass)
{
    size_t cell;
    if (!(sd > 0.0)) {
        if (point_cell(a, mean, &cell))
            mass[cell] += scale;
        return;
    }
    const size_t first = clamp_cell(a, mean - REACH * sd);
    const size_t last = clamp_cell(a, mean + REACH * sd);
    double lo = (fk_axis_edge(a, first < a->cells ? first : a->cells) - mean) / sd;
    for (size_t c = first; c < a->cells && c <= last; c++) {
        const double hi = (fk_axis_edge(a, c + 1) - mean) / sd;
        mass[c] += scale * normal_mass(lo, hi);
        lo = hi;
    }
}

static bool is_diagonal(const double *s, size_t d)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            if (i != j && s[i * d + j] != 0.0)
                return false;
    return true;
}

/* p += w prod_i mass_i; axis[] has room for every axis's cells */
static void add_product(const fk_grid *g, double w, const double *mean, const double *s,
                        double *axis, double *p)
{
    double *mass[FK_GRID_DIM];
    const double one = 1.0;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const size_t n = g->axis[i].cells;
        mass[i] = axis;
        axis += n;
        memset(mass[i], 0, n * sizeof **mass);
        if (i < g->dim)
            add_axis(&g->axis[i], mean[i], sqrt(s[i * g->dim + i]), 1.0, mass[i]);
        else
            mass[i][0] = one;
    }
    const size_t n0 = g->axis[0].cells, n1 = g->axis[1].cells;
    for (size_t i2 = 0; i2 < g->axis[2].cells; i2++)
        for (size_t i1 = 0; i1 < n1; i1++) {
            const double outer = w * mass[2][i2] * mass[1][i1];
            double *row = p + (i2 * n1 + i1) * n0;
            for (size_t i0 = 0; outer > 0.0 && i0 < n0; i0++)
                row[i0] += outer * mass[0][i0];
        }
}

/* ---- full covariances ---- */

typedef struct chain {
    const fk_grid *g;
    const double *mean, *l;            /* [dim], [dim][dim] */
    double node[NODES], weight[NODES]; /* on [-1, 1] */
    double z[FK_GRID_DIM];             /* standard normals chosen so far */
    double *line;                      /* masses along the last axis, in its order */
    double *p;
} chain;

static double conditional_mean(const chain *c, size_t axis)
{
    double m = c->mean[axis];
    for (size_t k = 0; k < axis; k++)
        m += c->l[axis * c->g->dim + k] * c->z[k];
    return m;
}

/* Panels per cell, in units of z of this axis: everything that depends on it does so
 * on a scale of L_ii / L_i,axis. */
static size_t panels(const chain *c, size_t axis, double width)
{
    const size_t d = c->g->dim;
    double scale = 1.0;
    for (size_t i = axis + 1; i < d; i++) {
        const double slope = fabs(c->l[i * d + axis]), own = c->l[i * d + i];
        if (slope * scale > own)
            scale = own > 0.0 ? own / slope : 0.0;
    }
    const double n = ceil(width / scale);
    return n >= 1.0 && n < MOST_PANELS ? (size_t)n : n < 1.0 ? 1 : MOST_PANELS;
}

static void add_chain(chain *c, size_t axis, double w, size_t offset, size_t stride);

/* Integrates over cell `cell` of an axis that is not the last one. */
static void add_cell(chain *c, size_t axis, double w, size_t offset, size_t stride,
                     size_t cell, double mean, double sd)
{
    const fk_axis *a = &c->g->axis[axis];
    const double lo = (fk_axis_edge(a, cell) - mean) / sd;
    const double hi = (fk_axis_edge(a, cell + 1) - mean) / sd;
    const size_t n = panels(c, axis, hi - lo);
    const double half = 0.5 * (hi - lo) / (double)n;
    for (size_t q = 0; q < n * NODES; q++) {
        const double middle = lo + (2.0 * (double)(q / NODES) + 1.0) * half;
        const double z = middle + half * c->node[q % NODES];
        if (fabs(z) > REACH)
            continue;
        const double density = exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
        c->z[axis] = z;
        add_chain(c, axis + 1, w * density * half * c->weight[q % NODES],
                  offset + cell * stride, stride * a->cells);
    }
}

static void add_last(chain *c, size_t axis, double w, size_t offset, size_t stride)
{
    const fk_axis *a = &c->g->axis[axis];
    const double mean = conditional_mean(c, axis), sd = c->l[axis * c->g->dim + axis];
    const size_t first = clamp_cell(a, mean - REACH * sd);
    memset(c->line, 0, a->cells * sizeof *c->line);
    add_axis(a, mean, sd, w, c->line);
    for (size_t i = first > 0 ? first - 1 : 0; i < a->cells; i++)
        c->p[offset + i * stride] += c->line[i];
}

static void add_chain(chain *c, size_t axis, double w, size_t offset, size_t stride)
{
    if (axis + 1 == c->g->dim) {
        add_last(c, axis, w, offset, stride);
        return;
    }
    const fk_axis *a = &c->g->axis[axis];
    const double mean = conditional_mean(c, axis), sd = c->l[axis * c->g->dim + axis];
    if (!(sd > 0.0)) { /* known: one cell, no quadrature */
        size_t cell;
        c->z[axis] = 0.0;
        if (point_cell(a, mean, &cell))
            add_chain(c, axis + 1, w, offset + cell * stride, stride * a->cells);
        return;
    }
    const size_t last = clamp_cell(a, mean + REACH * sd);
    for (size_t i = clamp_cell(a, mean - REACH * sd); i < a->cells && i <= last; i++)
        add_cell(c, axis, w, offset, stride, i, mean, sd);
}

/* ---- the whole ---- */

static fk_status add_components(const fk_mixture *m, const fk_grid *g, double *work,
                                double *p)
{
    const size_t d = m->dim;
    double l[FK_GRID_DIM * FK_GRID_DIM];
    chain c = {.g = g, .l = l, .line = work, .p = p};
    FK_TRY(fk_gauss_legendre(NODES, c.node, c.weight));
    for (size_t k = 0; k < m->components; k++) {
        const double *s = m->cov + k * d * d;
        c.mean = m->mean + k * d;
        if (is_diagonal(s, d)) {
            add_product(g, m->weight[k], c.mean, s, work, p);
            continue;
        }
        (void)fk_cholesky(d, s, l);
        add_chain(&c, 0, m->weight[k], 0, 1);
    }
    return FK_OK;
}

fk_status fk_mixture_project(const fk_mixture *m, const fk_grid *g, double *p,
                             double *outside)
{
    const size_t cells = fk_grid_cells(g);
    const double volume = fk_grid_volume(g);
    size_t axes = 0;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        axes += g->axis[i].cells;
    double *work = fk_doubles(axes);
    if (work == NULL)
        return FK_ENOMEM;
    memset(p, 0, cells * sizeof *p);
    const fk_status status = add_components(m, g, work, p);
    free(work);
    double inside = 0.0, total = 0.0;
    for (size_t k = 0; k < m->components; k++)
        total += m->weight[k];
    for (size_t c = 0; c < cells; c++) {
        inside += p[c];
        p[c] /= volume;
    }
    if (outside != NULL)
        *outside = fmax(total - inside, 0.0);
    return status;
}
