/* Kernel density estimates of counts, and confidence bands. */
#include "core/smooth.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/interval.h"
#include "tests/suite.h"

enum { CELLS = 240 };
static const double TAIL = 0.025;

/* A law on [lo, hi] by its distribution function. */
typedef struct law {
    fk_domain d;
    double (*below)(double x);
} law;

static law on_line(double lo, double hi, size_t cells, fk_boundary low,
                   fk_boundary high, double (*below)(double x))
{
    return (law){.d = {.grid = fk_grid_make(1, &(fk_axis){lo, hi, cells}),
                       .face = {{low, high}}},
                 .below = below};
}

static double cell_mass(const law *l, size_t c)
{
    const fk_axis *a = &l->d.grid.axis[0];
    return l->below(fk_axis_edge(a, c + 1)) - l->below(fk_axis_edge(a, c));
}

/* Multinomial counts; what is beyond the cells is drawn too. */
static void draw(const law *l, gsl_rng *r, unsigned n, uint64_t *count)
{
    double mass[CELLS + 1], rest = 1.0;
    unsigned drawn[CELLS + 1];
    for (size_t c = 0; c < CELLS; c++)
        rest -= mass[c] = cell_mass(l, c);
    mass[CELLS] = fmax(rest, 0.0);
    gsl_ran_multinomial(r, CELLS + 1, n, mass, drawn);
    for (size_t c = 0; c < CELLS; c++)
        count[c] = drawn[c];
}

static double normal(double x)
{
    return gsl_cdf_ugaussian_P(x);
}

/* Two humps, which the normal rule smooths away. */
static double humps(double x)
{
    return 0.6 * normal((x + 1.2) / 0.3) + 0.4 * normal((x - 1.0) / 0.4);
}

/* exp(-x) on [0, oo), halved Gaussian, and the ramp 2 x on [0, 1] */
static double decay(double x)
{
    return x > 0.0 ? -expm1(-x) : 0.0;
}
static double half(double x)
{
    return x > 0.0 ? 2.0 * normal(x) - 1.0 : 0.0;
}
static double ramp(double x)
{
    return x * x;
}
static double wave(double x) /* (1 + 0.7 cos x) / (2 pi) on the circle */
{
    return (x + 0.7 * sin(x)) / (2.0 * M_PI);
}

/* For a normal density the fixed point is near the rule for normal densities; humps get
 * a bandwidth of their own width, a fraction of what that rule would say. */
START_TEST(bandwidths_fit_the_law)
{
    gsl_rng *r = gsl_rng_alloc(gsl_rng_taus);
    const unsigned n = 100000;
    uint64_t count[CELLS];
    double h[FK_GRID_DIM];
    law l = on_line(-6.0, 6.0, CELLS, FK_OPEN, FK_OPEN, normal);
    draw(&l, r, n, count);
    ck_assert_int_eq(fk_smooth_bandwidth(&l.d, count, h), FK_OK);
    const double rule = pow(4.0 / (3.0 * n), 0.2);
    ck_assert_double_eq_tol(h[0], rule, 0.15 * rule);
    l = on_line(-4.0, 4.0, CELLS, FK_OPEN, FK_OPEN, humps);
    draw(&l, r, n, count);
    ck_assert_int_eq(fk_smooth_bandwidth(&l.d, count, h), FK_OK);
    ck_assert_double_eq_tol(h[0], 0.35 * rule, 0.1 * rule);
    gsl_rng_free(r);
}
END_TEST

/* Closed faces keep the mass; a density that is linear up to an open or absorbing face is
 * met without bias, one that is even at a reflecting face too. */
START_TEST(faces_are_met_without_bias)
{
    const double h[FK_GRID_DIM] = {0.08};
    const fk_boundary kind[] = {FK_REFLECTING, FK_PERIODIC};
    double p[CELLS], error[CELLS];
    uint64_t count[CELLS];
    for (size_t k = 0; k < 2; k++) {
        const law l = on_line(0.0, 1.0, CELLS, kind[k], kind[k], ramp);
        for (size_t c = 0; c < CELLS; c++)
            count[c] = (uint64_t)(1e12 * cell_mass(&l, c));
        ck_assert_int_eq(
            fk_smooth_density(&l.d, count, 1e12, h, FK_SMOOTH_FASTER, p, error), FK_OK);
        ck_assert_double_eq_tol(fk_density_mass(&l.d.grid, p), 1.0, 1e-9);
    }
    const law l = on_line(0.0, 1.0, CELLS, FK_ABSORBING, FK_OPEN, ramp);
    for (size_t c = 0; c < CELLS; c++)
        count[c] = (uint64_t)(1e12 * cell_mass(&l, c));
    ck_assert_int_eq(
        fk_smooth_density(&l.d, count, 1e12, h, FK_SMOOTH_FASTER, p, error), FK_OK);
    for (size_t c = 0; c < CELLS; c++)
        ck_assert_double_eq_tol(p[c], CELLS * cell_mass(&l, c), 1e-8);
}
END_TEST

