#include "core/grid.h"

#include <assert.h>
#include <math.h>

fk_grid fk_grid_make(size_t dim, const fk_axis *axis)
{
    assert(dim >= 1 && dim <= FK_GRID_DIM);
    fk_grid g = {.dim = dim};
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        g.axis[i] = i < dim ? axis[i] : (fk_axis){0.0, 1.0, 1};
    for (size_t i = 0; i < dim; i++)
        assert(axis[i].lo < axis[i].hi && axis[i].cells >= 1);
    return g;
}

size_t fk_grid_cells(const fk_grid *g)
{
    size_t n = 1;
    for (size_t i = 0; i < g->dim; i++)
        n *= g->axis[i].cells;
    return n;
}

double fk_grid_volume(const fk_grid *g)
{
    double v = 1.0;
    for (size_t i = 0; i < g->dim; i++)
        v *= fk_axis_width(&g->axis[i]);
    return v;
}

void fk_grid_unravel(const fk_grid *g, size_t flat, size_t index[FK_GRID_DIM])
{
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        index[i] = flat % g->axis[i].cells;
        flat /= g->axis[i].cells;
    }
}

size_t fk_grid_ravel(const fk_grid *g, const size_t index[FK_GRID_DIM])
{
    return index[0] + g->axis[0].cells * (index[1] + g->axis[1].cells * index[2]);
}

void fk_grid_centre(const fk_grid *g, size_t flat, double x[FK_GRID_DIM])
{
    size_t index[FK_GRID_DIM];
    fk_grid_unravel(g, flat, index);
    for (size_t i = 0; i < g->dim; i++)
        x[i] = fk_axis_centre(&g->axis[i], index[i]);
}

double fk_grid_slope(const fk_grid *g, size_t flat)
{
    size_t index[FK_GRID_DIM];
    double slope = 1.0;
    fk_grid_unravel(g, flat, index);
    for (size_t i = 0; i < g->dim; i++)
        slope *= fk_axis_slope(&g->axis[i], (double)index[i] + 0.5);
    return slope;
}

double fk_grid_slope_across(const fk_grid *g, size_t axis, size_t flat)
{
    size_t index[FK_GRID_DIM];
    fk_grid_unravel(g, flat, index);
    return fk_grid_slope(g, flat) /
           fk_axis_slope(&g->axis[axis], (double)index[axis] + 0.5);
}

bool fk_grid_stretched(const fk_grid *g)
{
    for (size_t i = 0; i < g->dim; i++)
        if (g->axis[i].stretch != NULL)
            return true;
    return false;
}

fk_grid fk_grid_even(const fk_grid *g)
{
    fk_grid even = *g;
    for (size_t i = 0; i < g->dim; i++)
        even.axis[i] = fk_axis_even(&g->axis[i]);
    return even;
}

/* Gauss-Legendre with two points a cell. */
fk_axis_moments fk_axis_moments_of(const fk_axis *a, size_t i)
{
    const double h = fk_axis_width(a), node = 0.5 / sqrt(3.0), s = (double)i + 0.5;
    if (a->stretch == NULL)
        return (fk_axis_moments){fk_axis_centre(a, i), h * h / 12.0, h / 12.0};
    const double low = fk_axis_at(a, s - node), high = fk_axis_at(a, s + node);
    const double half = 0.5 * (high - low);
    return (fk_axis_moments){0.5 * (low + high), half * half, half * node};
}

/* The division may round across an edge; the edges themselves decide. */
size_t fk_axis_cell(const fk_axis *a, double x)
{
    const double n = (double)a->cells;
    if (a->stretch != NULL)
        return fk_stretch_cell(a->stretch, x, a->cells);
    size_t i = (size_t)fmin(fmax((x - a->lo) / fk_axis_width(a), 0.0), n - 1.0);
    while (i > 0 && x < fk_axis_edge(a, i))
        i--;
    while (i + 1 < a->cells && x >= fk_axis_edge(a, i + 1))
        i++;
    return i;
}

static bool find(const fk_axis *a, double x, size_t *cell)
{
    if (!(x >= a->lo && x < a->hi) || isinf(x))
        return false;
    *cell = fk_axis_cell(a, x);
    return true;
}

bool fk_grid_find(const fk_grid *g, const double *x, size_t *flat)
{
    size_t cell = 0;
    for (size_t i = g->dim; i-- > 0;) {
        size_t along;
        if (!find(&g->axis[i], x[i], &along))
            return false;
        cell = cell * g->axis[i].cells + along;
    }
    *flat = cell;
    return true;
}

fk_grid fk_grid_refine(const fk_grid *g, size_t factor)
{
    assert(factor >= 1);
    fk_grid fine = *g;
    for (size_t i = 0; i < g->dim; i++)
        fine.axis[i].cells *= factor;
    return fine;
}

/* Sum of the fine cells under one coarse cell; the fine grid is n[2] x n[1] x n[0]. */
static double block_sum(const fk_grid *g, size_t factor,
                        const size_t index[FK_GRID_DIM], const double *fine)
{
    size_t n[FK_GRID_DIM], first[FK_GRID_DIM], end[FK_GRID_DIM];
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const size_t f = i < g->dim ? factor : 1;
        n[i] = f * g->axis[i].cells;
        first[i] = f * index[i];
        end[i] = first[i] + f;
    }

    double sum = 0.0;
    for (size_t k = first[2]; k < end[2]; k++)
        for (size_t j = first[1]; j < end[1]; j++)
            for (size_t i = first[0]; i < end[0]; i++)
                sum += fine[i + n[0] * (j + n[1] * k)];
    return sum;
}

void fk_grid_restrict(const fk_grid *g, size_t factor, const double *fine,
                      double *coarse)
{
    double parts = 1.0;
    for (size_t i = 0; i < g->dim; i++)
        parts *= (double)factor;
    const size_t n = fk_grid_cells(g);
    for (size_t c = 0; c < n; c++) {
        size_t index[FK_GRID_DIM];
        fk_grid_unravel(g, c, index);
        coarse[c] = block_sum(g, factor, index, fine) / parts;
    }
}

bool fk_domain_has(const fk_domain *d, fk_boundary kind)
{
    for (size_t i = 0; i < d->grid.dim; i++)
        if (d->face[i][0] == kind || d->face[i][1] == kind)
            return true;
    return false;
}

bool fk_domain_absorbs(const fk_domain *d)
{
    return fk_domain_has(d, FK_ABSORBING) || fk_domain_has(d, FK_PARTIAL);
}

bool fk_domain_moves(const fk_domain *d)
{
    return d->wall[0] != NULL;
}

bool fk_domain_open(const fk_domain *d)
{
    for (size_t i = 0; i < d->grid.dim; i++)
        if (d->face[i][0] != FK_OPEN || d->face[i][1] != FK_OPEN)
            return false;
    return true;
}

const char *fk_domain_face_name(const fk_domain *d, size_t axis, size_t side)
{
    const fk_axis *a = &d->grid.axis[axis];
    return isinf(side == 0 ? a->lo : a->hi) ? "natural"
                                            : fk_boundary_name(d->face[axis][side]);
}

const char *fk_boundary_name(fk_boundary b)
{
    static const char *const name[] = {
        [FK_REFLECTING] = "reflecting", [FK_ABSORBING] = "absorbing",
        [FK_PERIODIC] = "periodic",     [FK_OPEN] = "open",
        [FK_PARTIAL] = "partial",
    };
    return name[b];
}
