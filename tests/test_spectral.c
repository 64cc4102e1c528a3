/* Spectral densities against exact solutions and against other ways to them. */
#include "tests/spectral_fixture.h"
#include "tests/suite.h"

static fk_domain box(size_t dim, double lo, double hi, size_t cells, fk_boundary all)
{
    const double from[] = {lo, lo, lo}, to[] = {hi, hi, hi};
    const size_t n[] = {cells, cells, cells};
    return pde_box(dim, from, to, n, all);
}

/* ---- heat kernels ---- */

enum { IMAGES = 12 };

/* Cell average of sum_k s^k N(x; (1 - 2 odd) x0 + k period, v), the images of x0. */
static double images(double lo, double hi, double x0, double v, double period)
{
    double sum = 0.0;
    for (int k = -IMAGES; k <= IMAGES; k++)
        sum += normal_cell(lo, hi, x0 + k * period, sqrt(v));
    return sum;
}

/* dX = 0.8 dW on the torus [0, 2)^d from the point 0.3, 0.4, 0.5 */
static size_t torus_dim;

static double torus(const double *lo, const double *hi, double t)
{
    double product = 1.0;
    for (size_t i = 0; i < torus_dim; i++)
        product *= images(lo[i], hi[i], 0.3 + 0.1 * (double)i, 0.64 * t, 2.0);
    return product;
}

START_TEST(the_heat_kernel_of_the_torus_is_exact_from_a_point)
{
    static const char *const drift[] = {"0", "0; 0", "0; 0; 0"};
    static const char *const noise[] = {"0.8", "0.8; 0; 0; 0.8",
                                        "0.8; 0; 0; 0; 0.8; 0; 0; 0; 0.8"};
    torus_dim = (size_t)_i;
    const spectral_case c = {.dim = torus_dim,
                             .noises = torus_dim,
                             .variables = "x; y; z",
                             .drift = drift[_i - 1],
                             .noise = noise[_i - 1],
                             .domain = box(torus_dim, 0.0, 2.0, 20, FK_PERIODIC),
                             .mean = {0.3, 0.4, 0.5},
                             .end = 0.05};
    spectral_run r = spectral_solve(&c, 1e-11);
    ck_assert_double_lt(spectral_error(&r, torus), 1e-11);
    ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-13);
    spectral_advance(&r, 1.0); /* and on */
    ck_assert_double_lt(spectral_error(&r, torus), 1e-11);
    spectral_close(&r);
}
END_TEST

/* dX = dW from N(0.35, 0.05^2) between walls at 0 and 1 */
static const double wall_x0 = 0.35, wall_v0 = 0.0025;

static double between_reflecting(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 2.0) + images(*lo, *hi, -wall_x0, v, 2.0);
}

static double between_absorbing(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 2.0) - images(*lo, *hi, -wall_x0, v, 2.0);
}

/* reflecting at 0, absorbing at 1: images in 1 with the sign changed, period 4 */
static double reflecting_absorbing(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 4.0) + images(*lo, *hi, -wall_x0, v, 4.0) -
           images(*lo, *hi, 2.0 - wall_x0, v, 4.0) -
           images(*lo, *hi, wall_x0 - 2.0, v, 4.0);
}

static double absorbing_reflecting(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 4.0) - images(*lo, *hi, -wall_x0, v, 4.0) +
           images(*lo, *hi, 2.0 - wall_x0, v, 4.0) -
           images(*lo, *hi, wall_x0 - 2.0, v, 4.0);
}

static const struct {
    fk_boundary face[2];
    pde_law *law;
} walls[] = {
    {{FK_REFLECTING, FK_REFLECTING}, between_reflecting},
    {{FK_ABSORBING, FK_ABSORBING}, between_absorbing},
    {{FK_REFLECTING, FK_ABSORBING}, reflecting_absorbing},
    {{FK_ABSORBING, FK_REFLECTING}, absorbing_reflecting},
};

