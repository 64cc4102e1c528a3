#include "pde/reactivity.h"

#include <math.h>

#include "core/memory.h"

enum { FACES = 2 * FK_GRID_DIM };

fk_status fk_reactivity_init(fk_reactivity *r, const fk_sde *sde,
                             const fk_domain *domain)
{
    const fk_expr *e[FACES];
    *r = (fk_reactivity){.dim = sde->dim, .steady = true};
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t side = 0; side < 2; side++) {
            if (domain->face[i][side] != FK_PARTIAL)
                continue;
            e[r->n] = domain->reactivity[i][side];
            r->steady = r->steady && !fk_expr_depends(e[r->n], sde->time);
            r->axis[r->n] = i;
            r->side[r->n++] = side;
        }
    const fk_binding binding = fk_sde_binding(sde);
    return r->n == 0 ? FK_OK : fk_program_new(r->n, e, &binding, &r->kappa);
}

void fk_reactivity_clear(fk_reactivity *r)
{
    fk_program_free(r->kappa);
    *r = (fk_reactivity){0};
}

size_t fk_reactivity_scratch(const fk_reactivity *r)
{
    return r->n > 0 ? fk_program_scratch(r->kappa) : 0;
}

static bool valid(double kappa)
{
    return kappa >= 0.0 && isfinite(kappa);
}

fk_status fk_reactivity_eval(const fk_reactivity *r, double t, const fk_exit *exit,
                             const fk_faces *f, double *scratch, double *kappa,
                             size_t *fault)
{
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK], value[FACES][FK_BLOCK];
    const double *in[FK_GRID_DIM] = {x[0], x[1], x[2]};
    double *out[FACES];
    for (size_t a = 0; a < r->dim; a++)
        for (size_t k = 0; k < FK_BLOCK; k++)
            x[a][k] = f->x[a][k < f->n ? k : 0];
    for (size_t i = 0; i < FACES; i++)
        out[i] = value[i];
    fk_program_run(r->kappa, t, in, out, scratch);
    for (size_t k = 0; k < f->n; k++) {
        kappa[k] = 0.0;
        for (size_t i = 0; i < r->n && exit[k].kind == FK_PARTIAL; i++)
            if (r->axis[i] == exit[k].axis && r->side[i] == exit[k].side)
                kappa[k] = value[i][k];
        *fault = k;
        if (!valid(kappa[k]))
            return FK_EDOMAIN;
    }
    return FK_OK;
}

fk_status fk_reactivity_explain(const fk_reactivity *r, double t, const double *x,
                                double *scratch, fk_message *message)
{
    double kappa[FACES];
    if (r->n > 0)
        fk_program_point(r->kappa, t, x, kappa, scratch);
    for (size_t i = 0; i < r->n; i++)
        if (!valid(kappa[i]))
            return fk_fail(message, FK_EDOMAIN,
                           "the reactivity of the partial %s end of variable %zu is %g "
                           "at t = %g; it must be a number >= 0",
                           r->side[i] == 0 ? "lower" : "upper", r->axis[i] + 1,
                           kappa[i], t);
    return FK_OK;
}
