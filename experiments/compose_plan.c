#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/compose.h"
#include "sde/linear.h"

static fk_status check(const fk_problem *p, fk_message *message)
{
    if (p->compose.rule[0] == '\0')
        return fk_fail(message, FK_ESYNTAX,
                       "the problem has no section 'compose': which laws are to be put "
                       "together, and how?");
    if (!fk_sde_linear(p->sde) || fk_law_mixture(p->initial) == NULL)
        return fk_fail(
            message, FK_ESYNTAX,
            "composing needs exact scores: a drift that is linear in the "
            "variables, a noise free of them, and an initial law of Gaussians");
    if (!p->has_domain || p->sde->dim > 2)
        return fk_fail(
            message, FK_ESYNTAX,
            "composing needs a domain of 1 or 2 variables, on which the exact "
            "composition is known");
    return FK_OK;
}

/* Paths need noise, which the usual sampler does not have. */
static fk_status find_sampler(fk_compose *c, fk_message *message)
{
    c->sampler = c->problem->sampler.method != NULL ? c->plan.sampler[0]
                                                    : fk_sampler_find("reverse-sde");
    if (c->sampler->order(&c->plan.options) >= 1.0)
        return FK_OK;
    return fk_fail(
        message, FK_ESYNTAX,
        "sampler.method: %s does not approximate the reverse equation, so that "
        "there are no weights for its paths",
        c->sampler->name);
}

static fk_status find_rule(fk_compose *c, fk_message *message)
{
    const fk_problem_compose *p = &c->problem->compose;
    c->rule = fk_composition_rule_find(p->rule);
    c->n = p->n_laws + 1;
    if (c->rule == NULL)
        return fk_fail(message, FK_ESYNTAX,
                       "compose.rule: expected product, guidance or nbce; found '%s'",
                       p->rule);
    if (c->n < c->rule->least || c->n > c->rule->most)
        return fk_fail(
            message, FK_ESYNTAX,
            "compose.laws: the rule %s needs %zu to %zu laws, the initial one "
            "among them; there are %zu",
            c->rule->name, c->rule->least, c->rule->most, c->n);
    c->number = isfinite(p->weight) ? p->weight : c->rule->standard(c->n);
    c->weight = fk_doubles(c->n);
    if (c->weight == NULL)
        return FK_ENOMEM;
    c->rule->weigh(c->n, c->number, c->weight);
    return FK_OK;
}

static fk_status carry_laws(fk_compose *c)
{
    const fk_problem *p = c->problem;
    c->at_first = fk_alloc(c->n, sizeof *c->at_first);
    c->at_last = fk_alloc(c->n, sizeof *c->at_last);
    if (c->at_first == NULL || c->at_last == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < c->n; k++) {
        const fk_mixture *law =
            k == 0 ? fk_law_mixture(p->initial) : p->compose.law[k - 1];
        FK_TRY(
            fk_linear_propagate(p->sde, p->start, law, c->plan.first, &c->at_first[k]));
        FK_TRY(fk_linear_propagate(p->sde, p->start, law, p->end, &c->at_last[k]));
    }
    return FK_OK;
}

static fk_status make_times(fk_compose *c, fk_message *message)
{
    const size_t steps = c->problem->sampler.steps;
    c->time = fk_doubles(steps + 1);
    return c->time == NULL
               ? FK_ENOMEM
               : fk_sampler_problem_times(&c->plan, steps, c->time, message);
}

/* ---- the laws at both ends ---- */

static fk_status find_start(fk_compose *c, fk_message *message)
{
    const fk_powers last = {c->n, c->weight, (const fk_mixture *const *)c->at_last};
    fk_mixture *gaussian;
    FK_TRY(fk_powers_gaussian(&last, &gaussian, message));
    const fk_status status = fk_law_mixture_new(gaussian, &c->start);
    fk_mixture_free(gaussian);
    return status;
}

/* Where a cell of the wide grid is in the domain's; false: at the margin. */
static bool inside(const fk_compose *c, size_t cell, size_t *flat)
{
    const fk_grid *g = &c->problem->domain.grid;
    size_t index[FK_GRID_DIM];
    fk_grid_unravel(&c->wide, cell, index);
    for (size_t i = 0; i < g->dim; i++) {
        if (index[i] < g->axis[i].cells || index[i] >= 2 * g->axis[i].cells)
            return false;
        index[i] -= g->axis[i].cells;
    }
    *flat = fk_grid_ravel(g, index);
    return true;
}

static fk_status copy_target(fk_compose *c, fk_message *message)
{
    const double most = 0.01;
    double outside = 0.0;
    for (size_t k = 0; k < fk_grid_cells(&c->wide); k++) {
        size_t flat;
        if (inside(c, k, &flat))
            c->target[flat] = c->whole[k];
        else
            outside += c->whole[k] * fk_grid_volume(&c->wide);
    }
    if (!(outside <= most))
        return fk_fail(
            message, FK_EDOMAIN,
            "%.2g of the composition lies outside the domain, where at most "
            "%g may: either the domain is too small, or w = %g asks for what is "
            "no probability density",
            outside, most, c->number);
    return FK_OK;
}

static fk_status find_target(fk_compose *c, fk_message *message)
{
    const fk_powers first = {c->n, c->weight, (const fk_mixture *const *)c->at_first};
    fk_axis axis[FK_GRID_DIM];
    const fk_grid *g = &c->problem->domain.grid;
    for (size_t i = 0; i < g->dim; i++) {
        const double length = g->axis[i].hi - g->axis[i].lo;
        axis[i] = (fk_axis){g->axis[i].lo - length, g->axis[i].hi + length,
                            3 * g->axis[i].cells, NULL};
    }
    c->wide = fk_grid_make(g->dim, axis);
    c->whole = fk_doubles(fk_grid_cells(&c->wide));
    c->target = fk_doubles(fk_grid_cells(g));
    if (c->whole == NULL || c->target == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_powers_project(&first, &c->wide, c->whole, &c->log_z, message));
    return copy_target(c, message);
}

fk_status fk_compose_plan(fk_compose *c, fk_message *message)
{
    FK_TRY(check(c->problem, message));
    FK_TRY(fk_sampler_problem_open(c->problem, &c->methods, &c->progress, &c->plan,
                                   message));
    c->plan.options.churn = 0.0;
    c->count = c->problem->sampler.count / c->problem->compose.groups;
    if (c->count < 2)
        return fk_fail(message, FK_ESYNTAX,
                       "sampler.count = %zu is too few for %zu groups",
                       c->problem->sampler.count, c->problem->compose.groups);
    FK_TRY(find_rule(c, message));
    FK_TRY(find_sampler(c, message));
    FK_TRY(carry_laws(c));
    FK_TRY(make_times(c, message));
    FK_TRY(find_start(c, message));
    return find_target(c, message);
}
