/* What is expected of a path from each place, the value function of Feynman and Kac:
 *
 *     u(x, s) = E[payoff(X_T) K(T) 1{X still there} + int_s^T cost K dt + worth K(exit) | X_s = x],
 *     K(t) = exp(-int_s^t killing dt),
 *
 * on a grid at several times s, by the transposes of the forward steps (pde/backward.h), to a
 * tolerance in time.  [kac-1949] */
#ifndef FK_PDE_VALUE_H
#define FK_PDE_VALUE_H

#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "pde/flux.h"
#include "pde/stepper.h"
#include "sde/sde.h"

typedef struct fk_value_task {
    const fk_sde *sde;            /* with its killing */
    const fk_domain *domain;      /* walls at rest */
    const fk_expr *payoff, *cost; /* of the variables and t; NULL: none */
    double worth[FK_GRID_DIM][2]; /* what leaving through each face pays */
    size_t n_times;
    const double *time; /* [n_times] ascending, the last is the end */
    double step;        /* > 0: fixed */
    double tolerance;   /* else steps are halved until u's error, in the mean over all
                           cells, is less than that of its mean size */
    const fk_flux *flux;
    const fk_pde_stepper *stepper;
} fk_value_task;

typedef struct fk_value {
    size_t n_times;
    double **u;   /* [n_times][cells] averages over cells */
    double steps; /* in all, of the run that was kept */
    /* [n_times][cells] errors in time: what halving the steps still changed, by the order;
     * NULL: none (exact steps), or not known (fixed ones) */
    double **error;
} fk_value;

/* FK_EDOMAIN with a sentence where payoff or a coefficient is not finite, walls move, or the
 * method has no transpose; FK_ECONVERGE when no step is short enough; what else
 * fk_backward_solve says.  *out is to be cleared even after a failure. */
FK_NODISCARD fk_status fk_value_solve(const fk_value_task *task,
                                      const fk_progress *progress, fk_value *out,
                                      fk_message *message);
void fk_value_clear(fk_value *v); /* accepts one of zeros */

/* u at a place x[dim] of the grid, from the averages of up to four cells an axis: fourth
 * order but for what an average differs from its middle, h^2 / 24 u''. */
double fk_value_at(const fk_grid *g, const double *u, const double *x);

#endif
