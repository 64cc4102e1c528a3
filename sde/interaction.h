/* An equation that depends on the law of its own solution, for somebody who has the law: a
 * view of the SDE whose programs read mean values and convolutions, and what fills these in.
 *
 *     fk_interaction_open(i, t)        what follows is of time t
 *     fk_interaction_spread(i, mass)   convolutions, from the masses in the grid's cells
 *     field->value[k] = <E_k>          means, level by level, by the owner of the law
 *     fk_interaction_close(i)          holds what was filled in from t on
 *     fk_interaction_line(i)           or, if wanted: lines from the time before to t  */
#ifndef FK_SDE_INTERACTION_H
#define FK_SDE_INTERACTION_H

#include <stdbool.h>

#include "core/grid.h"
#include "core/mean_field.h"
#include "core/status.h"
#include "sde/sde.h"
#include "solvers/convolution.h"

typedef struct fk_interaction {
    fk_sde view;          /* parts borrowed from the SDE, reads the field */
    fk_mean_field *field; /* NULL: none, the view is the SDE, nothing below is there */
    fk_convolution *maps; /* NULL: no convolution is known at corners */
    double time, earlier; /* of the values taken last, and before */
    double *now, *before; /* [n_values] those values */
} fk_interaction;

/* domain: whose grid convolutions are taken on; NULL: free space.  FK_ENOMEM; FK_EDOMAIN: as
 * fk_mean_field_new, or a kernel is not finite. */
FK_NODISCARD fk_status fk_interaction_init(fk_interaction *i, const fk_sde *sde,
                                           const fk_domain *domain);
void fk_interaction_clear(fk_interaction *i); /* accepts one of zeros */

void fk_interaction_open(fk_interaction *i, double t);

/* mass[cells], of sum 1; needs maps. */
void fk_interaction_spread(fk_interaction *i, const double *mass);
void fk_interaction_close(fk_interaction *i);
void fk_interaction_line(fk_interaction *i);

#endif
