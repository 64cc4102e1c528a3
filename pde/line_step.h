/* One time step on the lines of one tile, or its transpose; private to pde/splitting.c.
 * Repeated solves, their sum, the limiter and the ledger.  With v_k = A^-k u a step sum_k weight_k v_k
 * has moved, in all, the current of the field
 *
 *     w = theta tau sum_k C_k v_k,     C_k = sum_{j >= k} weight_j,
 *
 * through every face and exit: u+ = u + L w.  What leaves through an exit is its rate
 * times w there: the ledger follows the scheme to rounding.  The transpose of both, where
 * q is the rate of each exit times what leaving through it is worth:
 *
 *     u = sum_k A^-kT (weight_k u+ + theta tau C_k q) */
#ifndef FK_PDE_LINE_STEP_H
#define FK_PDE_LINE_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pde/direction.h"
#include "pde/stepper.h"

/* What a tile's step did.  left: cell averages lost, times one cell's volume a mass. */
typedef struct fk_line_report {
    double left[FK_GRID_DIM][2];
    uint64_t limited; /* lanes that needed the limiter */
} fk_line_report;

typedef struct fk_line_step {
    const fk_pde_stepper *stepper;
    double tau; /* time step */
    bool start; /* use the fallback weights */
    bool limit; /* keep the sign: the rates must be >= 0 */
} fk_line_step;

enum { FK_LINE_STEP_TILES = 8 };

/* u[tile] -> u[tile]; factor: of I - theta tau L for this tile; work: FK_LINE_STEP_TILES
 * times a tile.  The transpose takes worth[axis][side]. */
void fk_line_step_run(const fk_line_step *step, const fk_direction *d, size_t tile,
                      const double *factor, double *u, double *work,
                      fk_line_report *report);
void fk_line_step_transpose(const fk_line_step *step, const fk_direction *d,
                            size_t tile, const double *factor, const double *worth,
                            double *u, double *work);

#endif
