/* What `fokker sample` found, for people and for programs, and the samples themselves. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "core/json.h"
#include "experiments/sample.h"

/* The largest of the views. */
static double worst(const fk_sample_run *r, const fk_sampled *s,
                    double (*of)(const fk_comparison *))
{
    double most = -HUGE_VAL;
    for (size_t k = 0; k < r->n_views; k++)
        most = fmax(most, of(&s->comparison[k]));
    return most;
}

static double l1_of(const fk_comparison *c)
{
    return c->l1;
}

static double floor_of(const fk_comparison *c)
{
    return c->l1_floor;
}

static double kl_of(const fk_comparison *c)
{
    return c->kl;
}

/* ---- text ---- */

static void print_head(const fk_sample_run *r)
{
    const fk_problem_sampler *p = &r->problem->sampler;
    const fk_sampler_problem *s = &r->plan;
    printf("%s: from t = %g to %g in %zu steps, %s; %s score, start %s\n",
           r->problem->name, s->last, s->first, p->steps, s->times->summary,
           fk_score_source_name[s->source],
           s->prior == NULL ? "from the density there" : p->prior);
    if (s->schedule != NULL) {
        const fk_noise_level a = fk_noise_at(s->schedule, s->last),
                             b = fk_noise_at(s->schedule, s->first);
        printf("alpha from %.4g to %.6g, sigma from %.4g to %.4g\n", a.alpha, b.alpha,
               a.sigma, b.sigma);
    }
    if (r->gap.known)
        printf("the score's error: mean square %.4g +- %.2g beside %.4g of the score, "
               "so KL "
               "of the reverse SDE's law at most %.3g +- %.1g\n",
               r->gap.square, r->gap.its_error, r->gap.strength, r->gap.bound,
               r->gap.bound_error);
    printf("%zu samples of each; L1 and KL %s, other distances between samples; chance "
           "alone gives the last row\n\n",
           p->count,
           r->n_views > 1 ? "of the worst variable" : "of histogram and density");
}

static bool knows_law(const fk_sample_run *r)
{
    return r->n > 0 && r->sampled[0].law.known;
}

static void print_row(const fk_sample_run *r, const fk_sampled *s)
{
    printf("%-20s%7zu%9.4f%10.3g%10.3g%10.3g%11.2g%11.2g", s->sampler->name,
           s->evaluations, worst(r, s, l1_of), worst(r, s, kl_of), s->distances.w1,
           s->distances.sliced_w2, s->distances.energy, s->distances.mmd);
    if (knows_law(r) && s->law.known)
        printf("%11.3g", s->law.w2);
    else if (knows_law(r))
        printf("%11s", "-");
    printf("  %s\n", fk_word_text(s->word));
}

void fk_sample_print(const fk_sample_run *r)
{
    print_head(r);
    printf("%-20s%7s%9s%10s%10s%10s%11s%11s%s  %s\n", "sampler", "scores", "L1", "KL",
           "W1", r->plan.dim == 1 ? "W2" : "sliced W2", "energy", "MMD^2",
           knows_law(r) ? "   exact W2" : "", "verdict");
    for (size_t i = 0; i < r->n; i++)
        print_row(r, &r->sampled[i]);
    printf("%-20s%7s%9.4f%10s%10.3g%10.3g%11.2g%11.2g\n", "exact draws", "",
           worst(r, &r->sampled[0], floor_of), "", r->floor.w1, r->floor.sliced_w2,
           r->floor.energy, r->floor.mmd);
    putchar('\n');
    for (size_t i = 0; i < r->n; i++)
        printf("%s: %s: %s\n", r->sampled[i].sampler->name,
               fk_word_text(r->sampled[i].word), r->sampled[i].sentence);
    printf("\nsamples: %s/samples\n", r->folder.path);
}

/* ---- JSON ---- */

static void write_distances(fk_json *j, const char *key, const fk_distances *d)
{
    fk_json_object(j, key);
    fk_json_number(j, "wasserstein_1", d->w1);
    fk_json_number(j, "wasserstein_2", d->w2);
    fk_json_number(j, "sliced_wasserstein_2", d->sliced_w2);
    fk_json_number(j, "energy", d->energy);
    fk_json_number(j, "mmd_squared", d->mmd);
    fk_json_end(j);
}

