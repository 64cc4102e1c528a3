/* What weighted samples say.  Group g has the share V_g of all weight and m_g of the sum for
 * phi, so that  E phi = sum m_g / sum V_g  is a ratio with the variance
 *
 *     G/(G - 1) sum_g (m_g - V_g E phi)^2                        (sum V_g = 1). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/resampling.h"
#include "sampling/weighted.h"

static double groups_error(const fk_weighted_result *r, double squares)
{
    const double n = (double)r->groups;
    return sqrt(squares * n / (n - 1.0));
}

fk_weighted_mean fk_weighted_mean_of(const fk_weighted_result *r, const double *phi)
{
    double mean = 0.0, squares = 0.0;
    for (size_t i = 0; i < r->groups * r->count; i++)
        mean += r->weight[i] * phi[i];
    for (size_t g = 0; g < r->groups; g++) {
        double residual = 0.0;
        for (size_t i = g * r->count; i < (g + 1) * r->count; i++)
            residual += r->weight[i] * (phi[i] - mean);
        squares += residual * residual;
    }
    return (fk_weighted_mean){mean, groups_error(r, squares)};
}

/* Adds the weights of group g to cells, and returns their sum. */
static double add_group(const fk_weighted_result *r, const fk_grid *grid, size_t g,
                        double *mass)
{
    const size_t rest = fk_grid_cells(grid);
    double sum = 0.0;
    for (size_t i = g * r->count; i < (g + 1) * r->count; i++) {
        size_t cell;
        mass[fk_grid_find(grid, r->x + i * r->dim, &cell) ? cell : rest] +=
            r->weight[i];
        sum += r->weight[i];
    }
    return sum;
}

fk_status fk_weighted_cells(const fk_weighted_result *r, const fk_grid *grid,
                            double *mass, double *error)
{
    const size_t cells = fk_grid_cells(grid) + 1;
    double *own = fk_doubles(cells);
    if (own == NULL)
        return FK_ENOMEM;
    memset(mass, 0, cells * sizeof *mass);
    memset(error, 0, cells * sizeof *error);
    for (size_t g = 0; g < r->groups; g++)
        (void)add_group(r, grid, g, mass);
    for (size_t g = 0; g < r->groups; g++) {
        memset(own, 0, cells * sizeof *own);
        const double sum = add_group(r, grid, g, own);
        for (size_t c = 0; c < cells; c++)
            error[c] += pow(own[c] - sum * mass[c], 2.0);
    }
    for (size_t c = 0; c < cells; c++)
        error[c] = groups_error(r, error[c]);
    free(own);
    return FK_OK;
}

fk_status fk_weighted_draw(const fk_weighted_result *r, double u, size_t n, double *x)
{
    size_t *parent = fk_alloc(n, sizeof *parent);
    if (parent == NULL)
        return FK_ENOMEM;
    fk_resample(r->groups * r->count, r->weight, u, n, parent);
    for (size_t i = 0; i < n; i++)
        memcpy(x + i * r->dim, r->x + parent[i] * r->dim, r->dim * sizeof *x);
    free(parent);
    return FK_OK;
}
