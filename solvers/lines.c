#include "solvers/lines.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/block.h"

/* A factorisation is alpha[rows][lanes], the share of an eliminated cell that goes on
 * to the next one, inverse[rows][lanes] = 1 / d, and for cyclic lines zeta, the share
 * that goes to the last cell, and back, theta times the rate from the last cell. */
size_t fk_lines_factor_size(const fk_lines *shape)
{
    return (shape->cyclic ? 4 : 2) * shape->rows * shape->lanes;
}

/* inverse <- 1 + theta sink, the part of each pivot that is known beforehand */
static void set_sinks(const fk_lines *shape, double theta, size_t n_sinks,
                      const fk_line_sink *sink, double *inverse)
{
    for (size_t k = 0; k < shape->rows * shape->lanes; k++)
        inverse[k] = 1.0;
    for (size_t k = 0; k < n_sinks; k++)
        inverse[sink[k].place] += theta * sink[k].rate;
}

/* One line, from both ends to the middle row m: rows 0 to m - 1 upwards and, as many or
 * one fewer, n - 1 to m + 1 downwards. */
static void factor_single(size_t n, double theta, const double *restrict up,
                          const double *restrict dn, double *restrict alpha,
                          double *restrict inverse)
{
    const size_t m = n / 2;
    double left = 0.0, right = 0.0; /* theta times rate back, times s / d */
    for (size_t i = 0, j = n - 1; i < m; i++, j--) {
        const double s = inverse[i] + left;
        inverse[i] = 1.0 / (s + theta * up[i]);
        alpha[i] = theta * up[i] * inverse[i];
        left = theta * dn[i] * (s * inverse[i]);
        if (j <= m)
            continue;
        const double r = inverse[j] + right;
        inverse[j] = 1.0 / (r + theta * dn[j - 1]);
        alpha[j] = theta * dn[j - 1] * inverse[j];
        right = theta * up[j - 1] * (r * inverse[j]);
    }
    alpha[m] = 0.0;
    inverse[m] = 1.0 / (inverse[m] + left + right);
}

static void solve_single(size_t n, double theta, const double *restrict up,
                         const double *restrict dn, const double *restrict alpha,
                         const double *restrict inverse, double *restrict x)
{
    /* left half up to row m, right half down to it: as long, or one row shorter */
    const size_t m = n / 2, last = n - 1;
    double left = 0.0, right = 0.0;
    for (size_t i = 0; i + m < last; i++) {
        const size_t j = last - i;
        left += x[i];
        right += x[j];
        x[i] = left * inverse[i];
        x[j] = right * inverse[j];
        left *= alpha[i];
        right *= alpha[j];
    }
    if (n % 2 == 0 && m > 0) {
        left += x[m - 1];
        x[m - 1] = left * inverse[m - 1];
        left *= alpha[m - 1];
    }
    left = right = x[m] = (x[m] + left + right) * inverse[m];

    for (size_t i = m, j = m + 1; i-- > 0; j++) {
        left = x[i] + theta * dn[i] * inverse[i] * left;
        x[i] = left;
        if (j > last)
            continue;
        right = x[j] + theta * up[j - 1] * inverse[j] * right;
        x[j] = right;
    }
}

/* Half a row of a tile, kept in registers from row to row: a chain through memory would
 * cost twice as much. */
typedef double half
    __attribute__((vector_size(FK_LANES / 2 * sizeof(double)), may_alias));

FK_CLONES
static void factor_tile(size_t n, double theta, const double *up, const double *dn,
                        double *alpha, double *inverse)
{
    half carried[2] = {{0.0}};
    for (size_t i = 0; i < n; i++) {
        const double link = i + 1 < n ? theta : 0.0;
        for (size_t part = 0; part < 2; part++) {
            const size_t k = i * FK_LANES + part * FK_LANES / 2;
            const half s = *(const half *)(inverse + k) + carried[part];
            const half on = link * *(const half *)(up + k);
            const half d = 1.0 / (s + on);
            *(half *)(inverse + k) = d;
            *(half *)(alpha + k) = on * d;
            carried[part] = link * *(const half *)(dn + k) * (s * d);
        }
    }
}

