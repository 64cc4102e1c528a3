/* Closed moments against formulas. */
#include "sde/exact_moments.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "sde/linear.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

static bool closes(size_t dim, size_t noises, const char *variables, const char *drift,
                   const char *noise)
{
    fk_sde *s = sde_text(FK_ITO, dim, noises, variables, drift, noise);
    const bool answer = fk_sde_moments_close(s);
    sde_text_free(s);
    return answer;
}

START_TEST(closure_is_decided)
{
    ck_assert(closes(1, 1, "x", "-x + sin(t)", "exp(-t)"));
    ck_assert(closes(1, 1, "x", "0.1*x", "0.4*x"));
    ck_assert(closes(1, 1, "x", "2 - x", "0.3*sqrt(x)"));
    ck_assert(closes(1, 1, "x", "-x", "sqrt(1 + (x - 1)^2)"));
    ck_assert(closes(2, 2, "x; y", "y; -x - y", "x - y; t; 0.1*y; x"));
    ck_assert(!closes(1, 1, "x", "x - x^3", "1"));
    ck_assert(!closes(1, 1, "x", "-x", "x^2"));
    ck_assert(!closes(1, 1, "x", "-x", "sqrt(abs(x))"));
    ck_assert(!closes(1, 1, "x", "-x", "sqrt(1 + step(x))"));
    ck_assert(!closes(2, 1, "x; y", "0; 0", "sqrt(x); sqrt(y)"));
}
END_TEST

/* dx = mu x dt + s x dW, log x normal. */
START_TEST(geometric_brownian_motion)
{
    const double mu = 0.3, s = 0.7, t = 1.7, m0 = 1.4, v0 = 0.2;
    double mean = m0, cov = v0;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.3*x", "0.7*x");
    ck_assert_int_eq(fk_sde_moments(sde, 0.5, 0.5 + t, &mean, &cov), FK_OK);
    const double m = m0 * exp(mu * t), q = (v0 + m0 * m0) * exp((2.0 * mu + s * s) * t);
    ck_assert_double_eq_tol(mean, m, 1e-10 * m);
    ck_assert_double_eq_tol(cov, q - m * m, 1e-9 * q);
    sde_text_free(sde);
}
END_TEST

/* dx = kappa (mu - x) dt + s sqrt(x) dW [cox-ingersoll-ross-1985, equation 19]. */
START_TEST(square_root)
{
    const double kappa = 1.3, mu = 0.8, s = 0.6, t = 0.9, x = 0.35;
    double mean = x, cov = 0.0;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "1.3*(0.8 - x)", "0.6*sqrt(x)");
    ck_assert_int_eq(fk_sde_moments(sde, 0.0, t, &mean, &cov), FK_OK);
    const double e = exp(-kappa * t);
    ck_assert_double_eq_tol(mean, x * e + mu * (1.0 - e), 1e-10);
    ck_assert_double_eq_tol(cov,
                            x * s * s / kappa * (e - e * e) +
                                mu * s * s / (2.0 * kappa) * (1.0 - e) * (1.0 - e),
                            1e-10);
    sde_text_free(sde);
}
END_TEST

/* Additive noise that depends on time: the mixture's own flow is another route. */
START_TEST(linear_laws)
{
    fk_sde *s = sde_text(FK_ITO, 3, 2, "x; y; z", "y + t; -x - 0.3*y + z; cos(t) - 2*z",
                         "0.4; 0; 0.1; t; 0; 1.3");
    fk_mixture *m0, *m1;
    double mean[3], cov[9], exact_mean[3], exact_cov[9];
    ck_assert_int_eq(fk_mixture_new(3, 2, &m0), FK_OK);
    for (size_t k = 0; k < 2; k++) {
        m0->weight[k] = k == 0 ? 0.3 : 0.7;
        for (size_t i = 0; i < 3; i++) {
            m0->mean[3 * k + i] = 0.5 * (double)i - (double)k;
            m0->cov[9 * k + 4 * i] = 0.2 + 0.1 * (double)k;
        }
    }
    fk_mixture_moments(m0, mean, cov);
    ck_assert_int_eq(fk_linear_propagate(s, 0.2, m0, 2.0, &m1), FK_OK);
    fk_mixture_moments(m1, exact_mean, exact_cov);
    ck_assert_int_eq(fk_sde_moments(s, 0.2, 2.0, mean, cov), FK_OK);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(mean[i], exact_mean[i], 1e-10);
    for (size_t i = 0; i < 9; i++)
        ck_assert_double_eq_tol(cov[i], exact_cov[i], 1e-10);
    fk_mixture_free(m0);
    fk_mixture_free(m1);
    sde_text_free(s);
}
END_TEST

