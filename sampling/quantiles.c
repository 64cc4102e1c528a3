/* Of m ascending edges, class 2 k + 1 is edge k itself and class 2 k what lies below it and
 * above the one before: atoms are told apart from what is spread. */
#include "sampling/quantiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/sort.h"
#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"
#include "sampling/tally.h"

enum { CLASSES = 2 * FK_QUANTILE_EDGES + 1, SAMPLE = 1 << 16 };

struct fk_quantiles {
    size_t dim;
    uint64_t count;
    uint64_t *edges; /* [dim] number of them */
    double *edge;    /* [dim][FK_QUANTILE_EDGES] */
    uint64_t *in;    /* [dim][CLASSES] */
};

size_t fk_quantiles_memory(size_t dim)
{
    return dim *
           (sizeof(uint64_t) * (1 + CLASSES) + sizeof(double) * FK_QUANTILE_EDGES);
}

fk_status fk_quantiles_new(size_t dim, fk_quantiles **out)
{
    fk_quantiles *q = *out = calloc(1, sizeof **out);
    if (q == NULL)
        return FK_ENOMEM;
    q->dim = dim;
    q->edges = fk_alloc(dim, sizeof *q->edges);
    q->edge = fk_doubles(dim * FK_QUANTILE_EDGES);
    q->in = fk_alloc(dim * CLASSES, sizeof *q->in);
    if (q->edges != NULL && q->edge != NULL && q->in != NULL)
        return FK_OK;
    fk_quantiles_free(q);
    *out = NULL;
    return FK_ENOMEM;
}

void fk_quantiles_free(fk_quantiles *q)
{
    if (q == NULL)
        return;
    free(q->edges);
    free(q->edge);
    free(q->in);
    free(q);
}

bool fk_quantiles_keep(fk_quantiles *q, const fk_keeper *keeper)
{
    const size_t d = q->dim;
    return fk_keep(keeper, &q->count, sizeof q->count) &&
           fk_keep(keeper, q->edges, d * sizeof *q->edges) &&
           fk_keep(keeper, q->edge, d * FK_QUANTILE_EDGES * sizeof *q->edge) &&
           fk_keep(keeper, q->in, d * CLASSES * sizeof *q->in);
}

/* ---- counting ---- */

static bool counts(const fk_ensemble *e, size_t b, size_t j)
{
    return fk_ensemble_status(e, b)[j] == FK_ALIVE;
}

/* Evenly many of the sorted sample between two edges; equal ones are one edge. */
static void choose_edges(fk_quantiles *q, size_t i, size_t n, double *sample)
{
    double *edge = q->edge + i * FK_QUANTILE_EDGES;
    const size_t most = n < FK_QUANTILE_EDGES ? n : FK_QUANTILE_EDGES;
    size_t m = 0;
    fk_sort(n, sample);
    for (size_t k = 0; k < most; k++) {
        const double x = sample[most > 1 ? k * (n - 1) / (most - 1) : 0];
        if (m == 0 || x > edge[m - 1])
            edge[m++] = x;
    }
    q->edges[i] = m;
}

static fk_status find_edges(fk_quantiles *q, const fk_ensemble *e)
{
    double *sample = fk_doubles(SAMPLE);
    if (sample == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < q->dim; i++) {
        size_t n = 0;
        for (size_t b = 0; b < e->n_blocks && n < SAMPLE; b++)
            for (size_t j = 0; j < fk_block_lanes(e->count, b) && n < SAMPLE; j++)
                if (counts(e, b, j))
                    sample[n++] = fk_ensemble_x(e, b)[i * FK_BLOCK + j];
        choose_edges(q, i, n, sample);
    }
    free(sample);
    return FK_OK;
}

typedef struct line {
    const fk_ensemble *e;
    const double *edge;
    size_t edges, i;
} line;

/* Edges below x: 2 k where edge k is the first that is not, 2 k + 1 if that is x. */
static size_t class_of(const line *l, double x)
{
    size_t low = 0, high = l->edges; /* edge[low - 1] < x <= edge[high] */
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (l->edge[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return 2 * low + (low < l->edges && l->edge[low] <= x ? 1 : 0);
}

static size_t find(const void *context, size_t b, uint32_t *index)
{
    const line *l = context;
    const double *x = fk_ensemble_x(l->e, b) + l->i * FK_BLOCK;
    size_t n = 0;
    for (size_t j = 0; j < fk_block_lanes(l->e->count, b); j++)
        if (counts(l->e, b, j))
            index[n++] = (uint32_t)class_of(l, x[j]);
    return n;
}

fk_status fk_quantiles_add(fk_quantiles *q, const fk_ensemble *e)
{
    if (q->count == 0)
        FK_TRY(find_edges(q, e));
    for (size_t i = 0; i < q->dim; i++) {
        const line l = {e, q->edge + i * FK_QUANTILE_EDGES, (size_t)q->edges[i], i};
        fk_tally(e->n_blocks, CLASSES, q->in + i * CLASSES, find, &l);
    }
    q->count = 0;
    for (size_t k = 0; k < CLASSES; k++)
        q->count += q->in[k];
    return FK_OK;
}

/* ---- reading ---- */

/* The particle of rank `rank` from below, 1 to n. */
static double at_rank(const fk_quantiles *q, size_t i, double rank)
{
    const uint64_t *in = q->in + i * CLASSES;
    const double *edge = q->edge + i * FK_QUANTILE_EDGES;
    const size_t m = (size_t)q->edges[i];
    double below = 0.0;
    size_t k = 0;
    while (k < 2 * m && below + (double)in[k] < rank)
        below += (double)in[k++];
    if (k % 2 == 1)
        return edge[k / 2];
    if (k == 0 || k == 2 * m) /* beyond the first part's range */
        return edge[k == 0 ? 0 : m - 1];
    const double share = (rank - below) / ((double)in[k] + 1.0);
    return edge[k / 2 - 1] + share * (edge[k / 2] - edge[k / 2 - 1]);
}

static double at_level(const fk_quantiles *q, size_t i, double level)
{
    const double n = (double)q->count;
    return at_rank(q, i, fmin(fmax(ceil(level * n - 1e-9 * n), 1.0), n));
}

double fk_quantiles_read(const fk_quantiles *q, size_t i, double level, double *error)
{
    *error = NAN;
    if (q->count == 0)
        return NAN;
    const double away = sqrt(level * (1.0 - level) / (double)q->count);
    *error = 0.5 * (at_level(q, i, level + away) - at_level(q, i, level - away));
    return at_level(q, i, level);
}
