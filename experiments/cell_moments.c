#include "experiments/cell_moments.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Mean and central second moments of masses about their own mean. */
static double two_moments(const fk_grid *g, const double *mass,
                          double mean[FK_GRID_DIM],
                          double cov[FK_GRID_DIM][FK_GRID_DIM])
{
    const size_t cells = fk_grid_cells(g);
    double total = 0.0, x[FK_GRID_DIM];
    memset(mean, 0, FK_GRID_DIM * sizeof *mean);
    memset(cov, 0, FK_GRID_DIM * sizeof *cov);
    for (size_t c = 0; c < cells; c++) {
        fk_grid_centre(g, c, x);
        total += mass[c];
        for (size_t i = 0; i < g->dim; i++)
            mean[i] += mass[c] * x[i];
    }
    for (size_t i = 0; i < g->dim; i++)
        mean[i] /= total;
    for (size_t c = 0; c < cells; c++) {
        fk_grid_centre(g, c, x);
        for (size_t i = 0; i < g->dim; i++)
            for (size_t j = i; j < g->dim; j++)
                cov[i][j] += mass[c] / total * (x[i] - mean[i]) * (x[j] - mean[j]);
    }
    return total;
}

static double pick(const fk_cell_moment *k, const double mean[FK_GRID_DIM],
                   double cov[FK_GRID_DIM][FK_GRID_DIM])
{
    return k->mean ? mean[k->i] : cov[k->i][k->j];
}

void fk_cell_moments_set(const fk_domain *domain, const double *q, fk_cell_moments *m)
{
    const fk_grid *g = &domain->grid;
    const size_t cells = fk_grid_cells(g);
    double cov[FK_GRID_DIM][FK_GRID_DIM], x[FK_GRID_DIM], phi[FK_CELL_MOMENTS];
    *m = (fk_cell_moments){.domain = domain};
    m->inside = two_moments(g, q, m->mean, cov);
    assert(m->inside > 0.0);

    for (int mean = 1; mean >= 0; mean--)
        for (size_t i = 0; i < g->dim; i++)
            for (size_t j = i; j < (mean ? i + 1 : g->dim); j++)
                if (domain->face[i][0] != FK_PERIODIC &&
                    domain->face[j][0] != FK_PERIODIC)
                    m->moment[m->n++] = (fk_cell_moment){.i = i, .j = j, .mean = mean};

    for (size_t k = 0; k < m->n; k++)
        m->moment[k].value = pick(&m->moment[k], m->mean, cov);
    for (size_t c = 0; c < cells; c++) {
        fk_grid_centre(g, c, x);
        fk_cell_moments_phi(m, x, phi);
        for (size_t k = 0; k < m->n; k++)
            m->moment[k].spread += q[c] / m->inside * phi[k] * phi[k];
    }
    for (size_t k = 0; k < m->n; k++)
        m->moment[k].spread = sqrt(fmax(m->moment[k].spread, 0.0));
}

void fk_cell_moments_phi(const fk_cell_moments *m, const double *x, double *phi)
{
    for (size_t k = 0; k < m->n; k++) {
        const fk_cell_moment *f = &m->moment[k];
        const double u = x[f->i] - m->mean[f->i], v = x[f->j] - m->mean[f->j];
        phi[k] = f->mean ? u : u * v - f->value;
    }
}

static double width_at(const fk_axis *a, double x)
{
    return fk_axis_extent(a, fk_axis_cell(a, x));
}

void fk_cell_moments_step(const fk_cell_moments *m, const double *x, double *change)
{
    for (size_t k = 0; k < m->n; k++) {
        const fk_cell_moment *f = &m->moment[k];
        const double u = fabs(x[f->i] - m->mean[f->i]);
        const double v = fabs(x[f->j] - m->mean[f->j]);
        const double dx = width_at(&m->domain->grid.axis[f->i], x[f->i]);
        const double dy = width_at(&m->domain->grid.axis[f->j], x[f->j]);
        change[k] = f->mean ? dx : fmax(v * dx, u * dy) * (f->i == f->j ? 2.0 : 1.0);
    }
}

void fk_cell_moments_other(const fk_cell_moments *m, const double *mass, double *value)
{
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM][FK_GRID_DIM];
    if (two_moments(&m->domain->grid, mass, mean, cov) > 0.0)
        for (size_t k = 0; k < m->n; k++)
            value[k] = pick(&m->moment[k], mean, cov);
    else
        for (size_t k = 0; k < m->n; k++)
            value[k] = m->moment[k].value;
}
