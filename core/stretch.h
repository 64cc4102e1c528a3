/* What stretches an axis: its variable as an increasing function x(u) of a coordinate u in
 * which cells are even, such as tan(u) for heavy tails or exp(u) for half-lines.  An end
 * may be infinite where the function grows beyond all bounds at a finite u, like tan at
 * pi/2 (not where u itself must grow without end, as for exp).
 *
 * Places are counted in cells from the lower end: s of n even cells is u = lo + s (hi -
 * lo)/n. */
#ifndef FK_CORE_STRETCH_H
#define FK_CORE_STRETCH_H

#include <stddef.h>

#include "core/expr.h"
#include "core/status.h"

typedef struct fk_stretch fk_stretch; /* immutable, for many threads */

/* Arrays are read and copied; expressions must be of `pool`, which must outlive it. */
typedef struct fk_stretch_parts {
    fk_expr_pool *pool;
    const fk_expr *map, *u; /* x(u) of u and parameters, and the symbol u */
    size_t n_parameters;
    const fk_expr *const *parameter;
    const double *value;
    double from, to; /* x at both ends, from < to, may be infinite */
    size_t cells;    /* about so many will be asked for: see fk_stretch_at */
} fk_stretch_parts;

/* FK_EDOMAIN with a sentence: x(u) does not increase, or does not reach an end. */
FK_NODISCARD fk_status fk_stretch_new(const fk_stretch_parts *parts, fk_stretch **out,
                                      fk_message *message);
void fk_stretch_free(fk_stretch *m); /* accepts NULL */

double fk_stretch_lo(const fk_stretch *m); /* u at both ends, finite */
double fk_stretch_hi(const fk_stretch *m);

/* x and dx/du at s of n cells, 0 <= s <= n.  Fast for edges and centres of `cells` and of
 * numbers that divide them or their double. */
double fk_stretch_at(const fk_stretch *m, double s, size_t n);
double fk_stretch_slope(const fk_stretch *m, double s, size_t n);

/* The cell of the last of n cells' edges that is not above x, 0 for x below all. */
size_t fk_stretch_cell(const fk_stretch *m, double x, size_t n);

/* u of a finite x, by Newton's method: for pictures; that of the nearer end beyond them. */
double fk_stretch_u(const fk_stretch *m, double x);

const fk_expr *fk_stretch_map(const fk_stretch *m); /* as stated */
const fk_expr *fk_stretch_symbol(const fk_stretch *m);

#endif
