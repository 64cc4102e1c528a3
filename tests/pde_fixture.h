/* An SDE, its box, its operator and one evolution, for tests: everything aborts on a
 * mistake.  Laws enter as functions that give exact cell averages. */
#ifndef FK_TESTS_PDE_FIXTURE_H
#define FK_TESTS_PDE_FIXTURE_H

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "pde/evolution.h"
#include "tests/sde_text.h"

/* Average over a cell between the corners lo[dim] and hi[dim] at time t. */
typedef double pde_law(const double *lo, const double *hi, double t);

typedef struct pde_run {
    fk_sde *sde;
    fk_domain domain;
    size_t cells;
    fk_fokker_planck *fp;
    fk_evolution *evolution;
} pde_run;

/* (b1 - b0) by the normal distribution function, without cancellation in the tails */
static inline double normal_mass(double lo, double hi, double mean, double sd)
{
    const double u = (lo - mean) / (sd * sqrt(2.0)), v = (hi - mean) / (sd * sqrt(2.0));
    return 0.5 * (u > 0.0 ? erfc(u) - erfc(v) : erfc(-v) - erfc(-u));
}

static inline double normal_cell(double lo, double hi, double mean, double sd)
{
    return normal_mass(lo, hi, mean, sd) / (hi - lo);
}

/* The box lo .. hi, n[dim] cells, the same boundary everywhere. */
static inline fk_domain pde_box(size_t dim, const double *lo, const double *hi,
                                const size_t *n, fk_boundary all)
{
    fk_axis axis[FK_GRID_DIM];
    fk_domain d = {.face = {{FK_OPEN}}};
    for (size_t i = 0; i < dim; i++)
        axis[i] = (fk_axis){lo[i], hi[i], n[i]};
    d.grid = fk_grid_make(dim, axis);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        d.face[i][0] = d.face[i][1] = all;
    return d;
}

static inline fk_domain pde_line(double lo, double hi, size_t n, fk_boundary all)
{
    return pde_box(1, &lo, &hi, &n, all);
}

static inline double *pde_project(const fk_grid *g, pde_law *law, double t)
{
    const size_t n = fk_grid_cells(g);
    double *p = fk_doubles(n);
    for (size_t c = 0; c < n; c++) {
        size_t index[FK_GRID_DIM];
        double lo[FK_GRID_DIM], hi[FK_GRID_DIM];
        fk_grid_unravel(g, c, index);
        for (size_t i = 0; i < g->dim; i++) {
            lo[i] = fk_axis_edge(&g->axis[i], index[i]);
            hi[i] = fk_axis_edge(&g->axis[i], index[i] + 1);
        }
        p[c] = law(lo, hi, t);
    }
    return p;
}

/* All the mass in the cell that holds x. */
static inline double *pde_point(const fk_grid *g, const double *x)
{
    double *p = fk_doubles(fk_grid_cells(g));
    size_t cell;
    ck_assert(fk_grid_find(g, x, &cell));
    p[cell] = 1.0 / fk_grid_volume(g);
    return p;
}

/* Takes over the SDE and p0. */
static inline pde_run pde_begin(fk_sde *sde, fk_domain domain, const char *flux,
                                const fk_evolution_options *o, double t0, double *p0)
{
    pde_run r = {.sde = sde, .domain = domain, .cells = fk_grid_cells(&domain.grid)};
    fk_message message = {""};
    fk_status status =
        fk_fokker_planck_new(sde, &domain, fk_flux_find(flux), &r.fp, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    status = fk_evolution_new(r.fp, t0, p0, o, &r.evolution);
    ck_assert(status == FK_OK);
    free(p0);
    return r;
}

static inline void pde_advance(const pde_run *r, double t)
{
    fk_message message = {""};
    const fk_status status = fk_evolution_advance(r->evolution, t, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_eq(fk_evolution_time(r->evolution), t);
}

static inline fk_ledger pde_ledger(const pde_run *r)
{
    fk_ledger ledger;
    fk_evolution_ledger(r->evolution, &ledger);
    return ledger;
}

/* L1 distance of the density from a law at time t. */
static inline double pde_error(const pde_run *r, pde_law *law, double t)
{
    double *exact = pde_project(&r->domain.grid, law, t);
    const double e =
        fk_density_l1(&r->domain.grid, fk_evolution_density(r->evolution), exact);
    free(exact);
    return e;
}

static inline void pde_end(pde_run *r)
{
    fk_evolution_free(r->evolution);
    fk_fokker_planck_free(r->fp);
    sde_text_free(r->sde);
}

#endif
