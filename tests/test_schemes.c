/* Every scheme of the list: the orders it declares, the laws it must keep, the problems it
 * must refuse. */
#include <math.h>
#include <stdlib.h>

#include "core/slope.h"
#include "sampling/levels.h"
#include "sde/linear.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

static fk_levels run(const fk_scheme *scheme, const fk_sde *sde, const fk_law *law,
                     size_t count, size_t steps)
{
    fk_levels l;
    fk_message message;
    const fk_levels_options o = {.count = count,
                                 .levels = 6,
                                 .steps = steps,
                                 .end = 1.0,
                                 .seed = 31,
                                 .scheme = scheme};
    const fk_status status = fk_levels_run(sde, NULL, law, &o, NULL, &l, &message);
    ck_assert_msg(status == FK_OK, "%s: %s", scheme->name, message.text);
    return l;
}

static fk_slope slope(const fk_levels *l, bool weak)
{
    double step[FK_LEVELS_MOST], value[FK_LEVELS_MOST], error[FK_LEVELS_MOST];
    for (size_t k = 0; k < l->n_pairs; k++) {
        const fk_estimate e = weak ? l->pair[k].mean[0] : l->pair[k].distance;
        step[k] = l->pair[k].step;
        value[k] = e.mean;
        error[k] = e.error;
    }
    return fk_slope_fit(l->n_pairs, step, value, error);
}

static bool accepts(const fk_scheme *scheme, const fk_sde *sde)
{
    fk_stepper *s = NULL;
    const bool accepted = scheme->prepare(sde, &s, NULL) == FK_OK;
    scheme->release(s);
    return accepted;
}

/* The hardest problem that the scheme accepts. */
static fk_sde *problem_for(const fk_scheme *scheme)
{
    static const struct {
        size_t dim, noises;
        const char *variables, *drift, *noise;
    } problem[] = {
        {1, 1, "x", "-x", "0.5*sqrt(1 + x^2)"},
        {1, 1, "x", "sin(2*x) - x*t", "0.5*exp(t)"},
        {1, 1, "x", "sin(2*x) - x*t", "0.5"},
        {2, 1, "x; y", "y; sin(2*x) - 0.7*y", "0; 0.5"},
        {2, 2, "x; y", "0.3 + y - x; -2*x - 0.1*y", "0.5; 0.2; 0; 0.3"},
        {2, 2, "x; y", "0.3*x; -0.2*y", "0.4*x; 0.1*x; -0.3*y; 0.2*y"},
        {1, 1, "x", "0.8 - 2*x", "0.5*sqrt(x)"},
        {2, 0, "x; y", "y - 0.1*x; cos(t) - x", "0"},
    };
    const size_t n = sizeof problem / sizeof *problem;
    for (size_t k = 0;; k++) {
        ck_assert_msg(k < n, "%s accepts none of the problems", scheme->name);
        fk_sde *sde =
            sde_text(FK_ITO, problem[k].dim, problem[k].noises, problem[k].variables,
                     problem[k].drift, problem[k].noise);
        if (accepts(scheme, sde))
            return sde;
        sde_text_free(sde);
    }
}

/* A scheme without error takes any number of steps to the same point, or, without a path
 * (strong order 0), to the same law. */
static void expect_exact(const fk_scheme *scheme, const fk_levels *l)
{
    for (size_t k = 0; k < l->n_pairs; k++) {
        const fk_level_pair *p = &l->pair[k];
        if (scheme->strong_order > 0.0)
            ck_assert_msg(p->distance.mean < 1e-13, "%s: distance %g", scheme->name,
                          p->distance.mean);
        assert_sigmas(p->mean[0].mean, 0.0, p->mean[0].error + 1e-13);
        assert_sigmas(p->square[0].mean, 0.0, p->square[0].error + 1e-13);
    }
}

