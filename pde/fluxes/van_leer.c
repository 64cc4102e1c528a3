#include "core/block.h"
#include "pde/wide_flux.h"

/* Linear within each cell with van Leer's slope, the harmonic mean of the slopes to both
 * sides, and 0 at an extremum:
 *
 *     p(faces) = p -+ s / 2,   s = 2 a b / (a + b) if a b > 0,  a = p - p_-, b = p_+ - p
 *
 * |s| / 2 never exceeds the smaller of |a|, |b|: no new extrema, p >= 0 at the faces, and
 * half of the cell for each of them. */
static const double WITHIN = 1.0 - 1e-12; /* room for rounding */

FK_CLONES
static void reconstruct(size_t n, size_t w, const double *restrict p,
                        double *restrict low, double *restrict high)
{
    for (size_t k = 0; k < n; k++) {
        const double a = p[k] - *(p + k - w), b = p[k + w] - p[k];
        const double slope = a * b > 0.0 ? WITHIN * (a / (a + b)) * b : 0.0;
        low[k] = p[k] - slope;
        high[k] = p[k] + slope;
    }
}

static void correct(const fk_flux_lines *l, double *F)
{
    reconstruct((l->rows + 1) * l->lanes, l->lanes, l->p, l->edge[0], l->edge[1]);
    fk_carry_edges(l, F);
}

const fk_flux fk_flux_van_leer = {
    .name = "van-leer",
    .summary =
        "positive, order 2 without noise too: slopes limited where they overshoot",
    .formula =
        "p* = p -+ s/2 in the cell upstream, s = 2 d- d+ / (d- + d+), 0 if d- d+ < 0,\n"
        "d-, d+ the differences to the cells before and behind",
    .regime =
        "sharp densities that a drift carries, with little noise or none; along axes",
    .reference = "van-leer-1979",
    .order = 2.0,
    .drift_order = 2.0,
    .positive = true,
    .points = 1,
    .rates = fk_upwind_rates,
    .reach = 2,
    .courant = 0.5,
    .correct = correct,
};
