/* Implicit steps along lines of cells between which mass is exchanged, factored once
 * and solved many times:
 *
 *     (I - theta L) x = b,    (L x)_i = up_{i-1} x_{i-1} + dn_i x_{i+1}
 *                                       - (up_i + dn_{i-1} + sink_i) x_i
 *
 * up_i is the rate from cell i to i + 1, dn_i from i + 1 to i, sink_i out of the
 * system.  A tile is `lanes` independent lines side by side, every array [rows][lanes];
 * a cyclic line has a link from its last cell to its first, stored in the last row.
 *
 * With rates >= 0 the matrix is a column-dominant M-matrix with known column sums, and
 * the elimination needs no subtraction: d_i = s_i + theta up_i, where s_i, what leaves
 * the eliminated part for good, obeys s_{i+1} = 1 + theta sink + theta dn_i s_i / d_i.
 * So every entry of x has a small relative error, x >= 0 where b >= 0, and mass is kept to
 * rounding (Grassmann, Taksar and Heyman's trick).  Cyclic lines are eliminated the
 * same way towards their last cell, with one more pair of links to it.  Rates of either
 * sign are accepted; then none of these promises hold.  A single line is eliminated
 * from both ends at once, which halves the chain of dependent operations.
 * [grassmann-taksar-heyman-1985] */
#ifndef FK_SOLVERS_LINES_H
#define FK_SOLVERS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { FK_LANES = 16 };

typedef struct fk_lines {
    size_t rows;  /* >= 1 */
    size_t lanes; /* 1 or FK_LANES */
    bool cyclic;
} fk_lines;

/* A rate out of the system at cell `place` = row * lanes + lane. */
typedef struct fk_line_sink {
    size_t place;
    double rate;
} fk_line_sink;

/* Doubles that a tile's factorisation needs. */
size_t fk_lines_factor_size(const fk_lines *shape);

/* Factors I - theta L; up, dn are read, not kept.  Unused lanes have rates 0.
 * FK_ESINGULAR on a zero or non-finite pivot. */
FK_NODISCARD fk_status fk_lines_factor(const fk_lines *shape, double theta,
                                       const double *up, const double *dn,
                                       size_t n_sinks, const fk_line_sink *sink,
                                       double *factor);

/* b[rows][lanes] -> x in place; theta, up, dn as factored. */
void fk_lines_solve(const fk_lines *shape, double theta, const double *up,
                    const double *dn, const double *factor, double *x);

/* The same with the transpose, (I - theta L)^T x = b: what holds at a later time becomes
 * what is expected of it.  With rates >= 0 and no sinks, constants stay as they are. */
void fk_lines_solve_transpose(const fk_lines *shape, double theta, const double *up,
                              const double *dn, const double *factor, double *x);

#endif
