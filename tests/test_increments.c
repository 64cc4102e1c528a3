/* Increments that are not Gaussian: laws they keep, and who accepts them. */
#include <math.h>

#include "sampling/expectation.h"
#include "sampling/levels.h"
#include "tests/particle_fixture.h"

enum { COUNT = 200000 };

static fk_ensemble_options options(const char *scheme, fk_increments kind, double step)
{
    fk_ensemble_options o = euler_options(COUNT, step, 23);
    o.scheme = fk_scheme_find(scheme);
    o.rules.increments = kind;
    return o;
}

/* dX = -X dt + sqrt(2) dW from N(2, 1/4): mean and variance of Euler-Maruyama's recursion
 * ask of increments their mean and variance alone. */
START_TEST(recursion_of_two_moments)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_law *law = normal_law_1d(2.0, 0.25);
    for (fk_increments kind = FK_GAUSSIAN; kind <= FK_RADEMACHER; kind++) {
        const fk_ensemble_options o = options("euler-maruyama", kind, 0.1);
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        advance(e, 1.0);
        assert_moments(ensemble_moments(e), 0.6973568802, 0.9550503167);
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Platen's scheme on dX = X/2 dt + X dW in two noises' guise, E X^2 = e^(2 t): order 2 with
 * three points, and the signs of its pairs of noises beside them. */
START_TEST(three_points_serve_platen)
{
    fk_sde *sde = sde_text(FK_STRATONOVICH, 2, 2, "x; y", "5/4*(y - x); 1/4*(x - y)",
                           "sqrt(3)/2*(x - y); (x + y)/2; 0; x");
    const double mean[] = {0.1, 0.1}, none[] = {0.0, 0.0};
    fk_law *law = normal_law(2, mean, none);
    const fk_ensemble_options o = options("platen", FK_THREE_POINT, 0.05);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.0);
    double *x = all_states(e, 2);
    for (size_t i = 0; i < 2; i++) {
        const moments m = moments_of(x + i, COUNT, 2);
        assert_sigmas(m.mean, 0.1 * exp(0.5), m.mean_error);
        assert_sigmas(m.var + m.mean * m.mean, 0.01 * exp(2.0), m.var_error);
    }
    free(x);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The same bits in one advance or many, on one thread or four. */
START_TEST(paths_are_their_own)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "-x; x", "1; 0.2; y; 0.5");
    const double mean[] = {0.1, 0.1}, none[] = {0.0, 0.0};
    fk_law *law = normal_law(2, mean, none);
    for (fk_increments kind = FK_THREE_POINT; kind <= FK_RADEMACHER; kind++) {
        const fk_ensemble_options o = options("euler-maruyama", kind, 0.01);
        const int threads = omp_get_max_threads();
        omp_set_num_threads(1);
        fk_ensemble *a = ensemble(sde, NULL, law, &o);
        advance(a, 1.0);
        omp_set_num_threads(4);
        fk_ensemble *b = ensemble(sde, NULL, law, &o);
        fk_ensemble_pace(b, 1.0);
        advance(b, 0.01);
        advance(b, 0.72);
        advance(b, 1.0);
        omp_set_num_threads(threads);
        double *x = all_states(a, 2), *y = all_states(b, 2);
        ck_assert_mem_eq(x, y, 2 * COUNT * sizeof *x);
        free(x);
        free(y);
        fk_ensemble_free(a);
        fk_ensemble_free(b);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The long step of a pair keeps its law: from 0 it moves by +-1 or by 0 and +-sqrt(3). */
START_TEST(joined_increments_are_of_their_kind)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *law = normal_law_1d(0.0, 0.0);
    fk_message message;
    for (fk_increments kind = FK_THREE_POINT; kind <= FK_RADEMACHER; kind++) {
        fk_levels l;
        const fk_levels_options o = {.count = COUNT,
                                     .levels = 2,
                                     .steps = 1,
                                     .end = 1.0,
                                     .seed = 3,
                                     .scheme = fk_scheme_find("euler-maruyama"),
                                     .rules.increments = kind};
        ck_assert_int_eq(fk_levels_run(sde, NULL, law, &o, NULL, &l, &message), FK_OK);
        const fk_estimate mean = l.pair[0].mean[0], square = l.pair[0].square[0];
        assert_sigmas(mean.mean, 0.0, mean.error);
        assert_sigmas(square.mean, 0.0, square.error);
        /* E d^2 = 2 - 2 E z_1 (z_1 + z_2) / sqrt(2) */
        const double spread = COUNT * mean.error * mean.error;
        ck_assert_double_eq_tol(spread, 2.0 - sqrt(2.0), 0.02);
        fk_levels_clear(&l);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

static void expect_refusal(const char *scheme, fk_increments kind, const fk_sde *sde,
                           const fk_domain *domain, const char *words)
{
    fk_law *law = normal_law_1d(0.5, 0.0);
    fk_ensemble *e = NULL;
    fk_message message = {""};
    fk_ensemble_options o = options(scheme, kind, 0.1);
    o.faces.bridge = true;
    const fk_status status = fk_ensemble_new(sde, domain, law, &o, &e, &message);
    if (words == NULL)
        ck_assert_msg(status == FK_OK, "%s", message.text);
    else
        ck_assert_msg(status == FK_EDOMAIN && strstr(message.text, words) != NULL, "%s",
                      message.text);
    fk_ensemble_free(e);
    fk_law_free(law);
}

START_TEST(refusals)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1");
    fk_sde *quiet = sde_text(FK_ITO, 1, 0, "x", "-x", "0");
    const fk_domain walls = line(0.0, 1.0, 10, FK_ABSORBING);
    expect_refusal("sra1", FK_THREE_POINT, sde, NULL, "sra1 accepts gaussian ones");
    expect_refusal("exact-linear", FK_RADEMACHER, sde, NULL, "not rademacher");
    expect_refusal("milstein", FK_RADEMACHER, sde, NULL, "gaussian");
    expect_refusal("platen", FK_RADEMACHER, sde, NULL, "gaussian or three-point");
    expect_refusal("platen", FK_THREE_POINT, sde, NULL, NULL);
    expect_refusal("rk4", FK_RADEMACHER, quiet, NULL, NULL);
    expect_refusal("heun", FK_RADEMACHER, sde, &walls, "particles.bridge: false");
    fk_law *law = normal_law_1d(0.5, 0.0);
    fk_expectation out;
    fk_message message = {""};
    const fk_expectation_options o = {.phi = sde->variable[0],
                                      .error = 0.1,
                                      .steps = 10,
                                      .end = 1.0,
                                      .scheme = fk_scheme_find("heun"),
                                      .rules.increments = FK_RADEMACHER};
    const char *const way[] = {"multilevel", "quasi-random"};
    for (int k = 0; k < 2; k++) {
        ck_assert_int_eq(
            fk_estimator_find(way[k])->run(sde, NULL, law, &o, NULL, &out, &message),
            FK_ESYNTAX);
        ck_assert_msg(strstr(message.text, "plain, antithetic") != NULL, "%s",
                      message.text);
    }
    fk_law_free(law);
    sde_text_free(quiet);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("increments");
    TCase *cases = tcase_create("increments");
    tcase_add_test(cases, recursion_of_two_moments);
    tcase_add_test(cases, three_points_serve_platen);
    tcase_add_test(cases, paths_are_their_own);
    tcase_add_test(cases, joined_increments_are_of_their_kind);
    tcase_add_test(cases, refusals);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
