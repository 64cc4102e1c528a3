#include "pde/committor.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "pde/bernoulli.h"

enum { BETWEEN = 0, A = 1, B = 2 };

/* What is left of a link between a cell outside of the sets and the edge of one. */
typedef struct cut {
    size_t cell;
    unsigned char set;
    double in, out;     /* rates from the cell to the edge, and back */
    double edge;        /* stationary density at the edge */
    const double *step; /* of the whole link, towards or away from the set */
    double way;         /* +1 if the step goes towards the set, -1 otherwise */
} cut;

/* The process between the sets, and where it meets them. */
typedef struct between {
    fk_generator g; /* links among cells between; ways out into the sets */
    size_t n_cuts, n;
    cut *cut;
    size_t *index; /* [cells] */
    fk_sparse_lu *lu;
    double *b, *x; /* [n] */
} between;

/* ---- which cells, and where links are cut ---- */

static fk_status mark_cells(const fk_generator *g, const fk_set *set,
                            unsigned char mark, unsigned char *in, fk_message *message)
{
    size_t count = 0;
    const char name = mark == A ? 'A' : 'B';
    for (size_t c = 0; c < g->cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&g->domain.grid, c, x);
        if (!set->holds(set->context, x))
            continue;
        if (in[c] != BETWEEN)
            return fk_fail(message, FK_EDOMAIN,
                           "the sets A and B overlap (both hold the point %g%s)", x[0],
                           g->domain.grid.dim > 1 ? ", ..." : "");
        in[c] = mark;
        count++;
    }
    if (count == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "the set %c holds no cell's centre: it lies outside of the "
                       "domain, or is smaller than a cell",
                       name);
    return FK_OK;
}

/* The point a share s along the step from a cell, kept inside of periodic axes. */
static void point_on(const fk_generator *g, size_t cell, const double *step, double s,
                     double x[FK_GRID_DIM])
{
    size_t index[FK_GRID_DIM];
    fk_grid_unravel(&g->domain.grid, cell, index);
    for (size_t a = 0; a < g->domain.grid.dim; a++) {
        const fk_axis *axis = &g->domain.grid.axis[a];
        x[a] = fk_axis_at(axis,
                          (double)index[a] + 0.5 + s * step[a] / fk_axis_width(axis));
        if (g->domain.face[a][0] == FK_PERIODIC && x[a] < axis->lo)
            x[a] += axis->hi - axis->lo;
        if (g->domain.face[a][0] == FK_PERIODIC && x[a] >= axis->hi)
            x[a] -= axis->hi - axis->lo;
    }
}

/* Share of the step from a cell outside to one inside of the set at which its edge
 * lies, by bisection. */
static double edge_share(const fk_generator *g, const fk_set *set, size_t cell,
                         const double *step, double way)
{
    double outside = 0.0, inside = 1.0;
    for (int i = 0; i < 40; i++) {
        double x[FK_GRID_DIM];
        const double middle = 0.5 * (outside + inside);
        point_on(g, cell, step, way * middle, x);
        *(set->holds(set->context, x) ? &inside : &outside) = middle;
    }
    return inside > 1e-6 ? inside : 1e-6;
}

/* Rates of a share of a link: with P = log(up / dn) and conductance k = (up - dn) / P
 * they are (k / share) W(-share P) and (k / share) W(share P); without noise up / share. */
static void shorten(double up, double dn, double share, double *in, double *out)
{
    *in = up / share;
    *out = dn / share;
    if (!(up > 0.0) || !(dn > 0.0))
        return;
    const double peclet = log(up / dn), part = share * peclet;
    const double k = fabs(peclet) > 1e-8 ? (up - dn) / peclet : 0.5 * (up + dn);
    fk_bernoulli(1, &part, out, in);
    *in *= k / share;
    *out *= k / share;
}

