/* Moments of those alive in an ensemble.  Sums run over eight interleaved parts of a
 * block, then pairwise over the blocks: an order that depends on the count alone. */
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"

/* What is summed: (x_i - a_i)^p (x_k - a_k)^q with p + q <= 2, or (x_i - a_i)^4. */
typedef enum power {
    FIRST,
    PRODUCT,
    FOURTH,
} power;

typedef struct summand {
    const fk_ensemble *e;
    power power;
    size_t i, k;
    double a_i, a_k;
} summand;

enum { PARTS = 8 };

/* part[j % PARTS] += term_j over the lanes alive */
FK_CLONES static void add_terms(const summand *s, const double *restrict x,
                                const double *restrict y,
                                const uint8_t *restrict counted, double *restrict part)
{
    _Alignas(64) double term[FK_BLOCK];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double u = x[j] - s->a_i, v = y[j] - s->a_k;
        const double w = s->power == FIRST ? u : u * v;
        term[j] = counted[j] ? (s->power == FOURTH ? w * w : w) : 0.0;
    }
    for (size_t j = 0; j < FK_BLOCK; j += PARTS)
        for (size_t p = 0; p < PARTS; p++)
            part[p] += term[j + p];
}

/* 1 for lanes that exist and are alive */
static void counted_lanes(const fk_ensemble *e, size_t b, uint8_t *counted)
{
    const uint8_t *status = fk_ensemble_status(e, b);
    const size_t lanes = fk_block_lanes(e->count, b);
    for (size_t j = 0; j < FK_BLOCK; j++)
        counted[j] = j < lanes && status[j] == FK_ALIVE;
}

static double block_sum(const summand *s, size_t b)
{
    double part[PARTS] = {0};
    uint8_t counted[FK_BLOCK];
    const double *x = fk_ensemble_x(s->e, b);
    counted_lanes(s->e, b, counted);
    add_terms(s, x + s->i * FK_BLOCK, x + s->k * FK_BLOCK, counted, part);
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7]));
}

/* Pairwise over blocks first .. end - 1. */
static double pairwise(const summand *s, size_t first, size_t end)
{
    if (end - first == 1)
        return block_sum(s, first);
    const size_t middle = first + (end - first) / 2;
    return pairwise(s, first, middle) + pairwise(s, middle, end);
}

enum { SLICES = 64 };

/* Slices of the blocks in parallel, then in order. */
static double sum(const summand *s)
{
    double slice[SLICES] = {0};
    const size_t n = s->e->n_blocks;
#pragma omp parallel for default(none) shared(slice) firstprivate(s, n) schedule(static)
    for (size_t k = 0; k < SLICES; k++) {
        const size_t first = n * k / SLICES, end = n * (k + 1) / SLICES;
        if (first < end)
            slice[k] = pairwise(s, first, end);
    }
    double total = 0.0;
    for (size_t k = 0; k < SLICES; k++)
        total += slice[k];
    return total;
}

static uint64_t count_alive(const fk_ensemble *e)
{
    uint64_t alive = 0;
    for (size_t b = 0; b < e->n_blocks; b++) {
        uint8_t counted[FK_BLOCK];
        counted_lanes(e, b, counted);
        for (size_t j = 0; j < FK_BLOCK; j++)
            alive += counted[j];
    }
    return alive;
}

/* The first particle that counts: sums are taken about it, so that a small spread far
 * from 0 keeps its digits. */
static void find_origin(const fk_ensemble *e, double *origin)
{
    for (size_t b = 0; b < e->n_blocks; b++) {
        uint8_t counted[FK_BLOCK];
        counted_lanes(e, b, counted);
        const uint8_t *first = memchr(counted, 1, FK_BLOCK);
        if (first == NULL)
            continue;
        for (size_t i = 0; i < e->walk.dim; i++)
            origin[i] = fk_ensemble_x(e, b)[i * FK_BLOCK + (size_t)(first - counted)];
        return;
    }
}

void fk_ensemble_moments(const fk_ensemble *e, double *mean, double *covariance,
                         double *fourth, uint64_t *alive)
{
    const size_t dim = e->walk.dim;
    memset(mean, 0, dim * sizeof *mean);
    memset(fourth, 0, dim * sizeof *fourth);
    memset(covariance, 0, dim * dim * sizeof *covariance);
    *alive = count_alive(e);
    if (*alive == 0)
        return;

    const double n = (double)*alive;
    find_origin(e, mean);
    for (size_t i = 0; i < dim; i++)
        mean[i] += sum(&(summand){e, FIRST, i, i, mean[i], 0.0}) / n;
    for (size_t i = 0; i < dim; i++) {
        fourth[i] = sum(&(summand){e, FOURTH, i, i, mean[i], mean[i]}) / n;
        for (size_t k = 0; k <= i && *alive > 1; k++) {
            const double c = sum(&(summand){e, PRODUCT, i, k, mean[i], mean[k]});
            covariance[i * dim + k] = covariance[k * dim + i] = c / (n - 1.0);
        }
    }
}
