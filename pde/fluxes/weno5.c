#include <math.h>

#include "core/block.h"
#include "pde/wide_flux.h"

/* The density at the upper face of a cell from five averages: three parabolas q_j, each
 * through three of them, weighted so that their sum is the quartic's where all are smooth
 * and the smoothest one's elsewhere (Borges et al.'s weights):
 *
 *     w_j = d_j (1 + (tau / beta_j)^2),  tau = |beta_0 - beta_2|,  d = 1/10, 6/10, 3/10 */
static const double TINY =
    1e-20; /* differences of density that do not count; squared they
                                     stay clear of underflow, which is slow */

static inline double upper(double a, double b, double c, double d, double e)
{
    const double q0 = (2.0 * a - 7.0 * b + 11.0 * c) / 6.0;
    const double q1 = (-b + 5.0 * c + 2.0 * d) / 6.0;
    const double q2 = (2.0 * c + 5.0 * d - e) / 6.0;
    const double u0 = fabs(a - 2.0 * b + c) + TINY, v0 = fabs(a - 4.0 * b + 3.0 * c);
    const double u1 = fabs(b - 2.0 * c + d) + TINY, v1 = fabs(b - d);
    const double u2 = fabs(c - 2.0 * d + e) + TINY, v2 = fabs(3.0 * c - 4.0 * d + e);
    const double beta0 = 13.0 / 12.0 * u0 * u0 + 0.25 * (v0 + TINY) * (v0 + TINY);
    const double beta1 = 13.0 / 12.0 * u1 * u1 + 0.25 * (v1 + TINY) * (v1 + TINY);
    const double beta2 = 13.0 / 12.0 * u2 * u2 + 0.25 * (v2 + TINY) * (v2 + TINY);
    const double tau = fabs(beta0 - beta2);
    const double r0 = tau / beta0, r1 = tau / beta1, r2 = tau / beta2;
    const double w0 = 0.1 + 0.1 * r0 * r0, w1 = 0.6 + 0.6 * r1 * r1;
    const double w2 = 0.3 + 0.3 * r2 * r2;
    return (w0 * q0 + w1 * q1 + w2 * q2) / (w0 + w1 + w2);
}

/* Zhang and Shu's limiter [zhang-shu-2010]: with SHARE of the cell at each face, the rest has the mean m.
 * Where a face or the rest would be negative all three are drawn towards the average p, just
 * as far as needed; then a short step never takes more from the faces than they have. */
static const double SHARE = 1.0 / 12.0;
static const double LEAST = 1e-12; /* of the average: room for rounding */

FK_CLONES
static void reconstruct(size_t n, size_t w, const double *restrict p,
                        double *restrict low, double *restrict high)
{
    for (size_t k = 0; k < n; k++) {
        const double *c = p + k;
        const double a = *(c - 2 * w), b = *(c - w), d = c[w], e = c[2 * w];
        const double right = upper(a, b, *c, d, e), left = upper(e, d, *c, b, a);
        const double rest = (*c - SHARE * (left + right)) / (1.0 - 2.0 * SHARE);
        double least = left < right ? left : right;
        least = rest < least ? rest : least;
        const double floor = LEAST * *c;
        const double draw =
            *c >= 0.0 && least < floor ? (*c - floor) / (*c - least) : 1.0;
        low[k] = *c + draw * (left - *c);
        high[k] = *c + draw * (right - *c);
    }
}

static void correct(const fk_flux_lines *l, double *F)
{
    reconstruct((l->rows + 1) * l->lanes, l->lanes, l->p, l->edge[0], l->edge[1]);
    fk_carry_edges(l, F);
}

const fk_flux fk_flux_weno5 = {
    .name = "weno5",
    .summary = "positive, order 5 without noise (2 with): weighted parabolas",
    .formula =
        "p* = sum_j w_j q_j upstream, three parabolas q_j through five averages,\n"
        "w_j ~ d_j (1 + (tau / beta_j)^2), beta_j how rough they are; drawn to p "
        "where\n"
        "negative",
    .regime = "as van-leer, smoother and dearer",
    .reference = "borges-carmona-costa-don-2008",
    .order = 2.0,
    .drift_order = 5.0,
    .positive = true,
    .points = 1,
    .rates = fk_upwind_rates,
    .reach = 3,
    .courant = 1.0 / 12.0,
    .correct = correct,
};
