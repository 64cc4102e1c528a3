/* Errors of scores in, errors of densities out: samples by the reverse SDE and by the
 * probability flow with the network of every stage, from the exact law at the end. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/train.h"
#include "sampling/coupling.h"
#include "sampling/reverse.h"
#include "sde/linear.h"

enum { ERROR_BLOCKS = 4 };

typedef struct bench {
    fk_law *start;           /* at the last time */
    fk_marginals *marginals; /* at the first that was learned */
    double *time, *work;
} bench;

static fk_status prepare(fk_train *t, bench *b)
{
    const fk_training_options *o = &t->settings;
    const size_t steps = t->problem->train.sample_steps, n = t->problem->train.samples;
    const fk_mixture *data = fk_law_mixture(o->law);
    fk_mixture *first = NULL, *last = NULL;
    b->time = fk_doubles(steps + 1);
    b->work = fk_doubles(n);
    if (b->time == NULL || b->work == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k <= steps; k++)
        b->time[k] = o->start + (o->first - o->start) *
                                    pow((o->last - o->start) / (o->first - o->start),
                                        (double)k / (double)steps);
    b->time[steps] = o->last;
    fk_status status = fk_linear_propagate(o->sde, o->start, data, o->first, &first);
    if (status == FK_OK)
        status = fk_linear_propagate(o->sde, o->start, data, o->last, &last);
    if (status == FK_OK)
        status = fk_marginals_new(first, &b->marginals);
    if (status == FK_OK)
        status = fk_law_mixture_new(last, &b->start);
    fk_mixture_free(first);
    fk_mixture_free(last);
    return status;
}

static void clear(bench *b)
{
    fk_law_free(b->start);
    fk_marginals_free(b->marginals);
    free(b->time);
    free(b->work);
}

static fk_status sample(const fk_train *t, const bench *b, const fk_score *score,
                        double lambda, fk_marginal_gap *gap, fk_message *message)
{
    const fk_reverse_options o = {.count = t->problem->train.samples,
                                  .seed = t->settings.seed,
                                  .start = b->start};
    fk_terminal terminal = t->terminal;
    const fk_progress progress = fk_terminal_progress(&terminal);
    fk_reverse_result found = {.x = NULL};
    fk_terminal_begin(&terminal, lambda > 0.0 ? "reverse SDE" : "probability flow",
                      NULL, 1.0);
    FK_TRY(fk_reverse_family(t->settings.sde, score, lambda, &o, &progress, &found,
                             message));
    *gap = fk_marginals_gap(b->marginals, o.count, found.x, b->work);
    fk_reverse_result_free(&found);
    return FK_OK;
}

static fk_status sample_both(const fk_train *t, const bench *b, const fk_score *score,
                             fk_marginal_gap *sde, fk_marginal_gap *ode,
                             fk_message *message)
{
    FK_TRY(sample(t, b, score, 1.0, sde, message));
    return sample(t, b, score, 0.0, ode, message);
}

/* W2 at most, from the errors of the score and how its drift expands. */
static fk_status bound(const fk_train *t, const fk_learned *l,
                       const double time[FK_TRAINING_TIMES],
                       const fk_judged_time error[FK_TRAINING_TIMES], double kappa,
                       double *out, fk_message *message)
{
    double expansion[FK_TRAINING_TIMES], difference[FK_TRAINING_TIMES];
    fk_score *score = NULL;
    FK_TRY(fk_score_network_new(t->settings.sde, l, FK_TRAINING_TIMES, time, &score,
                                message));
    const fk_status status = fk_coupling_expansion(
        fk_training_judge(t->training), t->settings.sde, score, kappa, expansion);
    fk_score_free(score);
    for (size_t k = 0; k < FK_TRAINING_TIMES; k++)
        difference[k] = kappa * sqrt(error[k].drift.mean);
    if (status == FK_OK)
        *out = fk_coupling_bound(FK_TRAINING_TIMES, time, expansion, difference);
    return status;
}

static fk_status sample_stage(fk_train *t, const bench *b, size_t i,
                              fk_message *message)
{
    double time[FK_TRAINING_TIMES];
    fk_judged_time error[FK_TRAINING_TIMES];
    fk_train_stage *s = &t->stage[i];
    fk_score *score = NULL;
    FK_TRY(fk_training_errors(t->training, t->stage_network[i], ERROR_BLOCKS, time,
                              error, &s->judgment));
    FK_TRY(bound(t, t->stage_network[i], time, error, 1.0, &s->sde_bound, message));
    FK_TRY(bound(t, t->stage_network[i], time, error, 0.5, &s->ode_bound, message));
    FK_TRY(fk_score_network_new(t->settings.sde, t->stage_network[i],
                                t->problem->train.sample_steps + 1, b->time, &score,
                                message));
    const fk_status status = sample_both(t, b, score, &s->sde, &s->ode, message);
    fk_score_free(score);
    return status;
}

/* The exact score: what steps and counting alone do. */
static fk_status sample_exact(fk_train *t, const bench *b, fk_message *message)
{
    fk_score *score = NULL;
    fk_marginal_gap ode = {0.0, 0.0};
    FK_TRY(fk_score_linear_new(t->settings.sde, t->settings.start,
                               fk_law_mixture(t->settings.law),
                               t->problem->train.sample_steps + 1, b->time, &score));
    const fk_status status = sample_both(t, b, score, &t->noise, &ode, message);
    fk_score_free(score);
    t->noise.wasserstein = fmax(t->noise.wasserstein, ode.wasserstein);
    t->noise.divergence = fmax(t->noise.divergence, ode.divergence);
    return status;
}

fk_status fk_train_sample(fk_train *t, fk_message *message)
{
    bench b = {NULL, NULL, NULL, NULL};
    fk_status status = prepare(t, &b);
    if (status == FK_OK)
        status = sample_exact(t, &b, message);
    for (size_t i = 0; i < FK_TRAIN_STAGES && status == FK_OK; i++)
        status = sample_stage(t, &b, i, message);
    clear(&b);
    return status;
}
