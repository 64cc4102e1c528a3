#include "sampling/flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/rows.h"

/* ---- the field ---- */

static fk_status check(const fk_sde *sde, fk_message *message)
{
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "a probability flow needs paths without jumps and stable noise");
    if (sde->killing != NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "a probability flow keeps all mass, but paths are killed");
    if (fk_sde_interacts(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "a probability flow needs an equation that does not depend on "
                       "its own law");
    return FK_OK;
}

/* b, a, div b, div a */
static size_t outputs(size_t dim)
{
    return dim + dim * dim + 1 + dim;
}

static void derive(const fk_sde *sde, const fk_expr **e, bool *nonzero)
{
    const size_t d = sde->dim;
    const fk_expr **a = e + d, **div_b = a + d * d, **div_a = div_b + 1;
    *div_b = fk_expr_number(sde->pool, 0.0);
    for (size_t j = 0; j < d; j++) {
        const fk_expr *slope =
            fk_expr_diff(sde->pool, sde->flux_drift[j], sde->variable[j]);
        *div_b = fk_expr_add(sde->pool, *div_b, slope);
        e[j] = sde->flux_drift[j];
        div_a[j] = fk_expr_number(sde->pool, 0.0);
        for (size_t i = 0; i < d; i++) {
            double value = 1.0;
            const fk_expr *a_ij = a[i * d + j] = sde->diffusion[i * d + j];
            div_a[j] = fk_expr_add(sde->pool, div_a[j],
                                   fk_expr_diff(sde->pool, a_ij, sde->variable[i]));
            nonzero[i * d + j] = !fk_expr_is_number(a_ij, &value) || value != 0.0;
        }
    }
}

fk_status fk_flow_new(const fk_sde *sde, fk_flow *out, fk_message *message)
{
    const size_t d = sde->dim;
    const fk_binding binding = fk_sde_binding(sde);
    *out = (fk_flow){.dim = d};
    FK_TRY(check(sde, message));
    const fk_expr **e = fk_alloc(outputs(d), sizeof *e);
    out->nonzero = fk_alloc(d * d, sizeof *out->nonzero);
    fk_status status = FK_ENOMEM;
    if (e != NULL && out->nonzero != NULL) {
        derive(sde, e, out->nonzero);
        if (!fk_expr_pool_exhausted(sde->pool))
            status = fk_program_new(outputs(d), e, &binding, &out->program);
    }
    free(e);
    if (status != FK_OK)
        fk_flow_clear(out);
    return status;
}

void fk_flow_clear(fk_flow *f)
{
    fk_program_free(f->program);
    free(f->nonzero);
    *f = (fk_flow){0};
}

/* ---- the steps ---- */

enum { STAGES = 11 };

#define ROOT 4.582575694955840007 /* sqrt(21) */

/* Of each stage: its place among Lobatto's points and what it weighs in the step. */
static const size_t place_of[STAGES] = {0, 2, 2, 3, 3, 2, 1, 1, 2, 3, 4};
static const double weight_of[STAGES] = {
    1.0 / 20.0, 0.0,          0.0,         0.0,          0.0,       0.0,
    0.0,        49.0 / 180.0, 16.0 / 45.0, 49.0 / 180.0, 1.0 / 20.0};

static const double stage_of[STAGES][STAGES - 1] = {
    {0.0},
    {1.0 / 2.0},
    {1.0 / 4.0, 1.0 / 4.0},
    {1.0 / 7.0, (-7.0 - 3.0 * ROOT) / 98.0, (21.0 + 5.0 * ROOT) / 49.0},
    {(11.0 + ROOT) / 84.0, 0.0, (18.0 + 4.0 * ROOT) / 63.0, (21.0 - ROOT) / 252.0},
    {(5.0 + ROOT) / 48.0, 0.0, (9.0 + ROOT) / 36.0, (-231.0 + 14.0 * ROOT) / 360.0,
     (63.0 - 7.0 * ROOT) / 80.0},
    {(10.0 - ROOT) / 42.0, 0.0, (-432.0 + 92.0 * ROOT) / 315.0,
     (633.0 - 145.0 * ROOT) / 90.0, (-504.0 + 115.0 * ROOT) / 70.0,
     (63.0 - 13.0 * ROOT) / 35.0},
    {1.0 / 14.0, 0.0, 0.0, 0.0, (14.0 - 3.0 * ROOT) / 126.0, (13.0 - 3.0 * ROOT) / 63.0,
     1.0 / 9.0},
    {1.0 / 32.0, 0.0, 0.0, 0.0, (91.0 - 21.0 * ROOT) / 576.0, 11.0 / 72.0,
     (-385.0 - 75.0 * ROOT) / 1152.0, (63.0 + 13.0 * ROOT) / 128.0},
    {1.0 / 14.0, 0.0, 0.0, 0.0, 1.0 / 9.0, (-733.0 - 147.0 * ROOT) / 2205.0,
     (515.0 + 111.0 * ROOT) / 504.0, (-51.0 - 11.0 * ROOT) / 56.0,
     (132.0 + 28.0 * ROOT) / 245.0},
    {0.0, 0.0, 0.0, 0.0, (-42.0 + 7.0 * ROOT) / 18.0, (-18.0 + 28.0 * ROOT) / 45.0,
     (-273.0 - 53.0 * ROOT) / 72.0, (301.0 + 53.0 * ROOT) / 72.0,
     (28.0 - 28.0 * ROOT) / 45.0, (49.0 - 7.0 * ROOT) / 18.0},
};

