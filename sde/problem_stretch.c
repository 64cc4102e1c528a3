/* The map of an axis: its variable as a function of u. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sde/problem_reader.h"

static const char letter[] = "u";

bool fk_read_infinite(const fk_yaml *node, double *x)
{
    static const char *const word[] = {"inf", "+inf", ".inf", "+.inf", "-inf", "-.inf"};
    for (size_t i = 0; node->kind == FK_YAML_TEXT && i < 6; i++)
        if (strcmp(node->text, word[i]) == 0) {
            *x = i < 4 ? HUGE_VAL : -HUGE_VAL;
            return true;
        }
    return false;
}

static fk_status read_end(const fk_problem_reader *r, const fk_yaml *node, double *x)
{
    return fk_read_infinite(node, x) ? FK_OK : fk_read_real(r, node, x);
}

/* Knows u beside the other names, of which it may use numbers alone. */
static fk_status read_map(const fk_problem_reader *r, const fk_yaml *node,
                          const fk_expr **map)
{
    for (size_t i = 0; i < r->n_names; i++)
        if (strcmp(r->name[i].name, letter) == 0)
            return fk_yaml_fail(node, r->message,
                                "a map is an expression of u, and here u has another "
                                "meaning: give that another name");
    fk_expr_name *name = calloc(r->n_names + 1, sizeof *name);
    if (name == NULL)
        return FK_ENOMEM;
    memcpy(name, r->name, r->n_names * sizeof *name);
    name[r->n_names] = (fk_expr_name){.name = letter};
    fk_problem_reader with = *r;
    with.name = name;
    with.n_names++;
    const fk_status status = fk_read_expression(&with, node, map);
    free(name);
    FK_TRY(status);
    for (size_t i = 0; i <= r->total; i++)
        if (fk_expr_depends(*map, i < r->total ? r->variable[i] : r->time))
            return fk_yaml_fail(node, r->message,
                                "may depend on u and parameters alone, not on '%s'",
                                i < r->total ? r->name[i].name : "t");
    return FK_OK;
}

fk_status fk_read_stretch(const fk_problem_reader *r, const fk_yaml *node,
                          fk_axis *axis, fk_stretch **stretch)
{
    const fk_yaml *from = fk_yaml_get(node, "from"), *to = fk_yaml_get(node, "to");
    const fk_yaml *map = fk_yaml_get(node, "map");
    fk_stretch_parts parts = {.pool = r->problem->pool,
                              .u = fk_expr_symbol(r->problem->pool, letter),
                              .n_parameters = r->n_parameters,
                              .parameter = r->parameter,
                              .value = r->value,
                              .cells = axis->cells};
    fk_message reason = {""};
    FK_TRY(read_end(r, from, &axis->lo));
    FK_TRY(read_end(r, to, &axis->hi));
    FK_TRY(read_map(r, map, &parts.map));
    if (!(axis->lo < axis->hi))
        return fk_yaml_fail(to, r->message, "must be greater than from, %g", axis->lo);
    parts.from = axis->lo;
    parts.to = axis->hi;
    const fk_status status = fk_stretch_new(&parts, stretch, &reason);
    axis->stretch = *stretch;
    return status == FK_EDOMAIN ? fk_yaml_fail(map, r->message, "%s", reason.text)
                                : status;
}

fk_status fk_read_far_faces(const fk_problem_reader *r, const fk_yaml *node,
                            const fk_axis *axis, fk_boundary face[2])
{
    if (face[0] == FK_PERIODIC)
        return fk_yaml_fail(node, r->message,
                            "periodic ends do not go together with a map");
    for (size_t side = 0; side < 2; side++)
        if (isinf(side == 0 ? axis->lo : axis->hi))
            face[side] = FK_OPEN;
    return FK_OK;
}
