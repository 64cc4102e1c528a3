/* Coloured noise against the exact covariance of what it drives. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sde/linear.h"
#include "tests/particle_fixture.h"
#include "tests/problem_text.h"

/* dx = (s eta - k x) dt */
static const char *const driven[] = {
    "variables: [x]",                          /* 1 */
    "parameters: {k: 0.7, s: 1.3, tau: 0.4}",  /* 2 */
    "coloured: {eta: tau}",                    /* 3 */
    "drift: s*eta - k*x",                      /* 4 */
    "noise: 0",                                /* 5 */
    "time: {end: 1.7}",                        /* 6 */
    "domain: {x: [-4, 4, 80]}",                /* 7 */
    "initial: {gaussian: {mean: 0.5, sd: 0}}", /* 8 */
    NULL,
};

/* s^2 int int exp(-k (2 t - a - b)) exp(-|a - b|/tau) / (2 tau) da db over 0 < a, b < t */
static double driven_variance(double k, double s, double tau, double t)
{
    const double g = 1.0 / tau;
    const double up = (exp(2.0 * k * t) - 1.0) / (2.0 * k);
    const double across = (exp((k - g) * t) - 1.0) / (k - g);
    return s * s * g / (k + g) * exp(-2.0 * k * t) * (up - across);
}

/* s int exp(-k (t - a)) exp(-(t - a)/tau) / (2 tau) da */
static double driven_covariance(double k, double s, double tau, double t)
{
    const double rate = k + 1.0 / tau;
    return s / (2.0 * tau) * (1.0 - exp(-rate * t)) / rate;
}

static fk_mixture *law_at_end(const fk_problem *p)
{
    fk_mixture *m;
    ck_assert(fk_sde_linear(p->sde));
    ck_assert_ptr_nonnull(fk_law_mixture(p->initial));
    ck_assert_int_eq(
        fk_linear_propagate(p->sde, p->start, fk_law_mixture(p->initial), p->end, &m),
        FK_OK);
    return m;
}

START_TEST(the_exact_law_has_the_covariance_of_the_double_integral)
{
    fk_problem *p = read_line(driven, 0, NULL);
    ck_assert_uint_eq(p->sde->dim, 2);
    ck_assert_uint_eq(p->sde->noises, 1);
    fk_mixture *m = law_at_end(p);
    ck_assert_double_eq_tol(m->mean[0], 0.5 * exp(-0.7 * 1.7), 1e-10);
    ck_assert_double_eq_tol(m->mean[1], 0.0, 1e-10);
    ck_assert_double_eq_tol(m->cov[0], driven_variance(0.7, 1.3, 0.4, 1.7), 1e-10);
    ck_assert_double_eq_tol(m->cov[1], driven_covariance(0.7, 1.3, 0.4, 1.7), 1e-10);
    ck_assert_double_eq_tol(m->cov[3], 0.5 / 0.4, 1e-10);
    fk_mixture_free(m);
    fk_problem_free(p);
}
END_TEST

/* As tau -> 0 the variance is that of white noise, short of it by a term of order tau. */
START_TEST(short_correlation_is_white_noise)
{
    const double white = 1.3 * 1.3 * (1.0 - exp(-2.0 * 0.7 * 1.7)) / (2.0 * 0.7);
    double gap[2];
    for (int i = 0; i < 2; i++) {
        const char *const setting[] = {i == 0 ? "parameters.tau=2e-3"
                                              : "parameters.tau=1e-3"};
        write_lines(driven, 0, NULL);
        fk_problem *p = read_with(1, setting);
        fk_mixture *m = law_at_end(p);
        gap[i] = white - m->cov[0];
        fk_mixture_free(m);
        fk_problem_free(p);
    }
    ck_assert_double_gt(gap[1], 0.0);
    ck_assert_double_lt(gap[1], 3e-3 * white);
    ck_assert_double_eq_tol(gap[0] / gap[1], 2.0, 0.01);
}
END_TEST

