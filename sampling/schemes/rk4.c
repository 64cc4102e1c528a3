/* The classical Runge-Kutta method of order 4, for problems without noise:
 *
 *     k1 = f(X, t), k2 = f(X + h/2 k1, t + h/2), k3 = f(X + h/2 k2, t + h/2),
 *     k4 = f(X + h k3, t + h),    X+ = X + h/6 (k1 + 2 k2 + 2 k3 + k4)
 *
 * [hairer-norsett-wanner-1993, section II.1] */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/rows.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_rk4;

struct fk_stepper {
    size_t dim;
    fk_entries drift; /* f[dim] */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->drift);
    free(s);
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    if (sde->noises > 0)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: rk4 is for problems without noise; this one "
                       "has %zu",
                       sde->noises);
    fk_stepper *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->dim = sde->dim;
    const fk_status status = fk_entries_new(sde, sde->dim, sde->ito, &s->drift);
    if (status != FK_OK) {
        release(s);
        return fk_fail(message, status, "the drift cannot be compiled: %s",
                       fk_status_text(status));
    }
    *out = s;
    return FK_OK;
}

/* The stage's point, the sum of stages, pointers to both, the drift's own. */
static size_t scratch_size(const fk_stepper *s)
{
    return 2 * (s->dim * FK_BLOCK + fk_rows_scratch(s->dim)) +
           fk_entries_scratch(&s->drift);
}

/* One stage: k = f(y, t); sum += weight k; y = x + ahead k */
static void stage(const fk_stepper *s, double t, double weight, double ahead,
                  double *const *x, double *const *y, double *const *sum,
                  double *scratch)
{
    double *const *rows =
        fk_entries_eval(&s->drift, t, (const double *const *)y, scratch);
    for (size_t i = 0; i < s->dim; i++) {
        fk_entry_add(&s->drift.entry[i], rows, weight, sum[i]);
        memcpy(y[i], x[i], FK_BLOCK * sizeof *x[i]);
        fk_entry_add(&s->drift.entry[i], rows, ahead, y[i]);
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)z;
    const size_t n = s->dim * FK_BLOCK;
    double *rest = scratch + 2 * n;
    double *const *y = fk_rows(scratch, s->dim, rest);
    rest += fk_rows_scratch(s->dim);
    double *const *sum = fk_rows(scratch + n, s->dim, rest);
    rest += fk_rows_scratch(s->dim);
    for (size_t i = 0; i < s->dim; i++) {
        memcpy(y[i], x[i], FK_BLOCK * sizeof *x[i]);
        memcpy(sum[i], x[i], FK_BLOCK * sizeof *x[i]);
    }
    stage(s, t, h / 6.0, 0.5 * h, x, y, sum, rest);
    stage(s, t + 0.5 * h, h / 3.0, 0.5 * h, x, y, sum, rest);
    stage(s, t + 0.5 * h, h / 3.0, h, x, y, sum, rest);
    stage(s, t + h, h / 6.0, 0.0, x, y, sum, rest);
    for (size_t i = 0; i < s->dim; i++)
        memcpy(x[i], sum[i], FK_BLOCK * sizeof *x[i]);
}

const fk_scheme fk_scheme_rk4 = {
    .name = "rk4",
    .summary = "order 4, for problems without noise",
    .reference = "hairer-norsett-wanner-1993",
    .strong_order = 4.0,
    .weak_order = 4.0,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .step = step,
};
