/* The reverse SDE by Euler-Maruyama steps, the probability flow by Heun's, over the times of
 * the score's table; beside them the same with steps twice as long. */
#include <math.h>
#include <string.h>

#include "sampling/reverse_parts.h"
#include "sampling/rows.h"

enum { STATES = 6 }; /* x, y, far, v, w, s */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t fk_traveller_scratch(const fk_sampler *s)
{
    const size_t rest = larger(s->score->scratch, fk_program_scratch(s->drift));
    return STATES * (s->dim * FK_BLOCK + fk_rows_scratch(s->dim)) +
           2 * s->noises * FK_BLOCK + (rest + 7) / 8 * 8;
}

fk_traveller fk_traveller_place(const fk_sampler *s, double *scratch)
{
    const size_t n = s->dim * FK_BLOCK, rows = fk_rows_scratch(s->dim);
    double *p[STATES], **row[STATES];
    for (size_t i = 0; i < STATES; i++) {
        p[i] = scratch + i * n;
        row[i] = fk_rows(p[i], s->dim, scratch + STATES * n + i * rows);
    }
    double *kick = scratch + STATES * (n + rows);
    return (fk_traveller){.x = p[0],
                          .y = p[1],
                          .far = p[2],
                          .v = p[3],
                          .w = p[4],
                          .s = p[5],
                          .kick = kick,
                          .far_kick = kick + s->noises * FK_BLOCK,
                          .x_rows = row[0],
                          .y_rows = row[1],
                          .far_rows = row[2],
                          .v_rows = row[3],
                          .w_rows = row[4],
                          .s_rows = row[5],
                          .rest = kick + 2 * s->noises * FK_BLOCK};
}

FK_CLONES static void add_scaled(double *restrict x, double a, const double *restrict y)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] += a * y[j];
}

/* v = -[ f - (1 + lambda^2) a s ] at time k of the table */
static void velocity(const fk_sampler *s, const fk_traveller *c, size_t k,
                     double *const *x, double *const *v)
{
    const double *const *at = (const double *const *)x;
    const double lambda = s->o->lambda, factor = 1.0 + lambda * lambda;
    const double *a = s->a + k * s->dim * s->dim;
    s->score->eval(s->score, k, at, c->s_rows, c->rest);
    fk_program_run(s->drift, s->score->time[k], at, v, c->rest);
    for (size_t i = 0; i < s->dim; i++) {
        for (size_t j = 0; j < FK_BLOCK; j++)
            v[i][j] = -v[i][j];
        for (size_t q = 0; q < s->dim; q++)
            if (a[i * s->dim + q] != 0.0)
                add_scaled(v[i], factor * a[i * s->dim + q], c->s_rows[q]);
    }
}

/* From time k to time l:  x += dr v + lambda G kick */
static void euler_maruyama(const fk_sampler *s, const fk_traveller *c, size_t k,
                           size_t l, double *const *x, const double *kick)
{
    const double dr = s->score->time[k] - s->score->time[l];
    const double *g = s->g + k * s->dim * s->noises;
    velocity(s, c, k, x, c->v_rows);
    for (size_t i = 0; i < s->dim; i++) {
        add_scaled(x[i], dr, c->v_rows[i]);
        for (size_t q = 0; q < s->noises; q++)
            if (g[i * s->noises + q] != 0.0)
                add_scaled(x[i], s->o->lambda * g[i * s->noises + q],
                           kick + q * FK_BLOCK);
    }
}

/* y = x + dr v(x, k),  x += dr/2 (v(x, k) + v(y, l)) */
static void heun(const fk_sampler *s, const fk_traveller *c, size_t k, size_t l,
                 double *const *x)
{
    const double dr = s->score->time[k] - s->score->time[l];
    velocity(s, c, k, x, c->v_rows);
    for (size_t i = 0; i < s->dim; i++) {
        memcpy(c->y_rows[i], x[i], FK_BLOCK * sizeof *x[i]);
        add_scaled(c->y_rows[i], dr, c->v_rows[i]);
    }
    velocity(s, c, l, c->y_rows, c->w_rows);
    for (size_t i = 0; i < s->dim; i++) {
        add_scaled(x[i], 0.5 * dr, c->v_rows[i]);
        add_scaled(x[i], 0.5 * dr, c->w_rows[i]);
    }
}

static void go(const fk_sampler *s, const fk_traveller *c, size_t k, size_t l,
               double *const *x, const double *kick)
{
    if (s->o->lambda > 0.0)
        euler_maruyama(s, c, k, l, x, kick);
    else
        heun(s, c, k, l, x);
}

/* The Brownian increment of the step from k to k - 1, and of the long step that it is a
 * part of, `first` of two or the second. */
static void draw_kick(const fk_sampler *s, const fk_traveller *c, fk_streams *streams,
                      size_t k, bool first)
{
    const double root = sqrt(s->score->time[k] - s->score->time[k - 1]);
    const size_t n = s->noises * FK_BLOCK;
    if (!(s->o->lambda > 0.0))
        return;
    fk_streams_normal(streams, s->noises, c->kick);
    for (size_t j = 0; j < n; j++)
        c->kick[j] *= root;
    if (first)
        memcpy(c->far_kick, c->kick, n * sizeof *c->kick);
    for (size_t j = 0; !first && j < n; j++)
        c->far_kick[j] += c->kick[j];
}

void fk_traveller_step(const fk_sampler *s, const fk_traveller *c, fk_streams *streams,
                       size_t k, bool paired)
{
    const bool first = (s->score->n_times - 1 - k) % 2 == 0;
    draw_kick(s, c, streams, k, first);
    go(s, c, k, k - 1, c->x_rows, c->kick);
    if (paired && (!first || k == 1))
        go(s, c, first ? k : k + 1, k - 1, c->far_rows, c->far_kick);
}
