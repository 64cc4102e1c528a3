/* The exact step of geometric Brownian motions, dX_i = mu_i X_i dt + X_i sum_k s_ik dW_k in
 * Ito's sense with constant mu and s:
 *
 *     X_i+ = X_i exp((mu_i - 1/2 sum_k s_ik^2) h + sum_k s_ik dW_k)
 *
 * [kloeden-platen-1992, section 4.4] */
#include <math.h>
#include <stdlib.h>

#include "core/elementary.h"
#include "sampling/entries.h"
#include "sampling/prepared.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_exact_geometric;

struct fk_stepper {
    size_t dim, noises;
    fk_entries rates; /* mu[dim], s[dim][noises]: all numbers */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->rates);
    free(s);
}

/* r with e = r x_i and r free of variables and time; NULL if e is not of this form. */
static const fk_expr *rate_of(const fk_sde *sde, const fk_expr *e, size_t i)
{
    const fk_expr *x = sde->variable[i], *r = fk_expr_diff(sde->pool, e, x);
    double value;
    r = fk_expr_expand(sde->pool, r);
    if (!fk_sde_constant(sde, r))
        return NULL;
    const fk_expr *rest = fk_expr_expand(
        sde->pool, fk_expr_sub(sde->pool, e, fk_expr_mul(sde->pool, r, x)));
    return fk_expr_is_number(rest, &value) && value == 0.0 ? r : NULL;
}

static fk_status compile(const fk_sde *sde, fk_stepper *s)
{
    const size_t d = sde->dim, m = sde->noises;
    const fk_expr **e = calloc(d * (1 + m), sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    fk_status status = FK_OK;
    for (size_t i = 0; i < d && status == FK_OK; i++) {
        e[i] = rate_of(sde, sde->ito[i], i);
        bool whole = e[i] != NULL;
        for (size_t k = 0; k < m; k++) {
            e[d + i * m + k] = rate_of(sde, sde->noise[i * m + k], i);
            whole = whole && e[d + i * m + k] != NULL;
        }
        status = whole ? FK_OK : FK_EDOMAIN;
    }
    if (status == FK_OK)
        status = fk_entries_new(sde, d * (1 + m), e, &s->rates);
    free(e);
    s->dim = d;
    s->noises = m;
    return status;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    static const char needs[] =
        "exact-geometric needs drift and noise of each variable to "
        "be constants times that variable; milstein accepts any";
    fk_stepper *s = calloc(1, sizeof *s);
    const fk_status status = s == NULL ? FK_ENOMEM : compile(sde, s);
    return fk_prepared(status, s, release, needs, out, message);
}

/* The exponents. */
static size_t scratch_size(const fk_stepper *s)
{
    (void)s;
    return FK_BLOCK;
}

FK_CLONES static void multiply(double *restrict x, const double *restrict factor)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] *= factor[j];
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)t;
    const fk_entry *mu = s->rates.entry, *sigma = mu + s->dim;
    for (size_t i = 0; i < s->dim; i++, sigma += s->noises) {
        double rate = mu[i].value;
        for (size_t k = 0; k < s->noises; k++)
            rate -= 0.5 * sigma[k].value * sigma[k].value;
        for (size_t j = 0; j < FK_BLOCK; j++)
            scratch[j] = rate * h;
        for (size_t k = 0; k < s->noises; k++)
            fk_row_add(scratch, sqrt(h) * sigma[k].value, z + k * FK_BLOCK);
        fk_elementary_loop(FK_ELEMENTARY_EXP)(scratch, NULL, scratch);
        multiply(x[i], scratch);
    }
}

const fk_scheme fk_scheme_exact_geometric = {
    .name = "exact-geometric",
    .summary = "exact, at any step, for geometric Brownian motions",
    .reference = "kloeden-platen-1992",
    .noise = FK_PROCESS_NOISE,
    .strong_order = INFINITY,
    .weak_order = INFINITY,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
};
