/* The verdict on samples drawn from known laws: its words and its sentences.
 * tests/test_honesty.c does the same with simulations. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/uniformity.h"
#include "tests/verdict_fixture.h"

static const char *sentence(const fk_comparison *c, size_t n, const fk_domain *d,
                            const fk_problem_compare *asked)
{
    static char text[FK_SENTENCE];
    fk_verdict_sentence(n, c, d, names, asked, text);
    return text;
}

START_TEST(draws_from_the_law_give_uniform_p_values_and_few_alarms)
{
    enum { RUNS = 1000 };
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS], chi[RUNS];
    const double outside = normal(&d.grid, 0.37, 1.6, p);
    gsl_rng *rng = seeded(1);
    size_t alarms = 0;
    for (size_t run = 0; run < RUNS; run++) {
        uint64_t count[CELLS], out;
        draw(rng, &d.grid, p, outside, 5000, count, &out);
        const fk_comparison c =
            compare(&d, count, out, p, outside, NULL, NULL, &standard);
        alarms += c.word == FK_DISAGREE;
        ck_assert_double_eq(c.count, 5000.0);
        chi[run] = c.chi.p_strict;
        ck_assert_uint_eq(c.n_moments, 2);
        ck_assert(c.has_ks);
        ck_assert((c.word == FK_DISAGREE) == (c.p_least < standard.significance));
    }
    ck_assert_double_gt(uniformity(RUNS, chi), 1e-3);
    /* at most 5 %, 50 +- 6.9 (the shared significance makes it fewer) */
    ck_assert_uint_le(alarms, 84);
    ck_assert_uint_ge(alarms, 10);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(a_difference_at_the_detection_limit_is_found_with_the_power)
{
    enum { RUNS = 300 };
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS], q[CELLS];
    const double outside = normal(&d.grid, 0.37, 1.2, p);
    gsl_rng *rng = seeded(2);
    uint64_t count[CELLS], out;
    draw(rng, &d.grid, p, outside, 20000, count, &out);
    const double limit =
        compare(&d, count, out, p, outside, NULL, NULL, &standard).chi.detectable;
    /* every second pair of cells has more: no moment, no distribution function shows it */
    double chi2 = 0.0;
    for (size_t i = 0; i < CELLS; i++)
        chi2 += p[i] * fk_grid_volume(&d.grid);
    for (size_t i = 0; i < CELLS; i++)
        q[i] = p[i] * (1.0 + (i % 2 == 0 ? 1.0 : -1.0) * limit / sqrt(chi2));
    size_t found = 0;
    for (size_t run = 0; run < RUNS; run++) {
        draw(rng, &d.grid, q, outside, 20000, count, &out);
        found += compare(&d, count, out, p, outside, NULL, NULL, &standard).word ==
                 FK_DISAGREE;
    }
    /* 270 +- 5.2; bins of several cells in the tails see a little less */
    ck_assert_uint_ge(found, 240);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(noise_that_hides_the_tolerance_is_inconclusive_and_says_how_many)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    fk_problem_compare fine = standard;
    fine.tolerance = 0.01;
    double p[CELLS];
    const double outside = normal(&d.grid, 0.37, 1.2, p);
    gsl_rng *rng = seeded(3);
    uint64_t count[CELLS], out;
    draw(rng, &d.grid, p, outside, 1000, count, &out);
    fk_comparison c = compare(&d, count, out, p, outside, NULL, NULL, &fine);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);
    const char *text = sentence(&c, 1, &d, &fine);
    ck_assert_ptr_nonnull(strstr(text, "could hide"));
    const char *about = strstr(text, "about ");
    ck_assert_ptr_nonnull(about);

    /* with as many as it asks for, it agrees; with a third, not */
    double advised = strtod(about + 6, NULL);
    if (strstr(about, "million") != NULL)
        advised *= 1e6;
    draw(rng, &d.grid, p, outside, (unsigned)advised, count, &out);
    c = compare(&d, count, out, p, outside, NULL, NULL, &fine);
    ck_assert_int_eq(c.word, FK_AGREE);
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &fine), "agree"));
    draw(rng, &d.grid, p, outside, (unsigned)(advised / 3.0), count, &out);
    c = compare(&d, count, out, p, outside, NULL, NULL, &fine);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);

    draw(rng, &d.grid, p, outside, 7, count, &out);
    c = compare(&d, count, out, p, outside, NULL, NULL, &fine);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &fine), "too few particles"));
    memset(count, 0, sizeof count);
    c = compare(&d, count, 0, p, outside, NULL, NULL, &fine);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(a_difference_is_found_by_the_test_that_sees_it_best)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS], q[CELLS];
    const double outside = normal(&d.grid, 0.37, 1.2, p);
    gsl_rng *rng = seeded(4);
    uint64_t count[CELLS], out;

    /* 2 % more spread: the variance */
    double beyond = normal(&d.grid, 0.37, 1.2 * 1.01, q);
    draw(rng, &d.grid, q, beyond, 200000, count, &out);
    fk_comparison c = compare(&d, count, out, p, outside, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    ck_assert_str_eq(c.moment[1].name, "variance x");
    /* 0.02 of the variance, less what is beyond the grid */
    ck_assert_double_eq_tol(c.moment[1].sample - c.moment[1].reference, 0.028, 0.012);
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &standard), "variance x"));

    /* a bump: the bin */
    memcpy(q, p, sizeof q);
    q[62] *= 1.5;
    draw(rng, &d.grid, q, outside, 200000, count, &out);
    c = compare(&d, count, out, p, outside, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    ck_assert_double_eq_tol(c.linf_at[0], fk_axis_centre(&d.grid.axis[0], 62), 1e-9);
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &standard), "too many"));
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &standard), "x = 2.25"));

    /* mass beyond the grid: a cell like others */
    draw(rng, &d.grid, p, 2.0 * outside, 200000, count, &out);
    c = compare(&d, count, out, p, outside, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    ck_assert(isnan(c.linf_at[0]));
    gsl_rng_free(rng);
}
END_TEST

