/* The names of a problem: variables and their units, parameters, definitions. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "sde/problem_reader.h"

/* ---- variables ---- */

fk_status fk_read_add_variable(fk_problem_reader *r, const char *name, const char *unit)
{
    r->variable[r->total] = fk_expr_symbol(r->problem->pool, name);
    r->problem->unit[r->total] = strdup(unit);
    if (r->problem->unit[r->total] == NULL)
        return FK_ENOMEM;
    fk_read_add_name(r, name, NULL);
    r->total++;
    return FK_OK;
}

static fk_status add_variable(fk_problem_reader *r, const char *name, const char *unit)
{
    r->dim++;
    return fk_read_add_variable(r, name, unit);
}

static fk_status process_variables(fk_problem_reader *r)
{
    const fk_process *process = r->problem->process;
    if (process == NULL || process->dim == 0)
        return fk_read_missing(r, r->root, "variables");
    for (size_t i = 0; i < process->dim; i++)
        FK_TRY(add_variable(r, process->variable[i], "1"));
    return FK_OK;
}

/* One entry of the list (a name) or of the map (a name and its unit). */
static fk_status read_variable(fk_problem_reader *r, const fk_yaml *entry)
{
    FK_TRY(fk_read_word(r, entry));
    const bool has_unit = entry->parent->kind == FK_YAML_MAP;
    const char *name = has_unit ? entry->key : entry->text;
    FK_TRY(fk_read_new_name(r, entry, has_unit, name));
    return add_variable(r, name, has_unit ? entry->text : "1");
}

static fk_status read_variables(fk_problem_reader *r)
{
    const fk_yaml *node = fk_yaml_get(r->root, "variables");
    const fk_process *process = r->problem->process;
    if (node == NULL)
        return process_variables(r);
    if (node->kind == FK_YAML_TEXT) {
        FK_TRY(fk_read_word(r, node));
        FK_TRY(fk_read_new_name(r, node, false, node->text));
        FK_TRY(add_variable(r, node->text, "1"));
    } else {
        if (node->n == 0 || node->n > FK_PROBLEM_DIM)
            return fk_read_refuse(r, node);
        for (size_t i = 0; i < node->n; i++)
            FK_TRY(read_variable(r, node->entry[i]));
    }
    if (process != NULL && process->dim > 0 && process->dim != r->dim)
        return fk_yaml_fail(
            node, r->message, "the process '%s' has %zu variable%s, but here are %zu",
            process->name, process->dim, process->dim > 1 ? "s" : "", r->dim);
    return FK_OK;
}

fk_status fk_read_units(fk_problem_reader *r)
{
    const fk_yaml *units = fk_yaml_get(r->root, "units");
    if (units != NULL)
        FK_TRY(fk_read_map(r, units));
    for (size_t i = 0; units != NULL && i < units->n; i++) {
        const fk_yaml *entry = units->entry[i];
        char **unit = &r->problem->time_unit;
        if (strcmp(entry->key, "t") != 0) {
            size_t k;
            FK_TRY(fk_read_variable(r, entry, &k));
            unit = &r->problem->unit[k];
        }
        FK_TRY(fk_read_word(r, entry));
        free(*unit);
        *unit = strdup(entry->text);
        if (*unit == NULL)
            return FK_ENOMEM;
    }
    if (r->problem->time_unit == NULL)
        r->problem->time_unit = strdup("1");
    return r->problem->time_unit == NULL ? FK_ENOMEM : FK_OK;
}

/* ---- parameters ---- */

static void add_parameter(fk_problem_reader *r, const char *name, double value)
{
    r->parameter[r->n_parameters] = fk_expr_symbol(r->problem->pool, name);
    r->value[r->n_parameters] = value;
    r->n_parameters++;
    fk_read_add_name(r, name, NULL);
}

static fk_status read_constants(fk_problem_reader *r, const fk_yaml *map)
{
    for (size_t i = 0; map != NULL && i < map->n; i++) {
        double value;
        const fk_yaml *entry = map->entry[i];
        FK_TRY(fk_read_new_name(r, entry, true, entry->key));
        FK_TRY(fk_read_real(r, entry, &value));
        add_parameter(r, entry->key, value);
    }
    return FK_OK;
}

static bool is_constant(const fk_problem_reader *r, const fk_expr *e)
{
    for (size_t i = 0; i < r->total; i++)
        if (fk_expr_depends(e, r->variable[i]))
            return false;
    return !fk_expr_depends(e, r->time);
}

/* A process's parameter is a constant where it can be, else a definition. */
static fk_status add_expression(fk_problem_reader *r, const fk_yaml *node,
                                const char *name, const fk_expr *e)
{
    if (!is_constant(r, e)) {
        fk_read_add_name(r, name, e);
        return FK_OK;
    }
    const double value = fk_expr_value(e, r->n_parameters, r->parameter, r->value);
    if (!isfinite(value))
        return fk_yaml_fail(node, r->message, "the parameter '%s' is %g", name, value);
    add_parameter(r, name, value);
    return FK_OK;
}

