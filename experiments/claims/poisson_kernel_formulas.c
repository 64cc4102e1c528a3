#include <math.h>

#include "experiments/claims/poisson_kernel.h"

fk_poisson fk_poisson_in(size_t dim)
{
    return (fk_poisson){dim, 0.5 * ((double)dim + 1.0)};
}

double fk_poisson_density(const fk_poisson *k, double t, double square)
{
    const double half = 0.5 * ((double)k->dim + 1.0);
    return tgamma(half) * pow(M_PI, -half) * t * pow(t * t + square, -k->power);
}

double fk_poisson_rate(const fk_poisson *k, double t, double square)
{
    return fk_poisson_density(k, t, square) *
           (1.0 / t - 2.0 * k->power * t / (t * t + square));
}

double fk_poisson_slope(const fk_poisson *k, double t, double square)
{
    return -2.0 * k->power * fk_poisson_density(k, t, square) / (t * t + square);
}

double fk_poisson_cdf(size_t dim, double t, double r)
{
    const double angle = 2.0 / M_PI * atan(r / t);
    if (dim == 1)
        return angle;
    return dim == 2 ? 1.0 - t / hypot(t, r)
                    : angle - 2.0 / M_PI * r * t / (r * r + t * t);
}

double fk_sphere(size_t dim)
{
    return 2.0 * pow(M_PI, 0.5 * (double)dim) / tgamma(0.5 * (double)dim);
}