static void write_comparison(fk_json *j, const fk_sample_run *r, const fk_sampled *s,
                             size_t k)
{
    const fk_sample_view *v = &r->view[k];
    const fk_comparison *c = &s->comparison[k], *allowed = &s->allowed[k];
    fk_json_object(j, NULL);
    fk_json_array(j, "variables");
    for (size_t i = 0; i < v->domain.grid.dim; i++)
        fk_json_text(j, NULL, r->variable[v->axis + i]);
    fk_json_end(j);
    fk_json_text(j, "verdict", fk_word_text(c->word));
    fk_json_number(j, "l1", c->l1);
    fk_json_number(j, "l1_floor", c->l1_floor);
    fk_json_number(j, "kl", c->kl);
    fk_json_number(j, "w1", c->w1);
    fk_json_number(j, "chi_square", c->chi.statistic);
    fk_json_integer(j, "degrees_of_freedom", c->chi.dof);
    fk_json_number(j, "p", c->p_least);
    fk_json_number(j, "detectable", c->chi.detectable);
    fk_json_number(j, "p_with_steps", allowed->p_least);
    for (size_t i = 0; i < FK_BUDGET_LINES; i++)
        if (allowed->budget[i].name != NULL &&
            strcmp(allowed->budget[i].name, "time step") == 0)
            fk_json_number(j, "l1_of_steps", allowed->budget[i].l1);
    fk_json_end(j);
}

static void write_law(fk_json *j, const fk_sample_run *r, const fk_sampler_law *law)
{
    if (!law->known)
        return;
    fk_json_object(j, "exact_law");
    fk_json_numbers(j, "mean", r->plan.dim, law->mean);
    fk_json_numbers(j, "sd", r->plan.dim, law->sd);
    fk_json_number(j, "wasserstein_2", law->w2);
    fk_json_end(j);
}

static void write_sampled(fk_json *j, const fk_sample_run *r, const fk_sampled *s)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "sampler", s->sampler->name);
    fk_json_integer(j, "evaluations", s->evaluations);
    fk_json_number(j, "order", s->order);
    fk_json_number(j, "seconds", s->seconds);
    fk_json_text(j, "verdict", fk_word_text(s->word));
    fk_json_text(j, "sentence", s->sentence);
    write_distances(j, "distances", &s->distances);
    write_law(j, r, &s->law);
    fk_json_array(j, "comparisons");
    for (size_t k = 0; k < r->n_views; k++)
        write_comparison(j, r, s, k);
    fk_json_end(j);
    fk_json_end(j);
}

void fk_sample_json(const fk_sample_run *r, FILE *out)
{
    const fk_problem_sampler *p = &r->problem->sampler;
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", r->problem->name);
    fk_json_text(&j, "verdict", fk_word_text(r->word));
    fk_json_text(&j, "score", fk_score_source_name[r->plan.source]);
    fk_json_text(&j, "prior", p->prior);
    fk_json_text(&j, "times", r->plan.times->name);
    fk_json_integer(&j, "steps", p->steps);
    fk_json_numbers(&j, "time", p->steps + 1, r->time);
    fk_json_integer(&j, "count", p->count);
    fk_json_integer(&j, "seed", p->seed);
    fk_json_array(&j, "samplers");
    for (size_t i = 0; i < r->n; i++)
        write_sampled(&j, r, &r->sampled[i]);
    fk_json_end(&j);
    write_distances(&j, "exact_draws", &r->floor);
    if (r->gap.known) {
        fk_json_object(&j, "score_error");
        fk_json_number(&j, "mean_square", r->gap.square);
        fk_json_number(&j, "its_error", r->gap.its_error);
        fk_json_number(&j, "score_mean_square", r->gap.strength);
        fk_json_number(&j, "kl_bound", r->gap.bound);
        fk_json_number(&j, "kl_bound_error", r->gap.bound_error);
        fk_json_end(&j);
    }
    fk_json_text(&j, "problem", r->problem->text);
    fk_json_end(&j);
    fputc('\n', out);
}

/* ---- the samples ---- */

typedef struct points {
    const fk_sample_run *run;
    const fk_sampled *of;
} points;

static void write_csv(const void *content, FILE *out)
{
    const points *p = content;
    const size_t d = p->run->plan.dim;
    for (size_t i = 0; i < d; i++)
        fprintf(out, "%s%s", i > 0 ? "," : "", p->run->variable[i]);
    fputc('\n', out);
    for (size_t k = 0; k < p->run->problem->sampler.count; k++)
        for (size_t i = 0; i < d; i++)
            fprintf(out, "%.9g%c", p->of->x[k * d + i], i + 1 < d ? ',' : '\n');
}

fk_status fk_sample_write_points(const fk_sample_run *r, fk_message *message)
{
    char path[1300];
    snprintf(path, sizeof path, "%s/samples", r->folder.working);
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return fk_fail(message, FK_EIO, "cannot make %s", path);
    for (size_t i = 0; i < r->n; i++) {
        const points p = {r, &r->sampled[i]};
        snprintf(path, sizeof path, "samples/%s.csv", p.of->sampler->name);
        FK_TRY(fk_result_folder_write(&r->folder, path, write_csv, &p, message));
    }
    return FK_OK;
}
