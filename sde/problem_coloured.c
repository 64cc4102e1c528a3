/* Coloured noise: each name becomes one variable more, with the Ornstein-Uhlenbeck equation
 *
 *     d eta = -(eta / tau) dt + (1 / tau) dW,
 *     <eta(t) eta(s)> = exp(-|t - s| / tau) / (2 tau)      if it starts stationary,
 *
 * white noise of strength one as tau -> 0.  Everything behind the equation sees an SDE in
 * more variables.  [hanggi-jung-1995] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sde/problem_reader.h"

static const fk_yaml *section(const fk_problem_reader *r)
{
    return fk_yaml_get(r->root, "coloured");
}

/* ---- names ---- */

fk_status fk_read_coloured_names(fk_problem_reader *r)
{
    const fk_yaml *node = section(r);
    if (node == NULL)
        return FK_OK;
    FK_TRY(fk_read_map(r, node));
    if (node->n == 0 || r->dim + node->n > FK_PROBLEM_DIM)
        return fk_read_refuse(r, node);
    r->coloured = calloc(node->n, sizeof *r->coloured);
    if (r->coloured == NULL)
        return FK_ENOMEM;
    for (; r->n_coloured < node->n; r->n_coloured++) {
        const fk_yaml *entry = node->entry[r->n_coloured];
        FK_TRY(fk_read_new_name(r, entry, true, entry->key));
        FK_TRY(fk_read_add_variable(r, entry->key, "1"));
    }
    return FK_OK;
}

/* ---- values ---- */

static fk_status read_start(const fk_problem_reader *r, const fk_yaml *node,
                            fk_coloured *c)
{
    c->mean = 0.0;
    c->sd = sqrt(0.5 / c->tau);
    if (node == NULL ||
        (node->kind == FK_YAML_TEXT && strcmp(node->text, "stationary") == 0))
        return FK_OK;
    c->sd = 0.0;
    return fk_read_real(r, node, &c->mean);
}

static fk_status read_one(const fk_problem_reader *r, const fk_yaml *entry,
                          fk_coloured *c)
{
    const bool map = entry->kind == FK_YAML_MAP;
    const fk_yaml *tau = map ? fk_yaml_get(entry, "tau") : entry;
    if (tau == NULL)
        return fk_read_missing(r, entry, "tau");
    FK_TRY(fk_read_real(r, tau, &c->tau));
    if (!(c->tau > 0.0))
        return fk_yaml_fail(tau, r->message,
                            "the correlation time must be > 0, but is %g", c->tau);
    FK_TRY(fk_read_expression(r, tau, &c->tau_expression));
    return read_start(r, map ? fk_yaml_get(entry, "start") : NULL, c);
}

fk_status fk_read_coloured(fk_problem_reader *r)
{
    for (size_t k = 0; k < r->n_coloured; k++)
        FK_TRY(read_one(r, section(r)->entry[k], &r->coloured[k]));
    return FK_OK;
}

/* ---- what the rest of the problem gets ---- */

/* -eta / tau */
const fk_expr *fk_coloured_drift(const fk_problem_reader *r, size_t k)
{
    fk_expr_pool *pool = r->problem->pool;
    const fk_expr *eta = r->variable[r->dim + k];
    return fk_expr_neg(pool, fk_expr_div(pool, eta, r->coloured[k].tau_expression));
}

/* 1 / tau */
const fk_expr *fk_coloured_noise(const fk_problem_reader *r, size_t k)
{
    fk_expr_pool *pool = r->problem->pool;
    return fk_expr_div(pool, fk_expr_number(pool, 1.0), r->coloured[k].tau_expression);
}

fk_axis fk_coloured_axis(const fk_problem_reader *r, size_t k)
{
    const fk_coloured *c = &r->coloured[k];
    const double sd = sqrt(0.5 / c->tau),
                 half = fmax(5.0 * sd, fabs(c->mean) + 3.0 * sd);
    return (fk_axis){-half, half, FK_COLOURED_CELLS};
}

/* "..., eta stationary" */
static fk_status say_starts(const fk_problem_reader *r)
{
    for (size_t k = 0; k < r->n_coloured; k++) {
        const fk_coloured *c = &r->coloured[k];
        const char *name = r->name[r->dim + k].name;
        char *text, *before = r->problem->initial_text;
        const int n = c->sd > 0.0
                          ? asprintf(&text, "%s; %s stationary, standard deviation %g",
                                     before, name, c->sd)
                          : asprintf(&text, "%s; %s = %g", before, name, c->mean);
        r->problem->initial_text = n >= 0 ? text : NULL;
        free(before);
        if (n < 0)
            return FK_ENOMEM;
    }
    return FK_OK;
}

fk_status fk_coloured_join(const fk_problem_reader *r)
{
    fk_mixture *m;
    if (r->n_coloured == 0)
        return FK_OK;
    FK_TRY(fk_mixture_new(r->n_coloured, 1, &m));
    m->weight[0] = 1.0;
    for (size_t k = 0; k < r->n_coloured; k++) {
        m->mean[k] = r->coloured[k].mean;
        m->cov[k * r->n_coloured + k] = r->coloured[k].sd * r->coloured[k].sd;
    }
    fk_law *own = r->problem->initial;
    const fk_status status = fk_law_product_new(own, m, &r->problem->initial);
    fk_mixture_free(m);
    return status == FK_OK ? say_starts(r) : status;
}