/* Two noises that do not commute: E x^2 = E x y = e^(2 t) / 100 [roessler-2009]. */
START_TEST(noise_that_does_not_commute)
{
    fk_sde *s = sde_text(FK_STRATONOVICH, 2, 2, "x; y", "5/4*(y - x); (x - y)/4",
                         "sqrt(3)/2*(x - y); (x + y)/2; 0; x");
    double mean[] = {0.1, 0.1}, cov[4] = {0.0};
    ck_assert_int_eq(fk_sde_moments(s, 0.0, 1.5, mean, cov), FK_OK);
    for (size_t i = 0; i < 2; i++)
        ck_assert_double_eq_tol(mean[i], 0.1 * exp(0.75), 1e-11);
    for (size_t i = 0; i < 3; i++)
        ck_assert_double_eq_tol(cov[i] + mean[i / 2] * mean[i % 2], 0.01 * exp(3.0),
                                1e-10);
    sde_text_free(s);
}
END_TEST

/* A particle with mass from a point: nothing is spread along x at first, and what moves
 * spreads it. With v a free Ornstein-Uhlenbeck process, dx = v dt,
 *
 *     Var x = s^2 (t - 2 (1 - e) + (1 - e^2) / 2),  Cov = s^2 (1 - e)^2 / 2,  e = exp(-t) */
START_TEST(points_spread)
{
    const double s = 0.6, t = 1.3, e = exp(-t);
    fk_sde *sde = sde_text(FK_ITO, 2, 1, "x; v", "v; -v", "0; 0.6");
    double mean[] = {0.0, 0.0}, cov[4] = {0.0};
    ck_assert_int_eq(fk_sde_moments(sde, 0.0, t, mean, cov), FK_OK);
    ck_assert_double_eq_tol(cov[0], s * s * (t - 2.0 * (1.0 - e) + 0.5 * (1.0 - e * e)),
                            1e-10);
    ck_assert_double_eq_tol(cov[1], 0.5 * s * s * (1.0 - e) * (1.0 - e), 1e-10);
    sde_text_free(sde);
}
END_TEST

/* The same with a noise 0.3 (x + v) beside: m = (E x^2, E x v, E v^2) obeys
 * m' = (2 m_1, m_2 - m_1, 0.36 - 2 m_2 + 0.09 (m_0 + 2 m_1 + m_2)). */
static void rate(const double *m, double *to)
{
    to[0] = 2.0 * m[1];
    to[1] = m[2] - m[1];
    to[2] = 0.36 - 2.0 * m[2] + 0.09 * (m[0] + 2.0 * m[1] + m[2]);
}

START_TEST(points_spread_with_noise_that_varies)
{
    enum { STEPS = 2000 };
    const double t = 1.3, h = t / STEPS;
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; v", "v; -v", "0; 0; 0.6; 0.3*(x + v)");
    double mean[] = {0.0, 0.0}, cov[4] = {0.0}, m[3] = {0.0}, k[4][3], at[3];
    ck_assert_int_eq(fk_sde_moments(sde, 0.0, t, mean, cov), FK_OK);
    for (size_t n = 0; n < STEPS; n++) {
        for (size_t stage = 0; stage < 4; stage++) {
            for (size_t i = 0; i < 3; i++)
                at[i] = m[i] + (stage == 0   ? 0.0
                                : stage == 3 ? h * k[2][i]
                                             : 0.5 * h * k[stage - 1][i]);
            rate(at, k[stage]);
        }
        for (size_t i = 0; i < 3; i++)
            m[i] += h * (k[0][i] + 2.0 * k[1][i] + 2.0 * k[2][i] + k[3][i]) / 6.0;
    }
    ck_assert_double_eq_tol(cov[0], m[0], 1e-10);
    ck_assert_double_eq_tol(cov[1], m[1], 1e-10);
    ck_assert_double_eq_tol(cov[3], m[2], 1e-10);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact_moments");
    TCase *cases = tcase_create("moments");
    tcase_add_test(cases, closure_is_decided);
    tcase_add_test(cases, geometric_brownian_motion);
    tcase_add_test(cases, square_root);
    tcase_add_test(cases, linear_laws);
    tcase_add_test(cases, points_spread);
    tcase_add_test(cases, points_spread_with_noise_that_varies);
    tcase_add_test(cases, noise_that_does_not_commute);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
