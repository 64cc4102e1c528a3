/* Trigonometric series of real fields on the unit interval, one to three dimensions, by
 * the fast Fourier transform.  With n points an axis has one of
 *
 *     fourier       u(x) = f_0 + 2 sum_{0 < k < n/2} (f_k cos 2 pi k x - f_{n-k} sin 2 pi k x)
 *     cosine        u(x) = f_0 + 2 sum_{k > 0} f_k cos pi k x
 *     sine          u(x) = 2 sum_k f_k sin pi (k + 1) x
 *     cosine-sine   u(x) = 2 sum_k f_k cos pi (k + 1/2) x       u' = 0 at 0, u = 0 at 1
 *     sine-cosine   u(x) = 2 sum_k f_k sin pi (k + 1/2) x       u = 0 at 0, u' = 0 at 1
 *
 * k < n, in the points x_j = j / n of a Fourier axis and (j + 1/2) / n of the others (the
 * last coefficients, f_{n/2} and that of sin pi n x, are taken once there, not twice).
 * Fields and coefficients are arrays u[n2][n1][n0], axis 0 fastest.  The factors 2 are those
 * that make f independent of n.
 * Plans are made without measuring, so that they, and the digits, are the same in every
 * run.  [frigo-johnson-2005] */
#ifndef FK_SOLVERS_SERIES_H
#define FK_SOLVERS_SERIES_H

#include <stddef.h>

#include "core/status.h"

typedef enum fk_series {
    FK_FOURIER,
    FK_COSINE,
    FK_SINE,
    FK_COSINE_SINE,
    FK_SINE_COSINE,
} fk_series;

/* The series of the derivative: sines for cosines and cosines for sines. */
fk_series fk_series_dual(fk_series s);

typedef struct fk_series_plan fk_series_plan;

/* From coefficients to values (synthesis) or back (analysis) in arrays of n[0] .. n[dim - 1]
 * numbers, 1 <= dim <= 3.  Safe from several threads. */
FK_NODISCARD fk_status fk_synthesis_new(size_t dim, const size_t *n,
                                        const fk_series *series, fk_series_plan **out);
FK_NODISCARD fk_status fk_analysis_new(size_t dim, const size_t *n,
                                       const fk_series *series, fk_series_plan **out);
void fk_series_plan_free(fk_series_plan *p); /* accepts NULL */

/* In place; u aligned to FK_ALIGN.  A plan is read only: many threads may use one. */
void fk_series_run(const fk_series_plan *p, double *u);

#endif
