/* The one grid of a problem: cells of equal width along each axis, on which the
 * Fokker-Planck equation evolves cell averages and into which particles are counted.
 *
 *     axis i:  lo = edge 0 | cell 0 | edge 1 | ... | cell n-1 | edge n = hi
 *
 * A field on the grid is one array u[n2][n1][n0], axis 0 (the first variable) fastest:
 * u[i0 + n0 * (i1 + n1 * i2)].  Densities are cell averages [1 / length^dim].
 *
 * Boundaries belong to faces and mean the same to particles and to the density:
 *   reflecting   no probability current through the face;
 *   absorbing    p = 0 on the face, a path ends where it touches it;
 *   periodic     the face is glued to the opposite one (both faces of the axis);
 *   open         free space cut off for the grid's sake: what leaves is counted and
 *                reported as truncation, never as physics;
 *   partial      partially absorbing: the current through the face is kappa p, kappa >= 0
 *                its reactivity [length/time], a function of the place on the face and t
 *                (0: reflecting, infinite: absorbing); a path is reflected and ends at the
 *                rate kappa / a_nn of its local time there.  */
#ifndef FK_CORE_GRID_H
#define FK_CORE_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"

enum { FK_GRID_DIM = 3 }; /* the most axes a grid can have */

typedef struct fk_axis {
    double lo, hi; /* [length], lo < hi */
    size_t cells;  /* >= 1 */
} fk_axis;

typedef struct fk_grid {
    size_t dim;                /* 1 to FK_GRID_DIM */
    fk_axis axis[FK_GRID_DIM]; /* beyond dim: {0, 1, 1}, so that loops need no case */
} fk_grid;

typedef enum fk_boundary {
    FK_REFLECTING,
    FK_ABSORBING,
    FK_PERIODIC,
    FK_OPEN,
    FK_PARTIAL,
} fk_boundary;

static inline bool fk_boundary_absorbs(fk_boundary b)
{
    return b == FK_ABSORBING || b == FK_PARTIAL;
}

static inline bool fk_boundary_reflects(fk_boundary b)
{
    return b == FK_REFLECTING || b == FK_PARTIAL;
}

/* A grid and what happens at its faces: face[i][0] at lo of axis i, face[i][1] at hi.
 * Expressions are over the variables, parameters and t of the SDE, borrowed. */
typedef struct fk_domain {
    fk_grid grid;
    fk_boundary face[FK_GRID_DIM][2];
    const fk_expr *reactivity[FK_GRID_DIM][2]; /* of partial faces */
    const fk_expr
        *wall[2]; /* one axis: where its faces are, of t; the grid covers all of
                               their way.  NULL: both at rest, at the grid's ends */
} fk_domain;

bool fk_domain_has(const fk_domain *d, fk_boundary kind); /* at some face */
bool fk_domain_absorbs(const fk_domain *d);               /* at some face */
bool fk_domain_moves(const fk_domain *d);                 /* its walls */
bool fk_domain_open(const fk_domain *d); /* every face is, or there is none */

fk_grid fk_grid_make(size_t dim, const fk_axis *axis);

size_t fk_grid_cells(const fk_grid *g);  /* product of cells */
double fk_grid_volume(const fk_grid *g); /* of one cell [length^dim] */

static inline double fk_axis_width(const fk_axis *a)
{
    return (a->hi - a->lo) / (double)a->cells;
}

static inline double fk_axis_centre(const fk_axis *a, size_t i)
{
    return a->lo + ((double)i + 0.5) * fk_axis_width(a);
}

static inline double fk_axis_edge(const fk_axis *a, size_t i)
{
    return i == a->cells ? a->hi : a->lo + (double)i * fk_axis_width(a);
}

/* Indices of cell `flat` along each axis, and back. */
void fk_grid_unravel(const fk_grid *g, size_t flat, size_t index[FK_GRID_DIM]);
size_t fk_grid_ravel(const fk_grid *g, const size_t index[FK_GRID_DIM]);

/* Centre of cell `flat`, x[dim]. */
void fk_grid_centre(const fk_grid *g, size_t flat, double x[FK_GRID_DIM]);

/* Cell that holds the point x[dim], lower edge included, upper edge excluded; false
 * if the point lies outside or is not finite. */
bool fk_grid_find(const fk_grid *g, const double *x, size_t *flat);

/* The same box with cells * factor cells along each axis. */
fk_grid fk_grid_refine(const fk_grid *g, size_t factor);

/* coarse[] = means of the factor^dim cells of fine[] that each coarse cell holds.
 * `g` is the coarse grid. */
void fk_grid_restrict(const fk_grid *g, size_t factor, const double *fine,
                      double *coarse);

const char *fk_boundary_name(fk_boundary b);

#endif
