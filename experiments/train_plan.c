/* From a problem to what is to be learned: law, held-out law, moments, methods. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/choice.h"
#include "experiments/train.h"
#include "sde/linear.h"

enum { DRAWS = 256, CHOICES = 16 };

static fk_status find_methods(fk_train *t, fk_message *message)
{
    const fk_problem_train *p = &t->problem->train;
    const char *known[CHOICES];
    size_t n = 0;
    t->settings.objective = fk_objective_find(p->objective);
    t->settings.optimizer = fk_optimizer_find(p->optimizer);
    if (t->settings.objective == NULL) {
        for (; fk_objectives[n] != NULL && n < CHOICES; n++)
            known[n] = fk_objectives[n]->name;
        return fk_choice_refuse("train.objective", p->objective, n, known, message);
    }
    if (t->settings.optimizer == NULL) {
        for (; fk_optimizers[n] != NULL && n < CHOICES; n++)
            known[n] = fk_optimizers[n]->name;
        return fk_choice_refuse("train.optimizer", p->optimizer, n, known, message);
    }
    t->settings.settings = t->settings.optimizer->standard;
    if (p->rate > 0.0)
        t->settings.settings.rate = p->rate;
    t->settings.settings.decay = p->decay;
    if (p->batch % FK_BLOCK != 0)
        return fk_fail(message, FK_ESYNTAX, "train.batch=%zu: must be a multiple of %d",
                       p->batch, FK_BLOCK);
    return FK_OK;
}

/* Every so many points is held out. */
static fk_status split_points(fk_train *t, size_t n, const double *x,
                              fk_message *message)
{
    const size_t d = t->problem->sde->dim;
    const double share = t->problem->train.held_out;
    double *part = fk_doubles(2 * n * d);
    size_t count[2] = {0, 0};
    if (part == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const int out = floor((double)(i + 1) * share) > floor((double)i * share);
        memcpy(part + ((size_t)out * n + count[out]++) * d, x + i * d, d * sizeof *x);
    }
    fk_status status = FK_OK;
    if (count[0] < 2 || count[1] < 1)
        status =
            fk_fail(message, FK_EDOMAIN,
                    "train.held_out=%g leaves %zu points to learn from and %zu to be "
                    "judged by",
                    share, count[0], count[1]);
    for (int k = 0; k < 2 && status == FK_OK; k++)
        status = fk_law_points_new(d, count[k], part + (size_t)k * n * d, &t->own[k]);
    free(part);
    return status;
}

/* Mean and covariance of DRAWS blocks of draws. */
static fk_status moments_of_draws(const fk_law *law, uint64_t seed, double *mean,
                                  double *cov)
{
    const size_t d = fk_law_dim(law);
    const double n = (double)DRAWS * FK_BLOCK;
    double *x = fk_doubles(d * FK_BLOCK), *row[FK_NOISING_DIM];
    if (x == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++)
        row[i] = x + i * FK_BLOCK;
    for (size_t b = 0; b < DRAWS; b++) {
        fk_law_draw(law, seed, FK_FOR_JUDGING, b * FK_BLOCK, row);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < FK_BLOCK; j++) {
                mean[i] += row[i][j] / n;
                for (size_t a = 0; a < d; a++)
                    cov[i * d + a] += row[i][j] * row[a][j] / n;
            }
    }
    for (size_t i = 0; i < d; i++)
        for (size_t a = 0; a < d; a++)
            cov[i * d + a] -= mean[i] * mean[a];
    free(x);
    return FK_OK;
}

static fk_status find_moments(fk_train *t)
{
    const size_t d = t->problem->sde->dim;
    const fk_mixture *m = fk_law_mixture(t->settings.law);
    t->moments = fk_doubles(d + d * d);
    if (t->moments == NULL)
        return FK_ENOMEM;
    t->settings.mean = t->moments;
    t->settings.cov = t->moments + d;
    if (m == NULL)
        return moments_of_draws(t->settings.law, t->settings.seed, t->moments,
                                t->moments + d);
    fk_mixture_moments(m, t->moments, t->moments + d);
    return FK_OK;
}

fk_status fk_train_plan(fk_train *t, fk_message *message)
{
    const fk_problem *p = t->problem;
    size_t n = 0;
    if (p->sde->dim > FK_NOISING_DIM)
        return fk_fail(message, FK_ELIMIT,
                       "%zu variables: scores are learned in at most %d", p->sde->dim,
                       FK_NOISING_DIM);
    if (!fk_sde_linear(p->sde))
        return fk_fail(
            message, FK_ESYNTAX,
            "%s: a score is learned from exact transitions: the drift must be "
            "linear in the variables, the noise free of them, without jumps",
            p->name);
    const double *points = fk_law_points(p->initial, &n);
    if (points != NULL)
        FK_TRY(split_points(t, n, points, message));
    t->settings =
        (fk_training_options){.sde = p->sde,
                              .start = p->start,
                              .first = p->start + p->train.first * (p->end - p->start),
                              .last = p->end,
                              .law = t->own[0] != NULL ? t->own[0] : p->initial,
                              .held_out = t->own[1] != NULL ? t->own[1] : p->initial,
                              .hidden = p->train.hidden,
                              .width = p->train.width,
                              .batch = p->train.batch,
                              .steps = p->train.steps,
                              .warmup = p->train.warmup,
                              .judgments = p->train.judgments,
                              .patience = p->train.patience,
                              .average = p->train.average,
                              .seed = p->train.seed};
    FK_TRY(find_methods(t, message));
    FK_TRY(find_moments(t));
    t->exact = points == NULL && fk_law_mixture(p->initial) != NULL;
    return fk_training_new(&t->settings, &t->training, message);
}
