/* Solving with the transpose of a tile's matrix, by the factors that lines.c made.  There
 * A^-1 = U D V: V adds up along the line (alpha, zeta), D multiplies by `inverse`, U comes
 * back with what neighbours receive of each other; here V^T D U^T, the same shares in the
 * opposite order and, like there, nothing is subtracted. */
#include <assert.h>

#include "core/block.h"
#include "solvers/lines.h"

/* From both ends to the middle row m and back, as lines.c does. */
static void solve_single(size_t n, double theta, const double *restrict up,
                         const double *restrict dn, const double *restrict alpha,
                         const double *restrict inverse, double *restrict x)
{
    const size_t m = n / 2, last = n - 1;
    double left = 0.0, right = 0.0;
    for (size_t i = 0, j = last; i < m; i++, j--) {
        x[i] = (x[i] + left) * inverse[i];
        left = theta * dn[i] * x[i];
        if (j <= m)
            continue;
        x[j] = (x[j] + right) * inverse[j];
        right = theta * up[j - 1] * x[j];
    }
    left = right = x[m] = (x[m] + left + right) * inverse[m];
    for (size_t i = m, j = m + 1; i-- > 0; j++) {
        left = x[i] += alpha[i] * left;
        if (j <= last)
            right = x[j] += alpha[j] * right;
    }
}

/* Half a row of a tile, in registers from row to row. */
typedef double half
    __attribute__((vector_size(FK_LANES / 2 * sizeof(double)), may_alias));

FK_CLONES
static void solve_tile(size_t n, double theta, const double *dn, const double *alpha,
                       const double *inverse, double *x)
{
    half carried[2] = {{0.0}};
    for (size_t i = 0; i < n; i++)
        for (size_t part = 0; part < 2; part++) {
            const size_t k = i * FK_LANES + part * FK_LANES / 2;
            const half z =
                (*(const half *)(x + k) + carried[part]) * *(const half *)(inverse + k);
            *(half *)(x + k) = z;
            carried[part] = theta * *(const half *)(dn + k) * z;
        }
    const double *last = x + (n - 1) * FK_LANES;
    carried[0] = *(const half *)last;
    carried[1] = *(const half *)(last + FK_LANES / 2);
    for (size_t i = n - 1; i-- > 0;)
        for (size_t part = 0; part < 2; part++) {
            const size_t k = i * FK_LANES + part * FK_LANES / 2;
            carried[part] =
                *(const half *)(x + k) + *(const half *)(alpha + k) * carried[part];
            *(half *)(x + k) = carried[part];
        }
}

FK_CLONES
static void solve_cyclic_tile(size_t n, size_t w, double theta,
                              const double *restrict dn, const double *restrict alpha,
                              const double *restrict inverse,
                              const double *restrict zeta, const double *restrict back,
                              double *restrict x)
{
    double carried[FK_LANES] = {0.0}, last[FK_LANES] = {0.0};
    for (size_t i = 0; i + 1 < n; i++)
        for (size_t l = 0; l < w; l++) {
            const size_t k = i * w + l;
            x[k] = (x[k] + carried[l]) * inverse[k];
            carried[l] = theta * dn[k] * x[k];
            last[l] += back[k] * x[k];
        }
    for (size_t l = 0; l < w; l++) {
        const size_t k = (n - 1) * w + l;
        last[l] = x[k] = (x[k] + last[l]) * inverse[k];
        carried[l] = 0.0;
    }
    for (size_t i = n - 1; i-- > 0;)
        for (size_t l = 0; l < w; l++) {
            const size_t k = i * w + l;
            x[k] += alpha[k] * carried[l] + zeta[k] * last[l];
            carried[l] = x[k];
        }
}

void fk_lines_solve_transpose(const fk_lines *shape, double theta, const double *up,
                              const double *dn, const double *factor, double *x)
{
    assert(shape->rows >= 1 && (shape->lanes == 1 || shape->lanes == FK_LANES));
    const size_t size = shape->rows * shape->lanes;
    const double *alpha = factor, *inverse = factor + size;
    if (shape->cyclic)
        solve_cyclic_tile(shape->rows, shape->lanes, theta, dn, alpha, inverse,
                          factor + 2 * size, factor + 3 * size, x);
    else if (shape->lanes == 1)
        solve_single(shape->rows, theta, up, dn, alpha, inverse, x);
    else
        solve_tile(shape->rows, theta, dn, alpha, inverse, x);
}
