#include "pde/bernoulli.h"
#include "pde/flux.h"

/* W(P) = P / (e^P - 1), with P integrated between the centres */
static void rates(size_t n, const double *conductance, const double *peclet,
                  double *rate_right, double *rate_left)
{
    fk_bernoulli(n, peclet, rate_left, rate_right);
    for (size_t i = 0; i < n; i++) {
        rate_right[i] *= conductance[i];
        rate_left[i] *= conductance[i];
    }
}

const fk_flux fk_flux_scharfetter_gummel = {
    .name = "scharfetter-gummel",
    .summary = "positive, order 2; equilibrium exact for drifts up to degree 5",
    .formula = "W(P) = P/(exp(P) - 1)",
    .regime = "the one to begin with: a gradient drift keeps its Boltzmann density to "
              "rounding; where the drift rules a cell (|P| > 2) it is upwind",
    .reference = "scharfetter-gummel-1969",
    .order = 2.0,
    .drift_order = 1.0,
    .positive = true,
    .points = 3,
    .rates = rates,
    .reach = 1,
    .courant = 1.0,
};
