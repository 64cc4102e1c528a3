/* Sparse systems of linear equations, factored once and solved many times:
 *
 *     A x = b,     A^T x = b
 *
 * by Gaussian elimination with an ordering that keeps the factors sparse (UMFPACK's
 * unsymmetric multifrontal method), without iterative refinement.  A diagonally dominant
 * M-matrix, such as a generator of a Markov process with a shift, keeps its pivots on the
 * diagonal.  [davis-2004] */
#ifndef FK_SOLVERS_SPARSE_LU_H
#define FK_SOLVERS_SPARSE_LU_H

#include <stddef.h>

#include "core/status.h"

typedef struct fk_sparse_lu fk_sparse_lu;

/* One summand of a matrix: entries of the same place are added. */
typedef struct fk_sparse_entry {
    size_t row, column;
    double value;
} fk_sparse_entry;

/* A[n][n] as the sum of m entries, which are read, not kept.  FK_ESINGULAR: no solution,
 * or a condition beyond double precision; FK_ENOMEM; a sentence with each. */
FK_NODISCARD fk_status fk_sparse_lu_new(size_t n, size_t m,
                                        const fk_sparse_entry *entry,
                                        fk_sparse_lu **out, fk_message *message);
void fk_sparse_lu_free(fk_sparse_lu *lu); /* accepts NULL */

size_t fk_sparse_lu_size(const fk_sparse_lu *lu); /* n */

/* b[n] -> x[n], which may not overlap.  Uses work arrays of the factorisation: one
 * thread at a time. */
void fk_sparse_lu_solve(fk_sparse_lu *lu, const double *b, double *x);
void fk_sparse_lu_solve_transpose(fk_sparse_lu *lu, const double *b, double *x);

#endif
