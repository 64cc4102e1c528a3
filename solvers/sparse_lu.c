#include "solvers/sparse_lu.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <suitesparse/umfpack.h>

#include "core/memory.h"
#include "solvers/blas.h"

struct fk_sparse_lu {
    size_t n;
    SuiteSparse_long *start; /* [n + 1] */
    SuiteSparse_long *row;   /* [entries] */
    double *value;           /* [entries], by columns */
    void *factors;
    double control[UMFPACK_CONTROL];
    double *work;                 /* [5 n] */
    SuiteSparse_long *index_work; /* [n] */
};

/* The entries as UMFPACK wants them: three arrays in one block each. */
typedef struct triplets {
    SuiteSparse_long *place; /* [2][m]: rows, columns */
    double *value;           /* [m] */
} triplets;

static fk_status split(size_t m, const fk_sparse_entry *entry, triplets *t)
{
    t->place = fk_alloc(2 * m, sizeof *t->place);
    t->value = fk_doubles(m);
    if (t->place == NULL || t->value == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < m; k++) {
        t->place[k] = (SuiteSparse_long)entry[k].row;
        t->place[m + k] = (SuiteSparse_long)entry[k].column;
        t->value[k] = entry[k].value;
    }
    return FK_OK;
}

static fk_status allocate(fk_sparse_lu *lu, size_t m)
{
    lu->start = fk_alloc(lu->n + 1, sizeof *lu->start);
    lu->row = fk_alloc(m, sizeof *lu->row);
    lu->value = fk_doubles(m);
    lu->work = fk_doubles(5 * lu->n);
    lu->index_work = fk_alloc(lu->n, sizeof *lu->index_work);
    const bool all = lu->start != NULL && lu->row != NULL && lu->value != NULL &&
                     lu->work != NULL && lu->index_work != NULL;
    return all ? FK_OK : FK_ENOMEM;
}

static fk_status compress(fk_sparse_lu *lu, size_t m, const fk_sparse_entry *entry)
{
    triplets t = {NULL, NULL};
    const SuiteSparse_long n = (SuiteSparse_long)lu->n;
    fk_status status = split(m, entry, &t);
    if (status == FK_OK && umfpack_dl_triplet_to_col(
                               n, n, (SuiteSparse_long)m, t.place, t.place + m, t.value,
                               lu->start, lu->row, lu->value, NULL) != UMFPACK_OK)
        status = FK_ENOMEM;
    free(t.place);
    free(t.value);
    return status;
}

static fk_status factor(fk_sparse_lu *lu)
{
    void *order = NULL;
    fk_blas_one_thread();
    const SuiteSparse_long n = (SuiteSparse_long)lu->n;
    umfpack_dl_defaults(lu->control);
    lu->control[UMFPACK_STRATEGY] = UMFPACK_STRATEGY_SYMMETRIC;
    lu->control[UMFPACK_IRSTEP] = 0; /* no iterative refinement */
    SuiteSparse_long status = umfpack_dl_symbolic(n, n, lu->start, lu->row, lu->value,
                                                  &order, lu->control, NULL);
    if (status == UMFPACK_OK)
        status = umfpack_dl_numeric(lu->start, lu->row, lu->value, order, &lu->factors,
                                    lu->control, NULL);
    umfpack_dl_free_symbolic(&order);
    return status == UMFPACK_OK                    ? FK_OK
           : status == UMFPACK_ERROR_out_of_memory ? FK_ENOMEM
                                                   : FK_ESINGULAR;
}

fk_status fk_sparse_lu_new(size_t n, size_t m, const fk_sparse_entry *entry,
                           fk_sparse_lu **out, fk_message *message)
{
    assert(n > 0 && m > 0);
    *out = NULL;
    fk_sparse_lu *lu = calloc(1, sizeof *lu);
    if (lu == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for a sparse system");
    lu->n = n;
    fk_status status = allocate(lu, m);
    if (status == FK_OK)
        status = compress(lu, m, entry);
    if (status == FK_OK)
        status = factor(lu);
    if (status == FK_OK) {
        *out = lu;
        return FK_OK;
    }
    fk_sparse_lu_free(lu);
    return status == FK_ENOMEM
               ? fk_fail(message, status,
                         "no memory to factor a sparse system of %zu unknowns; fewer "
                         "cells would do",
                         n)
               : fk_fail(message, status,
                         "a sparse system of %zu unknowns is singular in double "
                         "precision: its time scales lie too far apart",
                         n);
}

void fk_sparse_lu_free(fk_sparse_lu *lu)
{
    if (lu == NULL)
        return;
    umfpack_dl_free_numeric(&lu->factors);
    free(lu->start);
    free(lu->row);
    free(lu->value);
    free(lu->work);
    free(lu->index_work);
    free(lu);
}

size_t fk_sparse_lu_size(const fk_sparse_lu *lu)
{
    return lu->n;
}

static void solve(fk_sparse_lu *lu, SuiteSparse_long system, const double *b, double *x)
{
    const SuiteSparse_long status =
        umfpack_dl_wsolve(system, lu->start, lu->row, lu->value, x, b, lu->factors,
                          lu->control, NULL, lu->index_work, lu->work);
    assert(status == UMFPACK_OK);
    (void)status;
}

void fk_sparse_lu_solve(fk_sparse_lu *lu, const double *b, double *x)
{
    solve(lu, UMFPACK_A, b, x);
}

void fk_sparse_lu_solve_transpose(fk_sparse_lu *lu, const double *b, double *x)
{
    solve(lu, UMFPACK_At, b, x);
}
