/* The Fokker-Planck equation and laws on stretched axes. */
#include "pde/committor.h"
#include "pde/equilibrium.h"
#include "sde/linear.h"
#include "tests/generator_fixture.h"
#include "tests/law_fixture.h"
#include "tests/stretch_fixture.h"
#include "tests/suite.h"

static fk_evolution_options adaptive(double tolerance, double span)
{
    return (fk_evolution_options){.stepper = fk_pde_stepper_find("tr-bdf2"),
                                  .tolerance = tolerance,
                                  .span = span};
}

static double *project(const fk_law *law, const fk_grid *g)
{
    double *p = fk_doubles(fk_grid_cells(g));
    ck_assert(fk_law_project(law, g, p, NULL) == FK_OK);
    return p;
}

/* L1 distance of a density from what P(X < edge) gives for each cell. */
static double distance(const fk_grid *g, const double *p, double (*below)(double))
{
    const fk_axis *a = &g->axis[0];
    double sum = 0.0;
    for (size_t i = 0; i < a->cells; i++)
        sum += fabs(p[i] * fk_axis_width(a) -
                    (below(fk_axis_edge(a, i + 1)) - below(fk_axis_edge(a, i))));
    return sum;
}

/* From its law at 0 the density at the end, against its exact distribution function; mass
 * is kept to rounding. */
static double error_at(const char *drift, const char *noise, const char *map,
                       double from, double to, size_t cells, const fk_law *law,
                       double end, double (*below)(double))
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift, noise);
    fk_stretch *m = stretch(sde->pool, map, from, to, cells);
    const fk_domain d = stretched_line(m, cells, FK_REFLECTING);
    const fk_evolution_options o = adaptive(1e-7, end);
    pde_run r = pde_begin(sde, d, "scharfetter-gummel", &o, 0.0, project(law, &d.grid));
    pde_advance(&r, end);
    const double *p = fk_evolution_density(r.evolution);
    const double error = distance(&d.grid, p, below);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, p), 1.0, 1e-12);
    ck_assert_double_ge(fk_density_min(&d.grid, p), 0.0);
    pde_end(&r);
    fk_stretch_free(m);
    return error;
}

/* ---- exact laws ---- */

/* dX = -X dt + sqrt(2) dW from N(1, 1/4), t = 1/2 */
static double ou_below(double x)
{
    const double e = exp(-0.5), sd = sqrt(0.25 * e * e + 1.0 - e * e);
    return 0.5 * erfc((e - x) / sd * M_SQRT1_2);
}

START_TEST(ornstein_uhlenbeck_on_sinh_and_tan)
{
    fk_law *law = normal_law_1d(1.0, 0.25);
    const char *map[] = {"sinh(u)", "tan(u)"};
    const double end[] = {50.0, INFINITY};
    for (size_t k = 0; k < 2; k++) {
        double error[3];
        for (size_t i = 0; i < 3; i++)
            error[i] = error_at("-x", "sqrt(2)", map[k], -end[k], end[k],
                                (size_t)100 << i, law, 0.5, ou_below);
        ck_assert_double_lt(error[2], 1e-3);
        ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.3);
        ck_assert_double_eq_tol(error[1] / error[2], 4.0, 0.15);
    }
    fk_law_free(law);
}
END_TEST

/* dX = -(X - <X>) dt + sqrt(2) dW keeps its mean, that of x and not of u. */
static double mean_field_below(double x)
{
    return 0.5 * erfc((1.0 - x) / sqrt(2.0 * (1.0 - 0.75 * exp(-1.0))));
}

START_TEST(mean_values_are_those_of_the_variable)
{
    fk_law *law = normal_law_1d(1.0, 0.25);
    double error[2];
    for (size_t i = 0; i < 2; i++)
        error[i] = error_at("mean(x) - x", "sqrt(2)", "sinh(u)", -50.0, 50.0,
                            (size_t)100 << i, law, 0.5, mean_field_below);
    ck_assert_double_lt(error[1], 2e-3);
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.3);
    fk_law_free(law);
}
END_TEST

