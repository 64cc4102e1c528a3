/* Stable noise against its characteristic function. */
#include <check.h>
#include <complex.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/halving.h"
#include "sampling/levels.h"
#include "tests/particle_fixture.h"
#include "tests/problem_text.h"

/* dX = drift dt + scale dL in free space, from 0. */
static fk_problem *stable(const char *drift, const char *levy)
{
    char text[600];
    snprintf(text, sizeof text,
             "variables: [x]\ndrift: %s\nnoise: 0\nlevy: %s\ntime: {end: 1}\n"
             "initial: {point: 0}\npde: off\n",
             drift, levy);
    write_file("problem.yaml", text, strlen(text));
    return read_with(0, NULL);
}

/* log E exp(i k s L_t) */
static double complex exponent(double alpha, double beta, double s, double k, double t)
{
    const double tangent = alpha == 1.0 ? 0.0 : tan(0.5 * M_PI * alpha);
    const double size = pow(fabs(s * k), alpha);
    return -t * size * (1.0 - I * beta * copysign(1.0, s * k) * tangent);
}

static void assert_transform(const double *x, size_t n, double k, double complex exact)
{
    double complex sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cexp(I * k * x[i]);
    sum /= (double)n;
    assert_sigmas(creal(sum), creal(exact), sqrt(0.5 / (double)n));
    assert_sigmas(cimag(sum), cimag(exact), sqrt(0.5 / (double)n));
}

static double *states(const fk_problem *p, size_t count, double step, double t)
{
    fk_ensemble_options o = euler_options(count, step, 3);
    fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
    advance(e, t);
    double *x = all_states(e, 1);
    fk_ensemble_free(e);
    return x;
}

/* Three steps or one: sums of stable numbers are stable. */
START_TEST(increments_have_the_characteristic_function)
{
    static const double alpha[] = {0.6, 0.95, 1.0, 1.5, 1.9, 2.0};
    static const double beta[] = {0.0, 0.8, -1.0};
    const size_t n = 10000;
    for (size_t i = 0; i < 6; i++)
        for (size_t b = 0; b < (alpha[i] == 1.0 ? 1 : 3); b++) {
            char levy[100];
            snprintf(levy, sizeof levy, "{alpha: %g, skewness: %g, scale: -0.7}",
                     alpha[i], beta[b]);
            fk_problem *p = stable("0", levy);
            for (int steps = 1; steps <= 3; steps += 2) {
                double *x = states(p, n, 0.9 / steps, 0.9);
                for (double k = -2.1; k < 5.0; k += 2.3)
                    assert_transform(x, n, k,
                                     cexp(exponent(alpha[i], beta[b], -0.7, k, 0.9)));
                free(x);
            }
            fk_problem_free(p);
        }
}
END_TEST

/* alpha = 2 is sqrt(2) W. */
START_TEST(the_largest_alpha_is_gaussian_of_variance_2t)
{
    fk_problem *p = stable("0", "{alpha: 2, scale: 0.5}");
    double *x = states(p, 100000, 0.2, 0.8);
    assert_moments(moments_of(x, 100000, 1), 0.0, 0.25 * 2.0 * 0.8);
    free(x);
    fk_problem_free(p);
}
END_TEST

/* dX = -k X dt + s dL with alpha = 1: Cauchy of width s/k (1 - exp(-k t)).  The drift is
 * stepped exactly, and then the noise added: s h (1 - q^n)/(1 - q), q = exp(-k h), which
 * is wider by k h/2 of it. */
