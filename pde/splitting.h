/* Symmetric (Strang) splitting of a time step; private to pde/evolution.c.  Steps along
 * the operator's directions, with the factorisations it uses again and the threads'
 * work arrays. */
#ifndef FK_PDE_SPLITTING_H
#define FK_PDE_SPLITTING_H

#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

typedef struct fk_splitting fk_splitting;

/* What left the grid, and the lanes that were limited. */
typedef struct fk_tally {
    double left[FK_GRID_DIM][2]; /* mass */
    uint64_t limited;
} fk_tally;

/* Borrows fp.  slots: step lengths whose factorisations are kept, 1 or more. */
FK_NODISCARD fk_status fk_splitting_new(const fk_fokker_planck *fp,
                                        const fk_pde_stepper *stepper, size_t slots,
                                        fk_splitting **out);
void fk_splitting_free(fk_splitting *s); /* accepts NULL */
size_t fk_splitting_memory(const fk_sde *sde, const fk_grid *g, size_t slots);

/* u[cells] -> u after a step of length h with the operator's present rates; adds to
 * *tally.  start: 1 for the stepper's starting steps, else 0.  FK_ESINGULAR. */
FK_NODISCARD fk_status fk_splitting_step(fk_splitting *s, double h, int start,
                                         double *u, fk_tally *tally);

#endif