/* The even coordinate is log X, whose motion has constant coefficients. */
START_TEST(geometric_brownian_motion_on_a_logarithmic_axis)
{
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t cells = (size_t)200 << i;
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x/5", "0.6*x");
        fk_stretch *m = stretch(sde->pool, "exp(u)", 1e-3, 1e3, cells);
        const fk_domain d = stretched_line(m, cells, FK_OPEN);
        const fk_evolution_options o = adaptive(1e-7, 1.0);
        fk_law *law = narrow_lognormal(sde, &d.grid);
        ck_assert_double_eq_tol(fk_law_stated_mass(law), sqrt(M_PI / 50.0), 1e-12);
        pde_run r =
            pde_begin(sde, d, "scharfetter-gummel", &o, 0.0, project(law, &d.grid));
        pde_advance(&r, 1.0);
        error[i] =
            distance(&d.grid, fk_evolution_density(r.evolution), lognormal_below);
        pde_end(&r);
        fk_law_free(law);
        fk_stretch_free(m);
    }
    ck_assert_double_lt(error[1], 2e-3);
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.2);
}
END_TEST

/* dX = (3/2 - X) dt + sqrt(X) dW has the stationary law Gamma(3, 1/2). */
static double gamma_below(double x)
{
    return x > 0.0 ? 1.0 - exp(-2.0 * x) * (1.0 + 2.0 * x + 2.0 * x * x) : 0.0;
}

START_TEST(square_root_process_on_a_logarithmic_axis)
{
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t cells = (size_t)100 << i;
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "3/2 - x", "sqrt(x)");
        fk_stretch *m = stretch(sde->pool, "exp(u)", 1e-6, 30.0, cells);
        chain c = chain_begin(sde, stretched_line(m, cells, FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        error[i] = distance(&c.g->domain.grid, s.p, gamma_below);
        fk_stationary_clear(&s);
        chain_end(&c);
        fk_stretch_free(m);
    }
    ck_assert_double_lt(error[1], 1e-3);
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.1);
}
END_TEST

/* The flow dx = x/t dt from t = 1 to 2 keeps p = t / (pi (t^2 + x^2)), whose mass beyond
 * 10 t is 1 - 2/pi atan 10 at all times; nothing passes infinity. */
static double cauchy_below(double x)
{
    return 0.5 + atan(0.5 * x) / M_PI;
}

static double poisson_flow_error(size_t cells, double *beyond)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 0, "x", "x/t", "");
    fk_stretch *m = stretch(sde->pool, "tan(u)", -INFINITY, INFINITY, cells);
    const fk_domain d = stretched_line(m, cells, FK_OPEN);
    fk_evolution_options o = {.stepper = fk_pde_stepper_find("ssp-rk3"),
                              .step = 0.2 / (double)cells};
    o.span = 1.0;
    double *p = fk_doubles(cells);
    for (size_t i = 0; i < cells; i++)
        p[i] = 1.0 / M_PI; /* uniform in u = atan x */
    pde_run r = pde_begin(sde, d, "van-leer", &o, 1.0, p);
    pde_advance(&r, 2.0);
    const double *q = fk_evolution_density(r.evolution);
    const double error = distance(&d.grid, q, cauchy_below);
    *beyond = 0.0;
    for (size_t i = 0; i < cells; i++)
        if (fabs(fk_axis_centre(&d.grid.axis[0], i)) > 20.0)
            *beyond += q[i] * fk_axis_width(&d.grid.axis[0]);
    const fk_ledger ledger = pde_ledger(&r);
    ck_assert_double_eq(ledger.left[0][0] + ledger.left[0][1], 0.0);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, q), 1.0, 1e-13);
    pde_end(&r);
    fk_stretch_free(m);
    return error;
}

