#include "sampling/sobol.h"

#include <assert.h>
#include <gsl/gsl_qrng.h>

#include "core/random.h"

enum { GSL_BITS = 30, OUT_BITS = 52 };

static void next(gsl_qrng *q, size_t dim, uint32_t *bits)
{
    double u[FK_SOBOL_DIM];
    gsl_qrng_get(q, u);
    for (size_t d = 0; d < dim; d++)
        bits[d] = (uint32_t)(u[d] * (double)(1u << GSL_BITS));
}

/* The generator goes from point i to i + 1 by adding direction number j, the lowest zero
 * bit of i: number j shows between the points 2^j - 1 and 2^j. */
fk_status fk_sobol_init(fk_sobol *s, size_t dim)
{
    assert(dim >= 1 && dim <= FK_SOBOL_DIM);
    gsl_qrng *q = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)dim);
    uint32_t before[FK_SOBOL_DIM] = {0}, here[FK_SOBOL_DIM];
    if (q == NULL)
        return FK_ENOMEM;
    s->dim = dim;
    for (size_t i = 1, j = 0; j < FK_SOBOL_BITS; i++) {
        next(q, dim, here);
        if (i == (size_t)1 << j) {
            for (size_t d = 0; d < dim; d++)
                s->direction[d][j] = here[d] ^ before[d];
            j++;
        }
        for (size_t d = 0; d < dim; d++)
            before[d] = here[d];
    }
    gsl_qrng_free(q);
    return FK_OK;
}

static uint64_t random_bits(uint64_t seed, uint64_t number, uint64_t d, uint64_t row)
{
    const uint64_t key[2] = {seed, 0x736f626f6c}, counter[2] = {number, d << 8 | row};
    uint64_t out[2];
    fk_threefry(key, counter, out);
    return out[0];
}

static uint64_t parity(uint64_t x)
{
    return (uint64_t)__builtin_parityll(x);
}

/* Row r of the matrix: random bits for the columns before r, one in column r, zeros after
 * it; bits are counted from the top of 30. */
void fk_sobol_scramble(const fk_sobol *s, uint64_t seed, uint64_t number,
                       fk_scramble *out)
{
    *out = (fk_scramble){.dim = s->dim};
    for (size_t d = 0; d < s->dim; d++) {
        out->shift[d] = random_bits(seed, number, d, OUT_BITS) >> (64 - OUT_BITS);
        for (size_t r = 0; r < OUT_BITS; r++) {
            const uint64_t top = r < GSL_BITS ? GSL_BITS - r : 0;
            const uint64_t own = r < GSL_BITS ? (uint64_t)1 << (GSL_BITS - 1 - r) : 0;
            uint64_t row = random_bits(seed, number, d, r) >> (64 - GSL_BITS);
            row = (row >> top << top) | own;
            for (size_t j = 0; j < FK_SOBOL_BITS; j++)
                out->direction[d][j] |= parity(row & s->direction[d][j])
                                        << (OUT_BITS - 1 - r);
        }
    }
}

/* The points of a block share the high bits of their Gray codes: the first one is summed,
 * the others follow one by one. */
void fk_scramble_points(const fk_scramble *s, size_t d, uint64_t first, double *u)
{
    const uint64_t gray = first ^ first >> 1;
    uint64_t x = s->shift[d];
    assert(first + FK_BLOCK <= (uint64_t)1 << FK_SOBOL_BITS);
    for (size_t j = 0; j < FK_SOBOL_BITS; j++)
        if (gray >> j & 1)
            x ^= s->direction[d][j];
    for (size_t k = 0; k < FK_BLOCK; k++) {
        u[k] = ((double)x + 0.5) * 0x1p-52;
        const int low = __builtin_ctzll(~(first + k));
        x ^= low < FK_SOBOL_BITS ? s->direction[d][low] : 0;
    }
}
