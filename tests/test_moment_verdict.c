/* The verdict from moments alone: false alarms as often as asked, what it says to find is
 * found, and L1 of differences in a Gaussian's moments. */
#include "experiments/moment_verdict.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "sampling/moment_sums.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

enum { DIM = 2, COUNT = 4096, RUNS = 400 };

static const char *const variable[] = {"x", "y"};

/* Moments of COUNT draws with covariance {1, r; r, 1}, r = 0.6, and mean `shift`, 0. */
static void draw(size_t run, double shift, fk_moments *m)
{
    const double cov[] = {1.0, 0.6, 0.6, 1.0};
    fk_sde *sde = sde_text(FK_ITO, 2, 1, "x; y", "0; 0", "0; 0");
    fk_mixture *gaussian;
    fk_law *law;
    fk_moment_sums *sums;
    ck_assert_int_eq(fk_mixture_new(2, 1, &gaussian), FK_OK);
    gaussian->weight[0] = 1.0;
    gaussian->mean[0] = shift;
    memcpy(gaussian->cov, cov, sizeof cov);
    ck_assert_int_eq(fk_law_mixture_new(gaussian, &law), FK_OK);
    const fk_ensemble_options o = euler_options(COUNT, 1.0, 100 + run);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    ck_assert_int_eq(fk_moment_sums_new(DIM, &sums), FK_OK);
    ck_assert_int_eq(fk_moment_sums_add(sums, e), FK_OK);
    ck_assert_int_eq(fk_moments_new(DIM, m), FK_OK);
    m->count =
        (double)fk_moment_sums_read(sums, m->mean, m->mean_error, m->cov, m->cov_error);
    memcpy(m->exact_cov, cov, sizeof cov);
    fk_moment_sums_free(sums);
    fk_ensemble_free(e);
    fk_law_free(law);
    fk_mixture_free(gaussian);
    sde_text_free(sde);
}

/* How many of RUNS disagree. */
static size_t alarms(const fk_problem_compare *asked, double shift, double allowed)
{
    size_t n = 0;
    for (size_t run = 0; run < RUNS; run++) {
        fk_moments m;
        fk_comparison c;
        draw(run, shift, &m);
        m.mean_allowance[0] = allowed;
        fk_compare_moments(&m, DIM, variable, 1.0, asked, 1, &c);
        ck_assert_uint_eq(c.n_moments, 5);
        n += c.word == FK_DISAGREE;
        fk_moments_free(&m);
    }
    return n;
}

START_TEST(false_alarms_are_as_many_as_asked)
{
    const fk_problem_compare asked = {
        .tolerance = 2.0, .significance = 0.1, .power = 0.9, .least = 25};
    const double expected = 0.1 * RUNS; /* Bonferroni: at most */
    const size_t n = alarms(&asked, 0.0, 0.0);
    ck_assert_double_le((double)n, expected + 4.0 * sqrt(0.9 * expected));
    ck_assert_double_ge((double)n, 0.5 * expected - 4.0 * sqrt(0.5 * expected));
}
END_TEST

/* A shift that is just found with power 0.9, with and without an allowance. */
START_TEST(what_could_be_found_is_found)
{
    const fk_problem_compare asked = {
        .tolerance = 2.0, .significance = 0.01, .power = 0.9, .least = 25};
    const double level = 0.01 / 5.0, sd = sqrt(0.9 * 0.1 * RUNS);
    /* Q(z) = level / 2 and Q(z') = 0.1 of the normal law */
    const double reach = 3.0902323 + 1.2815516;
    ck_assert_double_eq_tol(0.5 * erfc(3.0902323 * M_SQRT1_2), 0.5 * level, 1e-9);
    for (int allows = 0; allows < 2; allows++) {
        const double allowed = allows == 0 ? 0.0 : 0.05;
        const size_t n = alarms(&asked, reach / sqrt(COUNT) + allowed, allowed);
        ck_assert_double_eq_tol((double)n, 0.9 * RUNS, 4.0 * sd);
    }
}
END_TEST

