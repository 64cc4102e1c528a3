/* Goodness of fit: bins, and tests over many samples. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/goodness.h"
#include "tests/suite.h"
#include "tests/uniformity.h"

#define NEAR(a, b, relative) \
    ck_assert_double_eq_tol(a, b, fmax((relative)*fabs(b), 1e-290))

/* ---- bins ---- */

/* A normal density in each variable as masses [cells + 1]; the rest outside. */
static double *normal_mass(const fk_grid *g, const double *mean, double sd)
{
    const size_t cells = fk_grid_cells(g);
    double *mass = calloc(cells + 1, sizeof *mass), inside = 0.0;
    for (size_t c = 0; c < cells; c++) {
        size_t at[FK_GRID_DIM];
        fk_grid_unravel(g, c, at);
        mass[c] = 1.0;
        for (size_t i = 0; i < g->dim; i++)
            mass[c] *=
                gsl_cdf_ugaussian_P((fk_axis_edge(&g->axis[i], at[i] + 1) - mean[i]) /
                                    sd) -
                gsl_cdf_ugaussian_P((fk_axis_edge(&g->axis[i], at[i]) - mean[i]) / sd);
        inside += mass[c];
    }
    mass[cells] = 1.0 - inside;
    return mass;
}

static fk_bins *bins_of(const fk_grid *g, const double *mass, double count,
                        double least)
{
    fk_bins *b = NULL;
    ck_assert_int_eq(fk_bins_new(g, mass, count, least, &b), FK_OK);
    return b;
}

static void check_expectations(const fk_bins *b, const double *mass, double count,
                               double least)
{
    double *sum = calloc(b->n, sizeof *sum), total = 0.0;
    fk_bins_sum(b, mass, sum);
    for (size_t i = 0; i < b->n; i++) {
        ck_assert_double_eq_tol(sum[i], b->q[i], 1e-12);
        ck_assert_double_ge(count * b->q[i], least * (1.0 - 1e-9));
        total += b->q[i];
    }
    ck_assert_double_eq_tol(total, 1.0, 1e-12);
    free(sum);
}

START_TEST(bins_expect_enough_and_could_not_be_finer)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){-4.0, 4.0, 301});
    double *mass = normal_mass(&g, (double[]){0.37}, 0.8);
    const double count = 2e4, least = 10.0;
    fk_bins *b = bins_of(&g, mass, count, least);
    check_expectations(b, mass, count, least);
    ck_assert_uint_gt(b->n, 150);

    /* intervals, numbered from the left; none of several cells could be cut */
    double *largest = calloc(b->n, sizeof *largest);
    size_t *n_cells = calloc(b->n, sizeof *n_cells);
    for (size_t i = 0; i < b->cells; i++) {
        if (i > 0)
            ck_assert(b->bin[i] == b->bin[i - 1] || b->bin[i] == b->bin[i - 1] + 1);
        largest[b->bin[i]] = fmax(largest[b->bin[i]], mass[i]);
        n_cells[b->bin[i]]++;
    }
    for (size_t i = 0; i < b->n; i++)
        if (n_cells[i] > 1)
            ck_assert_double_lt(count * (b->q[i] - largest[i]), 2.0 * least);
    free(largest);
    free(n_cells);
    free(mass);
    fk_bins_free(b);
}
END_TEST

START_TEST(a_narrow_density_in_a_wide_box_keeps_its_resolution)
{
    const fk_axis axes[] = {{-40.0, 40.0, 256}, {-10.0, 10.0, 96}};
    const fk_grid g = fk_grid_make(2, axes);
    double *mass = normal_mass(&g, (double[]){17.3, -6.1}, 0.9);
    fk_bins *b = bins_of(&g, mass, 1e5, 10.0);
    check_expectations(b, mass, 1e5, 10.0);
    size_t could = 0; /* cells that expect enough on their own */
    for (size_t i = 0; i < b->cells; i++)
        could += mass[i] * 1e5 >= 10.0;
    ck_assert_uint_ge(b->n, could / 2);
    fk_bins *again = bins_of(&g, mass, 1e5, 10.0);
    ck_assert_uint_eq(again->n, b->n);
    ck_assert(memcmp(again->bin, b->bin, (b->cells + 1) * sizeof *b->bin) == 0);
    fk_bins_free(again);
    fk_bins_free(b);
    free(mass);
}
END_TEST

