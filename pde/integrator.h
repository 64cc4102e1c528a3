/* Private to pde/.
 * What a family of steppers has in common: it takes a density with its books
 * (pde/fokker_planck.h) from t to t + h, p+ = M p, or by the transpose of the same step
 * a function with what its books pay from t + h back to t, u = M^T u+.  Families: line solves joined by splitting
 * (splitting.h), stages of the whole operator (explicit.h). */
#ifndef FK_PDE_INTEGRATOR_H
#define FK_PDE_INTEGRATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/status.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

typedef struct fk_time_step {
    double t, h;
    bool start;       /* one of the stepper's starting steps */
    bool transposed;  /* backwards; nothing limits signs, what M limits is not linear */
    double tolerance; /* L1, for steppers that choose their own steps in between */
} fk_time_step;

typedef struct fk_step_report {
    double error;     /* L1, of steppers that choose their own steps; otherwise 0 */
    double longest;   /* step allowed by stability or sign; HUGE_VAL: any */
    uint64_t limited; /* line solves that needed the positivity limiter */
} fk_step_report;

/* The first member of every family's own structure. */
typedef struct fk_integrator {
    const fk_integrator_kind *kind;
    const fk_pde_stepper *stepper;
    fk_fokker_planck *fp; /* borrowed; its time is set by the steps */
} fk_integrator;

struct fk_integrator_kind {
    /* slots: step lengths that a run alternates between, 1 or more.  FK_ENOMEM. */
    fk_status (*make)(fk_fokker_planck *fp, const fk_pde_stepper *stepper, size_t slots,
                      fk_integrator **out);
    void (*free)(fk_integrator *); /* accepts NULL */
    size_t (*memory)(const fk_sde *sde, const fk_grid *g, const fk_pde_stepper *stepper,
                     size_t slots); /* bytes */
    /* u[cells + FK_BOOKS] -> u; adds to *report but for `longest`, which is set.
     * FK_ELIMIT: the step is longer than that, u may be spoilt. */
    fk_status (*step)(fk_integrator *, const fk_time_step *step, double *u,
                      fk_step_report *report, fk_message *message);
};

#endif
