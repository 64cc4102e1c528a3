/* Nodes as text that can be read again, and as presentation MathML. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr.h"
#include "core/expr_node.h"

const char *fk_node_name(fk_node_kind kind)
{
    switch (kind) {
#define FK_CASE(kind, name, value, meaning) \
    case FK_NODE_##kind:                    \
        return name;
        FK_UNARY_LIST(FK_CASE)
        FK_BINARY_LIST(FK_CASE)
#undef FK_CASE
    default:
        return NULL;
    }
}

/* What has a name; notations (!, <, &&) have none. */
const fk_expr_function *fk_expr_functions(void)
{
    static const fk_expr_function table[] = {
        {"sqrt", 1, "square root"},
        {"pow", 2, "u^v"},
        {"if", 3, "v if u is not 0, else w; also written u ? v : w"},
        {"diff", 2, "derivative of u with respect to the variable x, taken exactly"},
        {"exp", 1, "exponential"},
        {"log", 1, "natural logarithm"},
        {"log10", 1, "logarithm to base 10"},
        {"log2", 1, "logarithm to base 2"},
        {"sin", 1, "sine"},
        {"cos", 1, "cosine"},
        {"tan", 1, "tangent"},
        {"asin", 1, "inverse sine"},
        {"acos", 1, "inverse cosine"},
        {"atan", 1, "inverse tangent"},
        {"sinh", 1, "hyperbolic sine"},
        {"cosh", 1, "hyperbolic cosine"},
        {"tanh", 1, "hyperbolic tangent"},
        {"asinh", 1, "inverse hyperbolic sine"},
        {"acosh", 1, "inverse hyperbolic cosine"},
        {"atanh", 1, "inverse hyperbolic tangent"},
        {"cbrt", 1, "cube root"},
        {"erf", 1, "error function"},
        {"erfc", 1, "1 - erf(u), without cancellation"},
        {"gamma", 1, "gamma function"},
        {"lgamma", 1, "log |gamma(u)|"},
        {"digamma", 1, "derivative of log gamma(u)"},
        {"abs", 1, "absolute value"},
        {"sign", 1, "1, 0 or -1"},
        {"step", 1, "1 if u >= 0, else 0"},
        {"floor", 1, "largest whole number not above u"},
        {"ceil", 1, "smallest whole number not below u"},
        {"atan2", 2, "angle of the point (x, y), given y first"},
        {"hypot", 2, "sqrt(u^2 + v^2), without overflow"},
        {"min", 2, "the smaller; also of more than two"},
        {"max", 2, "the larger; also of more than two"},
        {"mod", 2, "remainder u - v*floor(u/v)"},
        {"besselI", 2, "modified Bessel function I_n(x)"},
        {"besselJ", 2, "Bessel function J_n(x)"},
        {"polygamma", 2, "n-th derivative of digamma(x)"},
        {NULL, 0, NULL},
    };
    return table;
}

enum { LOOSEST, CHOICE, OR, AND, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM };

static void put(FILE *out, const fk_expr *e, int level);

/* Fewest digits that read back as the same number. */
static void put_number(FILE *out, double value)
{
    char text[32];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (fk_same(strtod(text, NULL), value))
            break;
    }
    if (isnan(value))
        fputs("(0/0)", out);
    else if (isinf(value))
        fputs(value > 0.0 ? "(1/0)" : "(-1/0)", out);
    else
        fputs(text, out);
}

static bool negative(const fk_expr *e)
{
    return (e->kind == FK_NODE_NUMBER || e->kind == FK_NODE_PRODUCT) && e->value < 0.0;
}

/* A factor below the fraction bar: a power with a negative number. */
static bool below(const fk_expr *f)
{
    return f->kind == FK_NODE_POWER && f->arg[1]->kind == FK_NODE_NUMBER &&
           f->arg[1]->value < 0.0;
}

static void put_power(FILE *out, const fk_expr *base, double exponent)
{
    if (fk_same(exponent, 1.0)) {
        put(out, base, PRODUCT + 1);
    } else if (fk_same(exponent, 0.5)) {
        fputs("sqrt(", out);
        put(out, base, LOOSEST);
        fputc(')', out);
    } else {
        put(out, base, ATOM);
        fputc('^', out);
        put_number(out, exponent);
    }
}

static void put_product(FILE *out, const fk_expr *e, double coefficient)
{
    bool first = true;
    size_t under = 0;
    for (size_t i = 0; i < e->count; i++)
        under += below(e->arg[i]);
    if (!fk_same(coefficient, 1.0) || under == e->count) {
        put_number(out, coefficient);
        first = false;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (below(e->arg[i]))
            continue;
        if (!first)
            fputc('*', out);
        put(out, e->arg[i], PRODUCT + 1);
        first = false;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (!below(e->arg[i]))
            continue;
        fputc('/', out);
        put_power(out, e->arg[i]->arg[0], -e->arg[i]->arg[1]->value);
    }
}

/* One term after a sign that is written already. */
static void put_term(FILE *out, const fk_expr *e)
{
    if (e->kind == FK_NODE_PRODUCT)
        put_product(out, e, fabs(e->value));
    else
        put(out, e, PRODUCT);
}

