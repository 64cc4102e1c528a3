#include "sampling/one_step.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "sampling/step_rule.h"

enum { FUNCTIONS = 32 };

typedef struct work {
    const fk_one_step *o;
    fk_stepper *stepper;
    fk_program *program;
    size_t states, n;
    fk_step_rule rule;
    double *z, *point, *x, *value, *scratch; /* rows of FK_BLOCK; x and value in one
                                                block; point of one number a row */
} work;

/* Rows of the points first, first + 1, ... and their weights, 0 beyond the last. */
static void place(const work *w, size_t first, double *weight)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double share = fk_step_rule_point(&w->rule, first + j, w->point);
        weight[j] = first + j < w->rule.points ? share : 0.0;
        for (size_t r = 0; r < w->rule.rows; r++)
            w->z[r * FK_BLOCK + j] = w->point[r];
    }
}

static void add_block(const work *w, size_t first, const double *start, double *out)
{
    const fk_scheme *scheme = w->o->scheme;
    double weight[FK_BLOCK], *x[FK_BLOCK], *value[FUNCTIONS];
    place(w, first, weight);
    for (size_t i = 0; i < w->states; i++) {
        x[i] = w->x + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = i < w->o->sde->dim ? start[i] : HUGE_VAL;
    }
    for (size_t k = 0; k < w->n; k++)
        value[k] = w->value + k * FK_BLOCK;
    if (scheme->shape != NULL)
        scheme->shape(w->stepper, w->z);
    scheme->step(w->stepper, w->o->t, w->o->h, w->z, x, w->scratch);
    fk_program_run(w->program, w->o->t + w->o->h, (const double *const *)x, value,
                   w->scratch);
    for (size_t k = 0; k < w->n; k++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            if (weight[j] > 0.0)
                out[k] += weight[j] * value[k][j];
}

static fk_status open_work(work *w, const fk_expr *const *phi, fk_message *message)
{
    const fk_one_step *o = w->o;
    const fk_binding binding = fk_sde_binding(o->sde);
    FK_TRY(o->scheme->prepare(o->sde, &w->stepper, message));
    if (o->scheme->tune != NULL)
        o->scheme->tune(w->stepper, o->h, (fk_step_rules){o->increments, 0.0});
    FK_TRY(fk_program_new(w->n, phi, &binding, &w->program));
    FK_TRY(fk_step_rule_make(o->scheme, w->stepper, o->sde, o->increments, o->nodes,
                             &w->rule, message));
    w->states =
        o->sde->dim + (o->scheme->memory != NULL ? o->scheme->memory(w->stepper) : 0);
    const size_t step = o->scheme->scratch(w->stepper);
    const size_t values = fk_program_scratch(w->program);
    w->z = fk_doubles((w->rule.rows + w->states + w->n) * FK_BLOCK +
                      (step > values ? step : values));
    w->point = fk_doubles(w->rule.rows);
    if (w->z == NULL || w->point == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for a step");
    w->x = w->z + w->rule.rows * FK_BLOCK;
    w->value = w->x + w->states * FK_BLOCK;
    w->scratch = w->value + w->n * FK_BLOCK;
    return FK_OK;
}

fk_status fk_one_step_expectation(const fk_one_step *o, const double *x, size_t n,
                                  const fk_expr *const *phi, double *out,
                                  fk_message *message)
{
    work w = {.o = o, .n = n};
    assert(n > 0 && n <= FUNCTIONS);
    const fk_status status = open_work(&w, phi, message);
    for (size_t k = 0; k < n; k++)
        out[k] = 0.0;
    for (size_t first = 0; status == FK_OK && first < w.rule.points; first += FK_BLOCK)
        add_block(&w, first, x, out);
    free(w.z);
    free(w.point);
    fk_program_free(w.program);
    o->scheme->release(w.stepper);
    return status;
}
