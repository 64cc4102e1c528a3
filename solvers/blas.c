#include "solvers/blas.h"

#include <cblas.h>

void fk_blas_one_thread(void)
{
    if (openblas_get_num_threads() != 1)
        openblas_set_num_threads(1);
}

static void product(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, size_t n, size_t m,
                    size_t k, const double *a, const double *b, double beta, double *c)
{
    cblas_dgemm(CblasRowMajor, ta, tb, (blasint)n, (blasint)m, (blasint)k, 1.0, a,
                (blasint)(ta == CblasNoTrans ? k : n), b,
                (blasint)(tb == CblasNoTrans ? m : k), beta, c, (blasint)m);
}

void fk_product_nt(size_t n, size_t m, size_t k, const double *a, const double *b,
                   double *c)
{
    product(CblasNoTrans, CblasTrans, n, m, k, a, b, 0.0, c);
}

void fk_product_nn(size_t n, size_t m, size_t k, const double *a, const double *b,
                   double *c)
{
    product(CblasNoTrans, CblasNoTrans, n, m, k, a, b, 0.0, c);
}

void fk_product_tn_add(size_t n, size_t m, size_t k, const double *a, const double *b,
                       double *c)
{
    product(CblasTrans, CblasNoTrans, n, m, k, a, b, 1.0, c);
}
