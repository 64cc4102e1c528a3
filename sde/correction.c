#include "sde/correction.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static const fk_expr *sum_of_products(const fk_sde *s, const fk_expr *const *u,
                                      const fk_expr *const *v)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t k = 0; k < s->noises; k++)
        sum = fk_expr_add(s->pool, sum, fk_expr_mul(s->pool, u[k], v[k]));
    return sum;
}

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

static bool all_zero(size_t n, const fk_expr *const *e)
{
    for (size_t i = 0; i < n; i++)
        if (!is_zero(e[i]))
            return false;
    return true;
}

/* ---- one corrected equation ---- */

/* What is being put together: the parts of a corrected SDE, with room for them. */
typedef struct draft {
    const fk_sde *s;
    const fk_expr *amount; /* symbol */
    const fk_expr **drift, **noise, **parameter;
    double *value;
    fk_corrections *to;
} draft;

/* The equation as it is. */
static void begin(draft *d)
{
    const fk_sde *s = d->s;
    memcpy(d->drift, s->drift, s->dim * sizeof *d->drift);
    if (s->noises > 0)
        memcpy(d->noise, s->noise, s->dim * s->noises * sizeof *d->noise);
}

/* The draft under a name; kinds of drift are added to the Ito form. */
static fk_status end(draft *d, fk_correction_kind kind, double none, double least,
                     double most, const char *name, const char *of)
{
    const fk_sde *s = d->s;
    const bool ito = kind == FK_INDUCED_DRIFT || kind == FK_GRADIENT_DRIFT;
    const fk_sde_parts parts = {.pool = s->pool,
                                .dim = s->dim,
                                .noises = s->noises,
                                .interpretation = ito ? FK_ITO : s->interpretation,
                                .variable = s->variable,
                                .time = s->time,
                                .n_parameters = s->n_parameters + 1,
                                .parameter = d->parameter,
                                .value = d->value,
                                .drift = d->drift,
                                .noise = d->noise};
    fk_correction *c = &d->to->list[d->to->n];
    *c = (fk_correction){.kind = kind, .none = none, .least = least, .most = most};
    snprintf(c->name, sizeof c->name, "%s%s", name, of);
    d->value[s->n_parameters] = none;
    FK_TRY(fk_sde_new(&parts, &c->sde));
    d->to->n++;
    return FK_OK;
}

/* " of x"; "" where there is one variable. */
static void of_variable(const fk_sde *s, size_t i, size_t n, char *text)
{
    char *x = fk_expr_print(s->variable[i], FK_EXPR_DISPLAY);
    snprintf(text, n, " of %s", x != NULL ? x : "?");
    free(x);
}

/* ---- the kinds ---- */

static fk_status add_drift_factors(draft *d)
{
    const fk_sde *s = d->s;
    size_t moved = 0;
    char of[48];
    for (size_t i = 0; i < s->dim; i++)
        moved += !is_zero(s->drift[i]);
    begin(d);
    for (size_t i = 0; i < s->dim; i++)
        d->drift[i] = fk_expr_mul(s->pool, d->amount, s->drift[i]);
    if (moved > 0)
        FK_TRY(end(d, FK_DRIFT_FACTOR, 1.0, -100.0, 100.0, "drift", ""));
    for (size_t i = 0; i < s->dim && moved > 1; i++) {
        begin(d);
        d->drift[i] = fk_expr_mul(s->pool, d->amount, s->drift[i]);
        of_variable(s, i, sizeof of, of);
        if (!is_zero(s->drift[i]))
            FK_TRY(end(d, FK_DRIFT_FACTOR, 1.0, -100.0, 100.0, "drift", of));
    }
    return FK_OK;
}

/* Column k of the noise matrix times sqrt(amount). */
static void scale_noise(draft *d, size_t k)
{
    const fk_sde *s = d->s;
    const fk_expr *root = fk_expr_pow(s->pool, d->amount, fk_expr_number(s->pool, 0.5));
    for (size_t i = 0; i < s->dim; i++)
        d->noise[i * s->noises + k] =
            fk_expr_mul(s->pool, root, s->noise[i * s->noises + k]);
}

/* " of x" for a noise that drives one variable, else its number. */
static void of_noise(const fk_sde *s, size_t k, size_t n, char *text)
{
    size_t driven = 0, last = 0;
    for (size_t i = 0; i < s->dim; i++)
        if (!is_zero(s->noise[i * s->noises + k])) {
            driven++;
            last = i;
        }
    if (driven == 1)
        of_variable(s, last, n, text);
    else
        snprintf(text, n, " of noise number %zu", k + 1);
}

