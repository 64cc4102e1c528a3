/* Who is compared with whom, and the verdict of the whole. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/grid_order.h"
#include "experiments/run_parts.h"
#include "experiments/verdict.h"

static bool matches(fk_boundary face, fk_boundary kind)
{
    return kind == FK_ABSORBING ? fk_boundary_absorbs(face) : face == kind;
}

double fk_lost(const fk_domain *d, const double left[FK_GRID_DIM][2], fk_boundary kind)
{
    double lost = 0.0;
    for (size_t i = 0; i < d->grid.dim; i++)
        for (size_t side = 0; side < 2; side++)
            lost += matches(d->face[i][side], kind) ? left[i][side] : 0.0;
    return lost;
}

static uint64_t ended(const fk_census *c, size_t dim)
{
    uint64_t n = c->killed;
    for (size_t i = 0; i < dim; i++)
        n += c->absorbed[i][0] + c->absorbed[i][1];
    return n;
}

static fk_step_evidence step_evidence(const fk_run_state *run, const fk_record *r)
{
    return (fk_step_evidence){.coarse = r->coarse,
                              .fine = r->fine,
                              .moved = r->moved,
                              .ratio = 2.0,
                              .order = fk_run_weak_order(run)};
}

static fk_scatter_evidence scatter_evidence(const fk_run_state *run, const fk_record *r)
{
    return (fk_scatter_evidence){
        .groups = r->groups != NULL ? fk_run_groups(run->problem) : 0,
        .count = r->groups};
}

/* Measured by pairs, or none as the scheme is exact. */
static bool known(const fk_step_evidence *step)
{
    return step->coarse != NULL || isinf(step->order);
}

static fk_sample sample(const fk_run_state *run, const fk_record *r)
{
    return (fk_sample){.name = "particles",
                       .count = r->count,
                       .ended = ended(&r->census, run->dim),
                       .outside = r->census.outside};
}

static fk_status particles_and_pde(fk_run_state *run, size_t i, size_t sharing,
                                   fk_comparison *out)
{
    const fk_problem *p = run->problem;
    const fk_record *r = &run->record[i];
    const fk_snapshot *s = &run->result->snapshot[i];
    const fk_sample particles = sample(run, r);
    const fk_reference pde = {.name = "Fokker-Planck",
                              .p = s->pde,
                              .ended = fk_lost(&p->domain, s->lost, FK_ABSORBING) +
                                       s->killed[1],
                              .outside = fk_lost(&p->domain, s->lost, FK_OPEN),
                              .truncated = !run->density->whole};
    const fk_step_evidence step = step_evidence(run, r);
    const fk_scatter_evidence scatter = scatter_evidence(run, r);
    double order = 1.0;
    if (r->half != NULL)
        FK_TRY(fk_grid_order(p->sde, &p->domain, run->methods->flux, s->t, s->pde,
                             &order));
    const fk_grid_evidence grid = {.fine = r->half,
                                   .ended = r->half_ended,
                                   .outside = r->half_outside,
                                   .order = order,
                                   .whole = run->density->whole,
                                   .time_error = r->time_error};
    const fk_compare_input in = {.domain = &p->domain,
                                 .variable = (const char *const *)run->variable,
                                 .t = s->t,
                                 .sample = &particles,
                                 .reference = &pde,
                                 .step = known(&step) ? &step : NULL,
                                 .scatter = fk_sde_interacts(p->sde) ? &scatter : NULL,
                                 .grid = &grid,
                                 .asked = &p->compare,
                                 .comparisons = sharing};
    return fk_compare_sample(&in, out);
}

