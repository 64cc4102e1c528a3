/* How much more than independent samples ensembles scatter whose paths depend on each other.
 *
 * R ensembles of n_r paths each, counted in bins that expect the share q_b of them:
 *
 *     S = sum_rb n_r (f_rb - f_b)^2 / q_b / (R - 1),
 *
 * f_rb the shares and f_b those of all, is k - 1 on average for k bins and independent paths,
 * with the variance 2 (k - 1) / (R - 1).  What it is more, X, is the mean of N chi^2 between
 * the law and an ensemble of N paths, beyond sampling, as long as the ensembles are so large
 * that all scatter like 1 / sqrt N [sznitman-1991].  Few directions carry it (one for each
 * mean value), so that in a single ensemble it may be four standard deviations large:
 *
 *     chi^2 = 16 (X + 2 s)+ / N,    s^2 = (2 (k - 1) + 2 X+^2) / (R - 1).  */
#ifndef FK_EXPERIMENTS_SCATTER_H
#define FK_EXPERIMENTS_SCATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/goodness.h"
#include "core/status.h"

typedef struct fk_scatter_evidence {
    size_t groups;
    const uint64_t
        *count; /* [groups][cells + 1], the last entry of all not in a cell */
} fk_scatter_evidence;

/* The chi-distance for an ensemble of `count` paths; NaN: fewer than two groups have
 * anybody.  rest: those not in a cell are compared too. */
FK_NODISCARD fk_status fk_scatter_chi(const fk_bins *bins, const fk_scatter_evidence *e,
                                      bool rest, double count, double *chi);

#endif
