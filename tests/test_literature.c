/* Weak problems of the literature, by multilevel Monte Carlo with several schemes: the value
 * lies within four standard errors and twice the bias told.
 * [roessler-2009, higham-2001] */
#include <check.h>
#include <math.h>

#include "sampling/expectation.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

typedef struct problem {
    fk_interpretation interpretation;
    size_t dim, noises;
    const char *variables, *drift, *noise, *phi;
    double from, end, exact, error;
} problem;

static const problem problems[] = {
    /* X = sinh(t + W), and z^3 - 6 z^2 + 8 z of z = t + W: t^3 - 3 t^2 + 2 t */
    {FK_ITO, 1, 1, "x", "x/2 + sqrt(x^2 + 1)", "sqrt(x^2 + 1)",
     "asinh(x)^3 - 6*asinh(x)^2 + 8*asinh(x)", 0.0, 1.0, 0.0, 0.05},
    /* two noises that do not commute: d E x^2 = (-273/256 + 1/16 + 1/256) E x^2 dt */
    {FK_ITO, 2, 2, "x; y", "-273/512*x; -x/160 - (785/512 - sqrt(2)/8)*y",
     "x/4; x/16; (1 - 2*sqrt(2))/4*x; x/10 + y/16", "x^2", 1.0, 3.0, 0.049787068368,
     2e-3},
    /* Stratonovich: E x = E y = e^(t/2) / 10, E x^2 = E x y = e^(2 t) / 100 */
    {FK_STRATONOVICH, 2, 2, "x; y", "5/4*(y - x); (x - y)/4",
     "sqrt(3)/2*(x - y); (x + y)/2; 0; x", "x", 0.1, 1.0, 0.164872127070, 2e-3},
    {FK_STRATONOVICH, 2, 2, "x; y", "5/4*(y - x); (x - y)/4",
     "sqrt(3)/2*(x - y); (x + y)/2; 0; x", "x*y", 0.1, 1.0, 0.073890560989, 2e-3},
};

static const char *const schemes[] = {"euler-maruyama", "milstein", "heun", "platen"};
enum {
    PROBLEMS = sizeof problems / sizeof *problems,
    SCHEMES = sizeof schemes / sizeof *schemes
};

START_TEST(expectations)
{
    const problem *p = &problems[_i / SCHEMES];
    fk_sde *sde = sde_text(p->interpretation, p->dim, p->noises, p->variables, p->drift,
                           p->noise);
    const fk_expr_name name[] = {{"x", NULL}, {"y", NULL}};
    const double start[] = {p->from, p->from}, none[] = {0.0, 0.0};
    const fk_expr *phi;
    fk_expr_error wrong;
    fk_expectation m;
    fk_message message = {""};
    fk_law *law = normal_law(p->dim, start, none);
    ck_assert_int_eq(fk_expr_parse(sde->pool, p->phi, name, p->dim, &phi, &wrong),
                     FK_OK);
    const fk_expectation_options o = {.phi = phi,
                                      .error = p->error,
                                      .steps = 64,
                                      .end = p->end,
                                      .seed = 1,
                                      .scheme = fk_scheme_find(schemes[_i % SCHEMES])};
    const fk_status status =
        fk_estimator_find("multilevel")->run(sde, NULL, law, &o, NULL, &m, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_eq_tol(m.value, p->exact, 4.0 * m.sampling + 2.0 * m.bias);
    ck_assert_double_le(hypot(m.sampling, m.bias), 1.2 * p->error); /* heavy tails */
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = 2 X dt + X dW from 1: E X of Euler-Maruyama is (1 + 2 h)^n, wrong by the numbers
 * that follow.  Four standard errors of the sample. */
START_TEST(mean_of_a_linear_problem)
{
    static const double error[] = {0.43038934, 0.22277995, 0.11338631};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "2*x", "0.1*x");
    fk_law *law = normal_law_1d(1.0, 0.0);
    for (int k = 0; k < 3; k++) {
        const double h = ldexp(1.0, -5 - k);
        const fk_ensemble_options o = euler_options(1 << 16, h, 11);
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        advance(e, 1.0);
        const moments m = ensemble_moments(e);
        ck_assert_double_eq_tol(m.mean, exp(2.0) - error[k],
                                allowed_sigmas * m.mean_error);
        ck_assert_double_eq_tol(pow(1.0 + 2.0 * h, 1.0 / h), exp(2.0) - error[k], 1e-8);
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("literature");
    TCase *cases = tcase_create("weak");
    tcase_add_loop_test(cases, expectations, 0, PROBLEMS * SCHEMES);
    tcase_add_test(cases, mean_of_a_linear_problem);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