START_TEST(a_cauchy_noise_relaxes_to_a_cauchy_law)
{
    const size_t n = 50000, steps = 40;
    const double k = 1.3, s = 0.6, h = 0.1, q = exp(-k * h), t = h * (double)steps;
    fk_problem *p = stable("-1.3*x", "{alpha: 1, scale: 0.6}");
    fk_ensemble_options o = euler_options(n, h, 8);
    o.scheme = fk_scheme_find("exact-linear");
    fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
    advance(e, t);
    double *x = all_states(e, 1);
    const double width = s * h * (1.0 - pow(q, (double)steps)) / (1.0 - q);
    const double exact = s / k * (1.0 - exp(-k * t));
    for (double u = 0.5; u < 5.0; u *= 2.0)
        assert_transform(x, n, u, exp(-width * u));
    ck_assert_double_eq_tol(width / exact, 1.0 + 0.5 * k * h, k * k * h * h / 6.0);
    free(x);
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

/* A scale of the state is taken before the step: of dX = (1 + X^2) dL from 0 the first
 * step is h^(1/alpha) S. */
START_TEST(scales_are_taken_before_the_step)
{
    fk_problem *even = stable("0", "{alpha: 1.2, scale: 1}");
    fk_problem *other = stable("0", "{alpha: 1.2, scale: 1 + x^2}");
    double *x = states(even, 1000, 0.25, 0.5), *y = states(other, 1000, 0.25, 0.25);
    double *z = states(other, 1000, 0.25, 0.5), *first = states(even, 1000, 0.25, 0.25);
    for (size_t i = 0; i < 1000; i++) {
        ck_assert_double_eq(y[i], first[i]);
        const double step = (x[i] - first[i]) * (1.0 + y[i] * y[i]);
        ck_assert_double_eq_tol(z[i], y[i] + step, 1e-9 * (1.0 + fabs(step)));
    }
    free(x), free(y), free(z), free(first);
    fk_problem_free(even);
    fk_problem_free(other);
}
END_TEST

/* Long steps are the sums of the short ones: without a drift both paths end in the same
 * cell, but for rounding at its edges. */
START_TEST(paths_with_different_steps_fly_together)
{
    fk_problem *p = stable("0", "{alpha: 1.4, skewness: 0.5, scale: 1}");
    const fk_domain d = line(-5.0, 5.0, 100, FK_OPEN);
    fk_ensemble_options o = euler_options(20000, 0.125, 5);
    fk_halving *h;
    fk_message message = {""};
    ck_assert_int_eq(fk_halving_new(p->sde, &d, p->initial, &o, &h, &message), FK_OK);
    ck_assert_int_eq(fk_halving_advance(h, 1.0, NULL, &message), FK_OK);
    uint64_t coarse[101] = {0}, fine[101] = {0}, moved[101] = {0}, all = 0;
    fk_halving_tally(h, &d.grid, coarse, fine, moved);
    for (size_t c = 0; c <= 100; c++)
        all += moved[c];
    ck_assert_uint_eq(all, 0);
    fk_halving_free(h);
    fk_problem_free(p);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    fk_problem *p = stable("-x^3", "{alpha: 1.7, scale: 0.4}");
    double *x[2];
    const int before = omp_get_max_threads();
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(1 + 2 * i);
        x[i] = states(p, 2000, 0.01, 0.2);
    }
    omp_set_num_threads(before);
    ck_assert_int_eq(memcmp(x[0], x[1], 2000 * sizeof *x[0]), 0);
    free(x[0]);
    free(x[1]);
    fk_problem_free(p);
}
END_TEST

START_TEST(no_order_is_fitted_to_what_has_no_variance)
{
    fk_problem *p = stable("-x", "{alpha: 1.7, scale: 0.4}");
    const fk_levels_options o = {.count = 100,
                                 .levels = 3,
                                 .steps = 2,
                                 .end = 1.0,
                                 .scheme = fk_scheme_find("euler-maruyama")};
    fk_levels l;
    fk_message message = {""};
    ck_assert_int_eq(fk_levels_run(p->sde, NULL, p->initial, &o, NULL, &l, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "have no variance"));
    fk_problem_free(p);
}
END_TEST

static void refused(const char *levy, const char *sentence)
{
    char text[400];
    fk_problem *p = NULL;
    fk_message message = {""};
    snprintf(text, sizeof text,
             "variables: [x]\ndrift: -x\nnoise: 1\nlevy: %s\ntime: {end: 1}\n"
             "initial: {point: 0}\n",
             levy);
    write_file("problem.yaml", text, strlen(text));
    ck_assert_int_eq(fk_problem_read("problem.yaml", 0, NULL, &p, &message),
                     FK_ESYNTAX);
    ck_assert_msg(strstr(message.text, sentence) != NULL, "%s", message.text);
}

START_TEST(mistakes_are_named)
{
    refused("{alpha: 1.5}", "levy: 'scale' must be given");
    refused("{scale: 1}", "levy: 'alpha' must be given: number > 0, at most 2");
    refused("{alpha: 2.1, scale: 1}",
            "4:15: levy.alpha: expected number > 0, at most 2");
    refused("{alpha: 0, scale: 1}", "levy.alpha: expected number > 0");
    refused("{alpha: 1.5, skewness: 2, scale: 1}",
            "levy.skewness: expected number, -1 to 1");
    refused("{alpha: 1, skewness: 0.5, scale: 1}", "0 if alpha is 1");
    refused("{alpha: 1.5, scale: [1, 2]}", "must have 1 entry");
    refused("{alpha: 1.5, scale: 1}", "the density has no term for stable noise");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stable");
    TCase *cases = tcase_create("stable");
    tcase_add_test(cases, increments_have_the_characteristic_function);
    tcase_add_test(cases, the_largest_alpha_is_gaussian_of_variance_2t);
    tcase_add_test(cases, a_cauchy_noise_relaxes_to_a_cauchy_law);
    tcase_add_test(cases, scales_are_taken_before_the_step);
    tcase_add_test(cases, paths_with_different_steps_fly_together);
    tcase_add_test(cases, threads_do_not_matter);
    tcase_add_test(cases, no_order_is_fitted_to_what_has_no_variance);
    tcase_add_test(cases, mistakes_are_named);
    suite_add_tcase(suite, cases);
    return run_in_scratch(suite);
}
