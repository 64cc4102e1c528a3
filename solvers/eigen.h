/* Eigenvalues of largest modulus of a large real matrix that is known by what it does to
 * a vector, by Arnoldi iterations with implicit restarts (ARPACK).  With the matrix
 * (shift - L)^-1 they are the eigenvalues of L nearest to the shift:
 * lambda = shift - 1 / mu.  [lehoucq-sorensen-yang-1998] */
#ifndef FK_SOLVERS_EIGEN_H
#define FK_SOLVERS_EIGEN_H

#include <stddef.h>

#include "core/status.h"

typedef struct fk_operator {
    size_t n;
    void (*apply)(void *context, const double *x, double *y); /* [n] -> [n] */
    void *context;
} fk_operator;

typedef struct fk_eigen {
    double re, im;   /* eigenvalue */
    const double *u; /* [n] real part of its vector */
    const double *v; /* [n] imaginary part; NULL if real.  The conjugate eigenvalue
                        follows at once, with the same arrays: its vector is u - i v */
} fk_eigen;

typedef struct fk_eigen_set {
    size_t n, k;
    fk_eigen *pair; /* [k] largest modulus first; conjugates together, im > 0 first */
    double *vector; /* what u and v point into */
} fk_eigen_set;

/* At least k eigenvalues (one more where a conjugate pair would be cut), k + 2 <= n, to
 * rounding.  The start vector is fixed: the same operator gives the same digits.
 * FK_ECONVERGE with a sentence.  ARPACK keeps state of its own: one thread at a time. */
FK_NODISCARD fk_status fk_eigen_largest(const fk_operator *A, size_t k,
                                        fk_eigen_set *out, fk_message *message);
void fk_eigen_clear(fk_eigen_set *set); /* accepts a set of zeros */

#endif
