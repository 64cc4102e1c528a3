/* Random numbers against their definition in long double and against the normal law.
 * Statistical checks have fixed seeds and allow five standard errors or p > 1e-6. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "tests/suite.h"

enum { PAIRS = 20000 }; /* pairs of rows in the large samples: 1e7 normals */

static _Alignas(64) double row[2][FK_BLOCK];

/* Known answers of the Random123 distribution [salmon-2011]. */
START_TEST(threefry_gives_its_known_answers)
{
    static const uint64_t known[3][6] = {
        {0, 0, 0, 0, 0xc2b6e3a8c2c69865, 0x6f81ed42f350084d},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 0xe02cb7c4d95d277a,
         0xd06633d0893b8b68},
        {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89,
         0x263c7d30bb0f0af1, 0x56be8361d3311526},
    };
    for (size_t i = 0; i < 3; i++) {
        uint64_t out[2];
        fk_threefry(&known[i][2], &known[i][0], out);
        ck_assert(out[0] == known[i][4]);
        ck_assert(out[1] == known[i][5]);
    }
}
END_TEST

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* xoshiro256++ as its authors state it. */
static uint64_t xoshiro(uint64_t s[4])
{
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

static void scalar_state(uint64_t seed, fk_purpose purpose, uint64_t particle,
                         uint64_t s[4])
{
    const uint64_t key[2] = {seed, (uint64_t)purpose};
    fk_threefry(key, (uint64_t[]){particle, 0}, s);
    fk_threefry(key, (uint64_t[]){particle, 1}, s + 2);
}

static long double centred(uint64_t w)
{
    return ((long double)(w >> 12) + 0.5L) * 0x1p-52L;
}

/* The authors' program from the state 1, 2, 3, 4, by any lane; a uniform shows the upper 52
 * bits of a word. */
START_TEST(xoshiro_gives_its_known_answers)
{
    static const uint64_t known[] = {
        41943041U,
        58720359U,
        3588806011781223U,
        3591011842654386U,
        9228616714210784205U,
        9973669472204895162U,
        14011001112246962877U,
        12406186145184390807U,
        15849039046786891736U,
        10450023813501588000U,
    };
    fk_streams r = {.used = 0};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            r.s[i][j] = i + 1;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        fk_streams_uniform(&r, row[0]);
        for (size_t j = 0; j < FK_BLOCK; j++)
            ck_assert(row[0][j] == (double)centred(known[i]));
    }
}
END_TEST

START_TEST(normals_are_box_muller_to_rounding)
{
    const long double quarter = 1.5707963267948966192313216916397514421L;
    fk_streams r;
    fk_streams_seed(&r, 731, FK_FOR_NOISE, 1000);
    for (size_t i = 0; i < 400; i++) {
        fk_streams_normal(&r, 2, row[0]);
        for (size_t j = 0; j < FK_BLOCK; j += 15) {
            uint64_t s[4];
            scalar_state(731, FK_FOR_NOISE, 1000 + j, s);
            for (size_t k = 0; k < 2 * i; k++)
                xoshiro(s);
            const long double radius = sqrtl(-2.0L * logl(centred(xoshiro(s))));
            const uint64_t w = xoshiro(s);
            long double angle = quarter * (centred(w) - 0.5L);
            if (w & 1)
                angle = quarter - angle;
            if (w & 2)
                angle += 2 * quarter;
            const long double tol = 4 * 0x1p-52L * radius;
            ck_assert(fabsl((long double)row[0][j] - radius * cosl(angle)) <= tol);
            ck_assert(fabsl((long double)row[1][j] - radius * sinl(angle)) <= tol);
        }
    }
}
END_TEST

/* A number found once, so that instruction sets, compilers and options are compared
 * with each other (this test runs with and without SIMD). */
