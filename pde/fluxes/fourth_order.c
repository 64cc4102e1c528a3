#include "core/block.h"
#include "pde/wide_flux.h"

/* Density and slope at a face from the four cells around it, exact for cubics:
 *
 *     p = (7 (p_L + p_R) - (p_LL + p_RR)) / 12,
 *     h dp/dx = (15 (p_R - p_L) - (p_RR - p_LL)) / 12
 *
 * k = min(up, dn) is a / h^2.  The spectrum reaches to 16/3 k, that of two cells to 4 k. */
FK_CLONES
static void currents(size_t n, size_t w, const double *restrict up,
                     const double *restrict dn, const double *restrict p,
                     double *restrict F)
{
    for (size_t i = 0; i < n; i++) {
        const double v = up[i] - dn[i], k = up[i] < dn[i] ? up[i] : dn[i];
        const double inner = p[i + w] - p[i], outer = p[i + 2 * w] - *(p + i - w);
        const double face =
            (7.0 * (p[i] + p[i + w]) - (*(p + i - w) + p[i + 2 * w])) / 12.0;
        const double upwind = v > 0.0 ? p[i] : p[i + w];
        F[i] += v * (face - upwind) - k * (3.0 * inner - outer) / 12.0;
    }
}

static void correct(const fk_flux_lines *l, double *F)
{
    currents(l->rows * l->lanes, l->lanes, l->up, l->dn, l->p, F);
}

const fk_flux fk_flux_fourth_order = {
    .name = "fourth-order",
    .summary =
        "order 4 along an axis, smooth densities that do not leave; not positive",
    .formula =
        "p* = (7 (p_L + p_R) - (p_LL + p_RR)) / 12,\n"
        "dp/dx = (15 (p_R - p_L) - (p_RR - p_LL)) / (12 h) instead of (p_R - p_L) / h",
    .regime = "smooth densities between reflecting or periodic faces, along axes",
    .reference = "hundsdorfer-verwer-2003, section I.3",
    .order = 4.0,
    .drift_order = 4.0,
    .positive = false,
    .points = 1,
    .rates = fk_upwind_rates,
    .reach = 2,
    .courant = 0.75,
    .extrapolate = true,
    .correct = correct,
};
