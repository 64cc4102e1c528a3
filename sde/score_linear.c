/* The exact score of a linear process that starts from a Gaussian mixture. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/linear.h"
#include "sde/score.h"
#include "sde/score_change.h"

typedef struct linear_score {
    fk_score score;
    double *time;
    fk_mixture_score **at; /* [n_times] */
} linear_score;

static void eval_log(const fk_score *score, size_t k, const double *const *x,
                     double *const *s, double *log_p, double *scratch)
{
    const linear_score *self = (const linear_score *)(const void *)score;
    fk_mixture_score_eval(self->at[k], x, s, log_p, scratch);
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    eval_log(score, k, x, s, NULL, scratch);
}

static void along(const fk_score *score, size_t k, const double *const *x, size_t n,
                  const double *v, double *change, double *scratch)
{
    const linear_score *self = (const linear_score *)(const void *)score;
    const size_t size = score->dim * score->dim * FK_BLOCK;
    fk_mixture_score_jacobian(self->at[k], x, scratch, scratch + size);
    fk_score_change(score->dim, scratch, n, v, change);
}

static size_t along_scratch(const fk_score *score, size_t n)
{
    (void)n;
    return score->dim * score->dim * FK_BLOCK + score->scratch;
}

static void release(fk_score *score)
{
    linear_score *self = (linear_score *)(void *)score;
    for (size_t k = 0; self->at != NULL && k < score->n_times; k++)
        fk_mixture_score_free(self->at[k]);
    free(self->at);
    free(self->time);
    free(self);
}

/* From each time of the table to the next. */
static fk_status fill(linear_score *self, const fk_sde *sde, double t0,
                      const fk_mixture *m0)
{
    fk_mixture *m = NULL;
    FK_TRY(fk_mixture_copy(m0, &m));
    fk_status status = FK_OK;
    for (size_t k = 0; status == FK_OK && k < self->score.n_times; k++) {
        fk_mixture *next = NULL;
        status = fk_linear_propagate(sde, k == 0 ? t0 : self->time[k - 1], m,
                                     self->time[k], &next);
        if (status != FK_OK)
            break;
        fk_mixture_free(m);
        m = next;
        status = fk_mixture_score_new(m, &self->at[k]);
    }
    fk_mixture_free(m);
    return status;
}

/* As wide as the noise makes it at each time: alpha^2 S + sigma^2 I around alpha m. */
static fk_status fill_scheduled(linear_score *self, const fk_noise_schedule *schedule,
                                const fk_mixture *m0)
{
    const size_t d = m0->dim;
    fk_mixture *m = NULL;
    FK_TRY(fk_mixture_copy(m0, &m));
    fk_status status = FK_OK;
    for (size_t k = 0; status == FK_OK && k < self->score.n_times; k++) {
        const fk_noise_level l = fk_noise_at(schedule, self->time[k]);
        for (size_t i = 0; i < m->components * d; i++)
            m->mean[i] = l.alpha * m0->mean[i];
        for (size_t i = 0; i < m->components * d * d; i++)
            m->cov[i] = l.alpha * l.alpha * m0->cov[i] +
                        (i % (d * d) % (d + 1) == 0 ? l.sigma * l.sigma : 0.0);
        status = fk_mixture_score_new(m, &self->at[k]);
    }
    fk_mixture_free(m);
    return status;
}

/* Without the mixtures at its times. */
static fk_status begin(size_t dim, size_t n_times, const double *time,
                       linear_score **out)
{
    linear_score *self = calloc(1, sizeof *self);
    *out = self;
    if (self == NULL)
        return FK_ENOMEM;
    self->time = fk_doubles(n_times);
    self->at = fk_alloc(n_times, sizeof(fk_mixture_score *));
    self->score = (fk_score){.dim = dim,
                             .n_times = n_times,
                             .time = self->time,
                             .eval = eval,
                             .along = along,
                             .along_scratch = along_scratch,
                             .eval_log = eval_log,
                             .free = release};
    if (self->time == NULL || self->at == NULL)
        return FK_ENOMEM;
    memcpy(self->time, time, n_times * sizeof *time);
    return FK_OK;
}

/* Hands the finished score over, or none. */
static fk_status finish(linear_score *self, fk_status status, fk_score **out)
{
    *out = NULL;
    if (status == FK_OK) {
        self->score.scratch = fk_mixture_score_scratch(self->at[0]);
        *out = &self->score;
    } else if (self != NULL) {
        release(&self->score);
    }
    return status;
}

fk_status fk_score_linear_new(const fk_sde *s, double t0, const fk_mixture *m0,
                              size_t n_times, const double *time, fk_score **out)
{
    linear_score *self;
    fk_status status = begin(s->dim, n_times, time, &self);
    if (status == FK_OK)
        status = fill(self, s, t0, m0);
    return finish(self, status, out);
}

fk_status fk_score_schedule_new(const fk_noise_schedule *schedule, const fk_mixture *m0,
                                size_t n_times, const double *time, fk_score **out)
{
    linear_score *self;
    fk_status status = begin(m0->dim, n_times, time, &self);
    if (status == FK_OK)
        status = fill_scheduled(self, schedule, m0);
    return finish(self, status, out);
}