static spectral_case between_walls(int i)
{
    spectral_case c = {.dim = 1,
                       .noises = 1,
                       .variables = "x",
                       .drift = "0",
                       .noise = "1",
                       .domain = box(1, 0.0, 1.0, 50, FK_REFLECTING),
                       .mean = {wall_x0},
                       .cov = {wall_v0},
                       .end = 0.2};
    c.domain.face[0][0] = walls[i].face[0];
    c.domain.face[0][1] = walls[i].face[1];
    return c;
}

START_TEST(reflection_at_walls_is_exact)
{
    const spectral_case c = between_walls(_i);
    spectral_run r = spectral_solve(&c, 1e-11);
    ck_assert_double_lt(spectral_error(&r, walls[_i].law), 1e-11);
    ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-11);
    spectral_close(&r);
}
END_TEST

/* From x0 a path has left by 0 with the probability
 *     1 - x0 - sum_k 2 / (k pi) sin(k pi x0) e^(-k^2 pi^2 t / 2),
 * by 1 with that of 1 - x0; over the Gaussian the sines have e^(-k^2 pi^2 v0 / 2). */
START_TEST(absorbing_faces_keep_separate_accounts)
{
    const spectral_case c = between_walls(1);
    spectral_run r = spectral_solve(&c, 1e-11);
    const fk_ledger ledger = spectral_ledger(&r);
    double left = 1.0 - wall_x0, right = wall_x0;
    for (int k = 1; k < 60; k++) {
        const double rest = 2.0 / (k * M_PI) * sin(k * M_PI * wall_x0) *
                            exp(-0.5 * k * k * M_PI * M_PI * (wall_v0 + c.end));
        left -= rest;
        right += k % 2 == 0 ? rest : -rest;
    }
    ck_assert_double_eq_tol(ledger.left[0][0], left, 2e-11);
    ck_assert_double_eq_tol(ledger.left[0][1], right, 2e-11);
    spectral_close(&r);
}
END_TEST

/* ---- Gaussian laws in free space ---- */

static const spectral_case gaussians[] = {
    {.dim = 1, /* Ornstein-Uhlenbeck */
     .noises = 1,
     .variables = "x",
     .drift = "0.4 - x",
     .noise = "0.7",
     .mean = {-1.0},
     .cov = {0.09},
     .end = 0.7},
    {.dim = 1, /* variance preserving, beta = 0.2 + 3 t */
     .noises = 1,
     .variables = "x",
     .drift = "-0.5 * (0.2 + 3 * t) * x",
     .noise = "sqrt(0.2 + 3 * t)",
     .mean = {1.5},
     .cov = {0.04},
     .end = 1.0},
    {.dim = 2, /* rotating, with correlated noise and start */
     .noises = 2,
     .variables = "x; y",
     .drift = "-x - 2 * y; 2 * x - y",
     .noise = "0.6; 0.2; 0; 0.5",
     .mean = {1.0, 0.0},
     .cov = {0.1, 0.04, 0.04, 0.08},
     .end = 0.6},
    {.dim = 2, /* Langevin: noise in the velocity alone */
     .noises = 1,
     .variables = "x; v",
     .drift = "v; -x - v",
     .noise = "0; 1",
     .mean = {0.5, 0.0},
     .cov = {0.16, 0.0, 0.0, 0.16},
     .end = 0.5},
};

/* L1 error at the end, and of the mass beyond the grid. */
static double gaussian_error(const spectral_case *c, const spectral_run *r)
{
    const fk_grid *g = &r->domain.grid;
    fk_mixture *m;
    double *exact = fk_doubles(fk_grid_cells(g)), outside;
    ck_assert(fk_linear_propagate(r->sde, 0.0, fk_law_mixture(r->law), c->end, &m) ==
              FK_OK);
    ck_assert(fk_mixture_project(m, g, exact, &outside) == FK_OK);
    const double e = fk_density_l1(g, fk_spectral_density(r->s), exact);
    const fk_ledger ledger = spectral_ledger(r);
    double left = 0.0;
    for (size_t i = 0; i < g->dim; i++)
        left += ledger.left[i][0] + ledger.left[i][1];
    free(exact);
    fk_mixture_free(m);
    return e + fabs(outside - left);
}

