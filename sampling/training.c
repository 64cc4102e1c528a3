#include "sampling/training.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/rows.h"
#include "sampling/training_parts.h"
#include "solvers/blas.h"

enum { SLICE = FK_TRAINING_SLICE, LEVELS = FK_TRAINING_LEVELS, BLOCKS_A_TIME = 1 };

/* ---- laps ---- */

static size_t made(const fk_training *t)
{
    return (size_t)t->counter[FK_TRAINING_MADE];
}

/* The first step at which judgment i = 0, 1, ... is due. */
static size_t due(const fk_training *t, size_t i)
{
    return t->o.steps * i / t->o.judgments;
}

bool fk_training_done(const fk_training *t)
{
    const bool patient =
        t->o.patience == 0 || t->counter[FK_TRAINING_SINCE] < (double)t->o.patience;
    return (size_t)t->counter[FK_TRAINING_MARKS] > t->o.judgments || !patient;
}

size_t fk_training_steps(const fk_training *t)
{
    return made(t);
}

static fk_status judge(fk_training *t)
{
    fk_training_mark *m = &t->mark[(size_t)t->counter[FK_TRAINING_MARKS]];
    m->step = t->counter[FK_TRAINING_MADE];
    FK_TRY(fk_judge_network(t->judge, &t->now->net, t->average->theta, &m->judgment,
                            NULL));
    t->counter[FK_TRAINING_MARKS] += 1.0;
    t->counter[FK_TRAINING_SINCE] += 1.0;
    if (m->judgment.loss.mean < t->counter[FK_TRAINING_BEST]) {
        memcpy(t->best->theta, t->average->theta, t->parameters * sizeof(double));
        t->counter[FK_TRAINING_BEST] = m->judgment.loss.mean;
        t->counter[FK_TRAINING_SINCE] = 0.0;
    }
    return FK_OK;
}

fk_status fk_training_lap(fk_training *t, const fk_progress *progress,
                          fk_message *message)
{
    const size_t until = due(t, (size_t)t->counter[FK_TRAINING_MARKS]);
    while (made(t) < until) {
        if (fk_progress_stopped(progress))
            return FK_EINTERRUPTED;
        const double loss = fk_training_step(t, made(t));
        if (!isfinite(loss))
            return fk_fail(
                message, FK_EDOMAIN,
                "the loss of step %zu is not finite: a lower rate than %g may "
                "do",
                made(t) + 1, t->o.settings.rate);
        t->counter[FK_TRAINING_MADE] += 1.0;
        fk_progress_report(progress, (double)made(t), (double)t->o.steps);
    }
    return judge(t);
}

const fk_training_mark *fk_training_marks(const fk_training *t, size_t *n)
{
    *n = (size_t)t->counter[FK_TRAINING_MARKS];
    return t->mark;
}

const fk_judge *fk_training_judge(const fk_training *t)
{
    return t->judge;
}

const fk_learned *fk_training_best(fk_training *t)
{
    return t->best;
}

const fk_learned *fk_training_present(fk_training *t)
{
    return t->average;
}

size_t fk_training_state(fk_training *t, fk_tensor array[FK_TRAINING_ARRAYS])
{
    const size_t marks = (t->o.judgments + 1) * sizeof *t->mark / sizeof(double);
    const struct {
        const char *name;
        size_t n;
        double *value;
    } all[] = {
        {"counters", FK_TRAINING_COUNTERS, t->counter},
        {"parameters", t->parameters, t->now->theta},
        {"average", t->parameters, t->average->theta},
        {"best", t->parameters, t->best->theta},
        {"moment.0", t->parameters, t->moment[0]},
        {"moment.1", t->parameters, t->moment[1]},
        {"judgments", marks, (double *)(void *)t->mark},
    };
    const size_t n = sizeof all / sizeof *all;
    for (size_t i = 0; i < n; i++)
        array[i] = (fk_tensor){
            .name = all[i].name, .rank = 1, .shape = {all[i].n}, .value = all[i].value};
    return n;
}

/* ---- making one ---- */

/* start + (first - start) ((last - start) / (first - start))^(k / (n - 1)) */
static void spread_times(const fk_training_options *o, size_t n, double *time)
{
    const double whole = log((o->last - o->start) / (o->first - o->start));
    for (size_t k = 0; k < n; k++)
        time[k] = o->start +
                  (o->first - o->start) * exp(whole * (double)k / ((double)n - 1.0));
    time[n - 1] = o->last;
}

static fk_status tabulate(const fk_training_options *o, size_t n, fk_noising **out,
                          fk_message *message)
{
    double time[LEVELS];
    const fk_noising_frame frame = {.start = o->start,
                                    .first = o->first,
                                    .last = o->last,
                                    .mean = o->mean,
                                    .cov = o->cov};
    spread_times(o, n, time);
    return fk_noising_new(o->sde, &frame, n, time, out, message);
}

/* Judged by the law itself, not by points that were held out: then the truth is known if
 * the law is a mixture. */
