#include "pde/coefficients.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/tensor.h"

enum { OUTPUTS = FK_GRID_DIM + FK_GRID_DIM * (FK_GRID_DIM + 1) / 2 };

struct fk_coefficients {
    const fk_sde *sde;
    fk_domain domain;
    const fk_flux *flux;
    bool diagonal, steady;
    double h[FK_GRID_DIM];
    size_t n_out; /* b_i, then a_ij for i <= j */
    fk_program *program;
};

/* Values of the program's outputs at a block of points. */
typedef struct values {
    _Alignas(FK_ALIGN) double out[OUTPUTS][FK_BLOCK];
} values;

/* Position of a_ij among the outputs, i <= j. */
static size_t tensor_output(size_t dim, size_t i, size_t j)
{
    return dim + i * dim - i * (i + 1) / 2 + j;
}

static fk_status compile(fk_coefficients *c)
{
    const size_t dim = c->sde->dim;
    const fk_expr *e[OUTPUTS];
    for (size_t i = 0; i < dim; i++) {
        e[i] = c->sde->flux_drift[i];
        for (size_t j = i; j < dim; j++)
            e[tensor_output(dim, i, j)] = c->sde->diffusion[i * dim + j];
    }
    c->n_out = dim + dim * (dim + 1) / 2;
    const fk_binding binding = fk_sde_binding(c->sde);
    return fk_program_new(c->n_out, e, &binding, &c->program);
}

fk_status fk_coefficients_new(const fk_sde *sde, const fk_domain *domain,
                              const fk_flux *flux, fk_coefficients **out)
{
    *out = NULL;
    fk_coefficients *c = calloc(1, sizeof *c);
    if (c == NULL)
        return FK_ENOMEM;
    c->sde = sde;
    c->domain = *domain;
    c->flux = flux;
    for (size_t i = 0; i < sde->dim; i++)
        c->h[i] = fk_axis_width(&domain->grid.axis[i]);
    c->diagonal = fk_sde_diagonal(sde);
    c->steady = fk_sde_autonomous(sde);
    const fk_status status = compile(c);
    if (status != FK_OK) {
        fk_coefficients_free(c);
        return status;
    }
    *out = c;
    return FK_OK;
}

void fk_coefficients_free(fk_coefficients *c)
{
    if (c == NULL)
        return;
    fk_program_free(c->program);
    free(c);
}

bool fk_coefficients_steady(const fk_coefficients *c)
{
    return c->steady;
}

bool fk_coefficients_diagonal(const fk_coefficients *c)
{
    return c->diagonal;
}

size_t fk_coefficients_scratch(const fk_coefficients *c)
{
    return fk_program_scratch(c->program);
}

/* The points x + shift delta, kept on the grid's side of a periodic face. */
static void shifted(const fk_coefficients *c, const fk_direction *d, const fk_faces *f,
                    double shift, double x[][FK_BLOCK])
{
    for (size_t a = 0; a < c->sde->dim; a++) {
        const fk_axis *axis = &c->domain.grid.axis[a];
        const bool wraps = c->domain.face[a][0] == FK_PERIODIC;
        const double length = axis->hi - axis->lo;
        for (size_t k = 0; k < FK_BLOCK; k++) {
            x[a][k] = f->x[a][k < f->n ? k : 0] + shift * d->delta[a];
            if (wraps && x[a][k] > axis->hi)
                x[a][k] -= length;
            else if (wraps && x[a][k] < axis->lo)
                x[a][k] += length;
        }
    }
}

/* What the direction needs at the points; without cross terms an axis needs its own
 * drift and noise alone. */
static void evaluate(const fk_coefficients *c, double t, const fk_direction *d,
                     const fk_faces *f, double shift, values *v, double *scratch)
{
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK];
    const double *in[FK_GRID_DIM] = {x[0], x[1], x[2]};
    double *out[OUTPUTS];
    const size_t dim = c->sde->dim, m = d->march;
    for (size_t k = 0; k < c->n_out; k++) {
        const bool own = k == m || k == tensor_output(dim, m, m);
        out[k] = own || !c->diagonal ? v->out[k] : NULL;
    }
    shifted(c, d, f, shift, x);
    fk_program_run(c->program, t, in, out, scratch);
}

static fk_tensor tensor_at(const fk_coefficients *c, const values *v, size_t k)
{
    fk_tensor t = {.dim = c->sde->dim};
    for (size_t i = 0; i < t.dim; i++) {
        t.b[i] = v->out[i][k];
        for (size_t j = i; j < t.dim; j++)
            t.a[i][j] = t.a[j][i] = v->out[tensor_output(t.dim, i, j)][k];
    }
    return t;
}

