#include "experiments/run.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/spelling.h"
#include "experiments/run_parts.h"
#include "experiments/verdict.h"
#include "experiments/version.h"

enum { MOST = 64 }; /* names in a list */

/* "particles.scheme: unknown scheme 'eular'; did you mean ...?" */
static fk_status unknown(fk_message *message, const char *key, const char *word,
                         const char *const *name, size_t n)
{
    const char *near = fk_spelling_nearest(word, n, name);
    char known[512] = "";
    for (size_t i = 0, used = 0; i < n && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s",
                                 i > 0 ? ", " : "", name[i]);
    return fk_fail(message, FK_ESYNTAX, "%s: there is no '%s'%s%s%s; there are: %s",
                   key, word, near != NULL ? "; did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "", known);
}

static fk_status find_increments(const char *word, fk_increments *out,
                                 fk_message *message)
{
    for (size_t i = 0; i < FK_INCREMENTS; i++)
        if (strcmp(fk_increments_name[i], word) == 0) {
            *out = (fk_increments)i;
            return FK_OK;
        }
    return unknown(message, "particles.increments", word, fk_increments_name,
                   FK_INCREMENTS);
}

/* What a scheme refuses is a mistake in the file. */
static fk_status check_scheme(const fk_problem *p, const fk_methods *m,
                              fk_message *message)
{
    const fk_domain *domain = p->has_domain ? &p->domain : NULL;
    const fk_status status =
        fk_scheme_fits(m->scheme, p->sde, domain, m->faces, m->rules, message);
    return status == FK_EDOMAIN ? FK_ESYNTAX : status;
}

/* The methods of the density were all found, and fit. */
static fk_status check_density(const fk_problem *problem, const fk_methods *m,
                               fk_message *message)
{
    const char *name[MOST], *const method = problem->pde.method;
    size_t n = 0;
    if (m->flux == NULL) {
        for (const fk_flux *const *f = fk_fluxes; *f != NULL && n < MOST; f++)
            name[n++] = (*f)->name;
        return unknown(message, "pde.flux", problem->pde.flux, name, n);
    }
    if (m->stepper == NULL) {
        name[n++] = "auto";
        for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL && n < MOST;
             s++)
            name[n++] = (*s)->name;
        return unknown(message, "pde.stepper", problem->pde.stepper, name, n);
    }
    if (m->method == NULL && strcmp(method, "auto") != 0) {
        name[n++] = "auto";
        for (const fk_pde_method *const *f = fk_pde_methods; *f != NULL && n < MOST;
             f++)
            name[n++] = (*f)->name;
        return unknown(message, "pde.method", method, name, n);
    }
    return fk_pde_stepper_fits(m->stepper, m->flux, fk_problem_steady(problem),
                               message) == FK_OK
               ? FK_OK
               : FK_ESYNTAX;
}

/* The way back takes the logarithm of the density. */
static const fk_pde_stepper *find_stepper(const fk_problem *p, const fk_flux *flux)
{
    const bool positive = p->reverse.steps > 0 && p->reverse.grid;
    return strcmp(p->pde.stepper, "auto") == 0 && p->has_domain && flux != NULL
               ? fk_pde_stepper_choose(p->sde, &p->domain, flux, positive)
               : fk_pde_stepper_find(p->pde.stepper);
}

fk_status fk_methods_find(const fk_problem *problem, fk_methods *out,
                          fk_message *message)
{
    const char *name[MOST];
    size_t n = 0;
    out->scheme =
        problem->particles.on ? fk_scheme_find(problem->particles.scheme) : NULL;
    out->flux = fk_flux_find(problem->pde.flux);
    out->stepper = find_stepper(problem, out->flux);
    out->method = fk_pde_method_find(problem->pde.method);
    out->faces = (fk_face_rules){.bridge = problem->particles.bridge,
                                 .project = problem->particles.project};
    out->rules.tolerance =
        problem->particles.tolerance / pow(problem->particles.step, 1.5);
    FK_TRY(find_increments(problem->particles.increments, &out->rules.increments,
                           message));
    if (problem->particles.on && out->scheme == NULL) {
        for (const fk_scheme *const *s = fk_schemes; *s != NULL && n < MOST; s++)
            name[n++] = (*s)->name;
        return unknown(message, "particles.scheme", problem->particles.scheme, name, n);
    }
    if (out->scheme != NULL)
        FK_TRY(check_scheme(problem, out, message));
    return problem->pde.on ? check_density(problem, out, message) : FK_OK;
}

