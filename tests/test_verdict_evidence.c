/* What the verdict makes of evidence: steps, grids, truncation. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/verdict_fixture.h"

/* Pairs that start from one draw; each member of `fine` sits where the map sends it. */
START_TEST(evidence_of_a_biased_step_is_allowed_for)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    const fk_axis *a = &d.grid.axis[0];
    double p[CELLS];
    const double outside = normal(&d.grid, 0.0, 1.0, p);
    gsl_rng *rng = seeded(5);
    uint64_t count[CELLS + 1] = {0}, coarse[CELLS + 1] = {0}, fine[CELLS + 1] = {0};
    uint64_t moved[CELLS + 1] = {0};

    /* the sample is 1.03 Z, the halved step gives 1.015 Z, the truth is Z */
    for (size_t i = 0; i < 400000; i++) {
        const double z = gsl_ran_ugaussian(rng), x = 1.03 * z, y = 1.015 * z;
        size_t in_x = CELLS, in_y = CELLS;
        if (fabs(x) < 4.0)
            in_x = (size_t)((x - a->lo) / fk_axis_width(a));
        if (fabs(y) < 4.0)
            in_y = (size_t)((y - a->lo) / fk_axis_width(a));
        count[in_x]++;
        if (i % 4 == 0) {
            coarse[in_x]++;
            fine[in_y]++;
            moved[in_x] += in_x != in_y;
            moved[in_y] += in_x != in_y;
        }
    }
    fk_comparison c =
        compare(&d, count, count[CELLS], p, outside, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    ck_assert(isnan(c.budget[1].chi));

    const fk_step_evidence e = {coarse, fine, moved, 2.0, 1.0};
    c = compare(&d, count, count[CELLS], p, outside, &e, NULL, &standard);
    ck_assert_int_ne(c.word, FK_DISAGREE);
    /* chi-distance of a variance wrong by s: s / sqrt(2), L1 0.968 s / 2; s = 0.06 */
    ck_assert_double_ge(c.budget[1].chi, 0.0609 / sqrt(2.0));
    ck_assert_double_le(c.budget[1].chi, 0.08); /* with 2 s.e. of 10^5 pairs */
    ck_assert_double_eq_tol(c.budget[1].l1, 0.0609 * 0.484, 0.004);
    ck_assert_double_eq_tol(c.moment[1].allowance, 0.0609, 0.006);
    ck_assert_double_eq(c.chi.allowance,
                        c.budget[1].chi + c.budget[3].chi); /* nothing else */

    /* the same bias four times over is not excused by it */
    const double wrong = normal(&d.grid, 0.0, 0.92, p);
    c = compare(&d, count, count[CELLS], p, wrong, &e, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    gsl_rng_free(rng);
}
END_TEST

/* A normal law: errors sd / sqrt(n) and sqrt(2 / n) sd^2; a uniform one on two axes. */
START_TEST(standard_errors_are_those_of_the_law)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS];
    uint64_t count[CELLS], out;
    gsl_rng *rng = seeded(10);
    const double outside = normal(&d.grid, 0.1, 0.7, p);
    draw(rng, &d.grid, p, outside, 10000, count, &out);
    fk_comparison c = compare(&d, count, out, p, outside, NULL, NULL, &standard);
    ck_assert_double_eq_tol(c.moment[0].reference, 0.1, 1e-6);
    ck_assert_double_eq_tol(c.moment[1].reference, 0.49, 1e-4);
    ck_assert_double_eq_tol(c.moment[0].error, 0.007, 1e-4);
    ck_assert_double_eq_tol(c.moment[1].error, 0.49 * sqrt(2.0) / 100.0, 1e-4);
    gsl_rng_free(rng);
}
END_TEST

/* Bins of five cells, pairs that move to a neighbour: a fifth of the moves leave the
 * bin.  That noise is subtracted; twice the standard error that the whole variance
 * would have stays. */
