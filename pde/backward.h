/* The backward Kolmogorov equation, by the transposes of the forward steps:
 *
 *     u(x, s) = E[phi(X_end) K(end) + int_s^end cost K dt + worth K(exit) | X_s = x],
 *     K(t) = exp(-int_s^t killing dt),
 *     -du/ds = L^T u - killing u + cost,    u(end) = phi,    u = worth on faces that take
 *
 * where the first term is for paths that are still there at the end, the last one for those
 * that have left through a face.  A forward step of a density with its books is p+ = M p,
 * the backward one over the same time u = M^T u+, so <u, p>, sums over cells and books, is
 * the same at every time, to rounding, whatever the step's error: the expectation by the
 * density at the end and by u at the start are one number.  That is so for every stepper
 * as far as it is linear: where a forward run limited signs, it was not.  [kac-1949] */
#ifndef FK_PDE_BACKWARD_H
#define FK_PDE_BACKWARD_H

#include "core/progress.h"
#include "core/status.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

typedef struct fk_backward_options {
    const fk_pde_stepper *stepper;
    double step; /* > 0, or 0: one, for exact steppers */
    /* steps next to the start, and to the end, taken in the stepper's starting way: as the
     * forward run did that began there; to damp a rough phi */
    size_t first, last;
} fk_backward_options;

/* u[cells + FK_BOOKS] at `end` -> u at `start`, in the steps that an evolution with the same
 * stepper and step takes from start to end.  u's books are what is paid: for leaving through
 * each face, for being killed, FK_BOOK_COST per unit of cost (0 or 1), FK_BOOK_MADE per mass
 * that a source makes, whose own share is in FK_BOOK_ONE afterwards.  FK_EDOMAIN with a
 * sentence for wide fluxes, equations that depend on their own law and coefficients that are
 * not finite; FK_ELIMIT, FK_ESINGULAR as the forward step; FK_EINTERRUPTED. */
FK_NODISCARD fk_status fk_backward_solve(fk_fokker_planck *fp,
                                         const fk_backward_options *o, double start,
                                         double end, double *u,
                                         const fk_progress *progress,
                                         fk_message *message);

#endif
