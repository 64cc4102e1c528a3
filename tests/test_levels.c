/* Several steps on one Brownian path, and the slopes fitted to them. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/slope.h"
#include "experiments/order_finding.h"
#include "sampling/levels.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

static fk_levels run(const fk_sde *sde, const fk_law *law, size_t count, size_t levels,
                     size_t steps)
{
    fk_levels l;
    fk_message message;
    const fk_levels_options o = {.count = count,
                                 .levels = levels,
                                 .steps = steps,
                                 .end = 1.0,
                                 .seed = 21,
                                 .scheme = fk_scheme_find("euler-maruyama")};
    const fk_status status = fk_levels_run(sde, NULL, law, &o, NULL, &l, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return l;
}

static fk_slope strong_slope(const fk_levels *l)
{
    double step[FK_LEVELS_MOST], value[FK_LEVELS_MOST], error[FK_LEVELS_MOST];
    for (size_t k = 0; k < l->n_pairs; k++) {
        step[k] = l->pair[k].step;
        value[k] = l->pair[k].distance.mean;
        error[k] = l->pair[k].distance.error;
    }
    return fk_slope_fit(l->n_pairs, step, value, error);
}

START_TEST(slope_of_a_power)
{
    const double step[] = {0.4, 0.2, 0.1, 0.05, 0.025};
    double value[5], error[5];
    for (size_t i = 0; i < 5; i++) {
        value[i] = (i % 2 == 0 ? 3.0 : -3.0) * pow(step[i], 1.5);
        error[i] = 1e-3 * fabs(value[i]);
    }
    fk_slope s = fk_slope_fit(5, step, value, error);
    ck_assert_double_eq_tol(s.order, 1.5, 1e-12);
    ck_assert_uint_eq(s.used, 5);
    /* all weights are those of 1 %: error = 0.01 / sqrt(sum (x - mean x)^2) */
    ck_assert_double_eq_tol(s.error, 0.01 / (sqrt(10.0) * log(2.0)), 1e-12);
    error[3] = error[4] = 1.0; /* noise hides them */
    value[4] = 7.0;
    error[4] = 3.0;
    s = fk_slope_fit(5, step, value, error);
    ck_assert_double_eq_tol(s.order, 1.5, 1e-12);
    ck_assert_uint_eq(s.used, 3);
    s = fk_slope_fit(1, step, value, error);
    ck_assert(isnan(s.order));
}
END_TEST

/* dX = -X dt + s dW: D = X^h - X^(h/2) is Gaussian with moments by recursion over
 * (X^h, X^(h/2)); one step h of the one goes with two of the other. */