FK_CLONES
static void solve_tile(size_t n, double theta, const double *dn, const double *alpha,
                       const double *inverse, double *x)
{
    half carried[2] = {{0.0}};
    for (size_t i = 0; i < n; i++)
        for (size_t part = 0; part < 2; part++) {
            const size_t k = i * FK_LANES + part * FK_LANES / 2;
            const half y = *(const half *)(x + k) + carried[part];
            *(half *)(x + k) = y * *(const half *)(inverse + k);
            carried[part] = y * *(const half *)(alpha + k);
        }
    const double *last = x + (n - 1) * FK_LANES;
    carried[0] = *(const half *)last;
    carried[1] = *(const half *)(last + FK_LANES / 2);
    for (size_t i = n - 1; i-- > 0;)
        for (size_t part = 0; part < 2; part++) {
            const size_t k = i * FK_LANES + part * FK_LANES / 2;
            const half from_next =
                theta * *(const half *)(dn + k) * *(const half *)(inverse + k);
            carried[part] = *(const half *)(x + k) + from_next * carried[part];
            *(half *)(x + k) = carried[part];
        }
}

/* Row i < n - 1 sends to i + 1 (up), to the last cell (z) and away (s); the last cell
 * sends to it (v).  Row n - 2's neighbour is the last cell itself. */
FK_CLONES
static void factor_cyclic(size_t n, size_t w, double theta, const double *restrict up,
                          const double *restrict dn, double *restrict alpha,
                          double *restrict inverse, double *restrict zeta,
                          double *restrict back)
{
    const size_t end = (n - 1) * w;
    double s[FK_LANES] = {0.0}, s_last[FK_LANES], z[FK_LANES], v[FK_LANES];
    for (size_t l = 0; l < w; l++) {
        s_last[l] = inverse[end + l];
        z[l] = theta * dn[end + l];
        v[l] = theta * up[end + l];
    }
    for (size_t i = 0; i + 1 < n; i++) {
        const double inner = i + 2 == n ? 0.0 : theta;
        const double outer = theta - inner;
        for (size_t l = 0; l < w; l++) {
            const size_t k = i * w + l;
            const double on = inner * up[k], to = z[l] + outer * up[k];
            const double from = v[l] + outer * dn[k];
            const double away = s[l] + inverse[k];
            const double d = 1.0 / (away + on + to);
            inverse[k] = d;
            alpha[k] = on * d;
            zeta[k] = to * d;
            back[k] = from;

            /* what the neighbours' links to row i become without it */
            s_last[l] += from * away * d;
            v[l] = from * on * d;
            z[l] = theta * dn[k] * to * d;
            s[l] = theta * dn[k] * away * d;
        }
    }
    for (size_t l = 0; l < w; l++) {
        inverse[end + l] = 1.0 / s_last[l];
        alpha[end + l] = zeta[end + l] = back[end + l] = 0.0;
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
            const double y = x[k] + carried[l];
            x[k] = y * inverse[k];
            carried[l] = y * alpha[k];
            last[l] += y * zeta[k];
        }
    for (size_t l = 0; l < w; l++) {
        const size_t k = (n - 1) * w + l;
        last[l] = x[k] = (x[k] + last[l]) * inverse[k];
        carried[l] = 0.0;
    }
    for (size_t i = n - 1; i-- > 0;)
        for (size_t l = 0; l < w; l++) {
            const size_t k = i * w + l;
            const double gain = theta * dn[k] * carried[l] + back[k] * last[l];
            carried[l] = x[k] + gain * inverse[k];
            x[k] = carried[l];
        }
}

fk_status fk_lines_factor(const fk_lines *shape, double theta, const double *up,
                          const double *dn, size_t n_sinks, const fk_line_sink *sink,
                          double *factor)
{
    assert(shape->rows >= 1 && (shape->lanes == 1 || shape->lanes == FK_LANES));
    const size_t size = shape->rows * shape->lanes;
    double *inverse = factor + size;
    set_sinks(shape, theta, n_sinks, sink, inverse);
    if (shape->cyclic) {
        factor_cyclic(shape->rows, shape->lanes, theta, up, dn, factor, inverse,
                      factor + 2 * size, factor + 3 * size);
    } else if (shape->lanes == 1) {
        factor_single(shape->rows, theta, up, dn, factor, inverse);
    } else {
        factor_tile(shape->rows, theta, up, dn, factor, inverse);
    }

    bool regular = true;
    for (size_t k = 0; k < size; k++)
        regular = regular && fabs(inverse[k]) <= 1e300;
    return regular ? FK_OK : FK_ESINGULAR;
}

void fk_lines_solve(const fk_lines *shape, double theta, const double *up,
                    const double *dn, const double *factor, double *x)
{
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
