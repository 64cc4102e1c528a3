/* Is what a sampler returns the law that it should find, up to the error of its steps, and
 * how far is it from it? */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/sample.h"

/* ---- the yardstick ---- */

/* Two sets of exact draws: one to measure by, one to know what chance alone does. */
fk_status fk_sample_yardstick(fk_sample_run *r)
{
    const size_t n = r->problem->sampler.count;
    const uint64_t seed = r->problem->sampler.seed;
    double *x = fk_doubles(n * r->plan.dim);
    fk_status status = x == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_sampler_problem_target(&r->plan, n, seed, FK_FOR_TARGET, x);
    if (status == FK_OK)
        status = fk_yardstick_new(r->plan.dim, n, x, seed, &r->yardstick);
    if (status == FK_OK)
        status = fk_sampler_problem_target(&r->plan, n, seed, FK_FOR_TEST, x);
    if (status == FK_OK)
        status = fk_distances_measure(r->yardstick, x, &r->floor);
    free(x);
    return status;
}

/* ---- counts ---- */

/* The cell of the view that a point is in; the number of cells if it is in none. */
static size_t cell_of(const fk_sample_view *v, size_t cells, const double *x)
{
    size_t cell;
    return fk_grid_find(&v->domain.grid, x + v->axis, &cell) ? cell : cells;
}

static void count_points(const fk_sample_view *v, size_t cells, size_t dim, size_t n,
                         const double *x, uint64_t *count)
{
    for (size_t i = 0; i < n; i++)
        count[cell_of(v, cells, x + i * dim)]++;
}

static void count_moved(const fk_sample_view *v, size_t cells, size_t dim, size_t n,
                        const double *x, const double *y, uint64_t *moved)
{
    for (size_t i = 0; i < n; i++) {
        const size_t a = cell_of(v, cells, x + i * dim);
        const size_t b = cell_of(v, cells, y + i * dim);
        if (a == b)
            continue;
        moved[a]++;
        moved[b]++;
    }
}

/* ---- the verdict ---- */

/* Arrays of a view: counts of all, of coarse and fine ones of pairs, of the moved. */
typedef uint64_t *counts[4];

static fk_status compare(const fk_sample_run *r, const fk_sampled *s,
                         const fk_sample_view *v, const counts count, bool steps,
                         fk_comparison *out)
{
    const size_t cells = fk_grid_cells(&v->domain.grid);
    const fk_sample generated = {
        .name = s->sampler->name, .count = count[0], .outside = count[0][cells]};
    const fk_reference reference = {.name = "target",
                                    .p = v->target,
                                    .outside = v->outside,
                                    .truncated = r->plan.at_first == NULL};
    const fk_step_evidence step = {.coarse = count[1],
                                   .fine = count[2],
                                   .moved = count[3],
                                   .ratio = 2.0,
                                   .order = s->order};
    const fk_compare_input in = {.domain = &v->domain,
                                 .variable = (const char *const *)r->variable + v->axis,
                                 .t = r->plan.first,
                                 .sample = &generated,
                                 .reference = &reference,
                                 .step = steps && s->coarse != NULL ? &step : NULL,
                                 .asked = &r->problem->compare,
                                 .comparisons = r->n_views * r->plan.n_samplers};
    return fk_compare_sample(&in, out);
}

static void fill(const fk_sample_run *r, const fk_sampled *s, const fk_sample_view *v,
                 const counts count)
{
    const size_t cells = fk_grid_cells(&v->domain.grid), d = r->plan.dim;
    count_points(v, cells, d, r->problem->sampler.count, s->x, count[0]);
    if (s->coarse == NULL)
        return;
    count_points(v, cells, d, r->pairs, s->coarse, count[1]);
    count_points(v, cells, d, r->pairs, s->x, count[2]);
    count_moved(v, cells, d, r->pairs, s->coarse, s->x, count[3]);
}

static fk_status look(const fk_sample_run *r, fk_sampled *s, size_t k)
{
    const fk_sample_view *v = &r->view[k];
    const size_t cells = fk_grid_cells(&v->domain.grid);
    const double n = (double)r->problem->sampler.count;
    uint64_t *block = fk_alloc(4 * (cells + 1), sizeof *block);
    if (block == NULL)
        return FK_ENOMEM;
    const counts count = {block, block + cells + 1, block + 2 * (cells + 1),
                          block + 3 * (cells + 1)};
    fill(r, s, v, count);
    fk_status status = compare(r, s, v, count, false, &s->comparison[k]);
    if (status == FK_OK)
        status = compare(r, s, v, count, true, &s->allowed[k]);
    const double outside = (double)count[0][cells] / n;
    if (outside > 0.0 && v->outside > 0.0)
        s->comparison[k].kl += outside * log(outside / v->outside);
    else if (outside > 0.0)
        s->comparison[k].kl = HUGE_VAL;
    if (k == 0)
        fk_density_from_counts(&v->domain.grid, count[0], n, s->density);
    free(block);
    return status;
}

/* What is the law as it is agrees; what differs by no more than its steps explain tells
 * nothing about the sampler. */
static void decide(const fk_sample_run *r, fk_sampled *s)
{
    s->word = fk_verdict_word(r->n_views, s->comparison);
    s->explained = s->word == FK_DISAGREE && s->coarse != NULL &&
                   fk_verdict_word(r->n_views, s->allowed) != FK_DISAGREE;
    if (s->explained)
        s->word = FK_INCONCLUSIVE;
}

static void say(const fk_sample_run *r, fk_sampled *s)
{
    const fk_comparison *c = s->comparison;
    for (size_t k = 1; k < r->n_views; k++)
        if (s->comparison[k].p_least < c->p_least)
            c = &s->comparison[k];
    const double tolerance = r->problem->compare.tolerance, limit = c->chi.detectable;
    const size_t steps = r->problem->sampler.steps;
    if (s->explained)
        snprintf(
            s->sentence, sizeof s->sentence,
            "it is off by L1 %.2g, of which chance explains %.2g and its %zu steps "
            "the rest: more sampler.steps would help",
            c->l1, c->l1_floor, steps);
    else if (s->word == FK_DISAGREE)
        snprintf(s->sentence, sizeof s->sentence,
                 "it is off by L1 %.2g, of which chance explains %.2g%s", c->l1,
                 c->l1_floor, s->coarse != NULL ? ", and its steps not the rest" : "");
    else if (s->word == FK_INCONCLUSIVE)
        snprintf(
            s->sentence, sizeof s->sentence,
            "no difference was found, but one of L1 %.2g could hide: sampler.count "
            "= %.1e would find one of %g",
            limit, 1.2 * c->count * pow(limit / tolerance, 2.0), tolerance);
    else
        snprintf(s->sentence, sizeof s->sentence,
                 "no difference was found; one of L1 %.2g would have been", limit);
}

fk_status fk_sample_judge(fk_sample_run *r, fk_sampled *s)
{
    s->comparison = fk_alloc(r->n_views, sizeof *s->comparison);
    s->allowed = fk_alloc(r->n_views, sizeof *s->allowed);
    s->density = fk_doubles(fk_grid_cells(&r->view[0].domain.grid));
    if (s->comparison == NULL || s->allowed == NULL || s->density == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < r->n_views; k++)
        FK_TRY(look(r, s, k));
    decide(r, s);
    say(r, s);
    return fk_distances_measure(r->yardstick, s->x, &s->distances);
}