START_TEST(pairs_have_their_joint_law)
{
    enum { COUNT = 50000, STEPS = 8 };
    const double sigma = 0.7;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "0.7");
    fk_law *law = normal_law_1d(1.5, 0.25);
    fk_levels l = run(sde, law, COUNT, 3, STEPS);
    for (size_t k = 0; k < 2; k++) {
        const double h = l.pair[k].step, a = 1.0 - h,
                     b = (1.0 - 0.5 * h) * (1 - 0.5 * h);
        double mc = 1.5, mf = 1.5, cc = 0.25, ff = 0.25, cf = 0.25;
        for (size_t i = 0; i < (size_t)STEPS << k; i++) {
            /* noise of the coarse one: w1 + w2; of the fine one: (1 - h/2) w1 + w2 */
            const double v = 0.5 * h * sigma * sigma, q = 1.0 - 0.5 * h;
            mc *= a;
            mf *= b;
            cc = a * a * cc + 2.0 * v;
            cf = a * b * cf + v * (q + 1.0);
            ff = b * b * ff + v * (q * q + 1.0);
        }
        const double mean = mc - mf, variance = cc + ff - 2.0 * cf;
        const fk_level_pair *p = &l.pair[k];
        ck_assert_double_eq_tol(p->step, 1.0 / (STEPS << k), 1e-15);
        ck_assert_double_eq_tol(p->mean[0].mean, mean, 4.0 * sqrt(variance / COUNT));
        ck_assert_double_eq_tol(p->mean[0].error, sqrt(variance / COUNT),
                                0.02 * sqrt(variance / COUNT));
        ck_assert_double_eq_tol(p->square[0].mean, cc + mc * mc - ff - mf * mf,
                                4.0 * p->square[0].error);
    }
    fk_levels_clear(&l);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(euler_has_its_orders)
{
    fk_law *law = normal_law_1d(1.0, 0.0);
    fk_sde *additive = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
    fk_sde *uneven = sde_text(FK_ITO, 1, 1, "x", "0", "x");
    fk_levels a = run(additive, law, 5000, 6, 16), b = run(uneven, law, 20000, 6, 16);
    const fk_slope one = strong_slope(&a), half = strong_slope(&b);
    ck_assert_double_eq_tol(one.order, 1.0, 0.05 + 4.0 * one.error);
    ck_assert_double_eq_tol(half.order, 0.5, 0.05 + 4.0 * half.error);
    fk_levels_clear(&a);
    fk_levels_clear(&b);
    fk_law_free(law);
    sde_text_free(additive);
    sde_text_free(uneven);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    fk_law *law = normal_law_1d(1.0, 0.1);
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "-y; x - x^3", "1; 0; 0.3; x");
    omp_set_num_threads(1);
    fk_law *plane =
        normal_law(2, (const double[]){1.0, 0.0}, (const double[]){0.1, 0.0});
    fk_levels one = run(sde, plane, 3000, 4, 5);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        fk_levels some = run(sde, plane, 3000, 4, 5);
        for (size_t k = 0; k < 3; k++) {
            ck_assert(one.pair[k].distance.mean == some.pair[k].distance.mean);
            ck_assert_mem_eq(one.pair[k].mean, some.pair[k].mean,
                             2 * sizeof(fk_estimate));
        }
        fk_levels_clear(&some);
    }
    fk_levels_clear(&one);
    fk_law_free(plane);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(explosions_are_reported)
{
    fk_law *law = normal_law_1d(30.0, 0.0);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x^5", "1");
    fk_levels l;
    fk_message message = {""};
    const fk_levels_options o = {.count = 10,
                                 .levels = 3,
                                 .steps = 10,
                                 .end = 1.0,
                                 .scheme = fk_scheme_find("euler-maruyama")};
    ck_assert_int_eq(fk_levels_run(sde, NULL, law, &o, NULL, &l, &message), FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "smaller step"));
    ck_assert_ptr_null(l.pair);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* A mean that errs by four standard errors and what its bias leaves open, and one by more. */
START_TEST(limits_decide)
{
    fk_finding f = {.n_curves = 1,
                    .n_limits = 1,
                    .curve = {{.declared = HUGE_VAL, .n = 1, .noisy = true}}};
    f.limit[0] = (fk_finding_limit){
        .value = 1.3, .error = 0.02, .bias = 0.1, .doubt = 0.05, .exact = 1.071};
    fk_finding_judge(&f);
    ck_assert_int_eq(f.word, FK_AGREE);
    ck_assert_ptr_null(f.wrong);
    f.limit[0].exact = 1.069;
    fk_finding_judge(&f);
    ck_assert_int_eq(f.word, FK_DISAGREE);
    ck_assert_ptr_eq(f.wrong, &f.limit[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("levels");
    TCase *cases = tcase_create("levels");
    tcase_add_test(cases, slope_of_a_power);
    tcase_add_test(cases, pairs_have_their_joint_law);
    tcase_add_test(cases, euler_has_its_orders);
    tcase_add_test(cases, threads_do_not_matter);
    tcase_add_test(cases, explosions_are_reported);
    tcase_add_test(cases, limits_decide);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
