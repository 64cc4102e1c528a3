#include "sde/score.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/score_change.h"

FK_CLONES static void add_product(const double *restrict a, const double *restrict b,
                                  double *restrict y)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        y[j] += a[j] * b[j];
}

void fk_score_change(size_t dim, const double *J, size_t n, const double *v,
                     double *change)
{
    const size_t vector = dim * FK_BLOCK;
    memset(change, 0, n * vector * sizeof *change);
    for (size_t m = 0; m < n; m++)
        for (size_t e = 0; e < dim * dim; e++)
            add_product(J + e * FK_BLOCK, v + m * vector + e % dim * FK_BLOCK,
                        change + m * vector + e / dim * FK_BLOCK);
}

size_t fk_score_jacobian_scratch(const fk_score *score)
{
    return score->dim * score->dim * FK_BLOCK + score->along_scratch(score, score->dim);
}

void fk_score_jacobian(const fk_score *score, size_t k, const double *const *x,
                       double *J, double *scratch)
{
    const size_t d = score->dim, n = d * d * FK_BLOCK;
    memset(scratch, 0, n * sizeof *scratch);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            scratch[(i * d + i) * FK_BLOCK + j] = 1.0;
    score->along(score, k, x, d, scratch, J, scratch + n);
}

/* Blocks padded with what was there before: zeros, or other points. */
static void log_density(const fk_score *score, size_t k, size_t n, const double *x,
                        double *log_p, double *work, double **row)
{
    const size_t d = score->dim;
    double *found = work + 2 * d * FK_BLOCK;
    for (size_t i = 0; i < 2 * d; i++)
        row[i] = work + i * FK_BLOCK;
    for (size_t first = 0; first < n; first += FK_BLOCK) {
        const size_t lanes = n - first < FK_BLOCK ? n - first : FK_BLOCK;
        for (size_t j = 0; j < lanes; j++)
            for (size_t i = 0; i < d; i++)
                row[i][j] = x[(first + j) * d + i];
        score->eval_log(score, k, (const double *const *)row, row + d, found,
                        found + FK_BLOCK);
        memcpy(log_p + first, found, lanes * sizeof *log_p);
    }
}

fk_status fk_score_log_density(const fk_score *score, size_t k, size_t n,
                               const double *x, double *log_p)
{
    const size_t d = score->dim;
    double *work = fk_doubles((2 * d + 1) * FK_BLOCK + score->scratch);
    double **row = fk_alloc(2 * d, sizeof *row);
    const bool room = work != NULL && row != NULL;
    if (room)
        log_density(score, k, n, x, log_p, work, row);
    free(work);
    free(row);
    return room ? FK_OK : FK_ENOMEM;
}

void fk_score_free(fk_score *score)
{
    if (score != NULL)
        score->free(score);
}
