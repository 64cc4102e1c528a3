/* The laws behind the tests: noncentral chi-square, and Kolmogorov. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/goodness.h"
#include "tests/suite.h"

#define NEAR(a, b, relative) \
    ck_assert_double_eq_tol(a, b, fmax((relative)*fabs(b), 1e-290))

/* ---- the noncentral law ---- */

START_TEST(without_noncentrality_the_law_is_central)
{
    const double dof[] = {1.0, 2.7, 40.0, 399.0, 16383.0};
    for (size_t i = 0; i < 5; i++)
        for (double z = -3.0; z < 12.0; z += 1.37) {
            const double x = dof[i] + z * sqrt(2.0 * dof[i]);
            if (x > 0.0)
                NEAR(fk_noncentral_tail(x, dof[i], 0.0), gsl_cdf_chisq_Q(x, dof[i]),
                     2e-11);
        }
    ck_assert_double_eq(fk_noncentral_tail(0.0, 3.0, 1.7), 1.0);
    ck_assert_double_eq(fk_noncentral_tail(-1.0, 3.0, 1.7), 1.0);
    ck_assert_double_eq(fk_noncentral_tail(1e6, 3.0, 1.7), 0.0);
}
END_TEST

/* dof 1: X = (Z + sqrt(lambda))^2, so the tail is that of a normal. */
START_TEST(one_degree_of_freedom_is_a_squared_normal)
{
    const double lambda[] = {0.01, 0.731, 12.0, 900.0, 1e4, 1e6};
    for (size_t i = 0; i < 6; i++)
        for (double z = -7.0; z < 20.0; z += 1.9) {
            const double r = sqrt(lambda[i]) + z, x = r * r;
            if (r <= 0.0)
                continue;
            const double exact =
                gsl_cdf_ugaussian_Q(z) + gsl_cdf_ugaussian_Q(r + sqrt(lambda[i]));
            /* x carries a relative rounding of 1e-16, which the tail magnifies */
            NEAR(fk_noncentral_tail(x, 1.0, lambda[i]), exact,
                 1e-11 + 4e-16 * (fabs(z) + 1.0) * r);
        }
}
END_TEST

/* x exp(-(x - a)^2 / 2) I0(a x) exp(-a x): the density of Marcum's Q_1(a, b) */
static double rice(double x, void *a)
{
    const double centre = *(const double *)a;
    return x * exp(-0.5 * gsl_pow_2(x - centre)) * gsl_sf_bessel_I0_scaled(centre * x);
}

START_TEST(two_degrees_of_freedom_are_marcums_q)
{
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(1000);
    const double a[] = {0.3, 2.385, 31.7, 1000.0};
    for (size_t i = 0; i < 4; i++)
        for (double b = fmax(0.2, a[i] - 5.0); b < a[i] + 12.0; b += 1.31) {
            double centre = a[i], exact, error;
            gsl_function f = {.function = rice, .params = &centre};
            gsl_integration_qag(&f, b, fmax(b, a[i]) + 12.0, 0.0, 1e-11, 1000,
                                GSL_INTEG_GAUSS61, w, &exact, &error);
            NEAR(fk_noncentral_tail(b * b, 2.0, centre * centre), exact, 3e-10);
        }
    gsl_integration_workspace_free(w);
}
END_TEST

/* int_0^inf P(X > x) dx = dof + lambda,  int 2 x P(X > x) dx = E X^2 */
START_TEST(large_laws_have_their_moments)
{
    const double dof[] = {3.7, 399.0, 1e6}, lambda[] = {250.0, 3e3, 1e6};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            enum { n = 600 };
            const double mean = dof[i] + lambda[j];
            const double sd = sqrt(2.0 * (mean + lambda[j]));
            const double lo = fmax(0.0, mean - 9.0 * sd), hi = mean + 12.0 * sd;
            const double dx = (hi - lo) / n;
            double first = lo, second = lo * lo;
            for (int k = 0; k <= n; k++) {
                const double x = lo + k * dx, end = k == 0 || k == n ? 0.5 : 1.0;
                const double p = fk_noncentral_tail(x, dof[i], lambda[j]);
                first += end * dx * p;
                second += end * dx * 2.0 * (x - mean) * p;
            }
            /* trapezoidal rule: its error dx^2 / 12 times the slope's change, 2 to 0 */
            second += dx * dx / 6.0 + 2.0 * mean * (first - lo) - first * first;
            ck_assert_double_eq_tol(first, mean, 1e-8 * sd);
            NEAR(second, sd * sd, 1e-7);
        }
}
END_TEST

START_TEST(series_and_approximation_meet)
{
    for (double z = -4.0; z < 8.0; z += 1.7) {
        const double x = 1e8 + 400.0 + z * 2e4;
        const double inside = fk_noncentral_tail(x, 400.0, 1e8);
        NEAR(fk_noncentral_tail(x, 400.0, 1e8 + 1e-5), inside, 1e-7);
    }
}
END_TEST

START_TEST(the_quantile_inverts_the_tail)
{
    const double tail[] = {1.0 - 1e-9, 0.9, 0.5, 0.013, 1e-5, 1e-30};
    const double dof[] = {1.0, 17.0, 399.0, 1e6}, lambda[] = {0.0, 3.0, 700.0, 1e6};
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 4; j++)
            for (size_t k = 0; k < 4; k++) {
                const double x = fk_noncentral_quantile(tail[i], dof[j], lambda[k]);
                const double back = fk_noncentral_tail(x, dof[j], lambda[k]);
                NEAR(back, tail[i], 1e-7);
                NEAR(1.0 - back, 1.0 - tail[i], 1e-5);
            }
}
END_TEST

/* ---- Kolmogorov ---- */

START_TEST(kolmogorovs_law_has_its_known_quantiles)
{
    ck_assert_double_eq_tol(fk_kolmogorov_tail(1.6276), 1e-2, 2e-5);
    ck_assert_double_eq_tol(fk_kolmogorov_tail(2.2253), 1e-4, 1e-7);
    ck_assert_double_eq_tol(fk_kolmogorov_tail(2.6933), 1e-6, 1e-9);
    ck_assert_double_eq_tol(fk_kolmogorov_tail(1.0 - 1e-12), fk_kolmogorov_tail(1.0),
                            1e-11);
    ck_assert_double_eq_tol(fk_kolmogorov_tail(0.05), 1.0, 1e-12);
    /* the mean, int_0^inf P(K > x) dx = sqrt(pi / 2) log 2 */
    double mean = 0.0;
    for (int i = 0; i < 4000; i++)
        mean += 1e-3 * fk_kolmogorov_tail(1e-3 * (i + 0.5));
    ck_assert_double_eq_tol(mean, sqrt(M_PI_2) * M_LN2, 1e-6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noncentral");
    TCase *c = tcase_create("noncentral");
    tcase_set_timeout(c, 60.0);
    tcase_add_test(c, without_noncentrality_the_law_is_central);
    tcase_add_test(c, one_degree_of_freedom_is_a_squared_normal);
    tcase_add_test(c, two_degrees_of_freedom_are_marcums_q);
    tcase_add_test(c, large_laws_have_their_moments);
    tcase_add_test(c, series_and_approximation_meet);
    tcase_add_test(c, the_quantile_inverts_the_tail);
    tcase_add_test(c, kolmogorovs_law_has_its_known_quantiles);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
