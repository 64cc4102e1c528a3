/* Private to pde/.
 * Factorisations of I - tau L_i, all tiles of the directions i, kept for the values of tau
 * used last, so that a run which alternates between a few lengths of step factors each
 * once as long as the rates stay what they are. */
#ifndef FK_PDE_FACTORS_H
#define FK_PDE_FACTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "pde/fokker_planck.h"

/* Of one direction. */
typedef struct fk_factor_slot {
    double tau;
    uint64_t revision; /* of the rates; 0: empty */
    uint64_t used;     /* for finding the least recently used */
    size_t size;       /* doubles of one tile */
    double *factor;    /* [tiles][size] */
} fk_factor_slot;

typedef struct fk_factors {
    const fk_fokker_planck *fp; /* borrowed */
    size_t n_slots;
    uint64_t clock;
    fk_factor_slot *slot; /* [directions][n_slots] */
} fk_factors;

/* n_slots: values of tau that a run alternates between.  FK_ENOMEM: to be cleared as well. */
FK_NODISCARD fk_status fk_factors_init(fk_factors *f, const fk_fokker_planck *fp,
                                       size_t n_slots);
void fk_factors_clear(fk_factors *f); /* accepts one of zeros */

/* Bytes of such factorisations, without making them. */
size_t fk_factors_memory(const fk_sde *sde, const fk_grid *g, size_t n_slots);

/* The slot of direction i for tau: one that fits the present rates, or the one used
 * longest ago, marked empty; then the tiles are to be factored and the slot filled. */
fk_factor_slot *fk_factors_choose(fk_factors *f, size_t i, double tau);
void fk_factors_filled(const fk_factors *f, fk_factor_slot *slot);

/* The factorisation of one tile of direction d, made first if the slot is empty; NULL:
 * it is singular. */
const double *fk_factors_tile(const fk_factor_slot *slot, const fk_direction *d,
                              size_t tile);

#endif
