#include "experiments/sampler_order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/sampler_law.h"
#include "experiments/sampler_score.h"
#include "sampling/reverse.h"
#include "sde/line_mixture.h"

enum { FINER = 4, SETTLED = 4 };

/* ---- recipes and runs ---- */

static fk_status recipe_of(const fk_sampler_problem *p, const fk_sampler *sampler,
                           size_t steps, fk_recipe **out, fk_message *message)
{
    double *time = fk_doubles(steps + 1);
    *out = NULL;
    if (time == NULL)
        return FK_ENOMEM;
    fk_status status = fk_sampler_problem_times(p, steps, time, message);
    if (status == FK_OK)
        status =
            fk_recipe_new(sampler, p->schedule, steps, time, &p->options, out, message);
    free(time);
    return status;
}

static fk_status go(const fk_sampler_problem *p, const fk_recipe *recipe,
                    const fk_reverse_options *o, fk_reverse_result *found,
                    fk_message *message)
{
    fk_sampler_score score;
    *found = (fk_reverse_result){0};
    fk_status status =
        fk_sampler_score_make(p, recipe->n_times, recipe->time, &score, message);
    if (status == FK_OK)
        status = fk_reverse_sample(p->problem->sde, score.score, recipe, o, p->progress,
                                   found, message);
    fk_sampler_score_clear(&score);
    return status;
}

/* y[n][dim]: where these starts end. */
static fk_status end_of(const fk_sampler_problem *p, const fk_sampler *sampler,
                        size_t steps, size_t n, const double *x, double *y,
                        size_t *evaluations, fk_message *message)
{
    fk_recipe *recipe = NULL;
    fk_reverse_result found = {0};
    FK_TRY(recipe_of(p, sampler, steps, &recipe, message));
    const fk_reverse_options o = {
        .count = n, .latent = x, .seed = p->problem->sampler.seed};
    const fk_status status = go(p, recipe, &o, &found, message);
    if (status == FK_OK)
        memcpy(y, found.x, n * p->dim * sizeof *y);
    if (evaluations != NULL)
        *evaluations = recipe->evaluations;
    fk_reverse_result_free(&found);
    fk_recipe_free(recipe);
    return status;
}

/* ---- starts ---- */

static bool on_the_line(const fk_mixture *m)
{
    return m != NULL && m->dim == 1 && m->components <= FK_LINE_COMPONENTS;
}

static fk_line_mixture line_of(const fk_mixture *m)
{
    fk_line_mixture line = {.n = m->components};
    for (size_t k = 0; k < m->components; k++) {
        line.weight[k] = m->weight[k];
        line.mean[k] = m->mean[k];
        line.variance[k] = m->cov[k];
    }
    return line;
}

static fk_status choose_starts(const fk_sampler_problem *p, const double *given,
                               fk_sampler_starts *s)
{
    if (given != NULL) {
        memcpy(s->x, given, s->n * p->dim * sizeof *s->x);
        return FK_OK;
    }
    if (!on_the_line(p->at_last))
        return fk_sampler_problem_latent(p, s->n, s->x);
    const fk_line_mixture last = line_of(p->at_last);
    for (size_t i = 0; i < s->n; i++)
        s->x[i] = fk_line_quantile(&last, ((double)i + 0.5) / (double)s->n);
    return FK_OK;
}

static double gap(size_t n, const double *x, const double *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(sum);
}

/* The flow of an exact score keeps every quantile. */
static void map_quantiles(const fk_sampler_problem *p, fk_sampler_starts *s)
{
    const fk_line_mixture last = line_of(p->at_last), first = line_of(p->at_first);
    for (size_t i = 0; i < s->n; i++)
        s->goal[i] = fk_line_quantile(&first, fk_line_cdf(&last, s->x[i]));
    s->doubt = 1e-13;
}

/* By steps far shorter than the sampler's, and what halving them has changed. */
static fk_status solve_flow(const fk_sampler_problem *p, size_t steps,
                            fk_sampler_starts *s, fk_message *message)
{
    const fk_sampler *fine = fk_sampler_find("dormand-prince");
    double *rough = fk_doubles(s->n * p->dim);
    if (rough == NULL)
        return FK_ENOMEM;
    fk_status status =
        end_of(p, fine, FINER * steps / 2, s->n, s->x, rough, NULL, message);
    if (status == FK_OK)
        status = end_of(p, fine, FINER * steps, s->n, s->x, s->goal, NULL, message);
    s->doubt = gap(s->n * p->dim, rough, s->goal) / sqrt((double)s->n) + 1e-13;
    free(rough);
    return status;
}

