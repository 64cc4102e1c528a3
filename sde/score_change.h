/* Private to sde/.
 * The change of scores along directions, where all derivatives are at hand. */
#ifndef FK_SDE_SCORE_CHANGE_H
#define FK_SDE_SCORE_CHANGE_H

#include <stddef.h>

/* change[n][dim][FK_BLOCK] = J v of v[n][dim][FK_BLOCK], J[dim][dim][FK_BLOCK] by rows. */
void fk_score_change(size_t dim, const double *J, size_t n, const double *v,
                     double *change);

#endif
