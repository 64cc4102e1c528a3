/* The span of time and the box of the grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/interaction.h"
#include "sde/problem_reader.h"

/* ---- time ---- */

enum { MOST_OUTPUTS = 10000 };

/* t_k = start + (end - start) k / n,  k = 1..n */
static fk_status even_outputs(fk_problem *p, size_t n)
{
    p->output = fk_doubles(n);
    if (p->output == NULL)
        return FK_ENOMEM;
    p->n_outputs = n;
    for (size_t k = 1; k < n; k++)
        p->output[k - 1] = p->start + (p->end - p->start) * (double)k / (double)n;
    p->output[n - 1] = p->end;
    return FK_OK;
}

static fk_status check_output(const fk_problem_reader *r, const fk_yaml *entry,
                              const double *output, size_t k, bool has_end)
{
    const fk_problem *p = r->problem;
    if (output[k] <= p->start)
        return fk_yaml_fail(entry, r->message, "must lie after the start, %g",
                            p->start);
    if (has_end && output[k] > p->end)
        return fk_yaml_fail(entry, r->message, "must not lie after the end, %g",
                            p->end);
    if (k > 0 && output[k] <= output[k - 1])
        return fk_yaml_fail(entry, r->message,
                            "must be greater than the one before, %g", output[k - 1]);
    return FK_OK;
}

/* A list; the end joins it if it is not the last one, or becomes the last one. */
static fk_status listed_outputs(const fk_problem_reader *r, const fk_yaml *list,
                                bool has_end)
{
    fk_problem *p = r->problem;
    if (list->n == 0 || list->n > MOST_OUTPUTS)
        return fk_read_refuse(r, list);
    p->output = fk_doubles(list->n + 1);
    if (p->output == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < list->n; k++) {
        FK_TRY(fk_read_real(r, list->entry[k], &p->output[k]));
        FK_TRY(check_output(r, list->entry[k], p->output, k, has_end));
    }
    p->n_outputs = list->n;
    if (!has_end)
        p->end = p->output[list->n - 1];
    else if (p->output[list->n - 1] < p->end)
        p->output[p->n_outputs++] = p->end;
    return FK_OK;
}

static fk_status read_times(fk_problem_reader *r, const fk_yaml *time)
{
    fk_problem *p = r->problem;
    const fk_yaml *start = fk_yaml_get(time, "start"), *end = fk_yaml_get(time, "end");
    const fk_yaml *output = fk_yaml_get(time, "output");
    if (start != NULL)
        FK_TRY(fk_read_real(r, start, &p->start));
    if (end != NULL)
        FK_TRY(fk_read_real(r, end, &p->end));
    if (end != NULL && p->end <= p->start)
        return fk_yaml_fail(end, r->message, "must be greater than the start, %g",
                            p->start);
    if (output != NULL && output->kind == FK_YAML_LIST)
        return listed_outputs(r, output, end != NULL);
    if (end == NULL)
        return fk_read_missing(r, time, "end");

    size_t n = 1;
    if (output != NULL)
        FK_TRY(fk_read_whole(r, output, 1, MOST_OUTPUTS, &n));
    return even_outputs(p, n);
}

fk_status fk_read_time(fk_problem_reader *r)
{
    const fk_process *process = r->problem->process;
    const fk_yaml *time = fk_yaml_get(r->root, "time");
    if (time == NULL)
        return fk_read_missing(r, r->root, "time");
    FK_TRY(fk_read_map(r, time));
    FK_TRY(read_times(r, time));
    if (process != NULL && process->before > 0.0 && r->problem->end >= process->before)
        return fk_yaml_fail(time, r->message,
                            "must end before %g, where a coefficient of the process "
                            "'%s' is infinite",
                            process->before, process->name);
    return FK_OK;
}

/* ---- domain ---- */

static const double most_cells = 134217728.0; /* 2^27: one array fills 1 GiB */

/* {partial: kappa} */
static fk_status read_partial(const fk_problem_reader *r, const fk_yaml *node,
                              const fk_expr **reactivity)
{
    const fk_yaml *kappa = fk_yaml_get(node, "partial");
    double value;
    if (kappa == NULL)
        return fk_read_refuse(r, node);
    FK_TRY(fk_read_expression(r, kappa, reactivity));
    for (size_t i = 0; i < r->dim; i++)
        if (fk_expr_depends(*reactivity, r->variable[i]))
            return FK_OK;
    if (fk_expr_depends(*reactivity, r->time))
        return FK_OK;
    value = fk_expr_value(*reactivity, r->n_parameters, r->parameter, r->value);
    return value >= 0.0 && isfinite(value) ? FK_OK : fk_read_refuse(r, kappa);
}

static fk_status read_face(const fk_problem_reader *r, const fk_yaml *node,
                           fk_boundary *out, const fk_expr **reactivity)
{
    *out = FK_PARTIAL;
    if (node->kind == FK_YAML_MAP)
        return read_partial(r, node, reactivity);
    const char *name[FK_OPEN + 1];
    for (size_t i = 0; i <= FK_OPEN; i++)
        name[i] = fk_boundary_name((fk_boundary)i);
    size_t index;
    FK_TRY(fk_read_choice(r, node, FK_OPEN + 1, name, &index));
    *out = (fk_boundary)index;
    return FK_OK;
}

