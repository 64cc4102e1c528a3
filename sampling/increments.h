/* Private to sampling/.
 * Rows of Brownian increments over sqrt(h). */
#ifndef FK_SAMPLING_INCREMENTS_H
#define FK_SAMPLING_INCREMENTS_H

#include <stddef.h>

/* n rows of a step of 2 h from those of two steps of h: z = (first + second) / sqrt(2). */
void fk_increments_join(size_t n, const double *first, const double *second, double *z);

/* The other way, with the normals that second holds before:
 * first, second = (z +- second) / sqrt(2). */
void fk_increments_split(size_t n, const double *z, double *first, double *second);

#endif
