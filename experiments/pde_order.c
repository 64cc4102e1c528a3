#include "experiments/pde_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/grid_order.h"
#include "pde/evolution.h"
#include "sde/cell_average.h"
#include "sde/manufactured.h"

enum { FIRST_STEPS = 16, MOST_STEPS = 1 << 22 };

static const fk_expr *exact_density(const fk_pde_order_case *c)
{
    if (c->density != NULL)
        return c->density;
    return fk_manufactured_density(c->sde, &c->domain, c->start, c->end - c->start,
                                   !c->stepper->steady);
}

static fk_status averages(const fk_pde_order_case *c, const fk_expr *density, double t,
                          const fk_grid *g, double *p, fk_message *message)
{
    FK_TRY(fk_cell_averages(c->sde, density, t, g, p, NULL));
    for (size_t i = 0; i < fk_grid_cells(g); i++)
        if (!isfinite(p[i]))
            return fk_fail(
                message, FK_EDOMAIN,
                "the exact density is negative or not finite at t = %g: there "
                "is nothing smooth to start from",
                t);
    return FK_OK;
}

/* The flux's order on the finest cells. */
static fk_status find_order(fk_pde_order_case *c, fk_message *message)
{
    fk_domain d = c->domain;
    d.grid = fk_grid_refine(&d.grid, (size_t)1 << (c->levels - 1));
    double *p = fk_doubles(fk_grid_cells(&d.grid));
    if (p == NULL)
        return FK_ENOMEM;
    fk_status status = averages(c, exact_density(c), c->start, &d.grid, p, message);
    if (status == FK_OK)
        status = fk_grid_order(c->sde, &d, c->flux, c->start, p, &c->order);
    free(p);
    return status;
}

fk_status fk_pde_order_prepare(fk_pde_order_case *c, fk_message *message)
{
    fk_fokker_planck *fp = NULL;
    fk_status status = fk_fokker_planck_new(c->sde, &c->domain, c->flux, &fp, message);
    if (status == FK_OK)
        status = fk_fokker_planck_set(fp, c->start, message);
    if (status == FK_OK) {
        const double rate = fk_fokker_planck_max_rate(fp);
        c->end = fmin(c->end, c->start + FIRST_STEPS / rate);
    }
    fk_fokker_planck_free(fp);
    return status == FK_OK ? find_order(c, message) : status;
}

/* p[cells] at the start -> p at the end in `steps` steps; steppers without an order choose
 * their own. */
static fk_status evolve(const fk_pde_order_case *c, fk_fokker_planck *fp, double steps,
                        double *p, fk_message *message)
{
    const double span = c->end - c->start;
    const fk_evolution_options o = {.stepper = c->stepper,
                                    .step =
                                        isinf(c->stepper->order) ? 0.0 : span / steps,
                                    .tolerance = 1e-10,
                                    .span = span};
    fk_evolution *e = NULL;
    FK_TRY(fk_evolution_new(fp, c->start, p, &o, &e));
    const fk_status status = fk_evolution_advance(e, c->end, c->progress, message);
    if (status == FK_OK)
        memcpy(p, fk_evolution_density(e),
               fk_grid_cells(&fk_fokker_planck_domain(fp)->grid) * sizeof *p);
    fk_evolution_free(e);
    return status;
}

/* The density at the end on cells refined by `factor`: p[cells], to be freed.  *steps is
 * doubled until the stepper allows them. */
static fk_status solve(const fk_pde_order_case *c, const fk_expr *density,
                       size_t factor, double *steps, double **p, fk_message *message)
{
    fk_domain d = c->domain;
    d.grid = fk_grid_refine(&d.grid, factor);
    fk_fokker_planck *fp = NULL;
    *p = fk_doubles(fk_grid_cells(&d.grid));
    if (*p == NULL)
        return FK_ENOMEM;
    fk_status status = fk_fokker_planck_new(c->sde, &d, c->flux, &fp, message);
    if (status == FK_OK)
        status = fk_fokker_planck_react(
            fp, c->killing, fk_manufactured_source(c->sde, density, c->killing), NULL,
            message);
    while (status == FK_OK) {
        status = averages(c, density, c->start, &d.grid, *p, message);
        if (status != FK_OK)
            break;
        status = evolve(c, fp, *steps, *p, message);
        if (status != FK_ELIMIT || *steps > MOST_STEPS)
            break;
        *steps *= 2.0;
        status = FK_OK;
    }
    fk_fokker_planck_free(fp);
    return status;
}

/* L1 distance of p from the exact density at the end. */
static fk_status distance(const fk_pde_order_case *c, const fk_expr *density,
                          const fk_grid *g, const double *p, double *error,
                          fk_message *message)
{
    double *exact = fk_doubles(fk_grid_cells(g));
    if (exact == NULL)
        return FK_ENOMEM;
    const fk_status status = averages(c, density, c->end, g, exact, message);
    if (status == FK_OK)
        *error = fk_density_l1(g, p, exact) / fk_density_mass(g, exact);
    free(exact);
    return status;
}

fk_status fk_pde_order_cells(const fk_pde_order_case *c, double *width, double *error,
                             fk_message *message)
{
    const fk_expr *density = exact_density(c);
    const double growth = exp2(fmax(1.0, c->order / c->stepper->order));
    double steps = FIRST_STEPS;
    for (size_t k = 0; k < c->levels; k++, steps = ceil(steps * growth)) {
        const fk_grid g = fk_grid_refine(&c->domain.grid, (size_t)1 << k);
        double *p = NULL;
        fk_status status = solve(c, density, (size_t)1 << k, &steps, &p, message);
        if (status == FK_OK)
            status = distance(c, density, &g, p, &error[k], message);
        free(p);
        FK_TRY(status);
        width[k] = fk_axis_width(&g.axis[0]);
    }
    return FK_OK;
}

fk_status fk_pde_order_steps(const fk_pde_order_case *c, double *step, double *error,
                             fk_message *message)
{
    const fk_expr *density = exact_density(c);
    double steps = FIRST_STEPS, *before = NULL, *p = NULL;
    fk_status status = solve(c, density, 1, &steps, &before, message);
    const double mass =
        status == FK_OK ? fk_density_mass(&c->domain.grid, before) : 1.0;
    for (size_t k = 0; status == FK_OK && k < c->levels; k++) {
        step[k] = (c->end - c->start) / steps;
        steps *= 2.0;
        status = solve(c, density, 1, &steps, &p, message);
        if (status == FK_OK)
            error[k] = fk_density_l1(&c->domain.grid, before, p) / mass;
        free(before);
        before = p;
        p = NULL;
    }
    free(before);
    free(p);
    return status;
}
