/* What step-halving pairs tell: where they are, and how far apart. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/halving_state.h"
#include "sampling/tally.h"

typedef struct histogram {
    const fk_halving *h;
    const fk_grid *g;
    size_t cells; /* of g; the index of the rest */
} histogram;

static size_t find_member(const histogram *t, size_t b, size_t member, uint32_t *cell)
{
    unsigned char *block = fk_pair_block(t->h, b);
    const uint8_t *status = fk_pair_status(t->h, block, member);
    const size_t lanes = fk_block_lanes(t->h->count, b);
    fk_tally_cells(t->g, fk_pair_x(t->h, block, member), cell);
    for (size_t j = 0; j < lanes; j++)
        if (status[j] != FK_ALIVE)
            cell[j] = (uint32_t)t->cells;
    return lanes;
}

static size_t find_coarse(const void *context, size_t b, uint32_t *index)
{
    return find_member(context, b, FK_COARSE, index);
}

static size_t find_fine(const void *context, size_t b, uint32_t *index)
{
    return find_member(context, b, FK_FINE, index);
}

static size_t find_moved(const void *context, size_t b, uint32_t *index)
{
    uint32_t from[FK_BLOCK], to[FK_BLOCK];
    size_t n = 0;
    const size_t lanes = find_member(context, b, FK_COARSE, from);
    find_member(context, b, FK_FINE, to);
    for (size_t j = 0; j < lanes; j++)
        if (from[j] != to[j]) {
            index[n++] = from[j];
            index[n++] = to[j];
        }
    return n;
}

void fk_halving_tally(const fk_halving *h, const fk_grid *g, uint64_t *coarse,
                      uint64_t *fine, uint64_t *moved)
{
    assert(g->dim == h->walk->dim);
    const histogram t = {h, g, fk_grid_cells(g)};
    fk_tally(h->n_blocks, t.cells + 1, coarse, find_coarse, &t);
    fk_tally(h->n_blocks, t.cells + 1, fine, find_fine, &t);
    fk_tally(h->n_blocks, t.cells + 1, moved, find_moved, &t);
}

size_t fk_halving_differences(size_t dim)
{
    return 1 + 2 * dim * (1 + dim);
}

static void add(double *sum, double value)
{
    sum[0] += value;
    sum[1] += value * value;
}

/* One pair, lane j of x and y; blocks are added to the whole one by one, so that rounding
 * grows with the number of blocks at worst. */
static void add_pair(size_t d, const double *x, const double *y, size_t j,
                     const double *centre, double *sums)
{
    *sums++ += 1.0;
    for (size_t i = 0; i < d; i++, sums += 2)
        add(sums, x[i * FK_BLOCK + j] - y[i * FK_BLOCK + j]);
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < d; k++, sums += 2)
            add(sums,
                (x[i * FK_BLOCK + j] - centre[i]) * (x[k * FK_BLOCK + j] - centre[k]) -
                    (y[i * FK_BLOCK + j] - centre[i]) *
                        (y[k * FK_BLOCK + j] - centre[k]));
}

fk_status fk_halving_add_differences(const fk_halving *h, const double *centre,
                                     double *sums)
{
    const size_t d = h->walk->dim, n = fk_halving_differences(d);
    double *own = fk_doubles(n);
    if (own == NULL)
        return FK_ENOMEM;
    for (size_t b = 0; b < h->n_blocks; b++) {
        unsigned char *block = fk_pair_block(h, b);
        const uint8_t *alive = fk_pair_status(h, block, FK_COARSE);
        const uint8_t *fine_alive = fk_pair_status(h, block, FK_FINE);
        memset(own, 0, n * sizeof *own);
        for (size_t j = 0; j < fk_block_lanes(h->count, b); j++)
            if (alive[j] == FK_ALIVE && fine_alive[j] == FK_ALIVE)
                add_pair(d, fk_pair_x(h, block, FK_COARSE),
                         fk_pair_x(h, block, FK_FINE), j, centre, own);
        for (size_t i = 0; i < n; i++)
            sums[i] += own[i];
    }
    free(own);
    return FK_OK;
}

/* Of n values, of which sum[0] is the sum and sum[1] that of the squares. */
static void mean_and_error(double n, const double *sum, double *mean, double *error)
{
    *mean = n > 0.0 ? sum[0] / n : 0.0;
    const double spread = fmax(sum[1] - sum[0] * *mean, 0.0);
    *error = n > 1.0 ? sqrt(spread / (n - 1.0) / n) : 0.0;
}

void fk_halving_read_differences(size_t dim, const double *sums, double *mean,
                                 double *mean_error, double *product,
                                 double *product_error)
{
    const double n = *sums++;
    for (size_t i = 0; i < dim; i++, sums += 2)
        mean_and_error(n, sums, &mean[i], &mean_error[i]);
    for (size_t e = 0; e < dim * dim; e++, sums += 2)
        mean_and_error(n, sums, &product[e], &product_error[e]);
}

void fk_halving_moments(const fk_halving *h, const double *centre, double *mean,
                        double *mean_error, double *square, double *square_error)
{
    const size_t d = h->walk->dim, n = fk_halving_differences(d);
    double *sums = fk_doubles(n + 2 * d * d), *product = sums + n;
    if (sums != NULL && fk_halving_add_differences(h, centre, sums) == FK_OK) {
        fk_halving_read_differences(d, sums, mean, mean_error, product,
                                    product + d * d);
        for (size_t i = 0; i < d; i++) {
            square[i] = product[i * (d + 1)];
            square_error[i] = product[d * d + i * (d + 1)];
        }
    }
    free(sums);
}
