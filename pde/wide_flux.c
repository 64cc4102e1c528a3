#include "pde/wide_flux.h"

#include "core/block.h"

FK_CLONES
static void carry(size_t n, size_t w, const double *restrict up,
                  const double *restrict dn, const double *restrict p,
                  const double *restrict low, const double *restrict high,
                  double *restrict F)
{
    for (size_t k = 0; k < n; k++) {
        const double v = up[k] - dn[k];
        const double forth = v > 0.0 ? v : 0.0, back = v < 0.0 ? v : 0.0;
        F[k] += forth * (high[k] - p[k]) + back * (low[k + w] - p[k + w]);
    }
}

void fk_carry_edges(const fk_flux_lines *l, double *F)
{
    carry(l->rows * l->lanes, l->lanes, l->up, l->dn, l->p, l->edge[0], l->edge[1], F);
}