START_TEST(declared_orders)
{
    const fk_scheme *scheme = fk_schemes[_i];
    fk_sde *sde = problem_for(scheme);
    const double mean[] = {1.0, 0.5}, none[] = {0.0, 0.0};
    fk_law *law = normal_law(sde->dim, mean, none);
    fk_levels l = run(scheme, sde, law, 20000, 8);
    const fk_slope strong = slope(&l, false);
    if (isinf(scheme->weak_order)) {
        expect_exact(scheme, &l);
        goto done;
    }
    fk_levels_clear(&l);
    l = run(scheme, sde, law, 200000, 4);
    const fk_slope weak = slope(&l, true);
    ck_assert_msg(strong.order + 4.0 * strong.error > scheme->strong_order - 0.06,
                  "%s: strong order %g +- %g", scheme->name, strong.order,
                  strong.error);
    ck_assert_uint_ge(weak.used, 3);
    ck_assert_msg(weak.order + 4.0 * weak.error > scheme->weak_order - 0.06,
                  "%s: weak order %g +- %g", scheme->name, weak.order, weak.error);
done:
    fk_levels_clear(&l);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The same order where the noises do not commute: Levy areas decide.  Without them the
 * two-dimensional problem falls to 1/2, whatever the scheme. */
START_TEST(strong_order_without_commuting)
{
    const fk_scheme *scheme = fk_schemes[_i];
    const double mean[] = {0.3, 0.2}, none[] = {0.0, 0.0};
    fk_sde *sde = sde_text(FK_STRATONOVICH, 2, 2, "x; y", "-0.2*x; 0.1*x - 0.2*y",
                           "0.5; 0.4*y; 0.4*x; 0.5");
    if (accepts(scheme, sde)) {
        fk_law *law = normal_law(2, mean, none);
        fk_levels l = run(scheme, sde, law, 8000, 8);
        const fk_slope strong = slope(&l, false);
        ck_assert_msg(
            fabs(strong.order - scheme->strong_order) < 4.0 * strong.error + 0.06,
            "%s: strong order %g +- %g", scheme->name, strong.order, strong.error);
        fk_levels_clear(&l);
        fk_law_free(law);
    }
    sde_text_free(sde);
}
END_TEST

/* Whatever the scheme and the interpretation, the law is that of the problem:
 * dX = sqrt(1 + X^2) o_A dW from 0 has E X^2 = (e^((1 + 2A) t) - 1) / (1 + 2A); bias of
 * order h, and four standard errors. */
START_TEST(interpretations_keep_their_law)
{
    enum { COUNT = 200000 };
    const fk_scheme *scheme = fk_schemes[_i];
    const double A[] = {0.0, 0.5, 1.0}, t = 0.5, step = 2e-3;
    for (fk_interpretation i = FK_ITO; i <= FK_HANGGI_KLIMONTOVICH; i++) {
        fk_sde *sde = sde_text(i, 1, 1, "x", "0", "sqrt(1 + x^2)");
        if (!accepts(scheme, sde)) {
            sde_text_free(sde);
            return;
        }
        fk_law *law = normal_law_1d(0.0, 0.0);
        fk_ensemble *e = NULL;
        fk_message message;
        fk_ensemble_options o = euler_options(COUNT, step, 17);
        o.scheme = scheme;
        ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
        ck_assert_int_eq(fk_ensemble_advance(e, t, NULL, &message), FK_OK);
        double mean, variance, fourth;
        uint64_t alive;
        fk_ensemble_moments(e, &mean, &variance, &fourth, &alive);
        const double k = 1.0 + 2.0 * A[i], exact = (exp(k * t) - 1.0) / k;
        const double error = sqrt((fourth - variance * variance) / COUNT);
        ck_assert_msg(fabs(variance + mean * mean - exact) < 4.0 * error + 8.0 * step,
                      "%s, %s: %g, exact %g", scheme->name, fk_interpretation_name(i),
                      variance + mean * mean, exact);
        fk_ensemble_free(e);
        fk_law_free(law);
        sde_text_free(sde);
    }
}
END_TEST

static void expect_refusal(const char *name, const fk_sde *sde, const char *word)
{
    fk_stepper *s = NULL;
    fk_message message = {""};
    ck_assert_int_eq(fk_scheme_find(name)->prepare(sde, &s, &message), FK_EDOMAIN);
    ck_assert_ptr_null(s);
    ck_assert_msg(strstr(message.text, word) != NULL, "%s", message.text);
}

START_TEST(refusals)
{
    fk_sde *areas = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0; x");
    expect_refusal("rk4", areas, "without noise");
    expect_refusal("dormand-prince", areas, "without noise");
    expect_refusal("sra1", areas, "additive");
    fk_sde *diagonal_noise = sde_text(FK_ITO, 1, 1, "x", "-x", "x");
    fk_sde *mixed = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "y; 0; 0; 1");
    expect_refusal("sriw1", mixed, "their own variables");
    sde_text_free(mixed);
    expect_refusal("exact-linear", diagonal_noise, "linear");
    expect_refusal("ou-splitting", diagonal_noise, "constant noise");
    sde_text_free(diagonal_noise);
    const char *const friction[] = {"v; -q - sign(v)", "v^2; -q - v", "v; -q*v",
                                    "v; 1"};
    for (size_t k = 0; k < sizeof friction / sizeof *friction; k++) {
        fk_sde *s =
            sde_text(FK_ITO, 2, 1, "q; v", friction[k], k < 3 ? "0; 1" : "1; v");
        expect_refusal("baoab", s, "positions and velocities");
        sde_text_free(s);
    }
    expect_refusal("exact-geometric", areas, "times that variable");
    sde_text_free(areas);
    fk_sde *diagonal = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "x; 0; 0; y^2");
    fk_stepper *s = NULL;
    ck_assert_int_eq(fk_scheme_find("milstein")->prepare(diagonal, &s, NULL), FK_OK);
    fk_scheme_find("milstein")->release(s);
    sde_text_free(diagonal);
}
END_TEST