START_TEST(poisson_flow_to_infinity)
{
    double beyond;
    const double coarse = poisson_flow_error(100, &beyond);
    const double fine = poisson_flow_error(200, &beyond);
    ck_assert_double_lt(fine, 2e-3);
    ck_assert_double_gt(coarse / fine, 3.2);
    /* cells end within one of them beside 20 */
    ck_assert_double_eq_tol(beyond, 1.0 - M_2_PI * atan(10.0), 2.0 / 200);
}
END_TEST

/* ---- stationary densities ---- */

/* A gradient drift keeps exp(-U/D) as it does on even cells: what is left over is that of
 * the quadrature between centres. */
START_TEST(boltzmann_density_is_stationary)
{
    const char *map[] = {"u + u^3/4", "sinh(2*u)", "tan(u)"};
    const double end[] = {3.0, 3.0, INFINITY}, most[] = {1e-9, 1e-9, 1e-6};
    for (size_t k = 0; k < 3; k++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "sqrt(1/2)");
        fk_stretch *m = stretch(sde->pool, map[k], -end[k], end[k], 400);
        chain c = chain_begin(sde, stretched_line(m, 400, FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        const fk_grid *g = &c.g->domain.grid;
        double p[400], exact[400], mass = 0.0;
        bool known;
        ck_assert(fk_equilibrium_density(sde, &c.g->domain, p, &known) == FK_OK);
        ck_assert(known);
        for (size_t i = 0; i < 400; i++) {
            const double x = fk_axis_centre(&g->axis[0], i);
            exact[i] = exp((x * x / 2.0 - pow(x, 4.0) / 4.0) / 0.25) *
                       fk_axis_slope(&g->axis[0], (double)i + 0.5);
            mass += exact[i] * fk_axis_width(&g->axis[0]);
        }
        for (size_t i = 0; i < 400; i++)
            exact[i] /= mass;
        ck_assert_double_lt(fk_density_l1(g, s.p, exact), most[k]);
        ck_assert_double_lt(fk_density_l1(g, p, exact), most[k]);
        fk_stationary_clear(&s);
        chain_end(&c);
        fk_stretch_free(m);
    }
}
END_TEST

/* Student's law with three degrees of freedom: p ~ (1 + x^2)^-2 of a noise that grows. */
static double student_below(double x)
{
    return 0.5 + (isinf(x) ? copysign(0.5, x) : (atan(x) + x / (1.0 + x * x)) / M_PI);
}

START_TEST(heavy_tails_to_infinity)
{
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t cells = (size_t)100 << i;
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(1 + x^2)");
        fk_stretch *m = stretch(sde->pool, "tan(u)", -INFINITY, INFINITY, cells);
        chain c = chain_begin(sde, stretched_line(m, cells, FK_OPEN));
        fk_stationary s = chain_settle(&c);
        ck_assert_uint_eq(c.g->n_outs, 0);
        error[i] = distance(&c.g->domain.grid, s.p, student_below);
        fk_stationary_clear(&s);
        chain_end(&c);
        fk_stretch_free(m);
    }
    ck_assert_double_lt(error[1], 2e-4);
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.1);
}
END_TEST

/* What is wrong is placed by the variable, here -1 / tan h at the first edge inside. */
START_TEST(faults_are_placed_by_the_variable)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "log(x)", "1");
    fk_stretch *m = stretch(sde->pool, "tan(u)", -INFINITY, INFINITY, 100);
    const fk_domain d = stretched_line(m, 100, FK_OPEN);
    fk_fokker_planck *fp;
    fk_message message = {""};
    ck_assert(fk_fokker_planck_new(sde, &d, fk_flux_find("upwind"), &fp, &message) ==
              FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "at x = -31.8205") != NULL, "%s", message.text);
    fk_stretch_free(m);
    sde_text_free(sde);
}
END_TEST

/* ---- two routes to one number ---- */