START_TEST(moves_inside_a_bin_cancel)
{
    enum { PAIRS = 200000, RUNS = 60 };
    const fk_domain d = line(FK_PERIODIC, FK_PERIODIC);
    double mass[CELLS + 1], delta[CELLS + 1], variance[CELLS + 1], mean = 0.0;
    fk_bins *bins = NULL;
    fk_cell_moments moments;
    fk_budget *budget = NULL;
    gsl_rng *rng = seeded(11);
    for (size_t i = 0; i <= CELLS; i++)
        mass[i] = i < CELLS ? 1.0 / CELLS : 0.0;
    ck_assert_int_eq(fk_bins_new(&d.grid, mass, 1000.0, 62.0, &bins), FK_OK);
    ck_assert_uint_eq(bins->n, CELLS / 5);
    fk_cell_moments_set(&d, mass, &moments);
    ck_assert_int_eq(fk_budget_new(bins, &moments, &budget), FK_OK);
    for (size_t run = 0; run < RUNS; run++) {
        fk_part part;
        memset(delta, 0, sizeof delta);
        memset(variance, 0, sizeof variance);
        for (size_t i = 0; i < PAIRS / 10; i++) { /* one pair in ten moves */
            const size_t from = gsl_rng_uniform_int(rng, CELLS);
            const size_t to =
                (from + (gsl_rng_uniform_int(rng, 2) ? 1 : CELLS - 1)) % CELLS;
            delta[from] -= 1.0 / PAIRS;
            delta[to] += 1.0 / PAIRS;
            variance[from] += 1.0 / ((double)PAIRS * PAIRS);
            variance[to] += 1.0 / ((double)PAIRS * PAIRS);
        }
        const fk_difference difference = {delta, variance, true};
        fk_budget_measure(budget, &difference, &part);
        mean += part.chi * part.chi / RUNS;
    }
    const double per_bin = 0.2 / PAIRS; /* var / q, all moves counted */
    const double kept = 2.0 * per_bin * sqrt(2.0 * CELLS / 5);
    ck_assert_double_eq_tol(mean / kept, 1.0, 0.15);
    fk_budget_free(budget);
    fk_bins_free(bins);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(evidence_without_bias_costs_little)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS];
    const double outside = normal(&d.grid, 0.0, 1.0, p);
    gsl_rng *rng = seeded(6);
    uint64_t count[CELLS], out, coarse[CELLS + 1], fine[CELLS + 1];
    double mean = 0.0;
    for (int run = 0; run < 50; run++) {
        draw(rng, &d.grid, p, outside, 100000, count, &out);
        draw(rng, &d.grid, p, outside, 100000, coarse, &coarse[CELLS]);
        draw(rng, &d.grid, p, outside, 80000, fine, &fine[CELLS]);
        const fk_step_evidence e = {coarse, fine, NULL, 2.0, 1.0};
        const fk_comparison c =
            compare(&d, count, out, p, outside, &e, NULL, &standard);
        mean += c.budget[1].chi * c.budget[1].chi / 50.0;
        ck_assert_int_ne(c.word, FK_DISAGREE);
    }
    /* The noise of the evidence: chi^2 = 4 (1/n_c + 1/n_f) (k - 1) = 0.0066 on average,
     * of which only its uncertainty, 2 sqrt(2 / (k - 1)), a third, is left. */
    ck_assert_double_lt(mean, 0.0035);
    ck_assert_double_gt(mean, 0.0008);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(evidence_of_a_coarse_grid_is_allowed_for)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    const fk_grid half = fk_grid_refine(&d.grid, 2);
    double exact[CELLS], p[CELLS], fine[2 * CELLS];
    const double outside = normal(&d.grid, 0.0, 1.0, exact);
    gsl_rng *rng = seeded(7);
    uint64_t count[CELLS], out;
    draw(rng, &d.grid, exact, outside, 400000, count, &out);

    /* a second-order method: the variance wrong by 0.04, then by 0.01 */
    const double coarse_out = normal(&d.grid, 0.0, sqrt(1.04), p);
    const double fine_out = normal(&half, 0.0, sqrt(1.01), fine);
    fk_comparison c = compare(&d, count, out, p, coarse_out, NULL, NULL, &standard);
    ck_assert_int_eq(c.word, FK_DISAGREE);
    const fk_grid_evidence e = {.fine = fine, .outside = fine_out, .order = 2.0};
    c = compare(&d, count, out, p, coarse_out, NULL, &e, &standard);
    ck_assert_int_ne(c.word, FK_DISAGREE);
    ck_assert_double_eq_tol(c.budget[2].chi, 0.04 / sqrt(2.0), 0.002);
    ck_assert_double_eq_tol(c.budget[2].l1, 0.04 * 0.484, 0.001);
    ck_assert_double_eq_tol(c.moment[1].allowance, 0.04, 0.001);

    /* at first order the same halving would promise too little of the rest */
    const fk_grid_evidence first = {.fine = fine, .outside = fine_out, .order = 1.0};
    const fk_comparison f =
        compare(&d, count, out, p, coarse_out, NULL, &first, &standard);
    ck_assert_double_eq_tol(f.budget[2].chi / c.budget[2].chi, 1.5, 1e-9);
    gsl_rng_free(rng);
}
END_TEST