START_TEST(with_many_counts_every_cell_is_a_bin)
{
    const fk_axis axes[] = {{-1.0, 1.0, 7}, {-2.0, 1.0, 5}, {0.0, 1.0, 3}};
    const fk_grid g = fk_grid_make(3, axes);
    double *mass = normal_mass(&g, (double[]){0.2, -0.4, 0.3}, 0.9);
    fk_bins *b = bins_of(&g, mass, 1e9, 5.0);
    ck_assert_uint_eq(b->n, 7 * 5 * 3 + 1);
    ck_assert_uint_eq(b->bin[105], 105); /* the rest stays apart */
    fk_bins_free(b);
    free(mass);
}
END_TEST

START_TEST(a_small_rest_joins_the_smallest_bin)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){0.0, 1.0, 4});
    const double mass[] = {0.3, 0.1, 0.4, 0.199, 0.001};
    fk_bins *b = bins_of(&g, mass, 1000.0, 10.0);
    ck_assert_uint_eq(b->n, 4);
    ck_assert_uint_eq(b->bin[4], 1);
    ck_assert_double_eq_tol(b->q[1], 0.101, 1e-15);
    fk_bins_free(b);

    b = bins_of(&g, mass, 1e5, 10.0);
    ck_assert_uint_eq(b->n, 5);
    ck_assert_uint_eq(b->bin[4], 4);
    fk_bins_free(b);

    /* nearly all beyond the grid, none counted, nothing at all, nonsense */
    const double far[] = {1e-9, 0.0, 0.0, 1e-9, 3.0};
    b = bins_of(&g, far, 1000.0, 10.0);
    ck_assert_uint_eq(b->n, 1);
    ck_assert_double_eq_tol(b->q[0], 1.0, 1e-15);
    fk_bins_free(b);
    b = bins_of(&g, mass, 0.0, 10.0);
    ck_assert_uint_eq(b->n, 1);
    fk_bins_free(b);
    const double none[5] = {0.0}, wrong[] = {0.3, NAN, 0.4, 0.2, 0.1};
    ck_assert_int_eq(fk_bins_new(&g, none, 1000.0, 10.0, &b), FK_EDOMAIN);
    ck_assert_ptr_null(b);
    ck_assert_int_eq(fk_bins_new(&g, wrong, 1000.0, 10.0, &b), FK_EDOMAIN);
    fk_bins_free(NULL);
}
END_TEST

/* ---- tests over many samples ---- */

enum { CELLS = 60, RUNS = 2000, N = 3000 };

static void draw(gsl_rng *rng, const double *law, uint64_t *count)
{
    unsigned n[CELLS + 1];
    gsl_ran_multinomial(rng, CELLS + 1, N, law, n);
    for (size_t i = 0; i <= CELLS; i++)
        count[i] = n[i];
}

START_TEST(p_values_are_uniform_under_the_null)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){-3.0, 3.0, CELLS});
    double *mass = normal_mass(&g, (double[]){0.2}, 0.9), p[RUNS], ks[RUNS];
    fk_bins *b = bins_of(&g, mass, N, 5.0);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 20240607);
    size_t far = 0, ks_far = 0;
    for (size_t run = 0; run < RUNS; run++) {
        uint64_t count[CELLS + 1], binned[CELLS + 1];
        fk_chi_square chi;
        fk_ks k;
        draw(rng, mass, count);
        fk_bins_count(b, count, binned);
        fk_chi_square_test(b, binned, 0.0, 0.05, 0.9, &chi);
        fk_ks_test(&g.axis[0], count, mass, 0.0, &k);
        ck_assert_double_eq(chi.p_strict, chi.p_value);
        p[run] = chi.p_value;
        ks[run] = k.p_value;
        far += p[run] < 0.01;
        ks_far += ks[run] < 0.05;
    }
    ck_assert_double_gt(uniformity(RUNS, p), 1e-4);
    /* 20 +- 4.45; the steps of the KS distance may only make it shyer: 100 +- 9.7 */
    ck_assert_uint_ge(far, 3);
    ck_assert_uint_le(far, 42);
    ck_assert_uint_le(ks_far, 148);
    ck_assert_uint_ge(ks_far, 30);
    gsl_rng_free(rng);
    fk_bins_free(b);
    free(mass);
}
END_TEST

