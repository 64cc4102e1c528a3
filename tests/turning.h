/* The exact law of dX = (-k X - w Y) dt, dY = (w X - k Y) dt with constant noise: it
 * turns and decays.  For tests. */
#ifndef FK_TESTS_TURNING_H
#define FK_TESTS_TURNING_H

#include <math.h>

/* mean[2] and cov (xx, xy, yy) after dt from x0, noise of covariance Q (xx, xy, yy): Q
 * turns by w and decays by 2 k, so that its parts of angle 2 integrate like exp((-2 k
 * + 2 i w) t). */
static inline void turning(double k, double w, const double *Q, double dt,
                           const double *x0, double *mean, double *cov)
{
    const double decay = exp(-k * dt), d2 = decay * decay;
    const double c = cos(w * dt), s = sin(w * dt), c2 = cos(2.0 * w * dt),
                 s2 = sin(2.0 * w * dt);
    const double size = 2.0 * (k * k + w * w);
    const double co = (k - d2 * (k * c2 - w * s2)) / size;
    const double si = (w - d2 * (w * c2 + k * s2)) / size;
    const double even = (Q[0] + Q[2]) * (1.0 - d2) / (4.0 * k);
    const double a = 0.5 * (Q[0] - Q[2]), b = Q[1];
    mean[0] = decay * (c * x0[0] - s * x0[1]);
    mean[1] = decay * (s * x0[0] + c * x0[1]);
    cov[0] = even + a * co - b * si;
    cov[1] = b * co + a * si;
    cov[2] = even - (a * co - b * si);
}

#endif
