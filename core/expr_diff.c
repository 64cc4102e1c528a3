/* Exact derivatives, substitution and expansion; every node is visited once. */
#include <stdlib.h>
#include <string.h>

#include "core/expr.h"
#include "core/expr_node.h"

typedef struct walk {
    fk_expr_pool *pool;
    const fk_expr **known; /* [id] results so far */
    const fk_expr *symbol; /* of a derivative */
    size_t n;              /* of a substitution */
    const fk_expr *const *from, *const *to;
} walk;

static const fk_expr *derivative(walk *w, const fk_expr *e);

static const fk_expr *num(walk *w, double value)
{
    return fk_expr_number(w->pool, value);
}

static const fk_expr *mul(walk *w, const fk_expr *a, const fk_expr *b)
{
    return fk_expr_mul(w->pool, a, b);
}

static const fk_expr *one(walk *w, fk_node_kind kind, const fk_expr *a)
{
    return fk_node_unary(w->pool, kind, a);
}

static const fk_expr *raise(walk *w, const fk_expr *a, double n)
{
    return fk_expr_pow(w->pool, a, num(w, n));
}

/* 1 + s u^2 */
static const fk_expr *one_plus(walk *w, double s, const fk_expr *u)
{
    return fk_expr_add(w->pool, num(w, 1.0), mul(w, num(w, s), raise(w, u, 2.0)));
}

/* f'(u) of a function of one argument. */
static const fk_expr *unary_slope(walk *w, fk_node_kind kind, const fk_expr *u)
{
    const double ln10 = 2.302585092994045684, ln2 = 0.693147180559945309;
    const double two_over_sqrt_pi = 1.128379167095512574;
    switch (kind) {
    case FK_NODE_EXP:
        return one(w, FK_NODE_EXP, u);
    case FK_NODE_LOG:
        return raise(w, u, -1.0);
    case FK_NODE_LOG10:
        return mul(w, num(w, 1.0 / ln10), raise(w, u, -1.0));
    case FK_NODE_LOG2:
        return mul(w, num(w, 1.0 / ln2), raise(w, u, -1.0));
    case FK_NODE_SIN:
        return one(w, FK_NODE_COS, u);
    case FK_NODE_COS:
        return fk_expr_neg(w->pool, one(w, FK_NODE_SIN, u));
    case FK_NODE_TAN:
        return one_plus(w, 1.0, one(w, FK_NODE_TAN, u));
    case FK_NODE_ASIN:
        return raise(w, one_plus(w, -1.0, u), -0.5);
    case FK_NODE_ACOS:
        return fk_expr_neg(w->pool, raise(w, one_plus(w, -1.0, u), -0.5));
    case FK_NODE_ATAN:
        return raise(w, one_plus(w, 1.0, u), -1.0);
    case FK_NODE_SINH:
        return one(w, FK_NODE_COSH, u);
    case FK_NODE_COSH:
        return one(w, FK_NODE_SINH, u);
    case FK_NODE_TANH:
        return one_plus(w, -1.0, one(w, FK_NODE_TANH, u));
    case FK_NODE_ASINH:
        return raise(w, one_plus(w, 1.0, u), -0.5);
    case FK_NODE_ACOSH: /* 1 / (sqrt(u - 1) sqrt(u + 1)), u > 1 */
        return raise(w, fk_expr_sub(w->pool, raise(w, u, 2.0), num(w, 1.0)), -0.5);
    case FK_NODE_ATANH:
        return raise(w, one_plus(w, -1.0, u), -1.0);
    case FK_NODE_CBRT: /* 1 / (3 cbrt(u)^2) */
        return mul(w, num(w, 1.0 / 3.0), raise(w, one(w, FK_NODE_CBRT, u), -2.0));
    case FK_NODE_ERF:
    case FK_NODE_ERFC: {
        const fk_expr *gauss =
            one(w, FK_NODE_EXP, fk_expr_neg(w->pool, raise(w, u, 2.0)));
        const double sign = kind == FK_NODE_ERF ? 1.0 : -1.0;
        return mul(w, num(w, sign * two_over_sqrt_pi), gauss);
    }
    case FK_NODE_GAMMA:
        return mul(w, one(w, FK_NODE_GAMMA, u), one(w, FK_NODE_DIGAMMA, u));
    case FK_NODE_LGAMMA:
        return one(w, FK_NODE_DIGAMMA, u);
    case FK_NODE_DIGAMMA:
        return fk_node_binary(w->pool, FK_NODE_POLYGAMMA, num(w, 1.0), u);
    case FK_NODE_ABS:
        return one(w, FK_NODE_SIGN, u);
    default: /* sign, step, floor, ceil, not: flat between their jumps */
        return num(w, 0.0);
    }
}

static const fk_expr *unary_rule(walk *w, const fk_expr *e)
{
    const fk_expr *du = derivative(w, e->arg[0]);
    return fk_node_is(du, 0.0) ? du : mul(w, unary_slope(w, e->kind, e->arg[0]), du);
}

