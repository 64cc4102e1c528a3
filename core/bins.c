/* Cells grouped into bins by cutting the box again and again: along its longest side
 * (in cells), as near its middle as both parts still expect enough, along the next
 * longest if that side has no such cut.  A box that cannot be cut is a bin.  What a cut
 * takes off a side with little mass ends just where it expects enough, so at every cut
 * one part is final or both have at most half the cells: the depth is logarithmic. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "core/goodness.h"
#include "core/memory.h"

typedef struct box {
    size_t lo[FK_GRID_DIM], hi[FK_GRID_DIM];
} box;

typedef struct cutter {
    const fk_grid *grid;
    const double *mass;
    double least;  /* mass that a bin must have */
    double *slab;  /* [longest axis] */
    fk_bins *bins; /* bin[] and n filled on the way */
} cutter;

static size_t flat_of(const fk_grid *g, size_t i, size_t j, size_t k)
{
    return i + g->axis[0].cells * (j + g->axis[1].cells * k);
}

/* slab[s] = mass of the box's cells whose index along the axis is lo + s */
static void project(const cutter *c, const box *b, size_t axis)
{
    for (size_t s = 0; s < b->hi[axis] - b->lo[axis]; s++)
        c->slab[s] = 0.0;
    for (size_t k = b->lo[2]; k < b->hi[2]; k++)
        for (size_t j = b->lo[1]; j < b->hi[1]; j++)
            for (size_t i = b->lo[0]; i < b->hi[0]; i++) {
                const size_t at[FK_GRID_DIM] = {i, j, k};
                c->slab[at[axis] - b->lo[axis]] += c->mass[flat_of(c->grid, i, j, k)];
            }
}

/* The cut nearest the middle with enough on both sides; 0 if there is none. */
static size_t cut_of(const cutter *c, const box *b, size_t axis)
{
    const size_t n = b->hi[axis] - b->lo[axis];
    double total = 0.0, below = 0.0;
    size_t best = 0, off = n + 1;
    project(c, b, axis);
    for (size_t s = 0; s < n; s++)
        total += c->slab[s];
    for (size_t s = 1; s < n; s++) {
        const size_t from_middle = 2 * s > n ? 2 * s - n : n - 2 * s;
        below += c->slab[s - 1];
        if (below >= c->least && total - below >= c->least && from_middle < off) {
            best = s;
            off = from_middle;
        }
    }
    return best;
}

/* Axes by falling length of the box; equal ones in their own order. */
static void longest_first(const box *b, size_t order[FK_GRID_DIM])
{
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        size_t at = i;
        for (; at > 0 &&
               b->hi[i] - b->lo[i] > b->hi[order[at - 1]] - b->lo[order[at - 1]];
             at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

static void divide(const cutter *c, const box *b)
{
    size_t order[FK_GRID_DIM];
    longest_first(b, order);
    for (size_t a = 0; a < FK_GRID_DIM; a++) {
        const size_t axis = order[a], cut = cut_of(c, b, axis);
        if (cut == 0)
            continue;
        box low = *b, high = *b;
        low.hi[axis] = high.lo[axis] = b->lo[axis] + cut;
        divide(c, &low);
        divide(c, &high);
        return;
    }
    for (size_t k = b->lo[2]; k < b->hi[2]; k++)
        for (size_t j = b->lo[1]; j < b->hi[1]; j++)
            for (size_t i = b->lo[0]; i < b->hi[0]; i++)
                c->bins->bin[flat_of(c->grid, i, j, k)] = c->bins->n;
    c->bins->n++;
}

/* The rest is a bin of its own if it expects enough, else part of the smallest one; a
 * grid that expects too little as a whole (one bin then) joins the rest. */
static void place_rest(fk_bins *b, double rest, double least)
{
    size_t at = b->n;
    if (rest >= least && b->q[0] >= least) {
        b->q[b->n++] = rest;
    } else {
        at = 0;
        for (size_t i = 1; i < b->n; i++)
            if (b->q[i] < b->q[at])
                at = i;
        b->q[at] += rest;
    }
    b->bin[b->cells] = at;
}

fk_status fk_bins_new(const fk_grid *g, const double *mass, double count, double least,
                      fk_bins **out)
{
    const size_t cells = fk_grid_cells(g);
    double total = 0.0;
    *out = NULL;
    assert(least >= 0.0 && count >= 0.0);
    for (size_t i = 0; i <= cells; i++)
        total += mass[i];
    if (!isfinite(total) || total <= 0.0)
        return FK_EDOMAIN;

    fk_bins *b = calloc(1, sizeof *b);
    double *slab = fk_doubles(g->axis[0].cells + g->axis[1].cells + g->axis[2].cells);
    if (b == NULL || slab == NULL)
        goto fail;
    b->cells = cells;
    b->bin = fk_alloc(cells + 1, sizeof *b->bin);
    b->q = fk_doubles(cells + 1);
    if (b->bin == NULL || b->q == NULL)
        goto fail;

    /* nothing counted: everything is one bin */
    const double enough = count > 0.0 ? least / count * total : 2.0 * total;
    const cutter c = {.grid = g,
                      .mass = mass,
                      .least = fmax(enough, DBL_MIN),
                      .slab = slab,
                      .bins = b};
    divide(&c, &(box){.hi = {g->axis[0].cells, g->axis[1].cells, g->axis[2].cells}});
    for (size_t i = 0; i < cells; i++)
        b->q[b->bin[i]] += mass[i];
    place_rest(b, mass[cells], c.least);
    for (size_t i = 0; i < b->n; i++)
        b->q[i] /= total;
    free(slab);
    *out = b;
    return FK_OK;

fail:
    free(slab);
    fk_bins_free(b);
    return FK_ENOMEM;
}

void fk_bins_free(fk_bins *b)
{
    if (b == NULL)
        return;
    free(b->bin);
    free(b->q);
    free(b);
}

void fk_bins_sum(const fk_bins *b, const double *value, double *sum)
{
    for (size_t i = 0; i < b->n; i++)
        sum[i] = 0.0;
    for (size_t i = 0; i <= b->cells; i++)
        sum[b->bin[i]] += value[i];
}

void fk_bins_count(const fk_bins *b, const uint64_t *count, uint64_t *sum)
{
    for (size_t i = 0; i < b->n; i++)
        sum[i] = 0;
    for (size_t i = 0; i <= b->cells; i++)
        sum[b->bin[i]] += count[i];
}
