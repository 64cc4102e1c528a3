/* Expectations of polynomials of degree two are means over 2 d points that have the mean
 * and the covariance, m +- sqrt(d) L_k with L L^T = S: no coefficient is ever looked at. */
#include "sde/exact_moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/cholesky.h"
#include "sde/linear.h"
#include "solvers/integrate.h"

static const double RELATIVE = 1e-11;

enum { MOST_DIM = FK_BLOCK / 2 };

/* d^2 e / dx_i dx_j, multiplied out */
static const fk_expr *curvature(const fk_sde *s, const fk_expr *e, size_t i, size_t j)
{
    return fk_expr_expand(
        s->pool, fk_expr_diff(s->pool, fk_expr_diff(s->pool, e, s->variable[i]),
                              s->variable[j]));
}

/* Whether e is a polynomial of degree two at most: what its second derivatives, which are
 * free of the variables, leave of it is affine. */
static bool quadratic(const fk_sde *s, const fk_expr *e)
{
    const fk_expr *rest = e;
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < s->dim && fk_expr_depends(e, s->variable[i]); j++) {
            const fk_expr *h = curvature(s, e, i, j);
            if (fk_sde_varies(s, h))
                return false;
            const fk_expr *part[] = {fk_expr_number(s->pool, 0.5), h, s->variable[i]};
            const fk_expr *term = s->variable[j];
            for (size_t k = 0; k < 3; k++)
                term = fk_expr_mul(s->pool, term, part[k]);
            rest = fk_expr_sub(s->pool, rest, term);
        }
    return fk_sde_affine_in(s, rest);
}

bool fk_sde_moments_close(const fk_sde *s)
{
    if (!fk_sde_continuous(s) || s->killing != NULL || fk_sde_interacts(s) ||
        s->dim > MOST_DIM)
        return false;
    for (size_t i = 0; i < s->dim; i++)
        if (!fk_sde_affine_in(s, s->ito[i]))
            return false;
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = i; j < s->dim; j++)
            if (!quadratic(s, s->diffusion[i * s->dim + j]))
                return false;
    return true;
}

/* Points and values are blocks of FK_BLOCK lanes, of which 2 d are used. */
typedef struct closure {
    size_t d, outputs; /* ito[d], a_ij for i <= j */
    fk_program *program;
    double *root;              /* [d][d] */
    double *x, *out, *scratch; /* [d][FK_BLOCK], [outputs][FK_BLOCK] */
    double **x_row, **out_row;
} closure;

static void release(closure *k)
{
    fk_program_free(k->program);
    free(k->root);
    free(k->x);
    free(k->out);
    free(k->scratch);
    free(k->x_row);
    free(k->out_row);
}

static fk_status compile(const fk_sde *s, closure *k)
{
    const size_t d = k->d = s->dim, n = k->outputs = d + d * (d + 1) / 2;
    const fk_expr **e = calloc(n, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    memcpy(e, s->ito, d * sizeof *e);
    for (size_t i = 0, at = d; i < d; i++)
        for (size_t j = i; j < d; j++)
            e[at++] = s->diffusion[i * d + j];
    const fk_binding binding = fk_sde_binding(s);
    const fk_status status = fk_program_new(n, e, &binding, &k->program);
    free(e);
    FK_TRY(status);
    k->root = fk_doubles(d * d);
    k->x = fk_doubles(d * FK_BLOCK);
    k->out = fk_doubles(n * FK_BLOCK);
    k->scratch = fk_doubles(fk_program_scratch(k->program));
    k->x_row = calloc(d, sizeof *k->x_row);
    k->out_row = calloc(n, sizeof *k->out_row);
    if (k->root == NULL || k->x == NULL || k->out == NULL || k->scratch == NULL ||
        k->x_row == NULL || k->out_row == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++)
        k->x_row[i] = k->x + i * FK_BLOCK;
    for (size_t i = 0; i < n; i++)
        k->out_row[i] = k->out + i * FK_BLOCK;
    return FK_OK;
}

/* Lanes 2 q and 2 q + 1 are m +- sqrt(d) L_q, lanes beyond them m. */
static void place(const closure *k, const double *mean, const double *cov)
{
    const size_t d = k->d;
    (void)fk_cholesky(d, cov, k->root);
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < FK_BLOCK; j++)
            k->x_row[i][j] = mean[i];
        for (size_t q = 0; q < d; q++) {
            const double away = sqrt((double)d) * k->root[i * d + q];
            k->x_row[i][2 * q] += away;
            k->x_row[i][2 * q + 1] -= away;
        }
    }
}

static double mean_of(const closure *k, const double *row)
{
    double sum = 0.0;
    for (size_t j = 0; j < 2 * k->d; j++)
        sum += row[j];
    return sum / (double)(2 * k->d);
}

/* E (X_i - m_i) f for the row of f */
static double product(const closure *k, size_t i, const double *row)
{
    double sum = 0.0;
    for (size_t q = 0; q < k->d; q++)
        sum += (row[2 * q] - row[2 * q + 1]) * k->root[i * k->d + q];
    return sum * 0.5 / sqrt((double)k->d);
}

/* y = (m[d], S[d][d]) */
static void flow(double t, const double *y, double *dy, void *context)
{
    const closure *k = context;
    const size_t d = k->d;
    double *dm = dy, *dS = dy + d;
    place(k, y, y + d);
    fk_program_run(k->program, t, (const double *const *)k->x_row, k->out_row,
                   k->scratch);
    for (size_t i = 0; i < d; i++)
        dm[i] = mean_of(k, k->out_row[i]);
    for (size_t i = 0, at = d; i < d; i++)
        for (size_t j = i; j < d; j++)
            dS[i * d + j] = dS[j * d + i] = product(k, i, k->out_row[j]) +
                                            product(k, j, k->out_row[i]) +
                                            2.0 * mean_of(k, k->out_row[at++]);
}

fk_status fk_sde_moments(const fk_sde *s, double t0, double t1, double *mean,
                         double *cov)
{
    const size_t d = s->dim;
    closure k = {.program = NULL};
    double *y = fk_doubles(d * (d + 1));
    if (!(t1 > t0)) {
        free(y);
        return FK_OK;
    }
    fk_status status = y == NULL ? FK_ENOMEM : compile(s, &k);
    if (status == FK_OK) {
        memcpy(y, mean, d * sizeof *y);
        memcpy(y + d, cov, d * d * sizeof *y);
        status = fk_integrate(d * (d + 1), flow, &k, t0, t1, RELATIVE, y);
    }
    if (status == FK_OK) {
        memcpy(mean, y, d * sizeof *y);
        memcpy(cov, y + d, d * d * sizeof *y);
    }
    release(&k);
    free(y);
    return status;
}
