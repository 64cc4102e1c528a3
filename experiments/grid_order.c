#include "experiments/grid_order.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "pde/mean_values.h"
#include "sde/stretched.h"

static const double SHARE = 0.01, PECLET = 2.0;

/* b_i and a_ii at a block of cells' centres. */
typedef struct probe {
    fk_grid g;            /* of the even coordinates */
    fk_mean_values means; /* of the density */
    fk_program *program;
    double *x[FK_GRID_DIM], *out[2 * FK_GRID_DIM], *scratch;
} probe;

static fk_status compile(const fk_sde *sde, const fk_domain *domain, double t,
                         const double *u, probe *p)
{
    const fk_expr *e[2 * FK_GRID_DIM];
    fk_domain even;
    fk_sde *framed;
    FK_TRY(fk_mean_values_init(&p->means, sde, domain));
    fk_mean_values_take(&p->means, t, u);
    FK_TRY(fk_stretched_frame(&p->means.of.view, domain, &framed, &even));
    const fk_sde *s = framed != NULL ? framed : &p->means.of.view;
    const fk_binding binding = fk_sde_binding(s);
    p->g = even.grid;
    for (size_t i = 0; i < s->dim; i++) {
        e[i] = s->flux_drift[i];
        e[s->dim + i] = s->diffusion[i * s->dim + i];
    }
    const fk_status status = fk_program_new(2 * s->dim, e, &binding, &p->program);
    fk_sde_free(framed);
    return status;
}

static bool drift_rules(const probe *p, size_t lane)
{
    const size_t dim = p->g.dim;
    for (size_t i = 0; i < dim; i++) {
        const double h = fk_axis_width(&p->g.axis[i]);
        if (fabs(p->out[i][lane]) * h > PECLET * p->out[dim + i][lane])
            return true;
    }
    return false;
}

/* Share of the mass of u in cells where drift rules. */
static double share(const probe *p, double t, const double *u)
{
    const size_t cells = fk_grid_cells(&p->g);
    double ruled = 0.0, mass = 0.0;
    for (size_t first = 0; first < cells; first += FK_BLOCK) {
        for (size_t j = 0; j < FK_BLOCK; j++) {
            double x[FK_GRID_DIM];
            fk_grid_centre(&p->g, first + j < cells ? first + j : cells - 1, x);
            for (size_t i = 0; i < p->g.dim; i++)
                p->x[i][j] = x[i];
        }
        fk_program_run(p->program, t, (const double *const *)p->x, p->out, p->scratch);
        for (size_t j = 0; j < FK_BLOCK && first + j < cells; j++) {
            mass += u[first + j];
            ruled += drift_rules(p, j) ? u[first + j] : 0.0;
        }
    }
    return mass > 0.0 ? ruled / mass : 0.0;
}

static fk_status make_rows(probe *p, double **rows)
{
    *rows = fk_doubles(3 * FK_GRID_DIM * FK_BLOCK + fk_program_scratch(p->program));
    if (*rows == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        p->x[i] = *rows + i * FK_BLOCK;
    for (size_t i = 0; i < 2 * FK_GRID_DIM; i++)
        p->out[i] = *rows + (FK_GRID_DIM + i) * FK_BLOCK;
    p->scratch = *rows + 3 * FK_GRID_DIM * FK_BLOCK;
    return FK_OK;
}

fk_status fk_grid_order(const fk_sde *sde, const fk_domain *domain, const fk_flux *flux,
                        double t, const double *p, double *order)
{
    probe it = {.program = NULL};
    /* the higher orders are those along an axis */
    const double most = sde->dim > 1 ? 2.0 : HUGE_VAL;
    *order = fmin(flux->order, most);
    if (!(flux->order > flux->drift_order) && !(flux->order < flux->drift_order))
        return FK_OK;
    double *rows = NULL;
    fk_status status = compile(sde, domain, t, p, &it);
    if (status == FK_OK)
        status = make_rows(&it, &rows);
    if (status == FK_OK && share(&it, t, p) > SHARE)
        *order = fmin(flux->drift_order, most);
    fk_program_free(it.program);
    fk_mean_values_clear(&it.means);
    free(rows);
    return status;
}
