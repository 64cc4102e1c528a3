/* The exact score of a linear process that starts from a Gaussian mixture. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/linear.h"
#include "sde/score.h"

typedef struct linear_score {
    fk_score score;
    double *time;
    fk_mixture_score **at; /* [n_times] */
} linear_score;

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    const linear_score *self = (const linear_score *)(const void *)score;
    fk_mixture_score_eval(self->at[k], x, s, NULL, scratch);
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
    if (status == FK_OK)
        self->score.scratch = fk_mixture_score_scratch(self->at[0]);
    return status;
}

fk_status fk_score_linear_new(const fk_sde *s, double t0, const fk_mixture *m0,
                              size_t n_times, const double *time, fk_score **out)
{
    *out = NULL;
    linear_score *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->time = fk_doubles(n_times);
    self->at = fk_alloc(n_times, sizeof(fk_mixture_score *));
    self->score = (fk_score){.dim = s->dim,
                             .n_times = n_times,
                             .time = self->time,
                             .eval = eval,
                             .free = release};
    fk_status status = FK_ENOMEM;
    if (self->time != NULL && self->at != NULL) {
        memcpy(self->time, time, n_times * sizeof *time);
        status = fill(self, s, t0, m0);
    }
    if (status == FK_OK)
        *out = &self->score;
    else
        release(&self->score);
    return status;
}
