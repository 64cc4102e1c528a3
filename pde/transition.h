/* Transition densities of an SDE of one or two variables between measured points:
 *
 *     log p(x1, t + dt | x0, t)      for many (x0, x1, t, dt) at once,
 *
 * each by a Fokker-Planck equation of its own around x0.  How: one variable
 * pde/transition_nodes.c, finite volumes for any shape of density; two variables
 * pde/transition_frame.c, a series about the Gaussian that moves with the mass. */
#ifndef FK_PDE_TRANSITION_H
#define FK_PDE_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "sde/sde.h"

enum {
    FK_TRANSITION_DIM = 2,
    FK_TRANSITION_DEGREE = 10 /* the most */
};

typedef struct fk_pair {
    double t, dt; /* dt > 0 */
    double x0[FK_TRANSITION_DIM], x1[FK_TRANSITION_DIM];
    /* One variable: typical |x1 - x0|, at an eighth of which the nodes lie, and how far
     * away from x0 they go, some nine times the spread of the widest model; guesses will
     * do, both > 0. */
    double spread, reach;
} fk_pair;

typedef struct fk_transition_options {
    /* One variable: the smallest length in x that the coefficients have, > 0: the nodes lie
     * no wider than a tenth of it.  Paths that stay within lo .. hi need no nodes beyond;
     * the nodes go a little further. */
    double structure, lo, hi;
    int degree; /* two variables: of the series, 2 to FK_TRANSITION_DEGREE; 0: 6 */
    bool finer; /* nodes at half the distance; a series of two degrees more */
} fk_transition_options;

typedef struct fk_transitions fk_transitions;

/* Copies the pairs.  dim: 1 or 2.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_transitions_new(size_t dim, size_t n, const fk_pair *pair,
                                          const fk_transition_options *o,
                                          fk_transitions **out);
void fk_transitions_free(fk_transitions *t); /* accepts NULL */

size_t fk_transitions_count(const fk_transitions *t); /* n */

/* log_p[n] with the parameters `value` instead of the SDE's own, -infinity where there is
 * no density.  Unless NULL, u[n][dim]: the probabilities P(X_0 <= x1_0), P(X_1 <= x1_1 |
 * X_0 = x1_0) that the model gave to what came, independent and even over (0, 1) if the
 * model is right.  An SDE of as many variables, any interpretation.  FK_ENOMEM; the same
 * for any number of threads. */
FK_NODISCARD fk_status fk_transitions_run(const fk_transitions *t, const fk_sde *sde,
                                          const double *value, double *log_p,
                                          double *u);

#endif