/* Without cross terms: P = b h / a, k = a / h^2; the drift is r where there is no noise,
 * or so little that P overflows. */
FK_CLONES
static void split_scalar(double h, const double *restrict a, const double *restrict b,
                         double *restrict P, double *restrict k, double *restrict r)
{
    for (size_t i = 0; i < FK_BLOCK; i++) {
        const double ratio = b[i] * h / a[i];
        const bool noise = a[i] > 0.0 && fabs(ratio) <= DBL_MAX;
        P[i] = noise ? ratio : 0.0;
        k[i] = a[i] / (h * h);
        r[i] = noise ? 0.0 : b[i] / h;
    }
}

/* What coefficients make of a block of faces. */
typedef struct parts {
    double P[FK_BLOCK]; /* Peclet numbers of whole steps */
    double k[FK_BLOCK]; /* conductances */
    double r[FK_BLOCK]; /* drift without noise over the cell width */
} parts;

static void split_tensors(const fk_coefficients *c, const fk_direction *d,
                          const fk_faces *f, const values *v, parts *out)
{
    const size_t dim = c->sde->dim, m = d->march, s = d->shift;
    for (size_t k = 0; k < f->n; k++) {
        const double walls[] = {f->walls[0][k], f->walls[1][k], f->walls[2][k]};
        const fk_tensor t = tensor_at(c, v, k);
        double q[FK_GRID_DIM], r[FK_GRID_DIM];
        fk_tensor_drift(&t, q, r);
        out->P[k] = 0.0;
        for (size_t i = 0; i < dim; i++)
            out->P[k] += q[i] * d->delta[i];
        if (d->sign != 0) {
            out->k[k] = fk_tensor_diagonal(&t, c->h, walls, m, s, d->sign);
            out->r[k] = 0.0;
        } else {
            out->k[k] = fk_tensor_axis(&t, c->h, walls, m);
            out->r[k] = r[m] / c->h[m];
        }
    }
}

static void split(const fk_coefficients *c, const fk_direction *d, const fk_faces *f,
                  const values *v, parts *out)
{
    const size_t m = d->march;
    if (c->diagonal || f->alone)
        split_scalar(c->h[m], v->out[tensor_output(c->sde->dim, m, m)], v->out[m],
                     out->P, out->k, out->r);
    else
        split_tensors(c, d, f, v, out);
}

/* The first face whose coefficients are not finite or whose conductance is negative
 * beyond rounding; n if there is none.  Conductances negative by rounding become 0. */
static size_t first_fault(const fk_coefficients *c, const fk_direction *d,
                          const fk_faces *f, const values *v, parts *part)
{
    const size_t dim = c->sde->dim, m = d->march;
    const double *a = v->out[tensor_output(dim, m, m)];
    const double tolerance = 1e-9 / (c->h[m] * c->h[m]);
    for (size_t k = 0; k < f->n; k++) {
        if (f->reach[k] == 0.0)
            continue;
        double sum = fabs(v->out[m][k]) + fabs(a[k]) + fabs(part->P[k]);
        for (size_t i = 0; i < c->n_out && !c->diagonal; i++)
            sum += fabs(v->out[i][k]);
        if (!isfinite(sum) || !(part->k[k] >= -tolerance * a[k]))
            return k;
        part->k[k] = part->k[k] > 0.0 ? part->k[k] : 0.0;
    }
    return f->n;
}

/* P = int q . dl: Gauss-Legendre with three points, the middle one being known.  Where
 * that is not finite (noise that vanishes at an outer point) the middle stands for all. */
static void integrate_peclet(const fk_coefficients *c, double t, const fk_direction *d,
                             const fk_faces *f, double *P, double *scratch)
{
    values v;
    parts before, after;
    const double node = 0.5 * sqrt(0.6);
    evaluate(c, t, d, f, -node, &v, scratch);
    split(c, d, f, &v, &before);
    evaluate(c, t, d, f, node, &v, scratch);
    split(c, d, f, &v, &after);
    for (size_t k = 0; k < f->n; k++) {
        const double sum = (5.0 * (before.P[k] + after.P[k]) + 8.0 * P[k]) / 18.0;
        P[k] = isfinite(sum) ? sum : P[k];
    }
}

/* Steps of other lengths than one: to a face, or none at all. */
static void shorten(const fk_faces *f, parts *part)
{
    for (size_t k = 0; k < f->n; k++) {
        const double reach = f->reach[k];
        part->P[k] = reach > 0.0 ? part->P[k] * reach : 0.0;
        part->k[k] = reach > 0.0 ? part->k[k] / reach : 0.0;
        part->r[k] = reach > 0.0 ? part->r[k] : 0.0;
    }
}

