#include "sde/small_matrix.h"

#include <math.h>
#include <string.h>

bool fk_small_solve(size_t d, const fk_small_matrix *A, const double *b, double *x,
                    double *det)
{
    double m[FK_GRID_DIM][FK_GRID_DIM + 1];
    *det = 1.0;
    for (size_t i = 0; i < d; i++) {
        memcpy(m[i], A->e[i], sizeof A->e[i]);
        m[i][FK_GRID_DIM] = b[i];
    }
    for (size_t k = 0; k < d; k++) {
        size_t best = k;
        for (size_t i = k + 1; i < d; i++)
            best = fabs(m[i][k]) > fabs(m[best][k]) ? i : best;
        for (size_t j = 0; j <= FK_GRID_DIM; j++) {
            const double row = m[k][j];
            m[k][j] = m[best][j];
            m[best][j] = row;
        }
        *det *= best != k ? -m[k][k] : m[k][k];
        if (!(fabs(m[k][k]) > 0.0) || !isfinite(m[k][k]))
            return false;
        for (size_t i = k + 1; i < d; i++) {
            const double factor = m[i][k] / m[k][k];
            for (size_t j = k; j <= FK_GRID_DIM; j++)
                m[i][j] -= factor * m[k][j];
        }
    }
    for (size_t k = d; k-- > 0;) {
        x[k] = m[k][FK_GRID_DIM];
        for (size_t j = k + 1; j < d; j++)
            x[k] -= m[k][j] * x[j];
        x[k] /= m[k][k];
    }
    return true;
}

double fk_small_determinant(size_t d, const fk_small_matrix *A)
{
    double x[FK_GRID_DIM], det;
    const double zero[FK_GRID_DIM] = {0.0};
    return fk_small_solve(d, A, zero, x, &det) ? det : 0.0;
}

static double shifted_determinant(size_t d, const fk_small_matrix *J, double s)
{
    fk_small_matrix m = *J;
    for (size_t i = 0; i < d; i++)
        m.e[i][i] -= s;
    return fk_small_determinant(d, &m);
}

double fk_small_positive_eigenvalue(size_t d, const fk_small_matrix *J)
{
    double low = 0.0, high = 0.0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            high += fabs(J->e[i][j]);
    const bool sign = shifted_determinant(d, J, high) > 0.0;
    for (int k = 0; k < 200; k++) {
        const double middle = 0.5 * (low + high);
        *((shifted_determinant(d, J, middle) > 0.0) == sign ? &high : &low) = middle;
    }
    return 0.5 * (low + high);
}

void fk_small_eigenvector(size_t d, const fk_small_matrix *J, double mu, double *v)
{
    fk_small_matrix m = *J;
    double det;
    for (size_t i = 0; i < d; i++) {
        m.e[i][i] -= mu * (1.0 + 1e-7);
        v[i] = 1.0 + 0.3 * (double)i;
    }
    for (int k = 0; k < 20; k++) {
        double u[FK_GRID_DIM], length = 0.0;
        if (!fk_small_solve(d, &m, v, u, &det))
            return;
        for (size_t i = 0; i < d; i++)
            length = hypot(length, u[i]);
        for (size_t i = 0; i < d; i++)
            v[i] = u[i] / length;
    }
}
