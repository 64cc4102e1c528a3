#include "core/mean_field.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr_node.h"
#include "core/memory.h"

/* Means found so far, each with its level: 0, or one more than the highest inside it; and
 * convolutions. */
typedef struct search {
    fk_expr_pool *pool;
    const fk_binding *binding;
    const fk_domain *domain;
    size_t n, room;
    const fk_expr **node;
    size_t *level;
    size_t n_maps, map_room;
    fk_mean_map *map;
    fk_status status;
} search;

static bool periodic(const search *s, size_t axis)
{
    return s->domain != NULL && axis < s->domain->grid.dim &&
           s->domain->face[axis][0] == FK_PERIODIC;
}

/* Whether the kernel is the same a length further, where it is looked at. */
static fk_status has_period(const search *s, const fk_expr *kernel, size_t axis,
                            bool *has)
{
    enum { LOOKS = 64 };
    const fk_binding *b = s->binding;
    const size_t n = b->dim + b->n_parameters;
    const fk_expr **symbol = calloc(n, sizeof *symbol);
    double *value = fk_doubles(n);
    *has = true;
    for (size_t k = 0; symbol != NULL && value != NULL && k < LOOKS; k++) {
        for (size_t i = 0; i < n; i++) {
            symbol[i] = i < b->dim ? b->variable[i] : b->parameter[i - b->dim];
            value[i] =
                i < b->dim ? sin((double)(7 * k + 3 * i + 1)) : b->value[i - b->dim];
        }
        const fk_axis *a = &s->domain->grid.axis[axis];
        const double here = fk_expr_value(kernel, n, symbol, value);
        value[axis] += a->hi - a->lo;
        const double there = fk_expr_value(kernel, n, symbol, value);
        *has = *has && fabs(there - here) <= 1e-9 * (1.0 + fabs(here));
    }
    const bool enough = symbol != NULL && value != NULL;
    free(symbol);
    free(value);
    return enough ? FK_OK : FK_ENOMEM;
}

/* The sum of means that a convolution is, or NULL. */
static const fk_expr *separated(search *s, const fk_expr *e)
{
    const fk_expr *kernel = e->arg[0];
    for (size_t i = 0; i < s->binding->dim && s->status == FK_OK; i++) {
        bool has = true;
        if (periodic(s, i) && fk_expr_depends(kernel, s->binding->variable[i]))
            s->status = has_period(s, kernel, i, &has);
        if (!has)
            return NULL;
    }
    return fk_expr_separated(s->pool, e, s->binding->dim, s->binding->variable);
}

static size_t find(search *s, const fk_expr *e);

/* Adds a convolution; as find. */
static size_t add_map(search *s, const fk_expr *e)
{
    const fk_expr *time = s->binding->time, *kernel = e->arg[0];
    for (size_t k = 0; k < s->n_maps; k++)
        if (s->map[k].node == e)
            return s->map[k].separated != NULL ? find(s, s->map[k].separated) : 0;
    if (kernel->law || (time != NULL && fk_expr_depends(kernel, time)))
        s->status = FK_EDOMAIN;
    const fk_expr *sum = s->status == FK_OK ? separated(s, e) : NULL;
    if (s->status == FK_OK && sum == NULL && s->domain == NULL)
        s->status = FK_EDOMAIN;
    if (s->status == FK_OK && s->n_maps == s->map_room) {
        s->map_room = 2 * s->map_room + 8;
        fk_mean_map *map = realloc(s->map, s->map_room * sizeof *map);
        s->map = map != NULL ? map : s->map;
        s->status = map != NULL ? FK_OK : FK_ENOMEM;
    }
    if (s->status != FK_OK)
        return 0;
    s->map[s->n_maps++] = (fk_mean_map){.node = e, .separated = sum};
    return sum != NULL ? find(s, sum) : 0;
}

