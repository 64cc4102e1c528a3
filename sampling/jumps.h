/* Private to sampling/.
 * Jumps of a block of particles.  In an interval in which nothing else moves them, states
 * are constant between jumps, so that with E exponential of mean one the next jump comes
 * after the time E / r(X): the law is exact whatever the rate depends on but t, which is
 * held at the middle of the interval.
 *
 * A particle remembers what is left of E, and the key of its next random numbers: its
 * n-th jump has the same mark along every path, whatever the steps, so that paths with
 * different steps jump together.  [gillespie-1977, anderson-2007] */
#ifndef FK_SAMPLING_JUMPS_H
#define FK_SAMPLING_JUMPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/program.h"
#include "core/random.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

enum { FK_JUMP_ROWS = 2 }; /* that a particle remembers */

typedef struct fk_jumps {
    const fk_sde *sde; /* borrowed */
    fk_entries rate;   /* of each kind of jump */
    fk_program **to;   /* [n_jumps] c over the variables and the mark */
} fk_jumps;

/* FK_EDOMAIN with a sentence: a constant rate that is negative or not finite. */
FK_NODISCARD fk_status fk_jumps_init(fk_jumps *w, const fk_sde *sde,
                                     fk_message *message);
void fk_jumps_clear(fk_jumps *w); /* accepts one of zeros */

size_t fk_jumps_scratch(const fk_jumps *w);

/* memory[FK_JUMP_ROWS][FK_BLOCK] of particles first .. first + FK_BLOCK - 1. */
void fk_jumps_start(uint64_t seed, fk_purpose purpose, uint64_t first, double *memory);

/* Jumps of the living in a time h around t: x[dim][FK_BLOCK].  True if there were any.
 * A rate that is negative, not finite, or good for more than 10^4 jumps within h loses the
 * particle: its state becomes NaN. */
bool fk_jumps_run(const fk_jumps *w, double t, double h, double *const *x,
                  double *memory, const uint8_t *status, double *scratch);

#endif
