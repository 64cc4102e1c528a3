/* Private to pde/.  What the two ways to transition densities share. */
#ifndef FK_PDE_TRANSITION_PARTS_H
#define FK_PDE_TRANSITION_PARTS_H

#include "core/block.h"
#include "core/program.h"
#include "pde/transition.h"

/* The share of the mass that the contour is right to. */
#define FK_TRANSITION_LEAST 1e-12

struct fk_transitions {
    size_t dim, n, blocks; /* blocks of FK_BLOCK pairs, the last one padded */
    fk_pair *pair;
    size_t half; /* one variable: nodes on either side of x0 */
    double *dx;  /* [n] their distance */
    int degree;  /* two variables */
};

/* The pair of lane j of block b; lanes beyond the last repeat it. */
static inline size_t fk_lane_pair(const fk_transitions *t, size_t b, size_t j)
{
    const size_t i = b * FK_BLOCK + j;
    return i < t->n ? i : t->n - 1;
}

/* Places the nodes; FK_ENOMEM. */
FK_NODISCARD fk_status fk_nodes_plan(fk_transitions *t, const fk_transition_options *o);

/* One block of pairs: log_p and u (or NULL) of all pairs, of which the block's are
 * written.  Programs' inputs are the variables and then t: lanes have times of their
 * own. */
size_t fk_nodes_room(const fk_transitions *t, const fk_program *p); /* doubles */
void fk_nodes_run(const fk_transitions *t, const fk_program *p, size_t b, double *room,
                  double *log_p, double *u);
size_t fk_frame_room(const fk_transitions *t, const fk_program *p);
void fk_frame_run(const fk_transitions *t, const fk_program *p, size_t b, double *room,
                  double *log_p, double *u);

/* The expressions that the two want compiled, in this order: one variable a, b of the flux
 * form; two variables ito[2], a_00, a_01, a_11 and the slopes of ito, row by row. */
enum { FK_NODES_OUTPUTS = 2, FK_FRAME_OUTPUTS = 9 };

#endif
