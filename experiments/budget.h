/* What one known error may do to each test.  With delta_b the change of a bin's mass and
 * var_b the variance of that estimate:
 *
 *     chi^2 = (sum (delta_b^2 - var_b) / q_b + 2 s)+,    s its standard error
 *     L1^2  = (sum |delta_b|)^2 - (sum sqrt(2 var_b / pi))^2
 *     KS    = max over edges of |sum delta|
 *     moment = |sum phi delta| + 2 standard errors
 *
 * so that noise in the evidence is no bias, and lack of evidence makes the allowance
 * larger, never smaller. */
#ifndef FK_EXPERIMENTS_BUDGET_H
#define FK_EXPERIMENTS_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/goodness.h"
#include "core/status.h"
#include "experiments/cell_moments.h"

typedef struct fk_part {
    double chi, l1, ks;
    double moment[FK_CELL_MOMENTS];
} fk_part;

/* A measured change of the cells' masses. */
typedef struct fk_difference {
    double *delta;    /* [cells + 1] */
    double *variance; /* [cells + 1] of each entry */
    /* True if the noise is that of pairs with common noise that end up in different,
     * mostly neighbouring cells: then it cancels inside a bin, and only the faces between
     * bins count.  The share of such faces is a lower bound of what does not cancel, so
     * too little noise is subtracted, never too much. */
    bool paired;
} fk_difference;

typedef struct fk_budget fk_budget;

/* Borrows bins and moments (of the same reference masses). */
FK_NODISCARD fk_status fk_budget_new(const fk_bins *bins, const fk_cell_moments *m,
                                     fk_budget **out);
void fk_budget_free(fk_budget *b); /* accepts NULL */

void fk_budget_measure(fk_budget *b, const fk_difference *d, fk_part *out);

/* A part of which the distances alone are known: any function changes by at most chi
 * times its standard deviation (Cauchy-Schwarz). */
void fk_budget_bound(const fk_budget *b, double l1, double chi, fk_part *out);

#endif