START_TEST(gaussians_in_free_space_are_exact_to_the_tolerance)
{
    static const double tolerance[] = {1e-4, 1e-7, 1e-10};
    spectral_case c = gaussians[_i];
    c.domain = box(c.dim, -4.0, 4.0, c.dim == 1 ? 80 : 40, FK_OPEN);
    for (size_t k = 0; k < (c.dim == 1 ? 3 : 2); k++) {
        spectral_run r = spectral_solve(&c, tolerance[k]);
        ck_assert_double_lt(gaussian_error(&c, &r), 3.0 * tolerance[k]);
        ck_assert_double_lt(fabs(spectral_ledger(&r).defect), tolerance[k]);
        spectral_close(&r);
    }
}
END_TEST

/* A grid that cuts the density off: the box grows beyond it, and what lies there is known
 * as well. */
START_TEST(the_box_holds_the_mass_where_the_grid_does_not)
{
    spectral_case c = gaussians[0];
    c.domain = box(1, -1.5, 0.5, 40, FK_OPEN);
    spectral_run r = spectral_solve(&c, 1e-8);
    fk_spectral_report report;
    fk_spectral_report_on(r.s, &report);
    ck_assert_double_lt(gaussian_error(&c, &r), 3e-8);
    ck_assert_double_lt(report.collar, 1e-8);
    ck_assert_double_gt(report.hi[0], 1.5);
    ck_assert_double_gt(spectral_ledger(&r).left[0][1], 0.02);
    spectral_close(&r);
}
END_TEST

/* J = (f - D d log p / dx) p of the exact Gaussian at centres. */
START_TEST(the_current_is_that_of_the_exact_law)
{
    spectral_case c = gaussians[0];
    c.domain = box(1, -4.0, 4.0, 80, FK_OPEN);
    spectral_run r = spectral_solve(&c, 1e-10);
    double J[80], *const current[] = {J};
    const double decay = exp(-c.end), mean = 0.4 - 1.4 * decay;
    const double v = 0.09 * decay * decay + 0.245 * (1.0 - decay * decay);
    ck_assert(fk_spectral_current(r.s, current) == FK_OK);
    for (size_t k = 0; k < 80; k++) {
        const double x = fk_axis_centre(&r.domain.grid.axis[0], k), z = x - mean;
        const double p = exp(-0.5 * z * z / v) / sqrt(2.0 * M_PI * v);
        ck_assert_double_eq_tol(J[k], (0.4 - x + 0.245 * z / v) * p, 1e-9);
    }
    spectral_close(&r);
}
END_TEST

static spectral_case double_well(fk_boundary boundary)
{
    return (spectral_case){.dim = 1,
                           .noises = 1,
                           .variables = "x",
                           .drift = "x - x^3",
                           .noise = "0.7",
                           .domain = box(1, -3.0, 3.0, 256, boundary),
                           .mean = {-0.5},
                           .cov = {0.09},
                           .end = 1.0};
}

/* ---- laws that are no Gaussians ---- */

/* dX = 0.5 dt + 0.6 dW on a circle from (1 + cos x / 2) / 2 pi. */
static double wave_on_a_circle(const double *lo, const double *hi, double t)
{
    const double mean = (sin(*hi - 0.5 * t) - sin(*lo - 0.5 * t)) / (*hi - *lo);
    return (1.0 + 0.5 * exp(-0.18 * t) * mean) / (2.0 * M_PI);
}

START_TEST(a_density_given_as_an_expression_is_projected_exactly)
{
    spectral_run r = {.domain = box(1, 0.0, 2.0 * M_PI, 10, FK_PERIODIC)};
    const fk_spectral_options o = {.tolerance = 1e-10, .span = 2.0};
    fk_message message = {""};
    r.sde = sde_text(FK_ITO, 1, 1, "x", "0.5", "0.6");
    const fk_expr_name name = {"x", NULL};
    const fk_expr *density;
    fk_expr_error error;
    ck_assert(fk_expr_parse(r.sde->pool, "1 + cos(x) / 2", &name, 1, &density,
                            &error) == FK_OK);
    ck_assert(fk_law_expression_new(r.sde, density, &r.domain.grid, &r.law, &message) ==
              FK_OK);
    ck_assert(fk_spectral_new(r.sde, &r.domain, r.law, 0.0, &o, &r.s, &message) ==
              FK_OK);
    ck_assert_double_lt(spectral_error(&r, wave_on_a_circle), 1e-9);
    spectral_advance(&r, 2.0);
    ck_assert_double_lt(spectral_error(&r, wave_on_a_circle), 1e-9);
    spectral_close(&r);
}
END_TEST