/* The share of L1 between N(0, 1) and what it becomes, by the midpoint rule. */
static double l1_of(double mean, double variance)
{
    double sum = 0.0;
    for (double x = -10.0 + 0.5e-3; x < 10.0; x += 1e-3)
        sum += fabs(exp(-0.5 * (x - mean) * (x - mean) / variance) / sqrt(variance) -
                    exp(-0.5 * x * x));
    return sum * 1e-3 / sqrt(2.0 * M_PI);
}

/* One moment at a time is uncertain: what it could hide is told in L1. */
START_TEST(differences_are_told_in_l1)
{
    const fk_problem_compare asked = {
        .tolerance = 0.02, .significance = 1e-3, .power = 0.95, .least = 25};
    fk_moments m;
    fk_comparison c;
    ck_assert_int_eq(fk_moments_new(1, &m), FK_OK);
    m.count = 1e6;
    m.mean[0] = m.exact_mean[0] = 3.0;
    m.cov[0] = m.exact_cov[0] = 4.0;
    m.mean_allowance[0] = 0.02 * 2.0; /* standard deviations */
    fk_compare_moments(&m, 1, variable, 1.0, &asked, 1, &c);
    ck_assert_double_eq_tol(c.chi.detectable, l1_of(0.02, 1.0), 1e-4 * 0.02);
    ck_assert_int_eq(c.word, FK_AGREE);
    m.mean_allowance[0] = 0.0;
    m.cov_allowance[0] = 0.02 * 4.0;
    fk_compare_moments(&m, 1, variable, 1.0, &asked, 1, &c);
    ck_assert_double_eq_tol(c.chi.detectable, l1_of(0.0, 1.02), 0.02 * 0.02);
    ck_assert_int_eq(c.word, FK_AGREE);
    m.cov_allowance[0] = 0.05 * 4.0;
    fk_compare_moments(&m, 1, variable, 1.0, &asked, 1, &c);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);
    m.cov[0] = 4.3;
    fk_compare_moments(&m, 1, variable, 1.0, &asked, 1, &c);
    ck_assert_int_eq(c.word, FK_DISAGREE); /* by 0.1, and there is no noise */
    fk_moments_free(&m);
}
END_TEST

/* Of more moments than there is room for, the worst are kept, the worst first. */
START_TEST(the_worst_are_kept)
{
    enum { MANY = 4 };
    static const char *const name[] = {"a", "b", "c", "d"};
    const fk_problem_compare asked = {
        .tolerance = 0.02, .significance = 1e-3, .power = 0.95, .least = 25};
    fk_moments m;
    fk_comparison c;
    char text[FK_SENTENCE];
    ck_assert_int_eq(fk_moments_new(MANY, &m), FK_OK);
    m.count = 100.0;
    for (size_t i = 0; i < MANY; i++) {
        m.exact_cov[i * (MANY + 1)] = 1.0;
        m.mean[i] = 0.1 * (double)i;
        m.mean_error[i] = 0.01;
        for (size_t k = 0; k < MANY; k++) {
            m.cov[i * MANY + k] = m.exact_cov[i * MANY + k] + 0.01 * (double)(i + k);
            m.cov_error[i * MANY + k] = 0.02;
        }
    }
    fk_compare_moments(&m, MANY, name, 1.0, &asked, 1, &c);
    ck_assert_uint_eq(c.n_moments, 9);
    ck_assert_str_eq(c.moment[0].name, "mean d");
    ck_assert_str_eq(c.moment[1].name, "mean c");
    for (size_t i = 1; i < c.n_moments; i++)
        ck_assert_double_le(c.moment[i].sigmas, c.moment[i - 1].sigmas);
    fk_moment_sentence(1, &c, &asked, text);
    ck_assert_ptr_nonnull(strstr(text, "the mean d of the particles is 0.3"));
    fk_moments_free(&m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("moment_verdict");
    TCase *cases = tcase_create("verdict");
    tcase_add_test(cases, false_alarms_are_as_many_as_asked);
    tcase_add_test(cases, what_could_be_found_is_found);
    tcase_add_test(cases, differences_are_told_in_l1);
    tcase_add_test(cases, the_worst_are_kept);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