START_TEST(truncation_conditions_both_sides_and_is_bounded)
{
    const fk_domain d = line(FK_OPEN, FK_OPEN);
    double p[CELLS];
    const double outside = normal(&d.grid, 0.0, 1.5, p);
    gsl_rng *rng = seeded(8);
    uint64_t count[CELLS], out;
    draw(rng, &d.grid, p, outside, 100000, count, &out);
    const fk_sample s = {.name = "particles", .count = count, .outside = out};
    const fk_reference r = {
        .name = "Fokker-Planck", .p = p, .outside = outside, .truncated = true};
    fk_compare_input in = {.domain = &d,
                           .variable = names,
                           .sample = &s,
                           .reference = &r,
                           .asked = &standard,
                           .comparisons = 1};
    fk_comparison c;
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_OK);
    ck_assert_double_eq(c.count, 100000.0 - (double)out);
    ck_assert_int_ne(c.word, FK_DISAGREE);
    ck_assert_double_eq_tol(c.budget[3].l1, 2.0 * outside, 0.3 * outside);
    ck_assert_double_ge(c.budget[3].chi, outside);
    ck_assert_double_le(c.budget[3].chi, 1.1 * sqrt(outside));
    ck_assert_double_eq(c.chi.allowance, c.budget[3].chi);
    ck_assert_double_eq_tol(c.moment[0].allowance,
                            c.budget[3].chi * c.moment[0].error * sqrt(c.count), 1e-12);

    /* with closed faces nothing is truncated, and what is absorbed is compared */
    const fk_domain absorbing = line(FK_ABSORBING, FK_REFLECTING);
    const fk_sample ended = {.name = "particles", .count = count, .ended = out};
    const fk_reference left = {
        .name = "Fokker-Planck", .p = p, .ended = outside, .truncated = true};
    in.domain = &absorbing;
    in.sample = &ended;
    in.reference = &left;
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_OK);
    ck_assert_double_eq(c.count, 100000.0);
    ck_assert_double_eq(c.budget[3].chi, 0.0);
    ck_assert_int_ne(c.word, FK_DISAGREE);
    const fk_reference wrong = {
        .name = "Fokker-Planck", .p = p, .ended = 1.2 * outside, .truncated = true};
    in.reference = &wrong;
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_OK);
    ck_assert_int_eq(c.word, FK_DISAGREE);

    const double nothing[CELLS] = {0.0};
    const fk_reference none = {
        .name = "Fokker-Planck", .p = nothing, .truncated = true};
    in.reference = &none;
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_EDOMAIN);
    gsl_rng_free(rng);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("verdict_evidence");
    TCase *c = tcase_create("verdict_evidence");
    tcase_set_timeout(c, 120.0);
    tcase_add_test(c, evidence_of_a_biased_step_is_allowed_for);
    tcase_add_test(c, standard_errors_are_those_of_the_law);
    tcase_add_test(c, moves_inside_a_bin_cancel);
    tcase_add_test(c, evidence_without_bias_costs_little);
    tcase_add_test(c, evidence_of_a_coarse_grid_is_allowed_for);
    tcase_add_test(c, truncation_conditions_both_sides_and_is_bounded);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
