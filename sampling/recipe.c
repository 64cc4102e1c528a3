#include "sampling/recipe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/sort.h"

void fk_combine(fk_combination *c, unsigned source, double factor)
{
    size_t i = 0;
    if (factor == 0.0)
        return;
    while (i < c->n && c->source[i] < source)
        i++;
    if (i < c->n && c->source[i] == source) {
        c->factor[i] += factor;
        return;
    }
    memmove(c->source + i + 1, c->source + i, (c->n - i) * sizeof *c->source);
    memmove(c->factor + i + 1, c->factor + i, (c->n - i) * sizeof *c->factor);
    c->source[i] = source;
    c->factor[i] = factor;
    c->n++;
}

void fk_combine_all(fk_combination *c, const fk_combination *other, double factor)
{
    for (size_t i = 0; i < other->n; i++)
        fk_combine(c, other->source[i], factor * other->factor[i]);
}

fk_status fk_recipe_begin(size_t steps, fk_recipe **out)
{
    fk_recipe *r = calloc(1, sizeof *r);
    *out = NULL;
    if (r == NULL)
        return FK_ENOMEM;
    r->room = steps + 1;
    r->step = fk_alloc(r->room, sizeof *r->step);
    if (r->step == NULL) {
        free(r);
        return FK_ENOMEM;
    }
    *out = r;
    return FK_OK;
}

static void make_room(fk_recipe *r)
{
    fk_step *step = realloc(r->step, 2 * r->room * sizeof *step);
    if (step != NULL) {
        r->step = step;
        r->room *= 2;
    } else {
        r->status = FK_ENOMEM;
        r->n_steps = 0; /* what follows overwrites what is lost anyway */
    }
}

fk_step *fk_recipe_add(fk_recipe *r, double from, double to)
{
    if (r->n_steps == r->room)
        make_room(r);
    fk_step *s = &r->step[r->n_steps++];
    *s = (fk_step){.from = from, .to = to, .keep = -1};
    return s;
}

/* ---- the table of times ---- */

static size_t find(const fk_recipe *r, double t)
{
    const double *at = fk_sorted_find(r->n_times, r->time, t);
    assert(at != NULL);
    return (size_t)(at - r->time);
}

/* Sorted, each once; how many. */
static size_t sort_times(size_t n, double *time)
{
    size_t unique = 0;
    fk_sort(n, time);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || time[i] > time[unique - 1])
            time[unique++] = time[i];
    return unique;
}

static void collect(fk_recipe *r)
{
    size_t n = 0;
    for (size_t k = 0; k < r->n_steps; k++) {
        r->time[n++] = r->step[k].from;
        r->time[n++] = r->step[k].to;
        for (size_t i = 0; i < r->step[k].n; i++)
            r->time[n++] = r->step[k].evaluation[i].t;
    }
    r->n_times = sort_times(n, r->time);
}

static void note_noises(fk_recipe *r, const fk_combination *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->source[i] >= FK_A_NOISE && c->source[i] - FK_A_NOISE >= r->noises)
            r->noises = c->source[i] - FK_A_NOISE + 1;
}

static void index_times(fk_recipe *r)
{
    for (size_t k = 0; k < r->n_steps; k++) {
        fk_step *s = &r->step[k];
        s->from_time = find(r, s->from);
        for (size_t i = 0; i < s->n; i++)
            s->evaluation[i].time = find(r, s->evaluation[i].t);
    }
}

static void note(fk_recipe *r, const fk_step *s)
{
    for (size_t i = 0; i < s->n; i++) {
        note_noises(r, &s->evaluation[i].at);
        r->drifts = r->drifts || s->evaluation[i].drift;
    }
    note_noises(r, &s->result);
    r->adjusted = r->adjusted || s->adjusted > 0.0;
    r->evaluations += s->n;
}

fk_status fk_recipe_close(fk_recipe *r)
{
    if (r->status != FK_OK)
        return r->status;
    r->time = fk_doubles((FK_RECIPE_EVALUATIONS + 2) * r->n_steps);
    if (r->time == NULL)
        return FK_ENOMEM;
    collect(r);
    index_times(r);
    for (size_t k = 0; k < r->n_steps; k++)
        note(r, &r->step[k]);
    return FK_OK;
}

fk_status fk_recipe_join(fk_recipe *a, fk_recipe *b)
{
    double *both = fk_doubles(a->n_times + b->n_times);
    double *again = fk_doubles(a->n_times + b->n_times);
    if (both == NULL || again == NULL) {
        free(both);
        free(again);
        return FK_ENOMEM;
    }
    memcpy(both, a->time, a->n_times * sizeof *both);
    memcpy(both + a->n_times, b->time, b->n_times * sizeof *both);
    const size_t n = sort_times(a->n_times + b->n_times, both);
    memcpy(again, both, n * sizeof *both);
    free(a->time);
    free(b->time);
    a->time = both;
    b->time = again;
    a->n_times = b->n_times = n;
    index_times(a);
    index_times(b);
    return FK_OK;
}

void fk_recipe_free(fk_recipe *r)
{
    if (r == NULL)
        return;
    free(r->step);
    free(r->time);
    free(r);
}
