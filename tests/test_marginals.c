#include <math.h>

#include "core/memory.h"
#include "sampling/marginals.h"
#include "sde/law.h"
#include "tests/gm_a.h"
#include "tests/suite.h"

enum { COUNT = 100 * FK_BLOCK };

/* COUNT samples of the mixture, moved and stretched. */
static fk_marginal_gap gap_of(const fk_mixture *m, const fk_mixture *from, double shift,
                              double stretch)
{
    fk_marginals *marginals;
    fk_law *law;
    double *x = fk_doubles(2 * COUNT);
    ck_assert_int_eq(fk_marginals_new(m, &marginals), FK_OK);
    ck_assert_int_eq(fk_law_mixture_new(from, &law), FK_OK);
    for (size_t i = 0; i < COUNT; i += FK_BLOCK)
        fk_law_draw(law, 3, FK_FOR_TEST, i, (double *const[]){x + i});
    for (size_t i = 0; i < COUNT; i++)
        x[i] = shift + stretch * x[i];
    const fk_marginal_gap gap = fk_marginals_gap(marginals, COUNT, x, x + COUNT);
    fk_law_free(law);
    fk_marginals_free(marginals);
    free(x);
    return gap;
}

/* KL of B bins, of N samples: about (B - 1) / (2 N), with standard deviation
 * sqrt((B - 1) / 2) / N; W2 of the order of sd / sqrt(N). */
START_TEST(samples_of_the_law_itself_are_near)
{
    fk_mixture *m = gm_a();
    const fk_marginal_gap gap = gap_of(m, m, 0.0, 1.0);
    const double n = COUNT;
    ck_assert_double_eq_tol(gap.divergence, 63.0 / (2.0 * n),
                            5.0 * sqrt(63.0 / 2.0) / n);
    ck_assert_double_lt(gap.wasserstein, 5.0 * 1.3 / sqrt(n));
    fk_mixture_free(m);
}
END_TEST

/* Gaussians: W2^2 = dm^2 + ds^2, KL(N(0, 1) | N(a, 1)) = a^2 / 2, of bins a little less. */
START_TEST(gaussians_are_as_far_as_they_are)
{
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(1, 1, &m), FK_OK);
    m->weight[0] = m->cov[0] = 1.0;
    const double error = 5.0 / sqrt((double)COUNT);
    /* the sample's mean and standard deviation have errors below 1 / sqrt(N); the outermost
     * levels leave out 0.002 of the variance */
    ck_assert_double_eq_tol(gap_of(m, m, 0.3, 1.0).wasserstein, 0.3, error);
    ck_assert_double_eq_tol(gap_of(m, m, 0.0, 1.5).wasserstein, 0.5, error + 0.003);
    const double divergence = gap_of(m, m, 0.3, 1.0).divergence;
    ck_assert_double_lt(divergence, 0.045 + 0.3 * error + 63.0 / (2.0 * COUNT));
    ck_assert_double_gt(divergence, 0.045 - 0.3 * error - 0.003);
    fk_mixture_free(m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("marginals");
    TCase *tests = tcase_create("gaps");
    tcase_add_test(tests, samples_of_the_law_itself_are_near);
    tcase_add_test(tests, gaussians_are_as_far_as_they_are);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
