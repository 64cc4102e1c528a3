#include "pde/stationary.h"

#include <math.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"

/* Well below the slowest rates of any grid worth solving. */
static const double slow = 1e-7;

/* A density that has had 1 / shift time to settle: close to the stationary one up to
 * the weights of its wells, and positive. */
static fk_status settle(const fk_generator *g, const size_t *trap, size_t which,
                        double *p, fk_message *message)
{
    fk_sparse_lu *lu = NULL;
    double *even = fk_doubles(g->cells);
    if (even == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the stationary density");
    for (size_t c = 0; c < g->cells; c++)
        even[c] = trap[c] == which ? 1.0 : 0.0;
    const fk_status status =
        fk_generator_factor(g, slow * g->fastest, NULL, g->cells, &lu, message);
    if (status == FK_OK)
        fk_sparse_lu_solve(lu, even, p);
    fk_sparse_lu_free(lu);
    free(even);
    return status;
}

static size_t fullest(const fk_generator *g, const double *p)
{
    size_t best = 0;
    for (size_t c = 1; c < g->cells; c++)
        best = p[c] > p[best] ? c : best;
    return best;
}

/* index[cell] of the trap's cells but one; returns their number. */
static size_t number_rows(const fk_generator *g, const size_t *trap, size_t which,
                          size_t pinned, size_t *index)
{
    size_t n = 0;
    for (size_t c = 0; c < g->cells; c++)
        index[c] = trap[c] == which && c != pinned ? n++ : FK_NO_CELL;
    return n;
}

/* Rates into the other cells from the pinned one, whose density is 1. */
static void flow_from(const fk_generator *g, size_t pinned, const size_t *index,
                      double *b)
{
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        if (l->from == pinned && index[l->to] != FK_NO_CELL)
            b[index[l->to]] += l->up;
        if (l->to == pinned && index[l->from] != FK_NO_CELL)
            b[index[l->from]] += l->dn;
    }
}

/* p_pinned = 1, and (L p)_i = 0 for all others: the row left out follows, since mass is
 * kept. */
static fk_status solve_pinned(const fk_generator *g, const size_t *trap, size_t which,
                              fk_stationary *s, fk_message *message)
{
    const size_t n = number_rows(g, trap, which, s->pinned, s->index);
    double *b = fk_doubles(2 * n + 1), *x = b + n;
    fk_status status = FK_OK;
    if (b == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the stationary density");
    if (n > 0)
        status = fk_generator_factor(g, 0.0, s->index, n, &s->lu, message);
    if (n > 0 && status == FK_OK) {
        flow_from(g, s->pinned, s->index, b);
        fk_sparse_lu_solve(s->lu, b, x);
    }
    for (size_t c = 0; status == FK_OK && c < g->cells; c++)
        s->p[c] = s->index[c] != FK_NO_CELL ? x[s->index[c]] : 0.0;
    s->p[s->pinned] = 1.0;
    free(b);
    return status;
}

static void normalise(const fk_generator *g, double *p)
{
    const double mass = fk_density_mass(&g->domain.grid, p);
    for (size_t c = 0; c < g->cells; c++)
        p[c] /= mass;
}

/* max |L p| over largest rate times max p */
static fk_status measure_residual(const fk_generator *g, fk_stationary *s)
{
    double *change = fk_doubles(g->cells), most = 0.0;
    if (change == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < g->n_links; k++) {
        const double current = fk_link_current(&g->link[k], s->p);
        change[g->link[k].from] -= current;
        change[g->link[k].to] += current;
    }
    for (size_t c = 0; c < g->cells; c++)
        most = fmax(most, fabs(change[c]));
    s->residual = most / (g->fastest * s->p[fullest(g, s->p)]);
    free(change);
    return FK_OK;
}

fk_status fk_stationary_solve(const fk_generator *g, const size_t *trap, size_t which,
                              fk_stationary *out, fk_message *message)
{
    *out = (fk_stationary){.cells = g->cells};
    out->p = fk_doubles(g->cells);
    out->index = fk_alloc(g->cells, sizeof *out->index);
    fk_status status = out->p != NULL && out->index != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        status = settle(g, trap, which, out->p, message);
    if (status == FK_OK) {
        out->pinned = fullest(g, out->p);
        status = solve_pinned(g, trap, which, out, message);
    }
    if (status == FK_OK) {
        normalise(g, out->p);
        status = measure_residual(g, out);
    }
    if (status != FK_OK)
        fk_stationary_clear(out);
    return status;
}

void fk_stationary_clear(fk_stationary *s)
{
    free(s->p);
    free(s->index);
    fk_sparse_lu_free(s->lu);
    *s = (fk_stationary){0};
}

double fk_generator_imbalance(const fk_generator *g, const double *p)
{
    double most = 0.0, flow = 0.0;
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        most = fmax(most, fabs(fk_link_current(l, p)));
        flow = fmax(flow, fmax(l->up * p[l->from], l->dn * p[l->to]));
    }
    return flow > 0.0 ? most / flow : 0.0;
}

double fk_generator_entropy_production(const fk_generator *g, const double *p)
{
    double sum = 0.0;
    for (size_t k = 0; k < g->n_links; k++) {
        const fk_link *l = &g->link[k];
        const double up = l->up * p[l->from], dn = l->dn * p[l->to];
        if (up > 0.0 && dn > 0.0)
            sum += (up - dn) * log(up / dn);
        else if (up > 0.0 || dn > 0.0)
            sum = HUGE_VAL;
    }
    return sum * fk_grid_volume(&g->domain.grid);
}
