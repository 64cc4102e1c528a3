/* Private to sde/.
 * Scores of Gaussian mixtures in up to three dimensions whose components share their
 * covariance S, such as smoothed data.  The square of x is common to all l_k then, and what
 * is left is linear: with y = x - c, n_k = m_k - c and c the middle of the means, P = S^-1,
 *
 *     l_k = log w_k - 1/2 log det(2 pi S) - 1/2 n_k^T P n_k + (P n_k)^T y   (- 1/2 y^T P y)
 *     s   = P (sum_k e^(l_k - max l) n_k / sum_k e^(l_k - max l) - y)
 *
 * a third of the work of the general form.  l_k loses n^T P n 1e-16 to rounding, so means
 * far apart compared with the width are left to that form. */
#ifndef FK_SDE_MIXTURE_ALIKE_H
#define FK_SDE_MIXTURE_ALIKE_H

#include <stddef.h>

#include "core/block.h"
#include "core/status.h"
#include "sde/mixture.h"

typedef struct fk_alike fk_alike;

/* base[components]: log w - 1/2 log det(2 pi S); precision[dim][dim].  *out NULL where the
 * mixture is not of this kind.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_alike_new(const fk_mixture *m, const double *base,
                                    const double *precision, fk_alike **out);
void fk_alike_free(fk_alike *a); /* accepts NULL */

/* As fk_mixture_score_eval; scratch of (2 dim + 2) rows. */
void fk_alike_eval(const fk_alike *a, const double *const *x, double *const *score,
                   double *log_p, double *scratch);

#endif
