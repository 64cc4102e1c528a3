/* Leading eigenvalues and modes of a generator,
 *
 *     L r = lambda r  (right: densities),     L^T l = lambda l  (left: observables)
 *
 * those with the largest real part, which decay last: 0 with the stationary density
 * where mass is kept, -1 / relaxation time next; complex ones where currents turn.
 * Where mass leaves, the first is minus its rate of decay and its right mode the
 * quasi-stationary density.
 *
 * Found by shift and invert: the eigenvalues nearest to a real shift s > 0, of which
 * those with the largest real part are kept.  All of these are there up to the imaginary
 * part `reach`: what is not among the nearest lies outside a circle around s.  Where modes
 * turn, s moves out and more eigenvalues are taken, until that is far enough for turning
 * modes that decay with the square of their frequency, or four times. */
#ifndef FK_PDE_MODES_H
#define FK_PDE_MODES_H

#include "pde/generator.h"
#include "solvers/eigen.h"

typedef struct fk_mode {
    double re, im; /* lambda [1/time]; im > 0 stands for a conjugate pair */
    /* [cells] real and imaginary part; of a real mode the latter is NULL */
    double *right[2]; /* int |r| dx = 1, largest value real and positive */
    double *left[2];  /* sum l r V = 1 where that is far from 0, else max |l| = 1 */
} fk_mode;

typedef struct fk_modes {
    size_t cells, n;
    fk_mode *mode; /* [n] falling re; a pair counts as one */
    double reach;
    double *field; /* what the modes point into */
} fk_modes;

/* The k leading modes, fewer if there are fewer; left modes if asked for, else NULL.
 * At least 16 cells.
 * FK_ECONVERGE, FK_ESINGULAR, FK_ENOMEM with a sentence. */
FK_NODISCARD fk_status fk_modes_right(const fk_generator *g, size_t k, fk_modes *out,
                                      fk_message *message);
FK_NODISCARD fk_status fk_modes_both(const fk_generator *g, size_t k, fk_modes *out,
                                     fk_message *message);
void fk_modes_clear(fk_modes *m); /* accepts zeros */

#endif
