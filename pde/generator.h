/* The generator of the Markov process on a grid's cells that a Fokker-Planck operator
 * is: a list of links between cells with the rates of both ways, and of ways out.
 *
 *     (L p)_i = sum_j (k_ji p_j - k_ij p_i) - out_i p_i,      k_ij = rate from i to j
 *
 * The forward operator L moves densities, its transpose moves expectations
 * (L^T u)_i = sum_j k_ij (u_j - u_i) - out_i u_i: one matrix, so the duality of the two
 * equations is exact.  For questions about stationary laws, spectra and exits, which
 * are answered by sparse linear algebra. */
#ifndef FK_PDE_GENERATOR_H
#define FK_PDE_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "pde/fokker_planck.h"
#include "solvers/sparse_lu.h"

#define FK_NO_CELL SIZE_MAX

/* Neighbouring cells: rate from `from` to `to` and back [1/time], not both zero. */
typedef struct fk_link {
    size_t from, to;
    double up, dn;
    const double *step; /* [FK_GRID_DIM] displacement of the way up [length] */
} fk_link;

/* A way through a face to the outside. */
typedef struct fk_way_out {
    size_t cell, axis, side;
    double rate;        /* > 0 */
    const double *step; /* displacement of the way out, one cell long */
} fk_way_out;

typedef struct fk_generator {
    fk_domain domain;
    size_t cells;
    size_t n_links, n_outs;
    fk_link *link;
    fk_way_out *out;
    double (*steps)[FK_GRID_DIM]; /* both ways of each direction; what `step` borrows */
    double fastest;               /* largest rate out of a cell */
} fk_generator;

/* With the rates that fp has at present, which must be positive: FK_EDOMAIN with a
 * sentence if one is negative (a flux that is not positive), or the flux is wide.  Keeps nothing of fp. */
FK_NODISCARD fk_status fk_generator_new(const fk_fokker_planck *fp, fk_generator **out,
                                        fk_message *message);
void fk_generator_free(fk_generator *g); /* accepts NULL */

/* Current from a link's first cell to its second [mass density / time], p[cells]. */
static inline double fk_link_current(const fk_link *l, const double *p)
{
    return l->up * p[l->from] - l->dn * p[l->to];
}

/* Factors shift - L on the n cells with index[cell] < n, what leaves them being lost; an
 * index of FK_NO_CELL leaves a cell out.  index == NULL: all cells in order, n = cells. */
FK_NODISCARD fk_status fk_generator_factor(const fk_generator *g, double shift,
                                           const size_t *index, size_t n,
                                           fk_sparse_lu **out, fk_message *message);

/* Traps are sets of cells which lead to each other and nowhere else, neither to other
 * cells nor out: trap[cell] = number of the cell's trap, or FK_NO_CELL outside of
 * them.  Each trap carries one stationary law; without one, all mass leaves in the end. */
FK_NODISCARD fk_status fk_generator_traps(const fk_generator *g, size_t *trap,
                                          size_t *n_traps);

/* Marks every cell from which marked cells can be reached. */
FK_NODISCARD fk_status fk_generator_reach(const fk_generator *g, bool *mark);

#endif
