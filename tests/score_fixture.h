/* How scores change, against differences of the scores themselves. */
#ifndef FK_TESTS_SCORE_FIXTURE_H
#define FK_TESTS_SCORE_FIXTURE_H

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sde/score.h"

enum { SCORE_DIM = 8, DIRECTIONS = 3 };

/* s(x + step v) times weight, added to sum[dim][FK_BLOCK]. */
static inline void add_moved(const fk_score *score, size_t k, const double *x,
                             const double *v, double step, double weight, double *sum)
{
    const size_t d = score->dim, n = d * FK_BLOCK;
    double *moved = fk_doubles(2 * n + score->scratch), *s = moved + n;
    double *at[SCORE_DIM], *out[SCORE_DIM];
    for (size_t i = 0; i < n; i++)
        moved[i] = x[i] + step * v[i];
    for (size_t i = 0; i < d; i++) {
        at[i] = moved + i * FK_BLOCK;
        out[i] = s + i * FK_BLOCK;
    }
    score->eval(score, k, (const double *const *)at, out, s + n);
    for (size_t i = 0; i < n; i++)
        sum[i] += weight * s[i];
    free(moved);
}

/* Central differences of order 4 (the spline of a grid is smooth between its knots alone:
 * h is less than the distance of x to those), along DIRECTIONS that differ from point to
 * point; errors are relative to 1 + |J v|. */
static inline double along_error(const fk_score *score, size_t k, const double *x,
                                 double h)
{
    const size_t d = score->dim, n = d * FK_BLOCK, all = DIRECTIONS * n;
    double *v = fk_doubles(2 * all + n + score->along_scratch(score, DIRECTIONS));
    double *change = v + all, *difference = change + all, worst = 0.0;
    const double *at[SCORE_DIM];
    for (size_t i = 0; i < d; i++)
        at[i] = x + i * FK_BLOCK;
    for (size_t i = 0; i < all; i++)
        v[i] = cos(0.7 * (double)i);
    score->along(score, k, at, DIRECTIONS, v, change, difference + n);
    for (size_t m = 0; m < DIRECTIONS; m++) {
        for (size_t i = 0; i < n; i++)
            difference[i] = 0.0;
        for (int side = -1; side <= 1; side += 2) {
            add_moved(score, k, x, v + m * n, side * h, side * 2.0 / (3.0 * h),
                      difference);
            add_moved(score, k, x, v + m * n, 2.0 * side * h, -side / (12.0 * h),
                      difference);
        }
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(change[m * n + i] - difference[i]) /
                                    (1.0 + fabs(difference[i])));
    }
    free(v);
    return worst;
}

#endif
