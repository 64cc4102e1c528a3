/* Means and covariances of particles that come in parts: what is summed over one ensemble
 * after the other, and what the sums say in the end. */
#ifndef FK_SAMPLING_MOMENT_SUMS_H
#define FK_SAMPLING_MOMENT_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keep.h"
#include "core/status.h"
#include "sampling/ensemble.h"

typedef struct fk_moment_sums fk_moment_sums;

FK_NODISCARD fk_status fk_moment_sums_new(size_t dim, fk_moment_sums **out);
void fk_moment_sums_free(fk_moment_sums *s); /* accepts NULL */

/* Adds those that are alive.  The same digits for any number of threads. */
FK_NODISCARD fk_status fk_moment_sums_add(fk_moment_sums *s, const fk_ensemble *e);

/* mean[dim] and cov[dim][dim] (divided by n - 1) with their standard errors, those of cov
 * from E (x - m)^2 (y - m)^2; returns n.  No errors for n < 2: zero. */
uint64_t fk_moment_sums_read(const fk_moment_sums *s, double *mean, double *mean_error,
                             double *cov, double *cov_error);

/* Fourth central moment of variable i. */
double fk_moment_sums_fourth(const fk_moment_sums *s, size_t i);

/* Saves the sums, or restores them into some of the same dim. */
bool fk_moment_sums_keep(fk_moment_sums *s, const fk_keeper *keeper);

#endif
