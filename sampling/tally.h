/* Private to sampling/.
 * Counting particles of many blocks into one array, in parallel.  Integers,
 * so that the order of the threads does not show. */
#ifndef FK_SAMPLING_TALLY_H
#define FK_SAMPLING_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"

/* count[n] = sum over the blocks of what add() puts into it.  Each thread has its own
 * counts; one thread does all where there is no memory for that. */
void fk_tally(size_t n_blocks, size_t n, uint64_t *count,
              void (*add)(const void *context, size_t block, uint64_t *count),
              const void *context);

/* Cell of lane j of x[dim][FK_BLOCK]; the number of cells if it is outside. */
size_t fk_tally_cell(const fk_grid *g, const double *x, size_t j);

#endif
