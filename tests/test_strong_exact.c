/* Strong errors against exact solutions, whatever scheme takes the problem: the Wiener
 * process itself is a second variable, dw = dW, and the solution a function of it.
 * [kloeden-platen-1992, section 4.4] */
#include <check.h>
#include <math.h>

#include "tests/particle_fixture.h"
#include "tests/suite.h"

typedef struct problem {
    const char *drift, *noise;
    double start;
    double (*exact)(double start, double w); /* X at t = 1 */
} problem;

static double hyperbolic(double start, double w)
{
    return sinh(asinh(start) + 1.0 + w);
}

static double wave(double start, double w)
{
    return atan(0.1 * w + tan(start));
}

static double additive(double start, double w)
{
    return (start + 0.05 * (1.0 + 2.0 * w)) / sqrt(2.0);
}

static const problem problems[] = {
    {"x/2 + sqrt(x^2 + 1); 0", "sqrt(x^2 + 1); 1", 0.0, hyperbolic},
    {"-sin(x)*cos(x)^3/100; 0", "cos(x)^2/10; 1", 0.7, wave},
    {"0.05/sqrt(1 + t) - x/(2*(1 + t)); 0", "0.1/sqrt(1 + t); 1", 1.0, additive},
};
enum { PATHS = 8192, PROBLEMS = sizeof problems / sizeof *problems };

/* E |X - exact|; negative if the scheme does not take the problem. */
static double strong_error(const problem *p, const fk_scheme *scheme, double h)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 1, "x; w", p->drift, p->noise);
    fk_law *law = normal_law(2, (double[]){p->start, 0.0}, (double[]){0.0, 0.0});
    fk_ensemble_options o = euler_options(PATHS, h, 23);
    fk_message message = {""};
    fk_ensemble *e;
    double error = -1.0;
    o.scheme = scheme;
    o.rules.tolerance = 1.0;
    if (fk_ensemble_new(sde, NULL, law, &o, &e, &message) == FK_OK) {
        advance(e, 1.0);
        double *x = all_states(e, 2);
        error = 0.0;
        for (size_t i = 0; i < PATHS; i++)
            error += fabs(x[2 * i] - p->exact(p->start, x[2 * i + 1])) / PATHS;
        free(x);
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
    return error;
}

/* Over a fourth of the step; relative errors of the two means are some 2 % each. */
START_TEST(schemes_reach_their_strong_order)
{
    const problem *p = &problems[_i];
    size_t taken = 0;
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++) {
        const double coarse = strong_error(p, *s, 1.0 / 32.0);
        if (coarse < 0.0 || isinf((*s)->strong_order))
            continue;
        const double order = 0.5 * log2(coarse / strong_error(p, *s, 1.0 / 128.0));
        printf("# %-18s error %.2e, order %.2f, declared %g\n", (*s)->name, coarse,
               order, (*s)->strong_order);
        ck_assert_double_ge(order, (*s)->strong_order - 0.1);
        taken++;
    }
    ck_assert_uint_ge(taken, 8);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("strong_exact");
    TCase *cases = tcase_create("orders");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, schemes_reach_their_strong_order, 0, PROBLEMS);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
