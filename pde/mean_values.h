/* What an equation that depends on its own law takes from a density on a grid: with the
 * cells' centres x_c
 *
 *     <E_k> = sum_c E_k(x_c) p_c / sum_c p_c,
 *
 * and convolutions of the same masses, errors of second order in the cells' width.  Through
 * a step from t to t + h they are the lines from those of p(t) to those of a p(t + h) that
 * was predicted with what p(t) says: an error of second order in h. */
#ifndef FK_PDE_MEAN_VALUES_H
#define FK_PDE_MEAN_VALUES_H

#include "core/grid.h"
#include "core/status.h"
#include "sde/interaction.h"

typedef struct fk_mean_values {
    fk_interaction
        of; /* without a field the equation is linear, and nothing is below */
    fk_grid grid;
    double *mass; /* [cells] */
    double *sum;  /* [widest] */
    double *scratch;
    double **row; /* [widest] into scratch */
} fk_mean_values;

/* As fk_interaction_init. */
FK_NODISCARD fk_status fk_mean_values_init(fk_mean_values *v, const fk_sde *sde,
                                           const fk_domain *domain);
void fk_mean_values_clear(fk_mean_values *v); /* accepts one of zeros */

/* The law p[cells] holds from time t on.  Nothing for a linear equation. */
void fk_mean_values_take(fk_mean_values *v, double t, const double *p);

/* Lines from the law taken last to p at the later time t. */
void fk_mean_values_lead(fk_mean_values *v, double t, const double *p);

#endif
