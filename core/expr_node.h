/* Inside of an expression; private to core/expr_*.c and core/program.c.
 *
 *     number   value
 *     symbol   name
 *     sum      value + arg[0] + arg[1] + ...   terms sorted, none a number or a sum
 *     product  value * arg[0] * arg[1] * ...   factors sorted, none a number or product
 *     power    arg[0] ^ arg[1]
 *     mean     of arg[0] under the law: symbols in it are bound, it is free of all
 *     conv     of the kernel arg[0] and the law, at the point that its symbols name
 *     others   a function of arg[0], arg[1], ...
 *
 * Children are made before their parents and have smaller ids. */
#ifndef FK_CORE_EXPR_NODE_H
#define FK_CORE_EXPR_NODE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/expr.h"

/* Functions that the vector code and the scalar code both compile from here:
 * kind, name, value at a (and b), meaning.  NULL name: has a notation of its own. */
#define FK_UNARY_LIST(X)                                                           \
    X(EXP, "exp", exp(a), "exponential")                                           \
    X(LOG, "log", log(a), "natural logarithm")                                     \
    X(LOG10, "log10", log10(a), "logarithm to base 10")                            \
    X(LOG2, "log2", log2(a), "logarithm to base 2")                                \
    X(SIN, "sin", sin(a), "sine")                                                  \
    X(COS, "cos", cos(a), "cosine")                                                \
    X(TAN, "tan", tan(a), "tangent")                                               \
    X(ASIN, "asin", asin(a), "inverse sine")                                       \
    X(ACOS, "acos", acos(a), "inverse cosine")                                     \
    X(ATAN, "atan", atan(a), "inverse tangent")                                    \
    X(SINH, "sinh", sinh(a), "hyperbolic sine")                                    \
    X(COSH, "cosh", cosh(a), "hyperbolic cosine")                                  \
    X(TANH, "tanh", tanh(a), "hyperbolic tangent")                                 \
    X(ASINH, "asinh", asinh(a), "inverse hyperbolic sine")                         \
    X(ACOSH, "acosh", acosh(a), "inverse hyperbolic cosine")                       \
    X(ATANH, "atanh", atanh(a), "inverse hyperbolic tangent")                      \
    X(CBRT, "cbrt", cbrt(a), "cube root")                                          \
    X(ERF, "erf", erf(a), "error function")                                        \
    X(ERFC, "erfc", erfc(a), "1 - erf(u), without cancellation")                   \
    X(GAMMA, "gamma", tgamma(a), "gamma function")                                 \
    X(LGAMMA, "lgamma", fk_special_lgamma(a), "log |gamma(u)|")                    \
    X(DIGAMMA, "digamma", fk_special_digamma(a), "derivative of log gamma(u)")     \
    X(ABS, "abs", fabs(a), "absolute value")                                       \
    X(SIGN, "sign", (a > 0.0 ? 1.0 : (a < 0.0 ? -1.0 : a)), "1, 0 or -1")          \
    X(STEP, "step", (a >= 0.0 ? 1.0 : (a < 0.0 ? 0.0 : a)), "1 if u >= 0, else 0") \
    X(FLOOR, "floor", floor(a), "largest whole number not above u")                \
    X(CEIL, "ceil", ceil(a), "smallest whole number not below u")                  \
    X(NOT, NULL, (a == 0.0 ? 1.0 : 0.0), "!u: 1 if u is 0, else 0")

#define FK_BINARY_LIST(X)                                                          \
    X(ATAN2, "atan2", atan2(a, b), "angle of the point (x, y), given y first")     \
    X(HYPOT, "hypot", hypot(a, b), "sqrt(u^2 + v^2), without overflow")            \
    X(MIN, "min", (a < b || a != a ? a : b), "the smaller; also of more than two") \
    X(MAX, "max", (a > b || a != a ? a : b), "the larger; also of more than two")  \
    X(MOD, "mod", (a - b * floor(a / b)), "remainder u - v*floor(u/v)")            \
    X(BESSELI, "besselI", fk_special_bessel_i(a, b),                               \
      "modified Bessel function I_n(x)")                                           \
    X(BESSELJ, "besselJ", fk_special_bessel_j(a, b), "Bessel function J_n(x)")     \
    X(POLYGAMMA, "polygamma", fk_special_polygamma(a, b),                          \
      "n-th derivative of digamma(x)")                                             \
    X(LESS, NULL, (a < b ? 1.0 : 0.0), "u < v")                                    \
    X(LESS_EQUAL, NULL, (a <= b ? 1.0 : 0.0), "u <= v")                            \
    X(EQUAL, NULL, (a == b ? 1.0 : 0.0), "u == v")                                 \
    X(UNEQUAL, NULL, (a != b ? 1.0 : 0.0), "u != v")                               \
    X(AND, NULL, (a != 0.0 && b != 0.0 ? 1.0 : 0.0), "u && v")                     \
    X(OR, NULL, (a != 0.0 || b != 0.0 ? 1.0 : 0.0), "u || v")

