#include "experiments/analysis.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/analysis_domain.h"
#include "experiments/version.h"
#include "plots/label.h"

#define FK_ANALYSIS(name) extern const fk_analysis fk_analysis_##name;
#include "experiments/analyses.def"
#undef FK_ANALYSIS

const fk_analysis *const fk_analyses[] = {
#define FK_ANALYSIS(name) &fk_analysis_##name,
#include "experiments/analyses.def"
#undef FK_ANALYSIS
    NULL,
};

const fk_analysis *fk_analysis_find(const char *name)
{
    for (const fk_analysis *const *a = fk_analyses; *a != NULL; a++)
        if (strcmp((*a)->name, name) == 0)
            return *a;
    return NULL;
}

/* ---- the grids ---- */

/* How many grids there are: those whose cells come of the problem's by halving. */
static size_t count_grids(const fk_problem *p)
{
    size_t n = 1;
    for (; p->pde.halving && n < FK_ANALYSIS_GRIDS; n++)
        for (size_t a = 0; a < p->sde->dim; a++) {
            const size_t cells = p->domain.grid.axis[a].cells;
            if (cells % ((size_t)1 << n) != 0 || cells >> n < 16)
                return n;
        }
    return n;
}

static void clear_grid(const fk_analysis *a, fk_analysis_grid *g)
{
    if (g->found != NULL)
        a->clear(g->found);
    g->found = NULL;
    fk_stationary_clear(&g->stationary);
    fk_generator_free(g->generator);
    g->generator = NULL;
    fk_fokker_planck_free(g->equation);
    g->equation = NULL;
}

static fk_status solve_grid(const fk_analysis *a, fk_analysis_grid *g,
                            fk_message *message)
{
    if (a->stationary)
        FK_TRY(fk_analysis_settle(g, message));
    return a->solve(g, message);
}

static void extrapolate(fk_findings *f)
{
    for (size_t i = 0; i < f->grid[0].n_numbers; i++) {
        double value[FK_ANALYSIS_GRIDS];
        for (size_t k = 0; k < f->n_grids; k++) {
            assert(f->grid[k].n_numbers == f->grid[0].n_numbers);
            value[k] = f->grid[k].number[i].value;
        }
        f->limit[i] =
            fk_richardson_limit(f->grid[0].number[i].estimate ? 1 : f->n_grids, value);
        f->limit[i].error += f->grid[0].number[i].error;
    }
}

/* Grid k, of the problem's cells halved k times. */
static fk_status add_grid(const fk_analysis *a, const fk_analysis_request *request,
                          const fk_domain *domain, fk_findings *f, fk_message *message)
{
    const size_t k = f->n_grids++;
    fk_analysis_grid *g = &f->grid[k];
    *g = (fk_analysis_grid){
        .request = request, .finest = k > 0 ? &f->grid[0] : NULL, .domain = *domain};
    for (size_t i = 0; i < domain->grid.dim; i++)
        g->domain.grid.axis[i].cells >>= k;
    if (!a->in_time)
        FK_TRY(fk_analysis_open(request, &g->domain, &g->equation, &g->generator,
                                message));
    return solve_grid(a, g, message);
}

/* Coarse grids may have no answer where the problem's has one: a set without cells, a
 * tensor too skewed.  The finer ones then have to do. */
static fk_status solve_all(const fk_analysis *a, const fk_analysis_request *request,
                           fk_findings *f, fk_message *message)
{
    fk_domain domain;
    fk_message unheard = {""};
    const fk_progress progress = fk_terminal_progress(request->terminal);
    const size_t n = count_grids(request->problem);
    if (a->in_time)
        domain = request->problem->domain;
    else
        FK_TRY(fk_analysis_domain(request, a->stationary, &domain, message));
    for (size_t k = 0; k < n; k++) {
        if (fk_progress_stopped(&progress))
            return FK_EINTERRUPTED;
        const fk_status status =
            add_grid(a, request, &domain, f, k == 0 ? message : &unheard);
        if (k > 0)
            clear_grid(a, &f->grid[k]);
        if (k > 0 && status == FK_EDOMAIN) {
            f->n_grids = k;
            break;
        }
        if (status != FK_OK && k > 0 && message != NULL)
            *message = unheard;
        FK_TRY(status);
        fk_progress_report(&progress, (double)(k + 1), (double)n);
    }
    return FK_OK;
}