/* Adds a mean; the level. */
static size_t add_mean(search *s, const fk_expr *e)
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
        if (node == NULL || levels == NULL)
            s->status = FK_ENOMEM;
    }
    if (s->status != FK_OK)
        return 0;
    s->node[s->n] = e;
    s->level[s->n++] = level;
    return level;
}

/* Adds the means and convolutions in e; one more than the highest level among the means, 0
 * if there is none. */
static size_t find(search *s, const fk_expr *e)
{
    size_t above = 0;
    if (!e->law || s->status != FK_OK)
        return 0;
    if (e->kind == FK_NODE_MEAN)
        return add_mean(s, e) + 1;
    if (e->kind == FK_NODE_CONV)
        return add_map(s, e);
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
    const fk_expr **e = calloc(f->n + 1, sizeof *e);
    fk_status status = e == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; status == FK_OK && k < f->n; k++)
        e[k] = f->node[k]->arg[0];
    for (size_t l = 0; status == FK_OK && l < f->n_levels; l++)
        status = fk_program_new(f->first[l + 1] - f->first[l], e + f->first[l], &own,
                                &f->integrand[l]);
    free(e);
    return status;
}

/* Maps, and where their corners lie among the values. */
static fk_status place_maps(const search *s, fk_mean_field *f)
{
    size_t corners = 1;
    f->map = calloc(s->n_maps + 1, sizeof *f->map);
    if (f->map == NULL)
        return FK_ENOMEM;
    f->n_maps = s->n_maps;
    f->n_values = s->n;
    for (size_t i = 0; s->domain != NULL && i < s->domain->grid.dim; i++) {
        f->periodic[i] = periodic(s, i);
        corners *= s->domain->grid.axis[i].cells + 1;
    }
    if (s->domain != NULL)
        f->grid = s->domain->grid;
    for (size_t k = 0; k < s->n_maps; k++) {
        f->map[k] = s->map[k];
        f->map[k].field = f;
        f->map[k].first = f->n_values;
        f->n_values += s->map[k].separated == NULL ? corners : 0;
    }
    return FK_OK;
}

static fk_status build(const search *s, size_t levels, fk_mean_field *f)
{
    f->n = s->n;
    f->n_levels = levels;
    f->node = calloc(f->n + 1, sizeof *f->node);
    f->first = calloc(levels + 1, sizeof *f->first);
    f->integrand = calloc(levels + 1, sizeof(fk_program *));
    if (f->node == NULL || f->first == NULL || f->integrand == NULL)
        return FK_ENOMEM;
    FK_TRY(place_maps(s, f));
    f->value = fk_doubles(f->n_values);
    f->slope = fk_doubles(f->n_values);
    if (f->value == NULL || f->slope == NULL)
        return FK_ENOMEM;
    sort(s, f);
    return compile(f, s->binding);
}

fk_status fk_mean_field_new(fk_expr_pool *pool, size_t n, const fk_expr *const *e,
                            const fk_binding *binding, const fk_domain *domain,
                            fk_mean_field **out)
{
    search s = {.pool = pool, .binding = binding, .domain = domain};
    size_t levels = 0;
    *out = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t here = find(&s, e[i]);
        levels = here > levels ? here : levels;
    }
    fk_mean_field *f = NULL;
    if (s.status == FK_OK && s.n + s.n_maps > 0) {
        f = calloc(1, sizeof *f);
        s.status = f == NULL ? FK_ENOMEM : build(&s, levels, f);
    }
    free(s.node);
    free(s.level);
    free(s.map);
    if (s.status == FK_OK)
        *out = f;
    else
        fk_mean_field_free(f);
    return s.status;
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
    free(f->map);
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
    memset(f->slope, 0, f->n_values * sizeof *f->slope);
}

void fk_mean_field_lead(fk_mean_field *f, double t0, const double *before, double t1,
                        const double *after)
{
    assert(t1 != t0);
    f->time = t1;
    for (size_t k = 0; k < f->n_values; k++) {
        f->value[k] = after[k];
        f->slope[k] = (after[k] - before[k]) / (t1 - t0);
    }
}
