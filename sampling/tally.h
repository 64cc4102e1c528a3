/* Private to sampling/.
 * Counting particles of many blocks into one array, in parallel.  Integers, so that the
 * order of the threads does not show. */
#ifndef FK_SAMPLING_TALLY_H
#define FK_SAMPLING_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/grid.h"

enum { FK_TALLY_MOST = 2 * FK_BLOCK }; /* entries that a block may count into */

/* Adds 1 to count[i] for every i that `find` names: it writes the indices that block b
 * counts into, at most FK_TALLY_MOST of them below n < 2^32, and returns how many. */
void fk_tally(size_t n_blocks, size_t n, uint64_t *count,
              size_t (*find)(const void *context, size_t b, uint32_t *index),
              const void *context);

/* Cells of x[dim][FK_BLOCK], as fk_grid_find finds them; the number of cells for what is
 * outside. */
void fk_tally_cells(const fk_grid *g, const double *x, uint32_t *cell);

#endif
