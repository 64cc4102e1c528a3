/* Private to sampling/.
 * How step-halving pairs lie in memory.  A block is one piece: streams, then
 * x[rows][FK_BLOCK] and status[FK_BLOCK] of the coarse member, then of the fine one; where
 * paths depend on their own law, then the normals of the fine member's second step, which
 * waits until all have made the first. */
#ifndef FK_SAMPLING_HALVING_STATE_H
#define FK_SAMPLING_HALVING_STATE_H

#include "core/memory.h"
#include "sampling/crowd.h"
#include "sampling/halving.h"
#include "sampling/march.h"
#include "sampling/walk.h"

enum {
    FK_COARSE,
    FK_FINE,
    FK_MEMBERS,
    FK_PAIR_STREAMS_BYTES = (sizeof(fk_streams) + FK_ALIGN - 1) / FK_ALIGN * FK_ALIGN
};

struct fk_halving {
    fk_crowd crowd[FK_MEMBERS];
    fk_walk walk[FK_MEMBERS]; /* the same but for the mean values that they read */
    unsigned phase;           /* of a step: what of it is made */
    size_t count, n_blocks;
    fk_clock clock;
    size_t block_bytes;
    unsigned char *memory;
    fk_losses losses;
    double *lost_x; /* [dim], of the losses */
};

static inline size_t fk_pair_member_bytes(size_t rows)
{
    return rows * FK_BLOCK * sizeof(double) + FK_BLOCK;
}

static inline double *fk_pair_x(const fk_halving *h, unsigned char *block,
                                size_t member)
{
    return (double *)(void *)(block + FK_PAIR_STREAMS_BYTES +
                              member * fk_pair_member_bytes(h->walk->rows));
}

static inline uint8_t *fk_pair_status(const fk_halving *h, unsigned char *block,
                                      size_t member)
{
    return (uint8_t *)(fk_pair_x(h, block, member) + h->walk->rows * FK_BLOCK);
}

static inline unsigned char *fk_pair_block(const fk_halving *h, size_t b)
{
    return h->memory + b * h->block_bytes;
}

#endif
