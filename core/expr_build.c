/* Sums, products and functions, simplified as they are made.
 *
 * A sum keeps one term for each base: 2*x + 3*x is 5*x; a product one factor for each
 * base: x*x is x^2 and x/x is 1, as in any computer algebra. */
#include <assert.h>
#include <stdlib.h>

#include "core/expr.h"
#include "core/expr_node.h"

/* coefficient * node in a sum, node ^ exponent in a product. */
typedef struct part {
    const fk_expr *node;
    const fk_expr *exponent; /* of factors */
    double coefficient;      /* of terms */
} part;

typedef struct parts {
    fk_expr_pool *pool;
    size_t n, room;
    part *part;
    double value; /* constant of the sum, coefficient of the product */
    bool failed;
} parts;

static void append(parts *p, part one)
{
    if (p->n == p->room) {
        const size_t room = p->room == 0 ? 16 : 2 * p->room;
        part *grown = realloc(p->part, room * sizeof *grown);
        if (grown == NULL) {
            p->failed = true;
            return;
        }
        p->part = grown;
        p->room = room;
    }
    p->part[p->n++] = one;
}

/* A product without its coefficient. */
static const fk_expr *bare(fk_expr_pool *pool, const fk_expr *e)
{
    return e->count == 1 ? e->arg[0]
                         : fk_node_make(pool, FK_NODE_PRODUCT, 1.0, e->count, e->arg);
}

/* Adds coefficient * e to the terms, flattening sums. */
static void add_term(parts *p, const fk_expr *e, double coefficient)
{
    if (e->kind == FK_NODE_NUMBER) {
        p->value += coefficient * e->value;
        return;
    }
    if (e->kind == FK_NODE_SUM) {
        p->value += coefficient * e->value;
        for (size_t i = 0; i < e->count; i++)
            add_term(p, e->arg[i], coefficient);
        return;
    }
    if (e->kind != FK_NODE_PRODUCT) {
        append(p, (part){.node = e, .coefficient = coefficient});
        return;
    }
    const fk_expr *base = bare(p->pool, e);
    if (base->kind == FK_NODE_SUM)
        add_term(p, base, coefficient * e->value);
    else
        append(p, (part){.node = base, .coefficient = coefficient * e->value});
}

static int by_node(const void *a, const void *b)
{
    return fk_node_compare(((const part *)a)->node, ((const part *)b)->node);
}

/* Terms of lower degree first. */
static int by_degree(const void *a, const void *b)
{
    const fk_expr *s = *(const fk_expr *const *)a, *t = *(const fk_expr *const *)b;
    if (s->degree < t->degree || s->degree > t->degree)
        return s->degree < t->degree ? -1 : 1;
    return fk_node_compare(s, t);
}

/* coefficient * base, base neither a number nor a product with a coefficient. */
static const fk_expr *scaled(fk_expr_pool *pool, const fk_expr *base,
                             double coefficient)
{
    if (fk_same(coefficient, 1.0))
        return base;
    if (base->kind == FK_NODE_PRODUCT)
        return fk_node_make(pool, FK_NODE_PRODUCT, coefficient, base->count, base->arg);
    return fk_node_make(pool, FK_NODE_PRODUCT, coefficient, 1, &base);
}

/* One term for each base, zero ones dropped; returns how many are left. */
static size_t collect_terms(parts *p, const fk_expr **term)
{
    size_t n = 0;
    if (p->n > 1)
        qsort(p->part, p->n, sizeof *p->part, by_node);
    for (size_t i = 0; i < p->n;) {
        const fk_expr *base = p->part[i].node;
        double coefficient = 0.0;
        for (; i < p->n && p->part[i].node == base; i++)
            coefficient += p->part[i].coefficient;
        if (!fk_same(coefficient, 0.0))
            term[n++] = scaled(p->pool, base, coefficient);
    }
    return n;
}

