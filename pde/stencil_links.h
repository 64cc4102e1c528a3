/* Private to pde/stencil*.c.
 * The rates of one direction, as the stencil holds them. */
#ifndef FK_PDE_STENCIL_LINKS_H
#define FK_PDE_STENCIL_LINKS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "pde/direction.h"

/* A link that closes a line: from a cell to one that is not o further on. */
typedef struct fk_closing {
    size_t from, to, place; /* rates are the direction's at this place */
} fk_closing;

/* up[pad + c], dn[pad + c] are those of the link from cell c to c + o, or from place c of a
 * line to the next; the first `pad` are 0. */
typedef struct fk_stencil_links {
    const fk_direction *d;
    size_t offset; /* o > 0 */
    bool turned;   /* the direction runs from c + o to c: up and dn change places */
    bool line;
    size_t pad; /* o, of a line 1 */
    double *up, *dn;
    size_t n_closing;
    fk_closing *closing;
} fk_stencil_links;

/* FK_ENOMEM leaves what fk_stencil_links_clear frees. */
FK_NODISCARD fk_status fk_stencil_links_make(const fk_direction *d, bool steady,
                                             fk_stencil_links *out);
void fk_stencil_links_take(fk_stencil_links *l);
void fk_stencil_links_clear(fk_stencil_links *l);

#endif
