/* Drift and diffusion from a path: the law of the errors against the errors told. */
#include <check.h>
#include <stdlib.h>

#include "sampling/kramers_moyal.h"
#include "tests/infer_fixture.h"
#include "tests/suite.h"

static path p; /* too large for the stack */

/* Over many paths, (found - true) / error told must have mean square one: four standard
 * deviations of the mean of that many squares, and the curvature's own O(1/T). */
START_TEST(likelihood_errors_cover)
{
    enum { PATHS = 20 };
    fk_sde *sde = line_model();
    const double truth[3] = {theta, middle, sigma};
    double square[3] = {0.0}, even = 0.0;
    for (uint64_t k = 0; k < PATHS; k++) {
        draw_line(&p, k, 300, 0.3, true);
        const fk_fit fit = fit_all(sde, &p);
        for (size_t i = 0; i < 3; i++) {
            square[i] += pow((fit.value[i] - truth[i]) / fit.error[i], 2.0) / PATHS;
            ck_assert_double_le(fabs(fit.shift[i]), 0.1 * fit.error[i]);
        }
        even += fit.ks_p_value / PATHS;
        ck_assert_uint_eq(fit.beyond, 0);
        ck_assert_double_le(fabs(fit.correlation), 4.5 * fit.correlation_error);
    }
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_ge(square[i], 1.0 - 4.0 * sqrt(2.0 / PATHS) * 0.75);
        ck_assert_double_le(square[i], 1.0 + 4.0 * sqrt(2.0 / PATHS));
    }
    ck_assert_double_ge(even, 0.5); /* conservative: fitted before tested */
    sde_text_free(sde);
}
END_TEST

/* Two variables: eight values of two paths within their errors, chi-square of 8. */
START_TEST(planes_are_fitted)
{
    fk_sde *sde = plane_model();
    const double truth[4] = {rate, turn, left, right};
    double square = 0.0;
    for (uint64_t k = 0; k < 2; k++) {
        draw_plane(&p, 100 + k, 256, 0.2);
        const fk_fit fit = fit_all(sde, &p);
        for (size_t i = 0; i < 4; i++) {
            square += pow((fit.value[i] - truth[i]) / fit.error[i], 2.0);
            ck_assert_double_le(fabs(fit.shift[i]), 1e-3 * fit.error[i]);
        }
        /* n = 511 scores of each sigma's square: error sigma / sqrt(2 n) */
        ck_assert_double_eq_tol(fit.error[2], left / sqrt(2.0 * 255.0),
                                0.1 * fit.error[2]);
        ck_assert_double_ge(fit.ks_p_value, 0.05);
    }
    ck_assert_double_le(square, 8.0 + 4.0 * sqrt(16.0));
    sde_text_free(sde);
}
END_TEST

/* A model without the restoring force is far less likely; one with too little noise gives
 * probabilities of the steps that are not even, the right one even ones.  Steps are short,
 * so that it is the noise that they show. */
START_TEST(wrong_models_are_found_out)
{
    fk_sde *sde = line_model();
    draw_line(&p, 3, 700, 0.3, true);
    const fk_fit full = fit_all(sde, &p);
    ck_assert_double_ge(full.ks_p_value, 0.05);
    fk_fit fit = {.n = 2, .index = {0, 1}};
    sde->value[2] = 0.5; /* stays there */
    ck_assert_int_eq(fit_these(sde, &p, &fit), FK_OK);
    ck_assert_double_le(fit.ks_p_value, 1e-3);
    sde->value[0] = 0.0;
    fit = (fk_fit){.n = 1, .index = {2}};
    ck_assert_int_eq(fit_these(sde, &p, &fit), FK_OK);
    ck_assert_double_ge(full.log_likelihood - fit.log_likelihood, 50.0);
    sde_text_free(sde);
}
END_TEST

/* Measurement noise of sd e on steps of spread s: what each step adds the next one
 * takes back, so that successive scores have correlation -e^2 / (s^2 + 2 e^2) = -1/4
 * for s^2 = 2 e^2. */
