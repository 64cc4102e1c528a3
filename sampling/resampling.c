#include "sampling/resampling.h"

#include <math.h>

fk_weight_sums fk_weight_sums_of(size_t n, const double *log_w, double *weight)
{
    double largest = -INFINITY, sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (isnan(log_w[i]) || log_w[i] == INFINITY)
            return (fk_weight_sums){NAN, NAN};
        largest = fmax(largest, log_w[i]);
    }
    if (largest == -INFINITY)
        return (fk_weight_sums){-INFINITY, NAN};
    for (size_t i = 0; i < n; i++) {
        const double w = exp(log_w[i] - largest);
        sum += w;
        square += w * w;
        if (weight != NULL)
            weight[i] = w;
    }
    for (size_t i = 0; weight != NULL && i < n; i++)
        weight[i] /= sum;
    return (fk_weight_sums){largest + log(sum / (double)n),
                            sum * sum / ((double)n * square)};
}

void fk_resample(size_t n, const double *weight, double u, size_t m, size_t *parent)
{
    double reached = 0.0;
    size_t j = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        reached += weight[i];
        if (weight[i] > 0.0)
            last = i;
        while (j < m && (u + (double)j) / (double)m < reached)
            parent[j++] = i;
    }
    while (j < m) /* the sum may end below 1 by rounding */
        parent[j++] = last;
}