/* The stationary density at the edge follows from the current of the whole link. */
static cut make_cut(const fk_generator *g, const double *p, const fk_link *l,
                    bool from_outside, const fk_set *set, unsigned char mark)
{
    cut c = {.cell = from_outside ? l->from : l->to,
             .set = mark,
             .step = l->step,
             .way = from_outside ? 1.0 : -1.0};
    const double up = from_outside ? l->up : l->dn, dn = from_outside ? l->dn : l->up;
    const double current = c.way * fk_link_current(l, p);
    shorten(up, dn, edge_share(g, set, c.cell, l->step, c.way), &c.in, &c.out);
    const double edge = c.out > 0.0 ? (c.in * p[c.cell] - current) / c.out : 0.0;
    c.edge = edge > 0.0 ? edge : 0.0;
    return c;
}

static fk_status divide_links(const fk_generator *g, const double *p, const fk_set *a,
                              const fk_set *b, const unsigned char *in, between *w,
                              fk_message *message)
{
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const unsigned char from = in[l->from], to = in[l->to];
        if (from == BETWEEN && to == BETWEEN) {
            w->g.link[w->g.n_links++] = *l;
        } else if (from != BETWEEN && to != BETWEEN) {
            if (from != to)
                return fk_fail(message, FK_EDOMAIN,
                               "the sets A and B touch: at least one cell must lie "
                               "between them");
        } else {
            const unsigned char mark = from != BETWEEN ? from : to;
            const cut c = make_cut(g, p, l, from == BETWEEN, mark == A ? a : b, mark);
            w->cut[w->n_cuts++] = c;
            if (c.in > 0.0)
                w->g.out[w->g.n_outs++] = (fk_way_out){.cell = c.cell, .rate = c.in};
        }
    }
    return FK_OK;
}

static void between_clear(between *w)
{
    fk_sparse_lu_free(w->lu);
    free(w->g.link);
    free(w->g.out);
    free(w->cut);
    free(w->index);
    free(w->b);
}

static fk_status between_make(const fk_generator *g, const double *p, const fk_set *a,
                              const fk_set *b, const unsigned char *in, between *w,
                              fk_message *message)
{
    *w = (between){.g = *g};
    w->g.n_links = w->g.n_outs = 0;
    w->g.link = fk_alloc(g->n_links, sizeof *w->g.link);
    w->g.out = fk_alloc(g->n_links, sizeof *w->g.out);
    w->cut = fk_alloc(g->n_links, sizeof *w->cut);
    w->index = fk_alloc(g->cells, sizeof *w->index);
    if (w->g.link == NULL || w->g.out == NULL || w->cut == NULL || w->index == NULL)
        return FK_ENOMEM;
    FK_TRY(divide_links(g, p, a, b, in, w, message));
    for (size_t c = 0; c < g->cells; c++)
        w->index[c] = in[c] == BETWEEN ? w->n++ : FK_NO_CELL;
    if (w->n == 0)
        return fk_fail(message, FK_EDOMAIN, "no cell lies between the sets A and B");
    w->b = fk_doubles(2 * w->n);
    if (w->b == NULL)
        return FK_ENOMEM;
    w->x = w->b + w->n;
    return fk_generator_factor(&w->g, 0.0, w->index, w->n, &w->lu, message);
}

/* ---- the two committors ---- */

static void clear_source(between *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->b[i] = 0.0;
}

/* -L^T q+ = rates into B */
static void solve_forward(between *w, fk_committor *out)
{
    clear_source(w);
    for (size_t k = 0; k < w->n_cuts; k++)
        if (w->cut[k].set == B)
            w->b[w->index[w->cut[k].cell]] += w->cut[k].in;
    fk_sparse_lu_solve_transpose(w->lu, w->b, w->x);
    for (size_t c = 0; c < out->cells; c++)
        out->forward[c] = out->in[c] == BETWEEN ? w->x[w->index[c]] : out->in[c] == B;
}

/* -L (p q-) = what comes from A */
static void solve_backward(between *w, const double *p, fk_committor *out)
{
    clear_source(w);
    for (size_t k = 0; k < w->n_cuts; k++)
        if (w->cut[k].set == A)
            w->b[w->index[w->cut[k].cell]] += w->cut[k].out * w->cut[k].edge;
    fk_sparse_lu_solve(w->lu, w->b, w->x);
    for (size_t c = 0; c < out->cells; c++) {
        const double q = p[c] > 0.0 ? 1.0 / p[c] : 0.0;
        out->backward[c] =
            out->in[c] == BETWEEN ? fmin(q * w->x[w->index[c]], 1.0) : out->in[c] == A;
    }
}

