/* y holds (W, V, Y): the Wiener processes and, for schemes that draw them, their time
 * integrals V since the last step began, then Y without what c adds.  That is a linear SDE;
 * the Cholesky factor of its covariance takes the scheme's own rows first, which are those
 * of W and V in this order. */
#include "sampling/exact_path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/entries.h"
#include "sampling/linear_flow.h"
#include "sampling/rows.h"
#include "sde/linear.h"

enum { FLOW_STEPS = 512 };

struct fk_exact_path {
    size_t dim, noises;
    size_t known;          /* rows that the scheme has drawn: of W, or of W and V */
    fk_linear_flow *noise; /* of (W, V, Y) */
    fk_linear_flow *drift; /* of (Y, c): Y' = A Y + c, c' = 0 */
    fk_entries start;      /* c[dim] at X(0) */
    fk_entries stretch;    /* g[dim] */
};

void fk_exact_path_free(fk_exact_path *p)
{
    if (p == NULL)
        return;
    fk_linear_flow_free(p->noise);
    fk_linear_flow_free(p->drift);
    fk_entries_clear(&p->start);
    fk_entries_clear(&p->stretch);
    free(p);
}

/* ---- recognising ---- */

/* g_i: the first noise of variable i that depends on a variable, else 1. */
static const fk_expr *stretch_of(const fk_sde *sde, size_t i)
{
    for (size_t k = 0; k < sde->noises; k++)
        if (fk_sde_varies(sde, sde->noise[i * sde->noises + k]))
            return sde->noise[i * sde->noises + k];
    return fk_expr_number(sde->pool, 1.0);
}

static const fk_expr *over(const fk_sde *sde, const fk_expr *e, const fk_expr *g)
{
    return fk_expr_expand(sde->pool, fk_expr_div(sde->pool, e, g));
}

/* g_i depends on x_i alone. */
static bool depends_alone(const fk_sde *sde, const fk_expr *g, size_t i)
{
    for (size_t j = 0; j < sde->dim; j++)
        if (j != i && fk_expr_depends(g, sde->variable[j]))
            return false;
    return !fk_expr_depends(g, sde->time);
}

/* What the SDE is in the variables Y; all [dim] or [dim][.]. */
typedef struct form {
    const fk_expr **g, **c, **A, **S;
} form;

/* Slopes of c along Y_j: g_j dc_i/dx_j, where c_i is affine and g_j = 1 if there is one. */
static bool find_slopes(const fk_sde *sde, size_t i, form *f)
{
    if (!fk_sde_affine_in(sde, f->c[i]) || fk_expr_depends(f->c[i], sde->time))
        return false;
    for (size_t j = 0; j < sde->dim; j++) {
        const fk_expr *slope = fk_expr_diff(sde->pool, f->c[i], sde->variable[j]);
        double value = 0.0;
        slope = f->A[i * sde->dim + j] = fk_expr_expand(sde->pool, slope);
        const bool none = fk_expr_is_number(slope, &value) && value == 0.0;
        if (!none && fk_sde_varies(sde, f->g[j]))
            return false;
    }
    return true;
}

static bool recognise(const fk_sde *sde, form *f)
{
    const size_t m = sde->noises;
    for (size_t i = 0; i < sde->dim; i++) {
        f->g[i] = stretch_of(sde, i);
        f->c[i] = over(sde, fk_sde_drift_at(sde, 0.5, i), f->g[i]);
        if (!depends_alone(sde, f->g[i], i))
            return false;
        for (size_t k = 0; k < m; k++) {
            f->S[i * m + k] = over(sde, sde->noise[i * m + k], f->g[i]);
            if (!fk_sde_constant(sde, f->S[i * m + k]))
                return false;
        }
    }
    for (size_t i = 0; i < sde->dim; i++)
        if (!find_slopes(sde, i, f))
            return false;
    return true;
}

/* ---- its coefficients ---- */

