#include "pde/flux.h"

/* W(P) = 1 - P / 2: the drift carries the mean of both cells; negative for P > 2 */
static void rates(size_t n, const double *conductance, const double *peclet,
                  double *rate_right, double *rate_left)
{
    for (size_t i = 0; i < n; i++) {
        rate_right[i] = conductance[i] * (1.0 + 0.5 * peclet[i]);
        rate_left[i] = conductance[i] * (1.0 - 0.5 * peclet[i]);
    }
}

const fk_flux fk_flux_central = {
    .name = "central",
    .summary = "order 2, not positive where the drift outweighs the noise (|P| > 2)",
    .formula = "W(P) = 1 - P/2",
    .regime = "cells so fine that |P| < 2 in all of them",
    .reference = "hundsdorfer-verwer-2003, section I.3",
    .order = 2.0,
    .drift_order = 2.0,
    .positive = false,
    .points = 1,
    .rates = rates,
    .reach = 1,
    .courant = 1.0,
};
