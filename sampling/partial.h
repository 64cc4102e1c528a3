/* Private to sampling/.
 * Partially absorbing faces.  Given the ends d0 > 0 and e1 of a free step of normal
 * variance s^2 h, as distances from the face, the least push that keeps its whole path
 * inside is, with E exponential of mean one,
 *
 *     L = (sqrt((d0 - e1)^2 + 2 E s^2 h) - d0 - e1)+ / 2,
 *
 * because a Brownian bridge goes below -l with probability exp(-2 (d0 + l)(e1 + l) /
 * (s^2 h)).  The path goes to X + L c, c = a n / a_nn the conormal (reflection.h), and ends
 * there with probability 1 - exp(-kappa L / a_nn), kappa and a_nn taken on the face: L is the
 * local time, E dL = a_nn p dt, so the current is kappa p.  For constant coefficients and
 * one face this is exact, drift included, whatever the step.  Without a bridge
 * L = (-e1)+ alone: order 1/2.  [lepingle-1995, erban-chapman-2007] */
#ifndef FK_SAMPLING_PARTIAL_H
#define FK_SAMPLING_PARTIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

typedef struct fk_partial {
    const fk_domain *domain;
    bool bridge;
    size_t n; /* partial faces */
    size_t axis[2 * FK_GRID_DIM], side[2 * FK_GRID_DIM];
    fk_entries tensor; /* [n] a_nn, at the beginning of the step */
    fk_entries face;   /* [n][dim + 1] conormal, then kappa / a_nn, on the face */
} fk_partial;

FK_NODISCARD fk_status fk_partial_init(fk_partial *p, const fk_sde *sde,
                                       const fk_domain *domain, bool bridge);
void fk_partial_clear(fk_partial *p); /* accepts one of zeros */

size_t fk_partial_draws(const fk_partial *p); /* rows of N(0, 1) a step */
size_t fk_partial_scratch(const fk_partial *p);

/* Pushes x[dim][FK_BLOCK] at t + h back between the faces of `to`, from old at t between
 * those of `from`; ends[FK_BLOCK] gets the
 * status of those that end on a face on their way, else FK_ALIVE. */
void fk_partial_push(const fk_partial *p, const fk_domain *from, const fk_domain *to,
                     double t, double h, const double *z, const double *const *old,
                     double *const *x, uint8_t *ends, double *scratch);

/* Ends those of the living that must, on their face of d. */
void fk_partial_absorb(const fk_partial *p, const fk_domain *d, const uint8_t *ends,
                       double *const *x, uint8_t *status);

#endif