void fk_flow_times(size_t n, const double *node, double *time)
{
    const double lobatto[FK_FLOW_TIMES] = {0.0, (7.0 - ROOT) / 14.0, 0.5,
                                           (7.0 + ROOT) / 14.0};
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < FK_FLOW_TIMES; i++)
            time[FK_FLOW_TIMES * k + i] =
                node[k] + lobatto[i] * (node[k + 1] - node[k]);
    time[FK_FLOW_TIMES * n] = node[n];
}

/* y += factor u w */
FK_CLONES static void add_product(double factor, const double *restrict u,
                                  const double *restrict w, double *restrict y)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        y[j] += factor * u[j] * w[j];
}

FK_CLONES static void add(size_t n, double factor, const double *restrict w,
                          double *restrict y)
{
    for (size_t j = 0; j < n; j++)
        y[j] += factor * w[j];
}

/* y += factor a u over the entries of a that are not zero */
static void add_tensor_product(const fk_flow *f, const fk_carrier *c, double factor,
                               const double *u, double *y)
{
    const double *a = c->field + f->dim * FK_BLOCK;
    for (size_t e = 0; e < f->dim * f->dim; e++)
        if (f->nonzero[e])
            add_product(factor, a + e * FK_BLOCK, u + e % f->dim * FK_BLOCK,
                        y + e / f->dim * FK_BLOCK);
}

/* v = b - a s at y */
static void evaluate(const fk_flow *f, const fk_score *score, size_t time,
                     fk_carrier *c, double *v)
{
    const double *const *y = (const double *const *)c->y_rows;
    fk_program_run(f->program, score->time[time], y, c->field_rows, c->rest);
    score->eval(score, time, y, c->s_rows, c->rest);
    memcpy(v, c->field, f->dim * FK_BLOCK * sizeof *v);
    add_tensor_product(f, c, -1.0, c->s, v);
}

/* The integrands at y, where the field has been evaluated. */
static void integrate(const fk_flow *f, const fk_score *score, size_t time,
                      double weight, fk_carrier *c)
{
    const size_t d = f->dim, vector = d * FK_BLOCK;
    const double *div_b = c->field + vector + d * vector, *div_a = div_b + FK_BLOCK;
    add(FK_BLOCK, weight, div_b, c->drift);
    for (size_t j = 0; j < vector; j += FK_BLOCK)
        add_product(weight, div_a + j, c->s + j, c->tensor);
    score->along(score, time, (const double *const *)c->y_rows, c->directions,
                 c->direction, c->change, c->rest);
    for (size_t m = 0; m < c->directions; m++) {
        memset(c->product, 0, vector * sizeof *c->product);
        add_tensor_product(f, c, 1.0, c->change + m * vector, c->product);
        for (size_t j = 0; j < vector; j += FK_BLOCK)
            add_product(weight, c->direction + m * vector + j, c->product + j,
                        c->trace + m * FK_BLOCK);
    }
}

void fk_flow_step(const fk_flow *f, const fk_score *score, size_t k, fk_carrier *c)
{
    const size_t first = FK_FLOW_TIMES * k, vector = f->dim * FK_BLOCK;
    const double h = score->time[first + FK_FLOW_TIMES] - score->time[first];
    for (size_t i = 0; i < STAGES; i++) {
        memcpy(c->y, c->x, vector * sizeof *c->y);
        for (size_t j = 0; j < i; j++)
            if (stage_of[i][j] != 0.0)
                add(vector, h * stage_of[i][j], c->stage + j * vector, c->y);
        evaluate(f, score, first + place_of[i], c, c->stage + i * vector);
        if (weight_of[i] != 0.0)
            integrate(f, score, first + place_of[i], h * weight_of[i], c);
    }
    for (size_t i = 0; i < STAGES; i++)
        if (weight_of[i] != 0.0)
            add(vector, h * weight_of[i], c->stage + i * vector, c->x);
}

/* ---- scratch ---- */

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t fk_carrier_scratch(const fk_flow *f, const fk_score *score, size_t directions)
{
    const size_t d = f->dim, n = directions;
    const size_t rows = d * (STAGES + 4 + 2 * n) + 2 + n + outputs(d);
    assert(score->along != NULL);
    return rows * FK_BLOCK + 3 * fk_rows_scratch(d) + fk_rows_scratch(outputs(d)) +
           fk_padded(largest(fk_program_scratch(f->program),
                             largest(score->scratch, score->along_scratch(score, n))));
}

/* n rows from the front of *scratch. */
static double *take(double **scratch, size_t n)
{
    double *const rows = *scratch;
    *scratch += n * FK_BLOCK;
    return rows;
}

static double **take_pointers(double **scratch, double *rows, size_t n)
{
    double **const pointers = fk_rows(rows, n, *scratch);
    *scratch += fk_rows_scratch(n);
    return pointers;
}

fk_carrier fk_carrier_place(const fk_flow *f, size_t directions, double *scratch)
{
    const size_t d = f->dim, n = directions;
    fk_carrier c = {.directions = n};
    c.drift = take(&scratch, 2 + n);
    c.tensor = c.drift + FK_BLOCK;
    c.trace = c.tensor + FK_BLOCK;
    memset(c.drift, 0, (2 + n) * FK_BLOCK * sizeof *c.drift);
    c.x = take(&scratch, d);
    c.direction = take(&scratch, n * d);
    c.stage = take(&scratch, STAGES * d);
    c.y = take(&scratch, d);
    c.s = take(&scratch, d);
    c.field = take(&scratch, outputs(d));
    c.change = take(&scratch, n * d);
    c.product = take(&scratch, d);
    c.x_rows = take_pointers(&scratch, c.x, d);
    c.y_rows = take_pointers(&scratch, c.y, d);
    c.s_rows = take_pointers(&scratch, c.s, d);
    c.field_rows = take_pointers(&scratch, c.field, outputs(d));
    c.rest = scratch;
    return c;
}
