/* Private to sampling/.
 * Steps of Langevin that are accepted or refused, so that the law at the level is kept exactly.
 * From x, where evaluation 0 is taken, to y, the result of the step and the place of
 * evaluation 1, with the step's length e:
 *
 *     y = x + e s(x) + sqrt(2e) z,     taken with probability min(1, r),
 *     log r = log p(y) - log p(x) + (|y - x - e s(x)|^2 - |x - y - e s(y)|^2) / (4e)
 *
 * and otherwise the state is x.  [roberts-tweedie-1996] */
#ifndef FK_SAMPLING_METROPOLIS_H
#define FK_SAMPLING_METROPOLIS_H

#include "sampling/walker.h"

/* The noises are set. */
void fk_metropolis_step(const fk_field *f, const fk_step *step, fk_walker *w);

#endif
