#include "experiments/sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/sort.h"
#include "experiments/problem_load.h"

enum { FRAMES = 60 };

/* ---- what all samplers share ---- */

static fk_status name_variables(fk_sample_run *r)
{
    const size_t d = r->plan.dim;
    r->variable = fk_alloc(d, sizeof *r->variable);
    if (r->variable == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++)
        if ((r->variable[i] =
                 fk_expr_print(r->problem->sde->variable[i], FK_EXPR_TEXT)) == NULL)
            return FK_ENOMEM;
    return FK_OK;
}

static fk_status find_start(fk_sample_run *r)
{
    const size_t n = r->problem->sampler.count;
    if (r->plan.prior != NULL)
        return FK_OK;
    r->latent = fk_doubles(n * r->plan.dim);
    return r->latent == NULL ? FK_ENOMEM
                             : fk_sampler_problem_latent(&r->plan, n, r->latent);
}

static fk_status prepare(fk_sample_run *r, fk_message *message)
{
    const fk_problem_sampler *p = &r->problem->sampler;
    fk_terminal_begin(&r->terminal, "what is to be found", NULL, 1.0);
    FK_TRY(fk_sampler_problem_open(r->problem, &r->methods, &r->progress, &r->plan,
                                   message));
    r->pairs = (size_t)(p->halving * (double)p->count);
    r->time = fk_doubles(p->steps + 1);
    r->sampled = fk_alloc(r->plan.n_samplers, sizeof *r->sampled);
    if (r->time == NULL || r->sampled == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_sampler_problem_times(&r->plan, p->steps, r->time, message));
    FK_TRY(name_variables(r));
    FK_TRY(find_start(r));
    FK_TRY(fk_sample_views(r));
    FK_TRY(fk_sample_yardstick(r));
    FK_TRY(fk_sampler_score_gap(&r->plan, &r->gap, message));
    fk_terminal_end(&r->terminal);
    return FK_OK;
}

/* ---- one sampler ---- */

/* Times of the recipe at which its steps end, evenly among them, and the last time. */
static size_t choose_frames(const fk_recipe *recipe, size_t frame[FRAMES])
{
    size_t ends = 0, n = 0;
    bool *end = fk_alloc(recipe->n_times, sizeof *end);
    if (end == NULL)
        return 0;
    for (size_t i = 0; i < recipe->n_steps; i++)
        end[fk_sorted_find(recipe->n_times, recipe->time, recipe->step[i].to) -
            recipe->time] = true;
    end[recipe->n_times - 1] = true;
    for (size_t k = 0; k < recipe->n_times; k++)
        ends += end[k];
    const size_t wanted = ends < FRAMES ? ends : FRAMES;
    for (size_t k = 0, seen = 0; k < recipe->n_times; k++)
        if (end[k] && seen++ == (ends - 1) * n / (wanted > 1 ? wanted - 1 : 1))
            frame[n++] = k;
    free(end);
    return n;
}

static fk_status keep(fk_sampled *s, const fk_recipe *recipe, bool paired,
                      size_t n_frames, const size_t *frame, fk_reverse_result *found)
{
    s->evaluations = recipe->evaluations;
    s->x = found->x;
    s->followed = found->followed;
    found->x = found->followed = NULL;
    if (paired) {
        s->coarse = found->coarse_x;
        found->coarse_x = NULL;
    }
    s->n_frames = n_frames;
    s->frame_time = fk_doubles(n_frames);
    if (s->frame_time == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n_frames; i++)
        s->frame_time[i] = recipe->time[frame[i]];
    return FK_OK;
}

static fk_status walk(fk_sample_run *r, fk_sampled *s, const fk_recipe *recipe,
                      const fk_recipe *coarse, fk_message *message)
{
    size_t frame[FRAMES];
    const size_t count = r->problem->sampler.count;
    const fk_reverse_options o = {
        .count = count,
        .seed = r->problem->sampler.seed,
        .start = r->plan.prior,
        .latent = r->latent,
        .n_frames = choose_frames(recipe, frame),
        .frame = frame,
        .followed = count < FK_SAMPLE_FOLLOWED ? count : FK_SAMPLE_FOLLOWED,
        .coarse = coarse,
        .pairs = coarse != NULL ? r->pairs : 0};
    fk_sampler_score score;
    fk_reverse_result found = {.x = NULL};
    fk_status status =
        fk_sampler_score_make(&r->plan, recipe->n_times, recipe->time, &score, message);
    const double began = fk_seconds();
    if (status == FK_OK)
        status = fk_reverse_sample(r->problem->sde, score.score, recipe, &o,
                                   &r->progress, &found, message);
    s->seconds = fk_seconds() - began;
    if (status == FK_OK)
        status = keep(s, recipe, coarse != NULL, o.n_frames, frame, &found);
    fk_reverse_result_free(&found);
    fk_sampler_score_clear(&score);
    return status;
}

