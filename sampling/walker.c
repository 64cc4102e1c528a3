#include "sampling/walker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/metropolis.h"
#include "sampling/noise_table.h"
#include "sampling/rows.h"

/* ---- the field ---- */

/* G and a at all times of the table. */
static fk_status tabulate(const fk_sde *sde, const fk_recipe *r, fk_field *f)
{
    const size_t d = sde->dim, n = r->n_times;
    f->g = fk_doubles(n * d * sde->noises);
    f->a = fk_doubles(n * d * d);
    if (f->g == NULL || f->a == NULL)
        return FK_ENOMEM;
    return fk_noise_table(sde, n, r->time, f->g, f->a);
}

fk_status fk_field_new(const fk_sde *sde, const fk_score *score, const fk_recipe *r,
                       fk_field *out, fk_message *message)
{
    assert(score->dim == sde->dim && score->n_times == r->n_times);
    *out = (fk_field){.score = score, .dim = sde->dim, .noises = sde->dim};
    FK_TRY(fk_noise_table_check(sde, message));
    if (r->adjusted && score->eval_log == NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "steps that are accepted or refused need the density of the "
                       "score's law; that of a mixture, of points or of a grid is "
                       "known");
    if (!r->drifts)
        return FK_OK;
    const fk_binding binding = fk_sde_binding(sde);
    out->noises = sde->noises;
    fk_status status = fk_program_new(sde->dim, sde->ito, &binding, &out->drift);
    if (status == FK_OK)
        status = tabulate(sde, r, out);
    if (status != FK_OK)
        fk_field_clear(out);
    return status;
}

void fk_field_clear(fk_field *f)
{
    fk_program_free(f->drift);
    free(f->g);
    free(f->a);
    *f = (fk_field){0};
}

/* ---- the walker ---- */

enum {
    WORK = 3,  /* y, s, v */
    CHOICE = 4 /* rows: chance, taken, log_p[2] */
};

size_t fk_walker_scratch(const fk_field *f)
{
    const size_t drift = f->drift != NULL ? fk_program_scratch(f->drift) : 0;
    const size_t rest = f->score->scratch > drift ? f->score->scratch : drift;
    return (FK_SOURCES + WORK) * f->dim * FK_BLOCK + WORK * fk_rows_scratch(f->dim) +
           FK_RECIPE_NOISES * f->noises * FK_BLOCK + CHOICE * FK_BLOCK +
           fk_padded(rest);
}

fk_walker fk_walker_place(const fk_field *f, double *scratch)
{
    const size_t n = f->dim * FK_BLOCK;
    fk_walker w = {.y = scratch, .s = scratch + n, .v = scratch + 2 * n};
    scratch += WORK * n;
    for (size_t i = 0; i < FK_SOURCES; i++, scratch += n)
        w.source[i] = scratch;
    for (size_t q = 0; q < FK_RECIPE_NOISES; q++, scratch += f->noises * FK_BLOCK)
        w.raw[q] = scratch;
    double ***rows[WORK] = {&w.y_rows, &w.s_rows, &w.v_rows};
    double *const array[WORK] = {w.y, w.s, w.v};
    for (size_t i = 0; i < WORK; i++, scratch += fk_rows_scratch(f->dim))
        *rows[i] = fk_rows(array[i], f->dim, scratch);
    w.chance = scratch;
    w.taken = scratch + FK_BLOCK;
    w.log_p = scratch + 2 * (size_t)FK_BLOCK;
    w.rest = scratch + CHOICE * (size_t)FK_BLOCK;
    return w;
}

void fk_walker_draw(const fk_field *f, const fk_recipe *r, fk_streams *streams,
                    fk_walker *w)
{
    for (size_t q = 0; q < r->noises; q++)
        fk_streams_normal(streams, f->noises, w->raw[q]);
    if (r->adjusted)
        fk_streams_uniform(streams, w->chance);
}

/* ---- one step ---- */

FK_CLONES static void scale(size_t n, double a, const double *x, double *y)
{
    for (size_t j = 0; j < n; j++)
        y[j] = a * x[j];
}