START_TEST(bits_are_the_same_on_every_machine)
{
    uint64_t hash = 0;
    fk_streams r;
    fk_streams_seed(&r, 20240607, FK_FOR_TEST, 12345678901);
    for (size_t i = 0; i < 1000; i++) {
        fk_streams_normal(&r, 2, row[0]);
        for (size_t j = 0; j < (size_t)2 * FK_BLOCK; j++) {
            uint64_t bits;
            memcpy(&bits, &row[j / FK_BLOCK][j % FK_BLOCK], sizeof bits);
            hash = (hash ^ bits) * UINT64_C(0x9E3779B97F4A7C15);
        }
    }
    ck_assert_msg(hash == UINT64_C(0xc91eb5f77637d10c), "hash %llx",
                  (unsigned long long)hash);
}
END_TEST

/* 1 + 2 + 1 + 3 rows are 7 rows. */
START_TEST(rows_come_in_order_whatever_the_calls)
{
    static _Alignas(64) double at_once[7][FK_BLOCK], pieces[7][FK_BLOCK];
    fk_streams r, q;
    fk_streams_seed(&r, 5, FK_FOR_NOISE, 0);
    q = r;
    fk_streams_normal(&r, 7, at_once[0]);
    fk_streams_normal(&q, 1, pieces[0]);
    fk_streams_normal(&q, 0, pieces[1]);
    fk_streams_normal(&q, 2, pieces[1]);
    fk_streams_normal(&q, 1, pieces[3]);
    fk_streams_normal(&q, 3, pieces[4]);
    ck_assert_mem_eq(at_once, pieces, sizeof pieces);
    ck_assert(r.used == 1 && q.used == 1);

    fk_streams_uniform(&r, at_once[0]);
    fk_streams_normal(&q, 1, pieces[1]);
    fk_streams_uniform(&q, pieces[0]);
    ck_assert_mem_eq(at_once[0], pieces[0], sizeof pieces[0]);
}
END_TEST

START_TEST(a_stream_depends_on_its_particle_alone)
{
    static _Alignas(64) double shifted[2][FK_BLOCK];
    fk_streams r;
    fk_streams_seed(&r, 99, FK_FOR_NOISE, 512);
    fk_streams_normal(&r, 2, row[0]);
    fk_streams_seed(&r, 99, FK_FOR_NOISE, 512 - 57);
    fk_streams_normal(&r, 2, shifted[0]);
    for (size_t k = 0; k < 2; k++)
        ck_assert_mem_eq(row[k], &shifted[k][57], (FK_BLOCK - 57) * sizeof(double));
}
END_TEST

/* E z^k = 0, 1, 0, 3 and Var z^k = 1, 2, 15, 96. */
START_TEST(moments_are_those_of_the_normal_law)
{
    const double mean[4] = {0, 1, 0, 3}, variance[4] = {1, 2, 15, 96};
    double sum[4] = {0};
    fk_streams r;
    fk_streams_seed(&r, 1, FK_FOR_NOISE, 0);
    for (size_t i = 0; i < PAIRS; i++) {
        fk_streams_normal(&r, 2, row[0]);
        for (size_t j = 0; j < (size_t)2 * FK_BLOCK; j++) {
            const double z = row[j / FK_BLOCK][j % FK_BLOCK];
            sum[0] += z;
            sum[1] += z * z;
            sum[2] += z * z * z;
            sum[3] += z * z * z * z;
        }
    }
    const double n = 2.0 * PAIRS * FK_BLOCK;
    for (size_t k = 0; k < 4; k++)
        ck_assert_double_le(fabs(sum[k] / n - mean[k]), 5 * sqrt(variance[k] / n));
}
END_TEST

