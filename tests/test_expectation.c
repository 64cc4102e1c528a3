/* Every way to estimate an expectation, against closed ones. */
#include "sampling/expectation.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "tests/particle_fixture.h"
#include "tests/suite.h"

/* A question about dX from a Gaussian to t = 1. */
typedef struct question {
    const fk_sde *sde;
    const char *phi;
    double from, variance, error;
    size_t steps;
    const char *scheme, *estimator;
} question;

static fk_expectation ask(const question *q, uint64_t seed)
{
    const fk_expr_name name[] = {{"x", NULL}};
    const fk_expr *phi;
    fk_expr_error wrong;
    fk_expectation m;
    fk_message message;
    fk_law *law = normal_law_1d(q->from, q->variance);
    ck_assert_int_eq(fk_expr_parse(q->sde->pool, q->phi, name, 1, &phi, &wrong), FK_OK);
    const fk_expectation_options o = {.phi = phi,
                                      .error = q->error,
                                      .steps = q->steps,
                                      .end = 1.0,
                                      .seed = seed,
                                      .scheme = fk_scheme_find(q->scheme)};
    const fk_status status =
        fk_estimator_find(q->estimator)->run(q->sde, NULL, law, &o, NULL, &m, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    fk_law_free(law);
    return m;
}

/* By multilevel, from a point, the coarsest level of four steps. */
static fk_expectation expectation(const fk_sde *sde, const char *text, double from,
                                  double error, const char *scheme, uint64_t seed)
{
    const question q = {sde, text, from, 0.0, error, 256, scheme, "multilevel"};
    return ask(&q, seed);
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* A call on geometric Brownian motion, by Black and Scholes without discount.  The error
 * asked for is a root mean square: over many seeds the errors must have no more. */
START_TEST(error_is_what_was_asked)
{
    enum { SEEDS = 24 };
    const fk_estimator *way = fk_estimators[_i];
    const double error = 1e-3, d1 = (0.05 + 0.02) / 0.2;
    const double exact = exp(0.05) * normal_cdf(d1) - normal_cdf(d1 - 0.2);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.05*x", "0.2*x");
    const question q = {sde, "max(x - 1, 0)", 1.0,      0.0, error,
                        32,  "milstein",      way->name};
    double square = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const fk_expectation m = ask(&q, seed);
        ck_assert_double_le(m.sampling, error / sqrt(2.0) * 1.05);
        ck_assert_double_le(m.bias, error / sqrt(2.0));
        ck_assert(m.work > 0.0 && m.plain > 0.0);
        square += (m.value - exact) * (m.value - exact);
    }
    /* chi-square with SEEDS degrees of freedom: four standard deviations */
    ck_assert_double_le(square / SEEDS,
                        error * error * (1.0 + 4.0 * sqrt(2.0 / SEEDS)));
    sde_text_free(sde);
}
END_TEST

/* X_1 of Ornstein-Uhlenbeck is odd in the noise: a pair's mean does not vary at all.  With
 * phi even, both are the same path mirrored, and nothing is gained. */
START_TEST(antithetic_pairs)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1");
    const question odd = {sde, "x", 1.0, 0.0, 1e-2, 16, "euler-maruyama", "antithetic"};
    const fk_expectation m = ask(&odd, 5);
    ck_assert_double_eq_tol(m.value, pow(1.0 - 1.0 / 16.0, 16.0), 1e-14);
    ck_assert_double_le(m.sampling, 1e-8); /* rounding of the squares */
    question even = odd;
    even.from = 0.0;
    even.phi = "x^2";
    const fk_expectation pairs = ask(&even, 5);
    even.estimator = "plain";
    const fk_expectation single = ask(&even, 5);
    const double ratio = pairs.level[0].variance / single.level[0].variance;
    ck_assert_double_eq_tol(ratio, 1.0, 0.1);
    sde_text_free(sde);
}
END_TEST

/* Euler-Maruyama's mean of dX = X dt + 0.1 X dW is (1 + h)^n; extrapolated, exactly
 * 2 (1 + h)^n - (1 + 2h)^(n/2). */
START_TEST(extrapolation_follows_the_recursion)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x", "0.1*x");
    const question q = {sde, "x", 1.0, 0.0, 1e-3, 8, "euler-maruyama", "extrapolated"};
    const fk_expectation m = ask(&q, 6);
    const double exact = 2.0 * pow(1.125, 8.0) - pow(1.25, 4.0);
    ck_assert_double_eq_tol(m.value, exact, 4.0 * m.sampling);
    ck_assert_double_gt(fabs(pow(1.125, 8.0) - exact), 100.0 * m.sampling);
    /* what is left is told, and rightly so within a factor of two */
    ck_assert_double_ge(m.bias, 0.5 * fabs(exp(1.0) - exact));
    ck_assert_double_le(m.bias, 2.0 * fabs(exp(1.0) - exact));
    sde_text_free(sde);
}
END_TEST

/* The same without extrapolation: the bias of the mean is e - (1 + h)^n. */
START_TEST(bias_is_measured)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x", "0.1*x");
    const question q = {sde, "x", 1.0, 0.0, 1e-2, 16, "euler-maruyama", "plain"};
    const fk_expectation m = ask(&q, 6);
    const double bias = exp(1.0) - pow(1.0 + 1.0 / 16.0, 16.0);
    ck_assert_double_eq_tol(m.bias, bias, 0.2 * bias);
    sde_text_free(sde);
}
END_TEST

