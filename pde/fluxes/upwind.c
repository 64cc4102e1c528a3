#include "pde/wide_flux.h"

/* W(P) = 1 + max(-P, 0): the drift carries the cell it comes from */
void fk_upwind_rates(size_t n, const double *conductance, const double *peclet,
                     double *rate_right, double *rate_left)
{
    for (size_t i = 0; i < n; i++) {
        const double P = peclet[i];
        rate_right[i] = conductance[i] * (1.0 + (P > 0.0 ? P : 0.0));
        rate_left[i] = conductance[i] * (1.0 + (P < 0.0 ? -P : 0.0));
    }
}

const fk_flux fk_flux_upwind = {
    .name = "upwind",
    .summary = "positive, order 1: adds the diffusion |b| h / 2",
    .formula = "W(P) = 1 + max(-P, 0)",
    .regime =
        "robust and blurred: to compare with, or where nothing but the sign counts",
    .reference = "courant-isaacson-rees-1952",
    .order = 1.0,
    .drift_order = 1.0,
    .positive = true,
    .points = 1,
    .rates = fk_upwind_rates,
    .reach = 1,
    .courant = 1.0,
};
