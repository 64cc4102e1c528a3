/* The time-step part of the error budget: the same Brownian paths with step h and with
 * step h/2, from the same initial points.  Because the noise is common, the difference
 * of the two histograms shows the bias of the scheme and little else. */
#ifndef FK_SAMPLING_HALVING_H
#define FK_SAMPLING_HALVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sampling/ensemble.h"

typedef struct fk_halving fk_halving;

/* Options as for an ensemble; the purpose is not used: initial states are drawn with
 * FK_FOR_HALVING, increments with FK_FOR_HALVING_NOISE. */
FK_NODISCARD fk_status fk_halving_new(const fk_sde *sde, const fk_domain *domain,
                                      const fk_law *law, const fk_ensemble_options *o,
                                      fk_halving **out, fk_message *message);
void fk_halving_free(fk_halving *h); /* accepts NULL */

/* To time t_end, both members; as fk_ensemble_advance and ..._some. */
FK_NODISCARD fk_status fk_halving_advance(fk_halving *h, double t_end,
                                          const fk_progress *progress,
                                          fk_message *message);

FK_NODISCARD fk_status fk_halving_advance_some(fk_halving *h, double t_end,
                                               uint64_t most,
                                               const fk_progress *progress,
                                               fk_message *message);

/* Saves the present state, or restores it into pairs made with the same arguments.
 * False: the keeper failed, and only freeing is allowed. */
bool fk_halving_keep(fk_halving *h, const fk_keeper *keeper);

double fk_halving_time(const fk_halving *h);

/* Pairs lost so far, where either member is; lives as long as the pairs. */
const fk_losses *fk_halving_losses(const fk_halving *h);

/* Adds the counts per cell with step h and h/2, and how many of the pairs sit in different
 * places: moved[cell] = pairs of which exactly one member is in the cell.  The cell with
 * index `cells` collects all that are outside, absorbed or lost: arrays of cells + 1. */
void fk_halving_tally(const fk_halving *h, const fk_grid *g, uint64_t *coarse,
                      uint64_t *fine, uint64_t *moved);

/* What the halves change, summed over pairs that come in parts. */
size_t fk_halving_differences(size_t dim); /* doubles of sums */

/* Adds the pairs that are both alive. */
FK_NODISCARD fk_status fk_halving_add_differences(const fk_halving *h,
                                                  const double *centre, double *sums);

/* Means over the pairs of x_i(h) - x_i(h/2), [dim], and of the difference of
 * (x_i - centre_i) (x_k - centre_k), [dim][dim], with their standard errors; 0 without a
 * pair. */
void fk_halving_read_differences(size_t dim, const double *sums, double *mean,
                                 double *mean_error, double *product,
                                 double *product_error);

/* The same of these pairs alone, of (x_i - centre_i)^2: [dim] each. */
void fk_halving_moments(const fk_halving *h, const double *centre, double *mean,
                        double *mean_error, double *square, double *square_error);

#endif
