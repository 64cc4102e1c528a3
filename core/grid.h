/* The one grid of a problem: cells along each axis, on which the Fokker-Planck equation
 * evolves cell averages and into which particles are counted.
 *
 *     axis i:  lo = edge 0 | cell 0 | edge 1 | ... | cell n-1 | edge n = hi
 *
 * Cells are of equal width, along a stretched axis of equal width in the coordinate u of
 * which its variable is a function x(u) (core/stretch.h); there lo may be -inf, hi inf.
 * Lengths along an axis and volumes are those of the even coordinates, places (edges,
 * centres, points, lo and hi) those of the variables.
 *
 * A field on the grid is one array u[n2][n1][n0], axis 0 (the first variable) fastest:
 * u[i0 + n0 * (i1 + n1 * i2)].  Densities are cell averages [1 / length^dim], the mass of
 * a cell over its volume: q(u) = p(x(u)) dx/du where an axis is stretched.  Masses, L1
 * distances and entropies between two densities do not see which; p = q / fk_grid_slope.
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
#include "core/stretch.h"

enum { FK_GRID_DIM = 3 }; /* the most axes a grid can have */

typedef struct fk_axis {
    double lo, hi;             /* [length], lo < hi */
    size_t cells;              /* >= 1 */
    const fk_stretch *stretch; /* borrowed; NULL: even */
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

/* The axis of the even coordinate; one that is not stretched is its own. */
static inline fk_axis fk_axis_even(const fk_axis *a)
{
    return a->stretch == NULL ? *a
                              : (fk_axis){fk_stretch_lo(a->stretch),
                                          fk_stretch_hi(a->stretch), a->cells, NULL};
}

static inline double fk_axis_width(const fk_axis *a)
{
    const fk_axis even = fk_axis_even(a);
    return (even.hi - even.lo) / (double)even.cells;
}

/* The place s cells above lo, 0 <= s <= cells, and there the length of the variable for
 * one of the even coordinate. */
static inline double fk_axis_at(const fk_axis *a, double s)
{
    return a->stretch == NULL ? a->lo + s * fk_axis_width(a)
                              : fk_stretch_at(a->stretch, s, a->cells);
}

static inline double fk_axis_slope(const fk_axis *a, double s)
{
    return a->stretch == NULL ? 1.0 : fk_stretch_slope(a->stretch, s, a->cells);
}

/* What cell i covers of the variable, by its centre: finite where an edge is not. */
static inline double fk_axis_extent(const fk_axis *a, size_t i)
{
    return fk_axis_slope(a, (double)i + 0.5) * fk_axis_width(a);
}

/* The density of the variable at the centre of cell i, from that of the even coordinate. */
static inline double fk_axis_density(const fk_axis *a, const double *p, size_t i)
{
    return p[i] / fk_axis_slope(a, (double)i + 0.5);
}

static inline double fk_axis_centre(const fk_axis *a, size_t i)
{
    return fk_axis_at(a, (double)i + 0.5);
}

static inline double fk_axis_edge(const fk_axis *a, size_t i)
{
    return i == a->cells ? a->hi : fk_axis_at(a, (double)i);
}

/* The cell of the last edge that is not above x, the nearest cell for x outside. */
size_t fk_axis_cell(const fk_axis *a, double x);

/* How the variable lies in cell i for what is linear in the even coordinate there: its
 * mean and variance, and its covariance with the place in the cell (in cells). */
typedef struct fk_axis_moments {
    double mean, variance, lean;
} fk_axis_moments;
fk_axis_moments fk_axis_moments_of(const fk_axis *a, size_t i);

/* Indices of cell `flat` along each axis, and back. */
void fk_grid_unravel(const fk_grid *g, size_t flat, size_t index[FK_GRID_DIM]);
size_t fk_grid_ravel(const fk_grid *g, const size_t index[FK_GRID_DIM]);

/* Centre of cell `flat`, x[dim], and there the volume of the variables for one of the
 * even coordinates. */
void fk_grid_centre(const fk_grid *g, size_t flat, double x[FK_GRID_DIM]);
double fk_grid_slope(const fk_grid *g, size_t flat);

/* What is to be divided out of a current along `axis`, as of a density, to have that of the
 * variables: the slopes of the other axes. */
double fk_grid_slope_across(const fk_grid *g, size_t axis, size_t flat);

bool fk_grid_stretched(const fk_grid *g); /* along some axis */
fk_grid fk_grid_even(const fk_grid *g);   /* the grid of the even coordinates */

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
const char *fk_domain_face_name(const fk_domain *d, size_t axis,
                                size_t side); /* "natural" where an end is infinite */

#endif
