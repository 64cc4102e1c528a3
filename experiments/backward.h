/* What `fokker backward` asks: the value function of a payoff, see pde/value.h. */
#ifndef FK_EXPERIMENTS_BACKWARD_H
#define FK_EXPERIMENTS_BACKWARD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"
#include "experiments/analysis.h"

enum { FK_BACKWARD_POINTS = 16 };

/* An expression as given and as read; NULL: not given. */
typedef struct fk_backward_term {
    const char *text;
    const fk_expr *expr;
} fk_backward_term;

typedef struct fk_backward_request {
    fk_backward_term payoff, cost, exit;
    double worth[FK_GRID_DIM][2]; /* of `exit`, at the faces that take */
    size_t n_points;
    double point[FK_BACKWARD_POINTS][FK_GRID_DIM]; /* to tell u at */
    bool particles;                                /* beside it, from each of them */
} fk_backward_request;

/* A mean over particles and its standard error. */
typedef struct fk_backward_sample {
    double mean, error;
} fk_backward_sample;

extern const fk_analysis fk_analysis_backward;

/* What the problem's particles from x at the start make of payoff and exit.  FK_EDOMAIN with a
 * sentence if the payoff is not finite, and what fk_ensemble_advance says. */
FK_NODISCARD fk_status fk_backward_particles(const fk_analysis_request *r,
                                             const double *x, fk_backward_sample *out,
                                             fk_message *message);

#endif
