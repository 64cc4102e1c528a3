/* What is said of fluxes and steppers is what they do: their formulas are read as the
 * expressions that they are, and compared with the numbers. */
#include "core/expr.h"
#include "pde/flux.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

/* The value at `at` of what stands between a label and the end of its line or ';', as a
 * function of `variable` and c. */
static double read(const char *formula, const char *label, const char *variable,
                   double at, double c)
{
    fk_expr_pool *pool;
    fk_expr_error error = {.text = ""};
    const fk_expr *e;
    char text[256];
    const char *from = strstr(formula, label);
    ck_assert_msg(from != NULL, "%s: no %s", formula, label);
    from += strlen(label);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(from, ";\n"), from);
    ck_assert_int_eq(fk_expr_pool_new(&pool), FK_OK);
    const fk_expr *const symbol[] = {fk_expr_symbol(pool, variable),
                                     fk_expr_symbol(pool, "c")};
    const fk_expr_name names[] = {{variable, symbol[0]}, {"c", symbol[1]}};
    ck_assert_msg(fk_expr_parse(pool, text, names, 2, &e, &error) == FK_OK, "%s: %s",
                  text, error.text);
    const double value = fk_expr_value(e, 2, symbol, (double[]){at, c});
    fk_expr_pool_free(pool);
    return value;
}

/* Rates at conductance 1 are W(-P) and W(P). */
START_TEST(rates_are_those_of_the_formula)
{
    static const double P[] = {-30.0, -3.0, -0.7, 0.1, 0.5, 2.5, 40.0};
    enum { N = sizeof P / sizeof P[0] };
    size_t checked = 0;
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        double one[N], right[N], left[N];
        ck_assert(strlen((*f)->formula) > 0 && strlen((*f)->regime) > 0);
        if ((*f)->reach > 1)
            continue;
        for (size_t i = 0; i < N; i++)
            one[i] = 1.0;
        (*f)->rates(N, one, P, right, left);
        for (size_t i = 0; i < N; i++) {
            const double W[] = {read((*f)->formula, "W(P) = ", "P", -P[i], 0.0),
                                read((*f)->formula, "W(P) = ", "P", P[i], 0.0)};
            ck_assert_double_eq_tol(right[i], W[0], 1e-13 * (1.0 + fabs(W[0])));
            ck_assert_double_eq_tol(left[i], W[1], 1e-13 * (1.0 + fabs(W[1])));
        }
        checked++;
    }
    ck_assert_uint_eq(checked, 4);
}
END_TEST

/* Two cells that exchange mass at the rate k: their difference falls by R(-2 k h) in a
 * step.  Crank-Nicolson's first steps are others. */
static double factor(const fk_pde_stepper *s, double z)
{
    const double h = 0.25, k = -z / (2.0 * h);
    char noise[32];
    snprintf(noise, sizeof noise, "%.17g", sqrt(2.0 * k));
    const fk_domain d = pde_line(0.0, 2.0, 2, FK_REFLECTING);
    double *p = fk_doubles(2);
    p[0] = 0.55;
    p[1] = 0.45;
    const fk_evolution_options o = {.stepper = s, .step = h};
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "0", noise), d,
                          "scharfetter-gummel", &o, 0.0, p);
    pde_advance(&r, (double)s->start * h);
    const double *now = fk_evolution_density(r.evolution);
    const double before = now[0] - now[1];
    pde_advance(&r, (double)(s->start + 1) * h);
    const double after = now[0] - now[1];
    pde_end(&r);
    return after / before;
}

START_TEST(steps_are_those_of_the_formula)
{
    static const double z[] = {-0.05, -0.6, -1.0};
    size_t checked = 0;
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++) {
        const char *formula = (*s)->formula;
        ck_assert(strlen(formula) > 0 && strlen((*s)->regime) > 0);
        if (strstr(formula, "R(z)") == NULL)
            continue;
        const double c = strstr(formula, "c = ") != NULL
                             ? read(formula, "c = ", "z", 0.0, 0.0)
                             : 0.0;
        for (size_t i = 0; i < sizeof z / sizeof z[0]; i++) {
            const double R = read(formula, "R(z) = ", "z", z[i], c);
            ck_assert_double_eq_tol(factor(*s, z[i]), R, 1e-12);
        }
        checked++;
    }
    ck_assert_uint_eq(checked, 6);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formulas");
    TCase *tests = tcase_create("formulas");
    tcase_add_test(tests, rates_are_those_of_the_formula);
    tcase_add_test(tests, steps_are_those_of_the_formula);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
