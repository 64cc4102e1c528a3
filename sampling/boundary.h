/* Private to sampling/.
 * What the faces of a domain do to a block of particles after a step.
 *
 * A path lives in the half-open box lo <= x < hi, so that a point on a wall has a cell:
 * reflection onto hi gives the largest number below hi.  Points inside keep their bits.
 * An absorbed particle has a status and never moves again. */
#ifndef FK_SAMPLING_BOUNDARY_H
#define FK_SAMPLING_BOUNDARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/grid.h"

/* Status of a particle: 0 alive, the face that absorbed it, killed, or lost: not finite. */
enum { FK_ALIVE = 0, FK_KILLED = 1 + 2 * FK_GRID_DIM, FK_LOST };
static inline uint8_t fk_status_of_face(size_t axis, size_t side)
{
    return (uint8_t)(1 + 2 * axis + side);
}

/* Folds at reflecting and partial faces and wraps at periodic ones, however far outside:
 * x[dim][FK_BLOCK].  Not finite stays not finite. */
void fk_boundary_fold(const fk_domain *d, double *const *x);

/* Ends the particles that touch an absorbing face or lie beyond it, and puts those
 * ended earlier back to where they were before the step, old[dim][FK_BLOCK].  Where
 * several faces were passed, the one that the straight line from old to x meets first
 * counts. */
void fk_boundary_absorb(const fk_domain *d, const double *const *old, double *const *x,
                        uint8_t *status);

#endif
