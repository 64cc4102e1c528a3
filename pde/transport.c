#include "pde/transport.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"

static bool periodic(const fk_generator *g, size_t axis)
{
    return axis < g->domain.grid.dim && g->domain.face[axis][0] == FK_PERIODIC;
}

/* w[cells] = sum_j k_ij d_ij along one axis */
static void displacement_rate(const fk_generator *g, size_t axis, double *w)
{
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        w[l->from] += l->up * l->step[axis];
        w[l->to] -= l->dn * l->step[axis];
    }
}

/* -L^T chi = w - v with chi = 0 in the pinned cell: the equation left out there follows,
 * since sum p (w - v) = 0. */
static fk_status solve_cell_problem(const fk_stationary *s, const double *w, double v,
                                    double *chi)
{
    const size_t n = s->lu != NULL ? fk_sparse_lu_size(s->lu) : 0;
    double *b = fk_doubles(2 * n + 1), *x = b + n;
    if (b == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < s->cells; c++)
        if (s->index[c] != FK_NO_CELL)
            b[s->index[c]] = w[c] - v;
    if (n > 0)
        fk_sparse_lu_solve_transpose(s->lu, b, x);
    for (size_t c = 0; c < s->cells; c++)
        chi[c] = s->index[c] != FK_NO_CELL ? x[s->index[c]] : 0.0;
    free(b);
    return FK_OK;
}

/* chi is known but for a constant: int p chi = 0. */
static void centre(const fk_generator *g, const double *p, double *chi)
{
    double mean = 0.0;
    for (size_t c = 0; c < g->cells; c++)
        mean += p[c] * chi[c];
    mean *= fk_grid_volume(&g->domain.grid);
    for (size_t c = 0; c < g->cells; c++)
        chi[c] -= mean;
}

static fk_status solve_axis(const fk_generator *g, const fk_stationary *s, size_t axis,
                            fk_transport *out)
{
    double *w = fk_doubles(g->cells);
    out->chi[axis] = fk_doubles(g->cells);
    fk_status status = w != NULL && out->chi[axis] != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK) {
        displacement_rate(g, axis, w);
        double v = 0.0;
        for (size_t c = 0; c < g->cells; c++)
            v += s->p[c] * w[c];
        v *= fk_grid_volume(&g->domain.grid);
        out->velocity[axis] = v;
        status = solve_cell_problem(s, w, v, out->chi[axis]);
        centre(g, s->p, out->chi[axis]);
    }
    free(w);
    return status;
}

/* d_ij + chi_j - chi_i along an axis, on the way up of a link; the way down is minus it */
static double corrected_step(const fk_link *l, const fk_transport *t, size_t axis)
{
    const double *chi = t->chi[axis];
    return chi != NULL ? l->step[axis] + chi[l->to] - chi[l->from] : 0.0;
}

static void sum_diffusion(const fk_generator *g, const double *p, fk_transport *t)
{
    const double volume = fk_grid_volume(&g->domain.grid);
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const double weight = 0.5 * (l->up * p[l->from] + l->dn * p[l->to]) * volume;
        for (size_t a = 0; a < t->dim; a++)
            for (size_t b = 0; b < t->dim; b++)
                t->diffusion[a][b] +=
                    weight * corrected_step(l, t, a) * corrected_step(l, t, b);
    }
}

fk_status fk_transport_solve(const fk_generator *g, const fk_stationary *s,
                             fk_transport *out)
{
    assert(s->cells == g->cells);
    fk_status status = FK_OK;
    *out = (fk_transport){.dim = g->domain.grid.dim};
    for (size_t a = 0; a < out->dim && status == FK_OK; a++)
        if (periodic(g, a))
            status = solve_axis(g, s, a, out);
    if (status == FK_OK)
        sum_diffusion(g, s->p, out);
    else
        fk_transport_clear(out);
    return status;
}

void fk_transport_clear(fk_transport *t)
{
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        free(t->chi[a]);
    *t = (fk_transport){0};
}