/* (u^v)' = v u^(v-1) u' + log(u) u^v v' */
static const fk_expr *power_rule(walk *w, const fk_expr *e)
{
    const fk_expr *u = e->arg[0], *v = e->arg[1];
    const fk_expr *du = derivative(w, u), *dv = derivative(w, v);
    const fk_expr *below = fk_expr_sub(w->pool, v, num(w, 1.0));
    const fk_expr *base = mul(w, mul(w, v, fk_expr_pow(w->pool, u, below)), du);
    if (fk_node_is(dv, 0.0))
        return base;
    return fk_expr_add(w->pool, base, mul(w, mul(w, one(w, FK_NODE_LOG, u), e), dv));
}

/* I_n' = (I_{n-1} + I_{n+1}) / 2,  J_n' = (J_{n-1} - J_{n+1}) / 2, n a number. */
static const fk_expr *bessel_rule(walk *w, const fk_expr *e)
{
    const fk_expr *n = e->arg[0], *x = e->arg[1];
    if (n->kind != FK_NODE_NUMBER)
        return num(w, NAN);
    const double sign = e->kind == FK_NODE_BESSELI ? 0.5 : -0.5;
    const fk_expr *lower = fk_node_binary(w->pool, e->kind, num(w, n->value - 1.0), x);
    const fk_expr *upper = fk_node_binary(w->pool, e->kind, num(w, n->value + 1.0), x);
    const fk_expr *slope =
        fk_expr_add(w->pool, mul(w, num(w, 0.5), lower), mul(w, num(w, sign), upper));
    return mul(w, slope, derivative(w, x));
}

static const fk_expr *binary_rule(walk *w, const fk_expr *e)
{
    const fk_expr *u = e->arg[0], *v = e->arg[1];
    const fk_expr *du = derivative(w, u), *dv = derivative(w, v), *r;
    switch (e->kind) {
    case FK_NODE_ATAN2: /* (v u' - u v') / (u^2 + v^2) */
        r = fk_expr_add(w->pool, raise(w, u, 2.0), raise(w, v, 2.0));
        return fk_expr_div(w->pool, fk_expr_sub(w->pool, mul(w, v, du), mul(w, u, dv)),
                           r);
    case FK_NODE_HYPOT:
        r = fk_expr_add(w->pool, mul(w, u, du), mul(w, v, dv));
        return fk_expr_div(w->pool, r, e);
    case FK_NODE_MIN:
        r = fk_node_binary(w->pool, FK_NODE_LESS, u, v);
        return fk_node_choose(w->pool, r, du, dv);
    case FK_NODE_MAX:
        r = fk_node_binary(w->pool, FK_NODE_LESS, v, u);
        return fk_node_choose(w->pool, r, du, dv);
    case FK_NODE_MOD: /* u - v floor(u / v) */
        r = one(w, FK_NODE_FLOOR, fk_expr_div(w->pool, u, v));
        return fk_expr_sub(w->pool, du, mul(w, r, dv));
    case FK_NODE_BESSELI:
    case FK_NODE_BESSELJ:
        return bessel_rule(w, e);
    case FK_NODE_POLYGAMMA:
        r = fk_node_binary(w->pool, e->kind, fk_expr_add(w->pool, u, num(w, 1.0)), v);
        return mul(w, r, dv);
    default: /* comparisons, and, or: flat between their jumps */
        return num(w, 0.0);
    }
}

static const fk_expr *sum_rule(walk *w, const fk_expr *e)
{
    const fk_expr *total = num(w, 0.0);
    for (size_t i = 0; i < e->count; i++)
        total = fk_expr_add(w->pool, total, derivative(w, e->arg[i]));
    return total;
}

/* (c u v ...)' = sum over factors of c u v ... with one factor differentiated. */
static const fk_expr *product_rule(walk *w, const fk_expr *e)
{
    const fk_expr *total = num(w, 0.0);
    for (size_t i = 0; i < e->count; i++) {
        const fk_expr *term = derivative(w, e->arg[i]);
        if (fk_node_is(term, 0.0))
            continue;
        term = mul(w, num(w, e->value), term);
        for (size_t k = 0; k < e->count; k++)
            if (k != i)
                term = mul(w, term, e->arg[k]);
        total = fk_expr_add(w->pool, total, term);
    }
    return total;
}

static const fk_expr *rule(walk *w, const fk_expr *e)
{
    switch (e->kind) {
    case FK_NODE_NUMBER:
        return num(w, 0.0);
    case FK_NODE_SYMBOL:
        return num(w, e == w->symbol ? 1.0 : 0.0);
    case FK_NODE_SUM:
        return sum_rule(w, e);
    case FK_NODE_PRODUCT:
        return product_rule(w, e);
    case FK_NODE_POWER:
        return power_rule(w, e);
    case FK_NODE_CONV: /* the kernel's derivative, seams left out */
        return fk_expr_convolution(w->pool, derivative(w, e->arg[0]));
    case FK_NODE_IF:
        return fk_node_choose(w->pool, e->arg[0], derivative(w, e->arg[1]),
                              derivative(w, e->arg[2]));
    default:
        return e->count == 1 ? unary_rule(w, e) : binary_rule(w, e);
    }
}

