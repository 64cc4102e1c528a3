#include "experiments/compose.h"

#include <stdlib.h>

#include "core/memory.h"
#include "sampling/reverse.h"

/* ---- one walk: a recipe with the scores at its times ---- */

typedef struct walk {
    fk_recipe *recipe;
    fk_score **part; /* [n] */
} walk;

static void walk_clear(const fk_compose *c, walk *w)
{
    for (size_t k = 0; w->part != NULL && k < c->n; k++)
        fk_score_free(w->part[k]);
    free(w->part);
    fk_recipe_free(w->recipe);
}

static fk_status make_scores(const fk_compose *c, walk *w)
{
    const fk_problem *p = c->problem;
    w->part = fk_alloc(c->n, sizeof *w->part);
    if (w->part == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < c->n; k++) {
        const fk_mixture *law =
            k == 0 ? fk_law_mixture(p->initial) : p->compose.law[k - 1];
        FK_TRY(c->plan.schedule != NULL
                   ? fk_score_schedule_new(c->plan.schedule, law, w->recipe->n_times,
                                           w->recipe->time, &w->part[k])
                   : fk_score_linear_new(p->sde, p->start, law, w->recipe->n_times,
                                         w->recipe->time, &w->part[k]));
    }
    return FK_OK;
}

/* Along every `stride`-th time. */
static fk_status walk_make(const fk_compose *c, size_t stride, walk *w,
                           fk_message *message)
{
    const size_t steps = c->problem->sampler.steps, n = (steps + stride - 1) / stride;
    *w = (walk){.recipe = NULL};
    double *time = fk_doubles(n + 1);
    if (time == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k <= n; k++) /* counted from the end, and the first */
        time[n - k] = c->time[k * stride < steps ? steps - k * stride : 0];
    fk_status status = fk_recipe_new(c->sampler, c->plan.schedule, n, time,
                                     &c->plan.options, &w->recipe, message);
    free(time);
    return status == FK_OK ? make_scores(c, w) : status;
}

/* ---- sampling ---- */

static fk_status with_weights(fk_compose *c, const walk *w, const char *phase,
                              fk_weighted_result *out, fk_message *message)
{
    const fk_problem *p = c->problem;
    const fk_composition parts = {c->n, c->weight, (const fk_score *const *)w->part};
    const fk_powers last = {c->n, c->weight, (const fk_mixture *const *)c->at_last};
    const fk_weighted_options o = {.groups = p->compose.groups,
                                   .count = c->count,
                                   .seed = p->sampler.seed,
                                   .share = p->compose.resample,
                                   .start = c->start,
                                   .begin = &last};
    fk_terminal_begin(&c->terminal, phase, NULL, 1.0);
    FK_TRY(fk_weighted_sample(c->problem->sde, &parts, w->recipe, &o, &c->progress, out,
                              message));
    fk_terminal_end(&c->terminal);
    return FK_OK;
}

/* All alike, in as many groups, so that one set of formulas judges both. */
static fk_status weigh_alike(const fk_compose *c, fk_reverse_result *r,
                             fk_weighted_result *out)
{
    const fk_problem_compose *p = &c->problem->compose;
    const size_t n = p->groups * c->count;
    *out = (fk_weighted_result){
        .groups = p->groups, .count = c->count, .dim = c->problem->sde->dim, .x = r->x};
    r->x = NULL;
    out->weight = fk_doubles(n);
    if (out->weight == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++)
        out->weight[i] = 1.0 / (double)n;
    return FK_OK;
}

static fk_status without_weights(fk_compose *c, const walk *w, fk_message *message)
{
    const fk_problem *p = c->problem;
    const fk_composition parts = {c->n, c->weight, (const fk_score *const *)w->part};
    const fk_reverse_options o = {.count = p->compose.groups * c->count,
                                  .seed = p->sampler.seed,
                                  .start = c->start};
    fk_reverse_result r = {.x = NULL};
    fk_score *score = NULL;
    FK_TRY(fk_composition_score_new(&parts, &score));
    fk_terminal_begin(&c->terminal, "without weights", NULL, 1.0);
    fk_status status = fk_reverse_sample(c->problem->sde, score, w->recipe, &o,
                                         &c->progress, &r, message);
    if (status == FK_OK)
        fk_terminal_end(&c->terminal);
    if (status == FK_OK)
        status = weigh_alike(c, &r, &c->plain);
    fk_reverse_result_free(&r);
    fk_score_free(score);
    return status;
}

static fk_status sample(fk_compose *c, fk_message *message)
{
    walk fine, coarse = {.recipe = NULL};
    fk_status status = walk_make(c, 1, &fine, message);
    if (status == FK_OK)
        status = walk_make(c, 2, &coarse, message);
    if (status == FK_OK)
        status = without_weights(c, &fine, message);
    if (status == FK_OK)
        status = with_weights(c, &fine, "with weights", &c->found, message);
    if (status == FK_OK)
        status = with_weights(c, &coarse, "in longer steps", &c->coarse, message);
    walk_clear(c, &fine);
    walk_clear(c, &coarse);
    return status;
}

fk_status fk_compose_run(fk_compose *c, fk_message *message)
{
    c->progress = fk_terminal_progress(&c->terminal);
    FK_TRY(fk_compose_plan(c, message));
    FK_TRY(sample(c, message));
    FK_TRY(fk_compose_solve(c, message));
    return fk_compose_judge(c);
}

static void clear_cells(fk_compose_cells *cells)
{
    free(cells->mass);
    free(cells->error);
}

void fk_compose_clear(fk_compose *c)
{
    for (size_t k = 0; k < c->n; k++) {
        if (c->at_first != NULL)
            fk_mixture_free(c->at_first[k]);
        if (c->at_last != NULL)
            fk_mixture_free(c->at_last[k]);
    }
    free(c->at_first);
    free(c->at_last);
    free(c->weight);
    free(c->time);
    free(c->target);
    free(c->whole);
    free(c->equation);
    fk_sampler_problem_clear(&c->plan);
    fk_law_free(c->start);
    fk_weighted_result_free(&c->plain);
    fk_weighted_result_free(&c->found);
    fk_weighted_result_free(&c->coarse);
    clear_cells(&c->plain_cells);
    clear_cells(&c->found_cells);
    fk_problem_free(c->problem);
}