fk_status fk_sampler_starts_new(const fk_sampler_problem *p, size_t n,
                                const double *given, size_t steps, fk_sampler_starts *s,
                                fk_message *message)
{
    *s = (fk_sampler_starts){
        .n = n, .x = fk_doubles(n * p->dim), .goal = fk_doubles(n * p->dim)};
    if (s->x == NULL || s->goal == NULL)
        return FK_ENOMEM;
    FK_TRY(choose_starts(p, given, s));
    if (fk_sampler_score_exact(p) && on_the_line(p->at_last)) {
        map_quantiles(p, s);
        return FK_OK;
    }
    return solve_flow(p, steps, s, message);
}

void fk_sampler_starts_clear(fk_sampler_starts *s)
{
    free(s->x);
    free(s->goal);
}

/* ---- what is measured ---- */

static fk_finding_curve *add_curve(fk_sampler_order *out, const fk_sampler_problem *p,
                                   const char *name, bool noisy)
{
    fk_finding_curve *c = &out->finding.curve[out->finding.n_curves++];
    snprintf(c->name, sizeof c->name, "%s", name);
    c->step_name = "1/steps";
    c->declared = out->sampler->order(&p->options);
    c->n = out->n;
    c->noisy = noisy;
    for (size_t k = 0; k < c->n; k++)
        c->step[k] = 1.0 / (double)out->steps[k];
    return c;
}

/* Of one start with its sign, of more the root of the mean square. */
static fk_status measure_paths(const fk_sampler_problem *p, const fk_sampler_starts *s,
                               fk_sampler_order *out, fk_message *message)
{
    const size_t size = s->n * p->dim;
    double *y = fk_doubles(size);
    if (y == NULL)
        return FK_ENOMEM;
    fk_finding_curve *c = add_curve(
        out, p, s->n == 1 ? "error at the end" : "error at the end, rms", false);
    fk_status status = FK_OK;
    for (size_t k = 0; k < out->n && status == FK_OK; k++) {
        status = end_of(p, out->sampler, out->steps[k], s->n, s->x, y,
                        &out->evaluations[k], message);
        c->value[k] =
            size == 1 ? y[0] - s->goal[0] : gap(size, y, s->goal) / sqrt((double)s->n);
        c->error[k] = s->doubt;
    }
    free(y);
    return status;
}

static fk_status measure_law(const fk_sampler_problem *p, fk_sampler_order *out,
                             bool noisy, bool *known, fk_message *message)
{
    double value[FK_FINDING_POINTS];
    *known = true;
    for (size_t k = 0; k < out->n && *known; k++) {
        fk_recipe *recipe = NULL;
        fk_sampler_law law;
        FK_TRY(recipe_of(p, out->sampler, out->steps[k], &recipe, message));
        const fk_status status = fk_sampler_law_find(p, recipe, &law);
        *known = law.known;
        if (status == FK_OK && law.known) {
            out->evaluations[k] = recipe->evaluations;
            out->mean[k] = law.mean[0];
            out->sd[k] = law.sd[0];
            out->goal_mean = noisy ? law.goal_mean[0] : law.flow_mean[0];
            out->goal_sd = noisy ? law.goal_sd[0] : law.flow_sd[0];
            value[k] = p->dim == 1 ? law.sd[0] - out->goal_sd : law.w2;
        }
        fk_sampler_law_clear(&law);
        fk_recipe_free(recipe);
        FK_TRY(status);
    }
    if (!*known || (p->dim > 1 && !noisy))
        return FK_OK;
    out->has_law = p->dim == 1;
    fk_finding_curve *c = add_curve(
        out, p, p->dim == 1 ? "error of the standard deviation" : "W2 to the law",
        false);
    for (size_t k = 0; k < out->n; k++) {
        c->value[k] = value[k];
        c->error[k] = 1e-13;
    }
    return FK_OK;
}

