/* Absorption between steps: for constant coefficients and one wall it is exact, whatever
 * the step. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "sampling/ensemble.h"
#include "tests/gm_a.h"
#include "tests/suite.h"

enum { COUNT = 100000 };

/* Shares of the particles absorbed at the lower and the upper face by time 1, from a
 * point; walls of the first axis alone. */
static void absorbed(const fk_sde *sde, fk_boundary lower, fk_boundary upper, double lo,
                     double hi, double from, double step, bool bridge, double share[2])
{
    const fk_axis axis[] = {{lo, hi, 10}, {-50.0, 50.0, 10}};
    const fk_domain d = {.grid = fk_grid_make(sde->dim, axis),
                         .face = {{lower, upper}, {FK_OPEN, FK_OPEN}}};
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    fk_ensemble *e = NULL;
    fk_message message;
    uint64_t count[FK_ELSEWHERE] = {0};
    ck_assert_int_eq(fk_mixture_new(sde->dim, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    m->mean[0] = from;
    ck_assert_int_eq(fk_law_mixture_new(m, &law), FK_OK);
    const fk_ensemble_options o = {.count = COUNT,
                                   .step = step,
                                   .seed = 11,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = fk_scheme_find("euler-maruyama"),
                                   .faces.bridge = bridge};
    ck_assert_int_eq(fk_ensemble_new(sde, &d, law, &o, &e, &message), FK_OK);
    ck_assert_int_eq(fk_ensemble_advance(e, 1.0, NULL, &message), FK_OK);
    fk_ensemble_tally(e, NULL, count);
    const fk_census census = fk_census_read(0, count);
    share[0] = (double)census.absorbed[0][0] / COUNT;
    share[1] = (double)census.absorbed[0][1] / COUNT;
    fk_ensemble_free(e);
    fk_law_free(law);
    fk_mixture_free(m);
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* P(min over [0, 1] of x0 + mu t + s W_t <= 0) */
static double hits_zero(double x0, double mu, double s)
{
    return normal_cdf((-x0 - mu) / s) +
           exp(-2.0 * mu * x0 / (s * s)) * normal_cdf((-x0 + mu) / s);
}

START_TEST(one_wall_is_exact_for_any_step)
{
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "-0.3", "0.8");
    const double exact = hits_zero(1.0, -0.3, 0.8);
    const double error = sqrt(exact * (1.0 - exact) / COUNT);
    for (double step = 0.5; step > 0.01; step *= 0.2) {
        double share[2];
        absorbed(s, FK_ABSORBING, FK_OPEN, 0.0, 50.0, 1.0, step, true, share);
        ck_assert_double_eq_tol(share[0], exact, 4.0 * error);
        absorbed(s, FK_ABSORBING, FK_OPEN, 0.0, 50.0, 1.0, step, false, share);
        ck_assert_double_lt(share[0], exact - 4.0 * error); /* touches are missed */
    }
    sde_text_free(s);
    s = sde_text(FK_ITO, 2, 2, "x; y", "0.3; x", "0.8; 0; 0.3; 0.5"); /* upper face */
    double share[2];
    absorbed(s, FK_OPEN, FK_ABSORBING, -50.0, 0.0, -1.0, 0.25, true, share);
    ck_assert_double_eq_tol(share[1], exact, 4.0 * error);
    sde_text_free(s);
}
END_TEST

/* Brownian motion between 0 and 2 from 1: survival
 * 4/pi sum (-1)^k / (2 k + 1) exp(-(2 k + 1)^2 pi^2 / 8); by symmetry either half. */
START_TEST(two_walls)
{
    double survival = 0.0, share[2];
    for (int k = 0; k < 20; k++)
        survival += (k % 2 == 0 ? 1.0 : -1.0) * 4.0 / M_PI / (2.0 * k + 1.0) *
                    exp(-pow(2.0 * k + 1.0, 2.0) * M_PI * M_PI / 8.0);
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    absorbed(s, FK_ABSORBING, FK_ABSORBING, 0.0, 2.0, 1.0, 0.02, true, share);
    const double half = 0.5 * (1.0 - survival), error = sqrt(half * (1 - half) / COUNT);
    ck_assert_double_eq_tol(share[0], half, 4.0 * error);
    ck_assert_double_eq_tol(share[1], half, 4.0 * error);
    sde_text_free(s);
}
END_TEST

/* Geometric Brownian motion meets 1/2 when its logarithm does: noise that depends on x
 * leaves an error of order h. */
START_TEST(uneven_noise_is_of_order_one)
{
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "0.125*x", "0.5*x");
    const double exact = hits_zero(log(2.0), 0.0, 0.5); /* mu - sigma^2 / 2 = 0 */
    const double error = sqrt(exact * (1.0 - exact) / COUNT);
    double fine[2], plain[2];
    absorbed(s, FK_ABSORBING, FK_OPEN, 0.5, 100.0, 1.0, 0.01, true, fine);
    absorbed(s, FK_ABSORBING, FK_OPEN, 0.5, 100.0, 1.0, 0.01, false, plain);
    ck_assert_double_eq_tol(fine[0], exact, 4.0 * error + 0.02 * exact);
    ck_assert_double_gt(fabs(plain[0] - exact), 5.0 * fabs(fine[0] - exact));
    sde_text_free(s);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(1 + x^2)");
    double one[2], some[2];
    omp_set_num_threads(1);
    absorbed(s, FK_ABSORBING, FK_ABSORBING, -1.0, 1.5, 0.2, 0.05, true, one);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        absorbed(s, FK_ABSORBING, FK_ABSORBING, -1.0, 1.5, 0.2, 0.05, true, some);
        ck_assert(some[0] == one[0] && some[1] == one[1]);
    }
    sde_text_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bridge");
    TCase *cases = tcase_create("bridge");
    tcase_add_test(cases, one_wall_is_exact_for_any_step);
    tcase_add_test(cases, two_walls);
    tcase_add_test(cases, uneven_noise_is_of_order_one);
    tcase_add_test(cases, threads_do_not_matter);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
