/* E phi(X_T) from the density of the Fokker-Planck equation:
 *
 *     sum over cells of  phi(centre) p V  +  sum over absorbing faces of  phi(face) left,
 *
 * the second sum in one variable, where a face is a point. */
#ifndef FK_EXPERIMENTS_EXPECT_DENSITY_H
#define FK_EXPERIMENTS_EXPECT_DENSITY_H

#include "experiments/run.h"

typedef struct fk_expect_density {
    bool known;        /* false: `why` tells */
    const char *why;   /* static */
    double value;      /* on cells of half the problem's width */
    double grid_error; /* its difference to the value on the problem's cells */
    double outside;    /* mass that left through open faces: not in value */
} fk_expect_density;

/* out[n] of phi[n], all from one solution on each of the two grids. */
FK_NODISCARD fk_status fk_expect_by_density(
    const fk_problem *p, const fk_methods *methods, size_t n, const fk_expr *const *phi,
    const fk_progress *progress, fk_expect_density *out, fk_message *message);

#endif
