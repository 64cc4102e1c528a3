/* Generators and their stationary densities: one matrix for both equations, exact
 * equilibria, steady currents, and no density where there is none. */
#include "pde/equilibrium.h"
#include "tests/generator_fixture.h"
#include "tests/suite.h"

static fk_domain square(double half, size_t n, fk_boundary all)
{
    return pde_box(2, (double[]){-half, -half}, (double[]){half, half},
                   (size_t[]){n, n}, all);
}

/* Links and ways out together are the operator, cross terms and open faces included. */
START_TEST(links_are_the_operator)
{
    fk_domain d = pde_box(2, (double[]){-1.0, 0.0}, (double[]){1.0, 3.0},
                          (size_t[]){13, 18}, FK_OPEN);
    d.face[1][0] = d.face[1][1] = FK_PERIODIC;
    chain c = chain_begin(
        sde_text(FK_ITO, 2, 2, "x; y", "1 - x; x*y", "1; 0; 0.4*x; 0.8"), d);
    const size_t n = c.g->cells;
    double *p = fk_doubles(3 * n), *expected = p + n, *change = p + 2 * n;
    for (size_t i = 0; i < n; i++)
        p[i] = 1.0 + sin(7.0 * (double)i);
    fk_fokker_planck_apply(c.fp, p, expected);
    for (size_t k = 0; k < c.g->n_links; k++) {
        const double current = fk_link_current(&c.g->link[k], p);
        change[c.g->link[k].from] -= current;
        change[c.g->link[k].to] += current;
    }
    for (size_t k = 0; k < c.g->n_outs; k++)
        change[c.g->out[k].cell] -= c.g->out[k].rate * p[c.g->out[k].cell];
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(change[i], expected[i], 1e-12 * c.g->fastest);
    free(p);
    chain_end(&c);
}
END_TEST

/* A factored generator solves both equations: L x = -b, L^T y = -b. */
START_TEST(one_factorisation_solves_both_equations)
{
    fk_message message = {""};
    fk_sparse_lu *lu;
    chain c = chain_begin(
        sde_text(FK_ITO, 2, 2, "x; y", "x - x^3 - y; x - y", "0.8; 0; 0.3; 0.7"),
        square(2.0, 20, FK_ABSORBING));
    const size_t n = c.g->cells;
    double *b = fk_doubles(3 * n), *x = b + n, *back = b + 2 * n;
    for (size_t i = 0; i < n; i++)
        b[i] = cos((double)i);
    ck_assert(fk_generator_factor(c.g, 0.0, NULL, n, &lu, &message) == FK_OK);
    fk_sparse_lu_solve(lu, b, x);
    fk_fokker_planck_apply(c.fp, x, back);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(back[i], -b[i], 1e-10);
    fk_sparse_lu_solve_transpose(lu, b, x);
    fk_fokker_planck_apply_transpose(c.fp, x, back);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(back[i], -b[i], 1e-10);
    fk_sparse_lu_free(lu);
    free(b);
    chain_end(&c);
}
END_TEST

/* Gradient drift: the Boltzmann density at the centres, in the far tails too. */
START_TEST(gradient_drift_settles_to_boltzmann)
{
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "sqrt(0.2)"),
                          pde_line(-3.0, 3.0, 240, FK_REFLECTING));
    fk_stationary s = chain_settle(&c);
    double *exact = fk_doubles(c.g->cells);
    bool known;
    ck_assert(fk_equilibrium_density(c.sde, &c.g->domain, exact, &known) == FK_OK);
    ck_assert(known);
    for (size_t i = 0; i < c.g->cells; i++) {
        const double x = fk_axis_centre(&c.g->domain.grid.axis[0], i);
        const double u = 0.25 * pow(x, 4) - 0.5 * x * x;
        ck_assert_double_eq_tol(s.p[i] / exact[i], 1.0, 1e-10);
        ck_assert_double_eq_tol(
            log(s.p[i] / s.p[119]),
            -10.0 * (u - (0.25 * pow(0.0125, 4) - 0.5 * 0.0125 * 0.0125)), 1e-9);
    }
    ck_assert_double_lt(fk_generator_imbalance(c.g, s.p), 1e-12);
    ck_assert_double_lt(fk_generator_entropy_production(c.g, s.p), 1e-20);
    fk_stationary_clear(&s);
    free(exact);
    chain_end(&c);
}
END_TEST

