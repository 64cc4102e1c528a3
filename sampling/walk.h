/* Private to sampling/.
 * One step of a block of particles: the scheme, then the faces of the domain.  Jumps come
 * before it and after it, those of half a step each; stable noise comes after the scheme,
 * killing goes on along it.
 * Every ensemble steps through here.  [strang-1968] */
#ifndef FK_SAMPLING_WALK_H
#define FK_SAMPLING_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/random.h"
#include "core/status.h"
#include "sampling/enclosure.h"
#include "sampling/jumps.h"
#include "sampling/killing.h"
#include "sampling/scheme.h"
#include "sampling/stable.h"
#include "sde/law.h"
#include "sde/sde.h"

typedef struct fk_walk_options {
    const fk_scheme *scheme;
    fk_face_rules faces;
    fk_step_rules rules;
    double step; /* the shortest that normals are drawn for */
} fk_walk_options;

/* Read-only once made, shared by all threads. */
typedef struct fk_walk {
    const fk_sde *sde; /* borrowed */
    const fk_scheme *scheme;
    fk_increments increments;
    fk_stepper *stepper;    /* owned */
    fk_enclosure faces;     /* owned; empty in free space */
    fk_jumps jumps;         /* owned; of zeros if there are none */
    fk_stable_noise stable; /* the same */
    fk_killing killing;     /* the same */
    size_t dim;
    size_t rows; /* of a state x: the variables, and what scheme, killing and jumps
                    remember */
    size_t scheme_draws; /* rows of normals that the scheme takes */
    size_t draws;        /* and that a step takes: faces have their own */
} fk_walk;

/* FK_EDOMAIN with a sentence if the scheme does not accept the SDE, or it or the bridge
 * the increments. */
FK_NODISCARD fk_status fk_walk_init(fk_walk *w, const fk_sde *sde,
                                    const fk_domain *domain, const fk_walk_options *o,
                                    fk_message *message);
void fk_walk_clear(fk_walk *w); /* accepts one of zeros */

/* Doubles per thread, aligned to FK_ALIGN. */
size_t fk_walk_scratch(const fk_walk *w);

/* Initial states x[rows][FK_BLOCK] at time t; a draw outside the domain is treated like a step
 * that led there.  Uses no scratch beyond fk_walk_scratch. */
void fk_walk_start(const fk_walk *w, double t, const fk_law *law, uint64_t seed,
                   fk_purpose purpose, uint64_t first, double *x, uint8_t *status,
                   double *scratch);

/* The same where the variables of x hold initial states already. */
void fk_walk_enter(const fk_walk *w, double t, uint64_t seed, fk_purpose purpose,
                   uint64_t first, double *x, uint8_t *status, double *scratch);

/* z[steps][draws][FK_BLOCK] from a block's streams. */
void fk_walk_draw(const fk_walk *w, fk_streams *streams, size_t steps, double *z,
                  double *scratch);

/* What is left to do where z[draws][FK_BLOCK] holds Gaussian rows already. */
void fk_walk_shape(const fk_walk *w, double *z, double *scratch);

/* Rows of a step and of the halves of it, drawn together; h: of a half.  first and second
 * lie one behind the other. */
void fk_walk_pair(const fk_walk *w, fk_streams *streams, double h, double *first,
                  double *second, double *z, double *scratch);

/* Where the scheme goes that way, rows of the halves from those of a whole step. */
bool fk_walk_splits(const fk_walk *w);
void fk_walk_split(const fk_walk *w, fk_streams *streams, const double *z,
                   double *first, double *second);

/* z[draws][FK_BLOCK] of a step of 2 h from those of the two steps of h that it joins.
 * Increments that are not Gaussian do not add up to one of their kind: the first one is
 * taken, which leaves the long step its law, though less in common with the short ones. */
void fk_walk_join(const fk_walk *w, double h, const double *first, const double *second,
                  double *z);

/* x[rows][FK_BLOCK] from t to t + h with z[draws][FK_BLOCK]. */
void fk_walk_step(const fk_walk *w, double t, double h, const double *z, double *x,
                  uint8_t *status, double *scratch);

/* First of n lanes that is alive and has a state that is not finite; n if there is none. */
size_t fk_walk_lost(const fk_walk *w, const double *x, const uint8_t *status, size_t n);

#endif
