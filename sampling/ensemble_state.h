/* Private to sampling/.
 * How an ensemble lies in memory.  A block is one piece: its streams, then
 * x[rows][FK_BLOCK] of the walk, then status[FK_BLOCK]; about 10 KiB in one variable. */
#ifndef FK_SAMPLING_ENSEMBLE_STATE_H
#define FK_SAMPLING_ENSEMBLE_STATE_H

#include "core/memory.h"
#include "core/random.h"
#include "sampling/crowd.h"
#include "sampling/ensemble.h"
#include "sampling/march.h"
#include "sampling/walk.h"

struct fk_ensemble {
    fk_crowd crowd;
    fk_walk walk;
    size_t count, n_blocks;
    fk_clock clock;
    size_t block_bytes;
    unsigned char *memory;
    fk_losses losses;
    double *lost_x; /* [dim], of the losses */
};

enum { FK_STREAMS_BYTES = (sizeof(fk_streams) + FK_ALIGN - 1) / FK_ALIGN * FK_ALIGN };

static inline size_t fk_ensemble_block_bytes(size_t rows)
{
    return FK_STREAMS_BYTES + rows * FK_BLOCK * sizeof(double) + FK_BLOCK;
}

/* Parts of a block. */
static inline fk_streams *fk_part_streams(unsigned char *block)
{
    return (fk_streams *)(void *)block;
}

static inline double *fk_part_x(unsigned char *block)
{
    return (double *)(void *)(block + FK_STREAMS_BYTES);
}

static inline uint8_t *fk_part_status(unsigned char *block, size_t rows)
{
    return block + FK_STREAMS_BYTES + rows * FK_BLOCK * sizeof(double);
}

/* The same of block b, to read. */
static inline const double *fk_ensemble_x(const fk_ensemble *e, size_t b)
{
    return fk_part_x(e->memory + b * e->block_bytes);
}

static inline const uint8_t *fk_ensemble_status(const fk_ensemble *e, size_t b)
{
    return fk_part_status(e->memory + b * e->block_bytes, e->walk.rows);
}

#endif
