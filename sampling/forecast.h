/* Private to sampling/.
 * What a scheme's next step is expected to do to functions of the state, for a block of
 * particles at once:
 *
 *     P_h phi(x) = E[phi(X_{t+h}, t + h) | X_t = x]
 *
 * and the variance of phi(X_{t+h}) given x, by quadrature over the rows of normals of the
 * step; exact for increments that are not Gaussian, else to the rule's order. */
#ifndef FK_SAMPLING_FORECAST_H
#define FK_SAMPLING_FORECAST_H

#include "core/program.h"
#include "core/status.h"
#include "sampling/scheme.h"
#include "sampling/step_rule.h"

/* Read-only once made, shared by all threads. */
typedef struct fk_forecast {
    const fk_scheme *scheme;
    fk_stepper *stepper; /* owned */
    fk_program *phi;     /* owned */
    fk_step_rule rule;
    size_t n;      /* functions */
    size_t states; /* rows of a state: the variables, and what the scheme remembers */
} fk_forecast;

/* FK_EDOMAIN with a sentence if the scheme does not accept the SDE; FK_ELIMIT for too many
 * points.  To be cleared after a failure too. */
FK_NODISCARD fk_status fk_forecast_init(fk_forecast *f, const fk_scheme *scheme,
                                        const fk_sde *sde, fk_step_rules rules,
                                        double step, size_t nodes, size_t n,
                                        const fk_expr *const *phi, fk_message *message);
void fk_forecast_clear(fk_forecast *f); /* accepts one of zeros */

size_t fk_forecast_scratch(const fk_forecast *f); /* doubles per thread */

/* From x[states][FK_BLOCK] at t: mean and variance [n][FK_BLOCK].  before[n][FK_BLOCK] is
 * phi(x), from which differences are taken, so that small variances keep their digits. */
void fk_forecast_run(const fk_forecast *f, double t, double h, const double *x,
                     const double *before, double *mean, double *variance,
                     double *scratch);

#endif