START_TEST(measurement_noise_shows)
{
    const double dt = 0.05, e = sqrt(0.5 * sigma * sigma * dt);
    fk_sde *sde = line_model();
    draw_line(&p, 5, 1000, dt, false);
    for (size_t i = 0; i < p.n; i++)
        p.x[i] += e * next_normal(6, i);
    const fk_fit fit = fit_all(sde, &p);
    ck_assert_double_eq_tol(fit.correlation, -0.25, 4.0 * fit.correlation_error + 0.03);
    sde_text_free(sde);
}
END_TEST

/* A parameter that the data do not show, here the middle of a force that is zero. */
START_TEST(flat_likelihoods_are_refused)
{
    fk_sde *sde = line_model();
    draw_line(&p, 4, 300, 0.3, false);
    sde->value[0] = 0.0;
    fk_fit fit = {.n = 2, .index = {1, 2}};
    ck_assert_int_eq(fit_these(sde, &p, &fit), FK_ECONVERGE);
    sde_text_free(sde);
}
END_TEST

/* Without a model: drift and diffusion within their errors, with even and uneven steps;
 * chi-square of 12, 1 +- 4 sqrt(2/12). */
START_TEST(kramers_moyal_coefficients)
{
    enum { BINS = 12 };
    fk_moyal_bin bin[BINS];
    for (int uneven = 0; uneven <= 1; uneven++) {
        double drift = 0.0, diffusion = 0.0;
        draw_line(&p, 50 + (uint64_t)uneven, FIXTURE_MOST, 0.1, uneven != 0);
        ck_assert_int_eq(
            fk_kramers_moyal(1, p.n, p.t, p.x, 1.0, (const size_t[]){BINS}, bin),
            FK_OK);
        for (size_t k = 0; k < BINS; k++) {
            const double f = -theta * (bin[k].x[0] - middle), d = 0.5 * sigma * sigma;
            ck_assert(k == 0 || bin[k].x[0] > bin[k - 1].x[0]);
            drift += pow((bin[k].drift[0] - f) / bin[k].drift_error[0], 2.0) / BINS;
            diffusion +=
                pow((bin[k].diffusion[0] - d) / bin[k].diffusion_error[0], 2.0) / BINS;
        }
        ck_assert_double_le(drift, 2.6);
        ck_assert_double_le(diffusion, 2.6);
        ck_assert_double_ge(drift, 0.2);
        ck_assert_double_ge(diffusion, 0.2);
    }
}
END_TEST

/* Two variables on 4 by 4 bins: a vector and a tensor; chi-squares of 32 and 48. */
START_TEST(kramers_moyal_in_the_plane)
{
    fk_moyal_bin bin[16];
    double drift = 0.0, diffusion = 0.0;
    draw_plane(&p, 60, FIXTURE_MOST, 0.05);
    ck_assert_int_eq(
        fk_kramers_moyal(2, p.n, p.t, p.x, 1.0, (const size_t[]){4, 4}, bin), FK_OK);
    for (const fk_moyal_bin *b = bin; b < bin + 16; b++) {
        const double f[2] = {-rate * b->x[0] - turn * b->x[1],
                             turn * b->x[0] - rate * b->x[1]};
        const double d[3] = {0.5 * left * left, 0.0, 0.5 * right * right};
        for (size_t k = 0; k < 2; k++)
            drift += pow((b->drift[k] - f[k]) / b->drift_error[k], 2.0);
        for (size_t k = 0; k < 3; k++)
            diffusion += pow((b->diffusion[k] - d[k]) / b->diffusion_error[k], 2.0);
    }
    ck_assert_double_eq_tol(drift, 32.0, 4.0 * sqrt(2.0 * 32.0));
    ck_assert_double_eq_tol(diffusion, 48.0, 4.0 * sqrt(2.0 * 48.0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("infer");
    TCase *cases = tcase_create("infer");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, likelihood_errors_cover);
    tcase_add_test(cases, planes_are_fitted);
    tcase_add_test(cases, wrong_models_are_found_out);
    tcase_add_test(cases, measurement_noise_shows);
    tcase_add_test(cases, flat_likelihoods_are_refused);
    tcase_add_test(cases, kramers_moyal_coefficients);
    tcase_add_test(cases, kramers_moyal_in_the_plane);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