/* A linear map changes nothing: drift, faces that absorb in part, killing and source. */
START_TEST(linear_map_changes_nothing)
{
    const char *reactivity = "1 + x/2", *killing = "1/5 + x^2/4", *source = "exp(-x^2)";
    const fk_expr_name name = {"x", NULL};
    double *p[2];
    fk_law *law = normal_law_1d(0.0, 0.04);
    for (size_t k = 0; k < 2; k++) {
        fk_expr_error error;
        const fk_expr *kappa, *kill, *make;
        fk_message message;
        fk_sde *sde = sde_text(FK_STRATONOVICH, 1, 1, "x", "sin(x)", "1 + x/4");
        fk_stretch *m = stretch(sde->pool, "1/2 + 3*u", -1.0, 1.0, 60);
        fk_domain d = stretched_line(m, 60, FK_PARTIAL);
        if (k == 1)
            d.grid.axis[0].stretch = NULL;
        ck_assert(fk_expr_parse(sde->pool, reactivity, &name, 1, &kappa, &error) ==
                  FK_OK);
        ck_assert(fk_expr_parse(sde->pool, killing, &name, 1, &kill, &error) == FK_OK);
        ck_assert(fk_expr_parse(sde->pool, source, &name, 1, &make, &error) == FK_OK);
        d.reactivity[0][0] = d.reactivity[0][1] = kappa;
        fk_evolution_options o = adaptive(1e-7, 1.0);
        pde_run r =
            pde_begin(sde, d, "scharfetter-gummel", &o, 0.0, project(law, &d.grid));
        ck_assert(fk_fokker_planck_react(r.fp, kill, make, NULL, &message) == FK_OK);
        pde_advance(&r, 1.0);
        p[k] = fk_doubles(60);
        for (size_t i = 0; i < 60; i++)
            p[k][i] =
                fk_axis_density(&d.grid.axis[0], fk_evolution_density(r.evolution), i);
        pde_end(&r);
        fk_stretch_free(m);
    }
    for (size_t i = 0; i < 60; i++)
        ck_assert_double_eq_tol(p[0][i], p[1][i], 1e-12);
    free(p[0]);
    free(p[1]);
    fk_law_free(law);
}
END_TEST

/* What a partial face has taken at t = 1, on even cells or on a logarithmic axis. */
static double taken(size_t cells, bool even)
{
    fk_law *law = normal_law_1d(1.0, 0.01);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "1 - x", "sqrt(x)");
    fk_stretch *m = stretch(sde->pool, "exp(u)", 0.25, 8.0, cells);
    fk_domain d = stretched_line(m, cells, FK_REFLECTING);
    d.face[0][0] = FK_PARTIAL;
    d.reactivity[0][0] = fk_expr_number(sde->pool, 2.0);
    if (even)
        d.grid.axis[0].stretch = NULL;
    const fk_evolution_options o = adaptive(1e-8, 1.0);
    pde_run r = pde_begin(sde, d, "scharfetter-gummel", &o, 0.0, project(law, &d.grid));
    pde_advance(&r, 1.0);
    const double left = pde_ledger(&r).left[0][0];
    pde_end(&r);
    fk_stretch_free(m);
    fk_law_free(law);
    return left;
}

START_TEST(partial_face_takes_the_same)
{
    const double coarse = taken(200, true) - taken(200, false);
    const double fine = taken(400, true) - taken(400, false);
    ck_assert_double_gt(taken(200, false), 0.2);
    ck_assert_double_lt(fabs(fine), 3e-4);
    ck_assert_double_eq_tol(coarse / fine, 4.0, 0.2);
}
END_TEST

static bool below_minus_one(void *context, const double *x)
{
    (void)context;
    return x[0] < -1.0;
}

static bool above_one(void *context, const double *x)
{
    (void)context;
    return x[0] > 1.0;
}