static const fk_expr *derivative(walk *w, const fk_expr *e)
{
    if (!fk_expr_depends(e, w->symbol))
        return num(w, 0.0);
    if (w->known[e->id] == NULL)
        w->known[e->id] = rule(w, e);
    return w->known[e->id];
}

static const fk_expr *replacement(walk *w, const fk_expr *e);

/* The node with every argument replaced by f(argument). */
static const fk_expr *mapped(walk *w, const fk_expr *e,
                             const fk_expr *(*f)(walk *, const fk_expr *))
{
    const fk_expr **arg = malloc((e->count + 1) * sizeof *arg);
    if (arg == NULL)
        return fk_node_exhaust(w->pool);
    for (size_t i = 0; i < e->count; i++)
        arg[i] = f(w, e->arg[i]);
    const fk_expr *made = fk_node_rebuild(w->pool, e, arg);
    free(arg);
    return made;
}

static const fk_expr *replaced_symbol(const walk *w, const fk_expr *e)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->from[i] == e)
            return w->to[i];
    return e;
}

static const fk_expr *replacement(walk *w, const fk_expr *e)
{
    if (w->known[e->id] == NULL)
        w->known[e->id] = e->kind == FK_NODE_SYMBOL ? replaced_symbol(w, e)
                          : fk_node_is_leaf(e)      ? e
                                                    : mapped(w, e, replacement);
    return w->known[e->id];
}

/* a b with sums multiplied out; a and b are expanded already. */
static const fk_expr *spread(walk *w, const fk_expr *a, const fk_expr *b)
{
    if (a->kind != FK_NODE_SUM && b->kind == FK_NODE_SUM)
        return spread(w, b, a);
    if (a->kind != FK_NODE_SUM)
        return mul(w, a, b);
    const fk_expr *total = spread(w, num(w, a->value), b);
    for (size_t i = 0; i < a->count; i++)
        total = fk_expr_add(w->pool, total, spread(w, a->arg[i], b));
    return total;
}

enum { MAX_EXPANDED_POWER = 8 };

static const fk_expr *expansion(walk *w, const fk_expr *e);

static const fk_expr *expanded_power(walk *w, const fk_expr *e)
{
    const fk_expr *base = e->kind == FK_NODE_POWER ? e->arg[0] : NULL, *n;
    if (base == NULL || base->kind != FK_NODE_SUM)
        return e;
    n = e->arg[1];
    if (n->kind != FK_NODE_NUMBER || !fk_is_whole(n->value) || n->value < 2.0 ||
        n->value > MAX_EXPANDED_POWER)
        return e;
    const fk_expr *product = base;
    for (double i = 1.0; i < n->value; i += 1.0)
        product = spread(w, product, base);
    return product;
}

static const fk_expr *expand_node(walk *w, const fk_expr *e)
{
    if (fk_node_is_leaf(e))
        return e;
    if (e->kind != FK_NODE_PRODUCT)
        return expanded_power(w, mapped(w, e, expansion));
    const fk_expr *product = num(w, e->value);
    for (size_t i = 0; i < e->count; i++)
        product = spread(w, product, expansion(w, e->arg[i]));
    return product;
}

static const fk_expr *expansion(walk *w, const fk_expr *e)
{
    if (w->known[e->id] == NULL)
        w->known[e->id] = expand_node(w, e);
    return w->known[e->id];
}

static const fk_expr *visit(walk *w, const fk_expr *e,
                            const fk_expr *(*f)(walk *, const fk_expr *))
{
    w->known = calloc((size_t)e->id + 1, sizeof *w->known);
    if (w->known == NULL)
        return fk_node_exhaust(w->pool);
    const fk_expr *made = f(w, e);
    free(w->known);
    return made;
}

const fk_expr *fk_expr_diff(fk_expr_pool *pool, const fk_expr *e, const fk_expr *symbol)
{
    walk w = {.pool = pool, .symbol = symbol};
    return visit(&w, e, derivative);
}

const fk_expr *fk_expr_substitute(fk_expr_pool *pool, const fk_expr *e, size_t n,
                                  const fk_expr *const *from, const fk_expr *const *to)
{
    walk w = {.pool = pool, .n = n, .from = from, .to = to};
    return visit(&w, e, replacement);
}

const fk_expr *fk_expr_expand(fk_expr_pool *pool, const fk_expr *e)
{
    walk w = {.pool = pool};
    const fk_expr *last = NULL;
    for (int i = 0; i < 4 && last != e; i++) { /* until nothing changes */
        last = e;
        e = visit(&w, e, expansion);
    }
    return e;
}