/* No drift, noise sigma(x): p ~ sigma^(-2 (1 - A)) for the noise taken at the point A. */
START_TEST(interpretation_decides_where_mass_gathers)
{
    static const fk_interpretation point[] = {FK_ITO, FK_STRATONOVICH,
                                              FK_HANGGI_KLIMONTOVICH};
    for (size_t k = 0; k < 3; k++) {
        chain c = chain_begin(sde_text(point[k], 1, 1, "x", "0", "1 + x^2"),
                              pde_line(-1.0, 2.0, 300, FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        for (size_t i = 0; i < c.g->cells; i += 7) {
            const double x = fk_axis_centre(&c.g->domain.grid.axis[0], i);
            const double y = fk_axis_centre(&c.g->domain.grid.axis[0], 0);
            const double expected =
                pow((1.0 + x * x) / (1.0 + y * y), -(2.0 - (double)k));
            ck_assert_double_eq_tol(s.p[i] / s.p[0], expected, 1e-7 * expected);
        }
        fk_stationary_clear(&s);
        chain_end(&c);
    }
}
END_TEST

/* CIR: Gamma of shape 2 kappa theta / sigma^2, mean theta, variance theta sigma^2 / 2
 * kappa. */
START_TEST(cir_settles_to_its_gamma)
{
    double mean[3], variance[3];
    for (size_t k = 0; k < 3; k++) {
        chain c =
            chain_begin(sde_text(FK_ITO, 1, 1, "x", "2.5*(0.2 - x)", "0.5*sqrt(x)"),
                        pde_line(0.0, 1.5, (size_t)800 >> k, FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        fk_density_moments(&c.g->domain.grid, s.p, &mean[k], &variance[k]);
        fk_stationary_clear(&s);
        chain_end(&c);
    }
    ck_assert_double_eq_tol(fk_richardson_limit(3, mean).value, 0.2, 1e-6);
    ck_assert_double_eq_tol(fk_richardson_limit(3, variance).value, 0.01, 1e-6);
}
END_TEST

/* Extrapolation from two grids takes away 19 parts in 20 of the finer one's error: it is
 * of second order. */
static void improves(const double value[2], double exact)
{
    ck_assert_double_lt(fabs(value[0] - exact), 0.02 * exact);
    ck_assert_double_lt(fabs(fk_richardson_limit(2, value).value - exact),
                        0.05 * fabs(value[0] - exact));
}

/* Rotating OU: isotropic Gaussian of variance D / kappa, current p omega (-y, x), entropy
 * production 2 omega^2 / kappa; all of second order. */
START_TEST(rotation_keeps_a_current)
{
    const double kappa = 0.7, omega = 3.0, D = 0.72;
    double variance[2], sigma[2], worst[2];
    for (size_t k = 0; k < 2; k++) {
        chain c = chain_begin(sde_text(FK_ITO, 2, 2, "x; y",
                                       "-0.7*x - 3*y; 3*x - 0.7*y", "1.2; 0; 0; 1.2"),
                              square(5.5, (size_t)112 >> k, FK_REFLECTING));
        const fk_grid *g = &c.g->domain.grid;
        fk_stationary s = chain_settle(&c);
        double mean[2], cov[4],
            *J[2] = {fk_doubles(c.g->cells), fk_doubles(c.g->cells)};
        fk_density_moments(g, s.p, mean, cov);
        variance[k] = cov[0];
        sigma[k] = fk_generator_entropy_production(c.g, s.p);
        fk_fokker_planck_current(c.fp, s.p, J);
        worst[k] = 0.0;
        for (size_t i = 0; i < c.g->cells; i++) {
            double x[FK_GRID_DIM];
            fk_grid_centre(g, i, x);
            const double p = kappa / (2.0 * M_PI * D) *
                             exp(-0.5 * kappa / D * (x[0] * x[0] + x[1] * x[1]));
            worst[k] = fmax(worst[k], hypot(J[0][i] + omega * x[1] * p,
                                            J[1][i] - omega * x[0] * p));
        }
        fk_stationary_clear(&s);
        free(J[0]);
        free(J[1]);
        chain_end(&c);
    }
    improves(variance, D / kappa);
    improves(sigma, 2.0 * omega * omega / kappa);
    ck_assert_double_lt(worst[0], 0.01);
    ck_assert_double_gt(worst[1] / worst[0], 3.5);
}
END_TEST

/* How many stationary laws there are: none where all mass leaves, one, or one for each
 * part between which nothing moves. */
START_TEST(traps_are_counted)
{
    static const struct {
        const char *drift, *noise;
        fk_boundary wall;
        size_t traps;
    } one[] = {
        {"0", "1", FK_OPEN, 0},
        {"-x", "1", FK_ABSORBING, 0},
        {"-x", "1", FK_REFLECTING, 1},
        {"1", "1", FK_PERIODIC, 1},
        {"0", "x", FK_REFLECTING, 2},
        {"0", "x", FK_ABSORBING, 0},
        {"x - x^3", "0", FK_REFLECTING, 4},
    };
    size_t trap[40];
    for (size_t k = 0; k < sizeof one / sizeof one[0]; k++) {
        chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", one[k].drift, one[k].noise),
                              pde_line(-2.0, 2.0, 40, one[k].wall));
        if (strcmp(one[k].noise, "0") != 0)
            ck_assert_uint_eq(chain_traps(&c, trap), one[k].traps);
        else
            ck_assert_uint_ge(chain_traps(&c, trap), 2);
        chain_end(&c);
    }
}
END_TEST

START_TEST(richardson_finds_limit_order_and_error)
{
    double second[4], cubic[4], first[4];
    for (size_t k = 0; k < 4; k++) {
        const double h = 0.02 * exp2((double)k), h2 = h * h;
        second[k] = 3.0 + 2.0 * h2 - h2 * h2 + h2 * h2 * h2;
        cubic[k] = 3.0 + 2.0 * h2 - h2 * h;
        first[k] = 3.0 + h;
    }
    const fk_richardson two = fk_richardson_limit(3, second);
    ck_assert_double_eq_tol(two.order, 2.0, 0.01);
    ck_assert_double_eq_tol(two.value, 3.0, two.error);
    ck_assert_double_lt(two.error, 1e-4);
    const fk_richardson four = fk_richardson_limit(4, second);
    ck_assert_double_eq_tol(four.value, 3.0, four.error);
    ck_assert_double_lt(four.error, 3e-7);
    const fk_richardson three = fk_richardson_limit(4, cubic);
    ck_assert_double_eq(three.value, fk_richardson_limit(3, cubic).value);
    ck_assert_double_eq_tol(three.value, 3.0, three.error);
    const fk_richardson one = fk_richardson_limit(4, first);
    ck_assert_double_eq_tol(one.order, 1.0, 1e-9);
    ck_assert_double_eq(one.value, first[0]);
    ck_assert_double_eq_tol(one.error, 0.02, 1e-9);
    ck_assert_double_eq_tol(fk_richardson_limit(2, second).value, 3.0, 1e-6);
    ck_assert(isnan(fk_richardson_limit(1, second).error));
    ck_assert(isinf(fk_richardson_limit(2, (double[]){HUGE_VAL, 1.0}).value));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stationary");
    TCase *tests = tcase_create("stationary");
    tcase_add_test(tests, links_are_the_operator);
    tcase_add_test(tests, one_factorisation_solves_both_equations);
    tcase_add_test(tests, gradient_drift_settles_to_boltzmann);
    tcase_add_test(tests, interpretation_decides_where_mass_gathers);
    tcase_add_test(tests, cir_settles_to_its_gamma);
    tcase_add_test(tests, rotation_keeps_a_current);
    tcase_add_test(tests, traps_are_counted);
    tcase_add_test(tests, richardson_finds_limit_order_and_error);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
