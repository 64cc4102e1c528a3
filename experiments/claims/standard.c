#include "experiments/claims/standard.h"

#include <float.h>
#include <math.h>

fk_line_mixture fk_standard_density(void)
{
    return (fk_line_mixture){2, {0.3, 0.7}, {-1.5, 1.0}, {0.09, 0.25}};
}

double fk_vp_beta(double t)
{
    return 0.1 + 19.9 * t;
}

double fk_vp_alpha(double t)
{
    return exp(-0.5 * (0.1 * t + 9.95 * t * t));
}

fk_line_mixture fk_vp_law(const fk_line_mixture *m, double t)
{
    const double alpha = fk_vp_alpha(t);
    return fk_line_diffused(m, alpha, 1.0 - alpha * alpha);
}

static double difference(double (*f)(double x, void *context), void *context, double x,
                         double h, double *size)
{
    const double near = f(x + h, context), back = f(x - h, context);
    const double far = f(x + 2.0 * h, context), behind = f(x - 2.0 * h, context);
    *size = fabs(near) + fabs(back) + fabs(far) + fabs(behind);
    return (8.0 * (near - back) - (far - behind)) / (12.0 * h);
}

double fk_slope_of(double (*f)(double x, void *context), void *context, double x,
                   double h, double *error)
{
    double size, coarse_size;
    const double coarse = difference(f, context, x, h, &coarse_size);
    const double fine = difference(f, context, x, 0.5 * h, &size);
    *error = fabs(fine - coarse) + 8.0 * DBL_EPSILON * size / h;
    return fine;
}

void fk_spread(size_t n, double lo, double hi, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = lo + (hi - lo) * (double)i / (double)(n - 1);
}

void fk_spread_ratio(size_t n, double lo, double hi, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = lo * pow(hi / lo, (double)i / (double)(n - 1));
}