static const fk_expr *finish_sum(parts *p)
{
    const fk_expr **term = malloc((p->n + 1) * sizeof *term);
    if (term == NULL || p->failed) {
        free(term);
        return fk_node_exhaust(p->pool);
    }
    const size_t n = collect_terms(p, term);
    const fk_expr *e;
    if (n == 0 || isnan(p->value)) {
        e = fk_expr_number(p->pool, p->value);
    } else if (n == 1 && fk_same(p->value, 0.0)) {
        e = term[0];
    } else {
        qsort(term, n, sizeof *term, by_degree);
        const double value = fk_same(p->value, 0.0) ? 0.0 : p->value;
        e = fk_node_make(p->pool, FK_NODE_SUM, value, n, term);
    }
    free(term);
    return e;
}

const fk_expr *fk_node_sum(fk_expr_pool *pool, size_t n, const fk_operand *operand)
{
    parts p = {.pool = pool, .value = 0.0};
    for (size_t i = 0; i < n; i++)
        add_term(&p, operand[i].node, operand[i].inverse ? -1.0 : 1.0);
    const fk_expr *e = finish_sum(&p);
    free(p.part);
    return e;
}

/* Multiplies the factors by e, or divides by it. */
static void add_factor(parts *p, const fk_expr *e, bool inverse)
{
    if (e->kind == FK_NODE_NUMBER) {
        p->value = inverse ? p->value / e->value : p->value * e->value;
        return;
    }
    if (e->kind == FK_NODE_PRODUCT) {
        p->value = inverse ? p->value / e->value : p->value * e->value;
        for (size_t i = 0; i < e->count; i++)
            add_factor(p, e->arg[i], inverse);
        return;
    }
    const bool power = e->kind == FK_NODE_POWER;
    const fk_expr *exponent = power ? e->arg[1] : fk_expr_number(p->pool, 1.0);
    if (inverse)
        exponent = fk_expr_neg(p->pool, exponent);
    append(p, (part){.node = power ? e->arg[0] : e, .exponent = exponent});
}

static const fk_expr *total_exponent(parts *p, size_t from, size_t to)
{
    const fk_expr *sum = p->part[from].exponent;
    for (size_t i = from + 1; i < to; i++)
        sum = fk_expr_add(p->pool, sum, p->part[i].exponent);
    return sum;
}

/* One factor for each base; those that became 1 are dropped, those that became numbers or
 * products join the coefficient and the factors.  Returns how many are left. */
static size_t collect_factors(parts *p, const fk_expr **factor)
{
    size_t n = 0;
    if (p->n > 1)
        qsort(p->part, p->n, sizeof *p->part, by_node);
    for (size_t i = 0; i < p->n;) {
        size_t end = i + 1;
        while (end < p->n && p->part[end].node == p->part[i].node)
            end++;
        const fk_expr *f =
            fk_expr_pow(p->pool, p->part[i].node, total_exponent(p, i, end));
        if (f->kind == FK_NODE_NUMBER)
            p->value *= f->value;
        else
            factor[n++] = f;
        i = end;
    }
    return n;
}

static int by_order(const void *a, const void *b)
{
    return fk_node_compare(*(const fk_expr *const *)a, *(const fk_expr *const *)b);
}

static bool any_product(size_t n, const fk_expr *const *factor)
{
    for (size_t i = 0; i < n; i++)
        if (factor[i]->kind == FK_NODE_PRODUCT)
            return true;
    return false;
}

/* sqrt(u v) sqrt(u v) has become u v, whose factors may meet others. */
static const fk_expr *multiply_again(parts *p, size_t n, const fk_expr *const *factor)
{
    const fk_expr *e = fk_expr_number(p->pool, p->value);
    for (size_t i = 0; i < n; i++)
        e = fk_expr_mul(p->pool, e, factor[i]);
    return e;
}

