#include "core/goodness.h"

#include <assert.h>
#include <math.h>

/* X2 of multinomial counts has the mean k - 1 of its limit, but the variance
 *     2 (k - 1) + (sum 1 / q_i - k^2 - 2 k + 2) / N.
 * X2 / c with k - 1 over c degrees of freedom has both right; c is near 1 unless bins
 * expect few.  [haldane-1937] */
static double overdispersion(const fk_bins *b, double n)
{
    const double k = (double)b->n;
    double inverse = 0.0;
    for (size_t i = 0; i < b->n; i++)
        inverse += 1.0 / b->q[i];
    return 1.0 + (inverse - k * k - 2.0 * k + 2.0) / (2.0 * (k - 1.0) * n);
}

/* The noncentrality at which the tail beyond x is `power`. */
static double found_with(double power, double x, double dof, double lambda)
{
    double low = lambda, reach = sqrt(2.0 * (dof + 2.0 * lambda)) + 1.0;
    if (fk_noncentral_tail(x, dof, low) >= power)
        return low;
    for (; fk_noncentral_tail(x, dof, low + reach) < power; reach *= 2.0)
        low += reach;
    double high = low + reach;
    while (high - low > 1e-9 * high) {
        const double middle = 0.5 * (low + high);
        if (fk_noncentral_tail(x, dof, middle) < power)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double fk_chi_square_detectable(double dof, double count, double allowance,
                                double level, double power)
{
    const double lambda = count * allowance * allowance;
    const double critical = fk_noncentral_quantile(level, dof, lambda);
    return sqrt(found_with(power, critical, dof, lambda) / count);
}

void fk_chi_square_test(const fk_bins *b, const uint64_t *count, double allowance,
                        double level, double power, fk_chi_square *out)
{
    assert(allowance >= 0.0 && level > 0.0 && level < 1.0 && power > 0.0 &&
           power < 1.0);
    double n = 0.0;
    for (size_t i = 0; i < b->n; i++)
        n += (double)count[i];
    *out = (fk_chi_square){.dof = b->n - 1,
                           .allowance = allowance,
                           .p_value = 1.0,
                           .p_strict = 1.0,
                           .detectable = INFINITY};
    if (out->dof == 0 || n == 0.0)
        return;

    for (size_t i = 0; i < b->n; i++) {
        const double expected = n * b->q[i];
        const double sigma = ((double)count[i] - expected) / sqrt(expected);
        out->statistic += sigma * sigma;
        if (fabs(sigma) > fabs(out->worst_sigma)) {
            out->worst_sigma = sigma;
            out->worst_bin = i;
        }
    }

    const double c = overdispersion(b, n), dof = (double)out->dof / c;
    const double x = out->statistic / c, lambda = n * allowance * allowance / c;
    out->p_strict = fk_noncentral_tail(x, dof, 0.0);
    out->p_value = fk_noncentral_tail(x, dof, lambda);
    out->detectable = fk_chi_square_detectable(dof, n / c, allowance, level, power);
}
