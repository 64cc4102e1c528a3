/* The exact step of a linear SDE with constant coefficients, dX = (A X + c) dt + G dW, in
 * any dimension and with degenerate noise: no error, however long the step.
 * See sampling/linear_flow.h.  [gardiner-2009, section 4.5] */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/linear_flow.h"
#include "sampling/scheme.h"
#include "sde/linear.h"

extern const fk_scheme fk_scheme_exact_linear;

struct fk_stepper {
    size_t dim;
    fk_linear_flow *flow;
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_linear_flow_free(s->flow);
    free(s);
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    const size_t d = sde->dim;
    *out = NULL;
    if (!fk_sde_affine(sde) || !fk_sde_autonomous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: exact-linear needs a drift that is linear in "
                       "the variables and noise that does not depend on them, both "
                       "free of t; ou-splitting accepts any drift");
    fk_stepper *s = calloc(1, sizeof *s);
    double *A = fk_doubles(2 * d * d + d);
    fk_status status = s == NULL || A == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_linear_coefficients(sde, 0.0, A, A + 2 * d * d, A + d * d);
    if (status == FK_OK)
        status = fk_linear_flow_new(d, A, A + 2 * d * d, A + d * d, &s->flow);
    free(A);
    if (status != FK_OK) {
        release(s);
        return fk_fail(message, status, "%s", fk_status_text(status));
    }
    s->dim = d;
    *out = s;
    return FK_OK;
}

static size_t draws(const fk_stepper *s)
{
    return s->dim;
}

static size_t scratch_size(const fk_stepper *s)
{
    return fk_linear_flow_scratch(s->flow);
}

static void join(const fk_stepper *s, double h, const double *first,
                 const double *second, double *z)
{
    fk_linear_flow_join(s->flow, h, first, second, z);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)t;
    fk_linear_flow_step(s->flow, h, z, x, scratch);
}

const fk_scheme fk_scheme_exact_linear = {
    .name = "exact-linear",
    .summary = "exact, at any step, for linear SDEs with constant coefficients",
    .reference = "gardiner-2009",
    .noise = FK_PROCESS_NOISE,
    .strong_order = INFINITY,
    .weak_order = INFINITY,
    .path = FK_OWN_PATH,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .draws = draws,
    .join = join,
    .step = step,
};
