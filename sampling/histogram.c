/* Histograms of an ensemble: one count per particle alive, in the cell that
 * fk_grid_find gives it. */
#include <assert.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"
#include "sampling/tally.h"

typedef struct histogram {
    const fk_ensemble *e;
    const fk_grid *g;
    size_t cells;
} histogram;

static void add_block(const void *context, size_t b, uint64_t *count)
{
    const histogram *h = context;
    const double *x = fk_ensemble_x(h->e, b);
    const uint8_t *status = fk_ensemble_status(h->e, b);
    for (size_t j = 0; j < fk_block_lanes(h->e->count, b); j++) {
        if (status[j] != FK_ALIVE)
            continue;
        const size_t cell = fk_tally_cell(h->g, x, j);
        if (cell < h->cells)
            count[cell]++;
    }
}

/* Everyone by status; returns those alive, *lost those lost. */
static uint64_t count_ended(const fk_ensemble *e, uint64_t absorbed[FK_GRID_DIM][2],
                            uint64_t *lost)
{
    uint64_t by_status[FK_LOST + 1] = {0};
    for (size_t b = 0; b < e->n_blocks; b++) {
        const uint8_t *status = fk_ensemble_status(e, b);
        for (size_t j = 0; j < fk_block_lanes(e->count, b); j++)
            by_status[status[j]]++;
    }
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        for (size_t side = 0; side < 2; side++)
            absorbed[i][side] = by_status[fk_status_of_face(i, side)];
    *lost = by_status[FK_LOST];
    return by_status[FK_ALIVE];
}

void fk_ensemble_absorbed(const fk_ensemble *e, uint64_t absorbed[FK_GRID_DIM][2])
{
    uint64_t lost;
    count_ended(e, absorbed, &lost);
}

void fk_ensemble_histogram(const fk_ensemble *e, const fk_grid *g, uint64_t *count,
                           fk_census *census)
{
    assert(g->dim == e->walk.dim);
    const histogram h = {e, g, fk_grid_cells(g)};
    fk_tally(e->n_blocks, h.cells, count, add_block, &h);

    *census = (fk_census){0};
    const uint64_t alive = count_ended(e, census->absorbed, &census->lost);
    for (size_t c = 0; c < h.cells; c++)
        census->inside += count[c];
    census->outside = alive - census->inside;
}
