/* Products of dense matrices, stored by rows, by OpenBLAS on the calling thread alone: its
 * own threads would add in another order for each number of them.  Callers that want many
 * cores give each one rows of its own.  [wang-2013] */
#ifndef FK_SOLVERS_BLAS_H
#define FK_SOLVERS_BLAS_H

#include <stddef.h>

/* From now on BLAS keeps to the calling thread, also below UMFPACK and ARPACK.  To be
 * called by one thread, before anything else here. */
void fk_blas_one_thread(void);

/* c[n][m] = a[n][k] b[m][k]^T */
void fk_product_nt(size_t n, size_t m, size_t k, const double *a, const double *b,
                   double *c);

/* c[n][m] = a[n][k] b[k][m] */
void fk_product_nn(size_t n, size_t m, size_t k, const double *a, const double *b,
                   double *c);

/* c[n][m] += a[k][n]^T b[k][m] */
void fk_product_tn_add(size_t n, size_t m, size_t k, const double *a, const double *b,
                       double *c);

#endif
