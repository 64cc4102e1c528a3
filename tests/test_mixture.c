/* Gaussian mixtures: moments, and averages over cells. */
#include <check.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mixture_fixture.h"

static fk_mixture *gaussian(size_t dim, const double *mean, const double *cov)
{
    return mixture(dim, 1, (double[]){1.0}, mean, cov);
}

/* Cell averages of m, to be freed. */
static double *project(const fk_mixture *m, const fk_grid *g, double *outside)
{
    double *p = fk_doubles(fk_grid_cells(g));
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(fk_mixture_project(m, g, p, outside), FK_OK);
    return p;
}

/* P(lo < Z < hi) in extended precision, from the tail the interval lies in. */
static double interval(long double lo, long double hi)
{
    const long double root = sqrtl(0.5L);
    return (double)(lo + hi > 0.0L ? 0.5L * (erfcl(lo * root) - erfcl(hi * root))
                                   : 0.5L * (erfcl(-hi * root) - erfcl(-lo * root)));
}

/* ---- moments ---- */

/* E x y and E (x^2 + y^2) of the plane's mixture at t = 0.25, by quadrature elsewhere. */
START_TEST(moments_are_those_of_the_whole)
{
    double mean[2], cov[4];
    fk_mixture *m = three_in_the_plane(0.25);
    fk_mixture_moments(m, mean, cov);
    ck_assert_double_eq_tol(cov[1] + mean[0] * mean[1], 0.0479166945, 6e-11);
    ck_assert(cov[1] == cov[2]);
    ck_assert_double_eq_tol(cov[0] + cov[3] + mean[0] * mean[0] + mean[1] * mean[1],
                            2.2385361132, 6e-11);

    fk_mixture *copy;
    ck_assert_int_eq(fk_mixture_copy(m, &copy), FK_OK);
    m->mean[0] = m->cov[0] = m->weight[0] = 77.0;
    double again[2], cov_again[4];
    fk_mixture_moments(copy, again, cov_again);
    ck_assert(again[0] == mean[0] && cov_again[3] == cov[3]);
    fk_mixture_free(m);
    fk_mixture_free(copy);
    fk_mixture_free(NULL);
}
END_TEST

/* ---- projection ---- */

/* Relative error of every cell, wide ones and narrow ones, as far as doubles go. */
START_TEST(cells_on_a_line_are_exact_far_into_the_tails)
{
    const double mean = 0.731, sd = 0.37;
    fk_mixture *m = gaussian(1, &mean, (double[]){sd * sd});
    const size_t cells[] = {1, 7, 300, 10000, 400000};
    for (size_t n = 0; n < 5; n++) {
        const fk_grid g = fk_grid_make(1, (fk_axis[]){{-11.0, 12.3, cells[n]}});
        double outside, *p = project(m, &g, &outside), sum = 0.0;
        for (size_t c = 0; c < cells[n]; c++) {
            const long double lo =
                ((long double)fk_axis_edge(&g.axis[0], c) - mean) / sd;
            const long double hi =
                ((long double)fk_axis_edge(&g.axis[0], c + 1) - mean) / sd;
            const double exact = interval(lo, hi), z = (double)fabsl(lo + hi) / 2.0;
            sum += p[c] * fk_axis_width(&g.axis[0]);
            /* edges carry rounding errors of 12 eps, which e^(-z^2/2) turns to z / sd
             * times as much; a cell's width carries the same over the width */
            const double shaky =
                3e-15 / sd * (z + 1.0) + 3e-15 / fk_axis_width(&g.axis[0]) + 1e-12;
            if (exact > 1e-290)
                ck_assert_double_eq_tol(p[c] * fk_axis_width(&g.axis[0]), exact,
                                        shaky * exact);
        }
        ck_assert_double_eq_tol(sum, 1.0, 1e-12);
        ck_assert_double_le(outside, 1e-12);
        free(p);
    }
    fk_mixture_free(m);
}
END_TEST

START_TEST(mass_beyond_the_grid_is_outside)
{
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{-0.4, 1.9, 23}});
    fk_mixture *m = two_on_a_line(0.0);
    double outside, *p = project(m, &g, &outside);
    const double inside = 0.3 * interval((-0.4L + 1.5L) / 0.3L, (1.9L + 1.5L) / 0.3L) +
                          0.7 * interval((-0.4L - 1.0L) / 0.5L, (1.9L - 1.0L) / 0.5L);
    ck_assert_double_eq_tol(outside, 1.0 - inside, 1e-14);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), inside, 1e-14);
    ck_assert_int_eq(fk_mixture_project(m, &g, p, NULL), FK_OK);
    free(p);
    fk_mixture_free(m);
}
END_TEST

