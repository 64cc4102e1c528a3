/* One step of a training: the batch, its gradients in slices, the move. */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "sampling/rows.h"
#include "sampling/training_parts.h"

enum { SLICE = FK_TRAINING_SLICE, LEVELS = FK_TRAINING_LEVELS, CHUNK = 4096 };

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
    double *x = t->x + i * d;
    fk_noising_point(n, k, x0, t->noise + i * d, x);
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

double fk_training_step(const fk_training *t, uint64_t number)
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
