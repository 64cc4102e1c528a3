#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/factors.h"
#include "pde/integrator.h"

/* Alternating directions with corrections.  F = L + killing and source, L_i one direction's
 * part, coefficients those of the middle of the step:
 *
 *     Y = u + h F u,                     (I - theta h L_i) Y <- Y - theta h L_i u,  i = 1 ..
 *     Z = u + h/2 F u + h/2 F Y,         (I - theta h L_i) Z <- Z - theta h L_i Y
 *
 * u+ = Z.  Second order for any theta, third for this one where coefficients are steady and
 * walls far away (as measured); a density that all directions together leave alone
 * (F u = 0) stays as it is, which splitting does not manage.  Diagonals are solved for like
 * axes. */
#define THETA 0.78867513459481288 /* 1/2 + sqrt 3 / 6 */

typedef struct verwer {
    fk_integrator base;
    fk_factors factors;
    size_t n, n_threads, tile; /* cells + FK_BOOKS; the largest tile */
    double *u_flow, *y, *y_flow, *part;
    double *work; /* [n_threads][tile] */
} verwer;

static void release(fk_integrator *i)
{
    verwer *v = (verwer *)i;
    if (v == NULL)
        return;
    fk_factors_clear(&v->factors);
    free(v->u_flow);
    free(v->y);
    free(v->y_flow);
    free(v->part);
    free(v->work);
    free(v);
}

static fk_status make(fk_fokker_planck *fp, const fk_pde_stepper *stepper, size_t slots,
                      fk_integrator **out)
{
    *out = NULL;
    verwer *v = calloc(1, sizeof *v);
    if (v == NULL)
        return FK_ENOMEM;
    size_t n;
    const fk_direction *d = fk_fokker_planck_directions(fp, &n);
    for (size_t i = 0; i < n; i++)
        v->tile = d[i].tile > v->tile ? d[i].tile : v->tile;
    v->tile = (v->tile / 8 + 1) * 8;
    v->base = (fk_integrator){stepper->kind, stepper, fp};
    v->n = fk_grid_cells(&fk_fokker_planck_domain(fp)->grid) + FK_BOOKS;
    v->n_threads = fk_fokker_planck_threads(fp);
    v->u_flow = fk_doubles(v->n);
    v->y = fk_doubles(v->n);
    v->y_flow = fk_doubles(v->n);
    v->part = fk_doubles(v->n);
    v->work = fk_doubles(v->n_threads * v->tile);
    if (v->u_flow == NULL || v->y == NULL || v->y_flow == NULL || v->part == NULL ||
        v->work == NULL || fk_factors_init(&v->factors, fp, slots) != FK_OK ||
        fk_fokker_planck_sweep(fp) != FK_OK) {
        release(&v->base);
        return FK_ENOMEM;
    }
    *out = &v->base;
    return FK_OK;
}

static size_t memory(const fk_sde *sde, const fk_grid *g, const fk_pde_stepper *stepper,
                     size_t slots)
{
    (void)stepper;
    return 4 * (fk_grid_cells(g) + FK_BOOKS) * sizeof(double) +
           fk_factors_memory(sde, g, slots) + fk_fokker_planck_sweep_memory(sde, g);
}

static fk_status solve_tile(const fk_direction *d, size_t t, const fk_factor_slot *slot,
                            bool transposed, double *x, double *tile)
{
    const double *up = d->up + t * d->tile, *dn = d->dn + t * d->tile;
    const double *factor = fk_factors_tile(slot, d, t);
    if (factor == NULL)
        return FK_ESINGULAR;
    fk_direction_load(d, t, x, tile);
    if (transposed)
        fk_lines_solve_transpose(&d->shape, slot->tau, up, dn, factor, tile);
    else
        fk_lines_solve(&d->shape, slot->tau, up, dn, factor, tile);
    fk_direction_store(d, t, tile, x);
    return FK_OK;
}

/* x[cells] <- A^-1 x or A^-T x, A = I - tau L_i */
static fk_status solve_tiles(verwer *v, size_t i, double tau, bool transposed,
                             double *x)
{
    size_t n;
    const fk_direction *d = &fk_fokker_planck_directions(v->base.fp, &n)[i];
    fk_factor_slot *slot = fk_factors_choose(&v->factors, i, tau);
    int failed = 0;
#pragma omp parallel for schedule(static) num_threads((int)v->n_threads) \
    reduction(|                                                          \
              : failed) if (d->tiles * d->tile >= FK_PARALLEL_PLACES)
    for (size_t t = 0; t < d->tiles; t++) {
        double *tile = v->work + v->tile * (size_t)omp_get_thread_num();
        failed |= solve_tile(d, t, slot, transposed, x, tile) != FK_OK;
    }
    if (failed)
        return FK_ESINGULAR;
    fk_factors_filled(&v->factors, slot);
    return FK_OK;
}

/* x += a y, books included */
static void add(const verwer *v, double a, const double *y, double *x)
{
    for (size_t k = 0; k < v->n; k++)
        x[k] += a * y[k];
}

