#include "sampling/training.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/rows.h"
#include "solvers/blas.h"

enum { SLICE = 128, LEVELS = 256, CHUNK = 4096, BLOCKS_A_TIME = 1 };
enum { COUNTERS = 4 }; /* steps, marks, best loss, judgments since */

struct fk_training {
    fk_training_options o;
    size_t parameters, slices, tangents, inputs;
    fk_noising *noising, *judged; /* tables to learn from and to be judged at */
    fk_score *exact;              /* of the second; NULL: unknown */
    fk_judge *judge;
    double *weight;                   /* [LEVELS][dim][dim] of the objective */
    fk_learned *now, *average, *best; /* parameters */
    double *moment[FK_OPTIMIZER_MOMENTS];
    fk_training_mark *mark; /* [judgments + 1] */
    double counter[COUNTERS];

    /* of one step */
    size_t *level;    /* [batch] */
    double *x;        /* [batch][dim] */
    double *noise;    /* [batch][dim] */
    double *sign;     /* [batch][dim] */
    double *input;    /* [slices][(1 + tangents) SLICE][inputs] */
    double *output;   /* [slices][(1 + tangents) SLICE][dim] */
    double *slope;    /* the same shape */
    double *gradient; /* [slices][parameters] */
    double *loss;     /* [slices] */
    double *work;     /* [threads][work_size] */
    size_t work_size;
};

/* ---- one step ---- */

static double *row(const fk_training *t, double *of, size_t slice, size_t i,
                   size_t width)
{
    return of + (slice * (1 + t->tangents) * SLICE + i) * width;
}

/* Times of a batch: evenly over the table, moved at random from step to step. */
static size_t level_of(const fk_training *t, uint64_t step, size_t i)
{
    uint64_t word[2];
    fk_threefry((const uint64_t[]){t->o.seed, FK_FOR_TRAINING_NOISE},
                (const uint64_t[]){step, UINT64_MAX}, word);
    const double u = ((double)i + fk_uniform_of(word[0])) / (double)t->o.batch;
    const size_t k = (size_t)(u * LEVELS);
    return k < LEVELS ? k : LEVELS - 1;
}

/* dz = R^-1 L v of the point's direction */
static void fill_tangent(const fk_training *t, size_t k, const double *v,
                         double *tangent)
{
    const size_t d = t->o.sde->dim;
    double Lv[FK_NOISING_DIM];
    memset(tangent, 0, t->inputs * sizeof *tangent);
    fk_rows_times(d, t->noising->factor + k * d * d, v, Lv);
    fk_rows_times(d, t->noising->white + k * d * d, Lv, tangent);
}

static void fill_point(const fk_training *t, size_t i, const double *x0)
{
    const fk_noising *n = t->noising;
    const size_t d = n->dim, k = t->level[i], slice = i / SLICE;
    double *x = t->x + i * d, moved[FK_NOISING_DIM];
    fk_rows_times(d, n->map + k * d * d, x0, x);
    fk_rows_times(d, n->factor + k * d * d, t->noise + i * d, moved);
    for (size_t a = 0; a < d; a++)
        x[a] += n->shift[k * d + a] + moved[a];
    fk_noising_input(n, k, x, row(t, t->input, slice, i % SLICE, t->inputs));
    if (t->tangents > 0)
        fill_tangent(t, k, t->sign + i * d,
                     row(t, t->input, slice, SLICE + i % SLICE, t->inputs));
}

static void draw(const fk_training *t, uint64_t step, size_t block, double *work)
{
    const size_t d = t->o.sde->dim, at = block * FK_BLOCK;
    const uint64_t first = step * t->o.batch + at;
    double *const *start = fk_state_carve(d, &work), *const *noise =
                                                         fk_state_carve(d, &work);
    double *const *sign = fk_state_carve(d, &work);
    fk_streams streams;
    fk_law_draw(t->o.law, t->o.seed, FK_FOR_TRAINING, first, start);
    fk_streams_seed(&streams, t->o.seed, FK_FOR_TRAINING_NOISE, first);
    fk_streams_normal(&streams, d, noise[0]);
    if (t->tangents > 0)
        fk_streams_signs(&streams, d, sign[0]);
    for (size_t i = 0; i < FK_BLOCK; i++) {
        double x0[FK_NOISING_DIM];
        t->level[at + i] = level_of(t, step, at + i);
        for (size_t a = 0; a < d; a++) {
            x0[a] = start[a][i];
            t->noise[(at + i) * d + a] = noise[a][i];
            t->sign[(at + i) * d + a] = t->tangents > 0 ? sign[a][i] : 0.0;
        }
        fill_point(t, at + i, x0);
    }
}

static double judge_point(const fk_training *t, size_t slice, size_t i)
{
    const size_t d = t->o.sde->dim, point = slice * SLICE + i, k = t->level[point];
    double found[FK_NOISING_DIM];
    fk_noising_noise(t->noising, k, t->x + point * d, row(t, t->output, slice, i, d),
                     found);
    const fk_objective_point p = {.noising = t->noising,
                                  .k = k,
                                  .A = t->weight + k * d * d,
                                  .e = t->noise + point * d,
                                  .e_ = found,
                                  .v = t->sign + point * d,
                                  .Jv = row(t, t->output, slice, SLICE + i, d)};
    double *dF = row(t, t->slope, slice, i, d),
           *dJv = row(t, t->slope, slice, SLICE + i, d);
    const double loss = t->o.objective->at(&p, dF, dJv);
    for (size_t a = 0; a < d; a++)
        dF[a] /= (double)t->o.batch;
    for (size_t a = 0; a < d && t->tangents > 0; a++)
        dJv[a] /= (double)t->o.batch;
    return loss;
}