/* Share of cells and samples whose band holds the density there, over `repeats` samples;
 * cells that expect less than `least` counts are left out. */
static double coverage(const law *l, int histogram, unsigned n, size_t repeats,
                       double least)
{
    gsl_rng *r = gsl_rng_alloc(gsl_rng_taus);
    double h[FK_GRID_DIM], p[CELLS], error[CELLS], lower[CELLS], upper[CELLS];
    uint64_t count[CELLS];
    double held = 0.0, all = 0.0;
    for (size_t k = 0; k < repeats; k++) {
        draw(l, r, n, count);
        if (histogram) {
            fk_histogram_band(&l->d.grid, count, n, TAIL, lower, upper);
        } else {
            ck_assert_int_eq(fk_smooth_bandwidth(&l->d, count, h), FK_OK);
            h[0] *= fk_undersmoothing(n, 1);
            ck_assert_int_eq(
                fk_smooth_density(&l->d, count, n, h, FK_SMOOTH_FASTER, p, error),
                FK_OK);
            fk_normal_band(CELLS, p, error, TAIL, lower, upper);
        }
        for (size_t c = 0; c < CELLS; c++) {
            const double truth = cell_mass(l, c) / fk_grid_volume(&l->d.grid);
            if (cell_mass(l, c) * n < least)
                continue;
            all += 1.0;
            held += truth >= lower[c] && truth <= upper[c];
        }
    }
    gsl_rng_free(r);
    return held / all;
}

/* Bands of the smooth estimate hold the density itself, at walls too: neighbouring cells
 * go together, so that 60 samples know the share to about 1 %. */
START_TEST(bands_hold_the_density)
{
    const law known[] = {
        on_line(-6.0, 6.0, CELLS, FK_OPEN, FK_OPEN, normal),
        on_line(-4.0, 4.0, CELLS, FK_OPEN, FK_OPEN, humps),
        on_line(0.0, 4.0, CELLS, FK_REFLECTING, FK_OPEN, half),
        on_line(0.0, 4.0, CELLS, FK_OPEN, FK_OPEN, decay),
        on_line(0.0, 1.0, CELLS, FK_ABSORBING, FK_OPEN, ramp),
        on_line(0.0, 2.0 * M_PI, CELLS, FK_PERIODIC, FK_PERIODIC, wave),
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const double smooth = coverage(&known[k], 0, 20000, 60, 5.0);
        const double counted = coverage(&known[k], 1, 20000, 60, 0.0);
        printf("# law %zu: smooth %.3f, histogram %.3f\n", k, smooth, counted);
        ck_assert_double_eq_tol(smooth, 0.95, 0.03);
        ck_assert_double_ge(counted, 0.95 - 0.003);
    }
}
END_TEST

/* P(count <= k | upper) = P(count >= k | lower) = tail, on both sides of where the
 * quantiles are replaced. */
START_TEST(poisson_intervals_are_exact)
{
    const unsigned k[] = {0, 1, 7, 100, 101, 5000};
    for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
        double lower, upper;
        fk_poisson_interval(k[i], TAIL, &lower, &upper);
        ck_assert_double_eq_tol(gsl_cdf_poisson_P(k[i], upper), TAIL, 1e-4);
        if (k[i] > 0)
            ck_assert_double_eq_tol(gsl_cdf_poisson_Q(k[i] - 1, lower), TAIL, 1e-4);
    }
}
END_TEST

