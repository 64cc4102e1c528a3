/* Jumps and stable noise of a problem. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/problem_reader.h"

/* A section is a list of maps, or one map. */
static size_t entries(const fk_yaml *section)
{
    return section == NULL ? 0 : section->kind == FK_YAML_LIST ? section->n : 1;
}

static const fk_yaml *entry(const fk_yaml *section, size_t k)
{
    return section->kind == FK_YAML_LIST ? section->entry[k] : section;
}

static fk_status needed(const fk_problem_reader *r, const fk_yaml *map, const char *key,
                        const fk_yaml **node)
{
    *node = fk_yaml_get(map, key);
    return *node != NULL ? FK_OK : fk_read_missing(r, map, key);
}

/* One expression for each variable, those of coloured noises from `rest`. */
static fk_status read_each(const fk_problem_reader *r, const fk_yaml *node,
                           const fk_expr *const *rest, const fk_expr **e)
{
    memcpy(e, rest, r->total * sizeof *e);
    if (node->kind == FK_YAML_TEXT && r->dim == 1)
        return fk_read_expression(r, node, &e[0]);
    if (node->kind != FK_YAML_LIST)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_length(r, node, r->dim));
    for (size_t i = 0; i < r->dim; i++)
        FK_TRY(fk_read_expression(r, node->entry[i], &e[i]));
    return FK_OK;
}

/* ---- marks ---- */

static fk_status read_numbers(const fk_problem_reader *r, const fk_yaml *list,
                              double *x)
{
    for (size_t k = 0; k < list->n; k++)
        FK_TRY(fk_read_real(r, list->entry[k], &x[k]));
    return FK_OK;
}

static fk_status make_points(fk_mark *m, size_t n)
{
    *m = fk_mark_none();
    m->n_points = n;
    m->point = fk_doubles(n);
    m->weight = fk_doubles(n);
    if (m->point == NULL || m->weight == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < n; k++)
        m->weight[k] = 1.0 / (double)n;
    return FK_OK;
}

static fk_status read_weights(const fk_problem_reader *r, const fk_yaml *node,
                              fk_mark *m)
{
    double sum = 0.0;
    if (node->kind != FK_YAML_LIST || node->n != m->n_points)
        return fk_yaml_fail(node, r->message,
                            "expected %zu numbers, one for each point", m->n_points);
    FK_TRY(read_numbers(r, node, m->weight));
    for (size_t k = 0; k < m->n_points; k++) {
        if (m->weight[k] <= 0.0)
            return fk_yaml_fail(node, r->message, "weights must be > 0");
        sum += m->weight[k];
    }
    for (size_t k = 0; k < m->n_points; k++)
        m->weight[k] /= sum;
    return FK_OK;
}

static fk_status read_points(const fk_problem_reader *r, const fk_yaml *size,
                             const fk_yaml *node, fk_mark *m)
{
    const fk_yaml *weights = fk_yaml_get(size, "weights");
    if (node->kind != FK_YAML_LIST || node->n == 0)
        return fk_read_refuse(r, node);
    FK_TRY(make_points(m, node->n));
    FK_TRY(read_numbers(r, node, m->point));
    return weights == NULL ? FK_OK : read_weights(r, weights, m);
}

static fk_status read_law(const fk_problem_reader *r, const fk_yaml *node, fk_mark *m)
{
    FK_TRY(fk_read_map(r, node));
    for (size_t i = 0; i < FK_MARK_PARAMETERS && m->law->parameter[i] != NULL; i++) {
        const fk_yaml *value;
        FK_TRY(needed(r, node, m->law->parameter[i], &value));
        FK_TRY(fk_read_real(r, value, &m->parameter[i]));
    }
    const char *fault = fk_mark_fault(m);
    return fault == NULL ? FK_OK : fk_yaml_fail(node, r->message, "%s", fault);
}

/* A number, points with weights, or a law of parameters. */
static fk_status read_size(const fk_problem_reader *r, const fk_yaml *size, fk_mark *m)
{
    if (size->kind == FK_YAML_TEXT) {
        FK_TRY(make_points(m, 1));
        return fk_read_real(r, size, &m->point[0]);
    }
    FK_TRY(fk_read_map(r, size));
    const fk_yaml *points = fk_yaml_get(size, "points");
    if (points != NULL && size->n == (fk_yaml_get(size, "weights") != NULL ? 2 : 1))
        return read_points(r, size, points, m);
    if (size->n != 1 || fk_mark_law_find(size->entry[0]->key) == NULL)
        return fk_read_refuse(r, size);
    *m = (fk_mark){.law = fk_mark_law_find(size->entry[0]->key)};
    return read_law(r, size->entry[0], m);
}

/* ---- jumps ---- */

static bool known(const fk_problem_reader *r, const char *name)
{
    for (size_t i = 0; i < r->n_names; i++)
        if (strcmp(r->name[i].name, name) == 0)
            return true;
    return false;
}

/* The symbol of the mark, and its name where `to` may use it; a jump without a size has
 * none. */
