/* Distances of samples against what they are for normal laws. */
#include "sampling/distances.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/random.h"
#include "tests/suite.h"

enum { COUNT = 16384 };

/* N(mean, 1) in each of d variables. */
static double *normal_new(size_t d, uint64_t seed, double mean)
{
    double *x = fk_doubles(COUNT * d);
    double z[FK_BLOCK] __attribute__((aligned(FK_ALIGN)));
    fk_streams streams;
    for (size_t b = 0; b < COUNT / FK_BLOCK; b++) {
        fk_streams_seed(&streams, seed, FK_FOR_TEST, b * FK_BLOCK);
        for (size_t k = 0; k < d; k++) {
            fk_streams_normal(&streams, 1, z);
            for (size_t j = 0; j < FK_BLOCK; j++)
                x[(b * FK_BLOCK + j) * d + k] = mean + z[j];
        }
    }
    return x;
}

static fk_distances measure(size_t d, const double *y, const double *x)
{
    fk_yardstick *s;
    fk_distances out;
    ck_assert_int_eq(fk_yardstick_new(d, COUNT, y, 7, &s), FK_OK);
    ck_assert_int_eq(fk_distances_measure(s, x, &out), FK_OK);
    fk_yardstick_free(s);
    return out;
}

START_TEST(a_shift_is_its_length)
{
    double *x = normal_new(3, 1, 0.0), *y = normal_new(3, 1, 0.0);
    for (size_t i = 0; i < COUNT; i++)
        x[3 * i + 1] += 0.25;
    const fk_distances d = measure(3, y, x), none = measure(3, y, y);
    ck_assert_double_eq_tol(d.w1, 0.25, 1e-12);
    ck_assert_double_eq_tol(d.w2, 0.25, 1e-12);
    /* the mean of (e . shift)^2 over directions is a third of the square, and its
     * standard deviation 0.3 of it */
    ck_assert_double_eq_tol(d.sliced_w2 * d.sliced_w2, 0.0625 / 3.0,
                            4.0 * 0.3 * 0.0625 / sqrt(FK_DIRECTIONS));
    ck_assert_double_eq(none.w1, 0.0);
    ck_assert_double_eq(none.sliced_w2, 0.0);
    free(x);
    free(y);
}
END_TEST

/* E|N(m, 2)| */
static double mean_gap(double m)
{
    return 2.0 / sqrt(M_PI) * exp(-m * m / 4.0) + m * erf(m / 2.0);
}

/* E exp(-N(m, 2)^2 / 2), of a kernel as wide as the law. */
static double mean_kernel(double m)
{
    return exp(-m * m / 6.0) / sqrt(3.0);
}

/* Standard errors: the functions of one point that the means of pairs are means of have
 * standard deviations of at most 1 and 0.2, twice each. */
START_TEST(normals_are_as_far_as_they_should_be)
{
    static const double shift[] = {0.0, 0.5, 2.0};
    double *y = normal_new(1, 1, 0.0);
    for (size_t i = 0; i < 3; i++) {
        double *x = normal_new(1, 2, shift[i]);
        const fk_distances d = measure(1, y, x);
        const double error = 2.0 / sqrt(FK_DISTANCE_POINTS);
        ck_assert_double_eq_tol(d.energy, 2.0 * (mean_gap(shift[i]) - mean_gap(0.0)),
                                4.0 * error);
        ck_assert_double_eq_tol(d.mmd, 2.0 * (mean_kernel(0.0) - mean_kernel(shift[i])),
                                4.0 * 0.2 * error);
        ck_assert_double_eq_tol(d.w1, shift[i], 4.0 * sqrt(2.0 / COUNT));
        ck_assert_double_eq(d.sliced_w2, d.w2);
        free(x);
    }
    free(y);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    double *x = normal_new(2, 1, 0.0), *y = normal_new(2, 2, 0.3);
    const int most = omp_get_max_threads();
    omp_set_num_threads(1);
    const fk_distances one = measure(2, y, x);
    omp_set_num_threads(3);
    const fk_distances three = measure(2, y, x);
    omp_set_num_threads(most);
    ck_assert_mem_eq(&one, &three, sizeof one);
    free(x);
    free(y);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("distances");
    TCase *tests = tcase_create("samples");
    tcase_add_test(tests, a_shift_is_its_length);
    tcase_add_test(tests, normals_are_as_far_as_they_should_be);
    tcase_add_test(tests, threads_do_not_matter);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
