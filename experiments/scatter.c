#include "experiments/scatter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

typedef struct work {
    uint64_t *group;  /* [cells + 1] of one of them */
    uint64_t *binned; /* [bins] */
    double *pooled;   /* [bins] counts of all, then shares */
} work;

/* The bins of group r; how many there are. */
static double bin_group(const fk_bins *bins, const fk_scatter_evidence *e, bool rest,
                        size_t r, work *w)
{
    const size_t entries = bins->cells + 1;
    double n = 0.0;
    memcpy(w->group, e->count + r * entries, entries * sizeof *w->group);
    if (!rest)
        w->group[bins->cells] = 0;
    fk_bins_count(bins, w->group, w->binned);
    for (size_t b = 0; b < bins->n; b++)
        n += (double)w->binned[b];
    return n;
}

/* S, and how many groups have anybody. */
static double spread(const fk_bins *bins, const fk_scatter_evidence *e, bool rest,
                     work *w, double *groups)
{
    double all = 0.0, sum = 0.0;
    *groups = 0.0;
    for (size_t r = 0; r < e->groups; r++) {
        all += bin_group(bins, e, rest, r, w);
        for (size_t b = 0; b < bins->n; b++)
            w->pooled[b] += (double)w->binned[b];
    }
    for (size_t b = 0; b < bins->n; b++)
        w->pooled[b] /= all;
    for (size_t r = 0; r < e->groups; r++) {
        const double n = bin_group(bins, e, rest, r, w);
        for (size_t b = 0; b < bins->n && n > 0.0; b++) {
            const double difference = (double)w->binned[b] / n - w->pooled[b];
            sum += n * difference * difference / bins->q[b];
        }
        *groups += n > 0.0 ? 1.0 : 0.0;
    }
    return sum / (*groups - 1.0);
}

fk_status fk_scatter_chi(const fk_bins *bins, const fk_scatter_evidence *e, bool rest,
                         double count, double *chi)
{
    work w = {.group = fk_alloc(bins->cells + 1, sizeof *w.group),
              .binned = fk_alloc(bins->n, sizeof *w.binned),
              .pooled = fk_doubles(bins->n)};
    const bool whole = w.group != NULL && w.binned != NULL && w.pooled != NULL;
    if (whole) {
        double groups;
        const double free_bins = (double)bins->n - 1.0;
        const double excess = spread(bins, e, rest, &w, &groups) - free_bins;
        const double above = fmax(excess, 0.0);
        const double error =
            sqrt((2.0 * free_bins + 2.0 * above * above) / (groups - 1.0));
        *chi = groups < 2.0 ? (double)NAN
                            : sqrt(16.0 * fmax(excess + 2.0 * error, 0.0) / count);
    }
    free(w.group);
    free(w.binned);
    free(w.pooled);
    return whole ? FK_OK : FK_ENOMEM;
}