static fk_status read_mark(fk_problem_reader *r, const fk_yaml *map, fk_jump *jump)
{
    const fk_yaml *mark = fk_yaml_get(map, "mark");
    const bool sized = fk_yaml_get(map, "size") != NULL;
    const char *name = "z";
    if (mark != NULL) {
        FK_TRY(fk_read_word(r, mark));
        FK_TRY(fk_read_new_name(r, mark, false, mark->text));
        name = mark->text;
    } else if (known(r, name)) {
        if (sized)
            return fk_yaml_fail(map, r->message,
                                "'z', the size of a jump, is a name already: give it "
                                "another with 'mark'");
        name = "no_mark_";
    }
    jump->mark = fk_expr_symbol(r->problem->pool, name);
    if (sized)
        fk_read_add_name(r, name, NULL);
    return FK_OK;
}

/* X -> X + z in one variable, unless stated. */
static fk_status read_to(const fk_problem_reader *r, const fk_yaml *map, fk_jump *jump)
{
    const fk_yaml *to = fk_yaml_get(map, "to");
    jump->to = calloc(r->total, sizeof *jump->to);
    if (jump->to == NULL)
        return FK_ENOMEM;
    if (to != NULL)
        return read_each(r, to, r->variable, jump->to);
    if (r->dim > 1 || fk_yaml_get(map, "size") == NULL)
        return fk_read_missing(r, map, r->dim > 1 ? "to" : "size");
    memcpy(jump->to, r->variable, r->total * sizeof *jump->to);
    jump->to[0] = fk_expr_add(r->problem->pool, jump->to[0], jump->mark);
    return FK_OK;
}

static fk_status read_rate(const fk_problem_reader *r, const fk_yaml *map,
                           fk_jump *jump)
{
    const fk_yaml *rate;
    FK_TRY(needed(r, map, "rate", &rate));
    FK_TRY(fk_read_expression(r, rate, &jump->rate));
    for (size_t i = 0; i <= r->total; i++)
        if (fk_expr_depends(jump->rate, i == r->total ? r->time : r->variable[i]))
            return FK_OK;
    const double value =
        fk_expr_value(jump->rate, r->n_parameters, r->parameter, r->value);
    return value >= 0.0 && isfinite(value) ? FK_OK
                                           : fk_yaml_fail(rate, r->message,
                                                          "a rate must be >= 0, but is "
                                                          "%g",
                                                          value);
}

static fk_status read_jump(fk_problem_reader *r, const fk_yaml *map, fk_jump *jump)
{
    const fk_yaml *size = fk_yaml_get(map, "size");
    FK_TRY(fk_read_map(r, map));
    FK_TRY(read_rate(r, map, jump));
    jump->law = fk_mark_none();
    if (size != NULL)
        FK_TRY(read_size(r, size, &jump->law));
    const size_t names = r->n_names;
    FK_TRY(read_mark(r, map, jump));
    const fk_status status = read_to(r, map, jump);
    r->n_names = names;
    return status;
}

fk_status fk_read_jumps(fk_problem_reader *r)
{
    const fk_yaml *section = fk_yaml_get(r->root, "jumps");
    r->jump = calloc(entries(section) + 1, sizeof *r->jump);
    if (r->jump == NULL)
        return FK_ENOMEM;
    for (; r->n_jumps < entries(section); r->n_jumps++) {
        fk_jump jump = {.rate = NULL};
        const fk_status status = read_jump(r, entry(section, r->n_jumps), &jump);
        r->jump[r->n_jumps] = jump;
        if (status != FK_OK) {
            fk_jump_clear(&r->jump[r->n_jumps]);
            return status;
        }
    }
    return FK_OK;
}

/* ---- stable noise ---- */

static fk_status read_stable(const fk_problem_reader *r, const fk_yaml *map,
                             fk_stable *noise)
{
    const fk_yaml *alpha, *scale, *skewness = fk_yaml_get(map, "skewness");
    FK_TRY(fk_read_map(r, map));
    FK_TRY(needed(r, map, "alpha", &alpha));
    FK_TRY(fk_read_real(r, alpha, &noise->alpha));
    if (!(noise->alpha > 0.0 && noise->alpha <= 2.0))
        return fk_read_refuse(r, alpha);
    if (skewness != NULL)
        FK_TRY(fk_read_real(r, skewness, &noise->beta));
    if (fabs(noise->beta) > 1.0 || (noise->alpha == 1.0 && noise->beta != 0.0))
        return fk_read_refuse(r, skewness);
    FK_TRY(needed(r, map, "scale", &scale));
    const fk_expr *nothing[FK_PROBLEM_DIM];
    for (size_t i = 0; i < r->total; i++)
        nothing[i] = fk_expr_number(r->problem->pool, 0.0);
    return read_each(r, scale, nothing, noise->scale);
}

fk_status fk_read_stables(fk_problem_reader *r)
{
    const fk_yaml *section = fk_yaml_get(r->root, "levy");
    r->stable = calloc(entries(section) + 1, sizeof *r->stable);
    if (r->stable == NULL)
        return FK_ENOMEM;
    while (r->n_stables < entries(section)) {
        fk_stable *noise = &r->stable[r->n_stables++];
        noise->scale = calloc(r->total, sizeof *noise->scale);
        if (noise->scale == NULL)
            return FK_ENOMEM;
        FK_TRY(read_stable(r, entry(section, r->n_stables - 1), noise));
    }
    return FK_OK;
}
