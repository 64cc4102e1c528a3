/* The Bernoulli function W(P) = P / (e^P - 1), W(0) = 1, for many P at once:
 *
 *     plus[k] = W(P_k),   minus[k] = W(-P_k) = P_k + W(P_k),
 *
 * each to a few units in the last place, so that minus / plus = e^P to rounding. */
#ifndef FK_PDE_BERNOULLI_H
#define FK_PDE_BERNOULLI_H

#include <stddef.h>

void fk_bernoulli(size_t n, const double *P, double *plus, double *minus);

#endif
