/* Rates between cells from an SDE's drift and diffusion; private to the operator.
 * On a face in the middle of a step delta of a direction with conductance k, Peclet
 * number P = int q . dl and drift without noise r (pde/tensor.h):
 *
 *     rate right = k W(-P) + max(r / h, 0),    rate left = k W(P) + max(-r / h, 0)
 *
 * P is taken with as many Gauss-Legendre points as the flux asks for. */
#ifndef FK_PDE_COEFFICIENTS_H
#define FK_PDE_COEFFICIENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "core/status.h"
#include "pde/direction.h"
#include "pde/flux.h"
#include "sde/sde.h"

typedef struct fk_coefficients fk_coefficients;

/* A block of faces of one direction, in and out. */
typedef struct fk_faces {
    size_t n;                            /* <= FK_BLOCK */
    double x[FK_GRID_DIM][FK_BLOCK];     /* middles of the steps */
    double walls[FK_GRID_DIM][FK_BLOCK]; /* reflecting walls per axis, see tensor.h */
    double
        reach[FK_BLOCK]; /* length of the step in steps: 1, 1/2 to a face where p = 0,
                               0: no link, the rates are zero */
    size_t points;       /* Gauss-Legendre points for P: 1 or 3 */
    bool alone; /* all of the axis' diffusion and drift, none left to the diagonals */
    double right[FK_BLOCK], left[FK_BLOCK]; /* [1/time] */
} fk_faces;

/* Borrows sde; copies the domain. */
FK_NODISCARD fk_status fk_coefficients_new(const fk_sde *sde, const fk_domain *domain,
                                           const fk_flux *flux, fk_coefficients **out);
void fk_coefficients_free(fk_coefficients *c); /* accepts NULL */

bool fk_coefficients_steady(const fk_coefficients *c);   /* free of t */
bool fk_coefficients_diagonal(const fk_coefficients *c); /* no cross terms */

/* Doubles of scratch per thread. */
size_t fk_coefficients_scratch(const fk_coefficients *c);

/* right and left at time t.  FK_EDOMAIN: not finite, or too skewed; *fault is the
 * face's place in the block.  Safe from many threads. */
FK_NODISCARD fk_status fk_coefficients_rates(const fk_coefficients *c, double t,
                                             const fk_direction *d, fk_faces *f,
                                             double *scratch, size_t *fault);

/* The sentence for a fault at time t and point x[dim], called at[dim] (which differs on
 * stretched axes); returns FK_EDOMAIN.  scratch as above. */
fk_status fk_coefficients_explain(const fk_coefficients *c, double t, const double *x,
                                  const double *at, double *scratch,
                                  fk_message *message);

#endif
