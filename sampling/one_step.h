/* One step of a scheme without statistics: P_h phi(x) = E phi(X_{t+h}), X_t = x, as a
 * product of quadrature rules over the rows of normals that the step takes. */
#ifndef FK_SAMPLING_ONE_STEP_H
#define FK_SAMPLING_ONE_STEP_H

#include "core/status.h"
#include "sampling/scheme.h"

typedef struct fk_one_step {
    const fk_scheme *scheme;
    const fk_sde *sde;
    fk_increments increments;
    size_t nodes; /* of the Gauss-Hermite rule for each Gaussian row, 1 to 128 */
    double t, h;
} fk_one_step;

/* out[n] = E phi_k(X_{t+h}, t + h) from x[dim].  With signs for increments, further rows
 * are signs too.  The product has nodes^rows points: FK_ELIMIT with a sentence beyond 1e7;
 * FK_EDOMAIN where the scheme refuses the SDE. */
FK_NODISCARD fk_status fk_one_step_expectation(const fk_one_step *o, const double *x,
                                               size_t n, const fk_expr *const *phi,
                                               double *out, fk_message *message);

#endif
