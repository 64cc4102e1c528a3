/* Private to sde/.  Matrices of up to three rows. */
#ifndef FK_SDE_SMALL_MATRIX_H
#define FK_SDE_SMALL_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"

typedef struct fk_small_matrix {
    double e[FK_GRID_DIM][FK_GRID_DIM];
} fk_small_matrix;

/* x with A x = b by elimination with row pivots, and det A; false if A is singular. */
bool fk_small_solve(size_t d, const fk_small_matrix *A, const double *b, double *x,
                    double *det);

double fk_small_determinant(size_t d, const fk_small_matrix *A);

/* The positive eigenvalue of a J that has one and no more, by bisection of its
 * characteristic polynomial; and its unit vector v, by inverse iteration. */
double fk_small_positive_eigenvalue(size_t d, const fk_small_matrix *J);
void fk_small_eigenvector(size_t d, const fk_small_matrix *J, double mu, double *v);

#endif