/* A positive term first, if there is one: x - 1 rather than -1 + x. */
static size_t leading_term(const fk_expr *e)
{
    if (e->value > 0.0)
        return e->count;
    for (size_t i = 0; i < e->count; i++)
        if (!negative(e->arg[i]))
            return i;
    return e->count;
}

static void put_sum(FILE *out, const fk_expr *e)
{
    const size_t lead = leading_term(e);
    if (lead < e->count)
        put_term(out, e->arg[lead]);
    else if (!fk_same(e->value, 0.0))
        put_number(out, e->value);
    for (size_t i = 0; i < e->count; i++) {
        if (i == lead)
            continue;
        const bool start = lead == e->count && fk_same(e->value, 0.0) && i == 0;
        fputs(negative(e->arg[i]) ? (start ? "-" : " - ") : (start ? "" : " + "), out);
        put_term(out, e->arg[i]);
    }
    if (lead < e->count && !fk_same(e->value, 0.0)) {
        fputs(e->value < 0.0 ? " - " : " + ", out);
        put_number(out, fabs(e->value));
    }
}

static void put_call(FILE *out, const fk_expr *e)
{
    fprintf(out, "%s(", fk_node_name(e->kind));
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            fputs(", ", out);
        put(out, e->arg[i], LOOSEST);
    }
    fputc(')', out);
}

static void put_operator(FILE *out, const fk_expr *e, const char *sign, int level)
{
    put(out, e->arg[0], level);
    fprintf(out, " %s ", sign);
    put(out, e->arg[1], level + 1);
}

static int level_of(const fk_expr *e)
{
    switch (e->kind) {
    case FK_NODE_NUMBER:
        return e->value < 0.0 ? UNARY : ATOM;
    case FK_NODE_SUM:
        return SUM;
    case FK_NODE_PRODUCT:
        return e->value < 0.0 ? SUM : PRODUCT;
    case FK_NODE_POWER:
        return below(e) ? PRODUCT
               : e->arg[1]->kind == FK_NODE_NUMBER && fk_same(e->arg[1]->value, 0.5)
                   ? ATOM
                   : POWER;
    case FK_NODE_NOT:
        return UNARY;
    case FK_NODE_LESS:
    case FK_NODE_LESS_EQUAL:
    case FK_NODE_EQUAL:
    case FK_NODE_UNEQUAL:
        return COMPARE;
    case FK_NODE_AND:
        return AND;
    case FK_NODE_OR:
        return OR;
    case FK_NODE_IF:
        return CHOICE;
    default:
        return ATOM;
    }
}

static void put_general_power(FILE *out, const fk_expr *e)
{
    if (below(e)) {
        fputs("1/", out);
        put_power(out, e->arg[0], -e->arg[1]->value);
    } else if (e->arg[1]->kind == FK_NODE_NUMBER) {
        put_power(out, e->arg[0], e->arg[1]->value);
    } else {
        put(out, e->arg[0], ATOM);
        fputc('^', out);
        put(out, e->arg[1], ATOM);
    }
}

static void put_bare(FILE *out, const fk_expr *e)
{
    switch (e->kind) {
    case FK_NODE_NUMBER:
        put_number(out, e->value);
        return;
    case FK_NODE_SYMBOL:
        fputs(e->name, out);
        return;
    case FK_NODE_SUM:
        put_sum(out, e);
        return;
    case FK_NODE_PRODUCT:
        if (e->value < 0.0)
            fputc('-', out);
        put_product(out, e, fabs(e->value));
        return;
    case FK_NODE_POWER:
        put_general_power(out, e);
        return;
    case FK_NODE_NOT:
        fputc('!', out);
        put(out, e->arg[0], UNARY);
        return;
    case FK_NODE_LESS:
        put_operator(out, e, "<", COMPARE);
        return;
    case FK_NODE_LESS_EQUAL:
        put_operator(out, e, "<=", COMPARE);
        return;
    case FK_NODE_EQUAL:
        put_operator(out, e, "==", COMPARE);
        return;
    case FK_NODE_UNEQUAL:
        put_operator(out, e, "!=", COMPARE);
        return;
    case FK_NODE_AND:
        put_operator(out, e, "&&", AND);
        return;
    case FK_NODE_OR:
        put_operator(out, e, "||", OR);
        return;
    case FK_NODE_IF:
        put(out, e->arg[0], OR);
        fputs(" ? ", out);
        put(out, e->arg[1], CHOICE);
        fputs(" : ", out);
        put(out, e->arg[2], CHOICE);
        return;
    default:
        put_call(out, e);
    }
}

static void put(FILE *out, const fk_expr *e, int level)
{
    const bool parentheses = level_of(e) < level;
    if (parentheses)
        fputc('(', out);
    put_bare(out, e);
    if (parentheses)
        fputc(')', out);
}

char *fk_expr_print(const fk_expr *e, fk_expr_style style)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    if (style == FK_EXPR_MATHML)
        fk_node_put_mathml(out, e);
    else
        put(out, e, LOOSEST);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
