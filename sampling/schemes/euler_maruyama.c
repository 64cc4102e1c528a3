/* Euler-Maruyama:
 *
 *     X_i+ = X_i + h f_i(X, t) + sqrt(h) sum_k G_ik(X, t) z_k,      z_k ~ N(0, 1),
 *
 * f the Ito drift.  Given X the result is Gaussian with mean X + h f and covariance
 * h G G^T.  Zero entries are left out; entries of G that depend on neither X nor t are
 * numbers; everything else is one program, so that f and G share what they have in
 * common.  [kloeden-platen-1992, section 10.2] */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "sampling/rows.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_euler_maruyama;

/* One term of the step: row `row` of the program's output, or the number `value`. */
typedef struct term {
    size_t i, k; /* variable; noise (not used by a drift) */
    size_t row;  /* NUMBER: none */
    double value;
} term;

enum { NUMBER = SIZE_MAX };

struct fk_stepper {
    size_t dim, noises;
    size_t n_rows;
    fk_program *program; /* NULL if n_rows is 0 */
    size_t n_drift, n_noise;
    term *drift; /* [n_drift] */
    term *noise; /* [n_noise] */
};

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

/* Splits the entries of G: numbers get their value, the others a row of the program. */
static fk_status sort_noise(const fk_sde *sde, fk_stepper *s, const fk_expr **row)
{
    const fk_binding binding = fk_sde_binding(sde);
    const size_t n = sde->dim * sde->noises;
    fk_program *g = NULL;
    if (n == 0)
        return FK_OK;
    FK_TRY(fk_program_new(n, sde->noise, &binding, &g));

    double *scratch = fk_doubles(fk_program_scratch(g) + n + sde->dim);
    if (scratch == NULL) {
        fk_program_free(g);
        return FK_ENOMEM;
    }
    double *value = scratch + fk_program_scratch(g), *x = value + n;
    fk_program_point(g, 0.0, x, value, scratch);
    for (size_t e = 0; e < n; e++) {
        if (is_zero(sde->noise[e]))
            continue;
        term *const t = &s->noise[s->n_noise++];
        *t = (term){e / sde->noises, e % sde->noises, NUMBER, value[e]};
        if (!fk_program_uniform(g, e) || !fk_program_steady(g, e)) {
            t->row = s->n_rows;
            row[s->n_rows++] = sde->noise[e];
        }
    }
    free(scratch);
    fk_program_free(g);
    return FK_OK;
}

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_program_free(s->program);
    free(s->drift);
    free(s->noise);
    free(s);
}

static fk_status fill(const fk_sde *sde, fk_stepper *s)
{
    const fk_expr **row = calloc(sde->dim * (1 + sde->noises), sizeof *row);
    s->drift = calloc(sde->dim, sizeof *s->drift);
    s->noise = calloc(sde->dim * sde->noises + 1, sizeof *s->noise);
    fk_status status = FK_ENOMEM;
    if (row == NULL || s->drift == NULL || s->noise == NULL)
        goto done;

    for (size_t i = 0; i < sde->dim; i++) {
        if (is_zero(sde->ito[i]))
            continue;
        s->drift[s->n_drift++] = (term){i, 0, s->n_rows, 0.0};
        row[s->n_rows++] = sde->ito[i];
    }
    status = sort_noise(sde, s, row);
    if (status == FK_OK && s->n_rows > 0) {
        const fk_binding binding = fk_sde_binding(sde);
        status = fk_program_new(s->n_rows, row, &binding, &s->program);
    }
done:
    free(row);
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
    const fk_status status = fill(sde, s);
    if (status != FK_OK) {
        release(s);
        return fk_fail(message, status, "the drift and noise cannot be compiled: %s",
                       fk_status_text(status));
    }
    *out = s;
    return FK_OK;
}

/* Pointers to the rows, the rows, the program's own. */
static size_t scratch_size(const fk_stepper *s)
{
    const size_t own = s->program == NULL ? 0 : fk_program_scratch(s->program);
    return fk_rows_scratch(s->n_rows) + s->n_rows * FK_BLOCK + own;
}

static double *const *evaluate(const fk_stepper *s, double t, const double *const *x,
                               double *scratch)
{
    double *const rows = scratch + fk_rows_scratch(s->n_rows);
    double *const *const out = fk_rows(rows, s->n_rows, scratch);
    if (s->program != NULL)
        fk_program_run(s->program, t, x, out, rows + s->n_rows * FK_BLOCK);
    return out;
}

FK_CLONES static void add_scaled(double *restrict x, double a, const double *restrict y)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] += a * y[j];
}

FK_CLONES static void add_product(double *restrict x, double a,
                                  const double *restrict y, const double *restrict z)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] += a * y[j] * z[j];
}

static void step(const fk_stepper *s, double t, double h, const double *dw,
                 double *const *x, double *scratch)
{
    const double root = sqrt(h);
    double *const *row = evaluate(s, t, (const double *const *)x, scratch);
    for (const term *f = s->drift; f < s->drift + s->n_drift; f++)
        add_scaled(x[f->i], h, row[f->row]);
    for (const term *g = s->noise; g < s->noise + s->n_noise; g++) {
        const double *z = dw + g->k * FK_BLOCK;
        if (g->row == NUMBER)
            add_scaled(x[g->i], root * g->value, z);
        else
            add_product(x[g->i], root, row[g->row], z);
    }
}

/* Adds h G_ik G_jk for two terms of the same noise. */
static void add_covariance(const term *a, const term *b, double h, double *const *row,
                           double *c)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double ga = a->row == NUMBER ? a->value : row[a->row][j];
        const double gb = b->row == NUMBER ? b->value : row[b->row][j];
        c[j] += h * ga * gb;
    }
}

static void transition(const fk_stepper *s, double t, double h, const double *const *x,
                       double *const *mean, double *const *covariance, double *scratch)
{
    double *const *row = evaluate(s, t, x, scratch);
    for (size_t i = 0; i < s->dim; i++)
        memcpy(mean[i], x[i], FK_BLOCK * sizeof *mean[i]);
    for (const term *f = s->drift; f < s->drift + s->n_drift; f++)
        add_scaled(mean[f->i], h, row[f->row]);

    for (size_t e = 0; e < s->dim * s->dim; e++)
        memset(covariance[e], 0, FK_BLOCK * sizeof *covariance[e]);
    for (const term *a = s->noise; a < s->noise + s->n_noise; a++)
        for (const term *b = s->noise; b < s->noise + s->n_noise; b++)
            if (a->k == b->k)
                add_covariance(a, b, h, row, covariance[a->i * s->dim + b->i]);
}

const fk_scheme fk_scheme_euler_maruyama = {
    .name = "euler-maruyama",
    .summary = "explicit, one evaluation of drift and noise a step",
    .reference = "kloeden-platen-1992",
    .strong_order = 0.5, /* 1 for noise that does not depend on the variables */
    .weak_order = 1.0,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
    .transition = transition,
};
