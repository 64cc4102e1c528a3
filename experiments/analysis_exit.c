/* When and through which face the motion leaves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/analysis_exit.h"
#include "experiments/solution.h"
#include "plots/label.h"

extern const fk_analysis fk_analysis_exit;

static void clear(void *p)
{
    fk_exit_found *f = p;
    fk_exit_times_clear(&f->times);
    free(f->course.time);
    free(f->course.inside);
    free(f->course.total);
    for (size_t k = 0; k < 2 * FK_GRID_DIM; k++)
        free(f->course.leaving[k]);
    free(f);
}

static void add_face(fk_analysis_grid *g, const double *p0, const fk_exit_face *f)
{
    const fk_problem *p = g->request->problem;
    const fk_label face = fk_label_face(p, f->axis, f->side);
    const double probability = fk_analysis_mean(g, p0, f->probability);
    const double time = fk_analysis_mean(g, p0, f->time);
    fk_analysis_number(g, probability, "1", "probability of %s", face.text);
    fk_analysis_number(g, time / probability, fk_time_unit(p), "mean time given %s",
                       face.text);
}

static fk_status add_numbers(fk_analysis_grid *g, fk_exit_found *f)
{
    const fk_problem *p = g->request->problem;
    double *p0 = fk_doubles(g->generator->cells);
    fk_status status = p0 != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        status = fk_law_project(p->initial, &g->domain.grid, p0, &f->outside);
    if (status == FK_OK) {
        const double mean = fk_analysis_mean(g, p0, f->times.mean);
        const double square = fk_analysis_mean(g, p0, f->times.square);
        const double variance = isfinite(square) ? square - mean * mean : square;
        fk_analysis_number(g, mean, fk_time_unit(p), "mean exit time");
        fk_analysis_number(g, sqrt(variance), fk_time_unit(p),
                           "standard deviation of it");
        for (size_t k = 0; k < f->times.n_faces; k++)
            add_face(g, p0, &f->times.face[k]);
    }
    free(p0);
    return status;
}

/* ---- through time ---- */

static fk_status make_course(const fk_exit_times *e, fk_exit_course *c)
{
    c->time = fk_doubles(FK_EXIT_TIMES);
    c->inside = fk_doubles(FK_EXIT_TIMES);
    c->total = fk_doubles(FK_EXIT_TIMES);
    bool all = c->time != NULL && c->inside != NULL && c->total != NULL;
    for (size_t k = 0; k < e->n_faces; k++)
        all = (c->leaving[k] = fk_doubles(FK_EXIT_TIMES)) != NULL && all;
    return all ? FK_OK : FK_ENOMEM;
}

/* Mass inside and what each face takes at this time. */
static void record(const fk_generator *g, const fk_exit_times *e, const double *p,
                   size_t i, fk_exit_course *c)
{
    const double volume = fk_grid_volume(&g->domain.grid);
    c->inside[i] = fk_density_mass(&g->domain.grid, p);
    for (size_t k = 0; k < g->n_outs; k++) {
        const fk_way_out *out = &g->out[k];
        const double flow = out->rate * p[out->cell] * volume;
        size_t face = 0;
        while (e->face[face].axis != out->axis || e->face[face].side != out->side)
            face++;
        c->leaving[face][i] += flow;
        c->total[i] += flow;
    }
}

/* E T: time spent inside until the end, by Simpson's rule, and what is left then. */
static void sum_mean(const fk_generator *g, const fk_exit_times *e, const double *p,
                     fk_exit_course *c)
{
    const double h = c->time[1] - c->time[0];
    double sum = 0.0, rest = 0.0;
    for (size_t i = 0; i < FK_EXIT_TIMES; i++)
        sum += (i == 0 || i + 1 == FK_EXIT_TIMES ? 1.0
                : i % 2 == 1                     ? 4.0
                                                 : 2.0) *
               c->inside[i];
    for (size_t k = 0; k < g->cells; k++)
        rest += p[k] * e->mean[k];
    c->mean = sum * h / 3.0 + rest * fk_grid_volume(&g->domain.grid);
}

/* By finite volumes, to whose generator the exit times belong. */
static fk_status follow(const fk_analysis_grid *g, fk_exit_found *f,
                        fk_message *message)
{
    const fk_problem *p = g->request->problem;
    const fk_pde_method *method = fk_pde_method_find("finite-volume");
    fk_solver *s = NULL;
    FK_TRY(make_course(&f->times, &f->course));
    fk_status status = fk_solution_new(p, g->request->methods, method, 1, &s, message);
    const fk_progress all = fk_terminal_progress(g->request->terminal);
    const fk_progress stop_only = {.stopped = all.stopped, .context = all.context};
    for (size_t i = 0; i < FK_EXIT_TIMES && status == FK_OK; i++) {
        const double share = (double)i / (double)(FK_EXIT_TIMES - 1);
        f->course.time[i] = p->start + share * (p->end - p->start);
        status = fk_solver_advance(s, f->course.time[i], &stop_only, message);
        if (status == FK_OK)
            record(g->generator, &f->times, fk_solver_density(s), i, &f->course);
    }
    if (status == FK_OK)
        sum_mean(g->generator, &f->times, fk_solver_density(s), &f->course);
    fk_solver_free(s);
    return status;
}

static fk_status solve(fk_analysis_grid *g, fk_message *message)
{
    if (g->generator->n_outs == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "no face absorbs or is open, so nothing ever leaves: every exit "
                       "time is infinite");
    fk_exit_found *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_ENOMEM;
    g->found = f;
    FK_TRY(fk_exit_times_solve(g->generator, &f->times, message));
    FK_TRY(add_numbers(g, f));
    return g->finest == NULL && g->request->problem->pde.on ? follow(g, f, message)
                                                            : FK_OK;
}

static void tell(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    const fk_exit_found *own = g->found;
    if (!own->times.escapes)
        fk_analysis_note(f,
                         "from some places the motion may never leave: there the mean "
                         "exit time is infinite, and probabilities add up to less "
                         "than 1");
    if (fk_domain_has(&g->domain, FK_OPEN))
        fk_analysis_note(f,
                         "leaving through an open face counts too, although it only "
                         "cuts free space off: make it reflecting or move it away if "
                         "its probability matters");
    if (own->outside > 1e-9)
        fk_analysis_note(f,
                         "%.2g of the initial law lies beyond the grid and is left "
                         "out",
                         own->outside);
    if (own->times.rounding > 1e-9)
        fk_analysis_note(
            f,
            "leaving is rare: rounding alone makes a relative error of %.1g "
            "in all of these",
            own->times.rounding);
    if (own->course.time == NULL)
        return;
    fk_analysis_note(f,
                     "by t = %.6g a share of %.6g has left, by the forward equation "
                     "from the initial law",
                     own->course.time[FK_EXIT_TIMES - 1],
                     1.0 - own->course.inside[FK_EXIT_TIMES - 1]);
    if (isfinite(own->course.mean))
        fk_analysis_note(f,
                         "mean exit time by the forward equation, with the backward "
                         "one's for what is inside at the end: %.8g (same grid, "
                         "backward alone: %.8g)",
                         own->course.mean, g->number[0].value);
}

const fk_analysis fk_analysis_exit = {
    .name = "exit",
    .summary = "when and through which face paths leave: means, densities, splitting",
    .equation = "−Lᵀ m₁ = 1,  −Lᵀ m₂ = 2 m₁,  −Lᵀ h = rate of leaving through a face",
    .solve = solve,
    .clear = clear,
    .tell = tell,
    .keep = fk_exit_keep,
    .draw = fk_exit_draw,
};
