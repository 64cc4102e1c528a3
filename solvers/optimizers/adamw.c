#include <math.h>

#include "core/block.h"
#include "solvers/optimizer.h"

static const double epsilon = 1e-8;

/* m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2,
 * theta -= rate (m^ / (sqrt(v^) + epsilon) + decay theta)
 * with m^ = m / (1 - b1^number), v^ likewise, as both start from zero. */
FK_CLONES static void step(const fk_optimizer_settings *o, uint64_t number, size_t n,
                           const double *gradient, double *theta, double *const *moment)
{
    double *m = moment[0], *v = moment[1];
    const double b1 = o->beta1, b2 = o->beta2, rate = o->rate, decay = o->decay;
    const double of_m = 1.0 - pow(b1, (double)number);
    const double of_v = 1.0 - pow(b2, (double)number);
    for (size_t i = 0; i < n; i++) {
        const double g = gradient[i];
        m[i] = b1 * m[i] + (1.0 - b1) * g;
        v[i] = b2 * v[i] + (1.0 - b2) * g * g;
        const double u = m[i] / of_m / (sqrt(v[i] / of_v) + epsilon);
        theta[i] -= rate * (u + decay * theta[i]);
    }
}

const fk_optimizer fk_optimizer_adamw = {
    .name = "adamw",
    .summary = "average gradient over its root mean square; two numbers kept for each",
    .reference = "loshchilov-hutter-2019",
    .moments = 2,
    .standard = {.rate = 4e-3, .decay = 0.0, .beta1 = 0.9, .beta2 = 0.999},
    .step = step,
};
