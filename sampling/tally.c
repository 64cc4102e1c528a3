#include "sampling/tally.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/march.h"

typedef struct tally {
    size_t n_blocks, n;
    uint64_t *count;
    uint64_t *own; /* [threads][n]; NULL: threads share `count` */
    size_t (*find)(const void *context, size_t b, uint32_t *index);
    const void *context;
} tally;

/* Each thread into its own counts, which are then summed. */
static void add_apart(const tally *t)
{
#pragma omp parallel default(none) firstprivate(t)
    {
        uint32_t index[FK_TALLY_MOST];
        uint64_t *mine = t->own + (size_t)omp_get_thread_num() * t->n;
#pragma omp for schedule(static)
        for (size_t b = 0; b < t->n_blocks; b++)
            for (size_t k = t->find(t->context, b, index); k-- > 0;)
                mine[index[k]]++;
        const size_t threads = (size_t)omp_get_num_threads();
#pragma omp for schedule(static)
        for (size_t c = 0; c < t->n; c++)
            for (size_t k = 0; k < threads; k++)
                t->count[c] += t->own[k * t->n + c];
    }
}

static void add_together(const tally *t)
{
#pragma omp parallel for default(none) firstprivate(t) schedule(static)
    for (size_t b = 0; b < t->n_blocks; b++) {
        uint32_t index[FK_TALLY_MOST];
        for (size_t k = t->find(t->context, b, index); k-- > 0;)
#pragma omp atomic update
            t->count[index[k]]++;
    }
}

/* One thread needs no atomic increments; own counts cost zeros and a sum, worth it where
 * there are more particles than that. */
void fk_tally(size_t n_blocks, size_t n, uint64_t *count,
              size_t (*find)(const void *context, size_t b, uint32_t *index),
              const void *context)
{
    tally t = {n_blocks, n, count, NULL, find, context};
    const size_t threads = (size_t)omp_get_max_threads();
    if (threads == 1 || n_blocks <= FK_FEW_BLOCKS) {
        uint32_t index[FK_TALLY_MOST];
        for (size_t b = 0; b < n_blocks; b++)
            for (size_t k = find(context, b, index); k-- > 0;)
                count[index[k]]++;
        return;
    }
    if (n <= n_blocks * FK_BLOCK / threads)
        t.own = fk_alloc(threads * n, sizeof *t.own);
    if (t.own != NULL)
        add_apart(&t);
    else
        add_together(&t);
    free(t.own);
}

/* cell = cell n + index along the axis by one division; good = 0 where the index's edges,
 * which decide, do not hold x, and in the last cell, which ends at hi. */
FK_CLONES static void find_along(const fk_axis *a, const double *restrict x,
                                 double *restrict cell, double *restrict good)
{
    const double n = (double)a->cells, lo = a->lo, width = fk_axis_width(a);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double u = x[j];
        double q = (u - lo) / width;
        q = q > 0.0 ? q : 0.0;
        q = q < n ? q : n;
        const double i = (double)(int32_t)q;
        const double left = lo + i * width, right = lo + (i + 1.0) * width;
        good[j] *= (double)((u >= left) & (u < right) & (i < n - 1.0));
        cell[j] = cell[j] * n + i;
    }
}

/* Indices as whole numbers; how many of them are good. */
FK_CLONES static double round_cells(const double *restrict guess,
                                    const double *restrict good,
                                    uint32_t *restrict cell)
{
    double sum[8] = {0.0};
    for (size_t j = 0; j < FK_BLOCK; j += 8)
        for (size_t k = 0; k < 8; k++) {
            cell[j + k] = (uint32_t)(int32_t)guess[j + k];
            sum[k] += good[j + k];
        }
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) +
           ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static uint32_t find_cell(const fk_grid *g, const double *x, size_t j)
{
    double point[FK_GRID_DIM];
    size_t cell;
    for (size_t i = 0; i < g->dim; i++)
        point[i] = x[i * FK_BLOCK + j];
    return (uint32_t)(fk_grid_find(g, point, &cell) ? cell : fk_grid_cells(g));
}

void fk_tally_cells(const fk_grid *g, const double *x, uint32_t *cell)
{
    _Alignas(FK_ALIGN) double guess[FK_BLOCK] = {0}, good[FK_BLOCK];
    for (size_t j = 0; j < FK_BLOCK; j++)
        good[j] = 1.0;
    for (size_t i = g->dim; i-- > 0;)
        if (g->axis[i].stretch == NULL)
            find_along(&g->axis[i], x + i * FK_BLOCK, guess, good);
        else
            memset(good, 0, sizeof good); /* an index by division is no guess there */
    if (round_cells(guess, good, cell) == (double)FK_BLOCK)
        return;
    for (size_t j = 0; j < FK_BLOCK; j++)
        if (good[j] == 0.0)
            cell[j] = find_cell(g, x, j);
}
