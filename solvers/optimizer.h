/* Optimizers: one step of theta down a gradient g that changes from step to step.  Decay
 * draws theta to zero and is no part of g ("decoupled").  [loshchilov-hutter-2019] */
#ifndef FK_SOLVERS_OPTIMIZER_H
#define FK_SOLVERS_OPTIMIZER_H

#include <stddef.h>
#include <stdint.h>

enum { FK_OPTIMIZER_MOMENTS = 2 };

typedef struct fk_optimizer_settings {
    double rate;         /* > 0 */
    double decay;        /* >= 0, multiplied with the rate */
    double beta1, beta2; /* [0, 1) */
} fk_optimizer_settings;

typedef struct fk_optimizer {
    const char *name, *summary, *reference;
    size_t moments;                 /* doubles kept for each parameter, zero at first */
    fk_optimizer_settings standard; /* rate: of small networks */

    /* Step number 1, 2, ... of n parameters, each by itself: a part of them may be given.
     * moment[moments][n] */
    void (*step)(const fk_optimizer_settings *o, uint64_t number, size_t n,
                 const double *gradient, double *theta, double *const *moment);
} fk_optimizer;

extern const fk_optimizer *const fk_optimizers[];        /* NULL-terminated */
const fk_optimizer *fk_optimizer_find(const char *name); /* NULL: none */

#endif
