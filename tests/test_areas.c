/* Levy areas against their characteristic function.  Of two Brownian motions over a step,
 * with the area A in units of the step and r^2 = z_1^2 + z_2^2 [wiktorsson-2001]:
 *
 *     E exp(-c r^2) cos(u A) = (u/2) / sinh(u/2) / (2 c + (u/2) coth(u/2)),
 *
 * 1 / cosh(u/2) for c = 0. */
#include <math.h>

#include "core/random.h"
#include "sampling/areas.h"
#include "tests/particle_fixture.h"

enum { BLOCKS = 1024 };

static double exact(double c, double u)
{
    const double v = 0.5 * u;
    return v / sinh(v) / (2.0 * c + v / tanh(v));
}

static double sample(const double *z, double c, double u, size_t j)
{
    const double *area = z + 2 * (size_t)FK_BLOCK;
    const double r2 = z[j] * z[j] + z[FK_BLOCK + j] * z[FK_BLOCK + j];
    return exp(-c * r2) * cos(u * area[j]);
}

/* z of a step: drawn with `terms` terms, or joined from 2^depth such steps. */
static void make(fk_streams *streams, size_t terms, unsigned depth, double *z)
{
    const size_t n = fk_areas_draws(2, terms);
    if (depth == 0) {
        fk_streams_normal(streams, n, z);
        fk_areas_shape(2, terms, z);
        return;
    }
    double *halves = fk_doubles(2 * n * FK_BLOCK);
    make(streams, terms, depth - 1, halves);
    make(streams, terms, depth - 1, halves + n * FK_BLOCK);
    fk_areas_join(2, halves, halves + n * FK_BLOCK, z);
    free(halves);
}

/* Distance from the exact value in standard errors. */
static double sigmas(size_t blocks, size_t terms, unsigned depth, double c, double u)
{
    double *z = fk_doubles(fk_areas_draws(2, terms) * FK_BLOCK);
    double sum = 0.0, square = 0.0;
    for (size_t b = 0; b < blocks; b++) {
        fk_streams streams;
        fk_streams_seed(&streams, 3, FK_FOR_TEST, b * FK_BLOCK);
        make(&streams, terms, depth, z);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double v = sample(z, c, u, j);
            sum += v;
            square += v * v;
        }
    }
    free(z);
    const double n = (double)(blocks * FK_BLOCK), mean = sum / n;
    return (mean - exact(c, u)) / sqrt((square / n - mean * mean) / n);
}

/* Series of ten terms, and 64 steps without any term put together, are of the law; one
 * step without a term is Gaussian given the increments, and seen to be. */
START_TEST(law_of_one_area)
{
    const double c[] = {0.0, 0.0, 0.5, 2.0}, u[] = {1.5, 4.0, 4.0, 7.0};
    for (int k = 0; k < 4; k++) {
        const double series = sigmas(BLOCKS, 10, 0, c[k], u[k]);
        ck_assert_msg(fabs(series) < allowed_sigmas, "c = %g, u = %g: %.2f sigmas",
                      c[k], u[k], series);
        const double joined = sigmas(BLOCKS / 4, 0, 6, c[k], u[k]);
        ck_assert_msg(fabs(joined) < allowed_sigmas, "c = %g, u = %g: %.2f sigmas",
                      c[k], u[k], joined);
    }
    ck_assert_double_gt(fabs(sigmas(BLOCKS, 0, 0, 0.0, 4.0)), 15.0);
}
END_TEST

/* Three noises: areas are uncorrelated with variance 1/4, but not given the increments,
 * where Cov(A_01, A_12) = -z_0 z_2 / 12. */
START_TEST(areas_of_three_noises)
{
    enum { PRODUCTS = 6 };
    const double expected[PRODUCTS] = {0.25, 0.25, 0.25, 0.0, 0.0, -1.0 / 12.0};
    const size_t terms = 2, n = fk_areas_draws(3, terms);
    double *z = fk_doubles(n * FK_BLOCK);
    double sum[PRODUCTS] = {0}, square[PRODUCTS] = {0};
    for (size_t b = 0; b < BLOCKS; b++) {
        fk_streams streams;
        fk_streams_seed(&streams, 5, FK_FOR_TEST, b * FK_BLOCK);
        fk_streams_normal(&streams, n, z);
        fk_areas_shape(3, terms, z);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double a01 = z[3 * FK_BLOCK + j], a02 = z[4 * FK_BLOCK + j],
                         a12 = z[5 * FK_BLOCK + j];
            const double outer = z[j] * z[2 * FK_BLOCK + j];
            const double v[PRODUCTS] = {a01 * a01, a02 * a02, a12 * a12,
                                        a01 * a02, a01 * a12, a01 * a12 * outer};
            for (int k = 0; k < PRODUCTS; k++) {
                sum[k] += v[k];
                square[k] += v[k] * v[k];
            }
        }
    }
    const double count = (double)BLOCKS * FK_BLOCK;
    for (int k = 0; k < PRODUCTS; k++) {
        const double mean = sum[k] / count;
        assert_sigmas(mean, expected[k],
                      sqrt((square[k] / count - mean * mean) / count));
    }
    free(z);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("areas");
    TCase *cases = tcase_create("areas");
    tcase_add_test(cases, law_of_one_area);
    tcase_add_test(cases, areas_of_three_noises);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
