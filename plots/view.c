#include "plots/view.h"

#include <string.h>

static size_t factor(size_t cells, size_t most)
{
    for (size_t f = 1; f <= cells; f++)
        if (cells % f == 0 && cells / f <= most)
            return cells / f >= most / 4 ? f : 1;
    return 1;
}

fk_view fk_view_make(const fk_grid *g, size_t most)
{
    fk_view v = {.fine = *g, .grid = *g};
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        v.factor[i] = i < g->dim ? factor(g->axis[i].cells, most) : 1;
        v.grid.axis[i].cells /= v.factor[i];
    }
    return v;
}

void fk_view_average(const fk_view *v, const double *fine, double *coarse)
{
    const size_t joined = v->factor[0] * v->factor[1] * v->factor[2];
    const size_t n0 = v->fine.axis[0].cells, n1 = v->fine.axis[1].cells;
    const size_t m0 = v->grid.axis[0].cells, m1 = v->grid.axis[1].cells;
    memset(coarse, 0, fk_grid_cells(&v->grid) * sizeof *coarse);
    for (size_t k = 0; k < v->fine.axis[2].cells; k++)
        for (size_t j = 0; j < n1; j++) {
            const double *from = fine + n0 * (j + n1 * k);
            double *to = coarse + m0 * (j / v->factor[1] + m1 * (k / v->factor[2]));
            for (size_t i = 0; i < n0; i++)
                to[i / v->factor[0]] += from[i] / (double)joined;
        }
}

size_t fk_view_pick(size_t n, size_t most, size_t *index)
{
    const size_t picked = n < most ? n : most;
    for (size_t i = 0; i < picked; i++)
        index[i] = picked > 1 ? i * (n - 1) / (picked - 1) : n - 1;
    return picked;
}