/* law[i] = mass[i] (1 +- eps): a law at chi-distance eps from mass */
static void tilt(const double *mass, const fk_bins *b, double eps, double *law)
{
    double up = 0.0, down = 0.0;
    for (size_t i = 0; i <= CELLS; i++)
        *(b->bin[i] % 2 == 0 ? &up : &down) += mass[i];
    /* chi^2 = up a^2 + down d^2 = eps^2 with up a = down d */
    const double a = eps * sqrt(down / (up * (up + down)));
    for (size_t i = 0; i <= CELLS; i++)
        law[i] = mass[i] * (b->bin[i] % 2 == 0 ? 1.0 + a : 1.0 - a * up / down);
}

START_TEST(the_allowance_and_the_detection_limit_are_what_they_say)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){-3.0, 3.0, CELLS});
    double *mass = normal_mass(&g, (double[]){0.2}, 0.9), law[CELLS + 1], p[RUNS];
    fk_bins *b = bins_of(&g, mass, N, 10.0);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 77);
    const double allowance = 0.11, power = 0.9, level = 0.01;
    fk_chi_square chi;
    uint64_t count[CELLS + 1], binned[CELLS + 1];

    /* a law as wrong as the allowance admits gives uniform p-values */
    tilt(mass, b, allowance, law);
    for (size_t run = 0; run < RUNS; run++) {
        draw(rng, law, count);
        fk_bins_count(b, count, binned);
        fk_chi_square_test(b, binned, allowance, level, power, &chi);
        p[run] = chi.p_value;
        ck_assert_double_le(chi.p_strict, chi.p_value);
    }
    ck_assert_double_gt(uniformity(RUNS, p), 1e-4);

    /* a law at the detection limit is found as often as the power says */
    size_t found = 0;
    tilt(mass, b, chi.detectable, law);
    for (size_t run = 0; run < RUNS; run++) {
        draw(rng, law, count);
        fk_bins_count(b, count, binned);
        fk_chi_square_test(b, binned, allowance, level, power, &chi);
        found += chi.p_value < level;
    }
    /* 1800 +- 13.4, and the law's own departure from the limit of small differences */
    ck_assert_double_eq_tol((double)found / RUNS, power, 0.034);
    gsl_rng_free(rng);
    fk_bins_free(b);
    free(mass);
}
END_TEST

START_TEST(the_worst_bin_is_named_with_its_sign)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){0.0, 4.0, 4});
    const double mass[] = {0.25, 0.25, 0.25, 0.25, 0.0};
    const uint64_t count[] = {250, 190, 300, 260};
    fk_bins *b = bins_of(&g, mass, 1000.0, 10.0);
    fk_chi_square chi;
    fk_chi_square_test(b, count, 0.0, 0.01, 0.9, &chi);
    ck_assert_uint_eq(chi.worst_bin, 1);
    ck_assert_double_eq_tol(chi.worst_sigma, -60.0 / sqrt(250.0), 1e-12);
    ck_assert_double_eq_tol(chi.statistic, (3600.0 + 2500.0 + 100.0) / 250.0, 1e-12);
    ck_assert_uint_eq(chi.dof, 3);
    fk_bins_free(b);

    fk_ks ks;
    const uint64_t all[] = {250, 190, 300, 260, 0};
    fk_ks_test(&g.axis[0], all, mass, 0.0, &ks);
    ck_assert_double_eq_tol(ks.distance, 0.06, 1e-14);
    ck_assert_double_eq_tol(ks.position, 2.0, 1e-14);
    const double strict = ks.p_value;
    fk_ks_test(&g.axis[0], all, mass, 0.05, &ks);
    ck_assert_double_gt(ks.p_value, strict);
    fk_ks_test(&g.axis[0], all, mass, 0.06, &ks);
    ck_assert_double_eq_tol(ks.p_value, 1.0, 1e-12);
}
END_TEST

/* All counts (a, b, 5 - a - b) of 5 draws, with their probabilities: the variance of the
 * statistic is what the p-value's law must have. */
