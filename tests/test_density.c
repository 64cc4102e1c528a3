#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/density.h"
#include "tests/suite.h"

/* Cell averages of N(m, s^2), by error functions. */
static double gauss(double lo, double hi, double m, double s)
{
    const double u = (lo - m) / (s * sqrt(2.0)), v = (hi - m) / (s * sqrt(2.0));
    const double mass = u > 0.0 ? erfc(u) - erfc(v) : erfc(-v) - erfc(-u);
    return 0.5 * mass / (hi - lo);
}

static fk_grid line(double lo, double hi, size_t n)
{
    return fk_grid_make(1, (fk_axis[]){{lo, hi, n}});
}

static double *gauss_new(const fk_grid *g, double m, double s)
{
    const fk_axis *a = &g->axis[0];
    double *p = malloc(a->cells * sizeof *p);
    for (size_t i = 0; i < a->cells; i++)
        p[i] = gauss(fk_axis_edge(a, i), fk_axis_edge(a, i + 1), m, s);
    return p;
}

START_TEST(gaussian_has_its_moments_and_entropy)
{
    const fk_grid g = line(-9.0, 11.0, 100);
    double *p = gauss_new(&g, 0.37, 0.83);
    double mean, var;
    fk_density_moments(&g, p, &mean, &var);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), 1.0, 1e-14);
    ck_assert_double_eq_tol(mean, 0.37, 1e-13);
    ck_assert_double_eq_tol(var, 0.83 * 0.83, 1e-12);
    ck_assert_double_eq(fk_density_min(&g, p), p[99]);
    free(p);

    /* entropy of cell averages differs by h^2 / 24 int p'^2 / p = h^2 / (24 s^2) */
    const fk_grid fine = line(-9.0, 11.0, 2000);
    p = gauss_new(&fine, 0.37, 0.83);
    const double exact = 0.5 * log(2.0 * M_PI * M_E * 0.83 * 0.83);
    const double cells = 1e-4 / (24.0 * 0.83 * 0.83);
    ck_assert_double_eq_tol(fk_density_entropy(&fine, p), exact + cells, 1e-9);
    free(p);
}
END_TEST

/* Up to walls: p = 2 x on [0, 1] has mean 2/3 and variance 1/18 on any cells. */
START_TEST(moments_are_right_at_walls)
{
    for (size_t n = 3; n < 40; n += 9) {
        const fk_grid g = line(0.0, 1.0, n);
        double p[40], mean, var;
        for (size_t i = 0; i < n; i++)
            p[i] = 2.0 * fk_axis_centre(&g.axis[0], i);
        fk_density_moments(&g, p, &mean, &var);
        ck_assert_double_eq_tol(mean, 2.0 / 3.0, 1e-14);
        ck_assert_double_eq_tol(var, 1.0 / 18.0, 1e-14);
    }
    const fk_grid g = line(-1.0, 4.0, 10);
    double point[10] = {0.0, 0.0, 0.0, 2.0}, mean, var;
    fk_density_moments(&g, point, &mean, &var);
    ck_assert_double_eq_tol(mean, 0.75, 1e-15);
    ck_assert_double_eq(var, 0.0);
}
END_TEST

/* Two product Gaussians: the covariance is that of their means. */
START_TEST(covariance_of_two_clumps)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-8.0, 8.0, 80}, {-7.0, 9.0, 60}});
    double *p = malloc(4800 * sizeof *p);
    for (size_t j = 0; j < 60; j++)
        for (size_t i = 0; i < 80; i++) {
            const fk_axis *x = &g.axis[0], *y = &g.axis[1];
            const double x0 = fk_axis_edge(x, i), x1 = fk_axis_edge(x, i + 1);
            const double y0 = fk_axis_edge(y, j), y1 = fk_axis_edge(y, j + 1);
            p[i + 80 * j] = 0.3 * gauss(x0, x1, -1.1, 0.6) * gauss(y0, y1, 0.2, 0.7) +
                            0.7 * gauss(x0, x1, 0.9, 0.5) * gauss(y0, y1, 1.6, 0.8);
        }
    double mean[2], cov[4];
    fk_density_moments(&g, p, mean, cov);
    const double w = 0.3 * 0.7; /* spread of the two means: w delta delta^T */
    ck_assert_double_eq_tol(mean[0], 0.3 * -1.1 + 0.7 * 0.9, 1e-12);
    ck_assert_double_eq_tol(mean[1], 0.3 * 0.2 + 0.7 * 1.6, 1e-12);
    ck_assert_double_eq_tol(cov[0], 0.3 * 0.36 + 0.7 * 0.25 + w * 4.0, 1e-11);
    ck_assert_double_eq_tol(cov[3], 0.3 * 0.49 + 0.7 * 0.64 + w * 1.96, 1e-11);
    ck_assert_double_eq_tol(cov[1], w * 2.0 * 1.4, 1e-11);
    ck_assert_double_eq(cov[1], cov[2]);

    double m[80];
    fk_density_marginal(&g, p, 1, m);
    for (size_t j = 0; j < 60; j++) {
        const double y0 = fk_axis_edge(&g.axis[1], j),
                     y1 = fk_axis_edge(&g.axis[1], j + 1);
        ck_assert_double_eq_tol(
            m[j], 0.3 * gauss(y0, y1, 0.2, 0.7) + 0.7 * gauss(y0, y1, 1.6, 0.8), 1e-14);
    }
    free(p);
}
END_TEST

