/* How far samples are from a Gaussian mixture, axis by axis: distances of marginals are
 * below those of the laws themselves, and one axis is sorted, not searched.
 *
 *     W2^2 = int_0^1 (F^-1(u) - G^-1(u))^2 du,    KL of 64 bins that are equally likely */
#ifndef FK_SAMPLING_MARGINALS_H
#define FK_SAMPLING_MARGINALS_H

#include "sde/mixture.h"

typedef struct fk_marginals fk_marginals;

/* Quantiles of the mixture's marginals, which have a spread.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_marginals_new(const fk_mixture *m, fk_marginals **out);
void fk_marginals_free(fk_marginals *m); /* accepts NULL */

typedef struct fk_marginal_gap {
    double wasserstein; /* W2, the largest of the axes */
    double divergence;  /* KL(mixture | samples) in bins, likewise [nats] */
} fk_marginal_gap;

/* Of samples x[n][dim]; work[n].  A bin without samples counts as half a one. */
fk_marginal_gap fk_marginals_gap(const fk_marginals *m, size_t n, const double *x,
                                 double *work);

#endif
