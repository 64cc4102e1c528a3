/* Particles whose state is not a finite number any more: a step too long for the drift,
 * or a process that explodes.  They are counted and take no further part. */
#ifndef FK_SAMPLING_LOSSES_H
#define FK_SAMPLING_LOSSES_H

#include <stddef.h>
#include <stdint.h>

#include "core/keep.h"
#include "core/status.h"
#include "sde/sde.h"

/* The first is the one whose step began earliest, of those the one with the lowest
 * number: the same for any number of threads. */
typedef struct fk_losses {
    uint64_t count;
    size_t particle; /* the first; these mean nothing while count is 0 */
    double time;     /* when the step began that led nowhere */
    double step;     /* its length */
    const double *x; /* [dim] where the particle was then; owned by whom it came from */
} fk_losses;

/* Joins the losses of particles whose numbers begin at `first`; x[dim] keeps the state of
 * the first of all, and all->x becomes x. */
void fk_losses_join(fk_losses *all, const fk_losses *more, size_t first, size_t dim,
                    double *x);

/* Saves or restores losses whose x is x[dim]. */
bool fk_losses_keep(fk_losses *l, double *x, size_t dim, const fk_keeper *keeper);

/* "3 of 1000 particles were lost: particle 17 was at x = 3.1e+205 at t = 1.25 ..." with
 * what can be done; what: "particles". */
void fk_losses_tell(const fk_losses *l, const fk_sde *sde, const char *what,
                    uint64_t total, fk_message *message);

#endif