START_TEST(few_counts_have_their_exact_variance)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){0.0, 3.0, 3});
    const double q[] = {0.62, 0.31, 0.07, 0.0};
    fk_bins *b = bins_of(&g, q, 1e6, 1.0);
    double mean = 0.0, square = 0.0;
    for (unsigned i = 0; i <= 5; i++)
        for (unsigned j = 0; i + j <= 5; j++) {
            const unsigned n[] = {i, j, 5 - i - j};
            const double p = gsl_ran_multinomial_pdf(3, q, n);
            double x = 0.0;
            for (size_t k = 0; k < 3; k++)
                x += gsl_pow_2(n[k] - 5.0 * q[k]) / (5.0 * q[k]);
            mean += p * x;
            square += p * x * x;
        }
    ck_assert_double_eq_tol(mean, 2.0, 1e-12);
    const double c = (square - mean * mean) / 4.0;
    ck_assert_double_gt(c, 1.2);
    fk_chi_square chi;
    fk_chi_square_test(b, (uint64_t[]){2, 1, 2}, 0.0, 0.01, 0.9, &chi);
    NEAR(chi.p_value, fk_noncentral_tail(chi.statistic / c, 2.0 / c, 0.0), 1e-9);
    fk_bins_free(b);
}
END_TEST

START_TEST(kolmogorov_is_right_for_few_draws_and_sees_the_rest)
{
    enum { FINE = 2000, DRAWS = 10, MANY = 20000 };
    const fk_axis axis = {0.0, 1.0, FINE};
    static double mass[FINE + 1];
    static uint64_t count[FINE + 1];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, 5);
    size_t low = 0, tiny = 0;
    for (size_t i = 0; i < FINE; i++)
        mass[i] = 1.0 / FINE;
    for (size_t run = 0; run < MANY; run++) {
        fk_ks ks;
        memset(count, 0, sizeof count);
        for (size_t i = 0; i < DRAWS; i++)
            count[gsl_rng_uniform_int(rng, FINE)]++;
        fk_ks_test(&axis, count, mass, 0.0, &ks);
        low += ks.p_value < 0.2;
        tiny += ks.p_value < 0.02;
    }
    /* 4000 +- 57, 400 +- 20; Stephens' form is good to some per cent of p */
    ck_assert_double_eq_tol((double)low / MANY, 0.2, 0.02);
    ck_assert_double_eq_tol((double)tiny / MANY, 0.02, 0.006);
    gsl_rng_free(rng);

    const fk_axis two = {0.0, 2.0, 2};
    fk_ks ks;
    fk_ks_test(&two, (uint64_t[]){50, 40, 10}, (double[]){1.0, 0.8, 0.2}, 0.0, &ks);
    ck_assert_double_eq_tol(ks.distance, 0.0, 1e-14);
    fk_ks_test(&two, (uint64_t[]){50, 50, 0}, (double[]){1.0, 0.8, 0.2}, 0.0, &ks);
    ck_assert_double_eq_tol(ks.distance, 0.1, 1e-14);
    ck_assert_double_eq(ks.position, 2.0);
    fk_ks_test(&two, (uint64_t[]){0, 0, 0}, (double[]){1.0, 0.8, 0.2}, 0.0, &ks);
    ck_assert_double_eq(ks.p_value, 1.0);
}
END_TEST

START_TEST(one_bin_tells_nothing)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){0.0, 4.0, 4});
    const double mass[] = {0.25, 0.25, 0.25, 0.25, 0.0};
    fk_bins *b = bins_of(&g, mass, 10.0, 10.0);
    fk_chi_square chi;
    fk_chi_square_test(b, (uint64_t[]){10}, 0.0, 0.01, 0.9, &chi);
    ck_assert_double_eq(chi.p_value, 1.0);
    ck_assert(isinf(chi.detectable));
    fk_bins_free(b);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("goodness");
    TCase *c = tcase_create("goodness");
    tcase_set_timeout(c, 60.0);
    tcase_add_test(c, bins_expect_enough_and_could_not_be_finer);
    tcase_add_test(c, a_narrow_density_in_a_wide_box_keeps_its_resolution);
    tcase_add_test(c, with_many_counts_every_cell_is_a_bin);
    tcase_add_test(c, a_small_rest_joins_the_smallest_bin);
    tcase_add_test(c, p_values_are_uniform_under_the_null);
    tcase_add_test(c, the_allowance_and_the_detection_limit_are_what_they_say);
    tcase_add_test(c, the_worst_bin_is_named_with_its_sign);
    tcase_add_test(c, few_counts_have_their_exact_variance);
    tcase_add_test(c, kolmogorov_is_right_for_few_draws_and_sees_the_rest);
    tcase_add_test(c, one_bin_tells_nothing);
    suite_add_tcase(s, c);
    return run_suite(s);
}
