/* Milstein:
 *
 *     X_i+ = X_i + h f_i + sum_k G_ik dW_k
 *                + 1/2 sum_kl L^k G_il (dW_k dW_l - delta_kl h)
 *                + sum_(k < l) (L^k G_il - L^l G_ik) A_kl,     L^k = sum_j G_jk d_j
 *
 * f the Ito drift, A_kl the Levy areas (see sampling/areas.h).  Whether noise is
 * commutative, L^k G_il = L^l G_ik, is decided symbolically: then no area is drawn.  One
 * noise, diagonal and additive noise always are.
 * [milstein-1975, kloeden-platen-1992, section 10.3] */
#include <math.h>
#include <stdlib.h>

#include "sampling/areas.h"
#include "sampling/increments.h"
#include "sampling/motion.h"

extern const fk_scheme fk_scheme_milstein;

/* Pairs k <= l of noises. */
static size_t products(size_t noises)
{
    return noises + fk_areas_pairs(noises);
}

static const fk_expr *difference(const fk_sde *s, const fk_expr *a, const fk_expr *b)
{
    return fk_expr_expand(s->pool, fk_expr_sub(s->pool, a, b));
}

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

/* What multiplies dW_k dW_l h of a pair: 1/2 L^k G_ik, or for k < l both orders of the
 * product together. */
static const fk_expr *of_product(const fk_sde *s, size_t i, size_t k, size_t l)
{
    const fk_expr *half = fk_expr_number(s->pool, 0.5);
    const fk_expr *forth = fk_sde_along_noise(s, k, i, l);
    const fk_expr *back = fk_sde_along_noise(s, l, i, k);
    if (k != l && is_zero(difference(s, forth, back)))
        return forth;
    const fk_expr *sum = k == l ? forth : fk_expr_add(s->pool, forth, back);
    return fk_expr_mul(s->pool, half, sum);
}

/* [dim][products], then [dim][pairs] for the areas; the number of those that count. */
static size_t corrections(const fk_sde *s, const fk_expr **e)
{
    const size_t n = s->dim * products(s->noises);
    const fk_expr **area = e + n;
    bool commute = true;
    for (size_t i = 0; i < s->dim; i++)
        for (size_t k = 0; k < s->noises; k++)
            for (size_t l = k; l < s->noises; l++) {
                *e++ = of_product(s, i, k, l);
                if (l == k)
                    continue;
                *area = difference(s, fk_sde_along_noise(s, k, i, l),
                                   fk_sde_along_noise(s, l, i, k));
                commute = is_zero(*area++) && commute;
            }
    return commute ? n : n + s->dim * fk_areas_pairs(s->noises);
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    const size_t n = sde->dim * (products(sde->noises) + fk_areas_pairs(sde->noises));
    *out = NULL;
    const fk_expr **e = calloc(n + 1, sizeof *e);
    if (e == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    const fk_status status =
        fk_motion_new(sde, sde->ito, corrections(sde, e), e, out, message);
    free(e);
    return status;
}

static bool has_areas(const fk_stepper *s)
{
    return s->extra > s->dim * products(s->noises);
}

static void tune(fk_stepper *s, double step, fk_step_rules rules)
{
    (void)rules;
    s->series = has_areas(s) ? fk_areas_terms(s->noises, step) : 0;
}

static size_t draws(const fk_stepper *s)
{
    return has_areas(s) ? fk_areas_draws(s->noises, s->series) : s->noises;
}

static void shape(const fk_stepper *s, double *z)
{
    if (has_areas(s))
        fk_areas_shape(s->noises, s->series, z);
}

/* Rows of commutative noise are increments, without an area among them. */
static void join(const fk_stepper *s, double h, const double *first,
                 const double *second, double *z)
{
    (void)h;
    if (has_areas(s))
        fk_areas_join(s->noises, first, second, z);
    else
        fk_increments_join(s->noises, first, second, z);
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

/* x_i += h sum of (L^k G_il - L^l G_ik) (A_kl / h) */
static void add_areas(const fk_stepper *s, double *const *rows, double h,
                      const double *area, double *const *x)
{
    const fk_entry *C = fk_motion_extra(s) + s->dim * products(s->noises);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t pair = 0; pair < fk_areas_pairs(s->noises); pair++, C++)
            fk_entry_add_product(C, rows, h, area + pair * FK_BLOCK, x[i]);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const size_t n = products(s->noises);
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
    if (has_areas(s))
        add_areas(s, rows, h, z + s->noises * FK_BLOCK, x);
}

const fk_scheme fk_scheme_milstein = {
    .name = "milstein",
    .summary = "strong order 1 for any noise, by symbolic derivatives and Levy areas",
    .reference = "milstein-1975",
    .strong_order = 1.0,
    .weak_order = 1.0,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .tune = tune,
    .draws = draws,
    .shape = shape,
    .join = join,
    .step = step,
};