static fk_status make_judge(fk_training *t, fk_message *message)
{
    const fk_training_options *o = &t->o;
    const fk_mixture *m = fk_law_mixture(o->law);
    FK_TRY(tabulate(o, FK_TRAINING_TIMES, &t->judged, message));
    if (m != NULL && o->held_out == o->law)
        FK_TRY(fk_score_linear_new(o->sde, o->start, m, FK_TRAINING_TIMES,
                                   t->judged->time, &t->exact));
    return fk_judge_new(o->held_out, o->seed, t->judged, t->exact, BLOCKS_A_TIME,
                        &t->judge);
}

static fk_status make_learned(fk_training *t)
{
    const fk_training_options *o = &t->o;
    const size_t d = o->sde->dim;
    fk_learned **const all[] = {&t->now, &t->average, &t->best};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        FK_TRY(fk_learned_new(d, o->hidden, o->width, all[i]));
        fk_learned *l = *all[i];
        fk_network_start(&l->net, o->seed, l->theta);
        l->start = o->start, l->first = o->first, l->last = o->last;
        memcpy(l->mean, o->mean, d * sizeof *o->mean);
        memcpy(l->cov, o->cov, d * d * sizeof *o->cov);
    }
    t->parameters = fk_network_parameters(&t->now->net);
    return FK_OK;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static fk_status allocate(fk_training *t)
{
    const size_t d = t->o.sde->dim, batch = t->o.batch,
                 rows = (1 + t->tangents) * batch;
    const size_t drawing = 3 * fk_state_scratch(d);
    const size_t learning = fk_network_scratch(&t->now->net, SLICE, t->tangents);
    t->work_size = fk_padded(larger(drawing, learning));
    t->level = fk_alloc(batch, sizeof *t->level);
    t->mark = fk_alloc(t->o.judgments + 1, sizeof *t->mark);
    const struct {
        double **array;
        size_t n;
    } all[] = {{&t->weight, LEVELS * d * d},
               {&t->moment[0], t->parameters},
               {&t->moment[1], t->parameters},
               {&t->x, batch * d},
               {&t->noise, batch * d},
               {&t->sign, batch * d},
               {&t->input, rows * t->inputs},
               {&t->output, rows * d + SLICE * d}, /* rows that no tangent has */
               {&t->slope, rows * d + SLICE * d},
               {&t->gradient, t->slices * t->parameters},
               {&t->loss, t->slices},
               {&t->work, t->work_size * (size_t)omp_get_max_threads()}};
    bool have = t->level != NULL && t->mark != NULL;
    for (size_t i = 0; i < sizeof all / sizeof *all && have; i++)
        have = (*all[i].array = fk_doubles(all[i].n)) != NULL;
    return have ? FK_OK : FK_ENOMEM;
}

static fk_status prepare(fk_training *t, fk_message *message)
{
    const size_t d = t->o.sde->dim;
    t->tangents = t->o.objective->tangents;
    t->inputs = d + FK_NOISING_FEATURES;
    t->slices = t->o.batch / SLICE;
    t->counter[FK_TRAINING_BEST] = HUGE_VAL;
    FK_TRY(tabulate(&t->o, LEVELS, &t->noising, message));
    FK_TRY(make_judge(t, message));
    FK_TRY(make_learned(t));
    FK_TRY(allocate(t));
    for (size_t k = 0; k < LEVELS; k++)
        t->o.objective->weight(t->noising, k, t->weight + k * d * d);
    return FK_OK;
}

fk_status fk_training_new(const fk_training_options *o, fk_training **out,
                          fk_message *message)
{
    assert(o->batch > 0 && o->batch % FK_BLOCK == 0 && FK_BLOCK % SLICE == 0);
    *out = NULL;
    fk_blas_one_thread();
    fk_training *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FK_ENOMEM;
    t->o = *o;
    const fk_status status = prepare(t, message);
    if (status == FK_OK)
        *out = t;
    else
        fk_training_free(t);
    return status;
}

void fk_training_free(fk_training *t)
{
    if (t == NULL)
        return;
    fk_judge_free(t->judge);
    fk_score_free(t->exact);
    fk_noising_free(t->judged);
    fk_noising_free(t->noising);
    fk_learned_free(t->now);
    fk_learned_free(t->average);
    fk_learned_free(t->best);
    double *const all[] = {t->weight, t->moment[0], t->moment[1], t->x,
                           t->noise,  t->sign,      t->input,     t->output,
                           t->slope,  t->gradient,  t->loss,      t->work};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(t->level);
    free(t->mark);
    free(t);
}

/* Other points than those that chose the best. */
fk_status fk_training_errors(const fk_training *t, const fk_learned *l, size_t blocks,
                             double time[FK_TRAINING_TIMES],
                             fk_judged_time error[FK_TRAINING_TIMES],
                             fk_judgment *whole)
{
    fk_judge *judge = NULL;
    memcpy(time, t->judged->time, FK_TRAINING_TIMES * sizeof *time);
    FK_TRY(fk_judge_new(t->o.held_out, t->o.seed + 1, t->judged, t->exact, blocks,
                        &judge));
    const fk_status status = fk_judge_network(judge, &l->net, l->theta, whole, error);
    fk_judge_free(judge);
    return status;
}