/* N(m, s^2) against N(m + d, s^2): L1 = 2 erf(d / (2 sqrt 2 s)), KL = d^2 / (2 s^2),
 * Hellinger^2 = 1 - exp(-d^2 / (8 s^2)), W1 = d, L2^2 = (1 - e^{-d^2/4s^2}) / (s sqrt pi). */
START_TEST(distances_between_shifted_gaussians)
{
    const fk_grid g = line(-8.0, 9.0, 6800);
    const double s = 0.9, d = 0.43;
    double *p = gauss_new(&g, 0.1, s), *q = gauss_new(&g, 0.1 + d, s), w1;
    ck_assert_double_eq_tol(fk_density_l1(&g, p, q),
                            2.0 * erf(d / (2.0 * sqrt(2.0) * s)), 2e-6);
    ck_assert_double_eq_tol(fk_density_kl(&g, p, q), d * d / (2.0 * s * s), 1e-6);
    ck_assert_double_eq_tol(fk_density_hellinger(&g, p, q),
                            sqrt(1.0 - exp(-d * d / (8.0 * s * s))), 1e-6);
    ck_assert_double_eq_tol(
        fk_density_l2(&g, p, q),
        sqrt((1.0 - exp(-d * d / (4.0 * s * s))) / (s * sqrt(M_PI))), 1e-6);
    ck_assert(fk_density_w1(&g, p, q, &w1) == FK_OK);
    ck_assert_double_eq_tol(w1, d, 1e-12);
    free(p);
    free(q);
}
END_TEST

START_TEST(w1_handles_crossing_scaling_and_marginals)
{
    /* uniform against all in the middle cell of three, mass 2: F - G at the edges is
     * 0, 1/3, -1/3, 0 and crosses zero in the middle cell */
    const fk_grid g = line(0.0, 3.0, 3);
    double w1;
    const double p[] = {2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0}, q[] = {0.0, 2.0, 0.0};
    ck_assert(fk_density_w1(&g, p, q, &w1) == FK_OK);
    ck_assert_double_eq_tol(w1, 1.0 / 6.0 + 1.0 / 6.0 + 1.0 / 6.0, 1e-15);

    /* in the plane: a unit of mass moved by (2 h_x, 3 h_y); the larger shift counts */
    const fk_grid plane = fk_grid_make(2, (fk_axis[]){{0.0, 5.0, 5}, {0.0, 1.0, 5}});
    double u[25] = {0.0}, v[25] = {0.0};
    u[1 + 5 * 1] = 5.0;
    v[3 + 5 * 4] = 5.0;
    ck_assert(fk_density_w1(&plane, u, v, &w1) == FK_OK);
    ck_assert_double_eq_tol(w1, 2.0, 1e-14);
    ck_assert_double_eq(fk_density_kl(&plane, u, v), INFINITY);

    const double none[] = {0.0, 0.0, 0.0};
    ck_assert(fk_density_w1(&g, p, none, &w1) == FK_EDOMAIN);
}
END_TEST

/* sqrt(2 / (pi N h)) int sqrt p: .00799 for N = 1e6, h = .05, N(0, 1), in bins that
 * expect many; in empty tails the exact mean deviation is 2 P, not sqrt(P / N). */
START_TEST(noise_floor_of_a_histogram)
{
    const fk_grid g = line(-7.0, 7.0, 280);
    double *p = gauss_new(&g, 0.0, 1.0);
    const double formula = sqrt(2.0 / (M_PI * 1e6 * 0.05)) * pow(8.0 * M_PI, 0.25);
    ck_assert_double_eq_tol(formula, 0.00799, 5e-6);
    ck_assert_double_eq_tol(fk_density_noise_floor(&g, p, 1e6), formula,
                            0.01 * formula);
    free(p);

    /* one coin of n = 7 throws by hand: E|X - n P| / n in each of two cells */
    const fk_grid two = line(0.0, 2.0, 2);
    const double P = 0.31, coin[] = {P, 1.0 - P};
    double direct = 0.0, choose = 1.0;
    for (int k = 0; k <= 7; k++) {
        direct += choose * pow(P, k) * pow(1.0 - P, 7 - k) * fabs(k - 7 * P) / 7.0;
        choose *= (7.0 - k) / (k + 1.0);
    }
    ck_assert_double_eq_tol(fk_density_noise_floor(&two, coin, 7.0), 2.0 * direct,
                            1e-14);

    /* both branches of the formula meet */
    const double below[] = {99.999e-9, 0.0}, above[] = {100.001e-9, 0.0};
    const double a = fk_density_noise_floor(&two, below, 1e9);
    const double b = fk_density_noise_floor(&two, above, 1e9);
    ck_assert_double_eq_tol(a / b, 1.0, 2e-3);
}
END_TEST

START_TEST(counts_become_a_density)
{
    const fk_grid g = line(0.0, 1.0, 4);
    double p[4];
    fk_density_from_counts(&g, (uint64_t[]){3, 0, 5, 1}, 10.0, p);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), 0.9, 1e-15);
    ck_assert_double_eq_tol(p[2], 2.0, 1e-15);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("density");
    TCase *t = tcase_create("density");
    tcase_add_test(t, gaussian_has_its_moments_and_entropy);
    tcase_add_test(t, moments_are_right_at_walls);
    tcase_add_test(t, covariance_of_two_clumps);
    tcase_add_test(t, distances_between_shifted_gaussians);
    tcase_add_test(t, w1_handles_crossing_scaling_and_marginals);
    tcase_add_test(t, noise_floor_of_a_histogram);
    tcase_add_test(t, counts_become_a_density);
    suite_add_tcase(s, t);
    return run_suite(s);
}
