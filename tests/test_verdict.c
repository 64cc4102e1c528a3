/* The verdict on samples drawn from known laws: its words, its budget, its sentences.
 * tests/test_honesty.c does the same with simulations. */
#include "experiments/verdict.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/budget.h"
#include "tests/suite.h"

enum { CELLS = 80 };

static const char *const names[] = {"x", "y", "z"};
static const fk_problem_compare standard = {
    .tolerance = 0.1, .significance = 0.05, .power = 0.9, .least = 10.0};

static fk_domain line(fk_boundary lo, fk_boundary hi)
{
    fk_domain d = {.grid = fk_grid_make(1, &(fk_axis){-4.0, 4.0, CELLS})};
    d.face[0][0] = lo;
    d.face[0][1] = hi;
    return d;
}

/* Cell averages of N(mean, sd^2); returns the mass beyond the grid. */
static double normal(const fk_grid *g, double mean, double sd, double *p)
{
    const fk_axis *a = &g->axis[0];
    double inside = 0.0;
    for (size_t i = 0; i < a->cells; i++) {
        const double m = gsl_cdf_ugaussian_P((fk_axis_edge(a, i + 1) - mean) / sd) -
                         gsl_cdf_ugaussian_P((fk_axis_edge(a, i) - mean) / sd);
        p[i] = m / fk_axis_width(a);
        inside += m;
    }
    return 1.0 - inside;
}

/* n draws from p and the rest: count[cells], what is left in `outside`. */
static void draw(gsl_rng *rng, const fk_grid *g, const double *p, double outside,
                 unsigned n, uint64_t *count, uint64_t *out)
{
    const size_t cells = fk_grid_cells(g);
    double *mass = calloc(cells + 1, sizeof *mass);
    unsigned *k = calloc(cells + 1, sizeof *k);
    for (size_t c = 0; c < cells; c++)
        mass[c] = p[c] * fk_grid_volume(g);
    mass[cells] = outside;
    gsl_ran_multinomial(rng, cells + 1, n, mass, k);
    for (size_t c = 0; c < cells; c++)
        count[c] = k[c];
    *out = k[cells];
    free(mass);
    free(k);
}

static gsl_rng *seeded(unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    return rng;
}

static fk_comparison compare(const fk_domain *d, const uint64_t *count,
                             uint64_t outside, const double *p, double beyond,
                             const fk_step_evidence *step, const fk_grid_evidence *grid,
                             const fk_problem_compare *asked)
{
    fk_comparison c;
    const fk_sample s = {.name = "particles", .count = count, .outside = outside};
    const fk_reference r = {.name = "exact", .p = p, .outside = beyond};
    const fk_compare_input in = {.domain = d,
                                 .variable = names,
                                 .t = 1.0,
                                 .sample = &s,
                                 .reference = &r,
                                 .step = step,
                                 .grid = grid,
                                 .asked = asked,
                                 .comparisons = 1};
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_OK);
    return c;
}

static const char *sentence(const fk_comparison *c, size_t n, const fk_domain *d,
                            const fk_problem_compare *asked)
{
    static char text[FK_SENTENCE];
    fk_verdict_sentence(n, c, d, names, asked, text);
    return text;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double uniformity(size_t n, double *p)
{
    double d = 0.0;
    qsort(p, n, sizeof *p, ascending);
    for (size_t i = 0; i < n; i++)
        d = fmax(d, fmax(((double)i + 1.0) / (double)n - p[i],
                         p[i] - (double)i / (double)n));
    return fk_kolmogorov_tail(sqrt((double)n) * d);
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
    tcase_add_test(c, evidence_of_a_biased_step_is_allowed_for);
    tcase_add_test(c, standard_errors_are_those_of_the_law);
    tcase_add_test(c, moves_inside_a_bin_cancel);
    tcase_add_test(c, evidence_without_bias_costs_little);
    tcase_add_test(c, evidence_of_a_coarse_grid_is_allowed_for);
    tcase_add_test(c, truncation_conditions_both_sides_and_is_bounded);
    tcase_add_test(c, two_variables_compare_their_covariance);
    tcase_add_test(c, densities_are_held_to_the_tolerance_and_words_combine);
    suite_add_tcase(s, c);
    return run_suite(s);
}
