#include "sampling/one_step.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "solvers/quadrature.h"

enum { NODES = 128, FUNCTIONS = 32 };

/* A rule for one row. */
typedef struct rule {
    size_t n;
    double node[NODES], weight[NODES];
} rule;

static fk_status make_rule(fk_increments kind, size_t nodes, rule *r)
{
    const double far = sqrt(3.0);
    switch (kind) {
    case FK_THREE_POINT:
        *r = (rule){3, {-far, 0.0, far}, {1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0}};
        return FK_OK;
    case FK_RADEMACHER:
        *r = (rule){2, {-1.0, 1.0}, {0.5, 0.5}};
        return FK_OK;
    default:
        r->n = nodes;
        return fk_gauss_hermite(nodes, r->node, r->weight);
    }
}

typedef struct work {
    const fk_one_step *o;
    fk_stepper *stepper;
    fk_program *program;
    size_t rows, states, n, points;
    rule increment, further;
    double *z, *x, *value, *scratch; /* rows of FK_BLOCK; x and value in one block */
} work;

/* Rows of the points first, first + 1, ... and their weights, 0 beyond the last. */
static void place(const work *w, size_t first, double *weight)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        size_t rest = first + j;
        weight[j] = rest < w->points ? 1.0 : 0.0;
        for (size_t r = 0; r < w->rows; r++) {
            const rule *q = r < w->o->sde->noises ? &w->increment : &w->further;
            w->z[r * FK_BLOCK + j] = q->node[rest % q->n];
            weight[j] *= q->weight[rest % q->n];
            rest /= q->n;
        }
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

static fk_status count_points(work *w, fk_message *message)
{
    double points = 1.0;
    for (size_t r = 0; r < w->rows; r++)
        points *= (double)(r < w->o->sde->noises ? w->increment : w->further).n;
    w->points = (size_t)points;
    return points <= 1e7
               ? FK_OK
               : fk_fail(message, FK_ELIMIT,
                         "a step of %s takes %zu rows of normals: too many for a "
                         "product of rules",
                         w->o->scheme->name, w->rows);
}

static fk_status open_work(work *w, const fk_expr *const *phi, fk_message *message)
{
    const fk_one_step *o = w->o;
    const fk_binding binding = fk_sde_binding(o->sde);
    const bool gaussian = o->increments == FK_GAUSSIAN;
    FK_TRY(o->scheme->prepare(o->sde, &w->stepper, message));
    if (o->scheme->tune != NULL)
        o->scheme->tune(w->stepper, o->h, (fk_step_rules){o->increments, 0.0});
    FK_TRY(fk_program_new(w->n, phi, &binding, &w->program));
    FK_TRY(make_rule(o->increments, o->nodes, &w->increment));
    FK_TRY(make_rule(gaussian ? FK_GAUSSIAN : FK_RADEMACHER, o->nodes, &w->further));
    w->rows = o->scheme->draws != NULL ? o->scheme->draws(w->stepper) : o->sde->noises;
    w->states =
        o->sde->dim + (o->scheme->memory != NULL ? o->scheme->memory(w->stepper) : 0);
    FK_TRY(count_points(w, message));
    const size_t step = o->scheme->scratch(w->stepper);
    const size_t values = fk_program_scratch(w->program);
    w->z = fk_doubles((w->rows + w->states + w->n) * FK_BLOCK +
                      (step > values ? step : values));
    if (w->z == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for a step");
    w->x = w->z + w->rows * FK_BLOCK;
    w->value = w->x + w->states * FK_BLOCK;
    w->scratch = w->value + w->n * FK_BLOCK;
    return FK_OK;
}

fk_status fk_one_step_expectation(const fk_one_step *o, const double *x, size_t n,
                                  const fk_expr *const *phi, double *out,
                                  fk_message *message)
{
    work w = {.o = o, .n = n};
    assert(n > 0 && n <= FUNCTIONS && o->nodes >= 1 && o->nodes <= NODES);
    const fk_status status = open_work(&w, phi, message);
    for (size_t k = 0; k < n; k++)
        out[k] = 0.0;
    for (size_t first = 0; status == FK_OK && first < w.points; first += FK_BLOCK)
        add_block(&w, first, x, out);
    free(w.z);
    fk_program_free(w.program);
    o->scheme->release(w.stepper);
    return status;
}
