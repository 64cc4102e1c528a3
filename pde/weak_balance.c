#include "pde/weak_balance.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/weak_form.h"

/* Of phi: its values, L phi, and a grad phi along each axis. */
enum { OUTPUTS = 2 + FK_GRID_DIM };

/* A cell's piece of the box's surface. */
typedef struct patch {
    size_t cell, axis, side;
} patch;

/* A way out, half a step from its cell, and the mass that takes it in a unit of time. */
typedef struct leak {
    const fk_direction *direction;
    const fk_exit *exit;
    double flow;
} leak;

typedef struct work {
    const fk_fokker_planck *fp;
    const fk_domain *domain;
    const double *p;
    const fk_sde *claim;
    double t;
    size_t cells, n_patches, n_leaks, outputs;
    patch *patch; /* of faces that are not periodic */
    leak *leak;
    double *flow;           /* [cells] L_h p */
    double *adjoint;        /* [cells] */
    double *value[OUTPUTS]; /* [places] at centres, on patches, at leaks */
    double *block; /* rows of coordinates and outputs, then the program's scratch */
} work;

/* ---- places ---- */

static bool has_patches(const fk_domain *d, size_t axis, size_t side)
{
    return d->face[axis][side] != FK_PERIODIC;
}

static void list_patches(work *w)
{
    const fk_grid *g = &w->domain->grid;
    for (size_t c = 0; c < w->cells; c++) {
        size_t index[FK_GRID_DIM];
        fk_grid_unravel(g, c, index);
        for (size_t i = 0; i < g->dim; i++)
            for (size_t side = 0; side < 2; side++)
                if (index[i] == (side == 0 ? 0 : g->axis[i].cells - 1) &&
                    has_patches(w->domain, i, side))
                    w->patch[w->n_patches++] = (patch){c, i, side};
    }
}

static void list_leaks(work *w, size_t n, const fk_direction *d)
{
    const double volume = fk_grid_volume(&w->domain->grid);
    for (size_t i = 0; i < n; i++)
        for (size_t e = 0; e < d[i].n_exits; e++)
            w->leak[w->n_leaks++] =
                (leak){&d[i], &d[i].exit[e],
                       volume * d[i].sink[e].rate * w->p[d[i].exit[e].cell]};
}

static size_t places(const work *w)
{
    return w->cells + w->n_patches + w->n_leaks;
}

static void place_leak(const work *w, const leak *l, double x[FK_GRID_DIM])
{
    fk_grid_centre(&w->domain->grid, l->exit->cell, x);
    for (size_t i = 0; i < w->domain->grid.dim; i++)
        x[i] += 0.5 * l->exit->way * l->direction->delta[i];
}

/* Place number k: a cell's centre, beyond the cells that of a patch, then a leak. */
static void place(const work *w, size_t k, double x[FK_GRID_DIM])
{
    const fk_grid *g = &w->domain->grid;
    if (k >= w->cells + w->n_patches) {
        place_leak(w, &w->leak[k - w->cells - w->n_patches], x);
        return;
    }
    const patch *s = k < w->cells ? NULL : &w->patch[k - w->cells];
    fk_grid_centre(g, s == NULL ? k : s->cell, x);
    if (s != NULL)
        x[s->axis] = s->side == 0 ? g->axis[s->axis].lo : g->axis[s->axis].hi;
}

/* ---- one function ---- */

/* sum_j a_ij d_j phi */
static const fk_expr *spread_gradient(const fk_sde *s, const fk_expr *phi, size_t i)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++)
        sum = fk_expr_add(s->pool, sum,
                          fk_expr_mul(s->pool, s->diffusion[i * s->dim + j],
                                      fk_expr_diff(s->pool, phi, s->variable[j])));
    return sum;
}

static void run_block(const work *w, const fk_program *program, size_t first, size_t n)
{
    const double *x[FK_GRID_DIM];
    double *out[OUTPUTS];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double at[FK_GRID_DIM];
        place(w, first + (j < n ? j : n - 1), at);
        for (size_t i = 0; i < w->claim->dim; i++)
            w->block[i * FK_BLOCK + j] = at[i];
    }
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        x[i] = w->block + i * FK_BLOCK;
    for (size_t k = 0; k < w->outputs; k++)
        out[k] = w->block + (FK_GRID_DIM + k) * FK_BLOCK;
    fk_program_run(program, w->t, x, out,
                   w->block + (FK_GRID_DIM + OUTPUTS) * FK_BLOCK);
    for (size_t k = 0; k < w->outputs; k++)
        for (size_t j = 0; j < n; j++)
            w->value[k][first + j] = out[k][j];
}

/* Everything of phi, at all places. */
static fk_status evaluate(work *w, const fk_expr *phi)
{
    const fk_sde *s = w->claim;
    const fk_binding binding = fk_sde_binding(s);
    const fk_expr *moving = fk_expr_diff(s->pool, phi, s->time);
    const fk_expr *e[OUTPUTS] = {
        phi, fk_expr_sub(s->pool, fk_weak_generator(s, phi), moving)};
    fk_program *program;
    for (size_t i = 0; i < s->dim; i++)
        e[2 + i] = spread_gradient(s, phi, i);
    FK_TRY(fk_program_new(w->outputs, e, &binding, &program));
    w->block =
        fk_doubles((FK_GRID_DIM + OUTPUTS) * FK_BLOCK + fk_program_scratch(program));
    const size_t all = places(w);
    for (size_t k = 0; k < all && w->block != NULL; k += FK_BLOCK)
        run_block(w, program, k, all - k < FK_BLOCK ? all - k : FK_BLOCK);
    const fk_status status = w->block != NULL ? FK_OK : FK_ENOMEM;
    free(w->block);
    fk_program_free(program);
    return status;
}

