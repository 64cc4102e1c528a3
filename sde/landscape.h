/* The landscape of a motion in detailed balance: with the effective potential Phi,
 *
 *     grad Phi = -a^-1 b,     p = exp(-Phi) / Z        (Phi = U / D for noise sqrt(2 D))
 *
 * its minima (wells) and its saddles of index one (passes), and the rates between wells
 * that Kramers, Eyring and Langer estimate from them for small noise,
 *
 *     k = |mu| / (2 pi) sqrt(det H_well / |det H_pass|) exp(-(Phi_pass - Phi_well)),
 *
 * H the Hessian of Phi, mu the negative eigenvalue of a H at the pass.  An estimate: its
 * relative error is of the order of the noise.  [kramers-1940, langer-1969] */
#ifndef FK_SDE_LANDSCAPE_H
#define FK_SDE_LANDSCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_LANDSCAPE_POINTS = 16 };

typedef struct fk_critical_point {
    double x[FK_GRID_DIM];
    double determinant; /* of H */
    double mu;          /* a pass: negative eigenvalue of a H [1/time]; a well: 0 */
    size_t well[2];     /* a pass: the wells on either side */
    double height[2];   /* a pass: Phi above those wells */
} fk_critical_point;

typedef struct fk_landscape {
    bool known; /* false: q = a^-1 b is no gradient, or the noise is singular */
    size_t n_wells, n_passes;
    fk_critical_point well[FK_LANDSCAPE_POINTS], pass[FK_LANDSCAPE_POINTS];
    /* rate[i][j] from well i to well j [1/time] */
    double rate[FK_LANDSCAPE_POINTS][FK_LANDSCAPE_POINTS];
    double slowest; /* the slowest relaxation rate of these; 0 with fewer than two wells
                       that passes join */
} fk_landscape;

/* Of an SDE free of t on a grid's box (infinite ends at the centre of the last cell):
 * Newton's method from a raster of starts, steepest descent from each pass to both of its
 * sides. */
FK_NODISCARD fk_status fk_landscape_find(const fk_sde *sde, const fk_grid *grid,
                                         fk_landscape *out);

#endif
