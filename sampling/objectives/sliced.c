#include "sampling/objective.h"

/* Without knowing the noise that made x: by parts, with signs v,
 *
 *     E|L^T (s^ - s)|^2 = E|e^|^2 - 2 E[v^T (de^/dx) L v] + E|L^T s|^2,
 *     v^T (de^/dx) L v = v^T L^T V^-1 L v - c v^T Jv,
 *
 * and the last term is free of the network. */
static double at(const fk_objective_point *p, double *dF, double *dJv)
{
    const fk_noising *n = p->noising;
    const size_t d = n->dim;
    const double c = n->scale[p->k], *L = n->factor + p->k * d * d;
    double Lv[FK_NOISING_DIM], pulled[FK_NOISING_DIM], sum = 0.0;
    fk_rows_times(d, L, p->v, Lv);
    fk_rows_times(d, n->pull + p->k * d * d, Lv, pulled);
    for (size_t i = 0; i < d; i++) {
        const double slope = p->v[i] * (pulled[i] - c * p->Jv[i]);
        sum += (p->e_[i] * p->e_[i] - 2.0 * slope) / (c * c);
        dF[i] = -2.0 * p->e_[i] / c;
        dJv[i] = 2.0 * p->v[i] / c;
    }
    return sum;
}

const fk_objective fk_objective_sliced = {
    .name = "sliced",
    .summary = "from noisy data alone, by the divergence along random directions",
    .reference = "song-2019",
    .tangents = 1,
    .weight = fk_objective_even,
    .at = at,
};
