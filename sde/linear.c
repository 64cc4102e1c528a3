/* One flow serves all components: x(t1) = Phi x(t0) + u + noise of covariance Q, with
 *
 *     Phi' = A Phi,   u' = A u + c,   Q' = A Q + Q A^T + G G^T,   Phi = 1, u = Q = 0.  */
#include "sde/linear.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "solvers/integrate.h"

static const double RELATIVE = 1e-12;

/* d f / d x_j, multiplied out so that what cancels is gone */
static const fk_expr *slope(const fk_sde *s, const fk_expr *f, size_t j)
{
    return fk_expr_expand(s->pool, fk_expr_diff(s->pool, f, s->variable[j]));
}

/* f - sum_j (d f / d x_j) x_j, multiplied out */
static const fk_expr *without_linear_part(const fk_sde *s, const fk_expr *f)
{
    const fk_expr *rest = f;
    for (size_t j = 0; j < s->dim; j++) {
        const fk_expr *rate = fk_expr_diff(s->pool, f, s->variable[j]);
        rest = fk_expr_sub(s->pool, rest, fk_expr_mul(s->pool, rate, s->variable[j]));
    }
    return fk_expr_expand(s->pool, rest);
}

/* Constant slopes do not make f linear: those of sign(x) and floor(x) are zero on both
 * sides of their seams.  What is left without the linear part must be free of the
 * variables; a second and third time, because rounded coefficients may leave a trace. */
bool fk_sde_affine_in(const fk_sde *s, const fk_expr *f)
{
    for (size_t j = 0; j < s->dim; j++)
        if (fk_sde_varies(s, slope(s, f, j)))
            return false;
    const fk_expr *rest = fk_expr_expand(s->pool, f);
    for (size_t round = 0; round < 3 && fk_sde_varies(s, rest); round++)
        rest = without_linear_part(s, rest);
    return !fk_sde_varies(s, rest);
}

bool fk_sde_affine(const fk_sde *s)
{
    for (size_t e = 0; e < s->dim * s->noises; e++)
        if (fk_sde_varies(s, s->noise[e]))
            return false;
    for (size_t i = 0; i < s->dim; i++)
        if (!fk_sde_affine_in(s, s->ito[i]))
            return false;
    return true;
}

bool fk_sde_linear(const fk_sde *s)
{
    return fk_sde_continuous(s) && !fk_sde_interacts(s) && fk_sde_affine(s);
}

/* A(t), c(t) and the tensor a(t) = G G^T / 2 as one program. */
typedef struct coefficients {
    size_t d;
    fk_program *program;
    double *value; /* A[d][d], c[d], a[d][d] */
    double *origin, *scratch;
} coefficients;

static fk_status compile(const fk_sde *s, coefficients *k)
{
    const size_t d = s->dim, n = d * d + d + d * d;
    const fk_expr **e = calloc(n, sizeof *e), **zero = calloc(d, sizeof *zero);
    if (e == NULL || zero == NULL) {
        free(e);
        free(zero);
        return FK_ENOMEM;
    }
    for (size_t i = 0; i < d; i++)
        zero[i] = fk_expr_number(s->pool, 0.0);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < d; j++)
            e[i * d + j] = slope(s, s->ito[i], j);
        e[d * d + i] = fk_expr_substitute(s->pool, s->ito[i], d, s->variable, zero);
    }
    memcpy(e + d * d + d, s->diffusion, d * d * sizeof *e);
    const fk_binding binding = fk_sde_binding(s);
    fk_status status = fk_program_new(n, e, &binding, &k->program);
    free(e);
    free(zero);
    FK_TRY(status);
    k->d = d;
    k->value = fk_doubles(n);
    k->origin = fk_doubles(d);
    k->scratch = fk_doubles(fk_program_scratch(k->program));
    const bool full = k->value == NULL || k->origin == NULL || k->scratch == NULL;
    return full ? FK_ENOMEM : FK_OK;
}