/* A scheme accepts the noise it declares and refuses what is more general. */
START_TEST(declared_noise)
{
    static const struct {
        fk_noise_kind kind;
        const char *noise;
    } problem[] = {
        {FK_ANY_NOISE, "1; y; x; 1"},        {FK_COMMUTATIVE_NOISE, "x; 2*x; 0; 1"},
        {FK_OWN_NOISE, "x; 0; 0; exp(-y)"},  {FK_ADDITIVE_NOISE, "exp(t); 0; 0; 2"},
        {FK_CONSTANT_NOISE, "0.5; 0; 0; 2"}, {FK_NO_NOISE, "0"}};
    const fk_scheme *scheme = fk_schemes[_i];
    for (size_t k = 0; k < sizeof problem / sizeof *problem; k++) {
        const size_t noises = problem[k].kind == FK_NO_NOISE ? 0 : 2;
        fk_sde *sde =
            sde_text(FK_ITO, 2, noises, "x; y", "sin(x) + t*y; x*y", problem[k].noise);
        ck_assert_msg(accepts(scheme, sde) == (scheme->noise <= problem[k].kind),
                      "%s, noise %s", scheme->name, problem[k].noise);
        sde_text_free(sde);
    }
}
END_TEST

/* G = [[1, 0], [x, 1]]: at the end point Y drifts with 1, in the kinetic form with 1/2, as
 * the rotation of G by an angle x drifts with 1 and not at all though G G^T is the unit
 * matrix.  Every scheme keeps each meaning; with Ito's drift E Y is known. */
START_TEST(two_meanings_of_the_end_point)
{
    enum { COUNT = 50000 };
    static const struct {
        fk_interpretation interpretation;
        const char *noise;
        double drift;
    } problem[] = {{FK_HANGGI_KLIMONTOVICH, "1; 0; x; 1", 1.0},
                   {FK_KINETIC, "1; 0; x; 1", 0.5},
                   {FK_HANGGI_KLIMONTOVICH, "cos(x); -sin(x); sin(x); cos(x)", 1.0},
                   {FK_KINETIC, "cos(x); -sin(x); sin(x); cos(x)", 0.0}};
    const fk_scheme *scheme = fk_schemes[_i];
    const double none[] = {0.0, 0.0}, t = 0.5;
    fk_law *law = normal_law(2, none, none);
    for (size_t k = 0; k < sizeof problem / sizeof *problem; k++) {
        fk_sde *sde =
            sde_text(problem[k].interpretation, 2, 2, "x; y", "0; 0", problem[k].noise);
        if (accepts(scheme, sde)) {
            ck_assert(fk_sde_endpoint_ambiguous(sde));
            fk_ensemble_options o = euler_options(COUNT, 0.01, 17);
            o.scheme = scheme;
            fk_ensemble *e = ensemble(sde, NULL, law, &o);
            advance(e, t);
            double *x = all_states(e, 2);
            const moments y = moments_of(x + 1, COUNT, 2);
            ck_assert_msg(fabs(y.mean - problem[k].drift * t) <
                              4.0 * y.mean_error + 0.02,
                          "%s, %s: E y = %g", scheme->name,
                          fk_interpretation_name(problem[k].interpretation), y.mean);
            free(x);
            fk_ensemble_free(e);
        }
        sde_text_free(sde);
    }
    fk_law_free(law);
}
END_TEST