/* Pairs tell what steps do whose error falls with them, for recipes that can be doubled. */
static fk_status make_recipes(const fk_sample_run *r, const fk_sampled *s,
                              fk_recipe **recipe, fk_recipe **coarse,
                              fk_message *message)
{
    const size_t steps = r->problem->sampler.steps;
    *coarse = NULL;
    FK_TRY(fk_recipe_new(s->sampler, r->plan.schedule, steps, r->time, &r->plan.options,
                         recipe, message));
    if (r->pairs == 0 || !(s->order > 0.0) || !(*recipe)->even || steps < 2)
        return FK_OK;
    fk_recipe_free(*recipe);
    return fk_recipe_pair_new(s->sampler, r->plan.schedule, steps, r->time,
                              &r->plan.options, recipe, coarse, message);
}

static fk_status sample(fk_sample_run *r, const fk_sampler *sampler,
                        fk_message *message)
{
    fk_recipe *recipe = NULL, *coarse = NULL;
    fk_sampled *s = &r->sampled[r->n++];
    s->sampler = sampler;
    s->order = sampler->order(&r->plan.options);
    fk_terminal_begin(&r->terminal, sampler->name, NULL, 1.0);
    fk_status status = make_recipes(r, s, &recipe, &coarse, message);
    if (status == FK_OK)
        status = walk(r, s, recipe, coarse, message);
    if (status == FK_OK)
        status = fk_sampler_law_find(&r->plan, recipe, &s->law);
    if (status == FK_OK)
        status = fk_sample_judge(r, s);
    fk_recipe_free(recipe);
    fk_recipe_free(coarse);
    if (status == FK_OK)
        fk_terminal_end(&r->terminal);
    return status;
}

/* ---- the folder ---- */

static void write_problem(const void *run, FILE *out)
{
    fputs(((const fk_sample_run *)run)->problem->text, out);
}

static void write_summary(const void *run, FILE *out)
{
    fk_sample_json(run, out);
}

static fk_status fill_folder(fk_sample_run *r, fk_message *message)
{
    FK_TRY(prepare(r, message));
    for (size_t i = 0; i < r->plan.n_samplers; i++)
        FK_TRY(sample(r, r->plan.sampler[i], message));
    for (size_t i = 0; i < r->n; i++)
        if (r->word == FK_AGREE || r->sampled[i].word == FK_DISAGREE)
            r->word = r->sampled[i].word;
    FK_TRY(fk_sample_write_points(r, message));
    FK_TRY(
        fk_result_folder_write(&r->folder, "problem.yaml", write_problem, r, message));
    FK_TRY(
        fk_result_folder_write(&r->folder, "summary.json", write_summary, r, message));
    return r->o->no_plots ? FK_OK : fk_sample_draw(r, message);
}

static fk_status open_folder(fk_sample_run *r, fk_message *message)
{
    char standard[1024];
    snprintf(standard, sizeof standard, "out/%s_samples", r->problem->name);
    return fk_result_folder_open(r->o->folder != NULL ? r->o->folder : standard,
                                 r->o->force, &r->folder, message);
}

fk_status fk_sample_run_all(fk_sample_run *r, fk_message *message)
{
    r->terminal = fk_terminal_make(r->o->quiet);
    r->progress = fk_terminal_progress(&r->terminal);
    FK_TRY(fk_problem_load(r->o->file, r->o->n_settings, r->o->setting, &r->problem,
                           &r->methods, message));
    FK_TRY(open_folder(r, message));
    fk_status status = fill_folder(r, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&r->folder, message);
    else
        fk_result_folder_discard(&r->folder);
    return status;
}

static void clear_sampled(fk_sampled *s)
{
    free(s->x);
    free(s->coarse);
    free(s->density);
    free(s->frame_time);
    free(s->followed);
    free(s->comparison);
    free(s->allowed);
    fk_sampler_law_clear(&s->law);
}

void fk_sample_run_clear(fk_sample_run *r)
{
    for (size_t i = 0; i < r->n; i++)
        clear_sampled(&r->sampled[i]);
    for (size_t i = 0; i < r->n_views; i++)
        free(r->view[i].target);
    for (size_t i = 0; r->variable != NULL && i < r->plan.dim; i++)
        free(r->variable[i]);
    free(r->variable);
    free(r->view);
    free(r->sampled);
    free(r->latent);
    free(r->time);
    fk_yardstick_free(r->yardstick);
    fk_sampler_problem_clear(&r->plan);
    fk_problem_free(r->problem);
}