START_TEST(a_box_has_edges_that_no_modes_resolve)
{
    const double lo = -0.5, hi = 0.5;
    const spectral_case c = double_well(FK_REFLECTING);
    const fk_spectral_options o = {.tolerance = 1e-5, .span = 1.0};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", c.drift, c.noise);
    fk_law *law;
    fk_message message = {""};
    fk_spectral *s;
    ck_assert(fk_law_uniform_new(1, &lo, &hi, &law) == FK_OK);
    ck_assert_int_eq(fk_spectral_new(sde, &c.domain, law, 0.0, &o, &s, &message),
                     FK_ECONVERGE);
    ck_assert_ptr_null(s);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* ---- time ---- */

/* Drift and noise that change with time and do not commute: halving the step divides the
 * error by 2^4. */
START_TEST(steps_with_coefficients_of_time_are_of_fourth_order)
{
    spectral_case c = gaussians[0];
    double error[3];
    c.drift = "sin(4 * t) - (1 + cos(3 * t)) * x";
    c.noise = "0.7 + 0.3 * sin(5 * t)";
    c.end = 1.0;
    c.domain = box(1, -4.0, 4.0, 80, FK_OPEN);
    for (int k = 0; k < 3; k++) {
        const fk_spectral_options o = {
            .tolerance = 1e-12, .span = c.end, .step = 1.0 / (8 << k)};
        spectral_run r = spectral_open(&c, &o);
        spectral_advance(&r, c.end);
        error[k] = gaussian_error(&c, &r);
        spectral_close(&r);
    }
    ck_assert_double_eq_tol(log2(error[0] / error[1]), 4.0, 0.3);
    ck_assert_double_eq_tol(log2(error[1] / error[2]), 4.0, 0.3);
}
END_TEST

/* One advance or many: the same density to the tolerance. */
START_TEST(stops_on_the_way_change_nothing)
{
    spectral_case c = gaussians[0];
    c.domain = box(1, -4.0, 4.0, 80, FK_OPEN);
    const fk_spectral_options o = {.tolerance = 1e-10, .span = c.end};
    spectral_run r = spectral_open(&c, &o);
    for (int k = 1; k <= 7; k++)
        spectral_advance(&r, c.end * sqrt(k / 7.0));
    ck_assert_double_lt(gaussian_error(&c, &r), 3e-10);
    spectral_close(&r);
}
END_TEST

/* ---- no formula ---- */

/* Modes that are half as many again bring orders of magnitude, not a factor. */
START_TEST(the_double_well_converges_exponentially)
{
    const spectral_case c = double_well(_i == 0 ? FK_REFLECTING : FK_OPEN);
    spectral_run best = spectral_solve(&c, 1e-12);
    const double *exact = fk_spectral_density(best.s);
    fk_spectral_report first, last;
    for (double tolerance = 1e-3; tolerance > 1e-11; tolerance *= 0.1) {
        spectral_run r = spectral_solve(&c, tolerance);
        fk_spectral_report_on(r.s, tolerance > 5e-4 ? &first : &last);
        const double e = fk_density_l1(&c.domain.grid, fk_spectral_density(r.s), exact);
        ck_assert_double_lt(e, tolerance);
        ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-11);
        spectral_close(&r);
    }
    ck_assert_uint_le(last.modes[0], 3 * first.modes[0]);
    spectral_close(&best);
}
END_TEST