static void learn_slice(const fk_training *t, size_t slice, double *work)
{
    const fk_network *net = &t->now->net;
    const double *input = row(t, t->input, slice, 0, t->inputs);
    double *gradient = t->gradient + slice * t->parameters;
    fk_network_forward(net, t->now->theta, SLICE, t->tangents, input,
                       row(t, t->output, slice, 0, t->o.sde->dim), work);
    t->loss[slice] = 0.0;
    for (size_t i = 0; i < SLICE; i++)
        t->loss[slice] += judge_point(t, slice, i);
    memset(gradient, 0, t->parameters * sizeof *gradient);
    fk_network_backward(net, t->now->theta, SLICE, t->tangents, input,
                        row(t, t->slope, slice, 0, t->o.sde->dim), gradient, work);
}

/* rate min(1, n / warmup) (1 + cos(pi n / steps)) / 2 */
static double rate_at(const fk_training_options *o, uint64_t step)
{
    const double n = (double)step;
    const double rise = o->warmup > 0 ? fmin(1.0, (n + 1.0) / (double)o->warmup) : 1.0;
    return o->settings.rate * rise * 0.5 * (1.0 + cos(M_PI * n / (double)o->steps));
}

/* Slices in order, the step, and the average, which is young at first. */
static void move(const fk_training *t, uint64_t step, size_t from, size_t n)
{
    fk_optimizer_settings settings = t->o.settings;
    settings.rate = rate_at(&t->o, step);
    double *g = t->gradient + from, *moment[FK_OPTIMIZER_MOMENTS];
    for (size_t s = 1; s < t->slices; s++)
        for (size_t i = 0; i < n; i++)
            g[i] += g[s * t->parameters + i];
    for (size_t m = 0; m < FK_OPTIMIZER_MOMENTS; m++)
        moment[m] = t->moment[m] + from;
    double *theta = t->now->theta + from, *average = t->average->theta + from;
    t->o.optimizer->step(&settings, step + 1, n, g, theta, moment);
    const double young = ((double)step + 1.0) / ((double)step + 10.0);
    const double keep = fmin(t->o.average, young);
    for (size_t i = 0; i < n; i++)
        average[i] = keep * average[i] + (1.0 - keep) * theta[i];
}

/* The mean loss of the batch. */
static double step(const fk_training *t, uint64_t number)
{
    const size_t blocks = t->o.batch / FK_BLOCK,
                 chunks = (t->parameters + CHUNK - 1) / CHUNK;
#pragma omp parallel default(none) firstprivate(t, number, blocks, chunks)
    {
        double *work = t->work + t->work_size * (size_t)omp_get_thread_num();
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++)
            draw(t, number, b, work);
#pragma omp for schedule(static)
        for (size_t s = 0; s < t->slices; s++)
            learn_slice(t, s, work);
#pragma omp for schedule(static)
        for (size_t c = 0; c < chunks; c++) {
            const size_t from = c * CHUNK, left = t->parameters - from;
            move(t, number, from, left < CHUNK ? left : CHUNK);
        }
    }
    double loss = 0.0;
    for (size_t s = 0; s < t->slices; s++)
        loss += t->loss[s];
    return loss / (double)t->o.batch;
}

/* ---- laps ---- */

static size_t made(const fk_training *t)
{
    return (size_t)t->counter[0];
}

/* The first step at which judgment i = 0, 1, ... is due. */
static size_t due(const fk_training *t, size_t i)
{
    return t->o.steps * i / t->o.judgments;
}

bool fk_training_done(const fk_training *t)
{
    const bool patient = t->o.patience == 0 || t->counter[3] < (double)t->o.patience;
    return (size_t)t->counter[1] > t->o.judgments || !patient;
}

size_t fk_training_steps(const fk_training *t)
{
    return made(t);
}

static fk_status judge(fk_training *t)
{
    fk_training_mark *m = &t->mark[(size_t)t->counter[1]];
    m->step = t->counter[0];
    FK_TRY(fk_judge_network(t->judge, &t->now->net, t->average->theta, &m->judgment,
                            NULL));
    t->counter[1] += 1.0;
    t->counter[3] += 1.0;
    if (m->judgment.loss.mean < t->counter[2]) {
        memcpy(t->best->theta, t->average->theta, t->parameters * sizeof(double));
        t->counter[2] = m->judgment.loss.mean;
        t->counter[3] = 0.0;
    }
    return FK_OK;
}

fk_status fk_training_lap(fk_training *t, const fk_progress *progress,
                          fk_message *message)
{
    const size_t until = due(t, (size_t)t->counter[1]);
    while (made(t) < until) {
        if (fk_progress_stopped(progress))
            return FK_EINTERRUPTED;
        const double loss = step(t, made(t));
        if (!isfinite(loss))
            return fk_fail(
                message, FK_EDOMAIN,
                "the loss of step %zu is not finite: a lower rate than %g may "
                "do",
                made(t) + 1, t->o.settings.rate);
        t->counter[0] += 1.0;
        fk_progress_report(progress, (double)made(t), (double)t->o.steps);
    }
    return judge(t);
}

const fk_training_mark *fk_training_marks(const fk_training *t, size_t *n)
{
    *n = (size_t)t->counter[1];
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
        {"counters", COUNTERS, t->counter},
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
    t->counter[2] = HUGE_VAL;
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
