#include "core/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

enum { EXACT = 100 }; /* counts up to here by the quantiles themselves */

/* Quantile of the gamma law of shape k by the cube of a normal [wilson-hilferty-1931]. */
static double cube(double k, double z)
{
    return k * pow(1.0 - 1.0 / (9.0 * k) + z / (3.0 * sqrt(k)), 3.0);
}

void fk_poisson_interval(uint64_t count, double tail, double *lower, double *upper)
{
    const double k = (double)count;
    if (count > EXACT) {
        const double z = gsl_cdf_ugaussian_Qinv(tail);
        *lower = cube(k, -z);
        *upper = cube(k + 1.0, z);
        return;
    }
    *lower = count == 0 ? 0.0 : gsl_cdf_gamma_Pinv(tail, k, 1.0);
    *upper = gsl_cdf_gamma_Qinv(tail, k + 1.0, 1.0);
}

void fk_histogram_band(const fk_grid *g, const uint64_t *count, double total,
                       double tail, double *lower, double *upper)
{
    double low[EXACT + 1], high[EXACT + 1];
    const double unit = 1.0 / (total * fk_grid_volume(g));
    for (uint64_t k = 0; k <= EXACT; k++)
        fk_poisson_interval(k, tail, &low[k], &high[k]);
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        if (count[c] <= EXACT) {
            lower[c] = low[count[c]];
            upper[c] = high[count[c]];
        } else {
            fk_poisson_interval(count[c], tail, &lower[c], &upper[c]);
        }
        lower[c] *= unit;
        upper[c] *= unit;
    }
}

void fk_normal_band(size_t cells, const double *p, const double *error, double tail,
                    double *lower, double *upper)
{
    const double z = gsl_cdf_ugaussian_Qinv(tail);
    for (size_t c = 0; c < cells; c++) {
        lower[c] = fmax(p[c] - z * error[c], 0.0);
        upper[c] = fmax(p[c] + z * error[c], 0.0);
    }
}
