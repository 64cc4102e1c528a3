/* Scores at single points, for tests. */
#ifndef FK_TESTS_SCORE_POINT_H
#define FK_TESTS_SCORE_POINT_H

#include <check.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sde/score.h"

/* The score at time k and `at`[dim], and log p unless log_p is NULL. */
static inline void score_at(const fk_score *s, size_t k, const double *at,
                            double *value, double *log_p)
{
    const size_t n = s->dim * FK_BLOCK;
    double *rows = fk_doubles(2 * n + FK_BLOCK + s->scratch), *after = rows + 2 * n;
    double **row = fk_alloc(2 * s->dim, sizeof *row), **out = row + s->dim;
    ck_assert(rows != NULL && row != NULL);
    for (size_t i = 0; i < 2 * s->dim; i++)
        row[i] = rows + i * FK_BLOCK;
    for (size_t i = 0; i < n; i++)
        rows[i] = at[i / FK_BLOCK];
    const double *const *x = (const double *const *)row;
    if (log_p != NULL)
        s->eval_log(s, k, x, out, after, after + FK_BLOCK);
    else
        s->eval(s, k, x, out, after + FK_BLOCK);
    for (size_t i = 0; i < s->dim; i++)
        value[i] = out[i][FK_BLOCK / 2];
    if (log_p != NULL)
        *log_p = after[FK_BLOCK / 2];
    free(row);
    free(rows);
}

#endif
