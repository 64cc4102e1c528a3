/* Spectral densities against exact solutions. */
#include "tests/spectral_box.h"

/* ---- heat kernels ---- */

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
    suite_add_tcase(suite, numbers);
    TCase *refused = tcase_create("refused");
    suite_add_tcase(suite, refused);
    return run_suite(suite);
}
