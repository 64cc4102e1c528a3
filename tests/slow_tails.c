/* 2^30 normals counted beyond 1, 2, ..., 6 standard deviations, on both sides, against the
 * normal law.  Each count is binomial; the levels allow one false alarm in a million runs.
 * Takes seconds, so it is no part of `make check`; `make slow` runs it. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/random.h"
#include "tests/suite.h"

enum { SIGMAS = 6, ROWS = 64, CHUNKS = 1 << 16 };
static const double draws = (double)CHUNKS * ROWS * FK_BLOCK;

static void count_beyond(size_t n, const double *z, uint64_t beyond[2][SIGMAS])
{
    for (size_t j = 0; j < n; j++) {
        const double size = fabs(z[j]);
        for (int s = 0; s < SIGMAS && size > s + 1; s++)
            beyond[z[j] > 0.0][s]++;
    }
}

/* Chance of a count this far out on its side: both tails of the binomial law, which for
 * rare events is Poisson's. */
static double chance(uint64_t count, double p)
{
    const double mean = draws * p;
    if (mean > 1e4) {
        const double sigmas = fabs((double)count - mean) / sqrt(mean * (1.0 - p));
        return 2.0 * gsl_cdf_ugaussian_Q(sigmas);
    }
    const double below = gsl_cdf_poisson_P((unsigned)count, mean);
    const double above =
        count == 0 ? 1.0 : gsl_cdf_poisson_Q((unsigned)count - 1, mean);
    return 2.0 * fmin(below, above);
}

START_TEST(tails_to_six_sigma)
{
    uint64_t beyond[2][SIGMAS] = {{0}};
    double *z = fk_doubles((size_t)ROWS * FK_BLOCK);
    ck_assert_ptr_nonnull(z);
    for (uint64_t c = 0; c < CHUNKS; c++) {
        fk_streams r;
        fk_streams_seed(&r, 4711, FK_FOR_TEST, c * FK_BLOCK);
        fk_streams_normal(&r, ROWS, z);
        count_beyond((size_t)ROWS * FK_BLOCK, z, beyond);
    }
    free(z);
    for (int side = 0; side < 2; side++)
        for (int s = 0; s < SIGMAS; s++) {
            const double p = gsl_cdf_ugaussian_Q(s + 1.0);
            ck_assert_msg(chance(beyond[side][s], p) > 1e-6 / (2 * SIGMAS),
                          "%llu of %g draws beyond %s%d sigma, expected %g",
                          (unsigned long long)beyond[side][s], draws,
                          side == 0 ? "-" : "+", s + 1, draws * p);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tails");
    TCase *cases = tcase_create("tails");
    tcase_set_timeout(cases, 600);
    tcase_add_test(cases, tails_to_six_sigma);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
