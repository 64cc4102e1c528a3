#include "pde/solver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FK_PDE_METHOD(name) extern const fk_pde_method fk_pde_method_##name;
#include "pde/methods.def"
#undef FK_PDE_METHOD

const fk_pde_method *const fk_pde_methods[] = {
#define FK_PDE_METHOD(name) &fk_pde_method_##name,
#include "pde/methods.def"
#undef FK_PDE_METHOD
    NULL,
};

const fk_pde_method *fk_pde_method_find(const char *name)
{
    for (const fk_pde_method *const *m = fk_pde_methods; *m != NULL; m++)
        if (strcmp((*m)->name, name) == 0)
            return *m;
    return NULL;
}

struct fk_solver {
    const fk_pde_method *method;
    void *state;
};

fk_status fk_solver_new(const fk_pde_method *method, const fk_solver_task *task,
                        fk_solver **out, fk_message *message)
{
    *out = NULL;
    fk_solver *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->method = method;
    const fk_status status = method->open(task, &s->state, message);
    if (status != FK_OK) {
        free(s);
        return status;
    }
    *out = s;
    return FK_OK;
}

void fk_solver_free(fk_solver *s)
{
    if (s == NULL)
        return;
    s->method->close(s->state);
    free(s);
}

fk_status fk_solver_advance(fk_solver *s, double t, const fk_progress *progress,
                            fk_message *message)
{
    return s->method->advance(s->state, t, progress, message);
}

const double *fk_solver_density(const fk_solver *s)
{
    return s->method->density(s->state);
}

fk_ledger fk_solver_ledger(const fk_solver *s)
{
    fk_ledger ledger;
    s->method->ledger(s->state, &ledger);
    return ledger;
}

fk_status fk_solver_current(const fk_solver *s, double *const *current)
{
    return s->method->current(s->state, current);
}

void fk_solver_describe(const fk_solver *s, size_t n, char *text)
{
    s->method->describe(s->state, n, text);
}

/* ---- which ---- */

/* Points times products that a trial may take: half a second on one core, or so many steps
 * of finite volumes on the task's cells and on cells of half the width. */
static const double LEAST_WORK = 4e7, STEPS = 200.0;

static double most_work(const fk_solver_task *task)
{
    const double cells = (double)fk_grid_cells(&task->domain.grid);
    return fmax(LEAST_WORK,
                STEPS * cells * (1.0 + exp2((double)task->domain.grid.dim)));
}

fk_status fk_pde_method_choose(const fk_solver_task *task, bool positive,
                               const fk_progress *progress,
                               const fk_pde_method **method, size_t n, char *text,
                               fk_message *message)
{
    fk_message why = {.text = ""};
    fk_solver *trial = NULL;
    *method = &fk_pde_method_finite_volume;
    if (positive) {
        snprintf(text, n, "a sum of smooth functions need not be positive");
        return FK_OK;
    }
    if (task->sde->killing != NULL || task->source != NULL) {
        snprintf(text, n, "killing and sources are for finite volumes");
        return FK_OK;
    }
    fk_solver_task bounded = *task;
    bounded.most_work = most_work(task);
    fk_status status = fk_solver_new(&fk_pde_method_spectral, &bounded, &trial, &why);
    if (status == FK_OK)
        status = fk_solver_advance(trial, task->end, progress, &why);
    if (status == FK_OK) {
        *method = &fk_pde_method_spectral;
        fk_solver_describe(trial, n, text);
    } else {
        snprintf(text, n, "%s",
                 why.text[0] != '\0' ? why.text : fk_status_text(status));
    }
    fk_solver_free(trial);
    if (status != FK_ENOMEM && status != FK_EINTERRUPTED)
        return FK_OK;
    if (message != NULL)
        *message = why;
    return status;
}
