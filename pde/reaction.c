#include "pde/reaction.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "pde/function_average.h"
#include "sde/stretched.h"

enum { KAPPA, SOURCE, COST, TERMS };

struct fk_reaction {
    size_t cells;
    double volume; /* of a cell */
    fk_function_average *average;
    double *value[TERMS]; /* [cells] */
};

fk_status fk_reaction_new(const fk_sde *sde, const fk_grid *g, const fk_expr *killing,
                          const fk_expr *source, const fk_expr *cost, fk_reaction **out)
{
    static const char *const name[] = {"killing", "source", "cost"};
    *out = NULL;
    fk_reaction *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FK_ENOMEM;
    const fk_expr *zero = fk_expr_number(sde->pool, 0.0);
    const fk_expr *e[] = {killing != NULL ? fk_stretched_function(sde, g, killing)
                                          : zero,
                          source != NULL ? fk_stretched_density(sde, g, source) : zero,
                          cost != NULL ? fk_stretched_function(sde, g, cost) : zero};
    r->cells = fk_grid_cells(g);
    r->volume = fk_grid_volume(g);
    fk_status status = fk_function_average_new(sde, g, TERMS, e, name, &r->average);
    for (size_t i = 0; i < TERMS; i++)
        if ((r->value[i] = fk_doubles(r->cells)) == NULL)
            status = FK_ENOMEM;
    if (status != FK_OK) {
        fk_reaction_free(r);
        return status;
    }
    *out = r;
    return FK_OK;
}

void fk_reaction_free(fk_reaction *r)
{
    if (r == NULL)
        return;
    fk_function_average_free(r->average);
    for (size_t i = 0; i < TERMS; i++)
        free(r->value[i]);
    free(r);
}

bool fk_reaction_steady(const fk_reaction *r)
{
    return fk_function_average_steady(r->average);
}

fk_status fk_reaction_set(fk_reaction *r, double t, fk_message *message)
{
    return fk_function_average_take(r->average, t, r->value, message);
}

void fk_reaction_add_rate(const fk_reaction *r, double *rate)
{
    for (size_t c = 0; c < r->cells; c++)
        rate[c] += fabs(r->value[KAPPA][c]);
}

static void add_to_books(const fk_reaction *r, double killed, double made, double cost,
                         double *u)
{
    u[r->cells + FK_BOOK_KILLED] += r->volume * killed;
    u[r->cells + FK_BOOK_MADE] += r->volume * made;
    u[r->cells + FK_BOOK_COST] += r->volume * cost;
}

void fk_reaction_flow(const fk_reaction *r, const double *u, double *dudt)
{
    const double *kappa = r->value[KAPPA], *source = r->value[SOURCE];
    const double one = u[r->cells + FK_BOOK_ONE];
    double killed = 0.0, made = 0.0, cost = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        dudt[c] += source[c] * one - kappa[c] * u[c];
        killed += kappa[c] * u[c];
        made += source[c] * one;
        cost += r->value[COST][c] * u[c];
    }
    add_to_books(r, killed, made, cost, dudt);
}

void fk_reaction_flow_transpose(const fk_reaction *r, const double *u, double *dudt)
{
    const double *book = u + r->cells;
    double source = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        dudt[c] += r->value[KAPPA][c] * (book[FK_BOOK_KILLED] - u[c]) +
                   r->value[COST][c] * book[FK_BOOK_COST];
        source += r->value[SOURCE][c] * (u[c] + book[FK_BOOK_MADE]);
    }
    dudt[r->cells + FK_BOOK_ONE] += r->volume * source;
}

/* What a cell's u' = s - kappa u does in the time tau, z = kappa tau:
 *
 *     u+ = (1 - shrink) u + once s,    int u dt = once u + twice s */
typedef struct decay {
    double shrink, once, twice;
} decay;

/* 1 - e^-z, tau (1 - e^-z) / z and tau^2 (z - 1 + e^-z) / z^2, the last by its series where
 * the difference would cancel */
static decay decay_of(double kappa, double tau)
{
    const double z = kappa * tau, shrink = -expm1(-z);
    const double once = z != 0.0 ? shrink / z : 1.0;
    double twice = (1.0 - once) / z;
    if (fabs(z) < 0.1) {
        twice = 1.0 / 10.0;
        for (double k = 9.0; k >= 2.0; k -= 1.0)
            twice = (1.0 - z * twice) / k;
    }
    return (decay){shrink, tau * once, tau * tau * twice};
}

void fk_reaction_step(const fk_reaction *r, double tau, double *u)
{
    const double one = u[r->cells + FK_BOOK_ONE];
    double killed = 0.0, made = 0.0, cost = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        const decay d = decay_of(r->value[KAPPA][c], tau);
        const double source = r->value[SOURCE][c] * one;
        const double after = u[c] - d.shrink * u[c] + d.once * source;
        killed += u[c] + tau * source - after;
        made += tau * source;
        cost += r->value[COST][c] * (d.once * u[c] + d.twice * source);
        u[c] = after;
    }
    add_to_books(r, killed, made, cost, u);
}

void fk_reaction_step_transpose(const fk_reaction *r, double tau, double *u)
{
    double *book = u + r->cells, source = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        const decay d = decay_of(r->value[KAPPA][c], tau);
        const double cost = r->value[COST][c] * book[FK_BOOK_COST];
        source += r->value[SOURCE][c] *
                  (d.once * u[c] + (tau - d.once) * book[FK_BOOK_KILLED] +
                   tau * book[FK_BOOK_MADE] + d.twice * cost);
        u[c] += d.shrink * (book[FK_BOOK_KILLED] - u[c]) + d.once * cost;
    }
    book[FK_BOOK_ONE] += r->volume * source;
}
