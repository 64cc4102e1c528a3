#include "sde/problem.h"

#include <stdlib.h>

void fk_problem_free(fk_problem *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; p->unit != NULL && p->unit[i] != NULL; i++)
        free(p->unit[i]);
    free(p->unit);
    free(p->time_unit);
    free(p->name);
    free(p->about);
    free(p->text);
    free(p->path);
    free(p->output);
    free(p->result.paths);
    free(p->initial_text);
    free(p->data_path);
    free(p->reverse.file);
    for (size_t i = 0; p->sampler.method != NULL && p->sampler.method[i] != NULL; i++)
        free(p->sampler.method[i]);
    free(p->sampler.method);
    free(p->sampler.network);
    fk_law_free(p->initial);
    for (size_t i = 0; i < p->compose.n_laws; i++)
        fk_mixture_free(p->compose.law[i]);
    free(p->compose.law);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        fk_stretch_free(p->stretch[i]);
    fk_sde_free(p->sde);
    fk_expr_pool_free(p->pool);
    free(p);
}

static bool steady_rate(const fk_problem *p, const fk_expr *rate)
{
    return rate == NULL || !fk_expr_depends(rate, p->sde->time);
}

bool fk_problem_steady(const fk_problem *p)
{
    bool steady = fk_sde_autonomous(p->sde) && steady_rate(p, p->sde->killing) &&
                  steady_rate(p, p->source) &&
                  !(p->has_domain && fk_domain_moves(&p->domain));
    for (size_t i = 0; p->has_domain && i < p->domain.grid.dim; i++)
        for (size_t side = 0; side < 2; side++)
            if (p->domain.face[i][side] == FK_PARTIAL &&
                fk_expr_depends(p->domain.reactivity[i][side], p->sde->time))
                steady = false;
    return steady;
}