FK_CLONES static void scale_two(size_t n, double a, const double *x, double b,
                                const double *restrict u, double *y)
{
    for (size_t j = 0; j < n; j++)
        y[j] = a * x[j] + b * u[j];
}

FK_CLONES static void add(size_t n, double a, const double *restrict x,
                          double *restrict y)
{
    for (size_t j = 0; j < n; j++)
        y[j] += a * x[j];
}

/* y may be the state, which comes first. */
static void combine(const fk_combination *c, size_t n, double *const *source, double *y)
{
    size_t done = 2;
    if (c->n == 0)
        memset(y, 0, n * sizeof *y);
    else if (c->n == 1)
        scale(n, c->factor[0], source[c->source[0]], y);
    else
        scale_two(n, c->factor[0], source[c->source[0]], c->factor[1],
                  source[c->source[1]], y);
    for (; done < c->n; done++)
        add(n, c->factor[done], source[c->source[done]], y);
}

/* y += factor M x for M[d][m] */
static void add_product(const double *M, size_t d, size_t m, double factor,
                        const double *x, double *y)
{
    for (size_t i = 0; i < d; i++)
        for (size_t q = 0; q < m; q++)
            if (M[i * m + q] < 0.0 || M[i * m + q] > 0.0)
                add(FK_BLOCK, factor * M[i * m + q], x + q * FK_BLOCK,
                    y + i * FK_BLOCK);
}

static void set_noises(const fk_field *f, const fk_recipe *r, const fk_step *step,
                       fk_walker *w)
{
    const size_t n = f->dim * FK_BLOCK;
    for (size_t q = 0; q < r->noises; q++) {
        double *to = w->source[FK_A_NOISE + q];
        if (f->g == NULL) {
            memcpy(to, w->raw[q], n * sizeof *to);
            continue;
        }
        memset(to, 0, n * sizeof *to);
        add_product(f->g + step->from_time * f->dim * f->noises, f->dim, f->noises, 1.0,
                    w->raw[q], to);
    }
}

void fk_walker_evaluate(const fk_field *f, const fk_evaluation *e, fk_walker *w,
                        unsigned which, double *log_p)
{
    const size_t n = f->dim * FK_BLOCK;
    const double *const *at = (const double *const *)w->y_rows;
    double *m = w->source[FK_AN_EVALUATION + which];
    combine(&e->at, n, w->source, w->y);
    if (log_p != NULL)
        f->score->eval_log(f->score, e->time, at, w->s_rows, log_p, w->rest);
    else
        f->score->eval(f->score, e->time, at, w->s_rows, w->rest);
    if (!e->drift) {
        scale_two(n, e->of_state, w->y, e->of_score, w->s, m);
        return;
    }
    fk_program_run(f->drift, e->t, at, w->v_rows, w->rest);
    scale(n, -1.0, w->v, m);
    add_product(f->a + e->time * f->dim * f->dim, f->dim, f->dim, e->of_score, w->s, m);
}

/* The array of the kept one goes to the front of those kept, the oldest takes its place. */
static void keep(fk_walker *w, unsigned which)
{
    double *const oldest = w->source[FK_THE_KEPT + FK_RECIPE_KEPT - 1];
    for (size_t age = FK_RECIPE_KEPT - 1; age > 0; age--)
        w->source[FK_THE_KEPT + age] = w->source[FK_THE_KEPT + age - 1];
    w->source[FK_THE_KEPT] = w->source[FK_AN_EVALUATION + which];
    w->source[FK_AN_EVALUATION + which] = oldest;
}

void fk_walker_step(const fk_field *f, const fk_recipe *r, const fk_step *step,
                    fk_walker *w)
{
    set_noises(f, r, step, w);
    if (step->adjusted > 0.0) {
        fk_metropolis_step(f, step, w);
        return;
    }
    for (unsigned i = 0; i < step->n; i++)
        fk_walker_evaluate(f, &step->evaluation[i], w, i, NULL);
    combine(&step->result, f->dim * FK_BLOCK, w->source, fk_walker_state(w));
    if (step->keep >= 0)
        keep(w, (unsigned)step->keep);
}
