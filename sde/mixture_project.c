/* Cell averages of Gaussian mixtures.
 *
 * Diagonal covariances factor into axes, each by error functions.  Otherwise, with
 * S = L L^T and x = m + L z, a Gaussian is a chain: x_0 is normal, and given z_0 .. z_{i-1}
 * so is x_i, with standard deviation L_ii.  The last axis is integrated with error
 * functions, those before it by Gauss-Legendre in panels short against everything the
 * integrand varies by.  A Gaussian on a line (L of one column) is cut at the faces that
 * the line crosses, exactly. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/sort.h"
#include "sde/cholesky.h"
#include "sde/mixture.h"
#include "solvers/quadrature.h"

enum { NODES = 8, FEW_NODES = 4, MOST_PANELS = 1024 };

/* In standard deviations: beyond FAR is nothing that a double can hold, beyond REACH less
 * than 3e-19 of the mass. */
static const double FAR = 38.6, REACH = 9.0;

/* P(lo < Z < hi) for a standard normal Z.  Narrow cells by the midpoint's series, so that
 * nothing cancels, others by the tail they lie in; relative error below 1e-12. */
static double normal_mass(double lo, double hi)
{
    const double h = hi - lo, m = 0.5 * (lo + hi), m2 = m * m, h2 = h * h;
    if (h * (1.0 + fabs(m)) < 0.02)
        return exp(-0.5 * m2) / sqrt(2.0 * M_PI) * h *
               (1.0 + h2 / 24.0 * (m2 - 1.0 + h2 / 80.0 * (m2 * (m2 - 6.0) + 3.0)));
    if (lo > 0.0)
        return 0.5 * (erfc(lo * M_SQRT1_2) - erfc(hi * M_SQRT1_2));
    if (hi < 0.0)
        return 0.5 * (erfc(-hi * M_SQRT1_2) - erfc(-lo * M_SQRT1_2));
    return 0.5 * (erf(hi * M_SQRT1_2) - erf(lo * M_SQRT1_2));
}

/* Cells first .. end - 1 hold what the axis has of [lo, hi]; may be none. */
static void span(const fk_axis *a, double lo, double hi, size_t *first, size_t *end)
{
    const double n = (double)a->cells, width = fk_axis_width(a);
    if (a->stretch != NULL) {
        *first = fk_axis_cell(a, lo);
        *end = fk_axis_cell(a, hi) + 1;
        return;
    }
    *first = (size_t)fmin(fmax(floor((lo - a->lo) / width), 0.0), n);
    *end = (size_t)fmin(fmax(ceil((hi - a->lo) / width), 0.0), n);
}

/* mass[cell * stride] += w P(x in cell), x = N(mean, sd^2) or, for sd = 0, the point */
static void add_axis(const fk_axis *a, double mean, double sd, double w, double reach,
                     double *mass, size_t stride)
{
    size_t first, end;
    if (!(sd > 0.0)) {
        const fk_grid line = fk_grid_make(1, a);
        if (fk_grid_find(&line, &mean, &first))
            mass[first * stride] += w;
        return;
    }
    span(a, mean - reach * sd, mean + reach * sd, &first, &end);
    double lo = (fk_axis_edge(a, first) - mean) / sd;
    for (size_t c = first; c < end; c++) {
        const double hi = (fk_axis_edge(a, c + 1) - mean) / sd;
        mass[c * stride] += w * normal_mass(lo, hi);
        lo = hi;
    }
}

/* ---- diagonal covariances ---- */

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
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const size_t n = g->axis[i].cells;
        mass[i] = axis;
        axis += n;
        memset(mass[i], 0, n * sizeof **mass);
        if (i < g->dim)
            add_axis(&g->axis[i], mean[i], sqrt(s[i * g->dim + i]), 1.0, FAR, mass[i],
                     1);
        else
            mass[i][0] = 1.0;
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

/* ---- Gaussians on a line, x = m + r z ---- */

/* The only column of L that is not zero; false if there are more. */
static bool single_column(const double *l, size_t d, double *r)
{
    size_t columns = 0;
    for (size_t k = 0; k < d; k++) {
        bool zero = true;
        for (size_t i = k; i < d; i++)
            zero = zero && l[i * d + k] == 0.0;
        for (size_t i = 0; !zero && i < d; i++)
            r[i] = l[i * d + k];
        columns += zero ? 0 : 1;
    }
    return columns == 1;
}

/* z[] has room for every face of the grid: where the line crosses them. */
static void add_line(const fk_grid *g, double w, const double *mean, const double *r,
                     double *z, double *p)
{
    size_t n = 0;
    for (size_t i = 0; i < g->dim; i++) {
        const fk_axis *a = &g->axis[i];
        for (size_t e = 0; r[i] != 0.0 && e <= a->cells; e++) {
            const double at = (fk_axis_edge(a, e) - mean[i]) / r[i];
            z[n++] = fmin(fmax(at, -FAR), FAR);
        }
    }
    fk_sort(n, z);
    for (size_t k = 0; k + 1 < n; k++) {
        double x[FK_GRID_DIM];
        size_t cell;
        for (size_t i = 0; i < g->dim; i++)
            x[i] = mean[i] + r[i] * 0.5 * (z[k] + z[k + 1]);
        if (z[k] < z[k + 1] && fk_grid_find(g, x, &cell))
            p[cell] += w * normal_mass(z[k], z[k + 1]);
    }
}

