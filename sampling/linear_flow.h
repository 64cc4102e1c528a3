/* Private to sampling/.
 * The exact law of a step of dX = (A X + c) dt + G dW with constant A, c and G, in any
 * dimension, degenerate noise too:
 *
 *     X+ = E X + k + L z,   E = e^(A h),   k = int_0^h e^(A s) c ds,
 *     L L^T = S = int_0^h e^(A s) G G^T e^(A^T s) ds
 *
 * by Taylor series for a short time and doubling, S(2 h) = S(h) + E(h) S(h) E(h)^T, which
 * never subtracts.  [gardiner-2009, section 4.5; moler-van-loan-2003, method 3] */
#ifndef FK_SAMPLING_LINEAR_FLOW_H
#define FK_SAMPLING_LINEAR_FLOW_H

#include <stddef.h>

#include "core/status.h"

/* Steps of a length that was met before cost no more than their products; safe for use
 * by several threads. */
typedef struct fk_linear_flow fk_linear_flow;

/* A[d][d], c[d], Q[d][d] = G G^T, copied.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_linear_flow_new(size_t d, const double *A, const double *c,
                                          const double *Q, fk_linear_flow **out);
void fk_linear_flow_free(fk_linear_flow *f); /* accepts NULL */

/* Doubles of scratch of the two below, aligned to FK_ALIGN. */
size_t fk_linear_flow_scratch(const fk_linear_flow *f);

/* x[d] rows of FK_BLOCK, with the d rows z of N(0, 1).  Not finite without memory. */
void fk_linear_flow_step(fk_linear_flow *f, double h, const double *z, double *const *x,
                         double *scratch);

/* The rows of a step of 2 h from those of two steps of h: noise that L(2 h) makes what
 * E(h) L(h) first + L(h) second is. */
void fk_linear_flow_join(fk_linear_flow *f, double h, const double *first,
                         const double *second, double *z);

#endif
