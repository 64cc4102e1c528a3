/* Histograms of an ensemble: one count per particle, in the cell that fk_grid_find gives
 * it or behind the cells by its status. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"
#include "sampling/tally.h"

typedef struct histogram {
    const fk_ensemble *e;
    const fk_grid *g; /* NULL: none */
    size_t cells;
} histogram;

static bool all_alive(const uint8_t *status)
{
    uint8_t any = 0;
    for (size_t j = 0; j < FK_BLOCK; j++)
        any |= status[j];
    return any == FK_ALIVE;
}

/* Behind the cells the alive come first, then those with a status. */
static size_t places(const void *context, size_t b, uint32_t *index)
{
    const histogram *h = context;
    const uint8_t *status = fk_ensemble_status(h->e, b);
    const size_t lanes = fk_block_lanes(h->e->count, b);
    if (h->g != NULL)
        fk_tally_cells(h->g, fk_ensemble_x(h->e, b), index);
    if (h->g != NULL && all_alive(status))
        return lanes;
    for (size_t j = 0; j < lanes; j++)
        if (h->g == NULL || status[j] != FK_ALIVE)
            index[j] = (uint32_t)h->cells + status[j];
    return lanes;
}

void fk_ensemble_tally(const fk_ensemble *e, const fk_grid *g, uint64_t *count)
{
    static_assert(FK_ALIVE == 0, "what all_alive looks for");
    static_assert(FK_ELSEWHERE == FK_LOST + 1, "a place for each status");
    assert(g == NULL || g->dim == e->walk.dim);
    const histogram h = {e, g, g == NULL ? 0 : fk_grid_cells(g)};
    fk_tally(e->n_blocks, h.cells + FK_ELSEWHERE, count, places, &h);
}

fk_census fk_census_read(size_t cells, const uint64_t *count)
{
    const uint64_t *elsewhere = count + cells;
    fk_census census = {.outside = elsewhere[FK_ALIVE],
                        .killed = elsewhere[FK_KILLED],
                        .lost = elsewhere[FK_LOST]};
    for (size_t c = 0; c < cells; c++)
        census.inside += count[c];
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        for (size_t side = 0; side < 2; side++)
            census.absorbed[i][side] = elsewhere[fk_status_of_face(i, side)];
    return census;
}