/* Finite volumes on cells of half the width are three quarters nearer. */
static double *by_finite_volumes(const spectral_case *c, const fk_law *law,
                                 size_t factor)
{
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find("tr-bdf2"), .tolerance = 1e-7, .span = c->end};
    fk_domain fine = c->domain;
    fine.grid = fk_grid_refine(&c->domain.grid, factor);
    double *p = fk_doubles(fk_grid_cells(&fine.grid));
    double *coarse = fk_doubles(fk_grid_cells(&c->domain.grid));
    ck_assert(fk_law_project(law, &fine.grid, p, NULL) == FK_OK);
    pde_run r = pde_begin(sde_text(c->interpretation, c->dim, c->noises, c->variables,
                                   c->drift, c->noise),
                          fine, "scharfetter-gummel", &o, 0.0, p);
    pde_advance(&r, c->end);
    fk_grid_restrict(&c->domain.grid, factor, fk_evolution_density(r.evolution),
                     coarse);
    pde_end(&r);
    return coarse;
}

static void expect_the_same_by_finite_volumes(const spectral_case *c, double most)
{
    spectral_run r = spectral_solve(c, 1e-9);
    double *coarse = by_finite_volumes(c, r.law, 1),
           *fine = by_finite_volumes(c, r.law, 2);
    for (size_t k = 0; k < fk_grid_cells(&c->domain.grid); k++)
        fine[k] += (fine[k] - coarse[k]) / 3.0;
    ck_assert_double_lt(fk_density_l1(&c->domain.grid, fk_spectral_density(r.s), fine),
                        most);
    spectral_close(&r);
    free(coarse);
    free(fine);
}

START_TEST(the_double_well_is_that_of_finite_volumes)
{
    const spectral_case c = double_well(FK_REFLECTING);
    expect_the_same_by_finite_volumes(&c, 1e-6);
}
END_TEST

/* Noise that depends on the variable, in every sense of the product, on a circle. */
START_TEST(varying_noise_is_that_of_finite_volumes)
{
    const spectral_case c = {.dim = 1,
                             .noises = 1,
                             .variables = "x",
                             .drift = "0.3 + sin(x)",
                             .noise = "0.6 + 0.3 * cos(x)",
                             .interpretation = (fk_interpretation)_i,
                             .domain = box(1, 0.0, 2.0 * M_PI, 256, FK_PERIODIC),
                             .mean = {3.0},
                             .cov = {0.09},
                             .end = 1.0};
    expect_the_same_by_finite_volumes(&c, 2e-6);
}
END_TEST

/* The drift pushes against walls that the density reaches: cosines converge slowly there,
 * and no faster than their measured tail says. */
START_TEST(at_walls_with_a_drift_the_tail_is_the_error)
{
    spectral_case c = between_walls(0);
    c.drift = "1";
    spectral_run best = spectral_solve(&c, 3e-4), r = spectral_solve(&c, 1e-2);
    fk_spectral_report report;
    fk_spectral_report_on(r.s, &report);
    const double e = fk_density_l1(&c.domain.grid, fk_spectral_density(r.s),
                                   fk_spectral_density(best.s));
    ck_assert_double_lt(e, 3.0 * report.tail);
    ck_assert_double_lt(report.tail, 1e-2);
    ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-12);
    spectral_close(&r);
    spectral_close(&best);
}
END_TEST

/* Nothing is clipped: a coarse density is negative somewhere and says so. */
START_TEST(negative_averages_are_reported_as_they_are)
{
    const spectral_case c = double_well(FK_REFLECTING);
    spectral_run r = spectral_solve(&c, 1e-2);
    const double least = fk_density_min(&c.domain.grid, fk_spectral_density(r.s));
    ck_assert_double_lt(least, 0.0);
    ck_assert_double_eq(spectral_ledger(&r).minimum, least);
    ck_assert_double_eq_tol(fk_density_mass(&c.domain.grid, fk_spectral_density(r.s)),
                            1.0, 1e-12);
    spectral_close(&r);
}
END_TEST

/* Drifts that the first modes' points do not see: at 24 points sin(24 x) is nothing, sin(20 x)
 * a wave that is left out.  In the end p = exp(-int b / a) / Z, with a = 0.18. */
static double waves;