static void tell_closed_faces(fk_findings *f)
{
    const fk_analysis_grid *g = &f->grid[0];
    if (fk_domain_has(&g->request->problem->domain, FK_OPEN) &&
        !fk_domain_has(&g->domain, FK_OPEN))
        fk_analysis_note(f,
                         "the open faces are closed here: next to nothing would leave "
                         "through them before everything has settled");
}

fk_status fk_analyse(const fk_analysis *a, const fk_analysis_request *request,
                     fk_findings *out, fk_message *message)
{
    *out = (fk_findings){0};
    fk_time_stamp(sizeof out->created, out->created);
    const double began = fk_seconds();
    fk_terminal_begin(request->terminal, a->name, NULL, 1.0);
    FK_TRY(solve_all(a, request, out, message));
    fk_terminal_end(request->terminal);
    out->seconds = fk_seconds() - began;
    extrapolate(out);
    a->tell(out);
    tell_closed_faces(out);
    return FK_OK;
}

void fk_findings_clear(const fk_analysis *a, fk_findings *f)
{
    for (size_t k = 0; k < f->n_grids; k++)
        clear_grid(a, &f->grid[k]);
}

/* ---- numbers and notes ---- */

void fk_analysis_number(fk_analysis_grid *g, double value, const char *unit,
                        const char *name, ...)
{
    if (g->n_numbers == FK_ANALYSIS_NUMBERS)
        return;
    fk_number *n = &g->number[g->n_numbers++];
    va_list arguments;
    va_start(arguments, name);
    vsnprintf(n->name, sizeof n->name, name, arguments);
    va_end(arguments);
    snprintf(n->unit, sizeof n->unit, "%s", fk_unit_matters(unit) ? unit : "1");
    n->value = value;
    n->error = 0.0;
}

void fk_analysis_error(fk_analysis_grid *g, double error)
{
    g->number[g->n_numbers - 1].error = fabs(error);
}

void fk_analysis_estimate(fk_analysis_grid *g, double value, const char *unit,
                          const char *name)
{
    fk_analysis_number(g, value, unit, "%s", name);
    g->number[g->n_numbers - 1].estimate = true;
}

void fk_analysis_note(fk_findings *f, const char *format, ...)
{
    if (f->n_notes == FK_ANALYSIS_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(f->note[f->n_notes++], sizeof f->note[0], format, arguments);
    va_end(arguments);
}

const char *fk_time_unit(const fk_problem *p)
{
    return fk_unit_matters(p->time_unit) ? p->time_unit : "1";
}

const char *fk_rate_unit(const fk_problem *p, char text[64])
{
    snprintf(text, 64, fk_unit_matters(p->time_unit) ? "1/%s" : "1",
             p->time_unit != NULL ? p->time_unit : "");
    return text;
}

void fk_analysis_moments(fk_analysis_grid *g, const double *p)
{
    const fk_problem *problem = g->request->problem;
    const size_t dim = g->domain.grid.dim;
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM * FK_GRID_DIM];
    fk_density_moments(&g->domain.grid, p, mean, cov);
    for (size_t i = 0; i < dim; i++)
        fk_analysis_number(g, mean[i], problem->unit[i], "mean %s",
                           fk_label_variable(problem, i).text);
    for (size_t i = 0; i < dim; i++)
        for (size_t j = i; j < dim; j++) {
            char unit[64];
            const char *a = problem->unit[i], *b = problem->unit[j];
            snprintf(unit, sizeof unit, "%s %s", a, b);
            fk_analysis_number(g, cov[i * dim + j],
                               fk_unit_matters(a) || fk_unit_matters(b) ? unit : "1",
                               i == j ? "variance %s" : "covariance %s %s",
                               fk_label_variable(problem, i).text,
                               fk_label_variable(problem, j).text);
        }
}