/* dX = -X^3 dt + dW from 10 with h = 0.1: Euler-Maruyama explodes, tamed it does not. */
START_TEST(tamed_survives)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x^3", "1");
    fk_law *law = normal_law_1d(10.0, 0.0);
    for (int tamed = 0; tamed < 2; tamed++) {
        fk_ensemble *e = NULL;
        fk_message message;
        fk_ensemble_options o = euler_options(1000, 0.1, 1);
        if (tamed)
            o.scheme = fk_scheme_find("tamed-euler");
        ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
        ck_assert_int_eq(fk_ensemble_advance(e, 20.0, NULL, &message), FK_OK);
        ck_assert_uint_eq(fk_ensemble_losses(e)->count, tamed ? 0 : 1000);
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Heun's weak order is 2 for additive noise, and Milstein is Euler-Maruyama there. */
START_TEST(additive_noise)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
    fk_law *law = normal_law_1d(0.2, 0.0);
    fk_levels heun = run(fk_scheme_find("heun"), sde, law, 400000, 2);
    const fk_slope weak = slope(&heun, true);
    ck_assert_uint_ge(weak.used, 3);
    ck_assert_double_gt(weak.order + 4.0 * weak.error, 1.9);
    fk_levels a = run(fk_scheme_find("milstein"), sde, law, 1000, 4);
    fk_levels b = run(fk_scheme_find("euler-maruyama"), sde, law, 1000, 4);
    for (size_t k = 0; k < a.n_pairs; k++)
        ck_assert_double_eq_tol(a.pair[k].distance.mean, b.pair[k].distance.mean,
                                1e-15);
    fk_levels_clear(&a);
    fk_levels_clear(&b);
    fk_levels_clear(&heun);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Two noises with variables of their own and one variable without noise: SRIW1 keeps its
 * strong order 3/2. */
START_TEST(own_variables)
{
    fk_sde *sde = sde_text(FK_ITO, 3, 2, "x; y; v", "v - x*y; cos(x) - y; x - v",
                           "0.4*sqrt(1 + x^2 + v^2); 0; 0; 0.3 + 0.2*sin(y); 0; 0");
    const double mean[] = {1.0, 0.5, -0.3}, none[9] = {0.0};
    fk_law *law = normal_law(3, mean, none);
    fk_levels l = run(fk_scheme_find("sriw1"), sde, law, 20000, 8);
    const fk_slope strong = slope(&l, false);
    ck_assert_double_gt(strong.order + 4.0 * strong.error, 1.45);
    fk_levels_clear(&l);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = -L X dt + S dW with h L = 50: after a few steps the variance is S^2/(2 L) for the
 * trapezoidal rule, and h S^2/((1 + h L)^2 - 1) for implicit Euler. */
START_TEST(stiff_stationary_variance)
{
    enum { COUNT = 200000 };
    const double L = 500.0, S = 3.0, h = 0.1, a = 1.0 + h * L;
    const char *const name[] = {"trapezoidal", "implicit-euler"};
    const double exact[] = {S * S / (2.0 * L), h * S * S / (a * a - 1.0)};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-500*x", "3");
    fk_law *law = normal_law_1d(0.0, exact[0]);
    for (int k = 0; k < 2; k++) {
        fk_ensemble *e = NULL;
        fk_message message;
        fk_ensemble_options o = euler_options(COUNT, h, 17);
        o.scheme = fk_scheme_find(name[k]);
        ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
        ck_assert_int_eq(fk_ensemble_advance(e, 4.0, NULL, &message), FK_OK);
        double mean, variance, fourth;
        uint64_t alive;
        fk_ensemble_moments(e, &mean, &variance, &fourth, &alive);
        ck_assert_double_eq_tol(variance / exact[k], 1.0, 4.0 * sqrt(2.0 / COUNT));
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* One step of any length, stiff or degenerate, against the moments' own equations. */
START_TEST(exact_linear_law)
{
    enum { COUNT = 1 << 18 };
    const char *const drift[] = {"y; 0.3 - x - 0.4*y", "-300*x + y; -2*y"};
    const char *const noise[] = {"0; 0.8", "4; 1"};
    for (int k = 0; k < 2; k++) {
        const double h = 1.5, start[] = {0.7, -0.2}, none[] = {0.0, 0.0};
        fk_sde *sde = sde_text(FK_ITO, 2, 1, "x; y", drift[k], noise[k]);
        fk_law *law = normal_law(2, start, none);
        fk_mixture *exact = NULL;
        ck_assert_int_eq(fk_linear_propagate(sde, 0.0, fk_law_mixture(law), h, &exact),
                         FK_OK);
        fk_ensemble *e = NULL;
        fk_message message;
        fk_ensemble_options o = euler_options(COUNT, h, 29);
        o.scheme = fk_scheme_find("exact-linear");
        ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
        ck_assert_int_eq(fk_ensemble_advance(e, h, NULL, &message), FK_OK);
        double mean[2], covariance[4], fourth[2];
        uint64_t alive;
        fk_ensemble_moments(e, mean, covariance, fourth, &alive);
        const double *S = exact->cov;
        for (int i = 0; i < 2; i++) {
            ck_assert_double_eq_tol(mean[i], exact->mean[i],
                                    4.0 * sqrt(S[3 * i] / COUNT));
            ck_assert_double_eq_tol(covariance[3 * i] / S[3 * i], 1.0,
                                    4.0 * sqrt(2.0 / COUNT));
        }
        ck_assert_double_eq_tol(covariance[1], S[1],
                                4.0 * sqrt((S[0] * S[3] + S[1] * S[1]) / COUNT));
        fk_mixture_free(exact);
        fk_ensemble_free(e);
        fk_law_free(law);
        sde_text_free(sde);
    }
}
END_TEST

/* BAOAB keeps the variance of a harmonic position exactly, here with h = 0.8. */
START_TEST(harmonic_position)
{
    enum { COUNT = 1 << 18 };
    const double start[] = {0.0, 0.0}, variance[] = {1.0, 1.0};
    fk_sde *sde = sde_text(FK_ITO, 2, 1, "q; v", "v; -q - v", "0; sqrt(2)");
    fk_law *law = normal_law(2, start, variance);
    fk_ensemble *e = NULL;
    fk_message message;
    fk_ensemble_options o = euler_options(COUNT, 0.8, 29);
    o.scheme = fk_scheme_find("baoab");
    ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
    ck_assert_int_eq(fk_ensemble_advance(e, 40.0, NULL, &message), FK_OK);
    double mean[2], covariance[4], fourth[2];
    uint64_t alive;
    fk_ensemble_moments(e, mean, covariance, fourth, &alive);
    ck_assert_double_eq_tol(covariance[0], 1.0, 4.0 * sqrt(2.0 / COUNT));
    ck_assert_double_lt(covariance[3], 0.9); /* the velocity's is of order h^2 off */
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    int n = 0;
    while (fk_schemes[n] != NULL)
        n++;
    Suite *suite = suite_create("schemes");
    TCase *cases = tcase_create("schemes");
    tcase_add_loop_test(cases, declared_orders, 0, n);
    tcase_add_loop_test(cases, strong_order_without_commuting, 0, n);
    tcase_add_loop_test(cases, interpretations_keep_their_law, 0, n);
    tcase_add_loop_test(cases, declared_noise, 0, n);
    tcase_add_loop_test(cases, two_meanings_of_the_end_point, 0, n);
    tcase_add_test(cases, refusals);
    tcase_add_test(cases, tamed_survives);
    tcase_add_test(cases, additive_noise);
    tcase_add_test(cases, own_variables);
    tcase_add_test(cases, stiff_stationary_variance);
    tcase_add_test(cases, exact_linear_law);
    tcase_add_test(cases, harmonic_position);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
