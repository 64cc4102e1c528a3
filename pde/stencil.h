/* Private to pde/.
 * The operator in the grid's own order, for steppers that apply it again and again: a
 * direction links each cell c with cell c + o, o the same for all, by rates that are a field,
 * or a line where they are the same on all lines:
 *
 *     (L p)_c = sum_o  F_{c-o} - F_c - sink_c p_c,     F_c = up_c p_c - dn_c p_{c+o}
 *     (L^T u)_c = sum_o  up_c (u_{c+o} - u_c) - dn_{c-o} (u_c - u_{c-o}) - sink_c u_c
 *
 * Both cells of a link see the same F, so that no mass is lost.  Where c + o is no neighbour
 * the rates are zero; links that close a periodic line are listed one by one.  All
 * directions go together through a chunk of cells that stays in the first-level cache. */
#ifndef FK_PDE_STENCIL_H
#define FK_PDE_STENCIL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "pde/direction.h"

typedef struct fk_stencil fk_stencil;

/* Of n directions with their present rates; steady: they stay as they are.  Borrows the
 * directions.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_stencil_new(size_t n, const fk_direction *d, bool steady,
                                      size_t n_threads, fk_stencil **out);
void fk_stencil_free(fk_stencil *s); /* accepts NULL */

/* Takes the directions' rates anew. */
void fk_stencil_take(fk_stencil *s);

/* out[cells] = L p, or L^T p, of the directions first .. last - 1. */
void fk_stencil_apply(const fk_stencil *s, size_t first, size_t last, bool transposed,
                      const double *p, double *out);

#endif
