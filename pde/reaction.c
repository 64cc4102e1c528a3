#include "pde/reaction.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/stretched.h"

enum { KAPPA, SOURCE, OUTPUTS };

struct fk_reaction {
    const fk_sde *sde;
    fk_grid grid, even; /* as given, and of the even coordinates */
    size_t cells;
    fk_program *program;
    double *value[OUTPUTS]; /* [cells] averages */
    double *scratch;        /* of the program */
};

fk_status fk_reaction_new(const fk_sde *sde, const fk_grid *g, const fk_expr *killing,
                          const fk_expr *source, fk_reaction **out)
{
    *out = NULL;
    fk_reaction *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FK_ENOMEM;
    const fk_expr *zero = fk_expr_number(sde->pool, 0.0);
    const fk_expr *e[] = {killing != NULL ? fk_stretched_function(sde, g, killing)
                                          : zero,
                          source != NULL ? fk_stretched_density(sde, g, source) : zero};
    const fk_binding binding = fk_sde_binding(sde);
    r->sde = sde;
    r->grid = *g;
    r->even = fk_grid_even(g);
    r->cells = fk_grid_cells(g);
    fk_status status = fk_program_new(OUTPUTS, e, &binding, &r->program);
    if (status == FK_OK) {
        r->scratch = fk_doubles(fk_program_scratch(r->program));
        r->value[KAPPA] = fk_doubles(r->cells);
        r->value[SOURCE] = fk_doubles(r->cells);
        if (r->scratch == NULL || r->value[KAPPA] == NULL || r->value[SOURCE] == NULL)
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
    free(r->value[KAPPA]);
    free(r->value[SOURCE]);
    free(r->scratch);
    free(r);
}

bool fk_reaction_steady(const fk_reaction *r)
{
    return fk_program_steady(r->program, KAPPA) &&
           fk_program_steady(r->program, SOURCE);
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
                   (double *[]){out[KAPPA], out[SOURCE]}, r->scratch);
    for (size_t i = 0; i < OUTPUTS; i++)
        for (size_t k = 0; k < n; k++)
            r->value[i][first + k] += w * out[i][k];
}

fk_status fk_reaction_set(fk_reaction *r, double t, fk_message *message)
{
    static const char *const name[] = {"killing", "source"};
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

void fk_reaction_kill(const fk_reaction *r, const double *u, double *dudt)
{
    for (size_t c = 0; c < r->cells; c++)
        dudt[c] -= r->value[KAPPA][c] * u[c];
}

void fk_reaction_flow(const fk_reaction *r, const double *u, double *dudt)
{
    const double *kappa = r->value[KAPPA], *source = r->value[SOURCE];
    const double one = u[r->cells + FK_BOOK_ONE];
    double killed = 0.0, made = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        dudt[c] += source[c] * one - kappa[c] * u[c];
        killed += kappa[c] * u[c];
        made += source[c] * one;
    }
    const double volume = fk_grid_volume(&r->grid);
    dudt[r->cells + FK_BOOK_KILLED] += volume * killed;
    dudt[r->cells + FK_BOOK_MADE] += volume * made;
}

/* u' = s - kappa u:  u+ = e^{-z} u + s tau (1 - e^{-z}) / z,  z = kappa tau */
void fk_reaction_step(const fk_reaction *r, double tau, double *u)
{
    double killed = 0.0, made = 0.0;
    for (size_t c = 0; c < r->cells; c++) {
        const double z = r->value[KAPPA][c] * tau, shrink = -expm1(-z);
        const double source = r->value[SOURCE][c] * tau;
        const double after =
            u[c] - shrink * u[c] + source * (z != 0.0 ? shrink / z : 1.0);
        killed += u[c] + source - after;
        made += source;
        u[c] = after;
    }
    const double volume = fk_grid_volume(&r->grid);
    u[r->cells + FK_BOOK_KILLED] += volume * killed;
    u[r->cells + FK_BOOK_MADE] += volume * made;
}
