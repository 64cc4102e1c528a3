/* Exact laws of linear SDEs against closed forms. */
#include "sde/linear.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "tests/sde_text.h"
#include "tests/suite.h"

static bool linear(size_t dim, size_t noises, const char *variables, const char *drift,
                   const char *noise)
{
    fk_sde *s = sde_text(FK_ITO, dim, noises, variables, drift, noise);
    const bool answer = fk_sde_linear(s);
    sde_text_free(s);
    return answer;
}

START_TEST(linearity_is_decided)
{
    ck_assert(linear(1, 1, "x", "-x + sin(t)", "exp(-t)"));
    ck_assert(linear(1, 1, "x", "(x + 1)^2 - x^2 - 1", "1")); /* = 2 x */
    ck_assert(linear(2, 1, "x; v", "v; -x - v", "0; 1"));
    ck_assert(linear(2, 2, "x; y", "-x - 2*y; 2*x - y", "1; t; 0; 2"));
    ck_assert(!linear(1, 1, "x", "x - x^3", "1"));
    ck_assert(!linear(1, 1, "x", "-x", "x"));
    ck_assert(!linear(2, 1, "x; y", "x*y; 0", "1; 1"));
    ck_assert(!linear(1, 1, "x", "abs(x)", "1"));
}
END_TEST

/* Slopes constant but for seams, which exact derivatives do not see. */
START_TEST(pieces_are_not_linear)
{
    const char *const drift[] = {"sign(x)",        "-x + step(x)", "-floor(x)",
                                 "x > 0 ? -1 : 1", "mod(x, 1)",    "-x + (x < t)"};
    for (size_t i = 0; i < sizeof drift / sizeof *drift; i++)
        ck_assert_msg(!linear(1, 1, "x", drift[i], "1"), "%s", drift[i]);
    ck_assert(!linear(2, 1, "x; v", "v; -x - sign(v)", "0; 1"));
    ck_assert(linear(1, 1, "x", "-x + sign(t - 1)", "1")); /* in time they may be */
}
END_TEST

/* Coefficients that do not sum without rounding, and quotients. */
START_TEST(rounding_leaves_them_linear)
{
    const char *const drift[] = {"0.1*x + 0.2*x + 0.3*x - 0.7*(x - 0.3)",
                                 "-(x - 2.1)/(0.3 + 0.1*t)",
                                 "(0.1 + 19.9*t)*(0.3 - x)*(0.7 + 0.1*t)/3",
                                 "exp(-t)*(x - 0.1*sin(t))*(1 + t)^9",
                                 "sqrt(0.1 + t)*(x + 1.3)/1.7 - 0.9*(x + 0.1)*0.7"};
    for (size_t i = 0; i < sizeof drift / sizeof *drift; i++)
        ck_assert_msg(linear(1, 1, "x", drift[i], "1"), "%s", drift[i]);
}
END_TEST

/* One Gaussian. */
static fk_mixture *gaussian(size_t dim, const double *mean, const double *cov)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(dim, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    memcpy(m->mean, mean, dim * sizeof *mean);
    memcpy(m->cov, cov, dim * dim * sizeof *cov);
    return m;
}

static fk_mixture *propagate(const fk_sde *s, double t0, const fk_mixture *m0,
                             double t1)
{
    fk_mixture *m1 = NULL;
    ck_assert_int_eq(fk_linear_propagate(s, t0, m0, t1, &m1), FK_OK);
    return m1;
}

/* VP with beta = 0.1 + 19.9 t: alpha and sigma^2 to 12 digits. */
START_TEST(variance_preserving)
{
    const double table[][3] = {{0.1, .946721798821, .103717835638},
                               {0.25, .723657185083, .476320278478},
                               {0.5, .281182880797, .920936187547},
                               {0.75, .058663503012, .996558593414},
                               {1.0, .006571586495, .999956814251}};
    fk_sde *s =
        sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)");
    const double mean = 1.0, cov = 0.0;
    fk_mixture *m0 = gaussian(1, &mean, &cov);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        fk_mixture *m = propagate(s, 0.0, m0, table[i][0]);
        ck_assert_double_eq_tol(m->mean[0], table[i][1], 1e-12);
        ck_assert_double_eq_tol(m->cov[0], table[i][2], 1e-12);
        fk_mixture_free(m);
    }
    fk_mixture_free(m0);
    sde_text_free(s);
}
END_TEST

/* sub-VP: sigma^2 = (1 - e^-B)^2; VE: sigma^2 = smin^2 (r^2t - 1). */
START_TEST(other_schedules)
{
    const double mean = 2.0, cov = 0.0, t = 0.5, B = 0.05 + 9.95 * 0.25;
    fk_mixture *m0 = gaussian(1, &mean, &cov);
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2",
                         "sqrt((0.1 + 19.9*t)*(1 - exp(-2*(0.1*t + 9.95*t^2))))");
    fk_mixture *m = propagate(s, 0.0, m0, t);
    ck_assert_double_eq_tol(m->mean[0], 2.0 * exp(-0.5 * B), 1e-12);
    ck_assert_double_eq_tol(m->cov[0], pow(1.0 - exp(-B), 2.0), 1e-11);
    fk_mixture_free(m);
    sde_text_free(s);
    s = sde_text(FK_ITO, 1, 1, "x", "0", "0.01*5000^t*sqrt(2*log(5000))");
    m = propagate(s, 0.0, m0, t);
    ck_assert_double_eq_tol(m->mean[0], 2.0, 1e-15);
    ck_assert_double_eq_tol(m->cov[0], 1e-4 * (5000.0 - 1.0), 1e-11);
    fk_mixture_free(m);
    fk_mixture_free(m0);
    sde_text_free(s);
}
END_TEST