START_TEST(points_put_their_weight_into_one_cell)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-1.0, 1.0, 10}, {0.0, 2.0, 8}});
    /* in the plane; on an edge, which belongs to the cell above; a point along axis 1
     * only; on the upper face, which is outside */
    fk_mixture *m =
        mixture(2, 4, (double[]){0.2, 0.3, 0.4, 0.1},
                (double[]){0.31, 0.37, -0.6, 1.5, 0.1, 0.6, 1.0, 1.0},
                (double[]){0, 0, 0, 0, 0, 0, 0, 0, 0.04, 0, 0, 0, 0, 0, 0, 0});
    double outside, *p = project(m, &g, &outside);
    const double volume = fk_grid_volume(&g);
    size_t edge_cell;
    ck_assert(fk_grid_find(&g, (double[]){-0.6, 1.5}, &edge_cell));
    ck_assert_double_eq_tol(outside, 0.1, 1e-5);
    for (size_t c = 0; c < 80; c++) {
        const fk_axis *a = &g.axis[0];
        double expected = c == 6 + 10 * 1 ? 0.2 : c == edge_cell ? 0.3 : 0.0;
        if (c / 10 == 2)
            expected += 0.4 * interval((fk_axis_edge(a, c % 10) - 0.1L) / 0.2L,
                                       (fk_axis_edge(a, c % 10 + 1) - 0.1L) / 0.2L);
        ck_assert_double_eq_tol(p[c] * volume, expected, 1e-14);
    }
    free(p);
    fk_mixture_free(m);
}
END_TEST

/* Reference: the other order of integration, adaptively.  With s1 = sqrt(S11) and
 * x0 | x1 ~ N(m0 + S01 / S11 (x1 - m1), S00 - S01^2 / S11). */
typedef struct slice {
    const double *mean, *cov;
    double lo, hi; /* of x0 */
} slice;

static double slice_density(double x1, void *data)
{
    const slice *s = data;
    const double sd1 = sqrt(s->cov[3]), z1 = (x1 - s->mean[1]) / sd1;
    const double mean0 = s->mean[0] + s->cov[1] / s->cov[3] * (x1 - s->mean[1]);
    const double sd0 = sqrt(s->cov[0] - s->cov[1] * s->cov[1] / s->cov[3]);
    return exp(-0.5 * z1 * z1) / (sqrt(2.0 * M_PI) * sd1) *
           interval((s->lo - mean0) / sd0, (s->hi - mean0) / sd0);
}

static double cell_by_adaptive_quadrature(const fk_mixture *m, const fk_grid *g,
                                          size_t c)
{
    const fk_axis *a = g->axis;
    const size_t i = c % a[0].cells, k = c / a[0].cells;
    slice s = {m->mean, m->cov, fk_axis_edge(&a[0], i), fk_axis_edge(&a[0], i + 1)};
    /* split in the middle of the peak too, so that no peak is overlooked */
    const double from = fk_axis_edge(&a[1], k), to = fk_axis_edge(&a[1], k + 1);
    const double peak = fmin(
        fmax(m->mean[1] + m->cov[1] / m->cov[0] * (0.5 * (s.lo + s.hi) - m->mean[0]),
             from),
        to);
    const gsl_function f = {slice_density, &s};
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(2000);
    double below = 0.0, above = 0.0, error;
    if (from < peak)
        gsl_integration_qag(&f, from, peak, 1e-15, 1e-12, 2000, GSL_INTEG_GAUSS61, w,
                            &below, &error);
    if (peak < to)
        gsl_integration_qag(&f, peak, to, 1e-15, 1e-12, 2000, GSL_INTEG_GAUSS61, w,
                            &above, &error);
    gsl_integration_workspace_free(w);
    return below + above;
}

