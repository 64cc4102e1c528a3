/* What is done with the problem: particles, density, comparison, way back, output. */
#include <stdlib.h>
#include <string.h>

#include "core/ranges.h"
#include "sde/linear.h"
#include "sde/problem_reader.h"

/* 1e-9 of the span to the span */
static fk_status read_step(const fk_problem_reader *r, const fk_yaml *node,
                           double *step)
{
    const double span = r->problem->end - r->problem->start;
    FK_TRY(fk_read_real(r, node, step));
    return *step < 1e-9 * span || *step > span ? fk_read_refuse(r, node) : FK_OK;
}

static fk_status read_reflection(const fk_problem_reader *r, const fk_yaml *node)
{
    static const char *const name[] = {"symmetrised", "projected"};
    size_t index = 0;
    if (node != NULL)
        FK_TRY(fk_read_choice(r, node, 2, name, &index));
    r->problem->particles.project = index == 1;
    return FK_OK;
}

static fk_status read_particles(const fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *node = fk_yaml_get(r->root, "particles");
    p->particles.on = true;
    FK_TRY(fk_read_on(r, node, &p->particles.on));
    FK_TRY(fk_read_table(r, "particles"));
    FK_TRY(read_reflection(r, fk_yaml_get(node, "reflection")));
    const fk_yaml *step = fk_yaml_get(node, "step");
    p->particles.step = (p->end - p->start) / 1000.0;
    return step == NULL ? FK_OK : read_step(r, step, &p->particles.step);
}

/* Who sets something of finite volumes means them. */
static void imply_method(fk_problem *p, const fk_yaml *node)
{
    static const char *const theirs[] = {"flux", "stepper", "halving"};
    bool given = p->pde.step > 0.0;
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++)
        given = given || fk_yaml_get(node, theirs[i]) != NULL;
    if (given && fk_yaml_get(node, "method") == NULL)
        strcpy(p->pde.method, "finite-volume");
}

/* "jumps" or "stable noise", which only particles have; NULL without. */
static const char *discontinuity(const fk_problem *p)
{
    return p->sde->n_jumps > 0     ? "jumps"
           : p->sde->n_stables > 0 ? "stable noise"
                                   : NULL;
}

static fk_status read_pde(const fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *node = fk_yaml_get(r->root, "pde");
    p->pde.on = true;
    FK_TRY(fk_read_on(r, node, &p->pde.on));
    FK_TRY(fk_read_table(r, "pde"));
    const fk_yaml *step = fk_yaml_get(node, "step");
    const bool adaptive = step == NULL || (step->kind == FK_YAML_TEXT &&
                                           strcmp(step->text, "adaptive") == 0);
    if (!adaptive)
        FK_TRY(read_step(r, step, &p->pde.step));
    imply_method(p, node);
    if (p->pde.on && discontinuity(p) != NULL)
        return fk_yaml_fail(node != NULL ? node : r->root, r->message,
                            "the density has no term for %s: write 'pde: off' to run "
                            "particles alone",
                            discontinuity(p));
    if (!p->pde.on || p->has_domain)
        return FK_OK;
    return fk_yaml_fail(node != NULL ? node : r->root, r->message,
                        "without a 'domain' there is no grid for the density: give a "
                        "'domain', or write 'pde: off' to run particles alone");
}

/* ---- backwards ---- */

static bool exact_score_exists(const fk_problem *p)
{
    return fk_law_mixture(p->initial) != NULL && fk_sde_linear(p->sde);
}

static bool grid_score_exists(const fk_problem *p)
{
    return p->pde.on && p->domain.grid.dim <= 2;
}

static fk_status read_scores(const fk_problem_reader *r, const fk_yaml *list)
{
    static const char *const name[] = {"grid", "exact", "network"};
    fk_problem *p = r->problem;
    if (list->kind != FK_YAML_LIST || list->n == 0)
        return fk_read_refuse(r, list);
    for (size_t i = 0; i < list->n; i++) {
        const fk_yaml *entry = list->entry[i];
        size_t index;
        FK_TRY(fk_read_choice(r, entry, 3, name, &index));
        if (index == 0 && !grid_score_exists(p))
            return fk_yaml_fail(
                entry, r->message,
                "the score on the grid needs the pde and 1 or 2 variables");
        if (index == 1 && !exact_score_exists(p))
            return fk_yaml_fail(
                entry, r->message,
                "the exact score needs a drift that is linear in the "
                "variables, a noise free of them, and an initial law of "
                "points or Gaussians");
        if (index == 2 && p->reverse.file == NULL)
            return fk_yaml_fail(
                entry, r->message,
                "the score of a network needs 'reverse.network', a file "
                "that 'fokker train' left");
        bool *const source[] = {&p->reverse.grid, &p->reverse.exact,
                                &p->reverse.network};
        *source[index] = true;
    }
    return FK_OK;
}

static fk_status check_reversible(const fk_problem_reader *r, const fk_yaml *node)
{
    if (fk_domain_moves(&r->problem->domain))
        return fk_yaml_fail_key(node, r->message,
                                "the way back needs a domain whose ends are at rest");
    if (fk_grid_stretched(&r->problem->domain.grid))
        return fk_yaml_fail_key(node, r->message,
                                "the way back needs axes without a map");
    const fk_sde *s = r->problem->sde;
    if (s->killing != NULL || r->problem->source != NULL)
        return fk_yaml_fail_key(node, r->message,
                                "there is no way back for paths that are killed or "
                                "begin on the way");
    if (fk_sde_interacts(s))
        return fk_yaml_fail_key(node, r->message,
                                "there is no way back for paths that depend on their "
                                "own law");
    if (discontinuity(r->problem) != NULL)
        return fk_yaml_fail_key(node, r->message,
                                "there is no way back for paths with %s",
                                discontinuity(r->problem));
    for (size_t k = 0; k < s->dim * s->dim; k++)
        for (size_t i = 0; i < s->dim; i++)
            if (fk_expr_depends(s->diffusion[k], s->variable[i]))
                return fk_yaml_fail_key(
                    node, r->message,
                    "the way back needs a noise that does not depend "
                    "on the variables; here it depends on '%s'",
                    r->name[i].name);
    return FK_OK;
}