/* (W, V, Y)' = M (W, V, Y) + (dW, 0, S dW): V' = W, Y' = A Y. */
static fk_status make_noise(fk_exact_path *p, const fk_entry *A, const fk_entry *S)
{
    const size_t d = p->dim, m = p->noises, n = p->known + d, at = p->known;
    double *M = fk_doubles(2 * n * n + n + n * m);
    if (M == NULL)
        return FK_ENOMEM;
    double *Q = M + n * n, *zero = Q + n * n, *B = zero + n;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            M[(at + i) * n + at + j] = A[i * d + j].value;
    for (size_t k = m; k < p->known; k++)
        M[k * n + k - m] = 1.0;
    for (size_t k = 0; k < m; k++)
        B[k * m + k] = 1.0;
    for (size_t i = 0; i < d * m; i++)
        B[at * m + i] = S[i].value;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            for (size_t k = 0; k < m; k++)
                Q[i * n + j] += B[i * m + k] * B[j * m + k];
    const fk_status status = fk_linear_flow_new(n, M, zero, Q, &p->noise);
    free(M);
    return status;
}

static fk_status make_drift(fk_exact_path *p, const fk_entry *A)
{
    const size_t d = p->dim, n = 2 * d;
    double *M = fk_doubles(2 * n * n + n);
    if (M == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++) {
        M[i * n + d + i] = 1.0;
        for (size_t j = 0; j < d; j++)
            M[i * n + j] = A[i * d + j].value;
    }
    const fk_status status =
        fk_linear_flow_new(n, M, M + 2 * n * n, M + n * n, &p->drift);
    free(M);
    return status;
}

/* Whether A S = 0: then Y, but for c, is S W. */
static bool follows_increments(const fk_exact_path *p, const fk_entry *A,
                               const fk_entry *S)
{
    const size_t d = p->dim, m = p->noises;
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < m; k++) {
            double sum = 0.0;
            for (size_t j = 0; j < d; j++)
                sum += fabs(A[i * d + j].value * S[j * m + k].value);
            if (sum > 0.0)
                return false;
        }
    return true;
}

static fk_status compile(const fk_sde *sde, const fk_scheme *scheme, const form *f,
                         fk_exact_path *p, fk_message *why)
{
    const size_t d = p->dim, m = p->noises;
    fk_entries numbers;
    FK_TRY(fk_entries_new(sde, d * (d + m), f->A, &numbers));
    const fk_entry *A = numbers.entry, *S = A + d * d;
    fk_status status = FK_OK;
    if (scheme->path == FK_TREE_PATH && !follows_increments(p, A, S))
        status = fk_fail(why, FK_EDOMAIN,
                         "the solution needs more of the path than increments, and %s "
                         "looks into its steps",
                         scheme->name);
    if (status == FK_OK)
        status = make_noise(p, A, S);
    if (status == FK_OK)
        status = make_drift(p, A);
    fk_entries_clear(&numbers);
    if (status == FK_OK)
        status = fk_entries_new(sde, d, f->c, &p->start);
    if (status == FK_OK)
        status = fk_entries_new(sde, d, f->g, &p->stretch);
    return status;
}

