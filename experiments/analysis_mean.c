/* Means of a field over the initial law. */
#include <math.h>

#include "experiments/analysis.h"
#include "pde/value.h"

/* True if the law is made of points alone. */
static bool is_points(const fk_mixture *m)
{
    if (m == NULL)
        return false;
    for (size_t i = 0; i < m->components * m->dim * m->dim; i++)
        if (fabs(m->cov[i]) > 0.0)
            return false;
    return true;
}

static bool all_finite(const double *u, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(u[i]))
            return false;
    return true;
}

double fk_analysis_mean(const fk_analysis_grid *g, const double *p0, const double *u)
{
    const fk_grid *grid = &g->domain.grid;
    const fk_mixture *m = fk_law_mixture(g->request->problem->initial);
    const size_t cells = fk_grid_cells(grid);
    double mean = 0.0, weight = 0.0;
    if (is_points(m) && all_finite(u, cells)) {
        for (size_t k = 0; k < m->components; k++)
            mean += m->weight[k] * fk_value_at(grid, u, m->mean + k * m->dim);
        return mean;
    }
    for (size_t c = 0; c < cells; c++)
        if (p0[c] > 0.0) {
            mean += p0[c] * u[c];
            weight += p0[c];
        }
    return mean / weight;
}
