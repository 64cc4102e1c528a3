#include "solvers/eigen.h"

#include <arpack.h>
#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/blas.h"

enum { RESTARTS = 1000 };

static const double tolerance = 1e-13;

/* What ARPACK calls its arguments, and one block of memory for all of them. */
typedef struct arnoldi {
    int n, nev, ncv, lworkl;
    double *block, *resid, *v, *workd, *workl, *workev, *dr, *di;
    int *select;
    int iparam[11], ipntr[14];
} arnoldi;

static fk_status prepare(arnoldi *a, size_t n, size_t k)
{
    const size_t wide = 2 * k + 16 < n ? 2 * k + 16 : n;
    *a = (arnoldi){.n = (int)n, .nev = (int)k, .ncv = (int)wide};
    const size_t workl = 3 * wide * wide + 6 * wide;
    a->lworkl = (int)workl;
    a->block = fk_doubles(n + n * wide + 3 * n + workl + 3 * wide + 2 * (k + 1));
    a->select = fk_alloc(wide, sizeof *a->select);
    if (a->block == NULL || a->select == NULL)
        return FK_ENOMEM;
    a->resid = a->block;
    a->v = a->resid + n;
    a->workd = a->v + n * wide;
    a->workl = a->workd + 3 * n;
    a->workev = a->workl + workl;
    a->dr = a->workev + 3 * wide;
    a->di = a->dr + k + 1;
    a->iparam[0] = 1;        /* exact shifts */
    a->iparam[2] = RESTARTS; /* at most */
    a->iparam[6] = 1;        /* A x = lambda x */
    return FK_OK;
}

/* A start vector that no symmetry of the problem shares: golden-section numbers. */
static void start(double *x, size_t n)
{
    double part = 0.5;
    for (size_t i = 0; i < n; i++) {
        part += 0.61803398874989485;
        part -= part >= 1.0 ? 1.0 : 0.0;
        x[i] = 0.5 + part;
    }
}

static int iterate(arnoldi *a, const fk_operator *A)
{
    int ido = 0, info = 1;
    start(a->resid, A->n);
    for (;;) {
        dnaupd_c(&ido, "I", a->n, "LM", a->nev, tolerance, a->resid, a->ncv, a->v, a->n,
                 a->iparam, a->ipntr, a->workd, a->workl, a->lworkl, &info);
        if (ido != 1 && ido != -1)
            return info;
        A->apply(A->context, a->workd + a->ipntr[0] - 1, a->workd + a->ipntr[1] - 1);
    }
}

static int extract(arnoldi *a)
{
    int info = 0;
    dneupd_c(1, "A", a->select, a->dr, a->di, a->v, a->n, 0.0, 0.0, a->workev, "I",
             a->n, "LM", a->nev, tolerance, a->resid, a->ncv, a->v, a->n, a->iparam,
             a->ipntr, a->workd, a->workl, a->lworkl, &info);
    return info;
}

static int by_modulus(const void *a, const void *b)
{
    const fk_eigen *p = a, *q = b;
    const double x = hypot(p->re, p->im), y = hypot(q->re, q->im);
    if (x > y || x < y)
        return x > y ? -1 : 1;
    if (p->re > q->re || p->re < q->re)
        return p->re > q->re ? -1 : 1;
    if (fabs(p->im) > fabs(q->im) || fabs(p->im) < fabs(q->im))
        return fabs(p->im) > fabs(q->im) ? -1 : 1;
    return p->im > q->im ? -1 : p->im < q->im ? 1 : 0;
}

/* ARPACK leaves a conjugate pair's vector in two columns, the real part first, and may
 * find one eigenvalue more than asked for to make a pair whole. */
static fk_status collect(const arnoldi *a, size_t found, fk_eigen_set *out)
{
    const size_t n = (size_t)a->n;
    out->pair = fk_alloc(found, sizeof *out->pair);
    out->vector = fk_doubles(n * found);
    if (out->pair == NULL || out->vector == NULL)
        return FK_ENOMEM;
    memcpy(out->vector, a->v, n * found * sizeof *a->v);
    out->n = n;
    out->k = found;
    for (size_t j = 0; j < found; j++) {
        const bool paired = fabs(a->di[j]) > 0.0 && j + 1 < found;
        const double *u = out->vector + n * j;
        out->pair[j] = (fk_eigen){a->dr[j], paired ? fabs(a->di[j]) : 0.0, u,
                                  paired ? u + n : NULL};
        if (paired) {
            out->pair[j + 1] = out->pair[j];
            out->pair[++j].im *= -1.0;
        }
    }
    qsort(out->pair, found, sizeof *out->pair, by_modulus);
    return FK_OK;
}

/* Columns of a pair come as di > 0 first, so that u + i v belongs to im > 0. */
static size_t count_found(const arnoldi *a)
{
    const size_t asked = (size_t)a->nev;
    return fabs(a->di[asked]) > 0.0 ? asked + 1 : asked;
}

fk_status fk_eigen_largest(const fk_operator *A, size_t k, fk_eigen_set *out,
                           fk_message *message)
{
    assert(k > 0 && k + 2 <= A->n);
    arnoldi a;
    *out = (fk_eigen_set){0};
    fk_blas_one_thread();
    fk_status status = prepare(&a, A->n, k);
    int info = 0;
    if (status == FK_OK)
        info = iterate(&a, A);
    if (status == FK_OK && info == 0)
        info = extract(&a);
    if (status == FK_OK && info != 0)
        status = fk_fail(message, FK_ECONVERGE,
                         "the eigenvalues were not found in %d restarts (ARPACK: %d)",
                         RESTARTS, info);
    if (status == FK_OK)
        status = collect(&a, count_found(&a), out);
    if (status != FK_OK)
        fk_eigen_clear(out);
    free(a.block);
    free(a.select);
    return status;
}

void fk_eigen_clear(fk_eigen_set *set)
{
    free(set->pair);
    free(set->vector);
    *set = (fk_eigen_set){0};
}
