#include "experiments/estimate.h"

#include <math.h>
#include <stdlib.h>

#include "core/free_memory.h"
#include "core/memory.h"
#include "experiments/run_parts.h"
#include "experiments/solution.h"
#include "pde/evolution.h"
#include "sampling/ensemble.h"

static void print_bytes(double bytes, FILE *out)
{
    static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;
    for (; bytes >= 1024.0 && i < 4; i++)
        bytes /= 1024.0;
    fprintf(out, "%.3g %s", bytes, unit[i]);
}

/* Seconds per particle-step, from a few thousand particles and 64 steps. */
static fk_status trial_particles(const fk_problem *p, const fk_methods *m,
                                 double *seconds, fk_message *message)
{
    enum { COUNT = 4096, STEPS = 64 };
    const fk_ensemble_options o = {.count = COUNT,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = p->particles.seed,
                                   .purpose = FK_FOR_TEST,
                                   .scheme = m->scheme,
                                   .rules = m->rules,
                                   .faces = m->faces};
    fk_ensemble *e = NULL;
    FK_TRY(fk_ensemble_new(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                           &e, message));
    const double began = fk_seconds();
    const double end = fmin(p->end, p->start + STEPS * o.step);
    const fk_status status = fk_ensemble_advance(e, end, NULL, message);
    *seconds =
        (fk_seconds() - began) / (COUNT * fmax((double)fk_ensemble_steps(e), 1.0));
    fk_ensemble_free(e);
    return status;
}

/* Seconds per step of the density, from three of the problem's own, or three small ones. */
static fk_status trial_pde(const fk_problem *p, const fk_methods *m, double *seconds,
                           fk_message *message)
{
    enum { STEPS = 3 };
    const double span = p->end - p->start;
    fk_evolution_options o = {.stepper = m->stepper, .step = p->pde.step, .span = span};
    fk_fokker_planck *equation = NULL;
    fk_evolution *e = NULL;
    double *density = fk_doubles(fk_grid_cells(&p->domain.grid));
    if (density == NULL)
        return FK_ENOMEM;
    fk_status status = fk_law_project(p->initial, &p->domain.grid, density, NULL);
    if (status == FK_OK)
        status = fk_fokker_planck_new(p->sde, &p->domain, m->flux, &equation, message);
    if (status == FK_OK)
        fk_fokker_planck_look(equation, p->start, density);
    if (status == FK_OK)
        status = fk_fokker_planck_set(equation, p->start, message);
    if (status == FK_OK && !(o.step > 0.0))
        o.step = fmin(1e-4 * span, 0.5 / fk_fokker_planck_max_rate(equation));
    if (status == FK_OK)
        status = fk_evolution_new(equation, p->start, density, &o, &e);
    const double began = fk_seconds(), end = p->start + STEPS * o.step;
    if (status == FK_OK)
        status = fk_evolution_advance(e, fmin(end, p->end), NULL, message);
    *seconds = (fk_seconds() - began) / STEPS;
    fk_evolution_free(e);
    fk_fokker_planck_free(equation);
    free(density);
    return status;
}

static fk_status print_particles(const fk_problem *p, const fk_methods *m, FILE *out,
                                 fk_message *message)
{
    double each = 0.0;
    FK_TRY(trial_particles(p, m, &each, message));
    const double count = (double)p->particles.count;
    const double steps = ceil((p->end - p->start) / p->particles.step);
    const double work = count * steps * (1.0 + 3.0 * p->particles.halving);
    fprintf(out, "  particles      %.3g x %.3g steps of %g (%s), ", count, steps,
            p->particles.step, m->scheme->name);
    print_bytes((double)fk_run_chunk_memory(p), out);
    fprintf(out, " at a time, about %.2g s\n", work * each);
    return FK_OK;
}

static fk_status print_volumes(const fk_problem *p, const fk_methods *m, FILE *out,
                               fk_message *message)
{
    double each = 0.0;
    const fk_grid *g = &p->domain.grid;
    FK_TRY(trial_pde(p, m, &each, message));
    const double factor = p->pde.halving ? 1.0 + (double)(1u << g->dim) : 1.0;
    fprintf(out, "  Fokker-Planck  %zu cells (%s, %s), ", fk_grid_cells(g),
            m->flux->name, m->stepper->name);
    print_bytes(fk_solution_memory(p, m), out);
    if (p->pde.step > 0.0)
        fprintf(out, ", about %.2g s\n",
                factor * each * (p->end - p->start) / p->pde.step);
    else
        fprintf(out, ", %.2g s a step%s\n", each * factor,
                p->pde.halving ? " (both grids)" : "");
    return FK_OK;
}

/* Which method, why, and what it takes: the spectral one was tried to the end. */
static fk_status print_pde(const fk_problem *p, const fk_methods *m, FILE *out,
                           fk_message *message)
{
    const fk_pde_method *method;
    char why[512];
    const double began = fk_seconds();
    FK_TRY(fk_solution_choose(p, m, NULL, &method, sizeof why, why, message));
    const double seconds = fk_seconds() - began;
    if (why[0] != '\0')
        fprintf(out, "  pde.method     auto takes %s: %s\n", method->name, why);
    if (!method->whole)
        return print_volumes(p, m, out, message);
    fprintf(out, "  Fokker-Planck  %s", method->name);
    if (why[0] != '\0')
        fprintf(out, ", %.2g s", seconds);
    fprintf(out, "\n");
    return FK_OK;
}

static void print_memory(FILE *out)
{
    const fk_free_memory m = fk_free_memory_of("");
    if (!(m.bytes < HUGE_VAL))
        return;
    fputs("  memory         ", out);
    print_bytes(m.bytes, out);
    fprintf(out, " can be had (the limit is that of %s)\n", m.by);
}

fk_status fk_print_estimate(const fk_problem *p, const fk_methods *m, FILE *out,
                            fk_message *message)
{
    fprintf(out, "\nEstimates (on this machine, from a short trial)\n");
    if (p->particles.on)
        FK_TRY(print_particles(p, m, out, message));
    if (p->pde.on && p->has_domain)
        FK_TRY(print_pde(p, m, out, message));
    print_memory(out);
    return FK_OK;
}