/* Chi-square on 160 bins of width 0.05 and two tails; beyond 4.5 and 5.2 by count. */
START_TEST(frequencies_are_those_of_the_normal_law)
{
    static double count[162], beyond[2];
    fk_streams r;
    fk_streams_seed(&r, 2, FK_FOR_NOISE, 0);
    for (size_t i = 0; i < PAIRS; i++) {
        fk_streams_normal(&r, 2, row[0]);
        for (size_t j = 0; j < (size_t)2 * FK_BLOCK; j++) {
            const double z = row[j / FK_BLOCK][j % FK_BLOCK];
            const double bin = fmin(fmax(floor(20.0 * z) + 81.0, 0.0), 161.0);
            count[(size_t)bin]++;
            beyond[0] += fabs(z) > 4.5;
            beyond[1] += fabs(z) > 5.2;
        }
    }
    const double n = 2.0 * PAIRS * FK_BLOCK;
    double chi2 = 0.0, below = 0.0;
    for (size_t k = 0; k < 162; k++) {
        const double edge = ((double)k - 80.0) / 20.0;
        const double up_to = k == 161 ? 1.0 : 0.5 * erfc(-edge * sqrt(0.5));
        const double expected = n * (up_to - below);
        chi2 += (count[k] - expected) * (count[k] - expected) / expected;
        below = up_to;
    }
    ck_assert_double_ge(gsl_cdf_chisq_Q(chi2, 161.0), 1e-6);
    ck_assert_double_ge(gsl_cdf_chisq_P(chi2, 161.0), 1e-6);
    for (size_t k = 0; k < 2; k++) {
        const double expected = n * erfc((k == 0 ? 4.5 : 5.2) * sqrt(0.5));
        ck_assert_double_le(fabs(beyond[k] - expected), 5 * sqrt(expected));
    }
}
END_TEST

/* sum a b and sum (a^2 - 1)(b^2 - 1) in standard errors 1 and 2 of the root of n. */
static void check_uncorrelated(const double sum[2], double n)
{
    ck_assert_double_le(fabs(sum[0]), 5 * sqrt(n));
    ck_assert_double_le(fabs(sum[1]), 5 * 2 * sqrt(n));
}

static void correlate(double sum[2], const double *a, const double *b, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        sum[0] += a[j] * b[j];
        sum[1] += (a[j] * a[j] - 1.0) * (b[j] * b[j] - 1.0);
    }
}

START_TEST(neighbours_are_uncorrelated)
{
    static _Alignas(64) double z[3][FK_BLOCK];
    double rows[2] = {0}, pairs[2] = {0}, particles[2] = {0};
    fk_streams r;
    fk_streams_seed(&r, 3, FK_FOR_NOISE, 0);
    for (size_t i = 0; i < 5000; i++) {
        fk_streams_normal(&r, 3, z[0]);
        correlate(rows, z[0], z[1], FK_BLOCK);
        correlate(pairs, z[0], z[2], FK_BLOCK);
        correlate(particles, z[0], z[0] + 1, FK_BLOCK - 1);
    }
    check_uncorrelated(rows, 5000.0 * FK_BLOCK);
    check_uncorrelated(pairs, 5000.0 * FK_BLOCK);
    check_uncorrelated(particles, 5000.0 * (FK_BLOCK - 1));
}
END_TEST

/* First rows of 5000 blocks: seeds, purposes and blocks one apart. */
START_TEST(neighbouring_seeds_and_purposes_are_uncorrelated)
{
    static _Alignas(64) double z[4][FK_BLOCK];
    double seeds[2] = {0}, purposes[2] = {0}, blocks[2] = {0};
    for (uint64_t i = 0; i < 5000; i++) {
        fk_streams r;
        fk_streams_seed(&r, i, FK_FOR_NOISE, 0);
        fk_streams_normal(&r, 1, z[0]);
        fk_streams_seed(&r, i + 1, FK_FOR_NOISE, 0);
        fk_streams_normal(&r, 1, z[1]);
        fk_streams_seed(&r, i, FK_FOR_HALVING, 0);
        fk_streams_normal(&r, 1, z[2]);
        fk_streams_seed(&r, i, FK_FOR_NOISE, FK_BLOCK);
        fk_streams_normal(&r, 1, z[3]);
        correlate(seeds, z[0], z[1], FK_BLOCK);
        correlate(purposes, z[0], z[2], FK_BLOCK);
        correlate(blocks, z[0], z[3], FK_BLOCK);
    }
    check_uncorrelated(seeds, 5000.0 * FK_BLOCK);
    check_uncorrelated(purposes, 5000.0 * FK_BLOCK);
    check_uncorrelated(blocks, 5000.0 * FK_BLOCK);
}
END_TEST

