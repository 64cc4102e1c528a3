/* Noncentral chi-square law, as the Poisson mixture it is:
 *
 *     P(X >= x) = sum_j w_j Q(a_j, y),  w_j = e^-m m^j / j!,
 *     a_j = dof / 2 + j,  m = lambda / 2,  y = x / 2,
 *
 * Q the regularised upper incomplete gamma function.  Upwards in j both recurrences
 * add positive terms only:
 *
 *     Q(a + 1, y) = Q(a, y) + d(a),  d(a) = y^a e^-y / Gamma(a + 1),
 *     d(a + 1) = d(a) y / (a + 1),   w_{j+1} = w_j m / (j + 1).
 *
 * The sum starts where the Poisson law has 1e-18 of its mass behind it (Q rises with j,
 * so what is skipped is a smaller share still) and divides by the sum of the weights, so
 * no weight is ever computed on its own.  Measured against 40 digits for dof up to 1e7,
 * lambda up to 1e6 and tails down to 1e-260: relative error 1e-11 at most.  Tails below
 * 1e-290 are 0.  Beyond lambda = 1e8 Sankaran's approximation stands in, there within
 * 1e-7 of the upper tail down to 1e-24. */
#include <assert.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>

#include "core/goodness.h"

static const double series_lambda = 1e8; /* about 1.3e5 terms; the rest approximates */
static const double log_tiny = -660.0;   /* below: rounding of denormal numbers */

/* log d(a) = a (log(1 + u) - u) - log(sqrt(2 pi a) Gamma*(a)),  u = y / a - 1; no
 * cancellation between a log y, y and log Gamma. */
static double log_step(double a, double y)
{
    const double u = (y - a) / a;
    const double excess = u < -0.9 ? log(y / a) - u : gsl_sf_log_1plusx_mx(u);
    return a * excess - 0.5 * log(2.0 * M_PI * a) - log(gsl_sf_gammastar(a));
}

/* Q(a, y) for large a by the nearer of two series, about 9 sqrt(a) positive terms each:
 *     P = d(a) (1 + y / (a + 1) + y^2 / ((a + 1)(a + 2)) + ...),            y <= a,
 *     Q = d(a) (a / y) (1 + (a - 1) / y + (a - 1)(a - 2) / y^2 + ...),      y >  a,
 * the second one ends, when it is as small as can be seen, long before a - i < 0. */
static double central_large(double a, double y)
{
    double term = 1.0, sum = 1.0;
    for (double i = 1.0; term > 1e-17 * sum; i += 1.0) {
        term *= y > a ? (a - i) / y : y / (a + i);
        sum += term;
    }
    const double scaled = exp(log_step(a, y)) * sum;
    return y > a ? scaled * a / y : 1.0 - scaled;
}

static double central(double a, double y)
{
    if (log_step(a, y) < log_tiny)
        return y > a ? 0.0 : 1.0;
    return a > 100.0 ? central_large(a, y) : gsl_sf_gamma_inc_Q(a, y);
}

static double mixture(double x, double dof, double lambda)
{
    const double m = 0.5 * lambda, y = 0.5 * x;
    double j = fmax(0.0, floor(m - 9.1 * sqrt(m)));
    double a = 0.5 * dof + j, step = exp(log_step(a, y)), q = central(a, y);
    double w = 1.0, weights = 0.0, sum = 0.0;
    for (;;) {
        weights += w;
        sum += w * q;

        /* what is left of the weights is at most a geometric series */
        const double ratio = m / (j + 1.0);
        if (ratio < 1.0 && w * ratio <= 1e-17 * (1.0 - ratio) * sum)
            break;
        if (ratio < 1.0 && sum == 0.0 && w < 1e-290 * weights)
            break;
        w *= ratio;
        q = fmin(q + step, 1.0);
        j += 1.0;
        a += 1.0;
        step = step > 1e-280 ? step * y / a : exp(log_step(a, y));
    }
    return fmin(sum / weights, 1.0);
}

/* Sankaran's third approximation: (X / (dof + lambda))^h is nearly normal
 * [sankaran-1963]. */
typedef struct sankaran {
    double h, centre, spread;
} sankaran;

static sankaran sankaran_make(double k, double l)
{
    const double s = k + l, v = k + 2.0 * l;
    const double h = 1.0 - 2.0 / 3.0 * s * (k + 3.0 * l) / (v * v);
    const double p = v / (s * s), m = (h - 1.0) * (1.0 - 3.0 * h);
    return (sankaran){
        .h = h,
        .centre = 1.0 + h * p * (h - 1.0 - 0.5 * (2.0 - h) * m * p),
        .spread = h * sqrt(2.0 * p) * (1.0 + 0.5 * m * p),
    };
}

double fk_noncentral_tail(double x, double dof, double lambda)
{
    assert(dof > 0.0 && lambda >= 0.0);
    if (x <= 0.0)
        return 1.0;
    if (lambda == 0.0)
        return central(0.5 * dof, 0.5 * x);
    if (lambda <= series_lambda)
        return mixture(x, dof, lambda);
    const sankaran s = sankaran_make(dof, lambda);
    return 0.5 * erfc((pow(x / (dof + lambda), s.h) - s.centre) / (s.spread * M_SQRT2));
}

/* Bisection on the tail, which falls from 1 at x = 0, until x has no more digits that
 * the tail could tell apart. */
double fk_noncentral_quantile(double tail, double dof, double lambda)
{
    assert(tail > 0.0 && tail < 1.0);
    const double mean = dof + lambda, sd = sqrt(2.0 * (dof + 2.0 * lambda));
    double low = fmax(0.0, mean - sd), high = mean + sd;
    for (double reach = 2.0 * sd;
         low > 0.0 && fk_noncentral_tail(low, dof, lambda) < tail; reach *= 2.0) {
        high = low;
        low = fmax(0.0, low - reach);
    }
    for (double reach = 2.0 * sd; fk_noncentral_tail(high, dof, lambda) > tail;
         reach *= 2.0) {
        low = high;
        high += reach;
    }
    while (high - low > 1e-13 * high) {
        const double middle = 0.5 * (low + high);
        if (middle <= low || middle >= high)
            break;
        if (fk_noncentral_tail(middle, dof, lambda) > tail)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}
