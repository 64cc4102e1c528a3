/* Values of functions and expressions at numbers. */
#include <assert.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_psi.h>
#include <limits.h>
#include <stdlib.h>

#include "core/expr.h"
#include "core/expr_node.h"

double fk_special_lgamma(double x)
{
    int sign; /* lgamma() would write it to a global variable */
    return lgamma_r(x, &sign);
}

double fk_special_polygamma(double n, double x)
{
    gsl_sf_result r;
    if (!fk_is_whole(n) || n < 0.0 || n > 1000.0 || !isfinite(x))
        return NAN;
    const int order = (int)n;
    const int status = order == 0   ? gsl_sf_psi_e(x, &r)
                       : order == 1 ? gsl_sf_psi_1_e(x, &r)
                                    : gsl_sf_psi_n_e(order, x, &r);
    return status == 0 ? r.val : NAN;
}

double fk_special_digamma(double x)
{
    return isinf(x) && x > 0.0 ? x : fk_special_polygamma(0.0, x);
}

/* I_n(x) = e^|x| (e^-|x| I_n(x)): overflows to infinity only where I_n nearly does. */
double fk_special_bessel_i(double n, double x)
{
    gsl_sf_result r;
    if (isnan(n) || isnan(x) || fabs(n) > 1e6)
        return NAN;
    if (isinf(x))
        return fk_is_whole(n) && fk_same(fmod(n, 2.0), 0.0) ? INFINITY : x;
    if (fk_is_whole(n))
        gsl_sf_bessel_In_scaled_e((int)n, x, &r);
    else if (n >= 0.0 && x >= 0.0)
        gsl_sf_bessel_Inu_scaled_e(n, x, &r);
    else
        return NAN;
    return fabs(x) < 700.0 ? r.val * exp(fabs(x))
                           : r.val * exp(0.5 * fabs(x)) * exp(0.5 * fabs(x));
}

double fk_special_bessel_j(double n, double x)
{
    gsl_sf_result r;
    if (isnan(n) || isnan(x) || fabs(n) > 1e6)
        return NAN;
    if (isinf(x))
        return 0.0;
    if (fk_is_whole(n))
        gsl_sf_bessel_Jn_e((int)n, x, &r);
    else if (n >= 0.0 && x >= 0.0)
        gsl_sf_bessel_Jnu_e(n, x, &r);
    else
        return NAN;
    return r.val;
}

/* a^n for whole 0 <= n, squaring from the highest bit. */
static double whole_power(double a, unsigned n)
{
    double p = 1.0;
    for (; n != 0; n >>= 1) {
        if ((n & 1u) != 0)
            p *= a;
        a *= a;
    }
    return p;
}

double fk_node_power(double a, double n)
{
    const double twice = 2.0 * fabs(n);
    if (!(twice <= 64.0) || !fk_is_whole(twice))
        return pow(a, n);
    const unsigned half = (unsigned)twice;
    double p = whole_power(a, half / 2);
    if (half % 2 != 0)
        p *= sqrt(a);
    return n < 0.0 ? 1.0 / p : p;
}

double fk_node_evaluate(fk_node_kind kind, double a, double b, double c)
{
    switch (kind) {
#define FK_CASE(kind, name, value, meaning) \
    case FK_NODE_##kind:                    \
        return value;
        FK_UNARY_LIST(FK_CASE)
        FK_BINARY_LIST(FK_CASE)
#undef FK_CASE
    case FK_NODE_POWER:
        return fk_node_power(a, b);
    case FK_NODE_IF:
        return fk_same(a, 0.0) ? c : b;
    default:
        assert(!"a kind with a value of its own");
        return NAN;
    }
}

typedef struct point {
    size_t n;
    const fk_expr *const *symbol;
    const double *value;
    double *known; /* [id] */
    unsigned char *seen;
} point;

static double value_of(const fk_expr *e, const point *p);

static double symbol_value(const fk_expr *e, const point *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->symbol[i] == e)
            return p->value[i];
    return NAN;
}

/* Numerators over denominators, as the compiled program does. */
static double product_value(const fk_expr *e, const point *p)
{
    double above = e->value, below = 1.0;
    for (size_t i = 0; i < e->count; i++) {
        const fk_expr *f = e->arg[i];
        if (f->kind == FK_NODE_POWER && f->arg[1]->kind == FK_NODE_NUMBER &&
            f->arg[1]->value < 0.0)
            below *= fk_node_power(value_of(f->arg[0], p), -f->arg[1]->value);
        else
            above *= value_of(f, p);
    }
    return above / below;
}

static double compute(const fk_expr *e, const point *p)
{
    double sum = e->value, a[3] = {0.0, 0.0, 0.0};
    switch (e->kind) {
    case FK_NODE_NUMBER:
        return e->value;
    case FK_NODE_SYMBOL:
        return symbol_value(e, p);
    case FK_NODE_MEAN: /* no law here */
    case FK_NODE_CONV:
        return NAN;
    case FK_NODE_SUM:
        for (size_t i = 0; i < e->count; i++)
            sum += value_of(e->arg[i], p);
        return sum;
    case FK_NODE_PRODUCT:
        return product_value(e, p);
    default:
        for (size_t i = 0; i < e->count; i++)
            a[i] = value_of(e->arg[i], p);
        return fk_node_evaluate(e->kind, a[0], a[1], a[2]);
    }
}

static double value_of(const fk_expr *e, const point *p)
{
    if (p->seen[e->id] == 0) {
        p->known[e->id] = compute(e, p);
        p->seen[e->id] = 1;
    }
    return p->known[e->id];
}

double fk_expr_value(const fk_expr *e, size_t n, const fk_expr *const *symbol,
                     const double *value)
{
    const size_t ids = (size_t)e->id + 1;
    point p = {.n = n, .symbol = symbol, .value = value};
    p.known = malloc(ids * sizeof *p.known);
    p.seen = calloc(ids, 1);
    const double result =
        p.known != NULL && p.seen != NULL ? value_of(e, &p) : (double)NAN;
    free(p.known);
    free(p.seen);
    return result;
}
