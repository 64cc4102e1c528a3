#include "pde/reaction.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/stretched.h"

enum { KAPPA, SOURCE, COST, OUTPUTS };

struct fk_reaction {
    const fk_sde *sde;
    fk_grid grid, even; /* as given, and of the even coordinates */
    size_t cells;
    fk_program *program;
    double *value[OUTPUTS]; /* [cells] averages */
    double *scratch;        /* of the program */
};

fk_status fk_reaction_new(const fk_sde *sde, const fk_grid *g, const fk_expr *killing,
                          const fk_expr *source, const fk_expr *cost, fk_reaction **out)
{
    *out = NULL;
    fk_reaction *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FK_ENOMEM;
    const fk_expr *zero = fk_expr_number(sde->pool, 0.0);
    const fk_expr *e[] = {killing != NULL ? fk_stretched_function(sde, g, killing)
                                          : zero,
                          source != NULL ? fk_stretched_density(sde, g, source) : zero,
                          cost != NULL ? fk_stretched_function(sde, g, cost) : zero};
    const fk_binding binding = fk_sde_binding(sde);
    r->sde = sde;
    r->grid = *g;
    r->even = fk_grid_even(g);
    r->cells = fk_grid_cells(g);
    fk_status status = fk_program_new(OUTPUTS, e, &binding, &r->program);
    if (status == FK_OK) {
        r->scratch = fk_doubles(fk_program_scratch(r->program));
        status = r->scratch != NULL ? FK_OK : FK_ENOMEM;
        for (size_t i = 0; i < OUTPUTS; i++)
            if ((r->value[i] = fk_doubles(r->cells)) == NULL)
                status = FK_ENOMEM;
    }
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
    fk_program_free(r->program);
    for (size_t i = 0; i < OUTPUTS; i++)
        free(r->value[i]);
    free(r->scratch);
    free(r);
}

bool fk_reaction_steady(const fk_reaction *r)
{
    return fk_program_steady(r->program, KAPPA) &&
           fk_program_steady(r->program, SOURCE) && fk_program_steady(r->program, COST);
}

/* Adds the values at node q of n cells from `first` on, weighted; nodes are numbered with
 * those of axis 0 fastest. */
static void add_node(fk_reaction *r, double t, size_t first, size_t n, size_t q)
{
    static const double place[] = {-0.38729833462074169, 0.0, 0.38729833462074169};
    static const double weight[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK], out[OUTPUTS][FK_BLOCK];
    double w = 1.0;
    for (size_t a = 0; a < r->grid.dim; a++, q /= 3) {
        const double shift = place[q % 3] * fk_axis_width(&r->even.axis[a]);
        w *= weight[q % 3];
        for (size_t k = 0; k < FK_BLOCK; k++) {
            double centre[FK_GRID_DIM];
            fk_grid_centre(&r->even, first + (k < n ? k : 0), centre);
            x[a][k] = centre[a] + shift;
        }
    }
    fk_program_run(r->program, t, (const double *[]){x[0], x[1], x[2]},
                   (double *[]){out[KAPPA], out[SOURCE], out[COST]}, r->scratch);
    for (size_t i = 0; i < OUTPUTS; i++)
        for (size_t k = 0; k < n; k++)
            r->value[i][first + k] += w * out[i][k];
}

fk_status fk_reaction_set(fk_reaction *r, double t, fk_message *message)
{
    static const char *const name[] = {"killing", "source", "cost"};
    const size_t nodes = r->grid.dim == 1 ? 3 : r->grid.dim == 2 ? 9 : 27;
    for (size_t first = 0; first < r->cells; first += FK_BLOCK) {
        const size_t n = r->cells - first < FK_BLOCK ? r->cells - first : FK_BLOCK;
        for (size_t i = 0; i < OUTPUTS; i++)
            for (size_t k = 0; k < n; k++)
                r->value[i][first + k] = 0.0;
        for (size_t q = 0; q < nodes; q++)
            add_node(r, t, first, n, q);
        for (size_t i = 0; i < OUTPUTS; i++)
            for (size_t k = 0; k < n; k++)
                if (!isfinite(r->value[i][first + k])) {
                    double x[FK_GRID_DIM];
                    fk_grid_centre(&r->grid, first + k, x);
                    return fk_fail(
                        message, FK_EDOMAIN,
                        "the %s is not finite in the cell around %g%s at t = "
                        "%g",
                        name[i], x[0], r->grid.dim > 1 ? ", ..." : "", t);
                }
    }
    return FK_OK;
}

void fk_reaction_add_rate(const fk_reaction *r, double *rate)
{
    for (size_t c = 0; c < r->cells; c++)
        rate[c] += fabs(r->value[KAPPA][c]);
}

static void add_to_books(const fk_reaction *r, double killed, double made, double cost,
                         double *u)
{
    const double volume = fk_grid_volume(&r->grid);
    u[r->cells + FK_BOOK_KILLED] += volume * killed;
    u[r->cells + FK_BOOK_MADE] += volume * made;
    u[r->cells + FK_BOOK_COST] += volume * cost;
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
    dudt[r->cells + FK_BOOK_ONE] += fk_grid_volume(&r->grid) * source;
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
    book[FK_BOOK_ONE] += fk_grid_volume(&r->grid) * source;
}