/* In the plane: products of the axes' weights; its errors are those of repeated samples. */
START_TEST(planes_are_products_of_lines)
{
    enum { N = 16, REPEATS = 200 };
    const fk_axis axis[2] = {{0.0, 1.0, N}, {0.0, 2.0, N}};
    const fk_domain d = {
        .grid = fk_grid_make(2, axis),
        .face = {{FK_REFLECTING, FK_OPEN}, {FK_PERIODIC, FK_PERIODIC}}};
    const double h[FK_GRID_DIM] = {0.1, 0.15};
    gsl_rng *r = gsl_rng_alloc(gsl_rng_taus);
    double mass[N * N], p[N * N], error[N * N];
    double mean[N * N] = {0}, square[N * N] = {0}, told[N * N] = {0};
    for (size_t c = 0; c < N * N; c++)
        mass[c] = 1.0 + (double)(c % N) / N;
    for (size_t k = 0; k < REPEATS; k++) {
        unsigned drawn[N * N];
        uint64_t count[N * N];
        gsl_ran_multinomial(r, N * N, 2000, mass, drawn);
        for (size_t c = 0; c < N * N; c++)
            count[c] = drawn[c];
        ck_assert_int_eq(
            fk_smooth_density(&d, count, 2000.0, h, FK_SMOOTH_FASTER, p, error), FK_OK);
        for (size_t c = 0; c < N * N; c++) {
            mean[c] += p[c] / REPEATS;
            square[c] += p[c] * p[c] / REPEATS;
            told[c] += error[c] * error[c] / REPEATS;
        }
    }
    /* 200 samples know a variance to 10 % */
    for (size_t c = 0; c < N * N; c++) {
        const double scatter =
            (square[c] - mean[c] * mean[c]) * REPEATS / (REPEATS - 1.0);
        ck_assert_double_eq_tol(scatter, told[c], 0.5 * told[c]);
    }
    gsl_rng_free(r);
}
END_TEST

/* Transforms are the direct sums: all kinds of faces, in the plane along both axes. */
START_TEST(transforms_are_the_direct_sums)
{
    enum { N = 120, M = 97 };
    static const fk_boundary kind[][2] = {
        {FK_OPEN, FK_REFLECTING},      {FK_REFLECTING, FK_REFLECTING},
        {FK_PERIODIC, FK_PERIODIC},    {FK_ABSORBING, FK_OPEN},
        {FK_REFLECTING, FK_ABSORBING},
    };
    static uint64_t count[N * M];
    static double p[N * M], error[N * M], q[N * M], other[N * M];
    const double h[FK_GRID_DIM] = {9.3 / N, 7.1 / M};
    gsl_rng *r = gsl_rng_alloc(gsl_rng_taus);
    for (size_t c = 0; c < N * M; c++)
        count[c] = (uint64_t)gsl_ran_poisson(r, 3.0 + (double)(c % N) / 10.0);
    for (size_t k = 0; k < 5; k++) {
        const fk_axis axis[] = {{0.0, 1.0, N}, {0.0, 1.0, M}};
        fk_domain d = {.grid = fk_grid_make(2, axis)};
        double most = 0.0, most_error = 0.0;
        memcpy(d.face[0], kind[k], sizeof kind[k]);
        memcpy(d.face[1], kind[(k + 1) % 5], sizeof kind[k]);
        ck_assert_int_eq(
            fk_smooth_density(&d, count, 1e5, h, FK_SMOOTH_DIRECT, p, error), FK_OK);
        ck_assert_int_eq(
            fk_smooth_density(&d, count, 1e5, h, FK_SMOOTH_TRANSFORM, q, other), FK_OK);
        for (size_t c = 0; c < N * M; c++) {
            most = fmax(most, p[c]);
            most_error = fmax(most_error, error[c]);
        }
        for (size_t c = 0; c < N * M; c++) {
            ck_assert_double_eq_tol(p[c], q[c], 1e-13 * most);
            ck_assert_double_eq_tol(error[c], other[c], 1e-12 * most_error);
        }
    }
    gsl_rng_free(r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("smooth");
    TCase *cases = tcase_create("smooth");
    tcase_add_test(cases, bandwidths_fit_the_law);
    tcase_add_test(cases, faces_are_met_without_bias);
    tcase_add_test(cases, transforms_are_the_direct_sums);
    tcase_add_test(cases, bands_hold_the_density);
    tcase_add_test(cases, poisson_intervals_are_exact);
    tcase_add_test(cases, planes_are_products_of_lines);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
