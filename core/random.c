#include "core/random.h"

#include <string.h>

static inline uint64_t rotate(uint64_t x, unsigned k)
{
    return (x << k) | (x >> (64 - k));
}

static inline double as_double(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t as_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* One round: add, rotate, xor. */
static inline void mix(uint64_t x[2], unsigned k)
{
    x[0] += x[1];
    x[1] = rotate(x[1], k) ^ x[0];
}

/* Threefry-2x64 with 20 rounds, a key word entering after every fourth
 * [salmon-2011, section 3]. */
static inline void threefry(const uint64_t key[2], uint64_t c0, uint64_t c1,
                            uint64_t x[2])
{
    const uint64_t k[3] = {key[0], key[1],
                           UINT64_C(0x1BD11BDAA9FC1A22) ^ key[0] ^ key[1]};
    x[0] = c0 + k[0];
    x[1] = c1 + k[1];

    mix(x, 16), mix(x, 42), mix(x, 12), mix(x, 31);
    x[0] += k[1], x[1] += k[2] + 1;
    mix(x, 16), mix(x, 32), mix(x, 24), mix(x, 21);
    x[0] += k[2], x[1] += k[0] + 2;
    mix(x, 16), mix(x, 42), mix(x, 12), mix(x, 31);
    x[0] += k[0], x[1] += k[1] + 3;
    mix(x, 16), mix(x, 32), mix(x, 24), mix(x, 21);
    x[0] += k[1], x[1] += k[2] + 4;
    mix(x, 16), mix(x, 42), mix(x, 12), mix(x, 31);
    x[0] += k[2], x[1] += k[0] + 5;
}

void fk_threefry(const uint64_t key[2], const uint64_t counter[2], uint64_t out[2])
{
    threefry(key, counter[0], counter[1], out);
}

/* Key (seed, purpose), counters (particle, 0) and (particle, 1).  The hash is one to
 * one for each key, so the two halves of a state differ and it is never all zero. */
FK_CLONES void fk_streams_seed(fk_streams *r, uint64_t seed, fk_purpose purpose,
                               uint64_t first)
{
    const uint64_t key[2] = {seed, (uint64_t)purpose};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        uint64_t a[2], b[2];
        threefry(key, first + j, 0, a);
        threefry(key, first + j, 1, b);
        r->s[0][j] = a[0];
        r->s[1][j] = a[1];
        r->s[2][j] = b[0];
        r->s[3][j] = b[1];
    }
    r->used = 0;
    r->bits = 0;
}

/* xoshiro256++ [blackman-vigna-2021, figure 1]: the word of a state, and on to the next. */
static inline uint64_t output(uint64_t s0, uint64_t s3)
{
    return rotate(s0 + s3, 23) + s0;
}

static inline uint64_t next(uint64_t s[4])
{
    const uint64_t out = output(s[0], s[3]);
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return out;
}

/* The upper 52 bits k of a word as (k + 1/2) 2^-52, exactly: a 53-bit number in (0, 1). */
static inline double centred(uint64_t word)
{
    return as_double((word >> 12) | UINT64_C(0x3FF0000000000000)) - (1.0 - 0x1p-53);
}

double fk_uniform_of(uint64_t word)
{
    return centred(word);
}

/* sum c_k z^k, k = 0..6, in a tree: the chain of Horner's rule costs time here. */
static inline double polynomial(const double c[7], double z)
{
    const double z2 = z * z;
    const double low = (c[0] + c[1] * z) + z2 * (c[2] + c[3] * z);
    const double high = (c[4] + c[5] * z) + z2 * c[6];
    return low + z2 * z2 * high;
}

/* -2 log u for 2^-53 <= u < 1.  With u = 2^e m, sqrt(1/2) <= m < sqrt(2), and
 * q = (m - 1) / (m + 1):
 *
 *     -2 log u = -2 e log 2 - 4 atanh q,      4 atanh q = q P(q^2).
 *
 * P interpolates at the Chebyshev points of 0 <= q^2 <= (3 - sqrt(8))^2 (computed with
 * 60 digits); relative error 2e-16. */
static inline double minus_two_log(double u)
{
    const uint64_t bits = as_bits(u), root_half = UINT64_C(0x3FE6A09E667F3BCD);
    const uint64_t bias = UINT64_C(64) << 52; /* keeps the exponent positive */
    const uint64_t shifted = bits - root_half + bias;
    const double e =
        as_double((shifted >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 64.0);
    const double m = as_double(bits + bias - (shifted & UINT64_C(0xFFF0000000000000)));

    static const double c[7] = {0x1.0000000000001p+2, 0x1.5555555552d50p+0,
                                0x1.999999a435066p-1, 0x1.249240b87155dp-1,
                                0x1.c722cceee92f4p-2, 0x1.732320a9c93b0p-2,
                                0x1.58d5d4a93822dp-2};
    const double q = (m - 1.0) / (m + 1.0), z = q * q;
    return e * -0x1.62e42fefa39efp+0 - q * polynomial(c, z);
}

/* sin and cos of pi v / 2 for |v| < 1/2, polynomials in v^2 found like P above; errors
 * 4e-17 and 1.5e-16. */
static inline double sine(double v, double z)
{
    static const double c[7] = {0x1.921fb54442d18p+0,  -0x1.4abbce625be41p-1,
                                0x1.466bc677587f8p-4,  -0x1.32d2cce2e5b19p-8,
                                0x1.50782fda12d96p-13, -0x1.e30071afc3e59p-19,
                                0x1.e3f38399551bfp-25};
    return polynomial(c, z) * v;
}

static inline double cosine(double z)
{
    static const double c[7] = {0x1.0000000000000p+0,  -0x1.3bd3cc9be458bp+0,
                                0x1.03c1f081b0780p-2,  -0x1.55d3c7dbfd139p-6,
                                0x1.e1f4fb60281f6p-11, -0x1.a6c9c1be9eb49p-16,
                                0x1.f3dbcea61b1a4p-22};
    return polynomial(c, z);
}

/* Box-Muller [box-muller-1958]: z = sqrt(-2 log u) (cos, sin)(angle).  The first word
 * gives u, the upper 52 bits of the second an angle within 45 degrees of the x axis,
 * its bit 0 the reflection at the diagonal and bit 1 the one at the origin; together they
 * cover the circle. */
static inline void box_muller(uint64_t word0, uint64_t word1, double *z0, double *z1)
{
    const double square = minus_two_log(centred(word0));
    const uint64_t sign = (word1 & 2) << 62;
    const double radius = as_double(as_bits(__builtin_sqrt(square)) ^ sign);

    const double v = centred(word1) - 0.5, z = v * v;
    const uint64_t c = as_bits(cosine(z)), s = as_bits(sine(v, z));
    const uint64_t swap = (c ^ s) & -(word1 & 1);
    *z0 = radius * as_double(c ^ swap);
    *z1 = radius * as_double(s ^ swap);
}

FK_CLONES void fk_hashed_words(const double *restrict key0, const double *restrict key1,
                               uint64_t number, double *restrict word0,
                               double *restrict word1)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const uint64_t key[2] = {as_bits(key0[j]), as_bits(key1[j])};
        uint64_t x[2];
        threefry(key, number, 0, x);
        word0[j] = as_double(x[0]);
        word1[j] = as_double(x[1]);
    }
}