static fk_status build(const fk_sde *sde, const fk_scheme *scheme, fk_exact_path *p,
                       fk_message *why)
{
    const size_t d = sde->dim, m = sde->noises;
    const fk_expr **e = calloc(d * (2 + d + m), sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    form f = {.g = e, .c = e + d, .A = e + 2 * d, .S = e + 2 * d + d * d};
    fk_status status = FK_OK;
    if (!recognise(sde, &f))
        status = fk_fail(why, FK_EDOMAIN,
                         "no change of variables makes the equation linear with "
                         "constant coefficients");
    if (status == FK_OK)
        status = compile(sde, scheme, &f, p, why);
    free(e);
    return status;
}

fk_status fk_exact_path_new(const fk_sde *sde, const fk_scheme *scheme,
                            fk_exact_path **out, fk_message *why)
{
    *out = NULL;
    if (!fk_sde_continuous(sde))
        return fk_fail(why, FK_EDOMAIN, "paths jump");
    if (scheme->path == FK_OWN_PATH)
        return fk_fail(why, FK_EDOMAIN, "%s draws no increments of the Brownian path",
                       scheme->name);
    fk_exact_path *p = calloc(1, sizeof *p);
    if (p == NULL)
        return fk_fail(why, FK_ENOMEM, "out of memory");
    p->dim = sde->dim;
    p->noises = sde->noises;
    p->known = (scheme->path == FK_INTEGRATED_PATH ? 2 : 1) * sde->noises;
    const fk_status status = build(sde, scheme, p, why);
    if (status == FK_OK)
        *out = p;
    else
        fk_exact_path_free(p);
    return status;
}

/* ---- stepping ---- */

size_t fk_exact_path_rows(const fk_exact_path *p)
{
    return p->known + p->dim;
}

size_t fk_exact_path_draws(const fk_exact_path *p)
{
    return p->dim;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A step: pointers to y, normals, the flow's. */
static size_t stepping(const fk_exact_path *p)
{
    const size_t n = p->known + p->dim;
    return fk_rows_scratch(n) + n * FK_BLOCK + fk_linear_flow_scratch(p->noise);
}

/* The end: pointers to x, then c's part, or two states beside those of g. */
static size_t ending(const fk_exact_path *p)
{
    const size_t d = p->dim;
    const size_t start =
        fk_state_scratch(2 * d) +
        most(fk_entries_scratch(&p->start), fk_linear_flow_scratch(p->drift));
    const size_t flow = 2 * fk_state_scratch(d) + fk_entries_scratch(&p->stretch);
    return fk_rows_scratch(d) + most(start, flow);
}

size_t fk_exact_path_scratch(const fk_exact_path *p)
{
    return most(stepping(p), ending(p));
}

void fk_exact_path_step(const fk_exact_path *p, double h, const double *z,
                        const double *own, double *y, double *scratch)
{
    const size_t n = p->known + p->dim, known = p->known * FK_BLOCK;
    double *const *rows = fk_rows(y, n, scratch);
    double *normals = scratch + fk_rows_scratch(n);
    memcpy(normals, z, known * sizeof *z);
    memcpy(normals + known, own, p->dim * FK_BLOCK * sizeof *own);
    memset(y, 0, known * sizeof *y);
    fk_linear_flow_step(p->noise, h, normals, rows, normals + n * FK_BLOCK);
}

/* Y += what the flow of (Y, c) makes of (0, c(X_0)) */
static void add_start(const fk_exact_path *p, double span, double *Y, double *const *x,
                      double *scratch)
{
    const size_t d = p->dim;
    double *const *pair = fk_state_carve(2 * d, &scratch);
    double *const *c =
        fk_entries_eval(&p->start, 0.0, (const double *const *)x, scratch);
    memset(pair[0], 0, 2 * d * FK_BLOCK * sizeof *Y);
    for (size_t i = 0; i < d; i++)
        fk_entry_add(&p->start.entry[i], c, 1.0, pair[d + i]);
    fk_linear_flow_step(p->drift, span, pair[0], pair, scratch);
    for (size_t i = 0; i < d; i++)
        fk_row_add(Y + i * FK_BLOCK, 1.0, pair[i]);
}

/* One Runge-Kutta step of dx_i/du = g_i(x_i) Y_i over du. */
static void flow_step(const fk_exact_path *p, double du, const double *Y,
                      double *const *x, double *const *at, double *const *sum,
                      double *scratch)
{
    static const double weight[] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
    static const double ahead[] = {0.5, 0.5, 1.0, 0.0};
    fk_state_copy(p->dim, x, at);
    fk_state_copy(p->dim, x, sum);
    for (size_t stage = 0; stage < 4; stage++) {
        double *const *g =
            fk_entries_eval(&p->stretch, 0.0, (const double *const *)at, scratch);
        for (size_t i = 0; i < p->dim; i++) {
            const fk_entry *e = &p->stretch.entry[i];
            memcpy(at[i], x[i], FK_BLOCK * sizeof *at[i]);
            fk_entry_add_product(e, g, ahead[stage] * du, Y + i * FK_BLOCK, at[i]);
            fk_entry_add_product(e, g, weight[stage] * du, Y + i * FK_BLOCK, sum[i]);
        }
    }
    fk_state_copy(p->dim, sum, x);
}

void fk_exact_path_end(const fk_exact_path *p, double span, double *y, double *x,
                       double *scratch)
{
    double *const *rows = fk_rows(x, p->dim, scratch);
    double *const Y = y + p->known * FK_BLOCK;
    scratch += fk_rows_scratch(p->dim);
    add_start(p, span, Y, rows, scratch);
    double *const *at = fk_state_carve(p->dim, &scratch);
    double *const *sum = fk_state_carve(p->dim, &scratch);
    const size_t steps = p->stretch.n_rows > 0 ? FLOW_STEPS : 1;
    for (size_t n = 0; n < steps; n++)
        flow_step(p, 1.0 / (double)steps, Y, rows, at, sum, scratch);
}
