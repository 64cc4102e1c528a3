/* Private to pde/.
 * A direction of the grid - an axis or a diagonal of two axes - as tiles of lines.
 *
 * A line marches one cell at a time along the axis `march` and, on a diagonal, one cell
 * up or down (sign) the axis `shift` with each step.  FK_LANES neighbouring lines lie
 * side by side in a tile, so that what follows each other along a line is a fixed
 * distance apart in memory and neighbouring lines fill a SIMD register:
 *
 *     diagonal, sign +1:     row 2   . 0 1 2      column of lane l in row r:
 *     (3 columns drawn)      row 1   2 . 0 1      l + r, modulo the columns
 *                            row 0   0 1 2 .
 *
 * Where a lane passes the end of the shift axis the line ends and, unless that axis is
 * periodic, another one begins in the same lane: the link between the two rows is a
 * break, of rate zero.  So every cell is in one place of one tile and no place is
 * wasted but for lanes filled up to FK_LANES.  On axes that are both periodic a diagonal
 * closes after lcm(n, m) cells and there are gcd(n, m) of them.
 *
 * up[place] is the rate from the cell at a place to the next cell of its line, dn[place]
 * the rate back; place = (tile * rows + row) * lanes + lane.  Links that leave the grid
 * are exits, listed tile by tile. */
#ifndef FK_PDE_DIRECTION_H
#define FK_PDE_DIRECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "solvers/lines.h"

/* Fewer places than these are not worth waking other threads for. */
enum { FK_PARALLEL_PLACES = 8192 };

/* A link from a cell through a face (of the first axis it leaves by) to the outside. */
typedef struct fk_exit {
    size_t axis, side;
    int way;          /* +1 along the line's march, -1 against it */
    fk_boundary kind; /* absorbing: p = 0 on the face; partial: J = kappa p there;
                         open: p = 0 one cell outside */
    size_t cell;      /* it leaves from, as a field on the grid counts them */
} fk_exit;

typedef struct fk_direction {
    size_t march, shift;       /* axes; equal for a direction along an axis */
    int sign;                  /* of the shift axis along the march; 0 for an axis */
    double delta[FK_GRID_DIM]; /* displacement of one step [length] */
    double width[FK_GRID_DIM]; /* of the cells [length] */

    fk_lines shape;     /* of each tile */
    size_t tiles, tile; /* how many, places in one (rows * lanes) */

    double *up, *dn; /* [tiles * tile] [1/time] */

    size_t n_exits;
    size_t *first_exit; /* [tiles + 1] */
    fk_exit *exit;      /* [n_exits] */
    fk_line_sink *sink; /* [n_exits] place within its tile, and rate */

    /* the lanes: `fast` axis along a tile, `other` one across tiles */
    fk_domain domain;
    size_t fast, other, lanes_fast, tiles_fast;
} fk_direction;

/* Where a row of a tile lies on the grid: cell indices of lane 0. */
typedef struct fk_cursor {
    size_t row, index[FK_GRID_DIM];
    size_t lanes; /* in use, <= FK_LANES */
} fk_cursor;

/* Lines along axis `march`, or on the diagonal of two axes with sign +1 or -1; rates
 * and sinks are zero.  FK_ENOMEM leaves *out empty. */
FK_NODISCARD fk_status fk_direction_along(const fk_domain *domain, size_t axis,
                                          fk_direction *out);
FK_NODISCARD fk_status fk_direction_diagonal(const fk_domain *domain, size_t a,
                                             size_t b, int sign, fk_direction *out);
void fk_direction_clear(fk_direction *d); /* frees what it owns */

/* Doubles of one such rate array for lines that do not close, without making it. */
size_t fk_direction_places(const fk_grid *g, size_t march);

fk_cursor fk_direction_start(const fk_direction *d, size_t tile, size_t row);
void fk_direction_next(const fk_direction *d, fk_cursor *c); /* one row on */

/* Cell indices of a lane of the cursor's row. */
void fk_direction_cell(const fk_direction *d, const fk_cursor *c, size_t lane,
                       size_t index[FK_GRID_DIM]);

/* True if a cell has a next one on its line. */
bool fk_direction_linked(const fk_direction *d, const size_t index[FK_GRID_DIM]);

/* u[cells] -> tile[rows][lanes], unused lanes 0; and back. */
void fk_direction_load(const fk_direction *d, size_t tile, const double *u,
                       double *out);
void fk_direction_store(const fk_direction *d, size_t tile, const double *in,
                        double *u);

/* u[cells] += scale * tile. */
void fk_direction_add(const fk_direction *d, size_t tile, double scale,
                      const double *in, double *u);

#endif
