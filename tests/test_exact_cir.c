/* The exact step of Cox-Ingersoll-Ross processes against the noncentral chi-square law. */
#include <math.h>

#include "tests/particle_fixture.h"
#include "tests/uniformity.h"

enum { COUNT = 100000 };

/* Kolmogorov-Smirnov p-value of X_t from X_0 for kappa, mu, sigma; the distance is looked
 * for at every 50th of the sample. */
static double ks_p_value(double *x, double kappa, double mu, double sigma, double start,
                         double t)
{
    const double c = sigma * sigma * -expm1(-kappa * t) / (4.0 * kappa);
    const double d = 4.0 * kappa * mu / (sigma * sigma);
    const double lambda = start * exp(-kappa * t) / c;
    double distance = 0.0;
    qsort(x, COUNT, sizeof *x, ascending);
    for (size_t i = 0; i < COUNT; i += 50) {
        const double F = 1.0 - fk_noncentral_tail(x[i] / c, d, lambda);
        distance = fmax(distance, fabs(F - ((double)i + 0.5) / COUNT));
    }
    return fk_kolmogorov_tail(sqrt((double)COUNT) * distance);
}

/* States after steps of one variable from a point; to be freed. */
static double *run(const char *drift, const char *noise, double start, double t,
                   double step)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift, noise);
    fk_law *from = normal_law_1d(start, 0.0);
    fk_ensemble_options o = euler_options(COUNT, step, 13);
    o.scheme = fk_scheme_find("exact-cir");
    fk_ensemble *e = ensemble(sde, NULL, from, &o);
    advance(e, t);
    double *x = all_states(e, 1);
    fk_ensemble_free(e);
    fk_law_free(from);
    sde_text_free(sde);
    return x;
}

/* kappa = 2.5, mu = 0.2 and sigma on both sides of 1, where 2 kappa mu = sigma^2, down to
 * a quarter degree of freedom; one step or sixteen. */
START_TEST(law)
{
    static const struct {
        const char *noise;
        double sigma;
    } set[] = {{"0.2*sqrt(x)", 0.2},
               {"0.7*sqrt(max(x, 0))", 0.7},
               {"sqrt(2*x)", 1.4142135623730951},
               {"sqrt(8*max(x, 0))", 2.8284271247461903}};
    const double start = 0.3, t = 0.4, E = exp(-2.5 * t), rest = 1.0 - E;
    for (size_t k = 0; k < sizeof set / sizeof *set; k++)
        for (int steps = 1; steps <= 16; steps *= 16) {
            double *x = run("2.5*(0.2 - x)", set[k].noise, start, t, t / steps);
            const double s2 = set[k].sigma * set[k].sigma;
            assert_moments(moments_of(x, COUNT, 1), 0.2 + 0.1 * E,
                           s2 / 2.5 * (start * E * rest + 0.1 * rest * rest));
            const double p = ks_p_value(x, 2.5, 0.2, set[k].sigma, start, t);
            ck_assert_msg(p > least_p_value, "%s, %d steps: p = %g", set[k].noise,
                          steps, p);
            free(x);
        }
}
END_TEST

/* Without return (kappa = 0, a = 0) mass gathers at zero, exp(-2 x / (sigma^2 t)) of it;
 * repelled from its mean (kappa < 0) E X grows. */
START_TEST(no_return)
{
    double *x = run("0", "sqrt(x)", 0.5, 1.0, 0.25), zeros = 0.0;
    for (size_t i = 0; i < COUNT; i++)
        zeros += x[i] == 0.0;
    const double p = exp(-1.0);
    assert_sigmas(zeros / COUNT, p, sqrt(p * (1.0 - p) / COUNT));
    free(x);
    x = run("0.5 + x", "sqrt(x)", 0.5, 1.0, 0.5);
    const moments m = moments_of(x, COUNT, 1);
    assert_sigmas(m.mean, exp(1.0) - 0.5, m.mean_error);
    free(x);
}
END_TEST

/* Two of them with parameters of their own do not know of each other. */
START_TEST(two_variables)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "1 - x; 2*(0.1 - y)",
                           "0; 0.5*sqrt(x); 0.9*sqrt(y); 0");
    const double start[] = {1.0, 0.1}, none[] = {0.0, 0.0};
    fk_law *from = normal_law(2, start, none);
    fk_ensemble_options o = euler_options(COUNT, 0.5, 13);
    o.scheme = fk_scheme_find("exact-cir");
    fk_ensemble *e = ensemble(sde, NULL, from, &o);
    advance(e, 1.0);
    double mean[2], cov[4], fourth[2];
    uint64_t alive;
    fk_ensemble_moments(e, mean, cov, fourth, &alive);
    assert_sigmas(mean[0], 1.0, sqrt(cov[0] / COUNT));
    assert_sigmas(mean[1], 0.1, sqrt(cov[3] / COUNT));
    assert_sigmas(cov[0], 0.125 * (1.0 - exp(-2.0)),
                  sqrt((fourth[0] - cov[0] * cov[0]) / COUNT));
    assert_sigmas(cov[3], 0.81 * 0.1 / 4.0 * (1.0 - exp(-4.0)),
                  sqrt((fourth[1] - cov[3] * cov[3]) / COUNT));
    assert_sigmas(cov[1], 0.0, sqrt(cov[0] * cov[3] / COUNT));
    fk_ensemble_free(e);
    fk_law_free(from);
    sde_text_free(sde);
}
END_TEST

/* Who starts below zero is lost; other forms are refused. */
START_TEST(others)
{
    const char *const drift[] = {"1 - x^2", "1 - x", "1 - x", "1 - t*x", "-1 - x"};
    const char *const noise[] = {"sqrt(x)", "x", "sqrt(1 + x)", "sqrt(x)", "sqrt(x)"};
    for (size_t k = 0; k < sizeof drift / sizeof *drift; k++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift[k], noise[k]);
        fk_stepper *s = NULL;
        fk_message message = {""};
        ck_assert_int_eq(fk_scheme_find("exact-cir")->prepare(sde, &s, &message),
                         FK_EDOMAIN);
        ck_assert_ptr_null(s);
        ck_assert_msg(strstr(message.text, "sigma*sqrt(x)") != NULL, "%s",
                      message.text);
        sde_text_free(sde);
    }
    double *x = run("1 - x", "sqrt(max(x, 0))", -0.1, 0.1, 0.1);
    ck_assert(isnan(x[0]) && isnan(x[COUNT - 1]));
    free(x);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact_cir");
    TCase *cases = tcase_create("exact_cir");
    tcase_add_test(cases, law);
    tcase_add_test(cases, no_return);
    tcase_add_test(cases, two_variables);
    tcase_add_test(cases, others);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
