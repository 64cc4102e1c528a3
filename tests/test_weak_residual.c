/* Dynkin's formula along paths.  For the Ornstein-Uhlenbeck process dX = -k X dt + g dW
 * under Euler's scheme everything is known in closed form, with c = 1 - k h:
 *
 *     P_h x = c x,     P_h x^2 = c^2 x^2 + g^2 h,
 *     Var_h x = g^2 h,     Var_h x^2 = 4 c^2 x^2 g^2 h + 2 g^4 h^2,
 *     P_h x^2 - x^2 - h L x^2 = k^2 h^2 x^2. */
#include <omp.h>

#include "sampling/weak_residual.h"
#include "sde/test_functions.h"
#include "tests/particle_fixture.h"

static const double k = 1.3, g = 0.9, T = 1.0;
enum { STEPS = 20, PATHS = 5120 };

static fk_sde *ornstein_uhlenbeck(double rate, double amplitude)
{
    static const char *const names[] = {"k", "g"};
    return sde_of(&(fk_sde_text){.dim = 1,
                                 .noises = 1,
                                 .variables = "x",
                                 .drift = "-k*x",
                                 .noise = "g",
                                 .n_parameters = 2,
                                 .parameter = names,
                                 .value = (const double[]){rate, amplitude}});
}

static fk_weak_paths paths_of(const fk_sde *sde, const fk_law *law)
{
    return (fk_weak_paths){.sde = sde,
                           .law = law,
                           .count = PATHS,
                           .steps = STEPS,
                           .end = T,
                           .seed = 5,
                           .scheme = fk_scheme_find("euler-maruyama"),
                           .nodes = 5};
}

static fk_weak_residual measure(const fk_weak_paths *p, const fk_sde *claim, size_t n,
                                const fk_expr *const *phi)
{
    fk_weak_residual r;
    fk_message message = {""};
    const fk_status status =
        fk_weak_residual_measure(p, claim, n, phi, NULL, &r, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return r;
}

static void refused(const fk_weak_paths *p, const fk_sde *claim, const char *why)
{
    fk_weak_residual r;
    fk_message message = {""};
    const fk_expr *phi = claim->variable[0];
    ck_assert(fk_weak_residual_measure(p, claim, 1, &phi, NULL, &r, &message) ==
              FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, why) != NULL, "%s", message.text);
    fk_weak_residual_clear(&r);
}

static double sigmas(const fk_weak_residual *r, size_t row)
{
    return r->residual[row] / sqrt(r->covariance[row * (2 * r->n + 1)]);
}

static void holds(const fk_weak_residual *r, const char *what)
{
    for (size_t row = 0; row < 2 * r->n; row++)
        ck_assert_msg(fabs(sigmas(r, row)) < allowed_sigmas, "%s: row %zu is %g sigmas",
                      what, row, sigmas(r, row));
}

