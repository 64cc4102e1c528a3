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
    free(p->initial_text);
    free(p->data_path);
    fk_law_free(p->initial);
    fk_sde_free(p->sde);
    fk_expr_pool_free(p->pool);
    free(p);
}