void fk_run_timing(fk_run_state *run, const char *name, double seconds, double amount,
                   const char *unit)
{
    fk_result *r = run->result;
    if (r->n_timings == FK_TIMINGS)
        return;
    fk_timing *t = &r->timing[r->n_timings++];
    snprintf(t->name, sizeof t->name, "%s", name);
    t->seconds = seconds;
    t->rate = amount > 0.0 && seconds > 0.0 ? amount / seconds : (double)NAN;
    t->unit = unit;
}

static void free_record(fk_record *r)
{
    free(r->count);
    free(r->half);
    free(r->coarse);
    free(r->groups);
    free(r->fine);
    free(r->moved);
    free(r->changes);
    fk_moment_sums_free(r->sums);
    fk_quantiles_free(r->quantiles);
}

static void free_state(fk_run_state *run)
{
    if (run->record != NULL)
        for (size_t i = 0; i < run->result->n_snapshots; i++)
            free_record(&run->record[i]);
    if (run->table != NULL)
        for (size_t i = 0; i < run->n_table; i++)
            free(run->table[i]);
    if (run->variable != NULL)
        for (size_t i = 0; i < run->dim; i++)
            free(run->variable[i]);
    if (run->frame != NULL)
        for (size_t i = 0; i < run->result->n_frames; i++)
            free(run->frame[i]);
    free(run->frame);
    free(run->exit);
    free(run->unbridged);
    free(run->lost_x);
    free(run->variable);
    free(run->table);
    free(run->table_time);
    free(run->record);
    free(run->stop);
}

static fk_status name_variables(fk_run_state *run)
{
    run->variable = fk_alloc(run->dim, sizeof *run->variable);
    if (run->variable == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < run->dim; i++) {
        run->variable[i] = fk_expr_print(run->problem->sde->variable[i], FK_EXPR_TEXT);
        if (run->variable[i] == NULL)
            return FK_ENOMEM;
    }
    return FK_OK;
}

/* The parts one after the other; each finds in `run` what those before it left. */
static fk_status run_parts(fk_run_state *run, fk_message *message)
{
    const fk_problem *problem = run->problem;
    FK_TRY(name_variables(run));
    FK_TRY(fk_run_plan(run, message));
    FK_TRY(fk_checkpoint_read(run, message));
    if (problem->particles.on) {
        FK_TRY(fk_run_particles(run, message));
        FK_TRY(fk_run_particles_finish(run));
        FK_TRY(fk_run_paths(run, message));
    }
    if (problem->pde.on)
        FK_TRY(fk_run_pde(run, message));
    if (problem->has_domain) {
        FK_TRY(fk_run_exact(run, message));
        FK_TRY(fk_run_comparisons(run, message));
    } else if (problem->particles.on)
        FK_TRY(fk_run_moments_compare(run));
    if (problem->reverse.steps > 0 && problem->pde.on)
        FK_TRY(fk_run_reverse(run, message));
    return FK_OK;
}

/* What is left says nothing about the law when somebody is missing. */
static void weigh_losses(fk_result *r)
{
    if (r->lost.count + r->lost.pairs == 0)
        return;
    r->word = FK_INCONCLUSIVE;
    snprintf(r->sentence, sizeof r->sentence, "%s", r->lost.sentence);
}

fk_status fk_run(const fk_problem *problem, const fk_methods *methods,
                 fk_terminal *terminal, fk_checkpoint *checkpoint, fk_result *result,
                 fk_message *message)
{
    fk_run_state run = {
        .problem = problem,
        .methods = methods,
        .terminal = terminal,
        .checkpoint = checkpoint,
        .result = result,
        .dim = problem->sde->dim,
        .cells = problem->has_domain ? fk_grid_cells(&problem->domain.grid) : 0};
    result->problem = problem;
    result->version = fk_version();
    result->revision = fk_revision();
    result->threads = omp_get_max_threads();
    fk_time_stamp(sizeof result->created, result->created);
    const fk_status status = run_parts(&run, message);
    weigh_losses(result);
    free_state(&run);
    return status;
}
