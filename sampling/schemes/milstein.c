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

#include "sampling/motion.h"

extern const fk_scheme fk_scheme_milstein;

/* Pairs k <= l of noises. */
static size_t pairs(size_t noises)
{
    return noises * (noises + 1) / 2;
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
                const fk_expr *forth = fk_sde_along_noise(s, k, i, l);
                if (!same(s, forth, fk_sde_along_noise(s, l, i, k)))
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

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    const size_t n = sde->dim * pairs(sde->noises);
    *out = NULL;
    const fk_expr **e = calloc(n + 1, sizeof *e);
    if (e == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    fk_status status = corrections(sde, e, message);
    if (status == FK_OK)
        status = fk_motion_new(sde, sde->ito, n, e, out, message);
    free(e);
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
    const size_t n = pairs(s->noises);
    double *const *rows = fk_motion_eval(s, t, x, scratch + FK_BLOCK);
    fk_motion_add_drift(s, rows, h, x);
    fk_motion_add_noise(s, rows, sqrt(h), z, x);
    const fk_entry *C = fk_motion_extra(s);
    for (size_t k = 0; k < s->noises; k++)
        for (size_t l = k; l < s->noises; l++, C++) {
            product(z + k * FK_BLOCK, z + l * FK_BLOCK, k == l ? 1.0 : 0.0, scratch);
            for (size_t i = 0; i < s->dim; i++)
                fk_entry_add_product(&C[i * n], rows, h, scratch, x[i]);
        }
}

const fk_scheme fk_scheme_milstein = {
    .name = "milstein",
    .summary = "strong order 1 for commutative noise, by symbolic derivatives",
    .reference = "milstein-1975",
    .strong_order = 1.0,
    .weak_order = 1.0,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .step = step,
};