START_TEST(exact_steps_draw_the_exact_law)
{
    fk_problem *p = read_line(driven, 0, NULL);
    fk_ensemble_options o = euler_options(100000, 0.85, 4);
    o.scheme = fk_scheme_find("exact-linear");
    fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
    advance(e, p->end);
    double *x = all_states(e, 2), product = 0.0, square = 0.0;
    const moments m = moments_of(x, o.count, 2), eta = moments_of(x + 1, o.count, 2);
    for (size_t i = 0; i < o.count; i++) {
        const double u = (x[2 * i] - m.mean) * (x[2 * i + 1] - eta.mean);
        product += u / m.n;
        square += u * u / m.n;
    }
    assert_moments(m, 0.5 * exp(-0.7 * 1.7), driven_variance(0.7, 1.3, 0.4, 1.7));
    assert_moments(eta, 0.0, 0.5 / 0.4);
    assert_sigmas(product, driven_covariance(0.7, 1.3, 0.4, 1.7),
                  sqrt((square - product * product) / m.n));
    free(x);
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

/* A noise that starts in a point relaxes like exp(-t/tau). */
START_TEST(a_start_that_is_given_is_forgotten_in_the_correlation_time)
{
    fk_problem *p = read_line(driven, 3, "coloured: {eta: {tau: tau, start: -2}}");
    fk_mixture *m = law_at_end(p);
    const double left = exp(-1.7 / 0.4);
    ck_assert_double_eq_tol(m->mean[1], -2.0 * left, 1e-10);
    ck_assert_double_eq_tol(m->cov[3], 0.5 / 0.4 * (1.0 - left * left), 1e-10);
    fk_problem_free(p);
    fk_mixture_free(m);
}
END_TEST

/* Five standard deviations of 1/sqrt(2 tau), unless the domain says otherwise. */
START_TEST(the_axis_holds_the_noise)
{
    fk_problem *p = read_line(driven, 0, NULL);
    const fk_axis *axis = &p->domain.grid.axis[1];
    ck_assert_uint_eq(p->domain.grid.dim, 2);
    ck_assert_double_eq_tol(axis->hi, 5.0 * sqrt(0.5 / 0.4), 1e-12);
    ck_assert_double_eq(axis->lo, -axis->hi);
    ck_assert_int_eq(p->domain.face[1][0], FK_OPEN);
    fk_problem_free(p);

    p = read_line(driven, 7, "domain: {x: [-4, 4, 80], eta: [-3, 3, 20]}");
    ck_assert_uint_eq(p->domain.grid.axis[1].cells, 20);
    fk_problem_free(p);
}
END_TEST

/* Whatever the law of x, the noise beside it is stationary and independent: on the grid
 * the product of the two, and for particles. */
START_TEST(every_initial_law_gets_the_noise_beside_it)
{
    static const char *const law[] = {
        "initial: {uniform: {from: -1, to: 2}}",
        "initial: {density: 2 + sin(x)}",
        "initial: {samples: {file: d.csv}}",
        "initial: {samples: {file: d.csv, bandwidth: 0.3}}",
        "initial: {mixture: [{mean: -1, sd: 0.2}, {weight: 2, mean: 1, sd: 0.5}]}",
    };
    write_file("d.csv", "x\n-1\n0.5\n1.5\n", 14);
    for (size_t i = 0; i < sizeof law / sizeof *law; i++) {
        fk_problem *p = read_line(driven, 8, law[i]);
        const fk_grid *g = &p->domain.grid;
        const fk_axis *eta = &g->axis[1];
        const size_t n = g->axis[0].cells;
        double *density = fk_doubles(fk_grid_cells(g)), outside;
        ck_assert_int_eq(fk_law_project(p->initial, g, density, &outside), FK_OK);
        double column[80] = {0.0}, mass = 0.0;
        for (size_t c = 0; c < fk_grid_cells(g); c++) {
            column[c % n] += density[c] * fk_axis_width(eta);
            mass += density[c] * fk_grid_volume(g);
        }
        ck_assert_double_eq_tol(mass + outside, 1.0, 1e-9);
        for (size_t c = 0; c < fk_grid_cells(g); c++) {
            const double lo = fk_axis_edge(eta, c / n),
                         hi = fk_axis_edge(eta, c / n + 1);
            const double share = normal_mass(lo, hi, 0.0, sqrt(0.5 / 0.4));
            ck_assert_double_eq_tol(density[c] * fk_axis_width(eta),
                                    column[c % n] * share,
                                    2e-6 * column[c % n] + 1e-300);
        }

        const fk_ensemble_options o = euler_options(20000, 1.0, 7);
        fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
        double *x = all_states(e, 2);
        assert_moments(moments_of(x + 1, o.count, 2), 0.0, 0.5 / 0.4);
        free(x);
        fk_ensemble_free(e);
        free(density);
        fk_problem_free(p);
    }
}
END_TEST

/* Beside Wiener processes, and in a parameter of a named process. */
START_TEST(other_noise_and_named_processes_go_with_it)
{
    fk_problem *p = read_line(driven, 5, "noise: x");
    ck_assert_uint_eq(p->sde->noises, 2);
    ck_assert_ptr_eq(p->sde->noise[0], p->sde->variable[0]);
    ck_assert(fk_expr_is_number(p->sde->noise[1], NULL));
    ck_assert(fk_expr_is_number(p->sde->noise[2], NULL));
    fk_problem_free(p);

    static const char text[] = "process: ou\nvariables: [x]\n"
                               "coloured: {eta: 0.5}\nparameters: {mu: 2*eta}\n"
                               "time: {end: 1}\ninitial: {point: 0}\npde: off\n";
    write_file("problem.yaml", text, strlen(text));
    p = read_with(0, NULL);
    ck_assert_uint_eq(p->sde->dim, 2);
    ck_assert(fk_expr_depends(p->sde->drift[0], p->sde->variable[1]));
    fk_problem_free(p);
}
END_TEST

static void refused(size_t line, const char *replacement, const char *sentence)
{
    fk_problem *p = NULL;
    fk_message message = {""};
    write_lines(driven, line, replacement);
    ck_assert_int_eq(fk_problem_read("problem.yaml", 0, NULL, &p, &message),
                     FK_ESYNTAX);
    ck_assert_msg(strstr(message.text, sentence) != NULL, "%s", message.text);
}

START_TEST(mistakes_are_named)
{
    refused(3, "coloured: {eta: -1}", "3:17: coloured.eta: the correlation time must");
    refused(3, "coloured: {eta: {start: 0}}", "'tau' must be given");
    refused(3, "coloured: {x: 1}", "the name 'x' is taken by a variable");
    refused(3, "coloured: {eta: {tau: x}}", "must be a number, but depends on 'x'");
    refused(3, "coloured: {eta: {tau: 1, stat: 0}}", "did you mean 'start'?");
    refused(4, "drift: [s*eta, 0]", "must have 1 entry, one per variable (x)");
    refused(8, "initial: {density: 1 + eta^2}", "may not depend on the coloured noise");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coloured");
    TCase *cases = tcase_create("coloured");
    tcase_add_test(cases, the_exact_law_has_the_covariance_of_the_double_integral);
    tcase_add_test(cases, short_correlation_is_white_noise);
    tcase_add_test(cases, exact_steps_draw_the_exact_law);
    tcase_add_test(cases, a_start_that_is_given_is_forgotten_in_the_correlation_time);
    tcase_add_test(cases, the_axis_holds_the_noise);
    tcase_add_test(cases, every_initial_law_gets_the_noise_beside_it);
    tcase_add_test(cases, other_noise_and_named_processes_go_with_it);
    tcase_add_test(cases, mistakes_are_named);
    suite_add_tcase(suite, cases);
    return run_in_scratch(suite);
}
