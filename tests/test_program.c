#include "core/program.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/suite.h"

static fk_expr_pool *pool;
static const fk_expr *variable[2], *parameter[1], *t;
static const double value[] = {0.75};

static void open_pool(void)
{
    ck_assert(fk_expr_pool_new(&pool) == FK_OK);
    variable[0] = fk_expr_symbol(pool, "x");
    variable[1] = fk_expr_symbol(pool, "y");
    parameter[0] = fk_expr_symbol(pool, "D");
    t = fk_expr_symbol(pool, "t");
}

static void close_pool(void)
{
    fk_expr_pool_free(pool);
}

static fk_binding binding(void)
{
    return (fk_binding){.dim = 2,
                        .variable = variable,
                        .time = t,
                        .n_parameters = 1,
                        .parameter = parameter,
                        .value = value};
}

static const fk_expr *parse(const char *text)
{
    static const fk_expr_name names[] = {
        {"x", NULL}, {"y", NULL}, {"t", NULL}, {"D", NULL}};
    const fk_expr *e = NULL;
    fk_expr_error error = {.text = ""};
    const fk_status status = fk_expr_parse(pool, text, names, 4, &e, &error);
    ck_assert_msg(status == FK_OK, "%s: %s", text, error.text);
    return e;
}

/* Rows of points: x in (-2, 2), y in (0.1, 3), with some places of note. */
static double *points(void)
{
    double *x = fk_doubles(2 * FK_BLOCK);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        x[j] = -2.0 + 4.0 * ((double)j + 0.3) / FK_BLOCK;
        x[FK_BLOCK + j] = 0.1 + 2.9 * fmod(0.618034 * (double)j, 1.0);
    }
    x[7] = 0.0;
    x[11] = x[FK_BLOCK + 11] = 1.0;
    return x;
}

static double reference(const fk_expr *e, double x, double y, double time)
{
    const fk_expr *const symbol[] = {variable[0], variable[1], parameter[0], t};
    const double at[] = {x, y, value[0], time};
    return fk_expr_value(e, 4, symbol, at);
}

static const char *const formulas[] = {
    "x - x^3",
    "-D*x + 2",
    "x",
    "D*t",
    "t*x*y - D/(1 + x^2)",
    "exp(-(x^2+y^2)/2)*sin(3*x) + tanh(y)",
    "x > y ? x^2 : y*x",
    "(x < 0) + 2*(x <= 1) + 4*(x == 1) + 8*(x != 0) + 16*!x + 32*(x > 0 && y < 1) + "
    "64*(x > 1 || y > 2)",
    "sqrt(y)*y^1.5 + y^-2.5 + x^7 - x^-2 + y^0.3 + 2^x + x^64",
    "x - 2*y + D*x*y - x^2/3 + t*y^3 + sqrt(y) - 1",
    "exp(-(x + y + x*y + x^2 + y^2))*(x - y + x^3 - y^3 + 2*x*y^2)",
    "x + y + x*y + x^2 + (x - y + x^3 - y^3 + t)*(x + y + x*y + x^2)",
    "log(y) + log10(y) + log2(y) + cbrt(x) + hypot(x, y) + atan2(x, y)",
    "asin(x/2) + acos(x/3) + atan(x) + asinh(x) + acosh(y + 1) + atanh(x/4)",
    "sin(x)*cos(x) + tan(x) + sinh(x) + cosh(y)",
    "erf(x) + erfc(x) + gamma(y) + lgamma(y) + digamma(y) + polygamma(1, y)",
    "besselI(0, x) + besselJ(1, x) + besselI(0.5, y)",
    "abs(x) + sign(x) + step(x) + floor(3*x) + ceil(3*x) + mod(x, 0.7)",
    "min(x, y) - max(x, 0.5, y/2)",
    "1/x + 3/(x*y) - x/D + D/t/x + 5 - x + (7 - x*y)*D",
    "2*x - 3*y + 4*x*y - 5 + t - 6*t*x*x + exp(t)*D",
    "(x + y)^2*(x - y) + (x + y)^3/(x*x + 1)",
    "x*y/(D + t) + t*y/(x^2 + 1)^2 - (x*y)^2",
    "3",
};
enum { FORMULAS = sizeof formulas / sizeof *formulas };

/* Error of a value that passed through a few operations of 4 ulp each. */
static void assert_near(const char *text, size_t j, double got, double want)
{
    if (isnan(want)) {
        ck_assert_msg(isnan(got), "%s at %zu: %g is not NaN", text, j, got);
    } else if (isinf(want)) {
        ck_assert_msg(got == want, "%s at %zu: %g is not %g", text, j, got, want);
    } else {
        const double error = fabs(got - want) / (1.0 + fabs(want));
        ck_assert_msg(error < 2e-14, "%s at %zu: %.17g, not %.17g", text, j, got, want);
    }
}

