/* Splitting with the exact linear part, for additive noise that is constant:
 *
 *     dX = (A X + c) dt + n(X, t) dt + G dW,    A = df/dx and c = f at x = 0, t = 0,
 *
 * half a step of dX = n dt by the midpoint rule, a whole exact step of the linear SDE (see
 * sampling/linear_flow.h), half a step of n again.  What is stiff and linear needs no
 * small step.  Any A and c would be right; these leave n of second order in x.
 * [strang-1968; milstein-tretyakov-2004, section 2.2] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/linear_flow.h"
#include "sampling/rows.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_ou_splitting;

struct fk_stepper {
    size_t dim;
    fk_linear_flow *flow;
    fk_entries rest; /* n[dim] */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_linear_flow_free(s->flow);
    fk_entries_clear(&s->rest);
    free(s);
}

static bool constant_noise(const fk_sde *sde)
{
    for (size_t e = 0; e < sde->dim * sde->noises; e++)
        if (!fk_sde_constant(sde, sde->noise[e]))
            return false;
    return true;
}

/* c[d], A[d][d] and Q[d][d] at the origin, one after another. */
static fk_status at_origin(const fk_sde *sde, double *value)
{
    const size_t d = sde->dim, n = d + 2 * d * d;
    const fk_expr **e = calloc(n, sizeof *e);
    double *zero = fk_doubles(d);
    fk_program *program = NULL;
    double *scratch = NULL;
    fk_status status = e == NULL || zero == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; status == FK_OK && i < d; i++) {
        e[i] = sde->ito[i];
        for (size_t j = 0; j < d; j++) {
            e[d + i * d + j] = fk_expr_diff(sde->pool, sde->ito[i], sde->variable[j]);
            e[d + d * d + i * d + j] = sde->diffusion[i * d + j];
        }
    }
    const fk_binding binding = fk_sde_binding(sde);
    if (status == FK_OK)
        status = fk_program_new(n, e, &binding, &program);
    if (status == FK_OK) {
        scratch = fk_doubles(fk_program_scratch(program));
        status = scratch == NULL ? FK_ENOMEM : FK_OK;
    }
    if (status == FK_OK)
        fk_program_point(program, 0.0, zero, value, scratch);
    for (size_t i = d + d * d; status == FK_OK && i < n; i++)
        value[i] *= 2.0; /* a = G G^T / 2 */
    fk_program_free(program);
    free(scratch);
    free(zero);
    free(e);
    return status;
}

/* n_i = f_i - c_i - sum_j A_ij x_j, multiplied out so that what is linear is gone. */
static fk_status compile_rest(const fk_sde *sde, const double *c, const double *A,
                              fk_entries *out)
{
    const size_t d = sde->dim;
    fk_expr_pool *pool = sde->pool;
    const fk_expr **n = calloc(d, sizeof *n);
    if (n == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++) {
        n[i] = fk_expr_sub(pool, sde->ito[i], fk_expr_number(pool, c[i]));
        for (size_t j = 0; j < d; j++) {
            const fk_expr *a = fk_expr_number(pool, A[i * d + j]);
            n[i] = fk_expr_sub(pool, n[i], fk_expr_mul(pool, a, sde->variable[j]));
        }
        n[i] = fk_expr_expand(pool, n[i]);
    }
    const fk_status status = fk_entries_new(sde, d, n, out);
    free(n);
    return status;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    const size_t d = sde->dim;
    *out = NULL;
    if (!constant_noise(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: ou-splitting needs constant noise; "
                       "euler-maruyama and heun accept any");
    fk_stepper *s = calloc(1, sizeof *s);
    double *c = fk_doubles(d + 2 * d * d);
    fk_status status = s == NULL || c == NULL ? FK_ENOMEM : at_origin(sde, c);
    bool finite = true;
    for (size_t i = 0; status == FK_OK && i < d + 2 * d * d; i++)
        finite = finite && isfinite(c[i]);
    if (status == FK_OK && !finite) /* 1/x, log x: nothing to split off there */
        memset(c, 0, (d + d * d) * sizeof *c);
    if (status == FK_OK)
        status = fk_linear_flow_new(d, c + d, c, c + d + d * d, &s->flow);
    if (status == FK_OK)
        status = compile_rest(sde, c, c + d, &s->rest);
    free(c);
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

/* The midpoint, then n's own or the flow's. */
static size_t scratch_size(const fk_stepper *s)
{
    const size_t n = fk_entries_scratch(&s->rest),
                 flow = fk_linear_flow_scratch(s->flow);
    return fk_state_scratch(s->dim) + (n > flow ? n : flow);
}

static void join(const fk_stepper *s, double h, const double *first,
                 const double *second, double *z)
{
    fk_linear_flow_join(s->flow, h, first, second, z);
}

/* x along dX = n dt for h, by the midpoint rule */
static void drift(const fk_stepper *s, double t, double h, double *const *x,
                  double *scratch)
{
    double *const *y = fk_state_carve(s->dim, &scratch);
    fk_state_copy(s->dim, x, y);
    double *const *rows =
        fk_entries_eval(&s->rest, t, (const double *const *)x, scratch);
    for (size_t i = 0; i < s->dim; i++)
        fk_entry_add(&s->rest.entry[i], rows, 0.5 * h, y[i]);
    rows = fk_entries_eval(&s->rest, t + 0.5 * h, (const double *const *)y, scratch);
    for (size_t i = 0; i < s->dim; i++)
        fk_entry_add(&s->rest.entry[i], rows, h, x[i]);
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    drift(s, t, 0.5 * h, x, scratch);
    fk_linear_flow_step(s->flow, h, z, x, scratch);
    drift(s, t + 0.5 * h, 0.5 * h, x, scratch);
}

const fk_scheme fk_scheme_ou_splitting = {
    .name = "ou-splitting",
    .summary = "exact linear part, split off; for constant noise",
    .reference = "strang-1968",
    .noise = FK_CONSTANT_NOISE,
    .strong_order = 1.0,
    .weak_order = 2.0,
    .path = FK_OWN_PATH,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .draws = draws,
    .join = join,
    .step = step,
};
