/* A law that depends on itself and stays Gaussian:
 *
 *     dX = (0.9 cos <X> - (1 + 0.6 Var X) X) dt + 0.7 dW,
 *     m' = 0.9 cos m - (1 + 0.6 V) m,    V' = -2 (1 + 0.6 V) V + 0.49,
 *
 * from N(-1.2, 0.2): m goes through all of the cosine's rise while V doubles. */
#ifndef FK_TESTS_MEAN_FIELD_EXACT_H
#define FK_TESTS_MEAN_FIELD_EXACT_H

#include <math.h>

static const char self_drift[] = "0.9*cos(mean(x)) - (1 + 0.6*var(x))*x";
static const char self_noise[] = "0.7";

typedef struct self_law {
    double mean, variance;
} self_law;

static const self_law self_start = {-1.2, 0.2};

static inline self_law self_slope(self_law l)
{
    const double rate = 1.0 + 0.6 * l.variance;
    return (self_law){0.9 * cos(l.mean) - rate * l.mean,
                      0.49 - 2.0 * rate * l.variance};
}

static inline self_law self_along(self_law l, self_law slope, double h)
{
    return (self_law){l.mean + h * slope.mean, l.variance + h * slope.variance};
}

/* At time t, by the classical Runge-Kutta method: to 1e-13. */
static inline self_law self_at(double t)
{
    enum { STEPS = 2000 };
    self_law l = self_start;
    for (int k = 0; k < STEPS; k++) {
        const double h = t / STEPS;
        const self_law a = self_slope(l), b = self_slope(self_along(l, a, 0.5 * h));
        const self_law c = self_slope(self_along(l, b, 0.5 * h));
        const self_law d = self_slope(self_along(l, c, h));
        l.mean += h / 6.0 * (a.mean + 2.0 * b.mean + 2.0 * c.mean + d.mean);
        l.variance +=
            h / 6.0 * (a.variance + 2.0 * b.variance + 2.0 * c.variance + d.variance);
    }
    return l;
}

#endif
