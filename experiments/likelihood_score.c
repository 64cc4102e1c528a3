/* Scores for `fokker likelihood`, at any table of times: the exact one, a network's, that of
 * the Fokker-Planck density. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/likelihood_run.h"
#include "experiments/solution.h"
#include "sde/linear.h"

/* As for sampling backwards: below this share of its maximum the density on the grid says
 * nothing of its score. */
static const double SCORE_FLOOR = 1e-9;

enum { POINTS_MOST = 20000 };

const char *fk_score_kind_name(fk_score_kind kind)
{
    static const char *const name[] = {"exact", "network", "grid"};
    return name[kind];
}

/* ---- what is known of the law ---- */

/* Points as a mixture of components without spread. */
static fk_status mixture_of_points(size_t dim, size_t n, const double *x,
                                   fk_mixture **out)
{
    FK_TRY(fk_mixture_new(dim, n, out));
    for (size_t k = 0; k < n; k++)
        (*out)->weight[k] = 1.0 / (double)n;
    memcpy((*out)->mean, x, n * dim * sizeof *x);
    return FK_OK;
}

static fk_status find_law(fk_score_maker *m)
{
    const fk_problem *p = m->problem;
    size_t n = 0;
    const double *points = fk_law_points(p->initial, &n);
    if (!fk_sde_linear(p->sde))
        return FK_OK;
    m->law = fk_law_mixture(p->initial);
    if (m->law != NULL || points == NULL || n > POINTS_MOST)
        return FK_OK;
    FK_TRY(mixture_of_points(p->sde->dim, n, points, &m->own));
    m->law = m->own;
    return FK_OK;
}

/* ---- the three kinds ---- */

static fk_status check_exact(const fk_score_maker *m, fk_message *message)
{
    if (m->law != NULL)
        return FK_OK;
    return fk_fail(
        message, FK_ESYNTAX,
        "%s: an exact score needs a drift linear in the variables, noise free "
        "of them, and an initial point, Gaussian, mixture or sample; "
        "--score=grid and --score=network need less",
        m->problem->name);
}

static fk_status read_network(fk_score_maker *m, const char *path, fk_message *message)
{
    char standard[1200];
    const fk_problem *p = m->problem;
    snprintf(standard, sizeof standard, "out/%s_score/score.safetensors", p->name);
    return fk_learned_read(path != NULL              ? path
                           : p->reverse.file != NULL ? p->reverse.file
                                                     : standard,
                           p->sde, &m->learned, message);
}

static fk_status choose_method(fk_score_maker *m, fk_message *message)
{
    const fk_problem *p = m->problem;
    const fk_progress progress = fk_terminal_progress(m->terminal);
    char why[512];
    if (!p->has_domain || !p->pde.on)
        return fk_fail(message, FK_ESYNTAX,
                       "%s: --score=grid needs a domain and pde: on", p->name);
    for (size_t i = 0; i < p->sde->dim; i++)
        if (p->stretch[i] != NULL || p->sde->dim > 2)
            return fk_fail(
                message, FK_ESYNTAX,
                "%s: --score=grid needs one or two variables with even cells", p->name);
    return fk_solution_choose(p, m->methods, &progress, &m->method, sizeof why, why,
                              message);
}

fk_status fk_score_maker_begin(fk_score_maker *m, const fk_likelihood_request *o,
                               fk_message *message)
{
    const fk_problem *p = m->problem;
    m->kind = o->score;
    FK_TRY(find_law(m));
    FK_TRY(fk_noise_schedule_new(p->sde, p->start, p->end, &m->schedule));
    if (o->score == FK_SCORE_EXACT)
        return check_exact(m, message);
    if (o->score == FK_SCORE_NETWORK)
        return read_network(m, o->network, message);
    return choose_method(m, message);
}

void fk_score_maker_clear(fk_score_maker *m)
{
    fk_learned_free(m->learned);
    fk_noise_schedule_free(m->schedule);
    fk_mixture_free(m->own);
}

/* ---- at a table of times ---- */

static fk_status solve(const fk_score_maker *m, size_t n, const double *time,
                       double *const *density, fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(m->terminal);
    const size_t cells = fk_grid_cells(&m->problem->domain.grid);
    fk_solver *s = NULL;
    fk_status status =
        fk_solution_new(m->problem, m->methods, m->method, 1, &s, message);
    for (size_t k = 0; k < n && status == FK_OK; k++) {
        status = fk_solver_advance(s, time[k], &progress, message);
        if (status == FK_OK)
            memcpy(density[k], fk_solver_density(s), cells * sizeof(double));
    }
    fk_solver_free(s);
    return status;
}

static fk_status of_grid(const fk_score_maker *m, size_t n, const double *time,
                         fk_score **out, fk_message *message)
{
    const fk_grid *g = &m->problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    double *block = fk_doubles(n * cells), **density = fk_alloc(n, sizeof *density);
    fk_status status = block != NULL && density != NULL ? FK_OK : FK_ENOMEM;
    for (size_t k = 0; k < n && status == FK_OK; k++)
        density[k] = block + k * cells;
    if (status == FK_OK)
        status = solve(m, n, time, density, message);
    if (status == FK_OK)
        status = fk_score_grid_new(g, n, time, (const double *const *)density,
                                   SCORE_FLOOR, out);
    free(block);
    free(density);
    return status;
}

static fk_status of_law(const fk_score_maker *m, size_t n, const double *time,
                        fk_score **out, fk_message *message)
{
    const fk_status status =
        m->schedule != NULL ? fk_score_schedule_new(m->schedule, m->law, n, time, out)
                            : fk_score_linear_new(m->problem->sde, m->problem->start,
                                                  m->law, n, time, out);
    if (status == FK_ESINGULAR)
        return fk_fail(message, FK_EDOMAIN,
                       "at t = %g the law has no density: --first must be later",
                       time[0]);
    return status;
}

fk_status fk_score_maker_at(void *maker, size_t n, const double *time, fk_score **out,
                            fk_message *message)
{
    const fk_score_maker *m = maker;
    *out = NULL;
    if (m->kind == FK_SCORE_NETWORK)
        return fk_score_network_new(m->problem->sde, m->learned, n, time, out, message);
    return m->kind == FK_SCORE_GRID ? of_grid(m, n, time, out, message)
                                    : of_law(m, n, time, out, message);
}
