/* Kolmogorov-Smirnov: the largest distance between two distribution functions. */
#include <assert.h>
#include <gsl/gsl_math.h>
#include <math.h>

#include "core/goodness.h"

/* 2 sum_k (-1)^(k-1) exp(-2 k^2 x^2), and for small x its theta-function twin
 * 1 - sqrt(2 pi) / x sum_k exp(-(2k - 1)^2 pi^2 / (8 x^2)).  [kolmogorov-1933] */
double fk_kolmogorov_tail(double x)
{
    double sum = 0.0;
    if (x <= 0.0)
        return 1.0;
    if (x < 1.0) {
        for (int k = 4; k >= 1; k--)
            sum += exp(-gsl_pow_2((2.0 * k - 1.0) * M_PI / x) / 8.0);
        return 1.0 - sqrt(2.0 * M_PI) / x * sum;
    }
    for (int k = 5; k >= 1; k--)
        sum += (k % 2 == 1 ? 2.0 : -2.0) * exp(-2.0 * gsl_pow_2(k * x));
    return sum;
}

/* At the upper edge of cell i: D = |F_n - F|.  The rest comes last in the order of the
 * categories, so it shows at the last edge.  For finite n the statistic
 * (sqrt(n) + 0.12 + 0.11 / sqrt(n)) D follows the limiting law  [stephens-1970]. */
void fk_ks_test(const fk_axis *axis, const uint64_t *count, const double *mass,
                double allowance, fk_ks *out)
{
    double n = 0.0, total = 0.0, below = 0.0, expected = 0.0;
    for (size_t i = 0; i <= axis->cells; i++) {
        n += (double)count[i];
        total += mass[i];
    }
    *out = (fk_ks){.distance = 0.0, .position = axis->hi, .p_value = 1.0};
    if (n == 0.0)
        return;
    assert(total > 0.0);
    for (size_t i = 0; i < axis->cells; i++) {
        below += (double)count[i] / n;
        expected += mass[i] / total;
        const double d = fabs(below - expected);
        if (d > out->distance) {
            out->distance = d;
            out->position = fk_axis_edge(axis, i + 1);
        }
    }
    const double scale = sqrt(n) + 0.12 + 0.11 / sqrt(n);
    out->p_value = fk_kolmogorov_tail(scale * (out->distance - allowance));
}
