#include <math.h>

#include "sampling/coupling.h"
#include "tests/suite.h"

enum { TIMES = 20001 };

/* Gaussian data of variance 1/4 under the standard schedule, a score that is wrong by
 * `shift` + `factor` s: both reverse processes stay Gaussian and the bound is equality for
 * the flow and for a constant shift.  Published digits. */
static double bound(double kappa, double shift, double factor)
{
    static double time[TIMES], expansion[TIMES], difference[TIMES];
    for (size_t k = 0; k < TIMES; k++) {
        const double t = (double)k / (TIMES - 1.0), beta = 0.1 + 19.9 * t;
        const double B = 0.1 * t + 9.95 * t * t, V = 0.25 * exp(-B) + 1.0 - exp(-B);
        time[k] = t;
        expansion[k] = 0.5 * beta - kappa * beta * (1.0 + factor) / V;
        difference[k] = kappa * beta * hypot(shift, factor / sqrt(V));
    }
    return fk_coupling_bound(TIMES, time, expansion, difference);
}

START_TEST(bounds_of_wrong_gaussian_scores)
{
    ck_assert_double_eq_tol(bound(0.5, 0.3, 0.0), 0.796900, 1e-5);
    ck_assert_double_eq_tol(bound(1.0, 0.3, 0.0), 0.227116, 1e-5);
    ck_assert_double_eq_tol(bound(0.5, 0.0, 0.1), 0.217749, 1e-5);
    ck_assert_double_eq_tol(bound(1.0, 0.0, 0.1), 0.083245, 1e-5);
}
END_TEST

START_TEST(largest_eigenvalues)
{
    /* 2, 2 - sqrt 2 and 2 + sqrt 2; a rotation does not count */
    const double A[] = {2, -1, 0.5, -1, 2, -1, -0.5, -1, 2}, turn[] = {0.3, 5, -5, 0.1};
    ck_assert_double_eq_tol(fk_coupling_fastest(3, A), 2.0 + sqrt(2.0), 1e-14);
    ck_assert_double_eq_tol(fk_coupling_fastest(2, turn), 0.3, 1e-15);
    /* 1 in all places of 16: 16 and zeros */
    double ones[256];
    for (size_t i = 0; i < 256; i++)
        ones[i] = 1.0;
    ck_assert_double_eq_tol(fk_coupling_fastest(16, ones), 16.0, 1e-13);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coupling");
    TCase *tests = tcase_create("bounds");
    tcase_add_test(tests, bounds_of_wrong_gaussian_scores);
    tcase_add_test(tests, largest_eigenvalues);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
