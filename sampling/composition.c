#include "sampling/composition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/rows.h"

/* ---- the score ---- */

typedef struct composed {
    fk_score score;
    size_t n;
    double *weight;
    const fk_score **part; /* [n] */
} composed;

static void release(fk_score *score)
{
    composed *self = (composed *)(void *)score;
    free(self->weight);
    free(self->part);
    free(self);
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    const composed *self = (const composed *)(const void *)score;
    const size_t d = score->dim;
    double *const *part = fk_state_carve(d, &scratch);
    for (size_t q = 0; q < self->n; q++) {
        const double w = self->weight[q];
        self->part[q]->eval(self->part[q], k, x, part, scratch);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < FK_BLOCK; j++)
                s[i][j] = (q == 0 ? 0.0 : s[i][j]) + w * part[i][j];
    }
}

static size_t most_scratch(const fk_composition *c)
{
    size_t most = 0;
    for (size_t k = 0; k < c->n; k++)
        most = c->score[k]->scratch > most ? c->score[k]->scratch : most;
    return most;
}

fk_status fk_composition_score_new(const fk_composition *c, fk_score **out)
{
    assert(c->n >= 1);
    *out = NULL;
    composed *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->n = c->n;
    self->weight = fk_doubles(c->n);
    self->part = fk_alloc(c->n, sizeof(const fk_score *));
    if (self->weight == NULL || self->part == NULL) {
        release(&self->score);
        return FK_ENOMEM;
    }
    memcpy(self->weight, c->weight, c->n * sizeof *c->weight);
    for (size_t k = 0; k < c->n; k++) {
        assert(c->score[k]->dim == c->score[0]->dim);
        assert(c->score[k]->n_times == c->score[0]->n_times);
        self->part[k] = c->score[k];
    }
    self->score = (fk_score){.dim = c->score[0]->dim,
                             .n_times = c->score[0]->n_times,
                             .time = c->score[0]->time,
                             .eval = eval,
                             .free = release};
    self->score.scratch = fk_state_scratch(self->score.dim) + most_scratch(c);
    *out = &self->score;
    return FK_OK;
}

/* ---- rules ---- */

static double one(size_t n)
{
    (void)n;
    return 1.0;
}

/* Independent experts: all of them but the prior, less one. */
static double independent(size_t n)
{
    return (double)n - 2.0;
}

static void weigh_alike(size_t n, double number, double *weight)
{
    for (size_t k = 0; k < n; k++)
        weight[k] = number;
}

static void weigh_guidance(size_t n, double number, double *weight)
{
    (void)n;
    weight[0] = 1.0 + number;
    weight[1] = -number;
}

static void weigh_bayes(size_t n, double number, double *weight)
{
    weight[0] = -number;
    for (size_t k = 1; k < n; k++)
        weight[k] = (1.0 + number) / (double)(n - 1);
}

const fk_composition_rule fk_composition_rules[] = {
    {"product", "a product of experts, all to the power w (1)", "(p_1 p_2 ... p_n)^w",
     "du-2023", 1, FK_COMPOSITION_MOST, one, weigh_alike},
    {"guidance", "classifier-free guidance: the first law away from the second (w = 1)",
     "p_1^(1 + w) / p_2^w", "ho-salimans-2022", 2, 2, one, weigh_guidance},
    {"nbce",
     "naive Bayes: the first law is the prior, the others are experts (w = experts - "
     "1)",
     "(p_2 ... p_n)^((1 + w)/(n - 1)) / p_1^w", "su-9617", 2, FK_COMPOSITION_MOST,
     independent, weigh_bayes},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};

const fk_composition_rule *fk_composition_rule_find(const char *name)
{
    for (const fk_composition_rule *r = fk_composition_rules; r->name != NULL; r++)
        if (strcmp(r->name, name) == 0)
            return r;
    return NULL;
}
