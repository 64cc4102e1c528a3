#include "sampling/areas.h"

#include <math.h>

#include "core/block.h"
#include "sampling/entries.h"
#include "sampling/increments.h"

static const double most_terms = 64.0;

size_t fk_areas_terms(size_t m, double h)
{
    const double p = ceil(sqrt((double)m / (12.0 * h)) / M_PI);
    return (size_t)fmin(p, most_terms);
}

/* z, U, V, and X, Y of each term. */
size_t fk_areas_draws(size_t m, size_t terms)
{
    return m + fk_areas_pairs(m) + m + 2 * m * terms;
}

FK_CLONES static void scale(double a, double *restrict x)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] *= a;
}

/* area += a (x y' - x' y) */
FK_CLONES static void cross(double a, const double *restrict x,
                            const double *restrict y, const double *restrict other_x,
                            const double *restrict other_y, double *restrict area)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        area[j] += a * (x[j] * other_y[j] - other_x[j] * y[j]);
}

/* The same for all pairs of rows of x[m] and y[m]. */
static void cross_all(size_t m, double a, const double *x, const double *y,
                      double *area)
{
    for (size_t k = 0; k < m; k++)
        for (size_t l = k + 1; l < m; l++, area += FK_BLOCK)
            cross(a, x + k * FK_BLOCK, y + k * FK_BLOCK, x + l * FK_BLOCK,
                  y + l * FK_BLOCK, area);
}

void fk_areas_shape(size_t m, size_t terms, double *z)
{
    double *area = z + m * FK_BLOCK;
    double *v = area + fk_areas_pairs(m) * FK_BLOCK, *x = v + m * FK_BLOCK;
    double tail = M_PI * M_PI / 6.0;
    for (size_t r = 1; r <= terms; r++)
        tail -= 1.0 / ((double)r * (double)r);
    const double last = sqrt(2.0 * tail) / (2.0 * M_PI);
    for (size_t k = 0; k < fk_areas_pairs(m); k++)
        scale(last, area + k * FK_BLOCK);
    cross_all(m, last, v, z, area);
    for (size_t r = 1; r <= terms; r++) {
        double *y = x + m * FK_BLOCK;
        for (size_t k = 0; k < m; k++)
            fk_row_add(y + k * FK_BLOCK, M_SQRT2, z + k * FK_BLOCK);
        cross_all(m, 1.0 / (2.0 * M_PI * (double)r), x, y, area);
        x = y + m * FK_BLOCK;
    }
}

FK_CLONES static void mean(size_t n, const double *restrict first,
                           const double *restrict second, double *restrict to)
{
    for (size_t j = 0; j < n; j++)
        to[j] = 0.5 * (first[j] + second[j]);
}

/* In units of the whole step each half's area counts half, and so do the increments. */
void fk_areas_join(size_t m, const double *first, const double *second, double *z)
{
    const size_t n = m * FK_BLOCK;
    fk_increments_join(m, first, second, z);
    mean(fk_areas_pairs(m) * FK_BLOCK, first + n, second + n, z + n);
    cross_all(m, 0.25, first, second, z + n);
}
