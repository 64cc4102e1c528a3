#include "sampling/tally.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"

enum { MOST_PRIVATE = 1 << 25 }; /* counts of all threads together: 256 MiB */

static void add_in_parallel(size_t n_blocks, size_t n, uint64_t *count, uint64_t *own,
                            void (*add)(const void *, size_t, uint64_t *),
                            const void *context)
{
#pragma omp parallel default(none) firstprivate(n_blocks, n, count, own, add, context)
    {
        uint64_t *mine = own + (size_t)omp_get_thread_num() * n;
#pragma omp for schedule(static)
        for (size_t b = 0; b < n_blocks; b++)
            add(context, b, mine);
#pragma omp critical(fk_tally_merge)
        for (size_t c = 0; c < n; c++)
            count[c] += mine[c];
    }
}

void fk_tally(size_t n_blocks, size_t n, uint64_t *count,
              void (*add)(const void *context, size_t block, uint64_t *count),
              const void *context)
{
    memset(count, 0, n * sizeof *count);
    const size_t threads = (size_t)omp_get_max_threads();
    uint64_t *own = NULL;
    if (threads > 1 && n_blocks > 1 && n <= MOST_PRIVATE / threads)
        own = fk_alloc(threads * n, sizeof *own);
    if (own != NULL) {
        add_in_parallel(n_blocks, n, count, own, add, context);
        free(own);
        return;
    }
    for (size_t b = 0; b < n_blocks; b++)
        add(context, b, count);
}

size_t fk_tally_cell(const fk_grid *g, const double *x, size_t j)
{
    double point[FK_GRID_DIM];
    for (size_t i = 0; i < g->dim; i++)
        point[i] = x[i * FK_BLOCK + j];
    size_t cell;
    return fk_grid_find(g, point, &cell) ? cell : fk_grid_cells(g);
}