/* Correlations up to 0.9999, cells from a twentieth of the standard deviation to forty. */
START_TEST(correlated_cells_agree_with_the_other_order_of_integration)
{
    const double correlation[] = {0.3, -0.9, 0.99, -0.9999};
    const double spread[] = {4.0, 0.5, 0.1, 0.005};
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-2.0, 2.2, 21}, {-1.9, 2.0, 18}});
    for (size_t r = 0; r < 4; r++)
        for (size_t s = 0; s < 4; s++) {
            const double sd0 = spread[s], sd1 = 0.8 * spread[s];
            const double mixed = correlation[r] * sd0 * sd1;
            fk_mixture *m = gaussian(2, (double[]){0.113, 0.171},
                                     (double[]){sd0 * sd0, mixed, mixed, sd1 * sd1});
            double *p = project(m, &g, NULL), peak = 0.0, worst = 0.0;
            for (size_t c = 0; c < fk_grid_cells(&g); c++)
                peak = fmax(peak, p[c]);
            for (size_t c = 0; c < fk_grid_cells(&g); c += 1) {
                if (p[c] < 1e-6 * peak && c % 17 != 0)
                    continue;
                const double exact = cell_by_adaptive_quadrature(m, &g, c);
                worst = fmax(worst, fabs(p[c] - exact / fk_grid_volume(&g)));
            }
            ck_assert_double_le(worst, 1e-10 * peak);
            free(p);
            fk_mixture_free(m);
        }
}
END_TEST

START_TEST(narrow_correlated_gaussians_keep_their_mass)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-8.0, 8.0, 160}, {-8.0, 8.0, 160}});
    for (double sd = 0.3; sd > 1e-9; sd /= 7.0) {
        const double v = sd * sd;
        fk_mixture *m =
            gaussian(2, (double[]){0.013, -0.027}, (double[]){v, 0.5 * v, 0.5 * v, v});
        double outside, *p = project(m, &g, &outside);
        ck_assert_double_le(outside, 1e-12);
        ck_assert_double_eq_tol(fk_density_mass(&g, p), 1.0, 1e-12);
        free(p);
        fk_mixture_free(m);
    }
}
END_TEST

/* In 3-D: axis `from[i]` of the first is axis i of the second. */
static void permute(const size_t from[3], const fk_mixture *m, const fk_grid *g,
                    fk_mixture *pm, fk_grid *pg)
{
    for (size_t i = 0; i < 3; i++) {
        pg->axis[i] = g->axis[from[i]];
        pm->mean[i] = m->mean[from[i]];
        for (size_t j = 0; j < 3; j++)
            pm->cov[i * 3 + j] = m->cov[from[i] * 3 + from[j]];
    }
    pm->weight[0] = 1.0;
    pg->dim = 3;
}

static void check_orders(const double cov[9])
{
    static const size_t order[2][3] = {{2, 0, 1}, {2, 1, 0}};
    const fk_grid g =
        fk_grid_make(3, (fk_axis[]){{-2.0, 2.2, 11}, {-1.9, 2.0, 12}, {-2.4, 2.1, 13}});
    fk_mixture *m = gaussian(3, (double[]){0.1, 0.2, -0.15}, cov);
    double *p = project(m, &g, NULL), peak = 0.0;
    for (size_t c = 0; c < fk_grid_cells(&g); c++)
        peak = fmax(peak, p[c]);
    for (size_t o = 0; o < 2; o++) {
        fk_grid pg;
        fk_mixture *pm;
        ck_assert_int_eq(fk_mixture_new(3, 1, &pm), FK_OK);
        permute(order[o], m, &g, pm, &pg);
        double *q = project(pm, &pg, NULL);
        for (size_t c = 0; c < fk_grid_cells(&g); c++) {
            size_t i[3];
            fk_grid_unravel(&g, c, i);
            const size_t *f = order[o];
            const size_t there =
                i[f[0]] + pg.axis[0].cells * (i[f[1]] + pg.axis[1].cells * i[f[2]]);
            ck_assert_double_eq_tol(p[c], q[there], 1e-10 * peak);
        }
        free(q);
        fk_mixture_free(pm);
    }
    free(p);
    fk_mixture_free(m);
}

/* The axes are treated differently; their order must not matter.  In the second the third
 * variable answers the first one through the second 18 times as sharply as on average. */
START_TEST(the_order_of_three_axes_does_not_matter)
{
    check_orders((double[]){0.4, 0.35, -0.1, 0.35, 0.5, 0.12, -0.1, 0.12, 0.3});
    check_orders((double[]){0.36, 0.36, -1.08, 0.36, 0.4, -0.96, -1.08, -0.96, 3.64});
}
END_TEST