/* ---- full covariances ---- */

typedef struct rule {
    size_t n;
    double node[NODES], weight[NODES]; /* on [-1, 1] */
} rule;

typedef struct chain {
    const fk_grid *g;
    const double *mean, *l;    /* [dim], [dim][dim] */
    rule full, few;            /* few for panels much shorter than the scale */
    double scale[FK_GRID_DIM]; /* in z of the axis: what the integrand varies by */
    double z[FK_GRID_DIM];     /* standard normals chosen so far */
    double *p;
} chain;

/* Given z of this axis the rest is normal, its mean moving by v = (L_i,axis) and its root
 * being L's lower corner R: the mass of a box in it varies like e^(-|R^-1 v z|^2 / 2).
 * Together with the normal density of z:  scale = (1 + |R^-1 v|^2)^(-1/2). */
static double axis_scale(const double *l, size_t d, size_t axis)
{
    double u[FK_GRID_DIM], square = 1.0;
    for (size_t i = axis + 1; i < d; i++) {
        double rest = l[i * d + axis];
        for (size_t k = axis + 1; k < i; k++)
            rest -= l[i * d + k] * u[k];
        u[i] = rest == 0.0 ? 0.0 : rest / l[i * d + i];
        square += u[i] * u[i];
    }
    return isfinite(square) ? 1.0 / sqrt(square) : 0.0;
}

static void add_chain(chain *c, size_t axis, double w, double *p, size_t stride);

/* Integrates over lo < z < hi, a part of one cell of an axis that is not the last one. */
static void add_cell(chain *c, size_t axis, double w, double *p, size_t stride,
                     double lo, double hi)
{
    const double width = hi - lo, scale = c->scale[axis];
    const rule *r = width < 0.2 * scale ? &c->few : &c->full;
    const double n = fmin(fmax(ceil(width / scale), 1.0), MOST_PANELS);
    const double half = 0.5 * width / n;
    for (size_t panel = 0; panel < (size_t)n; panel++)
        for (size_t q = 0; q < r->n; q++) {
            const double z = lo + half * (2.0 * (double)panel + 1.0 + r->node[q]);
            const double density = exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
            c->z[axis] = z;
            add_chain(c, axis + 1, w * density * half * r->weight[q], p, stride);
        }
}

/* Adds w times the law of x_axis .. given z before axis; p is where the cells chosen so
 * far begin. */
static void add_chain(chain *c, size_t axis, double w, double *p, size_t stride)
{
    const fk_axis *a = &c->g->axis[axis];
    const size_t d = c->g->dim;
    double mean = c->mean[axis];
    for (size_t k = 0; k < axis; k++)
        mean += c->l[axis * d + k] * c->z[k];

    const double sd = c->l[axis * d + axis];
    if (axis + 1 == d) {
        add_axis(a, mean, sd, w, REACH, p, stride);
        return;
    }
    size_t first, end;
    if (!(sd > 0.0)) { /* known: one cell, no quadrature */
        const fk_grid line = fk_grid_make(1, a);
        c->z[axis] = 0.0;
        if (fk_grid_find(&line, &mean, &first))
            add_chain(c, axis + 1, w, p + first * stride, stride * a->cells);
        return;
    }
    span(a, mean - REACH * sd, mean + REACH * sd, &first, &end);
    for (size_t i = first; i < end; i++) {
        const double lo = fmax((fk_axis_edge(a, i) - mean) / sd, -REACH);
        const double hi = fmin((fk_axis_edge(a, i + 1) - mean) / sd, REACH);
        if (lo < hi)
            add_cell(c, axis, w, p + i * stride, stride * a->cells, lo, hi);
    }
}

static void add_full(chain *c, double w, const double *s, double *work)
{
    const size_t d = c->g->dim;
    double l[FK_GRID_DIM * FK_GRID_DIM], r[FK_GRID_DIM];
    (void)fk_cholesky(d, s, l);
    if (single_column(l, d, r)) {
        add_line(c->g, w, c->mean, r, work, c->p);
        return;
    }
    c->l = l;
    for (size_t i = 0; i < d; i++)
        c->scale[i] = axis_scale(l, d, i);
    add_chain(c, 0, w, c->p, 1);
}

/* ---- the whole ---- */

static fk_status add_components(const fk_mixture *m, const fk_grid *g, double *work,
                                double *p)
{
    const size_t d = m->dim;
    chain c = {.g = g, .full.n = NODES, .few.n = FEW_NODES, .p = p};
    FK_TRY(fk_gauss_legendre(NODES, c.full.node, c.full.weight));
    FK_TRY(fk_gauss_legendre(FEW_NODES, c.few.node, c.few.weight));
    for (size_t k = 0; k < m->components; k++) {
        const double *s = m->cov + k * d * d;
        c.mean = m->mean + k * d;
        if (is_diagonal(s, d))
            add_product(g, m->weight[k], c.mean, s, work, p);
        else
            add_full(&c, m->weight[k], s, work);
    }
    return FK_OK;
}

fk_status fk_mixture_project(const fk_mixture *m, const fk_grid *g, double *p,
                             double *outside)
{
    assert(m->dim == g->dim);
    const size_t cells = fk_grid_cells(g);
    const double volume = fk_grid_volume(g);
    size_t faces = 0;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        faces += g->axis[i].cells + 1;
    double *work = fk_doubles(faces);
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
