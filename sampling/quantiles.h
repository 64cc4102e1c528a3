/* Quantiles of particles that come in parts, in bounded memory: up to FK_QUANTILE_EDGES
 * values of the first part divide the line, and every particle is counted between two of
 * them, or on one.  Between two the distribution function is taken as straight, so that a
 * quantile errs by about the square of a thousandth; up to as many particles it is exact. */
#ifndef FK_SAMPLING_QUANTILES_H
#define FK_SAMPLING_QUANTILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keep.h"
#include "core/status.h"
#include "sampling/ensemble.h"

enum { FK_QUANTILE_EDGES = 1024 };

typedef struct fk_quantiles fk_quantiles;

FK_NODISCARD fk_status fk_quantiles_new(size_t dim, fk_quantiles **out);
void fk_quantiles_free(fk_quantiles *q); /* accepts NULL */
size_t fk_quantiles_memory(size_t dim);  /* bytes */

/* Counts those that are alive. */
FK_NODISCARD fk_status fk_quantiles_add(fk_quantiles *q, const fk_ensemble *e);

/* The least x with at least the share `level` of the particles at or below it, in
 * variable i, and its standard error, from where levels of one standard error
 * sqrt(p (1 - p) / n) more and less are.  NaN without particles. */
double fk_quantiles_read(const fk_quantiles *q, size_t i, double level, double *error);

/* Saves the counts, or restores them into some of the same dim. */
bool fk_quantiles_keep(fk_quantiles *q, const fk_keeper *keeper);

#endif