/* x = m + r z, r_0 > 0 > r_1: a cell holds the z for which both x_0 and x_1 are in it. */
START_TEST(a_gaussian_on_a_line_is_exact)
{
    const double r[] = {0.7, -1.1}, mean[] = {0.13, 0.07};
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-8.0, 9.0, 50}, {-12.0, 13.0, 70}});
    fk_mixture *m = gaussian(
        2, mean, (double[]){r[0] * r[0], r[0] * r[1], r[0] * r[1], r[1] * r[1]});
    double outside, *p = project(m, &g, &outside);
    ck_assert_double_le(outside, 1e-14);
    for (size_t c = 0; c < fk_grid_cells(&g); c++) {
        const size_t i = c % 50, k = c / 50;
        const double lo0 = (fk_axis_edge(&g.axis[0], i) - mean[0]) / r[0];
        const double hi0 = (fk_axis_edge(&g.axis[0], i + 1) - mean[0]) / r[0];
        const double hi1 = (fk_axis_edge(&g.axis[1], k) - mean[1]) / r[1];
        const double lo1 = (fk_axis_edge(&g.axis[1], k + 1) - mean[1]) / r[1];
        const double lo = fmax(lo0, lo1), hi = fmin(hi0, hi1);
        ck_assert_double_eq_tol(p[c] * fk_grid_volume(&g),
                                lo < hi ? interval(lo, hi) : 0.0, 1e-14);
    }
    free(p);
    fk_mixture_free(m);
}
END_TEST

/* A 3-D law that is a point along one axis is the plane's law in one layer of cells. */
START_TEST(a_plane_in_space_is_one_layer)
{
    const fk_axis x = {-2.0, 2.0, 9}, y = {-2.0, 2.5, 8}, z = {0.0, 1.0, 5};
    const fk_grid plane = fk_grid_make(2, (fk_axis[]){x, y});
    const fk_grid space[3] = {fk_grid_make(3, (fk_axis[]){z, x, y}),
                              fk_grid_make(3, (fk_axis[]){x, z, y}),
                              fk_grid_make(3, (fk_axis[]){x, y, z})};
    fk_mixture *m = gaussian(2, (double[]){0.1, 0.2}, (double[]){0.4, 0.3, 0.3, 0.5});
    double *p = project(m, &plane, NULL);
    for (size_t flat = 0; flat < 3; flat++) {
        fk_mixture *s;
        ck_assert_int_eq(fk_mixture_new(3, 1, &s), FK_OK);
        const size_t i = flat == 0 ? 1 : 0, j = flat == 2 ? 1 : 2;
        s->weight[0] = 1.0;
        s->mean[flat] = 0.5;
        s->mean[i] = 0.1;
        s->mean[j] = 0.2;
        s->cov[4 * i] = 0.4;
        s->cov[4 * j] = 0.5;
        s->cov[3 * i + j] = s->cov[3 * j + i] = 0.3;
        double *q = project(s, &space[flat], NULL);
        for (size_t c = 0; c < fk_grid_cells(&space[flat]); c++) {
            size_t at[3];
            fk_grid_unravel(&space[flat], c, at);
            const double expected =
                at[flat] == 2 ? p[at[i] + 9 * at[j]] / fk_axis_width(&z) : 0.0;
            ck_assert_double_eq_tol(q[c], expected, 1e-9);
        }
        free(q);
        fk_mixture_free(s);
    }
    free(p);
    fk_mixture_free(m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mixture");
    TCase *grid = tcase_create("on a grid");
    tcase_add_test(grid, moments_are_those_of_the_whole);
    tcase_add_test(grid, cells_on_a_line_are_exact_far_into_the_tails);
    tcase_add_test(grid, mass_beyond_the_grid_is_outside);
    tcase_add_test(grid, points_put_their_weight_into_one_cell);
    tcase_add_test(grid, correlated_cells_agree_with_the_other_order_of_integration);
    tcase_add_test(grid, narrow_correlated_gaussians_keep_their_mass);
    tcase_add_test(grid, the_order_of_three_axes_does_not_matter);
    tcase_add_test(grid, a_gaussian_on_a_line_is_exact);
    tcase_add_test(grid, a_plane_in_space_is_one_layer);
    suite_add_tcase(suite, grid);
    TCase *score = tcase_create("score");
    suite_add_tcase(suite, score);

    return run_suite(suite);
}
