/* Private to sampling/.
 * Where a reflecting face sends a path back.  No current through the face means that the
 * push which keeps the path inside acts along the conormal a n, n the normal of the face:
 * with noise that is correlated across the face not along n,
 *
 *     dX = f dt + G dW + c dL,   c = a n / a_nn,   a = G G^T / 2.
 *
 * A step that ends at a distance d beyond the face is projected onto it, X + d c, or
 * symmetrised, X + 2 d c, with c at the point of the face that X + d c is (one iteration leaves
 * an error of order h in c and h^(3/2) in X).  Projection has weak
 * order 1/2, symmetrising 1.  [bossy-gobet-talay-2004] */
#ifndef FK_SAMPLING_REFLECTION_H
#define FK_SAMPLING_REFLECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "sampling/entries.h"
#include "sde/sde.h"

typedef struct fk_reflection {
    const fk_domain *domain;
    double times;                     /* d c is added so many times: 1 or 2 */
    size_t n_axes, axis[FK_GRID_DIM]; /* that need more than folding; 0 as a rule */
    fk_entries conormal;              /* [n_axes][dim], 0 for the axis itself */
} fk_reflection;

FK_NODISCARD fk_status fk_reflection_init(fk_reflection *r, const fk_sde *sde,
                                          const fk_domain *domain, bool project);
void fk_reflection_clear(fk_reflection *r); /* accepts one of zeros */
size_t fk_reflection_scratch(const fk_reflection *r);

/* x[dim][FK_BLOCK] that may lie beyond faces of d at time t.  What is left outside after a few
 * reflections (corners, steps longer than the domain) is for fk_boundary_fold. */
void fk_reflection_apply(const fk_reflection *r, const fk_domain *d, double t,
                         double *const *x, double *scratch);

#endif
