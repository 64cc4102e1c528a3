#include "sde/score.h"

#include <string.h>

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

void fk_score_free(fk_score *score)
{
    if (score != NULL)
        score->free(score);
}