static fk_status add_noise_factors(draft *d)
{
    const fk_sde *s = d->s;
    char of[48];
    begin(d);
    for (size_t k = 0; k < s->noises; k++)
        scale_noise(d, k);
    if (s->noises > 0)
        FK_TRY(end(d, FK_NOISE_FACTOR, 1.0, 1e-3, 1e3, "noise amplitude", ""));
    for (size_t k = 0; k < s->noises && s->noises > 1; k++) {
        begin(d);
        scale_noise(d, k);
        of_noise(s, k, sizeof of, of);
        FK_TRY(end(d, FK_NOISE_FACTOR, 1.0, 1e-3, 1e3, "noise amplitude", of));
    }
    return FK_OK;
}

/* ito + amount * added */
static fk_status add_drift(draft *d, const fk_expr *const *added,
                           fk_correction_kind kind, const char *name)
{
    const fk_sde *s = d->s;
    begin(d);
    for (size_t i = 0; i < s->dim; i++)
        d->drift[i] =
            fk_expr_add(s->pool, s->ito[i], fk_expr_mul(s->pool, d->amount, added[i]));
    return end(d, kind, 0.0, -20.0, 20.0, name, "");
}

static fk_status add_induced_drifts(draft *d)
{
    const fk_sde *s = d->s;
    const fk_expr **induced = fk_alloc(2 * s->dim + 1, sizeof *induced);
    fk_status status = induced != NULL ? FK_OK : FK_ENOMEM;
    bool same = true;
    for (size_t i = 0; i < s->dim && status == FK_OK; i++) {
        const fk_expr **gradient = induced + s->dim;
        induced[i] = fk_expr_expand(
            s->pool, fk_expr_sub(s->pool, s->ito[i], fk_sde_drift_at(s, 1.0, i)));
        gradient[i] =
            fk_expr_expand(s->pool, fk_expr_sub(s->pool, s->ito[i], s->flux_drift[i]));
        same = same && gradient[i] == induced[i];
    }
    if (status == FK_OK && !all_zero(s->dim, induced))
        status = add_drift(d, induced, FK_INDUCED_DRIFT, "noise-induced drift");
    /* the expansions of one variable may differ in form alone */
    if (status == FK_OK && !same && s->dim > 1 && !all_zero(s->dim, induced + s->dim))
        status = add_drift(d, induced + s->dim, FK_GRADIENT_DRIFT, "gradient of D");
    free(induced);
    return status;
}

/* Rows G_i, G_j of the noise with another product: G_j -> (c / G_i.G_i) G_i + w r, where r
 * is the part of G_j at right angles to G_i and w leaves G_j.G_j what it was. */
static void set_product(draft *d, size_t i, size_t j, const fk_expr *c)
{
    const fk_sde *s = d->s;
    fk_expr_pool *pool = s->pool;
    const fk_expr *const *u = s->noise + i * s->noises, *const *v =
                                                            s->noise + j * s->noises;
    const fk_expr *uu = sum_of_products(s, u, u), *vv = sum_of_products(s, v, v);
    const fk_expr *share = fk_expr_div(pool, sum_of_products(s, u, v), uu);
    const fk_expr *kept = fk_expr_mul(pool, share, sum_of_products(s, u, v));
    const fk_expr *left = fk_expr_div(
        pool, fk_expr_sub(pool, vv, fk_expr_div(pool, fk_expr_mul(pool, c, c), uu)),
        fk_expr_sub(pool, vv, kept));
    const fk_expr *w = fk_expr_pow(pool, left, fk_expr_number(pool, 0.5));
    for (size_t k = 0; k < s->noises; k++) {
        const fk_expr *r = fk_expr_sub(pool, v[k], fk_expr_mul(pool, share, u[k]));
        d->noise[j * s->noises + k] =
            fk_expr_add(pool, fk_expr_mul(pool, fk_expr_div(pool, c, uu), u[k]),
                        fk_expr_mul(pool, w, r));
    }
}