START_TEST(two_variables_compare_their_covariance)
{
    const fk_axis axes[] = {{-4.0, 4.0, 24}, {-4.0, 4.0, 20}};
    fk_domain d = {.grid = fk_grid_make(2, axes)};
    double p[480], q[480], total[2] = {0.0, 0.0};
    for (size_t c = 0; c < 480; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&d.grid, c, x);
        p[c] = exp(-0.5 * (x[0] * x[0] + x[1] * x[1]));
        q[c] = exp(-0.5 * (x[0] * x[0] + x[1] * x[1] - 0.1 * x[0] * x[1]));
        total[0] += p[c];
        total[1] += q[c];
    }
    for (size_t c = 0; c < 480; c++) {
        p[c] /= total[0] * fk_grid_volume(&d.grid);
        q[c] /= total[1] * fk_grid_volume(&d.grid);
    }
    gsl_rng *rng = seeded(9);
    uint64_t count[480], out;
    draw(rng, &d.grid, p, 0.0, 100000, count, &out);
    fk_comparison c = compare(&d, count, out, p, 0.0, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_AGREE);
    ck_assert_uint_eq(c.n_moments, 5);
    ck_assert(!c.has_ks);
    ck_assert_str_eq(c.moment[3].name, "covariance x y");
    c = compare(&d, count, out, q, 0.0, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    ck_assert_double_eq_tol(c.moment[3].reference, 0.05, 0.002);
    ck_assert_ptr_nonnull(strstr(sentence(&c, 1, &d, &standard), "covariance x y"));

    /* an angle has no mean */
    d.face[1][0] = d.face[1][1] = FK_PERIODIC;
    c = compare(&d, count, out, p, 0.0, NULL, NULL, &standard);
    ck_assert_uint_eq(c.n_moments, 2);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(densities_are_held_to_the_tolerance_and_words_combine)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS], q[CELLS];
    normal(&d.grid, 0.0, 1.0, p);
    normal(&d.grid, 0.03, 1.0, q);
    fk_comparison c[3];
    ck_assert_int_eq(
        fk_compare_densities(&d, 0.5, "Fokker-Planck", p, "exact", q, &standard, &c[0]),
        FK_OK);
    ck_assert_int_eq(c[0].word, FK_AGREE);
    ck_assert_double_eq_tol(c[0].l1, 0.03 * sqrt(2.0 / M_PI), 1e-4);
    ck_assert_double_eq(c[0].count, 0.0);
    fk_problem_compare strict = standard;
    strict.tolerance = 0.02;
    ck_assert_int_eq(
        fk_compare_densities(&d, 0.5, "Fokker-Planck", p, "exact", q, &strict, &c[1]),
        FK_OK);
    ck_assert_int_eq(c[1].word, FK_DISAGREE);
    ck_assert_ptr_nonnull(strstr(sentence(c, 1, &d, &standard), "agree"));
    ck_assert_ptr_nonnull(strstr(sentence(c, 2, &d, &strict), "disagree at t = 0.5"));
    ck_assert_ptr_nonnull(strstr(sentence(c, 0, &d, &strict), "Nothing"));

    c[2] = c[0];
    ck_assert_int_eq(fk_verdict_word(0, c), FK_AGREE);
    ck_assert_int_eq(fk_verdict_word(1, c), FK_AGREE);
    ck_assert_int_eq(fk_verdict_word(3, c), FK_DISAGREE);
    c[1].word = FK_INCONCLUSIVE;
    ck_assert_int_eq(fk_verdict_word(3, c), FK_INCONCLUSIVE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("verdict");
    TCase *c = tcase_create("verdict");
    tcase_set_timeout(c, 120.0);
    tcase_add_test(c, draws_from_the_law_give_uniform_p_values_and_few_alarms);
    tcase_add_test(c, a_difference_at_the_detection_limit_is_found_with_the_power);
    tcase_add_test(c, noise_that_hides_the_tolerance_is_inconclusive_and_says_how_many);
    tcase_add_test(c, a_difference_is_found_by_the_test_that_sees_it_best);
    tcase_add_test(c, two_variables_compare_their_covariance);
    tcase_add_test(c, densities_are_held_to_the_tolerance_and_words_combine);
    suite_add_tcase(s, c);
    return run_suite(s);
}
