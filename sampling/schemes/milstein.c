/* Milstein, for commutative noise (L^k G_il = L^l G_ik with L^k = sum_j G_jk d_j; one
 * noise, diagonal and additive noise always are):
 *
 *     X_i+ = X_i + h f_i + sum_k G_ik dW_k
 *                + 1/2 sum_kl L^k G_il (dW_k dW_l - delta_kl h)
 *
 * f the Ito drift.  Whether noise is commutative is decided symbolically; other noise
 * needs the areas int W_k dW_l, which this scheme does not draw.
 * [milstein-1975, kloeden-platen-1992, section 10.3] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_milstein;

struct fk_stepper {
    size_t dim, noises, pairs; /* pairs k <= l of noises */
    fk_entries terms;          /* f[dim], G[dim][noises], then C[dim][pairs] */
};

/* L^k G_il = sum_j G_jk d_j G_il */
static const fk_expr *along(const fk_sde *s, size_t k, size_t i, size_t l)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *slope =
            fk_expr_diff(s->pool, s->noise[i * s->noises + l], s->variable[j]);
        sum = fk_expr_add(s->pool, sum,
                          fk_expr_mul(s->pool, s->noise[j * s->noises + k], slope));
    }
    return sum;
}

static bool same(const fk_sde *s, const fk_expr *a, const fk_expr *b)
{
    double value;
    const fk_expr *d = fk_expr_expand(s->pool, fk_expr_sub(s->pool, a, b));
    return fk_expr_is_number(d, &value) && value == 0.0;
}

/* C of a pair: 1/2 L^k G_ik, or for k < l both orders of the product together. */
static fk_status corrections(const fk_sde *s, const fk_expr **e, fk_message *message)
{
    const fk_expr *half = fk_expr_number(s->pool, 0.5);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t k = 0; k < s->noises; k++)
            for (size_t l = k; l < s->noises; l++) {
                const fk_expr *forth = along(s, k, i, l);
                if (!same(s, forth, along(s, l, i, k)))
                    return fk_fail(
                        message, FK_EDOMAIN,
                        "particles.scheme: milstein needs commutative noise, "
                        "but noises %zu and %zu do not commute in variable "
                        "%zu; euler-maruyama and heun accept them",
                        k + 1, l + 1, i + 1);
                *e++ = k == l ? fk_expr_mul(s->pool, half, forth) : forth;
            }
    return FK_OK;
}

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->terms);
    free(s);
}

static fk_status compile(const fk_sde *sde, fk_stepper *s, fk_message *message)
{
    const size_t d = sde->dim, m = sde->noises, n = d * (1 + m + s->pairs);
    const fk_expr **e = calloc(n, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    memcpy(e, sde->ito, d * sizeof *e);
    memcpy(e + d, sde->noise, d * m * sizeof *e);
    fk_status status = corrections(sde, e + d * (1 + m), message);
    if (status == FK_OK)
        status = fk_entries_new(sde, n, e, &s->terms);
    free(e);
    return status;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    fk_stepper *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->dim = sde->dim;
    s->noises = sde->noises;
    s->pairs = sde->noises * (sde->noises + 1) / 2;
    const fk_status status = compile(sde, s, message);
    if (status == FK_OK)
        *out = s;
    else
        release(s);
    return status;
}

/* One row for the products of increments, then the terms' own. */
static size_t scratch_size(const fk_stepper *s)
{
    return FK_BLOCK + fk_entries_scratch(&s->terms);
}

FK_CLONES static void product(const double *restrict a, const double *restrict b,
                              double less, double *restrict p)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        p[j] = a[j] * b[j] - less;
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const double root = sqrt(h);
    const fk_entry *f = s->terms.entry, *G = f + s->dim, *C = G + s->dim * s->noises;
    double *const *rows =
        fk_entries_eval(&s->terms, t, (const double *const *)x, scratch + FK_BLOCK);
    for (size_t i = 0; i < s->dim; i++) {
        fk_entry_add(&f[i], rows, h, x[i]);
        for (size_t k = 0; k < s->noises; k++)
            fk_entry_add_product(&G[i * s->noises + k], rows, root, z + k * FK_BLOCK,
                                 x[i]);
    }
    size_t pair = 0;
    for (size_t k = 0; k < s->noises; k++)
        for (size_t l = k; l < s->noises; l++, pair++) {
            product(z + k * FK_BLOCK, z + l * FK_BLOCK, k == l ? 1.0 : 0.0, scratch);
            for (size_t i = 0; i < s->dim; i++)
                fk_entry_add_product(&C[i * s->pairs + pair], rows, h, scratch, x[i]);
        }
}

const fk_scheme fk_scheme_milstein = {
    .name = "milstein",
    .summary = "strong order 1 for commutative noise, by symbolic derivatives",
    .reference = "milstein-1975",
    .strong_order = 1.0,
    .weak_order = 1.0,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
};