static fk_status read_file(const fk_problem_reader *r, const fk_yaml *node, char **file)
{
    if (node == NULL)
        return FK_OK;
    FK_TRY(fk_read_word(r, node));
    *file = strdup(node->text);
    return *file != NULL ? FK_OK : FK_ENOMEM;
}

static fk_status read_reverse(const fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *node = fk_yaml_get(r->root, "reverse");
    bool on = false;
    FK_TRY(fk_read_on(r, node, &on));
    FK_TRY(fk_read_table(r, "reverse"));
    if (!on) {
        p->reverse.steps = 0;
        return FK_OK;
    }
    FK_TRY(check_reversible(r, node));
    FK_TRY(read_file(r, fk_yaml_get(node, "network"), &p->reverse.file));
    const fk_yaml *score = fk_yaml_get(node, "score");
    if (score != NULL)
        return read_scores(r, score);
    p->reverse.grid = grid_score_exists(p);
    p->reverse.exact = exact_score_exists(p);
    p->reverse.network = p->reverse.file != NULL;
    if (p->reverse.grid || p->reverse.exact || p->reverse.network)
        return FK_OK;
    return fk_yaml_fail_key(
        node, r->message,
        "no score to go back by: the one on the grid needs the pde and "
        "1 or 2 variables, the exact one a linear process and an "
        "initial law of points or Gaussians");
}

/* A section that is a map or absent. */
static fk_status read_plain(const fk_problem_reader *r, const char *section)
{
    const fk_yaml *node = fk_yaml_get(r->root, section);
    if (node != NULL)
        FK_TRY(fk_read_map(r, node));
    return fk_read_table(r, section);
}

static fk_status read_sampler_names(const fk_problem_reader *r, const fk_yaml *node)
{
    const size_t n = node->kind == FK_YAML_LIST ? node->n : 1;
    if (n == 0)
        return fk_read_refuse(r, node);
    char **name = calloc(n + 1, sizeof *name);
    if (name == NULL)
        return FK_ENOMEM;
    r->problem->sampler.method = name;
    for (size_t i = 0; i < n; i++) {
        const fk_yaml *entry = node->kind == FK_YAML_LIST ? node->entry[i] : node;
        FK_TRY(fk_read_word(r, entry));
        name[i] = strdup(entry->text);
        if (name[i] == NULL)
            return FK_ENOMEM;
    }
    return FK_OK;
}

static fk_status read_sampler(const fk_problem_reader *r)
{
    const fk_yaml *node = fk_yaml_get(r->root, "sampler"),
                  *method = fk_yaml_get(node, "method");
    FK_TRY(read_plain(r, "sampler"));
    if (fk_yaml_get(node, "error") != NULL)
        FK_TRY(fk_read_map(r, fk_yaml_get(node, "error")));
    if (method != NULL)
        FK_TRY(read_sampler_names(r, method));
    return read_file(r, fk_yaml_get(node, "network"), &r->problem->sampler.network);
}

static fk_status read_paths(const fk_problem_reader *r)
{
    fk_problem *p = r->problem;
    const fk_yaml *node = fk_yaml_get(fk_yaml_get(r->root, "output"), "paths");
    if (node == NULL)
        return FK_OK;
    if (node->kind != FK_YAML_TEXT)
        return fk_read_refuse(r, node);
    if (!p->particles.on)
        return fk_yaml_fail_key(node, r->message, "the problem has particles: off");
    if (fk_ranges_count(node->text, p->particles.count) == 0)
        return fk_yaml_fail(node, r->message,
                            "expected numbers and ranges from 0 to %zu, such as 17 or "
                            "\"0-9,17\"; found '%.60s'",
                            p->particles.count - 1, node->text);
    p->result.paths = strdup(node->text);
    return p->result.paths != NULL ? FK_OK : FK_ENOMEM;
}

/* The number of particles is given at the start. */
static fk_status check_source(const fk_problem_reader *r)
{
    const fk_problem *p = r->problem;
    if (p->source == NULL || !p->particles.on)
        return FK_OK;
    return fk_yaml_fail_key(fk_yaml_get(r->root, "source"), r->message,
                            "particles do not appear on the way, density does: write "
                            "'particles: off'");
}

fk_status fk_read_methods(fk_problem_reader *r)
{
    FK_TRY(read_particles(r));
    FK_TRY(check_source(r));
    FK_TRY(read_pde(r));
    FK_TRY(read_plain(r, "compare"));
    FK_TRY(read_plain(r, "output"));
    FK_TRY(read_plain(r, "train"));
    FK_TRY(read_sampler(r));
    FK_TRY(read_paths(r));
    FK_TRY(read_reverse(r));
    if (r->problem->particles.on || r->problem->pde.on)
        return FK_OK;
    return fk_yaml_fail(fk_yaml_get(r->root, "pde"), r->message,
                        "particles and pde are both off: there is nothing to run");
}