/* The density on a patch. */
static double density_on(const work *w, const patch *s)
{
    const fk_grid *g = &w->domain->grid;
    size_t index[FK_GRID_DIM];
    if (w->domain->face[s->axis][s->side] == FK_ABSORBING)
        return 0.0;
    fk_grid_unravel(g, s->cell, index);
    if (g->axis[s->axis].cells < 2)
        return w->p[s->cell];
    index[s->axis] += s->side == 0 ? 1 : -(size_t)1;
    return 1.5 * w->p[s->cell] - 0.5 * w->p[fk_grid_ravel(g, index)];
}

static double bracket(const work *w)
{
    const fk_grid *g = &w->domain->grid;
    double sum = 0.0;
    for (size_t k = 0; k < w->n_leaks; k++)
        sum += w->value[0][w->cells + w->n_patches + k] * w->leak[k].flow;
    for (size_t k = 0; k < w->n_patches; k++) {
        const patch *s = &w->patch[k];
        const double area = fk_grid_volume(g) / fk_axis_width(&g->axis[s->axis]);
        const double way = s->side == 0 ? -1.0 : 1.0;
        sum += way * area * density_on(w, s) * w->value[2 + s->axis][w->cells + k];
    }
    return sum;
}

static double integral(const work *w, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t c = 0; c < w->cells; c++)
        sum += u[c] * v[c];
    return sum * fk_grid_volume(&w->domain->grid);
}

static fk_weak_balance balance(const work *w)
{
    fk_weak_balance b = {.rate = integral(w, w->value[0], w->flow),
                         .adjoint = (double)NAN,
                         .generator = integral(w, w->value[1], w->p),
                         .bracket = bracket(w)};
    if (fk_fokker_planck_flux(w->fp)->reach == 1) {
        fk_fokker_planck_apply_transpose(w->fp, w->value[0], w->adjoint);
        b.adjoint = integral(w, w->adjoint, w->p);
    }
    return b;
}

/* ---- all of them ---- */

static size_t count_patches(const fk_domain *d)
{
    size_t sum = 0;
    for (size_t i = 0; i < d->grid.dim; i++)
        sum += 2 * fk_grid_cells(&d->grid) / d->grid.axis[i].cells;
    return sum;
}

static fk_status take(work *w, size_t n, const fk_expr *const *phi,
                      fk_weak_balance *out, fk_message *message)
{
    fk_fokker_planck_apply(w->fp, w->p, w->flow);
    for (size_t k = 0; k < n; k++) {
        FK_TRY(evaluate(w, phi[k]));
        out[k] = balance(w);
        if (!isfinite(out[k].rate + out[k].generator + out[k].bracket))
            return fk_fail(message, FK_EDOMAIN,
                           "test function number %zu is not finite on the cells",
                           k + 1);
    }
    return FK_OK;
}

/* Room for all places and fields; w->flow is the one to free. */
static fk_status open_work(work *w)
{
    size_t n, exits = 0;
    const fk_direction *d = fk_fokker_planck_directions(w->fp, &n);
    for (size_t i = 0; i < n; i++)
        exits += d[i].n_exits;
    const size_t patches = count_patches(w->domain), all = w->cells + patches + exits;
    w->patch = fk_alloc(patches, sizeof *w->patch);
    w->leak = fk_alloc(exits, sizeof *w->leak);
    w->flow = fk_doubles(2 * w->cells + OUTPUTS * all);
    if (w->patch == NULL || w->leak == NULL || w->flow == NULL)
        return FK_ENOMEM;
    w->adjoint = w->flow + w->cells;
    for (size_t k = 0; k < OUTPUTS; k++)
        w->value[k] = w->flow + 2 * w->cells + k * all;
    list_patches(w);
    list_leaks(w, n, d);
    return FK_OK;
}

fk_status fk_weak_balance_take(const fk_fokker_planck *fp, const double *p,
                               const fk_sde *claim, double t, size_t n,
                               const fk_expr *const *phi, fk_weak_balance *out,
                               fk_message *message)
{
    const fk_domain *d = fk_fokker_planck_domain(fp);
    assert(claim->dim == d->grid.dim);
    if (fk_grid_stretched(&d->grid))
        return fk_fail(message, FK_EDOMAIN,
                       "the weak form on cells does not cover axes that are stretched");
    work w = {.fp = fp,
              .domain = d,
              .p = p,
              .claim = claim,
              .t = t,
              .cells = fk_grid_cells(&d->grid),
              .outputs = 2 + claim->dim};
    fk_status status = open_work(&w);
    if (status == FK_OK)
        status = take(&w, n, phi, out, message);
    free(w.flow);
    free(w.patch);
    free(w.leak);
    return status;
}
