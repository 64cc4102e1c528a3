#include "solvers/quadrature.h"
#include "tests/suite.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { MOST = 64 };

static double node[MOST], weight[MOST];

/* sum w x^d = 2 / (d + 1) for even d, 0 for odd d, d = 0 .. 2 n - 1 */
START_TEST(polynomials_up_to_degree_2n_minus_1_are_exact)
{
    for (size_t n = 1; n <= MOST; n++) {
        ck_assert_int_eq(fk_gauss_legendre(n, node, weight), FK_OK);
        for (size_t d = 0; d < 2 * n; d++) {
            double sum = 0.0;
            for (size_t i = 0; i < n; i++)
                sum += weight[i] * pow(node[i], (double)d);
            const double exact = d % 2 == 0 ? 2.0 / ((double)d + 1.0) : 0.0;
            ck_assert_double_eq_tol(sum, exact, 16 * DBL_EPSILON);
        }
    }
}
END_TEST

/* The error for x^(2n) is 2^(2n+1) (n!)^4 / ((2n + 1) ((2n)!)^2): one degree more fails
 * by just that. */
START_TEST(the_next_degree_fails_by_the_known_remainder)
{
    for (size_t n = 1; n <= 12; n++) {
        ck_assert_int_eq(fk_gauss_legendre(n, node, weight), FK_OK);
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += weight[i] * pow(node[i], 2.0 * (double)n);
        const double c = (double)n;
        const double remainder =
            exp2(2.0 * c + 1.0) / (2.0 * c + 1.0) *
            exp(4.0 * lgamma(c + 1.0) - 2.0 * lgamma(2.0 * c + 1.0));
        ck_assert_double_eq_tol(2.0 / (2.0 * c + 1.0) - sum, remainder,
                                1e-3 * remainder + 4 * DBL_EPSILON);
    }
}
END_TEST

START_TEST(nodes_ascend_symmetrically_and_weights_are_positive)
{
    for (size_t n = 1; n <= MOST; n++) {
        ck_assert_int_eq(fk_gauss_legendre(n, node, weight), FK_OK);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_gt(node[i], i == 0 ? -1.0 : node[i - 1]);
            ck_assert_double_lt(node[i], 1.0);
            ck_assert_double_gt(weight[i], 0.0);
            ck_assert(node[i] == -node[n - 1 - i]);
            ck_assert(weight[i] == weight[n - 1 - i]);
        }
    }
}
END_TEST

/* [abramowitz-stegun-1964, table 25.4], n = 4 and n = 5 */
START_TEST(nodes_are_the_tabled_ones)
{
    ck_assert_int_eq(fk_gauss_legendre(4, node, weight), FK_OK);
    ck_assert_double_eq_tol(node[3], 0.861136311594052575, 2e-16);
    ck_assert_double_eq_tol(weight[3], 0.347854845137453857, 2e-16);
    ck_assert_double_eq_tol(node[2], 0.339981043584856265, 2e-16);
    ck_assert_double_eq_tol(weight[2], 0.652145154862546143, 2e-16);
    ck_assert_int_eq(fk_gauss_legendre(5, node, weight), FK_OK);
    ck_assert_double_eq_tol(node[4], 0.906179845938663993, 2e-16);
    ck_assert_double_eq_tol(weight[2], 128.0 / 225.0, 2e-16);
    ck_assert(node[2] == 0.0);
}
END_TEST

static double oscillation(double x, void *context)
{
    return exp(-x) * cos(*(const double *)context * x);
}

/* int_0^b e^-x cos(w x) dx = (1 + e^-b (w sin w b - cos w b)) / (1 + w^2), with an error
 * that is said and not much more than said, from coarse to rounding; the other way round it
 * changes sign. */
START_TEST(an_integral_knows_its_error)
{
    double w = 40.0;
    const double b = 3.0;
    const double exact =
        (1.0 + exp(-b) * (w * sin(w * b) - cos(w * b))) / (1.0 + w * w);
    for (size_t panels = 2; panels <= 64; panels *= 2) {
        double error;
        const double value = fk_integral(oscillation, &w, 0.0, b, panels, &error);
        ck_assert_double_le(fabs(value - exact), error);
        ck_assert(panels < 32 || error < 1e-14);
        ck_assert_double_eq_tol(fk_integral(oscillation, &w, b, 0.0, panels, NULL),
                                -value, 1e-16);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quadrature");
    TCase *rule = tcase_create("Gauss-Legendre");
    tcase_add_test(rule, polynomials_up_to_degree_2n_minus_1_are_exact);
    tcase_add_test(rule, the_next_degree_fails_by_the_known_remainder);
    tcase_add_test(rule, nodes_ascend_symmetrically_and_weights_are_positive);
    tcase_add_test(rule, nodes_are_the_tabled_ones);
    tcase_add_test(rule, an_integral_knows_its_error);
    suite_add_tcase(suite, rule);
    return run_suite(suite);
}
