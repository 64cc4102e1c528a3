/* Private to sampling/reverse*.c.
 * What samples backwards in time, and how it moves. */
#ifndef FK_SAMPLING_REVERSE_PARTS_H
#define FK_SAMPLING_REVERSE_PARTS_H

#include "core/program.h"
#include "core/random.h"
#include "sampling/reverse.h"

/* Everything the threads read. */
typedef struct fk_sampler {
    const fk_score *score;
    const fk_reverse_options *o;
    const fk_progress *progress;
    fk_reverse_result *out;
    size_t dim, noises, n_blocks, cells;
    fk_program *drift;
    double *g; /* [n_times][dim][noises]  G */
    double *a; /* [n_times][dim][dim]     1/2 G G^T */
} fk_sampler;

/* One block on its way.  Arrays [dim][FK_BLOCK]. */
typedef struct fk_traveller {
    double *x, *y, *far;     /* here, at Heun's predictor, and with long steps */
    double *v, *w;           /* velocities at x and at y */
    double *s;               /* score */
    double *kick, *far_kick; /* Brownian increments [noises][FK_BLOCK] of both steps */
    double **x_rows, **y_rows, **far_rows, **v_rows, **w_rows, **s_rows;
    double *rest; /* scratch of the score and the drift */
} fk_traveller;

/* Doubles of scratch for one, and the one that lies in it. */
size_t fk_traveller_scratch(const fk_sampler *s);
fk_traveller fk_traveller_place(const fk_sampler *s, double *scratch);

/* One step back from time k, and the long one that ends with it, if paired and any. */
void fk_traveller_step(const fk_sampler *s, const fk_traveller *c, fk_streams *streams,
                       size_t k, bool paired);

#endif