/* Of -x + sqrt(2) dW: q(x) = int_-1^x e^(z^2/2) / int_-1^1; at 1/2 from a power series. */
START_TEST(committor_between_edges_that_follow_no_cell)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_stretch *m = stretch(sde->pool, "sinh(2*u)", -8.0, 8.0, 802);
    chain c = chain_begin(sde, stretched_line(m, 802, FK_REFLECTING));
    fk_stationary s = chain_settle(&c);
    fk_committor q;
    fk_message message;
    const fk_set a = {below_minus_one, NULL}, b = {above_one, NULL};
    ck_assert(fk_committor_solve(c.g, s.p, &a, &b, &q, &message) == FK_OK);
    double whole = 0.0, term = 1.0;
    for (int n = 0; n < 30; term *= 0.5 / ++n)
        whole += term / (2.0 * n + 1.0);
    for (size_t i = 0; i < 802; i++) {
        const double x = fk_axis_centre(&c.g->domain.grid.axis[0], i);
        double part = 0.0;
        term = x;
        for (int n = 0; n < 30; term *= 0.5 * x * x / ++n)
            part += term / (2.0 * n + 1.0);
        if (fabs(x) < 1.0)
            ck_assert_double_eq_tol(q.forward[i], 0.5 + 0.5 * part / whole, 2e-5);
    }
    fk_committor_clear(&q);
    fk_stationary_clear(&s);
    chain_end(&c);
    fk_stretch_free(m);
}
END_TEST

/* ---- two variables ---- */

/* dX = -X dt + noise, correlated, to the exact Gaussian; one axis stretched, then both. */
static double plane_error(size_t n, bool both)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "-x; -y + x/2", "1; 0; 0.25; 0.9");
    fk_stretch *m = stretch(sde->pool, "3*sinh(u/3)", -8.0, 8.0, n);
    fk_axis axis[2] = {stretched_axis(m, n), {-6.0, 6.0, n}};
    if (both)
        axis[1] = axis[0];
    fk_domain d = {.grid = fk_grid_make(2, axis)};
    const double mean[] = {0.8, 0.0}, variance[] = {0.3, 0.3}, t = 0.5;
    fk_law *law = normal_law(2, mean, variance);
    fk_mixture *exact;
    for (size_t i = 0; i < 2; i++)
        d.face[i][0] = d.face[i][1] = FK_OPEN;
    const fk_evolution_options o = adaptive(1e-5, t);
    pde_run r = pde_begin(sde, d, "scharfetter-gummel", &o, 0.0, project(law, &d.grid));
    pde_advance(&r, t);
    double *q = fk_doubles(n * n);
    ck_assert(fk_linear_propagate(sde, 0.0, fk_law_mixture(law), t, &exact) == FK_OK);
    ck_assert(fk_mixture_project(exact, &d.grid, q, NULL) == FK_OK);
    const double error = fk_density_l1(&d.grid, fk_evolution_density(r.evolution), q);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, q), 1.0, 1e-6);
    fk_mixture_free(exact);
    free(q);
    fk_law_free(law);
    pde_end(&r);
    fk_stretch_free(m);
    return error;
}

START_TEST(correlated_noise_in_the_plane)
{
    for (int both = 0; both < 2; both++) {
        const double coarse = plane_error(40, both), fine = plane_error(80, both);
        ck_assert_double_lt(fine, 0.02);
        ck_assert_double_eq_tol(coarse / fine, 4.0, 0.6);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stretched");
    TCase *cases = tcase_create("stretched");
    tcase_add_test(cases, ornstein_uhlenbeck_on_sinh_and_tan);
    tcase_add_test(cases, mean_values_are_those_of_the_variable);
    tcase_add_test(cases, geometric_brownian_motion_on_a_logarithmic_axis);
    tcase_add_test(cases, square_root_process_on_a_logarithmic_axis);
    tcase_add_test(cases, poisson_flow_to_infinity);
    tcase_add_test(cases, boltzmann_density_is_stationary);
    tcase_add_test(cases, heavy_tails_to_infinity);
    tcase_add_test(cases, faults_are_placed_by_the_variable);
    tcase_add_test(cases, linear_map_changes_nothing);
    tcase_add_test(cases, partial_face_takes_the_same);
    tcase_add_test(cases, committor_between_edges_that_follow_no_cell);
    tcase_add_test(cases, correlated_noise_in_the_plane);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
