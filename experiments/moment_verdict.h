/* Are particles of a law whose means and covariances are known?  Where there is no grid,
 * what remains of the verdict (experiments/verdict.h): each mean, variance and covariance
 * in standard errors beyond the known error of the step.
 *
 * How large a difference would have been found is told in L1 as well, for Gaussians: a mean
 * off by d standard deviations is 2 erf(d / sqrt 8), a variance off by the share e is
 * 2 e / sqrt(2 pi exp 1), a correlation off by r is 2 r / pi. */
#ifndef FK_EXPERIMENTS_MOMENT_VERDICT_H
#define FK_EXPERIMENTS_MOMENT_VERDICT_H

#include "experiments/verdict.h"

/* Fills *out: word, p_least, what was detectable, and of all moments the nine that differ
 * most.  Needs exact moments and at least two particles. */
void fk_compare_moments(const fk_moments *m, size_t dim, const char *const *variable,
                        double t, const fk_problem_compare *asked, size_t comparisons,
                        fk_comparison *out);

/* What n >= 1 of these comparisons mean together. */
void fk_moment_sentence(size_t n, const fk_comparison *c,
                        const fk_problem_compare *asked, char text[FK_SENTENCE]);

#endif
