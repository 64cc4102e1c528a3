/* Private to sampling/.
 * Drives blocks of particles through the steps of an advance.
 *
 * One block makes all its steps while it is in cache, then the next; threads share the
 * blocks.  Work comes in portions of FK_PORTION steps of one block: after each the
 * block is looked at for states that are not finite, the user may have asked to stop,
 * and progress is told.  Where somebody was lost, the portion is repeated step by step
 * on a copy to learn when and where. */
#ifndef FK_SAMPLING_MARCH_H
#define FK_SAMPLING_MARCH_H

#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/progress.h"
#include "core/status.h"
#include "sampling/losses.h"

enum {
    FK_PORTION = 256,
    FK_FEW_BLOCKS = 32 /* not worth waking other threads for, one step each */
};

/* Times of steps: step k begins at start + (first + k) h.  Counted from one origin as
 * long as the step stays the same, so that pausing does not change a single bit. */
typedef struct fk_pace {
    double start, h;
    uint64_t first;
} fk_pace;

static inline double fk_pace_time(const fk_pace *pace, uint64_t k)
{
    return pace->start + (double)(pace->first + k) * pace->h;
}

/* Steps from now to t_end, none longer than step (but for rounding, 1e-9 of it): their
 * number, and *pace set for them.  A pace that fits but for rounding is kept. */
uint64_t fk_pace_plan(fk_pace *pace, double now, double t_end, double step);

/* Where an ensemble is in time, and on which way. */
typedef struct fk_clock {
    double time;
    double step; /* longest */
    fk_pace pace;
    uint64_t steps; /* taken */
    double goal;    /* of an advance that paused `left` steps before it */
    uint64_t left;
} fk_clock;

/* Steps to take next towards t_end, at most `most`.  After a pause on the way the plan
 * stays what it was. */
uint64_t fk_clock_plan(fk_clock *clock, double t_end, uint64_t most);
void fk_clock_tick(fk_clock *clock, uint64_t steps); /* they were taken */

/* Number of blocks that hold `count` particles. */
static inline size_t fk_block_count(size_t count)
{
    return count / FK_BLOCK + (count % FK_BLOCK != 0);
}

/* Particles of block b; the last one may be ragged. */
static inline size_t fk_block_lanes(size_t count, size_t b)
{
    const size_t left = count - b * FK_BLOCK;
    return left < FK_BLOCK ? left : FK_BLOCK;
}

typedef struct fk_march {
    size_t count;          /* particles */
    unsigned char *memory; /* [blocks][block_bytes], aligned to FK_ALIGN */
    size_t block_bytes;    /* a multiple of FK_ALIGN */
    size_t scratch;        /* doubles a thread needs */
    fk_pace pace;
    uint64_t steps;

    const void *context;
    /* n steps of one block */
    void (*run)(const void *context, const fk_pace *pace, uint64_t n,
                unsigned char *block, double *scratch);
    /* Of n lanes those that are in the run and not finite: takes them out of it and
     * returns their number, *first the lowest. */
    size_t (*lose)(const void *context, unsigned char *block, size_t n, size_t *first);
    /* x[dim] of a lane */
    void (*state)(const void *context, const unsigned char *block, size_t lane,
                  double *x);
} fk_march;

/* FK_EINTERRUPTED; FK_ENOMEM: nothing was done.  Adds to *losses, whose x is `x`, the
 * particles that were lost; the first of all if there was none before. */
FK_NODISCARD fk_status fk_march_run(const fk_march *m, const fk_progress *progress,
                                    fk_losses *losses, double *x);

#endif
