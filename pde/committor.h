/* How a stationary process goes from a set A to a set B (transition path theory):
 *
 *     L^T q+ = 0  between,  q+ = 0 on A, 1 on B      P(B before A) from here: committor
 *     L (p q-) = 0  between,  q- = 1 on A, 0 on B    P(A was the last) : backward committor
 *     f_ij = q-_i p_i k_ij q+_j,  f_ij - f_ji        reactive current from i to j
 *     nu = sum over links out of A of f              transitions per unit time
 *     k_AB = nu / sum p q- V,   k_BA = nu / sum p (1 - q-) V
 *
 * The sets' edges cut links wherever they lie: what is left of a link from the cell to
 * the edge is a shorter link with its own rates, as at an absorbing face, so that the
 * committor is of second order although the edges follow no cells.
 * [e-vanden-eijnden-2006] */
#ifndef FK_PDE_COMMITTOR_H
#define FK_PDE_COMMITTOR_H

#include "pde/generator.h"

/* A closed set: which points x[dim] belong to it. */
typedef struct fk_set {
    bool (*holds)(void *context, const double *x);
    void *context;
} fk_set;

typedef struct fk_committor {
    size_t cells;
    unsigned char *in;            /* [cells] centre in 0 neither, 1 A, 2 B */
    double *forward, *backward;   /* [cells] q+ and q- */
    double *current[FK_GRID_DIM]; /* [cells] reactive current at the centres */
    double flux;                  /* nu [1/time], out of A */
    double flux_in;               /* the same counted into B: differs by rounding */
    double rate_ab, rate_ba;      /* [1/time] */
    double mass_a, mass_b;        /* stationary mass of the cells of the sets */
    double reactive;              /* sum p q+ q- V: share of the time on the way */
} fk_committor;

/* p: the stationary density of all cells.  FK_EDOMAIN with a sentence: a set that holds
 * no cell's centre, or all of them, or sets that overlap or touch; FK_ESINGULAR: no way
 * from somewhere to either. */
FK_NODISCARD fk_status fk_committor_solve(const fk_generator *g, const double *p,
                                          const fk_set *a, const fk_set *b,
                                          fk_committor *out, fk_message *message);
void fk_committor_clear(fk_committor *c); /* accepts zeros */

#endif
