/* Where paths are, variable by variable: the median of their states and half the distance
 * between the quantiles 0.16 and 0.84, which for a Gaussian is its standard deviation. */
#ifndef FK_SAMPLING_TYPICAL_H
#define FK_SAMPLING_TYPICAL_H

#include "core/status.h"
#include "sampling/weak_residual.h"

/* Of a few hundred paths, other ones than the weak form is held by, at nine times from
 * start to end; to two digits.  centre[dim], width[dim], 1 where all states are equal.
 * With a sentence the failures of fk_ensemble_new and fk_ensemble_advance. */
FK_NODISCARD fk_status fk_typical(const fk_weak_paths *paths, double *centre,
                                  double *width, fk_message *message);

/* The box within `reach` widths of the centre, box[dim][2]: far out rare paths would decide
 * what unbounded test functions say. */
void fk_typical_box(size_t dim, const double *centre, const double *width, double reach,
                    double *box);

#endif
