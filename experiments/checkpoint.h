/* What a run leaves on the way, so that one that was killed goes on: the sums over the
 * particles so far and the chunk under way.  A file beside the result's folder, whole or
 * absent (written under another name, flushed, renamed), with a checksum.  It belongs to
 * one problem with its settings and one build of the program.
 *
 * Layout, in the machine's own byte order: the magic line, the number of bytes that
 * follow, those bytes, FNV-1a of everything before. */
#ifndef FK_EXPERIMENTS_CHECKPOINT_H
#define FK_EXPERIMENTS_CHECKPOINT_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"

typedef struct fk_checkpoint {
    char path[1100];
    double interval; /* seconds between two of them */
    double
        written; /* when the last one was, or the run began, on the monotonic clock */
    double cost; /* seconds that it took */
    bool exists; /* there is one of this run */
    FILE *from;  /* that a run goes on from, up to its place; NULL: from the start */
} fk_checkpoint;

struct fk_run_state;
struct fk_troop;

/* Puts everything away; troop NULL: all have marched. */
FK_NODISCARD fk_status fk_checkpoint_write(struct fk_run_state *run,
                                           const struct fk_troop *troop,
                                           fk_message *message);

/* Takes back the sums of a planned run, from the file if there is one.  FK_EIO: damaged;
 * FK_EDOMAIN: of another problem or program. */
FK_NODISCARD fk_status fk_checkpoint_read(struct fk_run_state *run,
                                          fk_message *message);

/* And then the chunk, which has begun. */
FK_NODISCARD fk_status fk_checkpoint_chunk(struct fk_run_state *run,
                                           const struct fk_troop *troop,
                                           fk_message *message);

#endif
