#include "sampling/forecast.h"

#include <string.h>

#include "sampling/rows.h"

/* Points of a rule: each is a step. */
enum { MOST = 4096 };

/* A variance below this share of the square of the mean change is none. */
static const double ROUNDING = 1e-13;

fk_status fk_forecast_init(fk_forecast *f, const fk_scheme *scheme, const fk_sde *sde,
                           fk_step_rules rules, double step, size_t nodes, size_t n,
                           const fk_expr *const *phi, fk_message *message)
{
    const fk_binding binding = fk_sde_binding(sde);
    *f = (fk_forecast){.scheme = scheme, .n = n};
    FK_TRY(scheme->prepare(sde, &f->stepper, message));
    if (scheme->tune != NULL)
        scheme->tune(f->stepper, step, rules);
    f->states = sde->dim + (scheme->memory != NULL ? scheme->memory(f->stepper) : 0);
    FK_TRY(fk_program_new(n, phi, &binding, &f->phi));
    FK_TRY(fk_step_rule_make(scheme, f->stepper, sde, rules.increments, nodes, &f->rule,
                             message));
    return f->rule.points <= MOST
               ? FK_OK
               : fk_fail(message, FK_ELIMIT,
                         "a step of %s takes %zu rows of normals: too many to expect "
                         "what it does at every particle",
                         scheme->name, f->rule.rows);
}

void fk_forecast_clear(fk_forecast *f)
{
    fk_program_free(f->phi);
    if (f->scheme != NULL)
        f->scheme->release(f->stepper);
    *f = (fk_forecast){0};
}

/* Rows of states, of normals and of values, pointers to states and values, one point;
 * then in turn the scheme's and the program's. */
size_t fk_forecast_scratch(const fk_forecast *f)
{
    const size_t step = f->scheme->scratch(f->stepper);
    const size_t values = fk_program_scratch(f->phi);
    return (f->states + f->rule.rows + f->n) * FK_BLOCK + fk_rows_scratch(f->states) +
           fk_rows_scratch(f->n) + fk_padded(f->rule.rows) +
           fk_padded(step > values ? step : values);
}

static void add(size_t n, double weight, const double *value, const double *before,
                double *mean, double *square)
{
    for (size_t j = 0; j < n; j++) {
        const double change = value[j] - before[j];
        mean[j] += weight * change;
        square[j] += weight * change * change;
    }
}

void fk_forecast_run(const fk_forecast *f, double t, double h, const double *x,
                     const double *before, double *mean, double *variance,
                     double *scratch)
{
    const size_t size = f->n * FK_BLOCK;
    double *const state = scratch, *const z = state + f->states * FK_BLOCK;
    double *const value = z + f->rule.rows * FK_BLOCK;
    double *const pointers = value + size;
    double *const *rows = fk_rows(state, f->states, pointers);
    double *const *values = fk_rows(value, f->n, pointers + fk_rows_scratch(f->states));
    double *const point = pointers + fk_rows_scratch(f->states) + fk_rows_scratch(f->n);
    double *const rest = point + fk_padded(f->rule.rows);
    memset(mean, 0, size * sizeof *mean);
    memset(variance, 0, size * sizeof *variance);
    for (size_t p = 0; p < f->rule.points; p++) {
        const double weight = fk_step_rule_point(&f->rule, p, point);
        for (size_t i = 0; i < f->rule.rows * FK_BLOCK; i++)
            z[i] = point[i / FK_BLOCK];
        if (f->scheme->shape != NULL)
            f->scheme->shape(f->stepper, z);
        memcpy(state, x, f->states * FK_BLOCK * sizeof *state);
        f->scheme->step(f->stepper, t, h, z, rows, rest);
        fk_program_run(f->phi, t + h, (const double *const *)rows, values, rest);
        add(size, weight, value, before, mean, variance);
    }
    for (size_t i = 0; i < size; i++) {
        const double square = mean[i] * mean[i], left = variance[i] - square;
        variance[i] = left > ROUNDING * square ? left : 0.0;
        mean[i] += before[i];
    }
}