START_TEST(uniforms_fill_the_open_interval_evenly)
{
    static double count[101];
    double sum = 0.0;
    size_t outside = 0;
    fk_streams r;
    fk_streams_seed(&r, 4, FK_FOR_INITIAL, 0);
    for (size_t i = 0; i < PAIRS; i++) {
        fk_streams_uniform(&r, row[0]);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            outside += !(row[0][j] > 0.0 && row[0][j] < 1.0);
            count[(size_t)(100.0 * row[0][j])]++;
            sum += row[0][j];
        }
    }
    const double n = (double)PAIRS * FK_BLOCK;
    ck_assert_uint_eq(outside, 0);
    double chi2 = 0.0;
    for (size_t k = 0; k < 100; k++)
        chi2 += (count[k] - n / 100.0) * (count[k] - n / 100.0) / (n / 100.0);
    ck_assert_double_ge(gsl_cdf_chisq_Q(chi2, 99.0), 1e-6);
    ck_assert_double_le(fabs(sum / n - 0.5), 5 * sqrt(1.0 / 12.0 / n));
}
END_TEST

/* Rows of signs or three points, 2 * FK_BLOCK * 2000 of them: moments up to the fourth,
 * neighbouring rows and lanes, within four standard errors. */
static void expect_moments(void (*draw)(fk_streams *r, size_t n, double *z),
                           double fourth)
{
    enum { ROUNDS = 2000, ROWS = 3 };
    double sum[5] = {0.0}, rows = 0.0, lanes = 0.0;
    double z[ROWS][FK_BLOCK];
    fk_streams r;
    fk_streams_seed(&r, 17, FK_FOR_NOISE, 0);
    for (int k = 0; k < ROUNDS; k++) {
        draw(&r, ROWS, z[0]);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            for (size_t i = 0; i < ROWS; i++)
                for (int m = 1; m <= 4; m++)
                    sum[m] += pow(z[i][j], m);
            rows += z[0][j] * z[1][j] + z[1][j] * z[2][j];
            lanes += z[0][j] * z[0][(j + 1) % FK_BLOCK];
        }
    }
    const double n = (double)ROUNDS * ROWS * FK_BLOCK;
    const double eighth = fourth * fourth * fourth; /* 1 or 27 */
    ck_assert_double_le(fabs(sum[1]), 4.0 * sqrt(n));
    ck_assert_double_le(fabs(sum[2] - n), 4.0 * sqrt((fourth - 1.0) * n));
    ck_assert_double_le(fabs(sum[3]), 4.0 * sqrt(fourth * fourth * n));
    ck_assert_double_le(fabs(sum[4] - fourth * n),
                        4.0 * sqrt((eighth - fourth * fourth) * n));
    ck_assert_double_le(fabs(rows), 4.0 * sqrt(2.0 * n / ROWS));
    ck_assert_double_le(fabs(lanes), 4.0 * sqrt(n / ROWS));
}

START_TEST(coarse_increments_have_their_moments)
{
    expect_moments(fk_streams_signs, 1.0);
    expect_moments(fk_streams_three_point, 3.0);
}
END_TEST

