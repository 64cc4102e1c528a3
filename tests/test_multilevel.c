/* Multilevel Monte Carlo against closed expectations. */
#include "sampling/multilevel.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "tests/particle_fixture.h"

/* E phi(X_1) to the error, from a point. */
static fk_multilevel expectation(const fk_sde *sde, const char *text, double from,
                                 double error, const char *scheme, uint64_t seed)
{
    const fk_expr_name name[] = {{"x", NULL}};
    const fk_expr *phi;
    fk_expr_error wrong;
    fk_multilevel m;
    fk_message message;
    fk_law *law = normal_law_1d(from, 0.0);
    ck_assert_int_eq(fk_expr_parse(sde->pool, text, name, 1, &phi, &wrong), FK_OK);
    const fk_multilevel_options o = {.phi = phi,
                                     .error = error,
                                     .steps = 4,
                                     .end = 1.0,
                                     .seed = seed,
                                     .scheme = fk_scheme_find(scheme)};
    const fk_status status = fk_multilevel_run(sde, NULL, law, &o, NULL, &m, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    fk_law_free(law);
    return m;
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
    const double error = 5e-4, d1 = (0.05 + 0.02) / 0.2;
    const double exact = exp(0.05) * normal_cdf(d1) - normal_cdf(d1 - 0.2);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.05*x", "0.2*x");
    double square = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const fk_multilevel m =
            expectation(sde, "max(x - 1, 0)", 1.0, error, "milstein", seed);
        ck_assert_double_le(m.sampling, error / sqrt(2.0) * 1.05);
        ck_assert_double_le(m.bias, error / sqrt(2.0));
        ck_assert_double_lt(m.work, m.plain);
        square += (m.value - exact) * (m.value - exact);
    }
    /* chi-square with SEEDS degrees of freedom: four standard deviations */
    ck_assert_double_le(square / SEEDS,
                        error * error * (1.0 + 4.0 * sqrt(2.0 / SEEDS)));
    sde_text_free(sde);
}
END_TEST

/* Differences between levels of a scheme of strong order 1 have variances that fall four
 * times as fast as those of Euler-Maruyama's halve. */
START_TEST(variances_fall_with_the_strong_order)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.05*x", "0.5*x");
    const fk_multilevel e = expectation(sde, "x", 1.0, 1e-3, "euler-maruyama", 3);
    const fk_multilevel m = expectation(sde, "x", 1.0, 1e-3, "milstein", 3);
    ck_assert_double_eq_tol(log2(e.level[1].variance / e.level[2].variance), 1.0, 0.3);
    ck_assert_double_eq_tol(log2(m.level[1].variance / m.level[2].variance), 2.0, 0.4);
    ck_assert_double_eq_tol(m.value, exp(0.05), 4e-3);
    sde_text_free(sde);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
    omp_set_num_threads(1);
    const fk_multilevel one = expectation(sde, "x^2", 0.5, 5e-3, "heun", 9);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        const fk_multilevel some = expectation(sde, "x^2", 0.5, 5e-3, "heun", 9);
        ck_assert(one.value == some.value && one.sampling == some.sampling);
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
    fk_multilevel m;
    fk_message message = {""};
    fk_law *law = normal_law_1d(0.0, 0.0);
    ck_assert_int_eq(fk_expr_parse(sde->pool, "log(x)", name, 1, &phi, &wrong), FK_OK);
    const fk_multilevel_options o = {.phi = phi,
                                     .error = 0.1,
                                     .steps = 4,
                                     .end = 1.0,
                                     .scheme = fk_scheme_find("euler-maruyama")};
    ck_assert_int_eq(fk_multilevel_run(sde, NULL, law, &o, NULL, &m, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "not finite"));
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("multilevel");
    TCase *cases = tcase_create("multilevel");
    tcase_add_test(cases, error_is_what_was_asked);
    tcase_add_test(cases, variances_fall_with_the_strong_order);
    tcase_add_test(cases, threads_do_not_matter);
    tcase_add_test(cases, what_is_not_finite_is_refused);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