/* The standard value of a process's parameter, in the process's own variable names. */
static fk_status read_standard(fk_problem_reader *r, const fk_yaml *node,
                               const fk_process_parameter *parameter)
{
    const fk_process *process = r->problem->process;
    fk_expr_name name[FK_PROCESS_DIM + 8 + 1];
    size_t n = 0;
    for (size_t i = 0; i < process->dim; i++)
        name[n++] = (fk_expr_name){process->variable[i], r->variable[i]};
    name[n++] = (fk_expr_name){"t", NULL};
    for (size_t i = 0; &process->parameter[i] != parameter; i++)
        for (size_t k = r->total; k < r->n_names; k++)
            if (strcmp(r->name[k].name, process->parameter[i].name) == 0)
                name[n++] = r->name[k];

    const fk_expr *e;
    fk_expr_error error;
    const fk_status status =
        fk_expr_parse(r->problem->pool, parameter->standard, name, n, &e, &error);
    if (status == FK_ESYNTAX)
        return fk_yaml_fail(node, r->message, "standard value of '%s': %s",
                            parameter->name, error.text);
    FK_TRY(status);
    return add_expression(r, node, parameter->name, e);
}

static fk_status unknown_parameter(const fk_problem_reader *r, const fk_yaml *entry)
{
    const fk_process *process = r->problem->process;
    const char *name[8];
    char list[300] = "";
    size_t n = 0;
    for (; process->parameter[n].name != NULL; n++) {
        name[n] = process->parameter[n].name;
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", n > 0 ? ", " : "", name[n]);
    }
    const char *near = fk_spelling_nearest(entry->key, n, name);
    return fk_yaml_fail_key(
        entry, r->message,
        "the process '%s' has no parameter '%.60s'%s%s%s its parameters: %s",
        process->name, entry->key, near != NULL ? ", did you mean '" : "",
        near != NULL ? near : "", near != NULL ? "'?" : ";", list);
}

static const fk_process_parameter *parameter_of(const fk_process *process,
                                                const char *name)
{
    for (const fk_process_parameter *p = process->parameter; p->name != NULL; p++)
        if (strcmp(p->name, name) == 0)
            return p;
    return NULL;
}

static fk_status read_process_parameters(fk_problem_reader *r, const fk_yaml *map)
{
    const fk_process *process = r->problem->process;
    const fk_yaml *node = fk_yaml_get(r->root, "process");
    for (size_t i = 0; map != NULL && i < map->n; i++)
        if (parameter_of(process, map->entry[i]->key) == NULL)
            return unknown_parameter(r, map->entry[i]);
    for (const fk_process_parameter *p = process->parameter; p->name != NULL; p++) {
        const fk_yaml *entry = fk_yaml_get(map, p->name);
        const fk_yaml *place = entry != NULL ? entry : node;
        FK_TRY(fk_read_new_name(r, place, entry != NULL, p->name));
        if (entry == NULL && p->standard == NULL)
            return fk_yaml_fail(map != NULL ? map : node, r->message,
                                "the process '%s' needs the parameter '%s': %s",
                                process->name, p->name, p->meaning);
        if (entry == NULL) {
            FK_TRY(read_standard(r, node, p));
        } else {
            const fk_expr *e;
            FK_TRY(fk_read_expression(r, entry, &e));
            FK_TRY(add_expression(r, entry, p->name, e));
        }
    }
    return FK_OK;
}

/* ---- all of them ---- */

static fk_status read_definitions(fk_problem_reader *r, const fk_yaml *map)
{
    for (size_t i = 0; map != NULL && i < map->n; i++) {
        const fk_yaml *entry = map->entry[i];
        const fk_expr *e;
        FK_TRY(fk_read_new_name(r, entry, true, entry->key));
        FK_TRY(fk_read_law_expression(r, entry, &e));
        fk_read_add_name(r, entry->key, e);
    }
    return FK_OK;
}

static size_t entries(const fk_yaml *node)
{
    return node == NULL ? 0 : node->n;
}

static fk_status make_room(fk_problem_reader *r)
{
    const size_t constants = entries(fk_yaml_get(r->root, "parameters")) + 8;
    r->max_names =
        FK_PROBLEM_DIM + 2 + constants + entries(fk_yaml_get(r->root, "define"));
    r->name = calloc(r->max_names, sizeof *r->name);
    r->variable = calloc(FK_PROBLEM_DIM, sizeof *r->variable);
    r->parameter = calloc(constants, sizeof *r->parameter);
    r->value = calloc(constants, sizeof *r->value);
    r->problem->unit = calloc(FK_PROBLEM_DIM + 1, sizeof *r->problem->unit);
    const bool full = r->name == NULL || r->variable == NULL || r->parameter == NULL ||
                      r->value == NULL || r->problem->unit == NULL;
    return full ? FK_ENOMEM : FK_OK;
}

fk_status fk_read_names(fk_problem_reader *r)
{
    const fk_yaml *parameters = fk_yaml_get(r->root, "parameters");
    const fk_yaml *define = fk_yaml_get(r->root, "define");
    FK_TRY(make_room(r));
    FK_TRY(read_variables(r));
    FK_TRY(fk_read_coloured_names(r));
    r->time = fk_expr_symbol(r->problem->pool, "t");
    fk_read_add_name(r, "t", NULL);

    if (parameters != NULL)
        FK_TRY(fk_read_map(r, parameters));
    if (r->problem->process != NULL)
        FK_TRY(read_process_parameters(r, parameters));
    else
        FK_TRY(read_constants(r, parameters));
    FK_TRY(fk_read_coloured(r));
    if (define != NULL)
        FK_TRY(fk_read_map(r, define));
    return read_definitions(r, define);
}
