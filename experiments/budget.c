#include "experiments/budget.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

struct fk_budget {
    const fk_bins *bins;
    const fk_cell_moments *moments;
    double *outward;                  /* [cells] */
    double *delta, *noise, *cautious; /* [bins] */
};

/* Share of the cell's faces towards other cells that lead to another bin. */
static double outward_share(const fk_bins *b, const fk_domain *d, size_t cell)
{
    const fk_grid *g = &d->grid;
    size_t at[FK_GRID_DIM], stride = 1, faces = 0, outward = 0;
    fk_grid_unravel(g, cell, at);
    for (size_t a = 0; a < g->dim; a++) {
        const size_t n = g->axis[a].cells, span = (n - 1) * stride;
        const bool around = d->face[a][0] == FK_PERIODIC;
        if (n > 1 && (at[a] > 0 || around)) {
            faces++;
            outward += b->bin[at[a] > 0 ? cell - stride : cell + span] != b->bin[cell];
        }
        if (n > 1 && (at[a] + 1 < n || around)) {
            faces++;
            outward +=
                b->bin[at[a] + 1 < n ? cell + stride : cell - span] != b->bin[cell];
        }
        stride *= n;
    }
    return faces == 0 ? 0.0 : (double)outward / (double)faces;
}

fk_status fk_budget_new(const fk_bins *bins, const fk_cell_moments *m, fk_budget **out)
{
    fk_budget *b = calloc(1, sizeof *b);
    *out = NULL;
    if (b == NULL)
        return FK_ENOMEM;
    b->bins = bins;
    b->moments = m;
    b->outward = fk_doubles(bins->cells);
    b->delta = fk_doubles(bins->n);
    b->noise = fk_doubles(bins->n);
    b->cautious = fk_doubles(bins->n);
    if (b->outward == NULL || b->delta == NULL || b->noise == NULL ||
        b->cautious == NULL) {
        fk_budget_free(b);
        return FK_ENOMEM;
    }
    for (size_t c = 0; c < bins->cells; c++)
        b->outward[c] = outward_share(bins, m->domain, c);
    *out = b;
    return FK_OK;
}

void fk_budget_free(fk_budget *b)
{
    if (b == NULL)
        return;
    free(b->outward);
    free(b->delta);
    free(b->noise);
    free(b->cautious);
    free(b);
}

/* Per bin: the change, its variance, and what of the variance is certainly there. */
static void sum_bins(fk_budget *b, const fk_difference *d)
{
    const size_t cells = b->bins->cells;
    fk_bins_sum(b->bins, d->delta, b->delta);
    fk_bins_sum(b->bins, d->variance, b->noise);
    for (size_t i = 0; i < b->bins->n; i++)
        b->cautious[i] = d->paired ? 0.0 : b->noise[i];
    if (!d->paired)
        return;
    for (size_t c = 0; c < cells; c++)
        b->cautious[b->bins->bin[c]] += b->outward[c] * d->variance[c];
    b->cautious[b->bins->bin[cells]] += d->variance[cells];
}

static void measure_distances(const fk_budget *b, fk_part *out)
{
    double chi2 = 0.0, error2 = 0.0, l1 = 0.0, floor_l1 = 0.0;
    for (size_t i = 0; i < b->bins->n; i++) {
        const double q = b->bins->q[i], v = b->noise[i], d2 = b->delta[i] * b->delta[i];
        chi2 += (d2 - b->cautious[i]) / q;
        error2 += (2.0 * v * v + 4.0 * fmax(d2 - v, 0.0) * v) / (q * q);
        l1 += fabs(b->delta[i]);
        floor_l1 += sqrt(2.0 / M_PI * b->cautious[i]);
    }
    out->chi = sqrt(fmax(0.0, chi2 + 2.0 * sqrt(error2)));
    out->l1 = fmin(out->chi, sqrt(fmax(0.0, l1 * l1 - floor_l1 * floor_l1)));
}

/* Changes of the moments of the law on the grid; var of sum phi delta is, for pairs, half
 * a step's change of phi squared for each cell that one of them left or entered. */
static void measure_moments(const fk_budget *b, const fk_difference *d, fk_part *out)
{
    const fk_cell_moments *m = b->moments;
    double x[FK_GRID_DIM], phi[FK_CELL_MOMENTS], step[FK_CELL_MOMENTS];
    double variance[FK_CELL_MOMENTS] = {0.0};
    for (size_t k = 0; k < m->n; k++)
        out->moment[k] = 0.0;
    for (size_t c = 0; c < b->bins->cells; c++) {
        fk_grid_centre(&m->domain->grid, c, x);
        fk_cell_moments_phi(m, x, phi);
        if (d->paired)
            fk_cell_moments_step(m, x, step);
        for (size_t k = 0; k < m->n; k++) {
            const double square = d->paired ? 0.5 * step[k] * step[k] : phi[k] * phi[k];
            out->moment[k] += phi[k] * d->delta[c];
            variance[k] += square * d->variance[c];
        }
    }
    for (size_t k = 0; k < m->n; k++)
        out->moment[k] = (fabs(out->moment[k]) + 2.0 * sqrt(variance[k])) / m->inside;
}

void fk_budget_measure(fk_budget *b, const fk_difference *d, fk_part *out)
{
    double below = 0.0;
    *out = (fk_part){.chi = 0.0};
    sum_bins(b, d);
    measure_distances(b, out);
    measure_moments(b, d, out);
    for (size_t c = 0; c < b->bins->cells; c++) {
        below += d->delta[c];
        out->ks = fmax(out->ks, fabs(below));
    }
}

void fk_budget_bound(const fk_budget *b, double l1, double chi, fk_part *out)
{
    *out = (fk_part){.chi = chi, .l1 = l1, .ks = fmin(chi, 0.5 * l1)};
    for (size_t k = 0; k < b->moments->n; k++)
        out->moment[k] = chi * b->moments->moment[k].spread;
}