FK_CLONES void fk_hashed_normals(const double *restrict key0,
                                 const double *restrict key1, uint64_t number,
                                 double *restrict z0, double *restrict z1)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const uint64_t key[2] = {as_bits(key0[j]), as_bits(key1[j])};
        uint64_t x[2];
        threefry(key, number, 1, x);
        box_muller(x[0], x[1], &z0[j], &z1[j]);
    }
}

/* The next pair of rows; s moves on by two words. */
FK_CLONES static void pair(uint64_t (*restrict s)[FK_BLOCK], double *restrict z0,
                           double *restrict z1)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        uint64_t state[4] = {s[0][j], s[1][j], s[2][j], s[3][j]};
        const uint64_t word0 = next(state), word1 = next(state);
        for (size_t i = 0; i < 4; i++)
            s[i][j] = state[i];
        box_muller(word0, word1, &z0[j], &z1[j]);
    }
}

FK_CLONES static void word(uint64_t (*restrict s)[FK_BLOCK], double *restrict u)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        uint64_t state[4] = {s[0][j], s[1][j], s[2][j], s[3][j]};
        u[j] = centred(next(state));
        for (size_t i = 0; i < 4; i++)
            s[i][j] = state[i];
    }
}

/* A word of which bits were taken is over. */
static void end_word(fk_streams *r)
{
    double spare[FK_BLOCK];
    if (r->bits > 0)
        word(r->s, spare);
    r->bits = 0;
}

static void end_pair(fk_streams *r)
{
    double spare[FK_BLOCK];
    for (unsigned i = 0; i < 2 * r->used; i++)
        word(r->s, spare);
    r->used = 0;
}

void fk_streams_normal(fk_streams *r, size_t n, double *z)
{
    _Alignas(64) double spare[FK_BLOCK];
    end_word(r);
    if (r->used == 1 && n > 0) {
        pair(r->s, spare, z);
        r->used = 0;
        z += FK_BLOCK;
        n--;
    }
    for (; n >= 2; n -= 2, z += 2 * (size_t)FK_BLOCK)
        pair(r->s, z, z + FK_BLOCK);
    if (n == 1) {
        uint64_t s[4][FK_BLOCK];
        memcpy(s, r->s, sizeof s);
        pair(s, z, spare);
        r->used = 1;
    }
}

void fk_streams_uniform(fk_streams *r, double *u)
{
    end_pair(r);
    end_word(r);
    word(r->s, u);
}

FK_CLONES static void signs(unsigned bit, const uint64_t *restrict s0,
                            const uint64_t *restrict s3, double *restrict z)
{
    const uint64_t one = UINT64_C(0x3FF0000000000000);
    for (size_t j = 0; j < FK_BLOCK; j++)
        z[j] = as_double(one | (output(s0[j], s3[j]) >> bit) << 63);
}

/* Of 32 bits the sixth part at each end counts. */
FK_CLONES static void three_point(unsigned bit, const uint64_t *restrict s0,
                                  const uint64_t *restrict s3, double *restrict z)
{
    const uint32_t sixth = 715827883; /* 2^32 / 6 */
    const double root = 0x1.bb67ae8584caap+0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const uint32_t k = (uint32_t)(output(s0[j], s3[j]) >> bit);
        z[j] = root * ((double)(k >= 0u - sixth) - (double)(k < sixth));
    }
}

/* n rows of `width` bits a number, 64 / width of them from one word. */
static void take_bits(fk_streams *r, unsigned width, size_t n, double *z,
                      void (*row)(unsigned bit, const uint64_t *s0, const uint64_t *s3,
                                  double *z))
{
    end_pair(r);
    for (; n > 0; n--, z += FK_BLOCK) {
        r->bits = (r->bits + width - 1) / width * width;
        if (r->bits == 64)
            end_word(r);
        row(r->bits, r->s[0], r->s[3], z);
        r->bits += width;
    }
}

void fk_streams_signs(fk_streams *r, size_t n, double *z)
{
    take_bits(r, 1, n, z, signs);
}

void fk_streams_three_point(fk_streams *r, size_t n, double *z)
{
    take_bits(r, 32, n, z, three_point);
}