/* A function of keys and number alone; normal and uncorrelated over numbers. */
START_TEST(hashed_rows)
{
    enum { NUMBERS = 400 };
    static double key[2][FK_BLOCK], z[2][FK_BLOCK], again[2][FK_BLOCK];
    double sum = 0.0, square = 0.0, fourth = 0.0, product = 0.0, last = 0.0;
    fk_streams r;
    fk_streams_seed(&r, 23, FK_FOR_NOISE, 0);
    fk_streams_normal(&r, 2, key[0]);
    for (uint64_t k = 0; k < NUMBERS; k++) {
        fk_hashed_normals(key[0], key[1], k, z[0], z[1]);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double a = z[0][j], b = z[1][j];
            sum += a + b;
            square += a * a + b * b;
            fourth += pow(a, 4) + pow(b, 4);
            product += a * b + a * last;
            last = b;
        }
    }
    const double n = 2.0 * NUMBERS * FK_BLOCK;
    ck_assert_double_le(fabs(sum), 4.0 * sqrt(n));
    ck_assert_double_le(fabs(square - n), 4.0 * sqrt(2.0 * n));
    ck_assert_double_le(fabs(fourth - 3.0 * n), 4.0 * sqrt(96.0 * n));
    ck_assert_double_le(fabs(product), 4.0 * sqrt(n));
    fk_hashed_normals(key[0], key[1], NUMBERS - 1, again[0], again[1]);
    ck_assert_mem_eq(z, again, sizeof z);
    fk_hashed_words(key[0], key[1], 0, z[0], z[1]);
    fk_hashed_words(key[0], key[1], 1, again[0], again[1]);
    for (size_t j = 0; j < FK_BLOCK; j++)
        ck_assert(memcmp(&z[0][j], &again[0][j], sizeof z[0][j]) != 0);
}
END_TEST

/* Bits are consumed row by row, whatever the calls; another kind begins a new word. */
START_TEST(coarse_increments_come_in_order)
{
    void (*const draw[])(fk_streams * r, size_t n,
                         double *z) = {fk_streams_signs, fk_streams_three_point};
    enum { ROWS = 131 };
    static double whole[ROWS][FK_BLOCK], piece[ROWS][FK_BLOCK], fresh[2][FK_BLOCK];
    for (int k = 0; k < 2; k++) {
        fk_streams a, b;
        fk_streams_seed(&a, 19, FK_FOR_NOISE, 0);
        b = a;
        draw[k](&a, ROWS, whole[0]);
        draw[k](&b, 0, piece[0]);
        draw[k](&b, 1, piece[0]);
        draw[k](&b, 66, piece[1]);
        draw[k](&b, 64, piece[67]);
        ck_assert_mem_eq(whole, piece, sizeof whole);
        fk_streams_normal(&a, 1, fresh[0]);
        fk_streams_normal(&b, 1, fresh[1]);
        ck_assert_mem_eq(fresh[0], fresh[1], sizeof fresh[0]);
        draw[k](&a, 1, fresh[0]);
        ck_assert(memcmp(fresh[0], whole[ROWS - 1], sizeof fresh[0]) != 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *definition = tcase_create("definition");
    tcase_add_test(definition, threefry_gives_its_known_answers);
    tcase_add_test(definition, xoshiro_gives_its_known_answers);
    tcase_add_test(definition, coarse_increments_have_their_moments);
    tcase_add_test(definition, coarse_increments_come_in_order);
    tcase_add_test(definition, hashed_rows);
    tcase_add_test(definition, normals_are_box_muller_to_rounding);
    tcase_add_test(definition, bits_are_the_same_on_every_machine);
    tcase_add_test(definition, rows_come_in_order_whatever_the_calls);
    tcase_add_test(definition, a_stream_depends_on_its_particle_alone);
    suite_add_tcase(suite, definition);
    TCase *law = tcase_create("law");
    tcase_set_timeout(law, 60);
    tcase_add_test(law, moments_are_those_of_the_normal_law);
    tcase_add_test(law, frequencies_are_those_of_the_normal_law);
    tcase_add_test(law, neighbours_are_uncorrelated);
    tcase_add_test(law, neighbouring_seeds_and_purposes_are_uncorrelated);
    tcase_add_test(law, uniforms_fill_the_open_interval_evenly);
    suite_add_tcase(suite, law);

    return run_suite(suite);
}