static fk_status read_boundary(const fk_problem_reader *r, const fk_yaml *node,
                               fk_boundary face[2], const fk_expr *reactivity[2])
{
    face[0] = face[1] = FK_OPEN;
    if (node == NULL)
        return FK_OK;
    if (node->kind != FK_YAML_LIST) {
        FK_TRY(read_face(r, node, &face[0], &reactivity[0]));
        face[1] = face[0];
        reactivity[1] = reactivity[0];
        return FK_OK;
    }
    if (node->n != 2)
        return fk_read_refuse(r, node);
    for (size_t side = 0; side < 2; side++)
        FK_TRY(read_face(r, node->entry[side], &face[side], &reactivity[side]));
    if ((face[0] == FK_PERIODIC) != (face[1] == FK_PERIODIC))
        return fk_yaml_fail(node, r->message,
                            "periodic glues both ends together: write it for both");
    return FK_OK;
}

/* A number, or an expression of t and parameters: then *wall. */
static fk_status read_end(const fk_problem_reader *r, const fk_yaml *node, double *at,
                          const fk_expr **wall)
{
    *wall = NULL;
    if (fk_read_infinite(node, at))
        return fk_yaml_fail(node, r->message,
                            "an infinite end needs a map that reaches it at a finite "
                            "u, such as 'map: tan(u)'");
    if (node->kind == FK_YAML_TEXT && node->text[0] != '\0' &&
        !fk_yaml_number(node, at)) {
        FK_TRY(fk_read_expression(r, node, wall));
        if (fk_expr_depends(*wall, r->time) && !fk_sde_varies(r->problem->sde, *wall))
            return FK_OK;
        *wall = NULL;
    }
    return fk_read_real(r, node, at);
}

static double wall_at(const fk_problem_reader *r, const fk_expr *wall, double t)
{
    return fk_expr_value(
        fk_expr_substitute(r->problem->pool, wall, 1, &r->time,
                           &(const fk_expr *){fk_expr_number(r->problem->pool, t)}),
        r->n_parameters, r->parameter, r->value);
}

enum { LOOKS = 1024 }; /* times at which moving walls are looked at */

/* The walls at rest or moving: where they are at the start, and the span of all their
 * way. */
static fk_status read_walls(const fk_problem_reader *r, const fk_yaml *node,
                            fk_axis *axis)
{
    fk_problem *p = r->problem;
    const fk_expr **wall = p->domain.wall;
    double *const end[] = {&axis->lo, &axis->hi};
    FK_TRY(read_end(r, fk_yaml_get(node, "from"), &axis->lo, &wall[0]));
    FK_TRY(read_end(r, fk_yaml_get(node, "to"), &axis->hi, &wall[1]));
    if (wall[0] == NULL && wall[1] == NULL)
        return FK_OK;
    if (r->dim > 1)
        return fk_yaml_fail(node, r->message,
                            "ends that move with t are for problems of one variable");
    if (!fk_sde_continuous(p->sde) || p->sde->killing != NULL || p->source != NULL)
        return fk_yaml_fail(node, r->message,
                            "ends that move with t go neither with jumps nor with "
                            "killing or a source");
    if (fk_sde_interacts(p->sde))
        return fk_yaml_fail(
            node, r->message,
            "ends that move with t do not go with mean values of the law");
    for (size_t side = 0; side < 2; side++)
        if (wall[side] == NULL)
            wall[side] = fk_expr_number(p->pool, *end[side]);
    for (size_t k = 0; k <= LOOKS; k++) {
        const double t = p->start + (p->end - p->start) * (double)k / LOOKS;
        const double at[] = {wall_at(r, wall[0], t), wall_at(r, wall[1], t)};
        if (!(at[0] < at[1]) || !isfinite(at[1] - at[0]))
            return fk_yaml_fail(
                node, r->message,
                "at t = %g the ends are %g and %g; from must stay below "
                "to during the whole run",
                t, at[0], at[1]);
        if (k == 0)
            p->first = (fk_axis){at[0], at[1], 1};
        axis->lo = k == 0 ? at[0] : fmin(axis->lo, at[0]);
        axis->hi = k == 0 ? at[1] : fmax(axis->hi, at[1]);
    }
    return FK_OK;
}

/* Ends of an axis of even cells. */
static fk_status read_ends(const fk_problem_reader *r, const fk_yaml *node,
                           fk_axis *axis)
{
    FK_TRY(read_walls(r, node, axis));
    /* cells so narrow that their edges coincide in double precision are no cells */
    const double width = fk_axis_width(axis);
    const double size = fmax(fabs(axis->lo), fabs(axis->hi));
    if (axis->hi <= axis->lo)
        return fk_yaml_fail(fk_yaml_get(node, "to"), r->message,
                            "must be greater than from, %g", axis->lo);
    if (!isfinite(width) || width < 1e-12 * size || width < 1e-150)
        return fk_yaml_fail(node, r->message,
                            "a cell would be %g wide, which double precision does not "
                            "resolve here",
                            width);
    return FK_OK;
}

