#include "solvers/matrix_exponential.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"

enum { LANES = 16, ROWS = 4, DEGREE = 16, BLOCK = 4, MATRICES = BLOCK + 2 };

static const double LARGEST = 0.75; /* 1-norm for which the polynomial is exact */

/* C = A B by columns, ROWS x LANES entries at a time in registers; N a multiple of
 * LANES.  The four sums are written out: as an array the compiler keeps them in memory. */
FK_CLONES
static void multiply(size_t N, const double *restrict A, const double *restrict B,
                     double *restrict C)
{
    for (size_t i = 0; i < N; i += LANES)
        for (size_t j = 0; j < N; j += ROWS) {
            double sum0[LANES] = {0.0}, sum1[LANES] = {0.0};
            double sum2[LANES] = {0.0}, sum3[LANES] = {0.0};
            const double *b = B + j * N;
            for (size_t k = 0; k < N; k++) {
                const double *a = A + k * N + i;
                const double b0 = b[k], b1 = b[N + k], b2 = b[2 * N + k],
                             b3 = b[3 * N + k];
                for (size_t l = 0; l < LANES; l++) {
                    sum0[l] += b0 * a[l];
                    sum1[l] += b1 * a[l];
                    sum2[l] += b2 * a[l];
                    sum3[l] += b3 * a[l];
                }
            }
            double *c = C + j * N + i;
            memcpy(c, sum0, sizeof sum0);
            memcpy(c + N, sum1, sizeof sum1);
            memcpy(c + 2 * N, sum2, sizeof sum2);
            memcpy(c + 3 * N, sum3, sizeof sum3);
        }
}

FK_CLONES
void fk_matrix_times(size_t n, const double *restrict E, const double *restrict x,
                     double *restrict y)
{
    memset(y, 0, n * sizeof *y);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            y[i] += E[k * n + i] * x[k];
}

static double norm_1(size_t n, size_t N, const double *A)
{
    double most = 0.0;
    for (size_t k = 0; k < n; k++) {
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += fabs(A[k * N + i]);
        most = sum > most || isnan(sum) ? sum : most;
    }
    return most;
}

/* out += sum_{k < 4} B^k / (first + k)!, power[k] = B^(k + 1) */
static void add_block(size_t N, size_t first, double *const *power, double *out)
{
    for (size_t i = 0; i < N; i++)
        out[i * N + i] += 1.0 / tgamma((double)first + 1.0);
    for (size_t k = 1; k < BLOCK; k++) {
        const double c = 1.0 / tgamma((double)(first + k) + 1.0);
        for (size_t i = 0; i < N * N; i++)
            out[i] += c * power[k - 1][i];
    }
}

/* matrix[0] = B -> sum_{k <= 16} B^k / k!, four terms at a time (Paterson and
 * Stockmeyer); the others are overwritten.  Returns the one with the result. */
static double *polynomial(size_t N, double *const *matrix)
{
    double *E = matrix[BLOCK], *spare = matrix[BLOCK + 1];
    for (size_t k = 1; k < BLOCK; k++)
        multiply(N, matrix[0], matrix[k - 1], matrix[k]);
    for (size_t i = 0; i < N * N; i++)
        E[i] = matrix[BLOCK - 1][i] / tgamma(DEGREE + 1.0);
    add_block(N, DEGREE - BLOCK, matrix, E);
    for (size_t first = DEGREE - BLOCK; first > 0; first -= BLOCK) {
        multiply(N, E, matrix[BLOCK - 1], spare);
        double *product = spare;
        spare = E;
        E = product;
        add_block(N, first - BLOCK, matrix, E);
    }
    return E;
}

/* matrix[0] = t (A - mean) / 2^squarings, padded with zeros */
static fk_status prepare(size_t n, size_t N, double t, const double *A, double *B,
                         double *mean, size_t *squarings)
{
    *mean = 0.0;
    for (size_t i = 0; i < n; i++)
        *mean += A[i * n + i] / (double)n;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            B[k * N + i] = t * (A[k * n + i] - (i == k ? *mean : 0.0));
    const double norm = norm_1(n, N, B);
    if (!isfinite(norm))
        return FK_EDOMAIN;
    *squarings = norm > LARGEST ? (size_t)ceil(log2(norm / LARGEST)) : 0;
    const double scale = ldexp(1.0, -(int)*squarings);
    for (size_t i = 0; i < N * N; i++)
        B[i] *= scale;
    return FK_OK;
}

fk_status fk_matrix_exponential(size_t n, double t, const double *A, double *E)
{
    const size_t N = (n + LANES - 1) / LANES * LANES;
    double *all = fk_doubles(MATRICES * N * N), *matrix[MATRICES], mean;
    size_t squarings;
    if (all == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < MATRICES; k++)
        matrix[k] = all + k * N * N;
    fk_status status = prepare(n, N, t, A, matrix[0], &mean, &squarings);
    if (status == FK_OK) {
        double *F = polynomial(N, matrix),
               *next = F == matrix[4] ? matrix[5] : matrix[4];
        /* e^{tm} before squaring, so that neither factor overflows alone */
        const double scale = exp(ldexp(t * mean, -(int)squarings));
        for (size_t i = 0; i < N * N; i++)
            F[i] *= scale;
        for (size_t s = 0; s < squarings; s++) {
            multiply(N, F, F, next);
            double *square = next;
            next = F;
            F = square;
        }
        for (size_t k = 0; k < n; k++)
            memcpy(E + k * n, F + k * N, n * sizeof *E);
        status = isfinite(norm_1(n, n, E)) ? FK_OK : FK_EDOMAIN;
    }
    free(all);
    return status;
}

/* term = c (image + r term), v += term; the 2-norm of term, in parts of fixed order */
FK_CLONES
static double add_term(size_t n, double c, double r, const double *restrict image,
                       double *restrict term, double *restrict v)
{
    double part[LANES] = {0.0}, sum = 0.0;
    const size_t whole = n - n % LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t l = 0; l < LANES; l++) {
            term[i + l] = c * (image[i + l] + r * term[i + l]);
            v[i + l] += term[i + l];
            part[l] += term[i + l] * term[i + l];
        }
    for (size_t i = whole; i < n; i++) {
        term[i] = c * (image[i] + r * term[i]);
        v[i] += term[i];
        sum += term[i] * term[i];
    }
    for (size_t l = 0; l < LANES; l++)
        sum += part[l];
    return sqrt(sum);
}

size_t fk_exponential_action(size_t n, double t, fk_product *product, const void *A,
                             double r, double tolerance, double *v, double *work)
{
    double *term = work, *image = work + n;
    const double scale = exp(-t * r);
    memcpy(term, v, n * sizeof *v);
    for (size_t i = 0; i < n; i++) {
        term[i] *= scale;
        v[i] = term[i];
    }
    size_t k = 0;
    for (size_t small = 0; small < 3;) {
        k++;
        product(A, term, image);
        const double norm = add_term(n, t / (double)k, r, image, term, v);
        const bool counts = norm > tolerance && isfinite(norm);
        small = (double)k > t * r && !counts ? small + 1 : 0;
    }
    return k;
}
