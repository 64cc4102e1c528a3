/* Private to sampling/.
 * Killing of a block of particles at the rate k(X, t) >= 0: with E exponential of mean one,
 * a path ends where int k dt passes E.  Of a step the integral is taken by the trapezoidal
 * rule along the path, which keeps weak order 2; a constant rate is exact.
 *
 * A particle remembers what is left of E and the rate where it is.  E is the same along
 * every path whatever the steps, so that paths with different steps die together.
 * [kac-1949] */
#ifndef FK_SAMPLING_KILLING_H
#define FK_SAMPLING_KILLING_H

#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/random.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

enum { FK_KILLING_ROWS = 2 }; /* that a particle remembers */

typedef struct fk_killing {
    size_t dim;
    fk_entries rate; /* the one */
} fk_killing;

/* The SDE's rate.  FK_EDOMAIN with a sentence: a constant one that is negative or not
 * finite. */
FK_NODISCARD fk_status fk_killing_init(fk_killing *k, const fk_sde *sde,
                                       fk_message *message);
void fk_killing_clear(fk_killing *k); /* accepts one of zeros */

size_t fk_killing_scratch(const fk_killing *k);

/* memory[FK_KILLING_ROWS][FK_BLOCK] of particles first .. first + FK_BLOCK - 1, which are
 * at x[dim][FK_BLOCK]. */
void fk_killing_start(const fk_killing *k, double t, uint64_t seed, fk_purpose purpose,
                      uint64_t first, double *const *x, double *memory,
                      double *scratch);

/* The rate anew, where something else than a step has moved the particles. */
void fk_killing_look(const fk_killing *k, double t, double *const *x, double *memory,
                     double *scratch);

/* After a step of h that led from old to x at t: ends those whose time has come, puts those
 * killed earlier back to old.  A rate that is negative or not finite loses the particle:
 * its state becomes NaN. */
void fk_killing_run(const fk_killing *k, double t, double h, const double *const *old,
                    double *const *x, double *memory, uint8_t *status, double *scratch);

#endif
