/* Scrambled Sobol points: evenly spread in every dimension and every pair of the first
 * two, uniform, and other for every scramble. */
#include "sampling/sobol.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 4 * FK_BLOCK, DIM = FK_SOBOL_DIM };

static double u[DIM][POINTS];

static void make_points(uint64_t seed, uint64_t number)
{
    static fk_sobol s;
    static fk_scramble scramble;
    ck_assert_int_eq(fk_sobol_init(&s, DIM), FK_OK);
    fk_sobol_scramble(&s, seed, number, &scramble);
    for (size_t d = 0; d < DIM; d++)
        for (size_t b = 0; b < POINTS; b += FK_BLOCK)
            fk_scramble_points(&scramble, d, b, &u[d][b]);
}

/* One point in each of POINTS intervals. */
START_TEST(each_dimension_is_stratified)
{
    make_points(1, 0);
    for (size_t d = 0; d < DIM; d++) {
        int seen[POINTS] = {0};
        for (size_t i = 0; i < POINTS; i++) {
            ck_assert(u[d][i] > 0.0 && u[d][i] < 1.0);
            seen[(size_t)(u[d][i] * POINTS)]++;
        }
        for (size_t i = 0; i < POINTS; i++)
            ck_assert_int_eq(seen[i], 1);
    }
}
END_TEST

/* The first two dimensions are a (0, 2)-sequence: every box of 2^-a by 2^-b with
 * 2^(a + b) = POINTS holds one point. */
START_TEST(pairs_are_a_net)
{
    make_points(2, 3);
    for (size_t columns = 1; columns <= POINTS; columns *= 2) {
        const size_t rows = POINTS / columns;
        int seen[POINTS] = {0};
        for (size_t i = 0; i < POINTS; i++)
            seen[(size_t)(u[0][i] * (double)columns) * rows +
                 (size_t)(u[1][i] * (double)rows)]++;
        for (size_t i = 0; i < POINTS; i++)
            ck_assert_int_eq(seen[i], 1);
    }
}
END_TEST

/* Point 0 alone is uniform over scrambles: mean 1/2 to four standard errors, and
 * independent between dimensions. */
START_TEST(scrambles_are_uniform)
{
    enum { SCRAMBLES = 400 };
    static fk_sobol s;
    static fk_scramble scramble;
    double sum[2] = {0.0}, product = 0.0, block[2][FK_BLOCK];
    ck_assert_int_eq(fk_sobol_init(&s, 2), FK_OK);
    for (uint64_t k = 0; k < SCRAMBLES; k++) {
        fk_sobol_scramble(&s, 11, k, &scramble);
        for (size_t d = 0; d < 2; d++) {
            fk_scramble_points(&scramble, d, 0, block[d]);
            sum[d] += block[d][7] - 0.5;
        }
        product += (block[0][7] - 0.5) * (block[1][7] - 0.5);
    }
    for (size_t d = 0; d < 2; d++)
        ck_assert_double_le(fabs(sum[d]) / SCRAMBLES, 4.0 * sqrt(1.0 / 12 / SCRAMBLES));
    ck_assert_double_le(fabs(product) / SCRAMBLES, 4.0 / 12 / sqrt(SCRAMBLES));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sobol");
    TCase *cases = tcase_create("sobol");
    tcase_add_test(cases, each_dimension_is_stratified);
    tcase_add_test(cases, pairs_are_a_net);
    tcase_add_test(cases, scrambles_are_uniform);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
