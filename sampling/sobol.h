/* Private to sampling/.
 * Scrambled Sobol points in up to FK_SOBOL_DIM dimensions.
 *
 * Point i of dimension d is the sum modulo 2, over the bits j of the Gray code of i, of
 * direction numbers v_dj (those of the GSL [bratley-fox-1988]).  A scramble multiplies each
 * v_dj by a random lower triangular matrix of bits and adds a random shift to the points:
 * every point is then uniform on (0, 1), and the first 2^m of them stay evenly spread.  The
 * mean of a function over scrambles that are independent is unbiased, their scatter its
 * error.  [matousek-1998] */
#ifndef FK_SAMPLING_SOBOL_H
#define FK_SAMPLING_SOBOL_H

#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/status.h"

enum { FK_SOBOL_DIM = 40, FK_SOBOL_BITS = 20 }; /* up to 2^20 points */

typedef struct fk_sobol {
    size_t dim;
    uint32_t direction[FK_SOBOL_DIM]
                      [FK_SOBOL_BITS]; /* 30 bits each, the first on top */
} fk_sobol;

/* Direction numbers of dim dimensions for points 0 .. 2^FK_SOBOL_BITS - 1. */
FK_NODISCARD fk_status fk_sobol_init(fk_sobol *s, size_t dim);

typedef struct fk_scramble {
    size_t dim;
    uint64_t direction[FK_SOBOL_DIM][FK_SOBOL_BITS]; /* 52 bits each */
    uint64_t shift[FK_SOBOL_DIM];
} fk_scramble;

/* Scramble number `number` of a seed. */
void fk_sobol_scramble(const fk_sobol *s, uint64_t seed, uint64_t number,
                       fk_scramble *out);

/* u[FK_BLOCK] in (0, 1): dimension d of points first .. first + FK_BLOCK - 1. */
void fk_scramble_points(const fk_scramble *s, size_t d, uint64_t first, double *u);

#endif
