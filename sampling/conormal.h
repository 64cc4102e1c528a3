/* Private to sampling/.
 * The direction in which a face pushes paths: its conormal a n / a_nn, 1 along the face's
 * axis.  Where it changes with the place it is taken at the point of the face that it
 * leads to, found by one iteration. */
#ifndef FK_SAMPLING_CONORMAL_H
#define FK_SAMPLING_CONORMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "sampling/entries.h"
#include "sde/sde.h"

/* One face's conormal among entries that are evaluated together. */
typedef struct fk_conormal {
    const fk_entries *entries;
    size_t first; /* of its dim entries */
    size_t axis, dim;
} fk_conormal;

/* c[dim] = a_ij / a_ii, 0 for the axis i itself; true if one of them is not zero. */
bool fk_conormal_expressions(const fk_sde *sde, size_t i, const fk_expr **c);

/* Rows of the entries at time t and the point that c leads to from x, which is depth
 * [FK_BLOCK] away from the face along the axis; point[dim][FK_BLOCK] is work. */
double *const *fk_conormal_rows(const fk_conormal *c, double t, const double *depth,
                                double *const *x, double *const *point,
                                double *scratch);

/* to = x + by c over a block.  A conormal that is not finite belongs to a face without
 * noise across it, and is its normal. */
void fk_conormal_push(const fk_conormal *c, double *const *rows, const double *by,
                      double *const *x, double *const *to);

#endif