/* x <- the solution of (I - tau L_i) y = x - tau L_i from, with its books */
static fk_status solve(verwer *v, size_t i, double tau, const double *from, double *x)
{
    fk_fokker_planck *fp = v->base.fp;
    size_t n;
    const fk_direction *d = &fk_fokker_planck_directions(fp, &n)[i];
    fk_fokker_planck_part_flow(fp, i, from, v->part);
    add(v, -tau, v->part, x);
    FK_TRY(solve_tiles(v, i, tau, false, x));
    double *left = x + v->n - FK_BOOKS;
    const double volume = fk_grid_volume(&fk_fokker_planck_domain(fp)->grid);
    for (size_t e = 0; e < d->n_exits; e++)
        left[2 * d->exit[e].axis + d->exit[e].side] +=
            tau * volume * d->sink[e].rate * x[d->exit[e].cell];
    return FK_OK;
}

/* The transpose of that: x <- (I - tau L_i)^-T x, from -= tau L_i^T x */
static fk_status solve_transpose(verwer *v, size_t i, double tau, double *from,
                                 double *x)
{
    fk_fokker_planck *fp = v->base.fp;
    size_t n;
    const fk_direction *d = &fk_fokker_planck_directions(fp, &n)[i];
    const double *worth = x + v->n - FK_BOOKS;
    for (size_t e = 0; e < d->n_exits; e++)
        x[d->exit[e].cell] +=
            tau * d->sink[e].rate * worth[2 * d->exit[e].axis + d->exit[e].side];
    FK_TRY(solve_tiles(v, i, tau, true, x));
    fk_fokker_planck_part_flow_transpose(fp, i, x, v->part);
    add(v, -tau, v->part, from);
    return FK_OK;
}

static fk_status stages(verwer *v, double h, double *u)
{
    size_t n;
    (void)fk_fokker_planck_directions(v->base.fp, &n);
    fk_fokker_planck_flow(v->base.fp, u, v->u_flow);
    for (size_t k = 0; k < v->n; k++)
        v->y[k] = u[k] + h * v->u_flow[k];
    for (size_t i = 0; i < n; i++)
        FK_TRY(solve(v, i, THETA * h, u, v->y));
    fk_fokker_planck_flow(v->base.fp, v->y, v->y_flow);
    for (size_t k = 0; k < v->n; k++)
        u[k] += 0.5 * h * (v->u_flow[k] + v->y_flow[k]);
    for (size_t i = 0; i < n; i++)
        FK_TRY(solve(v, i, THETA * h, v->y, u));
    return FK_OK;
}

/* Backwards through the same stages: u is what the result owes to Z, y to Y. */
static fk_status stages_transpose(verwer *v, double h, double *u)
{
    size_t n;
    (void)fk_fokker_planck_directions(v->base.fp, &n);
    memset(v->y, 0, v->n * sizeof *v->y);
    for (size_t i = n; i-- > 0;)
        FK_TRY(solve_transpose(v, i, THETA * h, v->y, u));
    fk_fokker_planck_flow_transpose(v->base.fp, u, v->u_flow);
    add(v, 0.5 * h, v->u_flow, u);
    add(v, 0.5 * h, v->u_flow, v->y);
    for (size_t i = n; i-- > 0;)
        FK_TRY(solve_transpose(v, i, THETA * h, u, v->y));
    fk_fokker_planck_flow_transpose(v->base.fp, v->y, v->y_flow);
    add(v, 1.0, v->y, u);
    add(v, h, v->y_flow, u);
    return FK_OK;
}

static fk_status step(fk_integrator *i, const fk_time_step *s, double *u,
                      fk_step_report *report, fk_message *message)
{
    (void)report;
    FK_TRY(fk_fokker_planck_set(i->fp, s->t + 0.5 * s->h, message));
    verwer *v = (verwer *)i;
    const fk_status status =
        s->transposed ? stages_transpose(v, s->h, u) : stages(v, s->h, u);
    if (status != FK_OK)
        return fk_fail(
            message, status,
            "a step of length %g at t = %g has no solution with the flux '%s': "
            "take a positive one",
            s->h, s->t, fk_fokker_planck_flux(i->fp)->name);
    return FK_OK;
}

static const fk_integrator_kind directions = {
    .make = make,
    .free = release,
    .memory = memory,
    .step = step,
};

const fk_pde_stepper fk_pde_stepper_hundsdorfer_verwer = {
    .name = "hundsdorfer-verwer",
    .summary = "order 2 at walls with cross terms too; not positive",
    .formula = "u = p + h L p,  (1 - c h L_i) u <- u - c h L_i p,  i = 1 ..\n"
               "v = p + h/2 L p + h/2 L u,  (1 - c h L_i) v <- v - c h L_i u;  p+ = v\n"
               "R(z) = (1 + z/2 + (1/2 - c)*z*(1 + z - c*z)/(1 - c*z))/(1 - c*z);  "
               "c = 1/2 + sqrt(3)/6",
    .regime = "cross terms that meet walls, where splitting loses its order",
    .reference = "hundsdorfer-verwer-2003, section IV.5",
    .order = 2.0,
    .kind = &directions,
};