typedef enum fk_node_kind {
    FK_NODE_NUMBER, /* the order of kinds is the order of terms and factors */
    FK_NODE_SYMBOL,
    FK_NODE_POWER,
    FK_NODE_PRODUCT,
    FK_NODE_SUM,
#define FK_NODE_ENUM(kind, name, value, meaning) FK_NODE_##kind,
    FK_UNARY_LIST(FK_NODE_ENUM) FK_BINARY_LIST(FK_NODE_ENUM)
#undef FK_NODE_ENUM
        FK_NODE_IF,
    FK_NODE_MEAN,
    FK_NODE_CONV,
    FK_NODE_KINDS
} fk_node_kind;

struct fk_expr {
    fk_node_kind kind;
    uint32_t id;      /* position of its creation in the pool */
    uint32_t count;   /* of arg */
    uint32_t depth;   /* 1 for a leaf */
    double value;     /* number, constant of a sum, coefficient of a product */
    double degree;    /* orders terms: 1 + x + x^2 */
    uint64_t symbols; /* bit i: contains symbol number i; bit 63: any from 63 on */
    bool law;         /* contains a mean or a convolution */
    bool folds;       /* contains a convolution */
    uint64_t hash;
    const char *name; /* of a symbol, else NULL */
    const fk_expr *arg[];
};

enum { FK_NODE_MAX_DEPTH = 2000 }; /* bounds every recursion over nodes */

/* The one node of this kind and content; no simplification.  NaN node on exhaustion. */
const fk_expr *fk_node_make(fk_expr_pool *pool, fk_node_kind kind, double value,
                            size_t count, const fk_expr *const *arg);

/* Marks the pool exhausted and gives the NaN node. */
const fk_expr *fk_node_exhaust(fk_expr_pool *pool);

/* Number of nodes made so far: every id is below. */
size_t fk_node_total(const fk_expr_pool *pool);

/* Order by structure and names alone: negative, 0 (same node) or positive. */
int fk_node_compare(const fk_expr *a, const fk_expr *b);

/* One operand of a sum (value times node) or of a product (divided by if inverse). */
typedef struct fk_operand {
    const fk_expr *node;
    bool inverse; /* subtracted in a sum, divided by in a product */
} fk_operand;

/* Simplified sum and product of n operands. */
const fk_expr *fk_node_sum(fk_expr_pool *pool, size_t n, const fk_operand *operand);
const fk_expr *fk_node_product(fk_expr_pool *pool, size_t n, const fk_operand *operand);

/* Simplified application of any kind but number, symbol, sum and product. */
const fk_expr *fk_node_apply(fk_expr_pool *pool, fk_node_kind kind,
                             const fk_expr *const *arg);
const fk_expr *fk_node_unary(fk_expr_pool *pool, fk_node_kind kind, const fk_expr *a);
const fk_expr *fk_node_binary(fk_expr_pool *pool, fk_node_kind kind, const fk_expr *a,
                              const fk_expr *b);
const fk_expr *fk_node_choose(fk_expr_pool *pool, const fk_expr *c, const fk_expr *u,
                              const fk_expr *v);

/* e with other arguments arg[e->count], simplified. */
const fk_expr *fk_node_rebuild(fk_expr_pool *pool, const fk_expr *e,
                               const fk_expr *const *arg);

/* Value of a function kind at numbers; of FK_NODE_POWER too. */
double fk_node_evaluate(fk_node_kind kind, double a, double b, double c);

/* a^n by multiplications where 2 n is a small whole number, else pow(). */
double fk_node_power(double a, double n);

/* Arguments of a kind other than sum and product. */
size_t fk_node_arity(fk_node_kind kind);
const char *fk_node_name(fk_node_kind kind); /* "sin"; NULL for notations */

/* Presentation MathML of e, one <mrow> or less. */
void fk_node_put_mathml(FILE *out, const fk_expr *e);

/* Exact comparison with a value that was assigned, not computed. */
static inline bool fk_same(double a, double b)
{
    return !(a < b) && !(a > b) && !isunordered(a, b);
}

static inline bool fk_is_whole(double v)
{
    return isfinite(v) && fk_same(v, floor(v));
}

static inline bool fk_node_is(const fk_expr *e, double value)
{
    return e->kind == FK_NODE_NUMBER && fk_same(e->value, value);
}

/* What no walk goes into: numbers, symbols, mean values, whose symbols are bound, and
 * convolutions, whose symbols are displacements. */
static inline bool fk_node_is_leaf(const fk_expr *e)
{
    return e->count == 0 || e->kind == FK_NODE_MEAN || e->kind == FK_NODE_CONV;
}

double fk_special_lgamma(double x);
double fk_special_digamma(double x);
double fk_special_polygamma(double n, double x);
double fk_special_bessel_i(double n, double x);
double fk_special_bessel_j(double n, double x);

#endif
