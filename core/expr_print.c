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
    case FK_NODE_MEAN:
        return "mean";
    case FK_NODE_CONV:
        return "conv";
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
        {"mean", 1, "mean value of u under the law of the process itself"},
        {"var", 1, "variance of u, mean((u - mean(u))^2)"},
        {"cov", 2, "covariance of u and v"},
        {"conv", 1,
         "convolution of the kernel K with the density of the process itself"},
        {NULL, 0, NULL},
    };
    return table;
}

enum { LOOSEST, CHOICE, OR, AND, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM };

typedef struct printer {
    FILE *out;
    int digits; /* at most so many in a number */
} printer;

static void put(const printer *p, const fk_expr *e, int level);

/* Fewest digits that read back as the same number, if that many may be printed. */
static void put_number(const printer *p, double value)
{
    char text[32];
    for (int digits = 1; digits <= p->digits; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (fk_same(strtod(text, NULL), value))
            break;
    }
    if (isnan(value))
        fputs("(0/0)", p->out);
    else if (isinf(value))
        fputs(value > 0.0 ? "(1/0)" : "(-1/0)", p->out);
    else
        fputs(text, p->out);
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

static void put_power(const printer *p, const fk_expr *base, double exponent)
{
    if (fk_same(exponent, 1.0)) {
        put(p, base, PRODUCT + 1);
    } else if (fk_same(exponent, 0.5)) {
        fputs("sqrt(", p->out);
        put(p, base, LOOSEST);
        fputc(')', p->out);
    } else {
        put(p, base, ATOM);
        fputc('^', p->out);
        put_number(p, exponent);
    }
}

static void put_product(const printer *p, const fk_expr *e, double coefficient)
{
    bool first = true;
    size_t under = 0;
    for (size_t i = 0; i < e->count; i++)
        under += below(e->arg[i]);
    if (!fk_same(coefficient, 1.0) || under == e->count) {
        put_number(p, coefficient);
        first = false;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (below(e->arg[i]))
            continue;
        if (!first)
            fputc('*', p->out);
        put(p, e->arg[i], PRODUCT + 1);
        first = false;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (!below(e->arg[i]))
            continue;
        fputc('/', p->out);
        put_power(p, e->arg[i]->arg[0], -e->arg[i]->arg[1]->value);
    }
}

/* One term after a sign that is written already. */
static void put_term(const printer *p, const fk_expr *e)
{
    if (e->kind == FK_NODE_PRODUCT)
        put_product(p, e, fabs(e->value));
    else
        put(p, e, PRODUCT);
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

static void put_sum(const printer *p, const fk_expr *e)
{
    const size_t lead = leading_term(e);
    if (lead < e->count)
        put_term(p, e->arg[lead]);
    else if (!fk_same(e->value, 0.0))
        put_number(p, e->value);
    for (size_t i = 0; i < e->count; i++) {
        if (i == lead)
            continue;
        const bool start = lead == e->count && fk_same(e->value, 0.0) && i == 0;
        fputs(negative(e->arg[i]) ? (start ? "-" : " - ") : (start ? "" : " + "),
              p->out);
        put_term(p, e->arg[i]);
    }
    if (lead < e->count && !fk_same(e->value, 0.0)) {
        fputs(e->value < 0.0 ? " - " : " + ", p->out);
        put_number(p, fabs(e->value));
    }
}

/* u if e is mean((u - mean(u))^2), else NULL. */
static const fk_expr *spread_of(const fk_expr *e)
{
    const fk_expr *square = e->arg[0];
    if (square->kind != FK_NODE_POWER || !fk_node_is(square->arg[1], 2.0))
        return NULL;
    const fk_expr *sum = square->arg[0];
    if (sum->kind != FK_NODE_SUM || sum->count != 2 || !fk_same(sum->value, 0.0))
        return NULL;
    for (size_t i = 0; i < 2; i++) {
        const fk_expr *u = sum->arg[1 - i], *minus = sum->arg[i];
        if (minus->kind == FK_NODE_PRODUCT && minus->count == 1 &&
            fk_same(minus->value, -1.0) && minus->arg[0]->kind == FK_NODE_MEAN &&
            minus->arg[0]->arg[0] == u)
            return u;
    }
    return NULL;
}

static void put_mean(const printer *p, const fk_expr *e)
{
    const fk_expr *u = spread_of(e);
    fputs(u != NULL ? "var(" : "mean(", p->out);
    put(p, u != NULL ? u : e->arg[0], LOOSEST);
    fputc(')', p->out);
}

static void put_call(const printer *p, const fk_expr *e)
{
    fprintf(p->out, "%s(", fk_node_name(e->kind));
    for (size_t i = 0; i < e->count; i++) {
        if (i > 0)
            fputs(", ", p->out);
        put(p, e->arg[i], LOOSEST);
    }
    fputc(')', p->out);
}

static void put_operator(const printer *p, const fk_expr *e, const char *sign,
                         int level)
{
    put(p, e->arg[0], level);
    fprintf(p->out, " %s ", sign);
    put(p, e->arg[1], level + 1);
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

static void put_general_power(const printer *p, const fk_expr *e)
{
    if (below(e)) {
        fputs("1/", p->out);
        put_power(p, e->arg[0], -e->arg[1]->value);
    } else if (e->arg[1]->kind == FK_NODE_NUMBER) {
        put_power(p, e->arg[0], e->arg[1]->value);
    } else {
        put(p, e->arg[0], ATOM);
        fputc('^', p->out);
        put(p, e->arg[1], ATOM);
    }
}

static void put_bare(const printer *p, const fk_expr *e)
{
    switch (e->kind) {
    case FK_NODE_NUMBER:
        put_number(p, e->value);
        return;
    case FK_NODE_SYMBOL:
        fputs(e->name, p->out);
        return;
    case FK_NODE_SUM:
        put_sum(p, e);
        return;
    case FK_NODE_PRODUCT:
        if (e->value < 0.0)
            fputc('-', p->out);
        put_product(p, e, fabs(e->value));
        return;
    case FK_NODE_POWER:
        put_general_power(p, e);
        return;
    case FK_NODE_NOT:
        fputc('!', p->out);
        put(p, e->arg[0], UNARY);
        return;
    case FK_NODE_LESS:
        put_operator(p, e, "<", COMPARE);
        return;
    case FK_NODE_LESS_EQUAL:
        put_operator(p, e, "<=", COMPARE);
        return;
    case FK_NODE_EQUAL:
        put_operator(p, e, "==", COMPARE);
        return;
    case FK_NODE_UNEQUAL:
        put_operator(p, e, "!=", COMPARE);
        return;
    case FK_NODE_AND:
        put_operator(p, e, "&&", AND);
        return;
    case FK_NODE_OR:
        put_operator(p, e, "||", OR);
        return;
    case FK_NODE_IF:
        put(p, e->arg[0], OR);
        fputs(" ? ", p->out);
        put(p, e->arg[1], CHOICE);
        fputs(" : ", p->out);
        put(p, e->arg[2], CHOICE);
        return;
    case FK_NODE_MEAN:
        put_mean(p, e);
        return;
    default:
        put_call(p, e);
    }
}

static void put(const printer *p, const fk_expr *e, int level)
{
    const bool parentheses = level_of(e) < level;
    if (parentheses)
        fputc('(', p->out);
    put_bare(p, e);
    if (parentheses)
        fputc(')', p->out);
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
        put(&(printer){out, style == FK_EXPR_DISPLAY ? 12 : 17}, e, LOOSEST);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
