#include "core/block.h"
#include "solvers/optimizer.h"

/* u = sign(b1 m + (1 - b1) g),   theta -= rate (u + decay theta),   m = b2 m + (1 - b2) g
 * with sign(0) = 0, m moved after theta, no correction for its start. */
FK_CLONES static void step(const fk_optimizer_settings *o, uint64_t number, size_t n,
                           const double *gradient, double *theta, double *const *moment)
{
    (void)number;
    double *m = moment[0];
    const double b1 = o->beta1, b2 = o->beta2, rate = o->rate, decay = o->decay;
    for (size_t i = 0; i < n; i++) {
        const double g = gradient[i], c = b1 * m[i] + (1.0 - b1) * g;
        const double u = c > 0.0 ? 1.0 : c < 0.0 ? -1.0 : 0.0;
        theta[i] -= rate * (u + decay * theta[i]);
        m[i] = b2 * m[i] + (1.0 - b2) * g;
    }
}

const fk_optimizer fk_optimizer_lion = {
    .name = "lion",
    .summary = "the sign of an average gradient; one number kept for each parameter",
    .reference = "chen-2023",
    .moments = 1,
    .standard = {.rate = 1e-3, .decay = 0.0, .beta1 = 0.9, .beta2 = 0.99},
    .step = step,
};
