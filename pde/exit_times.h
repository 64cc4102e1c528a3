/* When and through which face a process leaves, as functions of where it starts, by the
 * backward equation: with the exit time T, the face f that it leaves through, the rates
 * out_f of a generator,
 *
 *     -L^T m1 = 1,  m1 = E T        -L^T m2 = 2 m1,  m2 = E T^2
 *     -L^T h = out_f,  h = P(face f)
 *     -L^T c = h,  c = E[T; face f]
 *
 * T is infinite with some probability where a trap can be reached, and then so is its
 * mean; splitting probabilities are those of leaving at all.  [gardiner-2009, section 5.5] */
#ifndef FK_PDE_EXIT_TIMES_H
#define FK_PDE_EXIT_TIMES_H

#include "pde/generator.h"

typedef struct fk_exit_face {
    size_t axis, side;
    double *probability; /* [cells] h */
    double *time;        /* [cells] c, mean time of those that leave here times h; where
                            T may be infinite NaN */
} fk_exit_face;

typedef struct fk_exit_times {
    size_t cells;
    double *mean, *square; /* [cells] m1 and m2; infinite where T may be */
    size_t n_faces;        /* those with ways out */
    fk_exit_face face[2 * FK_GRID_DIM];
    bool escapes; /* from every cell T is finite for sure */
    double
        rounding; /* largest |sum h - 1| where T is finite for sure: what rounding has
                        done to all of these, which grows with the mean time over the
                        fastest */
} fk_exit_times;

/* FK_ESINGULAR, FK_ENOMEM with a sentence; the former too when rounding exceeds 1 %. */
FK_NODISCARD fk_status fk_exit_times_solve(const fk_generator *g, fk_exit_times *out,
                                           fk_message *message);
void fk_exit_times_clear(fk_exit_times *e); /* accepts zeros */

#endif
