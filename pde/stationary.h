/* The stationary density of a generator and what it says about equilibrium:
 *
 *     L p = 0,   sum_cells p V = 1
 *
 *     sigma = 1/2 sum_ij (k_ij p_i - k_ji p_j) log (k_ij p_i / k_ji p_j) V
 *
 * the rate of entropy production, 0 if and only if there is detailed balance (every
 * current is zero).  It tends to int J . a^-1 J / p as the cells shrink.
 * [schnakenberg-1976] */
#ifndef FK_PDE_STATIONARY_H
#define FK_PDE_STATIONARY_H

#include "pde/generator.h"

typedef struct fk_stationary {
    size_t cells;
    double *p;       /* [cells] 0 outside of the trap */
    double residual; /* max |L p| / (largest rate * max p) */

    /* The system behind it: -L on the trap without one cell, the fullest. */
    size_t pinned;
    size_t *index; /* [cells] row of a cell, FK_NO_CELL for others */
    fk_sparse_lu *lu;
} fk_stationary;

/* The law that trap number `which` of fk_generator_traps carries.  FK_ESINGULAR,
 * FK_ENOMEM with a sentence. */
FK_NODISCARD fk_status fk_stationary_solve(const fk_generator *g, const size_t *trap,
                                           size_t which, fk_stationary *out,
                                           fk_message *message);
void fk_stationary_clear(fk_stationary *s); /* accepts zeros */

/* Departure from detailed balance: the largest |current| of a link over the largest of
 * the two flows that make one; below FK_BALANCED there is balance but for rounding. */
#define FK_BALANCED 1e-9
double fk_generator_imbalance(const fk_generator *g, const double *p);

/* sigma [1/time]; infinite where mass moves along a link one way only. */
double fk_generator_entropy_production(const fk_generator *g, const double *p);

#endif