static fk_status add_cross_term(draft *d, size_t i, size_t j)
{
    const fk_sde *s = d->s;
    fk_expr_pool *pool = s->pool;
    const size_t m = s->noises;
    const fk_expr *const *u = s->noise + i * m, *const *v = s->noise + j * m;
    const fk_expr *product = sum_of_products(s, u, v);
    const fk_expr *size = fk_expr_pow(
        pool, fk_expr_mul(pool, sum_of_products(s, u, u), sum_of_products(s, v, v)),
        fk_expr_number(pool, 0.5));
    char x[48], y[48], of[100];
    of_variable(s, i, sizeof x, x);
    of_variable(s, j, sizeof y, y);
    snprintf(of, sizeof of, "%s and %s", x, y + strlen(" of "));
    begin(d);
    set_product(d, i, j,
                fk_expr_mul(pool, d->amount, is_zero(product) ? size : product));
    return is_zero(product)
               ? end(d, FK_CORRELATION, 0.0, -0.99, 0.99, "cross term of D", of)
               : end(d, FK_CROSS_FACTOR, 1.0, -20.0, 20.0, "cross term of D", of);
}

static fk_status add_cross_terms(draft *d)
{
    const fk_sde *s = d->s;
    for (size_t i = 0; i < s->dim && s->noises > 1; i++)
        for (size_t j = i + 1; j < s->dim; j++)
            if (!all_zero(s->noises, s->noise + i * s->noises) &&
                !all_zero(s->noises, s->noise + j * s->noises))
                FK_TRY(add_cross_term(d, i, j));
    return FK_OK;
}

fk_status fk_corrections_new(const fk_sde *s, fk_corrections *out)
{
    const size_t d = s->dim, m = s->noises, n = s->n_parameters;
    draft w = {.s = s,
               .amount = fk_expr_symbol(s->pool, "amount_of_the_correction"),
               .drift = fk_alloc(d + d * m + n + 1, sizeof *w.drift),
               .value = fk_doubles(n + 1),
               .to = out};
    *out = (fk_corrections){
        .list = fk_alloc(4 + d + m + d * d, sizeof *out->list),
    };
    fk_status status =
        w.drift != NULL && w.value != NULL && out->list != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK) {
        w.noise = w.drift + d;
        w.parameter = w.noise + d * m;
        memcpy(w.parameter, s->parameter, n * sizeof *w.parameter);
        memcpy(w.value, s->value, n * sizeof *w.value);
        w.parameter[n] = w.amount;
    }
    if (status == FK_OK)
        status = add_drift_factors(&w);
    if (status == FK_OK)
        status = add_noise_factors(&w);
    if (status == FK_OK)
        status = add_induced_drifts(&w);
    if (status == FK_OK)
        status = add_cross_terms(&w);
    free(w.drift);
    free(w.value);
    return status;
}

void fk_corrections_clear(fk_corrections *c)
{
    for (size_t i = 0; i < c->n; i++)
        fk_sde_free(c->list[i].sde);
    free(c->list);
    *c = (fk_corrections){0};
}

void fk_correction_set(fk_correction *c, double amount)
{
    c->sde->value[c->sde->n_parameters - 1] = amount;
}

/* ---- words ---- */

/* What a share of the induced drift is known as, if it is one of these to its error. */
static const char *known_drift(double amount, double error)
{
    static const struct {
        double amount;
        const char *text;
    } known[] = {
        {0.5, ": Stratonovich's drift is missing, the noise was taken for Ito's"},
        {1.0, ": grad D is missing"},
        {-0.5, ": Stratonovich's drift is too much, the noise is Ito's"},
        {-1.0, ": grad D is too much"},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fabs(amount - known[i].amount) <= fmax(4.0 * error, 0.02) && error < 0.1)
            return known[i].text;
    return "";
}

void fk_correction_tell(const fk_correction *c, double amount, double error, size_t n,
                        char *text)
{
    const char *sign =
        fabs(amount + 1.0) <= 4.0 * error && error < 0.1 ? ": its sign is wrong" : "";
    switch (c->kind) {
    case FK_DRIFT_FACTOR:
        snprintf(text, n, "should be %.3g +- %.2g times what it is%s", amount, error,
                 sign);
        break;
    case FK_NOISE_FACTOR:
        snprintf(text, n, "factor %.3g +- %.2g in D", amount, error);
        break;
    case FK_INDUCED_DRIFT:
        snprintf(text, n, "%.3g +- %.2g of sum_jk G_jk d_j G_ik is to be added%s",
                 amount, error, known_drift(amount, error));
        break;
    case FK_GRADIENT_DRIFT:
        snprintf(text, n, "%.3g +- %.2g of sum_j d_j D_ij is to be added%s", amount,
                 error, known_drift(amount, error));
        break;
    case FK_CROSS_FACTOR:
        snprintf(text, n, "should be %.3g +- %.2g times what it is%s", amount, error,
                 sign);
        break;
    case FK_CORRELATION:
        snprintf(text, n, "is missing: a correlation of %.3g +- %.2g", amount, error);
        break;
    }
}