static double equilibrium_of_waves(const double *lo, const double *hi, double t)
{
    enum { POINTS = 32 };
    double sum = 0.0, all = 0.0;
    (void)t;
    for (int k = 0; k < POINTS; k++) {
        const double x = *lo + (*hi - *lo) * (k + 0.5) / POINTS;
        sum += exp(-3.0 / (0.18 * waves) * cos(waves * x));
        all += exp(-3.0 / (0.18 * waves) * cos(2.0 * M_PI * k / POINTS));
    }
    return sum / (2.0 * M_PI * all);
}

START_TEST(drifts_between_the_points_are_seen)
{
    static const char *const drift[] = {"3 * sin(24 * x)", "3 * sin(20 * x)"};
    const spectral_case c = {.dim = 1,
                             .noises = 1,
                             .variables = "x",
                             .drift = drift[_i],
                             .noise = "0.6",
                             .domain = box(1, 0.0, 2.0 * M_PI, 512, FK_PERIODIC),
                             .mean = {3.0},
                             .cov = {1.0},
                             .end = 200.0};
    waves = _i == 0 ? 24.0 : 20.0;
    spectral_run r = spectral_solve(&c, 1e-6);
    ck_assert_double_lt(spectral_error(&r, equilibrium_of_waves), 3e-6);
    spectral_close(&r);
}
END_TEST

