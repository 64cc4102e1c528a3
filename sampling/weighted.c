#include "sampling/weighted.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/march.h"
#include "sampling/resampling.h"
#include "sampling/weighted_parts.h"

/* What the threads share. */
typedef struct team {
    double done; /* groups */
    int stop;    /* the user asked */
    size_t lost; /* first group with something that is not finite; groups if none */
} team;

static void note(const fk_weighted_job *s, size_t number, bool finite, team *t)
{
    double done;
#pragma omp atomic capture
    done = t->done += 1.0;
    if (!finite) {
#pragma omp critical(fk_weighted_lost)
        t->lost = number < t->lost ? number : t->lost;
    }
    if (omp_get_thread_num() == 0)
        fk_progress_report(s->progress, done, (double)s->o->groups);
}

static fk_status travel_all(const fk_weighted_job *s, fk_message *message)
{
    team t = {.lost = s->o->groups};
    int short_of_memory = 0;
    const size_t groups = s->o->groups;
#pragma omp parallel default(none) shared(t, short_of_memory) firstprivate(s, groups)
    {
        fk_weighted_group g = {.number = 0};
        const bool placed = fk_weighted_place(s, &g) == FK_OK;
        if (!placed) {
#pragma omp atomic write
            short_of_memory = 1;
        }
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < groups; i++) {
            g.number = i;
            if (placed)
                note(s, i, fk_weighted_travel(s, &g, &t.stop), &t);
        }
        fk_weighted_clear(&g);
    }
    if (short_of_memory)
        return FK_ENOMEM;
    if (t.stop)
        return fk_fail(message, FK_EINTERRUPTED, "%s", fk_status_text(FK_EINTERRUPTED));
    if (t.lost < groups)
        return fk_fail(
            message, FK_EDOMAIN,
            "states or weights of group %zu of the paths are not finite on "
            "their way from t = %.6g to t = %.6g: the sampler needs more steps",
            t.lost, s->recipe->time[s->recipe->n_times - 1], s->recipe->time[0]);
    return FK_OK;
}

/* ---- all groups ---- */

/* A group counts as much as its mean weight. */
static void join(const fk_weighted_job *s)
{
    fk_weighted_result *r = s->out;
    const size_t n = r->count, groups = r->groups;
    double *factor = s->log_mass;
    const fk_weight_sums sums = fk_weight_sums_of(groups, s->log_mass, factor);
    double scatter = 0.0;
    for (size_t g = 0; g < groups; g++) {
        scatter += pow((double)groups * factor[g] - 1.0, 2.0);
        for (size_t i = 0; i < n; i++)
            r->weight[g * n + i] *= factor[g];
        for (size_t k = 0; k < r->n_times; k++)
            r->share[k] += s->share[g * r->n_times + k] / (double)groups;
        r->resamplings += (double)s->resamplings[g] / (double)groups;
    }
    r->log_mass = sums.log_mean;
    r->mass_error = sqrt(scatter / ((double)groups * ((double)groups - 1.0)));
    r->groups_share = sums.share;
}

static fk_status make_result(const fk_weighted_job *s, fk_weighted_result *out)
{
    const size_t n = s->o->groups * s->o->count;
    out->groups = s->o->groups;
    out->count = s->o->count;
    out->dim = s->dim;
    out->n_times = s->recipe->n_steps + 1;
    out->x = fk_doubles(n * s->dim);
    out->weight = fk_doubles(n);
    out->time = fk_doubles(out->n_times);
    out->share = fk_doubles(out->n_times);
    if (out->x == NULL || out->weight == NULL || out->time == NULL ||
        out->share == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < s->recipe->n_steps; k++) {
        out->time[k] = s->recipe->step[k].from;
        out->time[k + 1] = s->recipe->step[k].to;
    }
    return FK_OK;
}

static fk_status prepare_start(fk_weighted_job *s)
{
    const fk_mixture *start = fk_law_mixture(s->o->start);
    const double one = 1.0;
    if (s->o->begin == NULL)
        return FK_OK;
    assert(start != NULL);
    FK_TRY(fk_powers_log_new(s->o->begin, &s->begin));
    return fk_powers_log_new(&(fk_powers){1, &one, &start}, &s->start);
}

static fk_status prepare(fk_weighted_job *s, const fk_sde *sde, const fk_composition *c,
                         fk_message *message)
{
    if (!s->recipe->even)
        return fk_fail(message, FK_EDOMAIN,
                       "the sampler walks some intervals more than once: weights of "
                       "paths know nothing of that");
    FK_TRY(fk_composition_score_new(c, &s->score));
    FK_TRY(fk_field_new(sde, s->score, s->recipe, &s->field, message));
    FK_TRY(fk_weight_rate_new(sde, c, &s->rate, message));
    FK_TRY(prepare_start(s));
    s->scratch = fk_weight_rate_scratch(&s->rate);
    if (s->begin != NULL) {
        const size_t a = fk_powers_log_scratch(s->begin),
                     b = fk_powers_log_scratch(s->start);
        s->scratch = s->scratch > a ? s->scratch : a;
        s->scratch = s->scratch > b ? s->scratch : b;
    }
    s->log_mass = fk_doubles(s->o->groups);
    s->share = fk_doubles(s->o->groups * (s->recipe->n_steps + 1));
    s->resamplings = fk_alloc(s->o->groups, sizeof *s->resamplings);
    return s->log_mass == NULL || s->share == NULL || s->resamplings == NULL
               ? FK_ENOMEM
               : make_result(s, s->out);
}

static void finish(fk_weighted_job *s)
{
    fk_score_free(s->score);
    fk_field_clear(&s->field);
    fk_weight_rate_clear(&s->rate);
    fk_powers_log_free(s->begin);
    fk_powers_log_free(s->start);
    free(s->log_mass);
    free(s->share);
    free(s->resamplings);
}

fk_status fk_weighted_sample(const fk_sde *sde, const fk_composition *c,
                             const fk_recipe *recipe, const fk_weighted_options *o,
                             const fk_progress *progress, fk_weighted_result *out,
                             fk_message *message)
{
    assert(o->groups >= 2 && o->count >= 1 && fk_law_dim(o->start) == sde->dim);
    assert(c->score[0]->n_times == recipe->n_times);
    fk_weighted_job s = {.recipe = recipe,
                         .o = o,
                         .progress = progress,
                         .out = out,
                         .dim = sde->dim,
                         .blocks = fk_block_count(o->count)};
    *out = (fk_weighted_result){0};
    fk_status status = prepare(&s, sde, c, message);
    if (status == FK_OK)
        status = travel_all(&s, message);
    if (status == FK_OK)
        join(&s);
    else
        fk_weighted_result_free(out);
    finish(&s);
    return status;
}

void fk_weighted_result_free(fk_weighted_result *r)
{
    free(r->x);
    free(r->weight);
    free(r->time);
    free(r->share);
    *r = (fk_weighted_result){0};
}