static const fk_expr *finish_product(parts *p)
{
    const fk_expr **factor = malloc((p->n + 1) * sizeof *factor);
    if (factor == NULL || p->failed) {
        free(factor);
        return fk_node_exhaust(p->pool);
    }
    const size_t n = collect_factors(p, factor);
    const fk_expr *e;
    if (any_product(n, factor)) {
        e = multiply_again(p, n, factor);
    } else if (n == 0 || fk_same(p->value, 0.0) || isnan(p->value)) {
        e = fk_expr_number(p->pool, p->value);
    } else if (n == 1 && factor[0]->kind == FK_NODE_SUM && fk_same(p->value, -1.0)) {
        e = fk_node_sum(p->pool, 1, &(fk_operand){factor[0], true});
    } else if (n == 1 && factor[0]->kind != FK_NODE_PRODUCT) {
        e = scaled(p->pool, factor[0], p->value);
    } else {
        qsort(factor, n, sizeof *factor, by_order);
        e = fk_node_make(p->pool, FK_NODE_PRODUCT, p->value, n, factor);
    }
    free(factor);
    return e;
}

const fk_expr *fk_node_product(fk_expr_pool *pool, size_t n, const fk_operand *operand)
{
    parts p = {.pool = pool, .value = 1.0};
    for (size_t i = 0; i < n; i++)
        add_factor(&p, operand[i].node, operand[i].inverse);
    const fk_expr *e = finish_product(&p);
    free(p.part);
    return e;
}

/* (c u v)^n = c^n u^n v^n for whole n. */
static const fk_expr *power_of_product(fk_expr_pool *pool, const fk_expr *a,
                                       const fk_expr *n)
{
    const fk_expr *e = fk_expr_number(pool, fk_node_power(a->value, n->value));
    for (size_t i = 0; i < a->count; i++)
        e = fk_expr_mul(pool, e, fk_expr_pow(pool, a->arg[i], n));
    return e;
}

static const fk_expr *power(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    if (fk_node_is(b, 0.0))
        return fk_expr_number(pool, 1.0);
    if (fk_node_is(b, 1.0) || fk_node_is(a, 1.0))
        return a;
    const bool whole = b->kind == FK_NODE_NUMBER && fk_is_whole(b->value);
    if (whole && a->kind == FK_NODE_PRODUCT)
        return power_of_product(pool, a, b);
    if (whole && a->kind == FK_NODE_POWER)
        return fk_expr_pow(pool, a->arg[0], fk_expr_mul(pool, a->arg[1], b));
    const fk_expr *const arg[] = {a, b};
    return fk_node_make(pool, FK_NODE_POWER, 0.0, 2, arg);
}

size_t fk_node_arity(fk_node_kind kind)
{
    switch (kind) {
#define FK_CASE(kind, name, value, meaning) case FK_NODE_##kind:
        FK_UNARY_LIST(FK_CASE)
        return 1;
        FK_BINARY_LIST(FK_CASE)
#undef FK_CASE
    case FK_NODE_POWER:
        return 2;
    case FK_NODE_IF:
        return 3;
    default:
        return 0;
    }
}

static bool all_numbers(size_t n, const fk_expr *const *arg)
{
    for (size_t i = 0; i < n; i++)
        if (arg[i]->kind != FK_NODE_NUMBER)
            return false;
    return true;
}

const fk_expr *fk_node_apply(fk_expr_pool *pool, fk_node_kind kind,
                             const fk_expr *const *arg)
{
    const size_t n = fk_node_arity(kind);
    assert(n >= 1 && n <= 3);
    if (all_numbers(n, arg))
        return fk_expr_number(pool, fk_node_evaluate(kind, arg[0]->value,
                                                     n > 1 ? arg[1]->value : 0.0,
                                                     n > 2 ? arg[2]->value : 0.0));
    if (kind == FK_NODE_POWER)
        return power(pool, arg[0], arg[1]);
    if (kind == FK_NODE_IF && arg[0]->kind == FK_NODE_NUMBER)
        return fk_node_is(arg[0], 0.0) ? arg[2] : arg[1];
    if (kind == FK_NODE_IF && arg[1] == arg[2])
        return arg[1];
    if ((kind == FK_NODE_MIN || kind == FK_NODE_MAX) && arg[0] == arg[1])
        return arg[0];
    return fk_node_make(pool, kind, 0.0, n, arg);
}

