#include "sde/cholesky.h"

#include <float.h>
#include <math.h>

bool fk_cholesky(size_t n, const double *s, double *l)
{
    bool definite = true;
    for (size_t j = 0; j < n; j++) {
        double pivot = s[j * n + j];
        for (size_t k = 0; k < j; k++)
            pivot -= l[j * n + k] * l[j * n + k];
        const bool positive = pivot > (double)n * 8.0 * DBL_EPSILON * s[j * n + j];
        definite = definite && positive;
        for (size_t i = 0; i < n; i++) {
            double sum = s[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= l[i * n + k] * l[j * n + k];
            l[i * n + j] = i < j || !positive ? 0.0 : sum / sqrt(pivot);
        }
    }
    return definite;
}

/* Column by column. */
void fk_cholesky_inverse(size_t n, const double *l, double *inverse)
{
    for (size_t column = 0; column < n; column++) {
        for (size_t i = 0; i < n; i++) { /* L y = e */
            double y = i == column ? 1.0 : 0.0;
            for (size_t k = 0; k < i; k++)
                y -= l[i * n + k] * inverse[k * n + column];
            inverse[i * n + column] = y / l[i * n + i];
        }
        for (size_t i = n; i-- > 0;) { /* L^T x = y */
            double x = inverse[i * n + column];
            for (size_t k = i + 1; k < n; k++)
                x -= l[k * n + i] * inverse[k * n + column];
            inverse[i * n + column] = x / l[i * n + i];
        }
    }
}
