/* How ensembles scatter whose paths depend on each other. */
#include "experiments/scatter.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"
#include "core/random.h"
#include "tests/suite.h"

enum { GROUPS = 16, ROWS = 16, N = ROWS * FK_BLOCK, CELLS = 40 };

static double normal_share(double lo, double hi)
{
    return 0.5 * (erf(hi / sqrt(2.0)) - erf(lo / sqrt(2.0)));
}

/* Shares of N(0, 1), the last what is beyond the grid. */
static fk_bins *normal_bins(const fk_grid *g)
{
    double mass[CELLS + 1], rest = 1.0;
    fk_bins *bins;
    for (size_t c = 0; c < CELLS; c++) {
        const fk_axis *a = &g->axis[0];
        mass[c] = normal_share(fk_axis_edge(a, c), fk_axis_edge(a, c + 1));
        rest -= mass[c];
    }
    mass[CELLS] = rest;
    ck_assert(fk_bins_new(g, mass, 16.0, 1.0, &bins) == FK_OK);
    return bins;
}

/* chi^2 times N for ensembles of N normal numbers, each moved as a whole by a normal number
 * of variance extra / N. */
static double allowed(double extra, uint64_t seed)
{
    static double z[ROWS][FK_BLOCK], shift[FK_BLOCK];
    static uint64_t count[GROUPS][CELLS + 1];
    const fk_axis axis = {-4.0, 4.0, CELLS};
    const fk_grid g = fk_grid_make(1, &axis);
    fk_bins *bins = normal_bins(&g);
    fk_streams streams;
    double chi;
    memset(count, 0, sizeof count);
    fk_streams_seed(&streams, seed, FK_FOR_TEST, 0);
    fk_streams_normal(&streams, 1, shift);
    for (size_t r = 0; r < GROUPS; r++) {
        fk_streams_normal(&streams, ROWS, z[0]);
        for (size_t i = 0; i < N; i++) {
            const double own = z[i / FK_BLOCK][i % FK_BLOCK];
            const double x = own + sqrt(extra / N) * shift[r];
            size_t c;
            count[r][fk_grid_find(&g, &x, &c) ? c : CELLS]++;
        }
    }
    const fk_scatter_evidence e = {GROUPS, count[0]};
    ck_assert(fk_scatter_chi(bins, &e, true, N, &chi) == FK_OK);
    fk_bins_free(bins);
    return chi * chi * N;
}

/* Independent samples leave what the evidence does not know, 16 times 2 s with about a dozen
 * bins, on average; never more than twice of that. */
START_TEST(independent_samples_have_little_of_it)
{
    const double s = sqrt(2.0 * 12.0 / (GROUPS - 1));
    double sum = 0.0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const double a = allowed(0.0, seed) / 16.0;
        ck_assert_double_lt(a, 6.5 * s);
        sum += a / 20.0;
    }
    ck_assert_double_eq_tol(sum, 2.0 * s, 1.2 * s);
}
END_TEST

/* A motion of the whole by lambda times the standard error of a mean adds lambda^2 to chi^2
 * N: allowed are 16 times as much, and 16 times twice the error, at most 2 sqrt(2/15) of
 * it and what independent samples have. */
START_TEST(common_motion_is_seen)
{
    double sum = 0.0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        const double a = allowed(25.0, seed) / 16.0;
        ck_assert_double_gt(a, 10.0);
        sum += a / 20.0;
    }
    ck_assert_double_gt(sum, 25.0);
    ck_assert_double_lt(sum, 25.0 * (1.0 + 2.0 * sqrt(2.0 / 15.0)) + 10.0);
}
END_TEST

/* Without two groups nothing is known. */
START_TEST(one_group_tells_nothing)
{
    const fk_axis axis = {-4.0, 4.0, CELLS};
    const fk_grid g = fk_grid_make(1, &axis);
    fk_bins *bins = normal_bins(&g);
    uint64_t count[2][CELLS + 1] = {{0}};
    double chi;
    count[0][20] = 100;
    const fk_scatter_evidence e = {2, count[0]};
    ck_assert(fk_scatter_chi(bins, &e, true, 1e6, &chi) == FK_OK);
    ck_assert(isnan(chi));
    fk_bins_free(bins);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scatter");
    TCase *tc = tcase_create("scatter");
    tcase_add_test(tc, independent_samples_have_little_of_it);
    tcase_add_test(tc, common_motion_is_seen);
    tcase_add_test(tc, one_group_tells_nothing);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
