#include "experiments/claims/known_density.h"

#include <math.h>

#include "sde/sde_text.h"
#include "solvers/quadrature.h"

fk_status fk_known_model_init(fk_known_model *m, const fk_known_density *is,
                              fk_message *message)
{
    const fk_sde_text text = {.dim = 1,
                              .noises = 1,
                              .variables = "x",
                              .drift = is->drift,
                              .noise = is->noise};
    *m = (fk_known_model){.is = is};
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, message));
    return fk_sde_expression(m->sde, is->density, &m->p, message);
}

void fk_known_model_clear(fk_known_model *m)
{
    fk_sde_free(m->sde);
    fk_expr_pool_free(m->pool);
}

double fk_known_at(const fk_known_model *m, const fk_expr *e, double x, double time)
{
    const fk_expr *symbol[] = {m->sde->variable[0], m->sde->time};
    return fk_expr_value(e, 2, symbol, (const double[]){x, time});
}

typedef struct integrand {
    const fk_known_model *m;
    const fk_expr *e;
} integrand;

/* x = sinh y */
static double in_y(double y, void *context)
{
    const integrand *i = context;
    return fk_known_at(i->m, i->e, sinh(y), i->m->is->time) * cosh(y);
}

double fk_known_integral(const fk_known_model *m, const fk_expr *e, double from,
                         double to, double *error)
{
    integrand i = {m, e};
    return fk_integral(in_y, &i, asinh(from), asinh(to), 64, error);
}