/* ---- the reactive current ---- */

/* Half of the flow along a step at either end, as the operator's currents are taken. */
static void add_current(fk_committor *out, size_t dim, size_t cell, double flow,
                        const double *step)
{
    for (size_t a = 0; a < dim; a++)
        out->current[a][cell] += 0.5 * flow * step[a];
}

static void sum_currents(const between *w, const double *p, size_t dim,
                         fk_committor *out)
{
    const double *q = out->forward, *r = out->backward;
    for (size_t k = 0; k < w->g.n_links; k++) {
        const fk_link *l = &w->g.link[k];
        const double flow = r[l->from] * p[l->from] * l->up * q[l->to] -
                            r[l->to] * p[l->to] * l->dn * q[l->from];
        add_current(out, dim, l->from, flow, l->step);
        add_current(out, dim, l->to, flow, l->step);
    }
    for (size_t k = 0; k < w->n_cuts; k++) {
        const cut *c = &w->cut[k];
        const double from_a = c->set == A ? c->edge * c->out * q[c->cell] : 0.0;
        const double to_b = c->set == B ? r[c->cell] * p[c->cell] * c->in : 0.0;
        out->flux += from_a;
        out->flux_in += to_b;
        add_current(out, dim, c->cell, c->way * (to_b - from_a), c->step);
    }
}

static void sum_rates(const fk_generator *g, const double *p, fk_committor *out)
{
    const double volume = fk_grid_volume(&g->domain.grid);
    double last_a = 0.0, last_b = 0.0;
    for (size_t c = 0; c < g->cells; c++) {
        const double mass = p[c] * volume;
        last_a += mass * out->backward[c];
        last_b += mass * (1.0 - out->backward[c]);
        out->mass_a += out->in[c] == A ? mass : 0.0;
        out->mass_b += out->in[c] == B ? mass : 0.0;
        out->reactive += mass * out->forward[c] * out->backward[c];
    }
    out->flux *= volume;
    out->flux_in *= volume;
    out->rate_ab = out->flux / last_a;
    out->rate_ba = out->flux / last_b;
}

static fk_status allocate(const fk_generator *g, fk_committor *out)
{
    *out = (fk_committor){.cells = g->cells};
    out->in = fk_alloc(g->cells, sizeof *out->in);
    out->forward = fk_doubles(g->cells);
    out->backward = fk_doubles(g->cells);
    bool all = out->in != NULL && out->forward != NULL && out->backward != NULL;
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        all = (out->current[a] = fk_doubles(g->cells)) != NULL && all;
    return all ? FK_OK : FK_ENOMEM;
}

static fk_status solve(const fk_generator *g, const double *p, const fk_set *a,
                       const fk_set *b, fk_committor *out, fk_message *message)
{
    between w;
    FK_TRY(allocate(g, out));
    FK_TRY(mark_cells(g, a, A, out->in, message));
    FK_TRY(mark_cells(g, b, B, out->in, message));
    const fk_status status = between_make(g, p, a, b, out->in, &w, message);
    if (status == FK_OK) {
        solve_forward(&w, out);
        solve_backward(&w, p, out);
        sum_currents(&w, p, g->domain.grid.dim, out);
        sum_rates(g, p, out);
    }
    between_clear(&w);
    return status;
}

fk_status fk_committor_solve(const fk_generator *g, const double *p, const fk_set *a,
                             const fk_set *b, fk_committor *out, fk_message *message)
{
    assert(g->n_outs == 0);
    const fk_status status = solve(g, p, a, b, out, message);
    if (status != FK_OK)
        fk_committor_clear(out);
    return status;
}

void fk_committor_clear(fk_committor *c)
{
    free(c->in);
    free(c->forward);
    free(c->backward);
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        free(c->current[a]);
    *c = (fk_committor){0};
}
