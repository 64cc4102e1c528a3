#include "sampling/linear_flow.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"
#include "sampling/entries.h"
#include "sde/cholesky.h"

/* What a step of h multiplies with; immutable once it is in the list. */
typedef struct propagator {
    double h;
    double *E, *k, *L; /* [d][d], [d], [d][d]; one allocation at E */
    struct propagator *next;
} propagator;

struct fk_linear_flow {
    size_t d;
    double *A, *c, *Q; /* one allocation at A */
    _Atomic(propagator *) known;
};

fk_status fk_linear_flow_new(size_t d, const double *A, const double *c,
                             const double *Q, fk_linear_flow **out)
{
    *out = NULL;
    fk_linear_flow *f = calloc(1, sizeof *f);
    double *own = fk_doubles(2 * d * d + d);
    if (f == NULL || own == NULL) {
        free(f);
        free(own);
        return FK_ENOMEM;
    }
    f->d = d;
    f->A = own;
    f->Q = f->A + d * d;
    f->c = f->Q + d * d;
    memcpy(f->A, A, d * d * sizeof *A);
    memcpy(f->Q, Q, d * d * sizeof *Q);
    memcpy(f->c, c, d * sizeof *c);
    *out = f;
    return FK_OK;
}

void fk_linear_flow_free(fk_linear_flow *f)
{
    if (f == NULL)
        return;
    for (propagator *p = f->known, *next; p != NULL; p = next) {
        next = p->next;
        free(p->E);
        free(p);
    }
    free(f->A);
    free(f);
}

/* C = A B, [d][d] each */
static void times(size_t d, const double *A, const double *B, double *C)
{
    memset(C, 0, d * d * sizeof *C);
    for (size_t i = 0; i < d; i++)
        for (size_t q = 0; q < d; q++)
            for (size_t j = 0; j < d; j++)
                C[i * d + j] += A[i * d + q] * B[q * d + j];
}

/* S += T X^T for T[d][d], X[d][d] */
static void add_times_transposed(size_t d, const double *T, const double *X, double *S)
{
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t q = 0; q < d; q++)
                S[i * d + j] += T[i * d + q] * X[j * d + q];
}

static double norm(size_t d, const double *A)
{
    double most = 0.0;
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++)
            sum += fabs(A[i * d + j]);
        most = fmax(most, sum);
    }
    return most;
}

/* Terms of the series up to (|A| h)^TERMS / TERMS!, |A| h <= 1/8: 1e-31. */
enum { TERMS = 16 };

/* E, k and S for a short time: with P_n = (A h)^n / n!, k = h sum P_n c / (n + 1), and
 * M_0 = Q, M_n+1 = (A M_n + M_n A^T) h / (n + 2), S = h sum M_n. */
static void begin(const fk_linear_flow *f, double h, double *E, double *k, double *S,
                  double *work)
{
    const size_t d = f->d, n2 = d * d;
    double *P = work, *M = P + n2, *next = M + n2;
    memset(E, 0, n2 * sizeof *E);
    memset(P, 0, n2 * sizeof *P);
    for (size_t i = 0; i < d; i++)
        E[i * d + i] = P[i * d + i] = 1.0;
    memcpy(M, f->Q, n2 * sizeof *M);
    for (size_t i = 0; i < n2; i++)
        S[i] = h * M[i];
    for (size_t i = 0; i < d; i++)
        k[i] = h * f->c[i];
    for (size_t n = 1; n <= TERMS; n++) {
        times(d, f->A, P, next);
        for (size_t i = 0; i < n2; i++)
            E[i] += P[i] = next[i] * h / (double)n;
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                k[i] += P[i * d + j] * f->c[j] * h / (double)(n + 1);
        times(d, f->A, M, next);
        add_times_transposed(d, M, f->A, next);
        for (size_t i = 0; i < n2; i++)
            S[i] += h * (M[i] = next[i] * h / (double)(n + 1));
    }
}

/* From h to 2 h. */
static void twice(size_t d, double *E, double *k, double *S, double *work)
{
    const size_t n2 = d * d;
    double *next = work, *old = work + n2;
    memcpy(old, k, d * sizeof *k);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            k[i] += E[i * d + j] * old[j];
    times(d, E, S, next);
    add_times_transposed(d, next, E, S);
    times(d, E, E, next);
    memcpy(E, next, n2 * sizeof *E);
}

