/* Private to sampling/.
 * The probability flow of an SDE and what it does to volumes.  In the flux form of
 * sde/sde.h, with a score s = grad log p_t and J = ds/dx,
 *
 *     dx/dt = v = b - a s,     d/dt log p_t(x_t) = -div v,
 *     div v = div b - div(a s),     div(a s) = (div a) . s + tr(a J).
 *
 * The trace is taken along directions z that stay as they are on the way: summed over the
 * axes, z . a J z is the trace itself; for random z with E z z^T = 1 it is in expectation
 * (Hutchinson's estimate).  Steps are those of Cooper and Verner, of order 8, whose 11
 * stages need the score at Lobatto's five points alone, the divergence in five stages.
 * [song-2021, hutchinson-1990, grathwohl-2019, cooper-verner-1972] */
#ifndef FK_SAMPLING_FLOW_H
#define FK_SAMPLING_FLOW_H

#include <stdbool.h>

#include "core/program.h"
#include "sde/score.h"
#include "sde/sde.h"

typedef struct fk_flow {
    size_t dim;
    fk_program *program; /* b, a, div b, div a */
    bool *nonzero;       /* [dim][dim] whether a_ij may be other than 0 */
} fk_flow;

/* FK_EDOMAIN with a sentence: the SDE has jumps, paths that are killed, or depends on its
 * own law.  Borrows the SDE. */
FK_NODISCARD fk_status fk_flow_new(const fk_sde *sde, fk_flow *out,
                                   fk_message *message);
void fk_flow_clear(fk_flow *f);

/* The times at which n steps from node to node need the score. */
enum { FK_FLOW_TIMES = 4 };
void fk_flow_times(size_t n, const double *node, double *time); /* [4 n + 1] */

/* A block of points with their directions; arrays of rows of FK_BLOCK. */
typedef struct fk_carrier {
    size_t directions;
    double *x;             /* [dim] */
    double *direction;     /* [directions][dim] */
    double *drift;         /* int div b dt */
    double *tensor;        /* int (div a) . s dt */
    double *trace;         /* [directions] int z . a J z dt */
    double *stage;         /* [stages][dim] v */
    double *y, *s, *field; /* where, score, and what the program gives */
    double *change, *product;
    double **x_rows, **y_rows, **s_rows, **field_rows;
    double *rest;
} fk_carrier;

size_t fk_carrier_scratch(const fk_flow *f, const fk_score *score, size_t directions);

/* With integrals of zero; points and directions are the caller's to fill. */
fk_carrier fk_carrier_place(const fk_flow *f, size_t directions, double *scratch);

/* Step k of the times above, which are the score's. */
void fk_flow_step(const fk_flow *f, const fk_score *score, size_t k, fk_carrier *c);

#endif
