#include "experiments/analysis_domain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/modes.h"
#include "plots/label.h"

/* Open faces may be closed if mass would leave this much more slowly than it settles. */
static const double leak_allowed = 0.01;

fk_status fk_analysis_open(const fk_analysis_request *request, const fk_domain *domain,
                           fk_fokker_planck **equation, fk_generator **generator,
                           fk_message *message)
{
    FK_TRY(fk_fokker_planck_new(request->problem->sde, domain, request->methods->flux,
                                equation, message));
    return fk_generator_new(*equation, generator, message);
}

/* "x = -1, x = 1": the faces with ways out, those that are open or all others. */
static void list_faces(const fk_problem *p, const fk_generator *g, bool open,
                       char *text, size_t size)
{
    bool seen[FK_GRID_DIM][2] = {{false}};
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < g->n_outs; k++)
        seen[g->out[k].axis][g->out[k].side] = true;
    for (size_t a = 0; a < g->domain.grid.dim; a++)
        for (size_t side = 0; side < 2; side++)
            if (seen[a][side] && (g->domain.face[a][side] == FK_OPEN) == open &&
                used < size)
                used += (size_t)snprintf(text + used, size - used, "%s%s",
                                         used > 0 ? ", " : "",
                                         fk_label_face(p, a, side).text);
}

static void close_open(fk_domain *d)
{
    for (size_t a = 0; a < d->grid.dim; a++)
        for (size_t side = 0; side < 2; side++)
            if (d->face[a][side] == FK_OPEN)
                d->face[a][side] = FK_REFLECTING;
}

/* Mass leaves through open faces alone: how fast, beside how fast it settles. */
static fk_status judge_leak(const fk_problem *p, const fk_generator *g,
                            fk_message *message)
{
    fk_modes m;
    char open[256];
    FK_TRY(fk_modes_right(g, 2, &m, message));
    const double leak = -m.mode[0].re;
    const double settling = m.n > 1 ? m.mode[0].re - m.mode[1].re : HUGE_VAL;
    fk_modes_clear(&m);
    if (leak < leak_allowed * settling)
        return FK_OK;
    list_faces(p, g, true, open, sizeof open);
    return fk_fail(
        message, FK_EDOMAIN,
        "there is no stationary density here: mass leaves through the open "
        "faces %s at the rate %.3g as fast as it settles (%.3g), as free "
        "motion does, which spreads without end; if something confines it, a "
        "wider domain will show that; else 'quasi-stationary' finds the "
        "density of what has not left",
        open, leak, settling);
}

static fk_status check_leaks(const fk_problem *p, const fk_generator *g,
                             fk_domain *domain, fk_message *message)
{
    char absorbing[256];
    size_t n_traps;
    size_t *trap = fk_alloc(g->cells, sizeof *trap);
    if (trap == NULL)
        return FK_ENOMEM;
    const fk_status status = fk_generator_traps(g, trap, &n_traps);
    free(trap);
    FK_TRY(status);
    if (n_traps > 0)
        return FK_OK; /* mass stays somewhere */
    list_faces(p, g, false, absorbing, sizeof absorbing);
    if (absorbing[0] != '\0')
        return fk_fail(message, FK_EDOMAIN,
                       "there is no stationary density: all mass leaves in the end "
                       "through the absorbing faces %s; 'quasi-stationary' finds the "
                       "density of what has not left",
                       absorbing);
    FK_TRY(judge_leak(p, g, message));
    close_open(domain);
    return FK_OK;
}

fk_status fk_analysis_domain(const fk_analysis_request *request, bool stationary,
                             fk_domain *out, fk_message *message)
{
    const fk_problem *p = request->problem;
    fk_fokker_planck *equation = NULL;
    fk_generator *generator = NULL;
    if (!p->has_domain)
        return fk_fail(
            message, FK_EDOMAIN,
            "the problem has no domain, so there is no grid to analyse it on");
    if (p->sde->killing != NULL || p->source != NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the analysis is of paths that live on: leave '%s' out",
                       p->source != NULL ? "source" : "killing");
    if (fk_sde_interacts(p->sde))
        return fk_fail(
            message, FK_EDOMAIN,
            "drift or noise depend on the density, the analysis is of linear "
            "equations; 'fokker run' follows such a problem through time");
    if (!fk_problem_steady(p))
        return fk_fail(
            message, FK_EDOMAIN,
            "drift, noise or a face depend on t: nothing is stationary, and there is "
            "no spectrum; 'fokker run' follows such a problem through time");
    *out = p->domain;
    const bool leaks = fk_domain_has(out, FK_OPEN) || fk_domain_absorbs(out);
    if (!stationary || !leaks)
        return FK_OK;
    fk_status status = fk_analysis_open(request, out, &equation, &generator, message);
    if (status == FK_OK)
        status = check_leaks(p, generator, out, message);
    fk_generator_free(generator);
    fk_fokker_planck_free(equation);
    return status;
}

/* Middles of the first cells of the first two traps, for a person. */
static void say_parts(const fk_analysis_grid *g, const size_t *trap, char *text,
                      size_t size)
{
    size_t used = 0;
    for (size_t which = 0; which < 2; which++) {
        double x[FK_GRID_DIM];
        size_t c = 0;
        while (trap[c] != which)
            c++;
        fk_grid_centre(&g->domain.grid, c, x);
        for (size_t a = 0; a < g->domain.grid.dim && used < size; a++)
            used +=
                (size_t)snprintf(text + used, size - used, "%s%s = %.4g",
                                 a > 0       ? ", "
                                 : which > 0 ? " and from "
                                             : "",
                                 fk_label_variable(g->request->problem, a).text, x[a]);
    }
}

fk_status fk_analysis_settle(fk_analysis_grid *g, fk_message *message)
{
    char parts[256];
    size_t n_traps;
    size_t *trap = fk_alloc(g->generator->cells, sizeof *trap);
    if (trap == NULL)
        return FK_ENOMEM;
    fk_status status = fk_generator_traps(g->generator, trap, &n_traps);
    if (status == FK_OK && n_traps == 0)
        status = fk_fail(message, FK_EDOMAIN,
                         "there is no stationary density: all mass leaves in the end");
    if (status == FK_OK && n_traps > 1) {
        say_parts(g, trap, parts, sizeof parts);
        status = fk_fail(message, FK_EDOMAIN,
                         "there is more than one stationary density: the motion keeps "
                         "to %zu separate parts of the domain (from %s), and every "
                         "mixture of their densities is stationary",
                         n_traps, parts);
    }
    if (status == FK_OK)
        status = fk_stationary_solve(g->generator, trap, 0, &g->stationary, message);
    free(trap);
    return status;
}