static fk_status particles_and_exact(fk_run_state *run, size_t i, size_t sharing,
                                     fk_comparison *out)
{
    const fk_problem *p = run->problem;
    const fk_record *r = &run->record[i];
    const fk_snapshot *s = &run->result->snapshot[i];
    const fk_sample particles = sample(run, r);
    const fk_step_evidence step = step_evidence(run, r);
    const fk_scatter_evidence scatter = scatter_evidence(run, r);
    double mass = 0.0;
    for (size_t c = 0; c < run->cells; c++)
        mass += s->exact[c];
    mass *= fk_grid_volume(&p->domain.grid);
    const fk_reference exact = {
        .name = "exact", .p = s->exact, .outside = fmax(1.0 - mass, 0.0)};
    const fk_compare_input in = {.domain = &p->domain,
                                 .variable = (const char *const *)run->variable,
                                 .t = s->t,
                                 .sample = &particles,
                                 .reference = &exact,
                                 .step = known(&step) ? &step : NULL,
                                 .scatter = fk_sde_interacts(p->sde) ? &scatter : NULL,
                                 .asked = &p->compare,
                                 .comparisons = sharing};
    return fk_compare_sample(&in, out);
}

fk_status fk_compare_generated(const fk_run_state *run, const char *name,
                               const uint64_t *count, const fk_step_evidence *step,
                               fk_comparison *out)
{
    const fk_problem *p = run->problem;
    const double *initial = run->result->snapshot[0].pde;
    double mass = 0.0;
    for (size_t c = 0; c < run->cells; c++)
        mass += initial[c];
    mass *= fk_grid_volume(&p->domain.grid);
    const fk_sample generated = {
        .name = name, .count = count, .outside = count[run->cells]};
    const fk_reference reference = {
        .name = "initial density", .p = initial, .outside = fmax(1.0 - mass, 0.0)};
    const fk_compare_input in = {.domain = &p->domain,
                                 .variable = (const char *const *)run->variable,
                                 .t = p->start,
                                 .sample = &generated,
                                 .reference = &reference,
                                 .step = step,
                                 .asked = &p->compare,
                                 .comparisons = 1};
    return fk_compare_sample(&in, out);
}

static fk_status compare_snapshot(fk_run_state *run, size_t i, size_t sharing)
{
    const fk_problem *p = run->problem;
    const fk_snapshot *s = &run->result->snapshot[i];
    fk_result *r = run->result;
    if (p->particles.on && s->pde != NULL)
        FK_TRY(particles_and_pde(run, i, sharing, &r->comparison[r->n_comparisons++]));
    if (p->particles.on && s->exact != NULL)
        FK_TRY(
            particles_and_exact(run, i, sharing, &r->comparison[r->n_comparisons++]));
    if (s->pde != NULL && s->exact != NULL)
        FK_TRY(fk_compare_densities(&p->domain, s->t, "Fokker-Planck", s->pde, "exact",
                                    s->exact, &p->compare,
                                    &r->comparison[r->n_comparisons++]));
    return FK_OK;
}

static size_t tested_pairs(const fk_run_state *run)
{
    size_t n = 0;
    for (size_t i = 1; i < run->result->n_snapshots; i++) {
        const fk_snapshot *s = &run->result->snapshot[i];
        n += (s->pde != NULL ? 1u : 0u) + (s->exact != NULL ? 1u : 0u);
    }
    return n > 0 ? n : 1;
}

static void say_verdict(fk_run_state *run)
{
    fk_result *r = run->result;
    r->word = fk_verdict_word(r->n_comparisons, r->comparison);
    fk_verdict_sentence(r->n_comparisons, r->comparison, &run->problem->domain,
                        (const char *const *)run->variable, &run->problem->compare,
                        r->sentence);
}

fk_status fk_run_comparisons(fk_run_state *run, fk_message *message)
{
    fk_result *r = run->result;
    (void)message;
    r->comparison = fk_alloc(3 * run->problem->n_outputs, sizeof *r->comparison);
    if (r->comparison == NULL)
        return FK_ENOMEM;
    const size_t sharing = tested_pairs(run);
    for (size_t i = 1; i < r->n_snapshots; i++)
        FK_TRY(compare_snapshot(run, i, sharing));
    if (r->n_comparisons > 0)
        say_verdict(run);
    return FK_OK;
}