START_TEST(ornstein_uhlenbeck_has_the_moments_of_its_recursion)
{
    fk_sde *sde = ornstein_uhlenbeck(k, g);
    fk_law *law = normal_law_1d(2.0, 0.0);
    const fk_weak_paths p = paths_of(sde, law);
    const fk_expr *phi[] = {sde->variable[0],
                            fk_test_monomial(sde->pool, sde->variable[0], 2)};
    fk_weak_residual r = measure(&p, sde, 2, phi);
    const double h = T / STEPS, c = 1.0 - k * h;
    holds(&r, "Ornstein-Uhlenbeck");
    /* what does not depend on the paths */
    ck_assert_double_eq_tol(r.forecast[2], g * g * T, 1e-12);
    ck_assert_double_eq_tol(r.forecast[0], r.generator[0], 1e-12);
    const double squares = (g * g * T - r.generator[1]) / (2.0 * k * h); /* sum x^2 */
    ck_assert_double_eq_tol(r.forecast[1] - r.generator[1], k * k * h * h * squares,
                            1e-12);
    ck_assert_double_eq_tol(
        r.forecast[3], 4.0 * c * c * g * g * h * squares + 2.0 * pow(g, 4.0) * h * T,
        1e-11);
    /* the variance of the martingale, by the sample and by the recursion of E x^2 */
    double second = 4.0, variance = 0.0;
    for (size_t i = 0; i < STEPS; i++) {
        variance += 4.0 * c * c * second * g * g * h + 2.0 * pow(g, 4.0) * h * h;
        second = c * c * second + g * g * h;
    }
    ck_assert_double_eq_tol(PATHS * r.covariance[0], g * g * T,
                            allowed_sigmas * g * g * T * sqrt(2.0 / PATHS));
    /* the square's tails are heavier: allow for a kurtosis of 6 */
    ck_assert_double_eq_tol(PATHS * r.covariance[5], variance,
                            allowed_sigmas * variance * sqrt(5.0 / PATHS));
    ck_assert_double_eq(r.used, 1.0);
    fk_weak_residual_clear(&r);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Twice the noise: s of x is off by (1 - 4) g^2 T and m of x by nothing; another rate: m of
 * x is off by the difference of rates times the sum of x. */
START_TEST(what_a_wrong_equation_leaves_is_known)
{
    fk_sde *sde = ornstein_uhlenbeck(k, g), *noisy = ornstein_uhlenbeck(k, 2.0 * g);
    fk_sde *fast = ornstein_uhlenbeck(2.0 * k, g);
    fk_law *law = normal_law_1d(2.0, 0.0);
    const fk_weak_paths p = paths_of(sde, law);
    fk_weak_residual r = measure(&p, noisy, 1, &noisy->variable[0]);
    ck_assert_double_lt(fabs(sigmas(&r, 0)), allowed_sigmas);
    ck_assert_double_eq_tol(r.residual[1], -3.0 * g * g * T,
                            allowed_sigmas * sqrt(r.covariance[3]));
    fk_weak_residual_clear(&r);
    r = measure(&p, fast, 1, &fast->variable[0]);
    ck_assert_double_eq_tol(r.residual[0], -r.forecast[0] / 2.0,
                            allowed_sigmas * sqrt(r.covariance[0]));
    ck_assert_double_gt(fabs(sigmas(&r, 0)), 20.0);
    fk_weak_residual_clear(&r);
    fk_law_free(law);
    sde_text_free(sde);
    sde_text_free(noisy);
    sde_text_free(fast);
}
END_TEST

START_TEST(same_bits_for_any_number_of_threads)
{
    fk_sde *sde = ornstein_uhlenbeck(k, g);
    fk_law *law = normal_law_1d(0.3, 0.2);
    const fk_weak_paths p = paths_of(sde, law);
    const fk_expr *bump = fk_test_bump(sde->pool, sde->variable[0], 0.2, 1.1);
    const fk_expr *phi[] = {fk_test_cosine(sde->pool, sde->variable[0], 1.7),
                            fk_expr_mul(sde->pool, bump, sde->time)};
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    fk_weak_residual one = measure(&p, sde, 2, phi);
    omp_set_num_threads(4);
    fk_weak_residual four = measure(&p, sde, 2, phi);
    omp_set_num_threads(threads);
    ck_assert_mem_eq(one.residual, four.residual, 4 * sizeof(double));
    ck_assert_mem_eq(one.covariance, four.covariance, 16 * sizeof(double));
    holds(&one, "bounded functions");
    fk_weak_residual_clear(&one);
    fk_weak_residual_clear(&four);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Whether the scheme takes the equation, and then holds it with coarse steps. */
static bool is_held(const fk_scheme *scheme, fk_sde *sde)
{
    fk_weak_residual r;
    fk_message message;
    const double mean[] = {0.7, -0.4}, variance[] = {0.1, 0.1};
    fk_law *law = normal_law(sde->dim, mean, variance);
    fk_weak_paths p = paths_of(sde, law);
    p.scheme = scheme;
    p.count = 1024;
    const fk_expr *phi[] = {fk_test_monomial(sde->pool, sde->variable[0], 2),
                            fk_test_sine(sde->pool, sde->variable[sde->dim - 1], 1.0)};
    const fk_status status =
        fk_weak_residual_measure(&p, sde, 2, phi, NULL, &r, &message);
    if (status == FK_OK && sde->noises > 0)
        holds(&r, scheme->name);
    else if (status == FK_OK) /* no noise: nothing is left but rounding */
        ck_assert_double_eq_tol(r.residual[0], 0.0, 1e-14);
    else
        ck_assert_msg(status == FK_EDOMAIN || status == FK_ELIMIT, "%s", message.text);
    fk_weak_residual_clear(&r);
    fk_law_free(law);
    return status == FK_OK;
}

/* Of the first of these equations that a scheme takes: none has an error of the step. */
START_TEST(no_scheme_has_a_bias)
{
    fk_sde *all[] = {
        sde_text(FK_STRATONOVICH, 2, 2, "x; y", "-x - y; x - y^3",
                 "0.6 + 0.2*cos(y); 0; 0.1*x; 0.5"),
        sde_text(FK_STRATONOVICH, 1, 1, "x", "x - x^3", "0.5*sqrt(1 + x^2)"),
        sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7"),
        sde_text(FK_ITO, 1, 1, "x", "-x", "0.7"),
        sde_text(FK_ITO, 1, 1, "x", "0.2*x", "0.5*x"),
        sde_text(FK_ITO, 2, 1, "x; v", "v; -x - v", "0; 0.8"),
        sde_text(FK_ITO, 1, 0, "x", "x - x^3", "")};
    const size_t n = sizeof all / sizeof *all;
    size_t refused_all = 0;
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++) {
        size_t i = 0;
        while (i < n && !is_held(*s, all[i]))
            i++;
        refused_all += i == n;
    }
    ck_assert_uint_eq(refused_all, 2); /* adaptive-heun, and exact-cir: another SDE */
    for (size_t i = 0; i < n; i++)
        sde_text_free(all[i]);
}
END_TEST

/* Between reflecting faces x^2 grows less than L x^2 says: by steps that begin far from
 * them the equation still holds. */
START_TEST(steps_near_a_face_are_left_out)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-0.6", "0.5");
    fk_law *law = normal_law_1d(0.0, 0.09);
    const fk_axis axis = {-1.0, 1.0, 10};
    const fk_domain domain = {.grid = fk_grid_make(1, &axis),
                              .face = {{FK_REFLECTING, FK_ABSORBING}}};
    fk_weak_paths p = paths_of(sde, law);
    p.domain = &domain;
    p.steps = 400;
    p.count = 1024;
    const fk_expr *phi = fk_test_monomial(sde->pool, sde->variable[0], 2);
    fk_weak_residual r = measure(&p, sde, 1, &phi);
    holds(&r, "between faces");
    ck_assert_double_lt(r.used, 0.95);
    ck_assert_double_gt(r.used, 0.3);
    fk_weak_residual_clear(&r);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(what_is_not_covered_is_refused)
{
    fk_sde *sde = ornstein_uhlenbeck(k, g);
    fk_sde *plane = sde_text(FK_ITO, 2, 1, "x; y", "-x; -y", "1; 1");
    fk_sde *crowd = sde_text(FK_ITO, 1, 1, "x", "-mean(x)", "1");
    fk_law *law = normal_law_1d(0.0, 1.0);
    fk_weak_paths p = paths_of(sde, law);
    refused(&p, plane, "1 variables and the equation 2");
    refused(&p, crowd, "its own law");
    p.scheme = fk_scheme_find("adaptive-heun");
    refused(&p, sde, "chooses its steps");
    fk_law_free(law);
    sde_text_free(sde);
    sde_text_free(plane);
    sde_text_free(crowd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weak_residual");
    TCase *cases = tcase_create("weak_residual");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, ornstein_uhlenbeck_has_the_moments_of_its_recursion);
    tcase_add_test(cases, what_a_wrong_equation_leaves_is_known);
    tcase_add_test(cases, same_bits_for_any_number_of_threads);
    tcase_add_test(cases, no_scheme_has_a_bias);
    tcase_add_test(cases, steps_near_a_face_are_left_out);
    tcase_add_test(cases, what_is_not_covered_is_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