fk_status fk_coefficients_rates(const fk_coefficients *c, double t,
                                const fk_direction *d, fk_faces *f, double *scratch,
                                size_t *fault)
{
    values v;
    parts part;
    evaluate(c, t, d, f, 0.0, &v, scratch);
    split(c, d, f, &v, &part);
    *fault = first_fault(c, d, f, &v, &part);
    if (*fault < f->n)
        return FK_EDOMAIN;
    if (f->points > 1)
        integrate_peclet(c, t, d, f, part.P, scratch);
    shorten(f, &part);
    c->flux->rates(f->n, part.k, part.P, f->right, f->left);
    for (size_t k = 0; k < f->n; k++) {
        f->right[k] += part.r[k] > 0.0 ? part.r[k] : 0.0;
        f->left[k] += part.r[k] < 0.0 ? -part.r[k] : 0.0;
    }
    return FK_OK;
}

/* "x = 0.5, y = -1, t = 2" */
static void place_text(const fk_coefficients *c, double t, const double *x, size_t n,
                       char *text)
{
    size_t used = 0;
    for (size_t i = 0; i < c->sde->dim && used < n; i++) {
        char *name = fk_expr_print(c->sde->variable[i], FK_EXPR_TEXT);
        used += (size_t)snprintf(text + used, n - used, "%s = %g, ",
                                 name != NULL ? name : "?", x[i]);
        free(name);
    }
    if (used < n)
        snprintf(text + used, n - used, "t = %g", t);
}

/* The cell shapes h_i that the tensor admits: with m_ii = a_ii, m_ij = -|a_ij|, the
 * condition is (m g)_i >= 0 for g = 1 / h.  In the plane g_1 / g_0 = h_0 / h_1 has an
 * interval; in space m g = (1, 1, 1) is one answer, if it is positive. */
static void shape_text(const fk_tensor *t, const double *h, size_t n, char *text)
{
    if (t->dim == 2) {
        const double xy = fabs(t->a[0][1]);
        snprintf(text, n,
                 "cells with a width ratio h0/h1 between %.4g and %.4g would do here "
                 "(now %.4g)",
                 xy / t->a[1][1], t->a[0][0] / xy, h[0] / h[1]);
        return;
    }
    fk_tensor m = *t;
    double g[FK_GRID_DIM], r[FK_GRID_DIM];
    for (size_t i = 0; i < t->dim; i++) {
        m.b[i] = 1.0;
        for (size_t j = 0; j < t->dim; j++)
            m.a[i][j] = i == j ? t->a[i][j] : -fabs(t->a[i][j]);
    }
    fk_tensor_drift(&m, g, r);
    if (g[0] > 0.0 && g[1] > 0.0 && g[2] > 0.0)
        snprintf(
            text, n,
            "cell widths in the ratio 1 : %.4g : %.4g would do here (now 1 : %.4g : "
            "%.4g)",
            g[0] / g[1], g[0] / g[2], h[1] / h[0], h[2] / h[0]);
    else
        snprintf(text, n, "no shape of cells would do here; other variables may");
}

fk_status fk_coefficients_explain(const fk_coefficients *c, double t, const double *x,
                                  const double *at, double *scratch,
                                  fk_message *message)
{
    double out[OUTPUTS];
    char place[256], shape[256];
    const size_t dim = c->sde->dim;
    fk_program_point(c->program, t, x, out, scratch);
    place_text(c, t, at, sizeof place, place);
    for (size_t i = 0; i < dim; i++) {
        if (!isfinite(out[i]))
            return fk_fail(message, FK_EDOMAIN,
                           "the drift of variable %zu (in flux form) is %g at %s",
                           i + 1, out[i], place);
        for (size_t j = i; j < dim; j++)
            if (!isfinite(out[tensor_output(dim, i, j)]))
                return fk_fail(message, FK_EDOMAIN,
                               "the diffusion tensor's entry %zu,%zu is %g at %s",
                               i + 1, j + 1, out[tensor_output(dim, i, j)], place);
    }
    fk_tensor tensor = {.dim = dim};
    for (size_t i = 0; i < dim; i++)
        for (size_t j = i; j < dim; j++)
            tensor.a[i][j] = tensor.a[j][i] = out[tensor_output(dim, i, j)];
    if (dim == 1)
        return fk_fail(message, FK_EDOMAIN, "the noise is too weak or negative at %s",
                       place);
    shape_text(&tensor, c->h, sizeof shape, shape);
    return fk_fail(
        message, FK_EDOMAIN,
        "the noise at %s is too skewed for cells of this shape (a11 = %g, a12 "
        "= %g, a22 = %g%s): %s",
        place, tensor.a[0][0], tensor.a[0][1], tensor.a[1][1],
        dim == 3 ? ", and variable 3" : "", shape);
}
