#include "sde/line_mixture.h"

#include <check.h>
#include <math.h>

#include "solvers/quadrature.h"
#include "tests/suite.h"

/* 0.3 N(-1.5, 0.3^2) + 0.7 N(1, 0.5^2), and what it is after a time t of
 * dX = -beta X / 2 dt + sqrt(beta) dW,  beta = 0.1 + 19.9 t. */
static fk_line_mixture two_humps(double t)
{
    const fk_line_mixture m = {2, {0.3, 0.7}, {-1.5, 1.0}, {0.09, 0.25}};
    const double kept = exp(-(0.1 * t + 9.95 * t * t));
    return fk_line_diffused(&m, sqrt(kept), 1.0 - kept);
}

/* p, s and s' to the digits of an evaluation in another language. */
START_TEST(density_score_and_slope_are_the_tabled_ones)
{
    static const struct {
        double t, x, p, s, slope;
    } row[] = {
        {0.0, -1.0, .0996645011, -5.5300720559, -10.7529491306},
        {0.0, 0.0, .0755888398, 3.9995935176, -3.9917393929},
        {0.1, -1.0, .1742257311, -2.2073096230, -4.8245724628},
        {0.25, 0.0, .2865204394, .5799526353, -.0727697003},
        {0.5, 2.0, .0651566029, -1.8904624298, -1.0186926194},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const fk_line_mixture m = two_humps(row[i].t);
        const fk_line_point at = fk_line_at(&m, row[i].x);
        ck_assert_double_eq_tol(exp(at.log_p), row[i].p, 6e-11);
        ck_assert_double_eq_tol(at.score, row[i].s, 6e-11);
        ck_assert_double_eq_tol(at.slope, row[i].slope, 6e-11);
    }
}
END_TEST

static double density(double x, void *m)
{
    return fk_line_density(m, x);
}

/* F by its formula = the integral of p; the quantile of F(x) is x, to the rounding of F
 * divided by p. */
START_TEST(distribution_function_is_the_integral_and_quantiles_invert_it)
{
    fk_line_mixture m = two_humps(0.1);
    for (double x = -3.0; x <= 3.0; x += 0.5) {
        const double u = fk_line_cdf(&m, x);
        ck_assert_double_eq_tol(fk_integral(density, &m, -12.0, x, 40, NULL), u, 1e-14);
        ck_assert_double_eq_tol(fk_line_quantile(&m, u), x,
                                4e-16 * (1.0 + 1.0 / fk_line_density(&m, x)));
    }
    const double far = fk_line_quantile(&m, 1e-300);
    ck_assert_double_eq_tol(fk_line_cdf(&m, far), 1e-300, 1e-312);
}
END_TEST

/* Where p underflows the score is that of the one component that is left. */
START_TEST(far_tails_have_a_score)
{
    const fk_line_mixture m = two_humps(0.0);
    ck_assert_double_eq_tol(fk_line_at(&m, 100.0).score, -99.0 / 0.25, 1e-9);
    ck_assert_double_eq_tol(fk_line_at(&m, 100.0).slope, -4.0, 1e-9);
}
END_TEST

/* a X + sqrt(v) Z has the mean a E X and the variance a^2 Var X + v. */
START_TEST(moments_follow_the_map)
{
    const fk_line_mixture m = two_humps(0.0), d = fk_line_diffused(&m, 0.6, 0.2);
    ck_assert_double_eq_tol(fk_line_mean(&m), 0.25, 1e-15);
    ck_assert_double_eq_tol(fk_line_mean(&d), 0.15, 1e-15);
    ck_assert_double_eq_tol(fk_line_variance(&d), 0.36 * fk_line_variance(&m) + 0.2,
                            1e-15);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("line_mixture");
    TCase *t = tcase_create("values");
    tcase_add_test(t, density_score_and_slope_are_the_tabled_ones);
    tcase_add_test(t, distribution_function_is_the_integral_and_quantiles_invert_it);
    tcase_add_test(t, far_tails_have_a_score);
    tcase_add_test(t, moments_follow_the_map);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
