/* The mean values of a density on a grid, for an equation that depends on its own law.
 * With the cells' centres x_c
 *
 *     <E_k> = sum_c E_k(x_c) p_c / sum_c p_c,
 *
 * an error of second order in the cells' width.  Through a step from t to t + h they are
 * the lines from those of p(t) to those of a p(t + h) that was predicted with the means of
 * p(t): an error of second order in h. */
#ifndef FK_PDE_MEAN_VALUES_H
#define FK_PDE_MEAN_VALUES_H

#include "core/grid.h"
#include "core/mean_field.h"
#include "core/status.h"
#include "sde/sde.h"

typedef struct fk_mean_values {
    fk_sde view;          /* of the SDE, for programs that read the field */
    fk_mean_field *field; /* NULL: the equation is linear, and nothing below is there */
    double *now, *before, *sum; /* [n] those taken last, the time before, and work */
    double *scratch;
    double **row; /* [n] into scratch */
} fk_mean_values;

/* FK_ENOMEM; FK_EDOMAIN: a symbol that is not known. */
FK_NODISCARD fk_status fk_mean_values_init(fk_mean_values *v, const fk_sde *sde);
void fk_mean_values_clear(fk_mean_values *v); /* accepts one of zeros */

/* The means of p[cells of g] hold from time t on.  Nothing for a linear equation. */
void fk_mean_values_take(fk_mean_values *v, const fk_grid *g, double t,
                         const double *p);

/* Lines from those taken last, at time t, to those of p at time t + h. */
void fk_mean_values_lead(fk_mean_values *v, const fk_grid *g, double t, double h,
                         const double *p);

#endif