/* Eight narrow Gaussians evenly round a circle: all but every eighth mode are nothing. */
START_TEST(laws_with_gaps_in_their_spectrum_are_seen)
{
    enum { PEAKS = 8 };
    const fk_domain d = box(1, 0.0, 8.0, 64, FK_PERIODIC);
    const fk_spectral_options o = {.tolerance = 1e-9, .span = 1.0};
    fk_mixture *m;
    spectral_run r = {.sde = sde_text(FK_ITO, 1, 1, "x", "0.1", "0.2"), .domain = d};
    fk_message message = {""};
    ck_assert(fk_mixture_new(1, PEAKS, &m) == FK_OK);
    for (size_t k = 0; k < PEAKS; k++) {
        m->weight[k] = 1.0 / PEAKS;
        m->mean[k] = (double)k + 0.5;
        m->cov[k] = 0.01;
    }
    ck_assert(fk_law_mixture_new(m, &r.law) == FK_OK);
    ck_assert(fk_spectral_new(r.sde, &d, r.law, 0.0, &o, &r.s, &message) == FK_OK);
    spectral_advance(&r, 1.0);
    for (size_t k = 0; k < 64; k++) { /* one peak is the picture of all */
        const double lo = fk_axis_edge(&d.grid.axis[0], k), hi = lo + 0.125;
        const double exact = images(lo, hi, 0.6, 0.05, 1.0) / PEAKS;
        ck_assert_double_eq_tol(fk_spectral_density(r.s)[k], exact, 1e-9);
    }
    fk_mixture_free(m);
    spectral_close(&r);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refused(const spectral_case *c, double tolerance, fk_status expected,
                           const char *word)
{
    const fk_spectral_options o = {.tolerance = tolerance, .span = c->end};
    fk_sde *sde = sde_text(c->interpretation, c->dim, c->noises, c->variables, c->drift,
                           c->noise);
    fk_law *law = gaussian_law(c);
    fk_message message = {""};
    fk_spectral *s;
    fk_status status = fk_spectral_new(sde, &c->domain, law, 0.0, &o, &s, &message);
    if (status == FK_OK)
        status = fk_spectral_advance(s, c->end, NULL, &message);
    ck_assert_int_eq(status, expected);
    ck_assert_msg(strstr(message.text, word) != NULL, "%s", message.text);
    fk_spectral_free(s);
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(what_is_not_smooth_is_refused_with_a_reason)
{
    spectral_case c = double_well(FK_REFLECTING);
    c.cov[0] = 0.0;
    expect_refused(&c, 1e-5, FK_ECONVERGE, "too fine along variable 1");
    c = double_well(FK_OPEN);
    c.drift = "5 * x"; /* runs away, beyond every box */
    expect_refused(&c, 1e-5, FK_ECONVERGE, "open ends of variable 1");
    c = double_well(FK_REFLECTING);
    c.drift = "1 / x";
    c.domain = box(1, -1.0, 1.0, 10, FK_REFLECTING);
    c.noise = "sqrt(x)";
    expect_refused(&c, 1e-5, FK_EDOMAIN, "at (-0.9");
}
END_TEST

/* As if the SDE had a jump: nothing of it is looked at. */
START_TEST(jumps_are_refused)
{
    const spectral_case c = double_well(FK_OPEN);
    fk_sde *sde =
        sde_text(c.interpretation, c.dim, c.noises, c.variables, c.drift, c.noise);
    const fk_spectral_options o = {.tolerance = 1e-5, .span = 1.0};
    fk_message message = {""};
    fk_spectral *s;
    sde->n_jumps = 1;
    ck_assert_int_eq(fk_spectral_new(sde, &c.domain, NULL, 0.0, &o, &s, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "jumps"));
    sde->n_jumps = 0;
    sde_text_free(sde);
}
END_TEST

/* A step that failed leaves the density of the last one that did not. */
START_TEST(after_a_failure_the_density_is_that_of_its_time)
{
    spectral_case c = double_well(FK_OPEN);
    c.drift = "5 * x";
    c.end = 3.0;
    const fk_spectral_options o = {.tolerance = 1e-5, .span = c.end};
    spectral_run r = spectral_open(&c, &o);
    fk_message message = {""};
    ck_assert_int_eq(fk_spectral_advance(r.s, c.end, NULL, &message), FK_ECONVERGE);
    c.end = fk_spectral_time(r.s);
    ck_assert_double_gt(c.end, 0.0);
    ck_assert_double_lt(gaussian_error(&c, &r), 1e-4);
    spectral_close(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spectral");
    TCase *heat = tcase_create("heat kernels");
    tcase_add_loop_test(heat, the_heat_kernel_of_the_torus_is_exact_from_a_point, 1, 4);
    tcase_add_loop_test(heat, reflection_at_walls_is_exact, 0, 4);
    tcase_add_test(heat, absorbing_faces_keep_separate_accounts);
    suite_add_tcase(suite, heat);
    TCase *free_space = tcase_create("free space");
    tcase_add_loop_test(free_space, gaussians_in_free_space_are_exact_to_the_tolerance,
                        0, sizeof gaussians / sizeof *gaussians);
    tcase_add_test(free_space, the_box_holds_the_mass_where_the_grid_does_not);
    tcase_add_test(free_space, the_current_is_that_of_the_exact_law);
    tcase_add_test(free_space, a_density_given_as_an_expression_is_projected_exactly);
    tcase_add_test(free_space, a_box_has_edges_that_no_modes_resolve);
    suite_add_tcase(suite, free_space);
    TCase *time = tcase_create("time");
    tcase_add_test(time, steps_with_coefficients_of_time_are_of_fourth_order);
    tcase_add_test(time, stops_on_the_way_change_nothing);
    suite_add_tcase(suite, time);
    TCase *numbers = tcase_create("no formula");
    tcase_add_loop_test(numbers, the_double_well_converges_exponentially, 0, 2);
    tcase_add_test(numbers, the_double_well_is_that_of_finite_volumes);
    tcase_add_loop_test(numbers, varying_noise_is_that_of_finite_volumes, 0, 3);
    tcase_add_loop_test(numbers, drifts_between_the_points_are_seen, 0, 2);
    tcase_add_test(numbers, laws_with_gaps_in_their_spectrum_are_seen);
    tcase_add_test(numbers, at_walls_with_a_drift_the_tail_is_the_error);
    tcase_add_test(numbers, negative_averages_are_reported_as_they_are);
    suite_add_tcase(suite, numbers);
    TCase *refused = tcase_create("refused");
    tcase_add_test(refused, what_is_not_smooth_is_refused_with_a_reason);
    tcase_add_test(refused, after_a_failure_the_density_is_that_of_its_time);
    tcase_add_test(refused, jumps_are_refused);
    suite_add_tcase(suite, refused);
    return run_suite(suite);
}
