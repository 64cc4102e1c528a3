#include "core/mean_field.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr_node.h"
#include "core/memory.h"

/* Means found so far, each with its level: 0, or one more than the highest inside it. */
typedef struct search {
    size_t n, room;
    const fk_expr **node;
    size_t *level;
    bool failed;
} search;

static size_t find(search *s, const fk_expr *e);

/* Adds a mean; the level. */
static size_t add(search *s, const fk_expr *e)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->node[i] == e)
            return s->level[i];
    const size_t level = find(s, e->arg[0]);
    if (s->n == s->room) {
        s->room = 2 * s->room + 8;
        const fk_expr **node = realloc(s->node, s->room * sizeof *node);
        s->node = node != NULL ? node : s->node;
        size_t *levels = realloc(s->level, s->room * sizeof *levels);
        s->level = levels != NULL ? levels : s->level;
        s->failed = s->failed || node == NULL || levels == NULL;
    }
    if (s->failed)
        return 0;
    s->node[s->n] = e;
    s->level[s->n++] = level;
    return level;
}

/* Adds the means in e; one more than the highest level among them, 0 if there is none. */
static size_t find(search *s, const fk_expr *e)
{
    size_t above = 0;
    if (!e->law || s->failed)
        return 0;
    if (e->kind == FK_NODE_MEAN)
        return add(s, e) + 1;
    for (size_t i = 0; i < e->count; i++) {
        const size_t here = find(s, e->arg[i]);
        above = here > above ? here : above;
    }
    return above;
}

/* Nodes by level, in each in the order in which they were found. */
static void sort(const search *s, fk_mean_field *f)
{
    for (size_t l = 0; l < f->n_levels; l++) {
        f->first[l + 1] = f->first[l];
        for (size_t i = 0; i < s->n; i++)
            if (s->level[i] == l)
                f->node[f->first[l + 1]++] = s->node[i];
    }
}

static fk_status compile(fk_mean_field *f, const fk_binding *binding)
{
    fk_binding own = *binding;
    own.field = f;
    const fk_expr **e = calloc(f->n, sizeof *e);
    fk_status status = e == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; status == FK_OK && k < f->n; k++)
        e[k] = f->node[k]->arg[0];
    for (size_t l = 0; status == FK_OK && l < f->n_levels; l++)
        status = fk_program_new(f->first[l + 1] - f->first[l], e + f->first[l], &own,
                                &f->integrand[l]);
    free(e);
    return status;
}

static fk_status build(const search *s, size_t levels, const fk_binding *binding,
                       fk_mean_field *f)
{
    f->n = s->n;
    f->n_levels = levels;
    f->node = calloc(f->n, sizeof *f->node);
    f->first = calloc(levels + 1, sizeof *f->first);
    f->integrand = calloc(levels, sizeof(fk_program *));
    f->value = fk_doubles(f->n);
    f->slope = fk_doubles(f->n);
    if (f->node == NULL || f->first == NULL || f->integrand == NULL ||
        f->value == NULL || f->slope == NULL)
        return FK_ENOMEM;
    sort(s, f);
    return compile(f, binding);
}

fk_status fk_mean_field_new(size_t n, const fk_expr *const *e,
                            const fk_binding *binding, fk_mean_field **out)
{
    search s = {.n = 0};
    size_t levels = 0;
    *out = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t here = find(&s, e[i]);
        levels = here > levels ? here : levels;
    }
    fk_mean_field *f = s.n > 0 ? calloc(1, sizeof *f) : NULL;
    fk_status status = s.failed || (s.n > 0 && f == NULL) ? FK_ENOMEM : FK_OK;
    if (status == FK_OK && f != NULL)
        status = build(&s, levels, binding, f);
    free(s.node);
    free(s.level);
    if (status == FK_OK)
        *out = f;
    else
        fk_mean_field_free(f);
    return status;
}

void fk_mean_field_free(fk_mean_field *f)
{
    if (f == NULL)
        return;
    for (size_t l = 0; f->integrand != NULL && l < f->n_levels; l++)
        fk_program_free(f->integrand[l]);
    free(f->integrand);
    free(f->node);
    free(f->first);
    free(f->value);
    free(f->slope);
    free(f);
}

size_t fk_mean_field_scratch(const fk_mean_field *f)
{
    size_t most = 0;
    for (size_t l = 0; l < f->n_levels; l++) {
        const size_t own = fk_program_scratch(f->integrand[l]);
        most = own > most ? own : most;
    }
    return most;
}

size_t fk_mean_field_widest(const fk_mean_field *f)
{
    size_t most = 0;
    for (size_t l = 0; l < f->n_levels; l++) {
        const size_t own = f->first[l + 1] - f->first[l];
        most = own > most ? own : most;
    }
    return most;
}

void fk_mean_field_hold(fk_mean_field *f, double t)
{
    f->time = t;
    memset(f->slope, 0, f->n * sizeof *f->slope);
}

void fk_mean_field_lead(fk_mean_field *f, double t0, const double *before, double t1,
                        const double *after)
{
    assert(t1 != t0);
    f->time = t1;
    for (size_t k = 0; k < f->n; k++) {
        f->value[k] = after[k];
        f->slope[k] = (after[k] - before[k]) / (t1 - t0);
    }
}
