/* Noise along some variables alone, with fluxes of more than two cells: the densities of
 * integrated Brownian motion and of Langevin's harmonic oscillator are Gaussian. */
#include "pde/evolution.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

typedef struct gaussian {
    double x, v;       /* mean */
    double xx, xv, vv; /* covariance */
} gaussian;

static const gaussian start = {-0.4, 0.6, 0.25, 0.0, 0.25};

/* x' = v, dv = dW from the start */
static gaussian integrated(double t)
{
    return (gaussian){start.x + start.v * t, start.v,
                      start.xx + start.vv * t * t + t * t * t / 3.0,
                      start.vv * t + 0.5 * t * t, start.vv + t};
}

/* x' = v, dv = -x dt - v dt + sqrt 2 dW: moments by Runge and Kutta in short steps */
static gaussian rate(const gaussian *g)
{
    return (gaussian){g->v, -g->x - g->v, 2.0 * g->xv, g->vv - g->xx - g->xv,
                      -2.0 * g->xv - 2.0 * g->vv + 2.0};
}

static gaussian plus(gaussian a, double h, const gaussian *b)
{
    return (gaussian){a.x + h * b->x, a.v + h * b->v, a.xx + h * b->xx,
                      a.xv + h * b->xv, a.vv + h * b->vv};
}

static gaussian langevin(double t)
{
    gaussian g = start;
    for (int k = 0; k < 1000; k++) {
        const gaussian a = rate(&g), half = plus(g, t / 2000.0, &a), b = rate(&half);
        g = plus(g, t / 1000.0, &b);
    }
    return g;
}

/* The average over a cell, by three points an axis. */
static double average(const gaussian *g, const fk_grid *grid, size_t cell)
{
    static const double place[] = {-0.38729833462074169, 0.0, 0.38729833462074169};
    static const double weight[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
    const double det = g->xx * g->vv - g->xv * g->xv;
    double centre[FK_GRID_DIM], sum = 0.0;
    fk_grid_centre(grid, cell, centre);
    for (size_t i = 0; i < 9; i++) {
        const double x =
            centre[0] + place[i % 3] * fk_axis_width(&grid->axis[0]) - g->x;
        const double v =
            centre[1] + place[i / 3] * fk_axis_width(&grid->axis[1]) - g->v;
        const double q = (g->vv * x * x - 2.0 * g->xv * x * v + g->xx * v * v) / det;
        sum += weight[i % 3] * weight[i / 3] * exp(-0.5 * q);
    }
    return sum / (2.0 * M_PI * sqrt(det));
}

static double *sampled(const gaussian *g, const fk_grid *grid)
{
    double *p = fk_doubles(fk_grid_cells(grid));
    for (size_t c = 0; c < fk_grid_cells(grid); c++)
        p[c] = average(g, grid, c);
    return p;
}

/* L1 distance at t = 1; mass is kept, and the least density of all steps held to
 * what the flux promises. */
static double error(const fk_flux *flux, const char *drift, const char *noise,
                    gaussian (*exact)(double), size_t cells)
{
    const fk_domain d = pde_box(2, (double[]){-5.0, -5.0}, (double[]){6.0, 6.0},
                                (size_t[]){cells, cells}, FK_REFLECTING);
    const double h = 11.0 / (double)cells, most = 18.0 / h + 2.0 / (h * h);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("ssp-rk3"),
                                    .step = 0.9 * flux->courant / most};
    pde_run r = pde_begin(sde_text(FK_ITO, 2, 2, "x; v", drift, noise), d, flux->name,
                          &o, 0.0, sampled(&start, &d.grid));
    pde_advance(&r, 1.0);
    const fk_ledger ledger = pde_ledger(&r);
    ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-12);
    ck_assert_double_ge(ledger.minimum, flux->positive ? 0.0 : -1e-3);
    const gaussian g = exact(1.0);
    double *p = sampled(&g, &d.grid);
    const double e = fk_density_l1(&d.grid, fk_evolution_density(r.evolution), p);
    free(p);
    pde_end(&r);
    return e;
}

START_TEST(wide_fluxes_are_stable_without_noise_along_x)
{
    const fk_flux *flux = fk_fluxes[_i];
    if (flux->reach == 1)
        return;
    const char *const drift[] = {"v; 0", "v; -x - v"};
    const char *const noise[] = {"0; 0; 0; 1", "0; 0; 0; sqrt(2)"};
    gaussian (*const exact[])(double) = {integrated, langevin};
    for (size_t k = 0; k < 2; k++) {
        const double coarse = error(flux, drift[k], noise[k], exact[k], 40);
        const double fine = error(flux, drift[k], noise[k], exact[k], 80);
        ck_assert_double_gt(log2(coarse / fine), 1.5);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("degenerate");
    TCase *t = tcase_create("degenerate");
    int fluxes = 0;
    while (fk_fluxes[fluxes] != NULL)
        fluxes++;
    tcase_set_timeout(t, 60.0);
    tcase_add_loop_test(t, wide_fluxes_are_stable_without_noise_along_x, 0, fluxes);
    suite_add_tcase(s, t);
    return run_suite(s);
}