static propagator *make(const fk_linear_flow *f, double h)
{
    const size_t d = f->d, n2 = d * d;
    propagator *p = calloc(1, sizeof *p);
    double *own = fk_doubles(2 * n2 + d), *work = fk_doubles(4 * n2);
    if (p == NULL || own == NULL || work == NULL) {
        free(p);
        free(own);
        free(work);
        return NULL;
    }
    *p = (propagator){.h = h, .E = own, .L = own + n2, .k = own + 2 * n2};
    double *S = work + 3 * n2;
    const double size = 8.0 * norm(d, f->A) * h;
    const int doublings = size > 1.0 && isfinite(size) ? (int)ceil(log2(size)) : 0;
    begin(f, ldexp(h, -doublings), p->E, p->k, S, work);
    for (int i = 0; i < doublings; i++)
        twice(d, p->E, p->k, S, work);
    fk_cholesky(d, S, p->L);
    free(work);
    return p;
}

static const propagator *find(const fk_linear_flow *f, double h)
{
    const propagator *p = atomic_load(&f->known);
    while (p != NULL && (p->h < h || p->h > h))
        p = p->next;
    return p;
}

static const propagator *for_step(fk_linear_flow *f, double h)
{
    const propagator *p = find(f, h);
    if (p != NULL)
        return p;
#pragma omp critical(fk_linear_flow_make)
    {
        p = find(f, h); /* another thread may have been first */
        propagator *made = p == NULL ? make(f, h) : NULL;
        if (made != NULL) {
            made->next = atomic_load(&f->known);
            atomic_store(&f->known, made);
            p = made;
        }
    }
    return p;
}

size_t fk_linear_flow_scratch(const fk_linear_flow *f)
{
    return f->d * FK_BLOCK;
}

FK_CLONES static void fill(double *restrict to, double value)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        to[j] = value;
}

void fk_linear_flow_step(fk_linear_flow *f, double h, const double *z, double *const *x,
                         double *scratch)
{
    const size_t d = f->d;
    const propagator *p = for_step(f, h);
    for (size_t i = 0; i < d; i++) {
        double *to = scratch + i * FK_BLOCK;
        fill(to, p == NULL ? NAN : p->k[i]);
        for (size_t j = 0; p != NULL && j < d; j++) {
            if (p->E[i * d + j] != 0.0)
                fk_row_add(to, p->E[i * d + j], x[j]);
            if (p->L[i * d + j] != 0.0)
                fk_row_add(to, p->L[i * d + j], z + j * FK_BLOCK);
        }
    }
    for (size_t i = 0; i < d; i++)
        memcpy(x[i], scratch + i * FK_BLOCK, FK_BLOCK * sizeof *x[i]);
}

/* z = L(2 h)^-1 (E L first + L second), row by row; where L(2 h) has no pivot there is no
 * noise. */
void fk_linear_flow_join(fk_linear_flow *f, double h, const double *first,
                         const double *second, double *z)
{
    const size_t d = f->d;
    const propagator *p = for_step(f, h), *whole = for_step(f, 2.0 * h);
    for (size_t i = 0; i < d; i++) {
        double *to = z + i * FK_BLOCK;
        fill(to, p == NULL || whole == NULL ? NAN : 0.0);
        if (p == NULL || whole == NULL || !(whole->L[i * d + i] > 0.0))
            continue;
        for (size_t j = 0; j < d; j++) {
            double a = 0.0;
            for (size_t q = j; q < d; q++)
                a += p->E[i * d + q] * p->L[q * d + j];
            fk_row_add(to, a, first + j * FK_BLOCK);
            fk_row_add(to, p->L[i * d + j], second + j * FK_BLOCK);
        }
        for (size_t j = 0; j < i; j++)
            fk_row_add(to, -whole->L[i * d + j], z + j * FK_BLOCK);
        for (size_t j = 0; j < FK_BLOCK; j++)
            to[j] /= whole->L[i * d + i];
    }
}
