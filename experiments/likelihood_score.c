/* Scores for `fokker likelihood`, at any table of times: the exact one, a network's, that of
 * the Fokker-Planck density. */
#include <stdlib.h>
#include <string.h>

#include "experiments/grid_score.h"
#include "experiments/likelihood_run.h"
#include "sde/linear.h"

enum { POINTS_MOST = 20000 };

/* ---- what is known of the law ---- */

static fk_status find_law(fk_score_maker *m)
{
    const fk_problem *p = m->problem;
    size_t n = 0;
    const double *points = fk_law_points(p->initial, &n);
    if (!fk_sde_linear(p->sde) || (p->has_domain && !fk_domain_open(&p->domain)))
        return FK_OK;
    m->law = fk_law_mixture(p->initial);
    if (m->law != NULL || points == NULL || n > POINTS_MOST)
        return FK_OK;
    FK_TRY(fk_mixture_of_points(p->sde->dim, n, points, &m->own));
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
        "of them, open ends, and an initial point, Gaussian, mixture or sample; "
        "--score=grid and --score=network need less",
        m->problem->name);
}

static fk_status read_network(fk_score_maker *m, const char *path, fk_message *message)
{
    char standard[1200];
    const fk_problem *p = m->problem;
    const char *given[] = {path, p->sampler.network, p->reverse.file, standard};
    size_t i = 0;
    snprintf(standard, sizeof standard, "out/%s_score/score.safetensors", p->name);
    while (given[i] == NULL)
        i++;
    return fk_learned_read(given[i], p->sde, &m->learned, message);
}

static fk_status check_grid(const fk_score_maker *m, fk_message *message)
{
    const fk_problem *p = m->problem;
    if (p->has_domain && p->pde.on && p->sde->dim <= 2 &&
        !fk_domain_moves(&p->domain) && !fk_grid_stretched(&p->domain.grid) &&
        p->source == NULL)
        return FK_OK;
    return fk_fail(
        message, FK_ESYNTAX,
        "%s: --score=grid needs one or two variables, a domain with even cells "
        "and walls that stand still, and pde: on",
        p->name);
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
    return check_grid(m, message);
}

void fk_score_maker_clear(fk_score_maker *m)
{
    fk_learned_free(m->learned);
    fk_noise_schedule_free(m->schedule);
    fk_mixture_free(m->own);
}

/* ---- at a table of times ---- */

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
    if (m->kind == FK_SCORE_EXACT)
        return of_law(m, n, time, out, message);
    const fk_progress progress = fk_terminal_progress(m->terminal);
    return fk_grid_score(m->problem, m->methods, &progress, n, time, out, message);
}