static void release(coefficients *k)
{
    fk_program_free(k->program);
    free(k->value);
    free(k->origin);
    free(k->scratch);
}

fk_status fk_linear_coefficients(const fk_sde *s, double t, double *A, double *c,
                                 double *Q)
{
    const size_t d = s->dim;
    coefficients k = {.program = NULL};
    const fk_status status = compile(s, &k);
    if (status == FK_OK) {
        fk_program_point(k.program, t, k.origin, k.value, k.scratch);
        memcpy(A, k.value, d * d * sizeof *A);
        memcpy(c, k.value + d * d, d * sizeof *c);
        for (size_t e = 0; e < d * d; e++)
            Q[e] = 2.0 * k.value[d * d + d + e];
    }
    release(&k);
    return status;
}

/* y = (Phi[d][d], u[d], Q[d][d]) */
static void flow(double t, const double *y, double *dy, void *context)
{
    const coefficients *k = context;
    const size_t d = k->d;
    const double *A = k->value, *c = A + d * d, *a = c + d;
    const double *phi = y, *u = phi + d * d, *Q = u + d;
    double *dphi = dy, *du = dphi + d * d, *dQ = du + d;
    fk_program_point(k->program, t, k->origin, k->value, k->scratch);
    for (size_t i = 0; i < d; i++) {
        du[i] = c[i];
        for (size_t q = 0; q < d; q++)
            du[i] += A[i * d + q] * u[q];
        for (size_t j = 0; j < d; j++) {
            double rate = 0.0, spread = 2.0 * a[i * d + j];
            for (size_t q = 0; q < d; q++) {
                rate += A[i * d + q] * phi[q * d + j];
                spread += A[i * d + q] * Q[q * d + j] + A[j * d + q] * Q[i * d + q];
            }
            dphi[i * d + j] = rate;
            dQ[i * d + j] = spread;
        }
    }
}

/* m1 = Phi m0 + u,  S1 = Phi S0 Phi^T + Q, symmetric to the last bit */
static void carry(size_t d, const double *y, const double *m0, const double *s0,
                  double *m1, double *s1)
{
    const double *phi = y, *u = phi + d * d, *Q = u + d;
    for (size_t i = 0; i < d; i++) {
        m1[i] = u[i];
        for (size_t q = 0; q < d; q++)
            m1[i] += phi[i * d + q] * m0[q];
        for (size_t j = i; j < d; j++) {
            double sum = 0.5 * (Q[i * d + j] + Q[j * d + i]);
            for (size_t p = 0; p < d; p++)
                for (size_t q = 0; q < d; q++)
                    sum += phi[i * d + p] * s0[p * d + q] * phi[j * d + q];
            s1[i * d + j] = s1[j * d + i] = sum;
        }
    }
}

fk_status fk_linear_propagate(const fk_sde *s, double t0, const fk_mixture *m0,
                              double t1, fk_mixture **m1)
{
    const size_t d = s->dim;
    FK_TRY(fk_mixture_copy(m0, m1));
    if (!(t1 > t0))
        return FK_OK;
    coefficients k = {.program = NULL};
    double *y = fk_doubles(d * (2 * d + 1));
    fk_status status = y == NULL ? FK_ENOMEM : compile(s, &k);
    if (status == FK_OK) {
        for (size_t i = 0; i < d; i++)
            y[i * d + i] = 1.0;
        status = fk_integrate(d * (2 * d + 1), flow, &k, t0, t1, RELATIVE, y);
    }
    for (size_t c = 0; status == FK_OK && c < m0->components; c++)
        carry(d, y, m0->mean + c * d, m0->cov + c * d * d, (*m1)->mean + c * d,
              (*m1)->cov + c * d * d);
    release(&k);
    free(y);
    if (status != FK_OK) {
        fk_mixture_free(*m1);
        *m1 = NULL;
    }
    return status;
}