START_TEST(block_is_value)
{
    const char *text = formulas[_i];
    const fk_expr *e = parse(text);
    const fk_binding b = binding();
    fk_program *p = NULL;
    ck_assert_int_eq(fk_program_new(1, &e, &b, &p), FK_OK);
    double *x = points(), *out = fk_doubles(FK_BLOCK);
    double *scratch = fk_doubles(fk_program_scratch(p));
    const double *const rows[] = {x, x + FK_BLOCK};
    for (int again = 0; again < 2; again++) { /* a program keeps nothing from a run */
        const double time = 0.25 + again;
        fk_program_run(p, time, rows, &out, scratch);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            assert_near(text, j, out[j], reference(e, x[j], x[FK_BLOCK + j], time));
            if (j % 16 != 11)
                continue;
            double single;
            const double at[] = {x[j], x[FK_BLOCK + j]};
            double *own = fk_doubles(fk_program_scratch(p));
            fk_program_point(p, time, at, &single, own);
            ck_assert_mem_eq(&single, &out[j], sizeof single);
            free(own);
        }
    }
    free(x);
    free(out);
    free(scratch);
    fk_program_free(p);
}
END_TEST

START_TEST(derivatives_run)
{
    const fk_expr *e = fk_expr_diff(pool, parse(formulas[_i]), variable[0]);
    const fk_binding b = binding();
    fk_program *p = NULL;
    ck_assert_int_eq(fk_program_new(1, &e, &b, &p), FK_OK);
    double *x = points(), *out = fk_doubles(FK_BLOCK);
    double *scratch = fk_doubles(fk_program_scratch(p));
    const double *const rows[] = {x, x + FK_BLOCK};
    fk_program_run(p, 0.5, rows, &out, scratch);
    for (size_t j = 0; j < FK_BLOCK; j++)
        assert_near(formulas[_i], j, out[j], reference(e, x[j], x[FK_BLOCK + j], 0.5));
    free(x);
    free(out);
    free(scratch);
    fk_program_free(p);
}
END_TEST

/* All formulas at once, some twice: outputs do not disturb each other or the inputs. */
START_TEST(many_outputs)
{
    const fk_expr *e[2 * FORMULAS];
    double *out[2 * FORMULAS], *x = points(), *kept = points();
    for (size_t k = 0; k < 2 * FORMULAS; k++) {
        e[k] = parse(formulas[k % FORMULAS]);
        out[k] = k % 5 == 3 ? NULL : fk_doubles(FK_BLOCK);
    }
    const fk_binding b = binding();
    fk_program *p = NULL;
    ck_assert_int_eq(fk_program_new(2 * FORMULAS, e, &b, &p), FK_OK);
    double *scratch = fk_doubles(fk_program_scratch(p));
    const double *const rows[] = {x, x + FK_BLOCK};
    fk_program_run(p, 0.5, rows, out, scratch);
    ck_assert_mem_eq(x, kept, 2 * FK_BLOCK * sizeof *x);
    for (size_t k = 0; k < 2 * FORMULAS; k++) {
        for (size_t j = 0; out[k] != NULL && j < FK_BLOCK; j++)
            assert_near(formulas[k % FORMULAS], j, out[k][j],
                        reference(e[k], x[j], x[FK_BLOCK + j], 0.5));
        free(out[k]);
    }
    free(x);
    free(kept);
    free(scratch);
    fk_program_free(p);
}
END_TEST

START_TEST(knows_what_varies)
{
    const fk_expr *e[] = {parse("D*t + 1"), parse("x*t"), parse("x*D"), parse("D^2")};
    const fk_binding b = binding();
    fk_program *p = NULL;
    ck_assert_int_eq(fk_program_new(4, e, &b, &p), FK_OK);
    const bool uniform[] = {true, false, false, true};
    const bool steady[] = {false, false, true, true};
    for (size_t k = 0; k < 4; k++) {
        ck_assert_int_eq(fk_program_uniform(p, k), uniform[k]);
        ck_assert_int_eq(fk_program_steady(p, k), steady[k]);
    }
    fk_program_free(p);
}
END_TEST

START_TEST(unbound_symbol_is_refused)
{
    const fk_expr *e = parse("x + t*y");
    fk_binding b = binding();
    fk_program *p = NULL;
    b.time = NULL;
    ck_assert_int_eq(fk_program_new(1, &e, &b, &p), FK_EDOMAIN);
    ck_assert_ptr_null(p);
    b = binding();
    b.dim = 1;
    ck_assert_int_eq(fk_program_new(1, &e, &b, &p), FK_EDOMAIN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *cases = tcase_create("program");
    tcase_add_checked_fixture(cases, open_pool, close_pool);
    tcase_add_loop_test(cases, block_is_value, 0, FORMULAS);
    tcase_add_loop_test(cases, derivatives_run, 0, FORMULAS);
    tcase_add_test(cases, many_outputs);
    tcase_add_test(cases, knows_what_varies);
    tcase_add_test(cases, unbound_symbol_is_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