/* dx = -(kappa + omega R) x dt + G dW, R the quarter turn.  The mean turns by omega t
 * and shrinks by e^(-kappa t); with G = sigma 1 the covariance stays isotropic. */
START_TEST(rotating_ou)
{
    fk_sde *s = sde_text(FK_ITO, 2, 2, "x; y", "-x - 2*y; 2*x - y", "0.8; 0; 0; 0.8");
    const double mean[] = {1.5, -0.5}, cov[] = {0.09, 0.0, 0.0, 0.09}, t = 0.7;
    fk_mixture *m0 = gaussian(2, mean, cov), *m = propagate(s, 0.0, m0, t);
    const double c = exp(-t) * cos(2.0 * t), n = exp(-t) * sin(2.0 * t);
    ck_assert_double_eq_tol(m->mean[0], c * mean[0] - n * mean[1], 1e-12);
    ck_assert_double_eq_tol(m->mean[1], n * mean[0] + c * mean[1], 1e-12);
    const double v = 0.09 * exp(-2.0 * t) + 0.32 * (1.0 - exp(-2.0 * t));
    ck_assert_double_eq_tol(m->cov[0], v, 1e-12);
    ck_assert_double_eq_tol(m->cov[3], v, 1e-12);
    ck_assert_double_eq_tol(m->cov[1], 0.0, 1e-12);
    fk_mixture_free(m);
    fk_mixture_free(m0);
    sde_text_free(s);
}
END_TEST

/* Correlated noise: the stationary covariance solves A S + S A^T + G G^T = 0. */
START_TEST(stationary_covariance)
{
    fk_sde *s = sde_text(FK_ITO, 2, 2, "x; y", "-x - 2*y; 2*x - y", "0.8; 0; 0.4; 0.6");
    const double mean[] = {3.0, 1.0}, cov[] = {0.0, 0.0, 0.0, 0.0};
    fk_mixture *m0 = gaussian(2, mean, cov), *m = propagate(s, 0.0, m0, 40.0);
    const double xx = m->cov[0], xy = m->cov[1], yy = m->cov[3];
    ck_assert(xy == m->cov[2]);
    ck_assert_double_eq_tol(2.0 * (-xx - 2.0 * xy) + 0.64, 0.0, 1e-11);
    ck_assert_double_eq_tol(2.0 * (2.0 * xy - yy) + 0.52, 0.0, 1e-11);
    ck_assert_double_eq_tol(-2.0 * xy + 2.0 * xx - 2.0 * yy + 0.32, 0.0, 1e-11);
    fk_mixture_free(m);
    fk_mixture_free(m0);
    sde_text_free(s);
}
END_TEST

/* A free particle kicked: dx = v dt, dv = sigma dW from a point.
 * var v = s^2 t, cov = s^2 t^2/2, var x = s^2 t^3/3. */
START_TEST(degenerate_noise)
{
    fk_sde *s = sde_text(FK_ITO, 2, 1, "x; v", "v; 0", "0; 0.5");
    const double mean[] = {1.0, 2.0}, cov[] = {0.0, 0.0, 0.0, 0.0}, t = 1.25;
    fk_mixture *m0 = gaussian(2, mean, cov), *m = propagate(s, 0.0, m0, t);
    ck_assert_double_eq_tol(m->mean[0], 1.0 + 2.0 * t, 1e-12);
    ck_assert_double_eq_tol(m->cov[0], 0.25 * t * t * t / 3.0, 1e-12);
    ck_assert_double_eq_tol(m->cov[1], 0.25 * t * t / 2.0, 1e-12);
    ck_assert_double_eq_tol(m->cov[3], 0.25 * t, 1e-12);
    fk_mixture_free(m);
    fk_mixture_free(m0);
    sde_text_free(s);
}
END_TEST

START_TEST(two_stages_are_one)
{
    fk_sde *s =
        sde_text(FK_ITO, 2, 2, "x; y", "-x*(1 + t) + y; cos(t) - y", "1; 0; t; 0.5");
    const double mean[] = {0.5, -1.0}, cov[] = {0.2, 0.1, 0.1, 0.3};
    fk_mixture *m0 = gaussian(2, mean, cov), *half = propagate(s, 0.25, m0, 0.9);
    fk_mixture *two = propagate(s, 0.9, half, 1.7), *one = propagate(s, 0.25, m0, 1.7);
    for (size_t i = 0; i < 2; i++)
        ck_assert_double_eq_tol(two->mean[i], one->mean[i], 1e-11);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(two->cov[i], one->cov[i], 1e-11);
    fk_mixture *same = propagate(s, 0.25, m0, 0.25);
    ck_assert_mem_eq(same->cov, m0->cov, 4 * sizeof *same->cov);
    fk_mixture_free(m0);
    fk_mixture_free(half);
    fk_mixture_free(two);
    fk_mixture_free(one);
    fk_mixture_free(same);
    sde_text_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("linear");
    TCase *cases = tcase_create("linear");
    tcase_add_test(cases, linearity_is_decided);
    tcase_add_test(cases, pieces_are_not_linear);
    tcase_add_test(cases, rounding_leaves_them_linear);
    tcase_add_test(cases, variance_preserving);
    tcase_add_test(cases, other_schedules);
    tcase_add_test(cases, rotating_ou);
    tcase_add_test(cases, stationary_covariance);
    tcase_add_test(cases, degenerate_noise);
    tcase_add_test(cases, two_stages_are_one);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
