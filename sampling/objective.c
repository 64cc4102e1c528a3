#include "sampling/objective.h"

#include <string.h>

#define FK_OBJECTIVE(name) extern const fk_objective fk_objective_##name;
#include "sampling/objectives.def"
#undef FK_OBJECTIVE

const fk_objective *const fk_objectives[] = {
#define FK_OBJECTIVE(name) &fk_objective_##name,
#include "sampling/objectives.def"
#undef FK_OBJECTIVE
    NULL,
};

const fk_objective *fk_objective_find(const char *name)
{
    for (const fk_objective *const *o = fk_objectives; *o != NULL; o++)
        if (strcmp((*o)->name, name) == 0)
            return *o;
    return NULL;
}

/* dF = -2 c A (e^ - e), since e^ = ... - c F */
double fk_objective_quadratic(const fk_objective_point *p, double *dF, double *dJv)
{
    const size_t d = p->noising->dim;
    double off[FK_NOISING_DIM] = {0}, sum = 0.0;
    (void)dJv;
    for (size_t i = 0; i < d; i++)
        off[i] = p->e_[i] - p->e[i];
    fk_rows_times(d, p->A, off, dF);
    for (size_t i = 0; i < d; i++) {
        sum += off[i] * dF[i];
        dF[i] *= -2.0 * p->noising->scale[p->k];
    }
    return sum;
}

void fk_objective_even(const fk_noising *n, size_t k, double *A)
{
    memset(A, 0, n->dim * n->dim * sizeof *A);
    for (size_t i = 0; i < n->dim; i++)
        A[i * n->dim + i] = 1.0 / (n->scale[k] * n->scale[k]);
}