/* Mean and standard error of f(fine) - f(coarse) over pairs, f of the first variable. */
static void difference(size_t n, size_t d, const fk_reverse_result *r, int power,
                       double *mean, double *error)
{
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = r->x[i * d], y = r->coarse_x[i * d];
        const double change = power == 1 ? x - y : x * x - y * y;
        sum += change;
        square += change * change;
    }
    *mean = sum / (double)n;
    *error = sqrt(fmax(square / (double)n - *mean * *mean, 0.0) / ((double)n - 1.0));
}

static fk_status pair_at(const fk_sampler_problem *p, const fk_sampler *sampler,
                         size_t steps, fk_recipe **fine, fk_recipe **coarse,
                         fk_message *message)
{
    double *time = fk_doubles(2 * steps + 1);
    *fine = *coarse = NULL;
    if (time == NULL)
        return FK_ENOMEM;
    fk_status status = fk_sampler_problem_times(p, 2 * steps, time, message);
    if (status == FK_OK)
        status = fk_recipe_pair_new(sampler, p->schedule, 2 * steps, time, &p->options,
                                    fine, coarse, message);
    free(time);
    return status;
}

/* What twice the steps change, held against the number of the fewer ones; of the largest
 * numbers alone, as a fit weighs all its points and few steps are not on the slope yet. */
static fk_status measure_moments(const fk_sampler_problem *p, fk_sampler_order *out,
                                 fk_message *message)
{
    const size_t count = p->problem->sampler.count;
    for (; out->n > SETTLED; out->n--)
        memmove(out->steps, out->steps + 1, (out->n - 1) * sizeof *out->steps);
    fk_finding_curve *c[2] = {add_curve(out, p, "change of E x", true),
                              add_curve(out, p, "change of E x^2", true)};
    for (size_t k = 0; k < out->n; k++) {
        fk_recipe *fine, *coarse;
        fk_reverse_result found;
        FK_TRY(pair_at(p, out->sampler, out->steps[k], &fine, &coarse, message));
        const fk_reverse_options o = {.count = count,
                                      .seed = p->problem->sampler.seed,
                                      .start = p->prior,
                                      .coarse = coarse,
                                      .pairs = count};
        const fk_status status = go(p, fine, &o, &found, message);
        if (status == FK_OK)
            for (int power = 1; power <= 2; power++)
                difference(count, p->dim, &found, power, &c[power - 1]->value[k],
                           &c[power - 1]->error[k]);
        out->evaluations[k] = coarse->evaluations;
        fk_reverse_result_free(&found);
        fk_recipe_free(fine);
        fk_recipe_free(coarse);
        FK_TRY(status);
    }
    return FK_OK;
}

/* Recipes whose steps cannot be doubled have no pairs. */
static fk_status doubles(const fk_sampler_problem *p, const fk_sampler *sampler,
                         bool *yes, fk_message *message)
{
    fk_recipe *recipe = NULL;
    FK_TRY(recipe_of(p, sampler, 4, &recipe, message));
    *yes = recipe->even;
    fk_recipe_free(recipe);
    return FK_OK;
}

fk_status fk_sampler_order_measure(const fk_sampler_problem *p,
                                   const fk_sampler *sampler,
                                   const fk_sampler_starts *starts, size_t least,
                                   size_t levels, fk_sampler_order *out,
                                   fk_message *message)
{
    const bool noisy = sampler->noisy(&p->options);
    bool known = false, even = true;
    *out = (fk_sampler_order){.sampler = sampler, .n = levels};
    for (size_t k = 0; k < levels; k++)
        out->steps[k] = least << k;
    out->finding = (fk_finding){.kind = "order of the sampler",
                                .advice = "more samples (sampler.count) or other steps",
                                .exact = true,
                                .declared = sampler->order(&p->options)};
    snprintf(out->finding.method, sizeof out->finding.method, "%s", sampler->name);
    if (!(out->finding.declared > 0.0))
        return FK_OK;
    if (!noisy)
        FK_TRY(measure_paths(p, starts, out, message));
    FK_TRY(measure_law(p, out, noisy, &known, message));
    if (noisy && !known)
        FK_TRY(doubles(p, sampler, &even, message));
    if (noisy && !known && even && p->prior != NULL)
        FK_TRY(measure_moments(p, out, message));
    if (out->finding.n_curves > 0)
        fk_finding_judge(&out->finding);
    else
        out->finding.word = FK_INCONCLUSIVE;
    return FK_OK;
}
