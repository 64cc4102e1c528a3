#include "core/expr.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static const fk_expr_name names[] = {
    {"x", NULL}, {"y", NULL}, {"t", NULL}, {"D", NULL}};
enum { NAMES = sizeof names / sizeof *names };

static fk_expr_pool *pool;

static void open_pool(void)
{
    ck_assert(fk_expr_pool_new(&pool) == FK_OK);
}

static void close_pool(void)
{
    fk_expr_pool_free(pool);
}

static const fk_expr *parse(const char *text)
{
    const fk_expr *e = NULL;
    fk_expr_error error = {.text = ""};
    const fk_status status = fk_expr_parse(pool, text, names, NAMES, &e, &error);
    ck_assert_msg(status == FK_OK, "%s: %s", text, error.text);
    return e;
}

static double value(const fk_expr *e, double x, double y)
{
    const fk_expr *const symbol[] = {fk_expr_symbol(pool, "x"),
                                     fk_expr_symbol(pool, "y")};
    const double at[] = {x, y};
    return fk_expr_value(e, 2, symbol, at);
}

static const char *const smooth[] = {
    "x - x^3",
    "exp(-(x^2+y^2)/2)*sin(3*x)",
    "1/(1+x^2)",
    "x^y",
    "sqrt(2 + x)*log(3 + x)",
    "atan2(x, y)",
    "hypot(x, y) + cbrt(x)",
    "tanh(x)*cosh(y*x) - sinh(x)",
    "erf(x) + erfc(2*x)",
    "gamma(1 + x)*lgamma(2 + x)",
    "besselI(0, x) + besselJ(1, 2*x)",
    "asin(x/2) + acos(x/3) + atan(x)",
    "asinh(x) + acosh(2 + x) + atanh(x/4)",
    "max(x, y)*min(x, 3) + abs(x)*sign(x)",
    "x > y ? x^2 : y*x",
    "log10(x) + log2(x) + mod(x, 2)",
    "tan(x)/cos(x)",
};
enum { SMOOTH = sizeof smooth / sizeof *smooth };

START_TEST(derivatives_agree_with_central_differences)
{
    const fk_expr *x = fk_expr_symbol(pool, "x");
    for (size_t i = 0; i < SMOOTH; i++) {
        const fk_expr *e = parse(smooth[i]);
        const double at = 0.731, y = 1.385, h = 1e-5;
        const double want = (value(e, at + h, y) - value(e, at - h, y)) / (2.0 * h);
        const double got = value(fk_expr_diff(pool, e, x), at, y);
        ck_assert_msg(fabs(got - want) <= 1e-8 * (1.0 + fabs(want)),
                      "%s: %.15g, not %.15g", smooth[i], got, want);
    }
}
END_TEST

START_TEST(the_printed_form_reads_back_as_the_same_node)
{
    for (size_t i = 0; i < SMOOTH; i++) {
        const fk_expr *e = parse(smooth[i]);
        const fk_expr *d = fk_expr_diff(pool, e, fk_expr_symbol(pool, "x"));
        char *text = fk_expr_print(e, FK_EXPR_TEXT),
             *slope = fk_expr_print(d, FK_EXPR_TEXT);
        ck_assert_msg(parse(text) == e, "%s printed as %s", smooth[i], text);
        ck_assert_msg(parse(slope) == d, "derivative printed as %s", slope);
        free(text);
        free(slope);
    }
}
END_TEST

START_TEST(equal_expressions_are_one_node)
{
    ck_assert_ptr_eq(parse("-diff(x^4/4 - x^2/2, x)"), parse("x - x^3"));
    ck_assert_ptr_eq(parse("2*x - x - x"), parse("0"));
    ck_assert_ptr_eq(parse("x*y*x"), parse("y*x^2"));
    ck_assert_ptr_eq(parse("sqrt(x)*sqrt(x)"), parse("x"));
    ck_assert_ptr_eq(fk_expr_expand(pool, parse("(x+y)^3 - x^3")),
                     fk_expr_expand(pool, parse("y*(3*x^2 + 3*x*y + y^2)")));
    ck_assert_double_eq(value(parse("-2^2"), 0, 0), -4.0);
    ck_assert_double_eq(value(parse("2^3^2"), 0, 0), 512.0);
}
END_TEST

START_TEST(wrong_texts_are_refused_at_their_place)
{
    static const struct {
        const char *text;
        size_t offset;
    } wrong[] = {{"sin(x", 5}, {"2x", 1},    {"x +", 3},       {"x $ y", 2},
                 {"foo", 0},   {"sin x", 0}, {"sin(x, y)", 0}, {"1.2.3", 0},
                 {"", 0},      {"x ? y", 5}, {"(x))", 3},      {"x y", 2},
                 {"\x01", 0},  {"0x10", 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const fk_expr *e;
        fk_expr_error error = {.text = ""};
        ck_assert(fk_expr_parse(pool, wrong[i].text, names, NAMES, &e, &error) ==
                  FK_ESYNTAX);
        ck_assert_msg(error.offset == wrong[i].offset, "%s: at %zu: %s", wrong[i].text,
                      error.offset, error.text);
        ck_assert(error.text[0] != '\0');
    }
}
END_TEST

START_TEST(no_bytes_make_it_fall)
{
    char text[64];
    unsigned state = 20240607;
    static const char letters[] = "xyt0123.eE+-*/^()<>=!&|?:, sincoexplog\x80\xff";
    for (int k = 0; k < 20000; k++) {
        const fk_expr *e;
        fk_expr_error error;
        size_t n = 0;
        for (; n + 1 < sizeof text; n++) {
            state = state * 1664525u + 1013904223u;
            text[n] = letters[(state >> 16) % (sizeof letters - 1)];
        }
        text[state % sizeof text] = '\0';
        text[n] = '\0';
        const fk_status status = fk_expr_parse(pool, text, names, NAMES, &e, &error);
        ck_assert(status == FK_OK || status == FK_ESYNTAX);
    }
    char *deep = malloc(100001);
    for (size_t i = 0; i < 100000; i++)
        deep[i] = i < 60000 ? '(' : '-';
    deep[50000] = '\0';
    const fk_expr *e;
    fk_expr_error error;
    ck_assert(fk_expr_parse(pool, deep, names, NAMES, &e, &error) == FK_ESYNTAX);
    free(deep);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("expr");
    TCase *tests = tcase_create("laws");
    tcase_add_checked_fixture(tests, open_pool, close_pool);
    tcase_add_test(tests, derivatives_agree_with_central_differences);
    tcase_add_test(tests, the_printed_form_reads_back_as_the_same_node);
    tcase_add_test(tests, equal_expressions_are_one_node);
    tcase_add_test(tests, wrong_texts_are_refused_at_their_place);
    tcase_add_test(tests, no_bytes_make_it_fall);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