static fk_status read_axis(const fk_problem_reader *r, const fk_yaml *node, size_t i,
                           fk_axis *axis)
{
    fk_domain *domain = &r->problem->domain;
    const fk_yaml *boundary = fk_yaml_get(node, "boundary");
    static const char *const needed[] = {"from", "to", "cells"};
    if (node->kind != FK_YAML_MAP)
        return fk_read_refuse(r, node);
    for (size_t k = 0; k < 3; k++)
        if (fk_yaml_get(node, needed[k]) == NULL)
            return fk_read_missing(r, node, needed[k]);
    const bool even = fk_yaml_get(node, "map") == NULL;
    FK_TRY(fk_read_whole(r, fk_yaml_get(node, "cells"), 1, 1e6, &axis->cells));
    FK_TRY(even ? read_ends(r, node, axis)
                : fk_read_stretch(r, node, axis, &r->problem->stretch[i]));
    FK_TRY(read_boundary(r, boundary, domain->face[i], domain->reactivity[i]));
    return even ? FK_OK : fk_read_far_faces(r, boundary, axis, domain->face[i]);
}

static fk_status check_total(const fk_problem_reader *r, const fk_yaml *node,
                             const fk_axis *axis)
{
    double total = 1.0;
    for (size_t i = 0; i < r->total; i++)
        total *= (double)axis[i].cells;
    if (total <= most_cells)
        return FK_OK;
    return fk_yaml_fail(node, r->message,
                        "%.0f cells in all; at most 2^27 = %.0f are possible", total,
                        most_cells);
}

fk_grid fk_read_grid(const fk_problem_reader *r)
{
    const fk_problem *p = r->problem;
    return p->has_domain ? fk_grid_make(r->dim, p->domain.grid.axis) : p->domain.grid;
}

/* Convolutions, on two cells along each axis. */
fk_status fk_read_check_law(const fk_problem_reader *r)
{
    const fk_problem *p = r->problem;
    fk_domain small = p->domain;
    fk_interaction law;
    if (p->has_domain && fk_grid_stretched(&small.grid)) {
        for (size_t i = 0; i < p->sde->dim * (1 + p->sde->noises); i++)
            if (fk_expr_convolves(i < p->sde->dim ? p->sde->drift[i]
                                                  : p->sde->noise[i - p->sde->dim]))
                return fk_yaml_fail(fk_yaml_get(r->root, "drift"), r->message,
                                    "conv() needs axes without a map");
        return FK_OK;
    }
    for (size_t i = 0; i < small.grid.dim; i++)
        small.grid.axis[i].cells = 2;
    const fk_status status =
        fk_interaction_init(&law, p->sde, p->has_domain ? &small : NULL);
    fk_interaction_clear(&law);
    if (status != FK_EDOMAIN)
        return status;
    return fk_yaml_fail(fk_yaml_get(r->root, "drift"), r->message,
                        "the kernel of conv() must be finite and free of t and of the "
                        "law; without a domain it must be a sum of products, such as "
                        "sin(x) and x^2 are");
}

fk_status fk_read_domain(fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *node = fk_yaml_get(r->root, "domain");
    if (node == NULL)
        return FK_OK;
    FK_TRY(fk_read_map(r, node));
    for (size_t i = 0; i < node->n; i++) {
        size_t variable;
        FK_TRY(fk_read_variable(r, node->entry[i], &variable));
    }
    if (r->total > FK_GRID_DIM)
        return fk_yaml_fail(
            node, r->message,
            "a grid has at most 3 variables, here are %zu; leave 'domain' "
            "out and write 'pde: off' to run particles alone",
            r->total);
    fk_axis axis[FK_GRID_DIM] = {{0}};
    for (size_t i = 0; i < r->total; i++) {
        const fk_yaml *entry = fk_yaml_get(node, r->name[i].name);
        if (entry == NULL && i >= r->dim) {
            axis[i] = fk_coloured_axis(r, i - r->dim);
            p->domain.face[i][0] = p->domain.face[i][1] = FK_OPEN;
            continue;
        }
        if (entry == NULL)
            return fk_yaml_fail(node, r->message,
                                "the variable '%s' must be given: map with from, to, "
                                "cells, boundary, or short [from, to, cells]",
                                r->name[i].name);
        FK_TRY(read_axis(r, entry, i, &axis[i]));
    }
    FK_TRY(check_total(r, node, axis));
    p->domain.grid = fk_grid_make(r->total, axis);
    p->has_domain = true;
    if (fk_domain_moves(&p->domain) && p->domain.face[0][0] == FK_PERIODIC)
        return fk_yaml_fail(node, r->message, "periodic ends cannot move with t");
    if (!fk_domain_moves(&p->domain))
        p->first = axis[0];
    p->first.cells = axis[0].cells;
    return FK_OK;
}
