/* How a linear SDE turns data into noise, at a table of times, in the variables that a
 * network works in.  With x0 of mean mu and covariance C and e ~ N(0, 1):
 *
 *     x = Phi x0 + m + L e,    M = Phi mu + m,    V = Phi C Phi^T + L L^T,
 *     score of p_t:  s = -L^-T E[e | x]
 *     E[e | x] = L^T V^-1 (x - M) - c F(z, t),    z = R^-1 (x - M),  V = R R^T
 *
 * The first part is the score of Gaussian data and exact; what is left of e has the mean
 * square c^2 = tr(1 - L^T V^-1 L) / d, so that F has values of order one at all times.
 * [song-2021, karras-2022] */
#ifndef FK_SDE_NOISING_H
#define FK_SDE_NOISING_H

#include <stddef.h>

#include "sde/sde.h"

enum { FK_NOISING_DIM = 16 }; /* the most variables */
enum { FK_NOISING_WAVES = 4, FK_NOISING_FEATURES = 1 + 2 * FK_NOISING_WAVES };

typedef struct fk_noising {
    size_t dim, n;
    double *time;    /* [n] ascending */
    double *map;     /* [n][dim][dim] Phi */
    double *shift;   /* [n][dim] m */
    double *factor;  /* [n][dim][dim] L, lower triangular */
    double *mean;    /* [n][dim] M */
    double *white;   /* [n][dim][dim] R^-1 */
    double *pull;    /* [n][dim][dim] L^T V^-1 */
    double *unnoise; /* [n][dim][dim] L^-T */
    double *tensor;  /* [n][dim][dim] G G^T */
    double *scale;   /* [n] c */
    double *feature; /* [n][FK_NOISING_FEATURES] of the time: u and its waves */
    double *block;   /* owns all of these */
} fk_noising;

/* What a network knows the data and the times by: u runs from -1 to 1 with the logarithm
 * of the time since `start`, from `first` to `last`. */
typedef struct fk_noising_frame {
    double start, first, last;
    const double *mean, *cov; /* [dim], [dim][dim] of x0 */
} fk_noising_frame;

/* At times[n], ascending, after the start.  FK_EDOMAIN with a sentence: the SDE is not
 * linear, or does not reach all variables with its noise, or the data are a point. */
FK_NODISCARD fk_status fk_noising_new(const fk_sde *s, const fk_noising_frame *frame,
                                      size_t n, const double *time, fk_noising **out,
                                      fk_message *message);
void fk_noising_free(fk_noising *n); /* accepts NULL */

/* x[dim] = Phi x0 + m + L e at time k. */
void fk_noising_point(const fk_noising *n, size_t k, const double *x0, const double *e,
                      double *x);

/* What time k counts in an integral over t by the trapezoidal rule. */
double fk_noising_interval(const fk_noising *n, size_t k);

/* input[dim + FK_NOISING_FEATURES] of the network for x[dim] at time k: z, features. */
void fk_noising_input(const fk_noising *n, size_t k, const double *x, double *input);

/* e[dim] = E[e | x] from F[dim]. */
void fk_noising_noise(const fk_noising *n, size_t k, const double *x, const double *F,
                      double *e);

/* y[d] = A[d][d] x[d], and A^T x. */
void fk_rows_times(size_t d, const double *A, const double *x, double *y);
void fk_rows_transposed_times(size_t d, const double *A, const double *x, double *y);

#endif