START_TEST(exact_schemes_have_nothing_to_extrapolate)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1");
    fk_law *law = normal_law_1d(0.0, 1.0);
    fk_message message = {""};
    fk_expectation m;
    const fk_expectation_options o = {.phi = sde->variable[0],
                                      .error = 0.1,
                                      .steps = 4,
                                      .end = 1.0,
                                      .scheme = fk_scheme_find("exact-linear")};
    ck_assert_int_eq(
        fk_estimator_find("extrapolated")->run(sde, NULL, law, &o, NULL, &m, &message),
        FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "exact"));
    ck_assert_int_eq(
        fk_estimator_find("plain")->run(sde, NULL, law, &o, NULL, &m, &message), FK_OK);
    ck_assert(m.bias == 0.0);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The Euler-Maruyama law of Ornstein-Uhlenbeck from N(0.5, 0.3), whatever the number of
 * steps is to the number of segments: wrong variances of the bridge would show.  And the
 * points must be worth more than random ones, by ten in the error. */
START_TEST(quasi_random_paths_have_the_law)
{
    static const size_t steps[] = {1, 7, 32, 100};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1.4");
    for (size_t i = 0; i < 4; i++) {
        const double h = 1.0 / (double)steps[i];
        double mean = 0.5, variance = 0.3;
        for (size_t k = 0; k < steps[i]; k++) {
            mean *= 1.0 - h;
            variance = variance * (1.0 - h) * (1.0 - h) + 1.96 * h;
        }
        question q = {sde,           "x", 0.5, 0.3, 2e-4, steps[i], "euler-maruyama",
                      "quasi-random"};
        q.error = 2e-3 * sqrt(variance);
        const fk_expectation first = ask(&q, 7);
        q.phi = "x^2";
        q.error *= sqrt(variance);
        const fk_expectation second = ask(&q, 8);
        ck_assert_double_eq_tol(first.value, mean, 5.0 * first.sampling);
        ck_assert_double_eq_tol(second.value, variance + mean * mean,
                                5.0 * second.sampling);
        ck_assert_double_le(first.sampling,
                            0.1 * sqrt(variance / first.level[0].paths));
    }
    sde_text_free(sde);
}
END_TEST

/* Differences between levels of a scheme of strong order 1 have variances that fall four
 * times as fast as those of Euler-Maruyama's halve. */
START_TEST(variances_fall_with_the_strong_order)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.05*x", "0.5*x");
    const fk_expectation e = expectation(sde, "x", 1.0, 1e-3, "euler-maruyama", 3);
    const fk_expectation m = expectation(sde, "x", 1.0, 1e-3, "milstein", 3);
    ck_assert_double_eq_tol(log2(e.level[1].variance / e.level[2].variance), 1.0, 0.3);
    ck_assert_double_eq_tol(log2(m.level[1].variance / m.level[2].variance), 2.0, 0.4);
    ck_assert_double_eq_tol(m.value, exp(0.05), 4e-3);
    sde_text_free(sde);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
    const question q = {sde,  "x^2", 0.5,    0.1,
                        1e-2, 256,   "heun", fk_estimators[_i]->name};
    omp_set_num_threads(1);
    const fk_expectation one = ask(&q, 9);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        const fk_expectation some = ask(&q, 9);
        ck_assert(one.value == some.value && one.sampling == some.sampling &&
                  one.bias == some.bias);
    }
    sde_text_free(sde);
}
END_TEST

START_TEST(what_is_not_finite_is_refused)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1");
    const fk_expr_name name[] = {{"x", NULL}};
    const fk_expr *phi;
    fk_expr_error wrong;
    fk_expectation m;
    fk_message message = {""};
    fk_law *law = normal_law_1d(0.0, 0.0);
    ck_assert_int_eq(fk_expr_parse(sde->pool, "log(x)", name, 1, &phi, &wrong), FK_OK);
    const fk_expectation_options o = {.phi = phi,
                                      .error = 0.1,
                                      .steps = 256,
                                      .end = 1.0,
                                      .scheme = fk_scheme_find("euler-maruyama")};
    ck_assert_int_eq(
        fk_estimator_find("multilevel")->run(sde, NULL, law, &o, NULL, &m, &message),
        FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "not finite"));
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("expectation");
    TCase *cases = tcase_create("multilevel");
    size_t n = 0;
    while (fk_estimators[n] != NULL)
        n++;
    tcase_add_loop_test(cases, error_is_what_was_asked, 0, (int)n);
    tcase_add_test(cases, antithetic_pairs);
    tcase_add_test(cases, extrapolation_follows_the_recursion);
    tcase_add_test(cases, bias_is_measured);
    tcase_add_test(cases, exact_schemes_have_nothing_to_extrapolate);
    tcase_add_test(cases, quasi_random_paths_have_the_law);
    tcase_add_test(cases, variances_fall_with_the_strong_order);
    tcase_add_loop_test(cases, threads_do_not_matter, 0, (int)n);
    tcase_add_test(cases, what_is_not_finite_is_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
