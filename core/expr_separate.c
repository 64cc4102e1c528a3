/* Convolutions with kernels that are sums of products, K(x - y) = sum_j a_j(x) b_j(y), are
 * sum_j a_j(x) <b_j>.  Of functions, sines, cosines and exponentials of sums come apart:
 *
 *     sin(a + b) = sin a cos b + cos a sin b,    exp(a + b) = exp a exp b.  */
#include <string.h>

#include "core/expr_node.h"

enum { MOST_PRODUCTS = 64, MOST_VARIABLES = 64 };

typedef struct separation {
    fk_expr_pool *pool;
    size_t dim;
    const fk_expr *const *here;           /* [dim] x */
    const fk_expr *there[MOST_VARIABLES]; /* [dim] y */
} separation;

typedef struct products {
    size_t n;
    struct {
        const fk_expr *a, *b; /* of x, of y */
    } of[MOST_PRODUCTS];
} products;

static bool depends(const fk_expr *e, size_t dim, const fk_expr *const *variable)
{
    for (size_t i = 0; i < dim; i++)
        if (fk_expr_depends(e, variable[i]))
            return true;
    return false;
}

static bool add(products *p, const fk_expr *a, const fk_expr *b)
{
    if (p->n == MOST_PRODUCTS)
        return false;
    p->of[p->n].a = a;
    p->of[p->n++].b = b;
    return true;
}

static bool multiply(const separation *s, products *p, const products *q)
{
    products all = {0};
    for (size_t i = 0; i < p->n; i++)
        for (size_t k = 0; k < q->n; k++)
            if (!add(&all, fk_expr_mul(s->pool, p->of[i].a, q->of[k].a),
                     fk_expr_mul(s->pool, p->of[i].b, q->of[k].b)))
                return false;
    *p = all;
    return true;
}

static bool separate(const separation *s, const fk_expr *e, products *out);

static bool separate_sum(const separation *s, const fk_expr *e, products *out)
{
    const fk_expr *one = fk_expr_number(s->pool, 1.0);
    if (!add(out, fk_expr_number(s->pool, e->value), one))
        return false;
    for (size_t i = 0; i < e->count; i++) {
        products part = {0};
        if (!separate(s, e->arg[i], &part))
            return false;
        for (size_t k = 0; k < part.n; k++)
            if (!add(out, part.of[k].a, part.of[k].b))
                return false;
    }
    return true;
}

static bool separate_product(const separation *s, const fk_expr *e, products *out)
{
    add(out, fk_expr_number(s->pool, e->value), fk_expr_number(s->pool, 1.0));
    for (size_t i = 0; i < e->count; i++) {
        products factor = {0};
        if (!separate(s, e->arg[i], &factor) || !multiply(s, out, &factor))
            return false;
    }
    return true;
}

static bool separate_power(const separation *s, const fk_expr *e, products *out)
{
    const fk_expr *n = e->arg[1];
    products base = {0};
    if (n->kind != FK_NODE_NUMBER || !fk_is_whole(n->value) || n->value < 2.0 ||
        n->value > 8.0 || !separate(s, e->arg[0], &base))
        return false;
    *out = base;
    for (double k = 1.0; k < n->value; k += 1.0)
        if (!multiply(s, out, &base))
            return false;
    return true;
}

/* u = a(x) + b(y) */
static bool split(const separation *s, const fk_expr *u, const fk_expr **a,
                  const fk_expr **b)
{
    *a = fk_expr_number(s->pool, u->kind == FK_NODE_SUM ? u->value : 0.0);
    *b = fk_expr_number(s->pool, 0.0);
    for (size_t i = 0; u->kind == FK_NODE_SUM && i < u->count; i++) {
        const bool there = depends(u->arg[i], s->dim, s->there);
        if (there && depends(u->arg[i], s->dim, s->here))
            return false;
        *(there ? b : a) = fk_expr_add(s->pool, *(there ? b : a), u->arg[i]);
    }
    return u->kind == FK_NODE_SUM;
}

/* sin u = -sin -u and cos u = cos -u, so that one mean serves both signs. */
static const fk_expr *wave(const separation *s, fk_node_kind kind, const fk_expr *u)
{
    const bool turn = u->kind == FK_NODE_PRODUCT && u->value < 0.0;
    const fk_expr *v = turn ? fk_expr_neg(s->pool, u) : u;
    const fk_expr *e = fk_node_unary(s->pool, kind, v);
    return turn && kind == FK_NODE_SIN ? fk_expr_neg(s->pool, e) : e;
}

static bool separate_function(const separation *s, const fk_expr *e, products *out)
{
    const fk_expr *a, *b;
    if (!split(s, e->arg[0], &a, &b))
        return false;
    if (e->kind == FK_NODE_EXP)
        return add(out, fk_node_unary(s->pool, FK_NODE_EXP, a),
                   fk_node_unary(s->pool, FK_NODE_EXP, b));
    const fk_expr *sin_a = wave(s, FK_NODE_SIN, a), *cos_a = wave(s, FK_NODE_COS, a);
    const fk_expr *sin_b = wave(s, FK_NODE_SIN, b), *cos_b = wave(s, FK_NODE_COS, b);
    if (e->kind == FK_NODE_SIN)
        return add(out, sin_a, cos_b) && add(out, cos_a, sin_b);
    return add(out, cos_a, cos_b) && add(out, fk_expr_neg(s->pool, sin_a), sin_b);
}

static bool separate(const separation *s, const fk_expr *e, products *out)
{
    const fk_expr *one = fk_expr_number(s->pool, 1.0);
    if (!depends(e, s->dim, s->there))
        return add(out, e, one);
    if (!depends(e, s->dim, s->here))
        return add(out, one, e);
    switch (e->kind) {
    case FK_NODE_SUM:
        return separate_sum(s, e, out);
    case FK_NODE_PRODUCT:
        return separate_product(s, e, out);
    case FK_NODE_POWER:
        return separate_power(s, e, out);
    case FK_NODE_SIN:
    case FK_NODE_COS:
    case FK_NODE_EXP:
        return separate_function(s, e, out);
    default:
        return false;
    }
}

/* Names that no text can have. */
static bool name_points(separation *s, const fk_expr **displacement)
{
    for (size_t i = 0; i < s->dim; i++) {
        char name[256];
        const int n = snprintf(name, sizeof name, "%s'", s->here[i]->name);
        if (n < 0 || (size_t)n >= sizeof name)
            return false;
        s->there[i] = fk_expr_symbol(s->pool, name);
        displacement[i] = fk_expr_sub(s->pool, s->here[i], s->there[i]);
    }
    return true;
}

const fk_expr *fk_expr_separated(fk_expr_pool *pool, const fk_expr *convolution,
                                 size_t dim, const fk_expr *const *variable)
{
    separation s = {.pool = pool, .dim = dim, .here = variable};
    const fk_expr *displacement[MOST_VARIABLES];
    products p = {0};
    if (dim > MOST_VARIABLES || !name_points(&s, displacement))
        return NULL;
    const fk_expr *kernel =
        fk_expr_substitute(pool, convolution->arg[0], dim, variable, displacement);
    if (!separate(&s, fk_expr_expand(pool, kernel), &p))
        return NULL;
    const fk_expr *sum = fk_expr_number(pool, 0.0);
    for (size_t k = 0; k < p.n; k++) {
        const fk_expr *b = fk_expr_substitute(pool, p.of[k].b, dim, s.there, variable);
        sum =
            fk_expr_add(pool, sum, fk_expr_mul(pool, p.of[k].a, fk_expr_mean(pool, b)));
    }
    return sum;
}