const fk_expr *fk_node_unary(fk_expr_pool *pool, fk_node_kind kind, const fk_expr *a)
{
    return fk_node_apply(pool, kind, &a);
}

const fk_expr *fk_node_binary(fk_expr_pool *pool, fk_node_kind kind, const fk_expr *a,
                              const fk_expr *b)
{
    const fk_expr *const arg[] = {a, b};
    return fk_node_apply(pool, kind, arg);
}

const fk_expr *fk_node_choose(fk_expr_pool *pool, const fk_expr *c, const fk_expr *u,
                              const fk_expr *v)
{
    const fk_expr *const arg[] = {c, u, v};
    return fk_node_apply(pool, FK_NODE_IF, arg);
}

const fk_expr *fk_node_rebuild(fk_expr_pool *pool, const fk_expr *e,
                               const fk_expr *const *arg)
{
    if (e->count == 0)
        return e;
    if (e->kind != FK_NODE_SUM && e->kind != FK_NODE_PRODUCT)
        return fk_node_apply(pool, e->kind, arg);
    fk_operand *operand = malloc((e->count + 1) * sizeof *operand);
    if (operand == NULL)
        return fk_node_exhaust(pool);
    for (size_t i = 0; i < e->count; i++)
        operand[i] = (fk_operand){arg[i], false};
    operand[e->count] = (fk_operand){fk_expr_number(pool, e->value), false};
    const fk_expr *made = e->kind == FK_NODE_SUM
                              ? fk_node_sum(pool, e->count + 1, operand)
                              : fk_node_product(pool, e->count + 1, operand);
    free(operand);
    return made;
}

const fk_expr *fk_expr_add(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    return fk_node_sum(pool, 2, (fk_operand[]){{a, false}, {b, false}});
}

const fk_expr *fk_expr_sub(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    return fk_node_sum(pool, 2, (fk_operand[]){{a, false}, {b, true}});
}

const fk_expr *fk_expr_mul(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    return fk_node_product(pool, 2, (fk_operand[]){{a, false}, {b, false}});
}

const fk_expr *fk_expr_div(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    return fk_node_product(pool, 2, (fk_operand[]){{a, false}, {b, true}});
}

const fk_expr *fk_expr_neg(fk_expr_pool *pool, const fk_expr *a)
{
    return fk_node_sum(pool, 1, (fk_operand[]){{a, true}});
}

const fk_expr *fk_expr_pow(fk_expr_pool *pool, const fk_expr *a, const fk_expr *b)
{
    return fk_node_binary(pool, FK_NODE_POWER, a, b);
}

/* <c e> is c <e> for numbers c. */
const fk_expr *fk_expr_mean(fk_expr_pool *pool, const fk_expr *e)
{
    if (e->kind == FK_NODE_NUMBER)
        return e;
    if (e->kind == FK_NODE_PRODUCT && !fk_same(e->value, 1.0))
        return fk_expr_mul(pool, fk_expr_number(pool, e->value),
                           fk_expr_mean(pool, bare(pool, e)));
    return fk_node_make(pool, FK_NODE_MEAN, 0.0, 1, &e);
}

/* The law's mass is 1. */
const fk_expr *fk_expr_convolution(fk_expr_pool *pool, const fk_expr *kernel)
{
    return kernel->kind == FK_NODE_NUMBER
               ? kernel
               : fk_node_make(pool, FK_NODE_CONV, 0.0, 1, &kernel);
}

const fk_expr *fk_expr_covariance(fk_expr_pool *pool, const fk_expr *e,
                                  const fk_expr *f)
{
    const fk_expr *u = fk_expr_sub(pool, e, fk_expr_mean(pool, e));
    const fk_expr *v = fk_expr_sub(pool, f, fk_expr_mean(pool, f));
    return fk_expr_mean(pool, fk_expr_mul(pool, u, v));
}
