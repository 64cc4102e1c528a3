/* Private to sampling/.
 * Noise that depends on time alone, at a table of times. */
#ifndef FK_SAMPLING_NOISE_TABLE_H
#define FK_SAMPLING_NOISE_TABLE_H

#include "sde/sde.h"

/* FK_EDOMAIN with a sentence: the SDE has jumps, or G depends on the variables. */
FK_NODISCARD fk_status fk_noise_table_check(const fk_sde *sde, fk_message *message);

/* g[n][dim][noises] = G and a[n][dim][dim] = 1/2 G G^T at time[n]. */
FK_NODISCARD fk_status fk_noise_table(const fk_sde *sde, size_t n, const double *time,
                                      double *g, double *a);

#endif
