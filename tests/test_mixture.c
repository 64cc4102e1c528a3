#include "sde/mixture.h"

#include <check.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "tests/suite.h"

static fk_mixture *mixture(size_t dim, size_t n, const double *weight,
                           const double *mean, const double *cov)
{
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(dim, n, &m), FK_OK);
    memcpy(m->weight, weight, n * sizeof *weight);
    memcpy(m->mean, mean, n * dim * sizeof *mean);
    memcpy(m->cov, cov, n * dim * dim * sizeof *cov);
    return m;
}

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

/* ---- the two mixtures whose numbers are known ---- */

/* After a time t of dX = -beta X / 2 dt + sqrt(beta) dW, beta = 0.1 + 19.9 t:
 * m -> alpha m, S -> alpha^2 S + (1 - alpha^2) I. */
static fk_mixture *diffused(fk_mixture *m, double t)
{
    const size_t d = m->dim;
    const double alpha = exp(-0.5 * (0.1 * t + 9.95 * t * t));
    for (size_t k = 0; k < m->components; k++)
        for (size_t i = 0; i < d; i++) {
            m->mean[k * d + i] *= alpha;
            for (size_t j = 0; j < d; j++) {
                double *s = &m->cov[(k * d + i) * d + j];
                *s = alpha * alpha * *s + (i == j ? 1.0 - alpha * alpha : 0.0);
            }
        }
    return m;
}

static fk_mixture *two_on_a_line(double t)
{
    return diffused(mixture(1, 2, (double[]){0.3, 0.7}, (double[]){-1.5, 1.0},
                            (double[]){0.09, 0.25}),
                    t);
}

static fk_mixture *three_in_the_plane(double t)
{
    return diffused(mixture(2, 3, (double[]){0.25, 0.35, 0.4},
                            (double[]){-1.5, 0.0, 1.0, 1.2, 0.8, -1.0},
                            (double[]){0.2, 0.05, 0.05, 0.1, 0.15, -0.06, -0.06, 0.25,
                                       0.3, 0.0, 0.0, 0.12}),
                    t);
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

/* ---- scores ---- */

typedef struct point_score {
    double log_p, s[8];
} point_score;

/* At one point, put into lane `lane` among points elsewhere. */
static point_score score_at(const fk_mixture *m, const double *at, size_t lane)
{
    const size_t d = m->dim;
    fk_mixture_score *s;
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_OK);
    double *rows = fk_doubles((2 * d + 1) * FK_BLOCK + fk_mixture_score_scratch(s));
    double *x[8], *score[8], *log_p = rows + 2 * d * FK_BLOCK;
    for (size_t i = 0; i < d; i++) {
        x[i] = rows + i * FK_BLOCK;
        score[i] = rows + (d + i) * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = j == lane ? at[i] : sin((double)(j + 3 * i));
    }
    fk_mixture_score_eval(s, (const double *const *)x, score, log_p, log_p + FK_BLOCK);
    point_score found = {.log_p = log_p[lane]};
    for (size_t i = 0; i < d; i++)
        found.s[i] = score[i][lane];
    free(rows);
    fk_mixture_score_free(s);
    return found;
}

/* p and s at x = -1, 0, 2, computed elsewhere with the printed digits. */
START_TEST(scores_on_the_line_are_the_known_ones)
{
    static const double time[] = {0.0, 0.1, 0.25, 0.5}, x[] = {-1.0, 0.0, 2.0};
    static const double known[4][3][2] = {
        {{.0996645011, -5.5300720559}, {.0755888398, 3.9995935176}, {.0755873531, -4}},
        {{.1742257311, -2.2073096230},
         {.1254718635, 2.7890040491},
         {.0898006889, -3.2132872181}},
        {{.1953103724, .3137438298},
         {.2865204394, .5799526353},
         {.0937282133, -2.1026268467}},
        {{.2240886110, 1.0198262477},
         {.3889588205, .0802662994},
         {.0651566029, -1.8904624298}},
    };
    for (size_t t = 0; t < 4; t++) {
        fk_mixture *m = two_on_a_line(time[t]);
        for (size_t i = 0; i < 3; i++) {
            const point_score found = score_at(m, &x[i], 85 * i);
            ck_assert_double_eq_tol(exp(found.log_p), known[t][i][0], 6e-11);
            ck_assert_double_eq_tol(found.s[0], known[t][i][1], 6e-11);
        }
        fk_mixture_free(m);
    }
}
END_TEST

START_TEST(scores_in_the_plane_are_the_known_ones)
{
    static const double time[] = {0.0, 0.1, 0.25};
    static const double x[3][2] = {{0.0, 0.0}, {-1.0, 0.5}, {1.0, -1.0}};
    static const double known[3][3][3] = {
        {{.0023134052, .4179224580, -5.4345932084},
         {.0720810696, -1.4285573661, -4.2857284222},
         {.3138956299, -.6665683555, .0002098492}},
        {{.0186143680, .6336716569, -2.3580671240},
         {.0766584279, -1.1125161553, -2.3280267573},
         {.2084225270, -.6496721512, .2571228839}},
        {{.1077469300, .3748318414, -.1963313674},
         {.0658757198, .3178671823, -.8737746857},
         {.0940507286, -.6632824282, .6643600737}},
    };
    for (size_t t = 0; t < 3; t++) {
        fk_mixture *m = three_in_the_plane(time[t]);
        for (size_t i = 0; i < 3; i++) {
            const point_score found = score_at(m, x[i], 255 - i);
            ck_assert_double_eq_tol(exp(found.log_p), known[t][i][0], 6e-11);
            ck_assert_double_eq_tol(found.s[0], known[t][i][1], 6e-11);
            ck_assert_double_eq_tol(found.s[1], known[t][i][2], 6e-11);
        }
        fk_mixture_free(m);
    }
}
END_TEST

/* Three components with full covariances A A^T + 0.3 I. */
static fk_mixture *some_mixture(size_t d)
{
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(d, 3, &m), FK_OK);
    for (size_t k = 0; k < 3; k++) {
        m->weight[k] = (1.0 + (double)k) / 6.0;
        for (size_t i = 0; i < d; i++) {
            m->mean[k * d + i] = 1.7 * sin(2.0 * (double)(k + 5 * i));
            for (size_t j = 0; j < d; j++) {
                double *s = &m->cov[(k * d + i) * d + j];
                *s = i == j ? 0.3 : 0.0;
                for (size_t q = 0; q < d; q++)
                    *s += 0.25 * cos((double)(k + 2 * i + 3 * q)) *
                          cos((double)(k + 2 * j + 3 * q));
            }
        }
    }
    return m;
}

/* s_i = d log p / d x_i by central differences of fourth order, in one to five
 * dimensions, that is by both ways of computing. */
START_TEST(scores_are_gradients_of_log_p)
{
    const double h = 1e-3;
    for (size_t d = 1; d <= 5; d++) {
        fk_mixture *m = some_mixture(d);
        for (size_t trial = 0; trial < 6; trial++) {
            double x[5];
            for (size_t i = 0; i < d; i++)
                x[i] = 2.3 * cos((double)(7 * trial + 3 * i));
            const point_score here = score_at(m, x, 17);
            for (size_t i = 0; i < d; i++) {
                double l[4];
                static const double step[] = {-2.0, -1.0, 1.0, 2.0};
                for (size_t n = 0; n < 4; n++) {
                    double moved[5];
                    memcpy(moved, x, sizeof moved);
                    moved[i] += step[n] * h;
                    l[n] = score_at(m, moved, 40).log_p;
                }
                const double slope =
                    (l[0] - 8.0 * l[1] + 8.0 * l[2] - l[3]) / (12.0 * h);
                ck_assert_double_eq_tol(here.s[i], slope, 1e-8);
            }
        }
        fk_mixture_free(m);
    }
}
END_TEST

/* Far from all means the component that decays slowest rules alone, and the density
 * itself is long below the least double. */
START_TEST(far_tails_belong_to_the_widest_component)
{
    fk_mixture *m = two_on_a_line(0.0);
    for (double x = 40.0; x < 1e9; x *= 13.7)
        for (int sign = -1; sign <= 1; sign += 2) {
            const double at = sign * x, z = (at - 1.0) / 0.5;
            const point_score found = score_at(m, &at, 3);
            const double log_p = log(0.7) - log(0.5 * sqrt(2.0 * M_PI)) - 0.5 * z * z;
            ck_assert_double_eq_tol(found.log_p, log_p, 4e-16 * fabs(log_p));
            ck_assert_double_eq_tol(found.s[0], -z / 0.5, 4e-16 * fabs(z) / 0.5);
        }
    fk_mixture_free(m);
}
END_TEST

START_TEST(scores_are_finite_everywhere_but_for_nan)
{
    for (size_t d = 1; d <= 4; d++) {
        fk_mixture *m = some_mixture(d);
        const double far[] = {1e100, -1e160, 1e250, -1e300};
        for (size_t n = 0; n < 4; n++) {
            const double x[4] = {far[n], 0.3, far[n], -0.1};
            const point_score found = score_at(m, x, 100);
            for (size_t i = 0; i < d; i++)
                ck_assert(isfinite(found.s[i]));
            ck_assert_double_lt(found.s[0] * far[n], 0.0); /* it leads back */
        }
        const point_score lost = score_at(m, (double[]){NAN, 0.0, 0.0, 0.0}, 100);
        ck_assert(isnan(lost.s[0]));
        fk_mixture_free(m);
    }
}
END_TEST

/* The same mixture whose components share one covariance, and with a fourth one of another
 * width that weighs nothing, which has to be done the general way. */
START_TEST(components_alike_have_the_scores_of_the_general_form)
{
    for (size_t d = 1; d <= 3; d++) {
        fk_mixture *alike = some_mixture(d), *general;
        ck_assert_int_eq(fk_mixture_new(d, 4, &general), FK_OK);
        for (size_t k = 1; k < 3; k++)
            memcpy(alike->cov + k * d * d, alike->cov, d * d * sizeof *alike->cov);
        memcpy(general->weight, alike->weight, 3 * sizeof *alike->weight);
        memcpy(general->mean, alike->mean, 3 * d * sizeof *alike->mean);
        memcpy(general->cov, alike->cov, 3 * d * d * sizeof *alike->cov);
        general->weight[3] = 1e-300;
        for (size_t i = 0; i < d; i++)
            general->cov[3 * d * d + i * d + i] = 0.7;
        for (size_t trial = 0; trial < 20; trial++) {
            double x[3];
            for (size_t i = 0; i < d; i++)
                x[i] = 3.0 * cos((double)(7 * trial + 3 * i));
            const point_score one = score_at(alike, x, 31),
                              other = score_at(general, x, 31);
            ck_assert_double_eq_tol(one.log_p, other.log_p, 1e-12);
            for (size_t i = 0; i < d; i++)
                ck_assert_double_eq_tol(one.s[i], other.s[i], 1e-12);
        }
        for (int sign = -1; sign <= 1; sign += 2) {
            const double far[] = {sign * 1e300, 0.3, sign * 1e300};
            const point_score found = score_at(alike, far, 100);
            for (size_t i = 0; i < d; i++)
                ck_assert(isfinite(found.s[i]));
            ck_assert_double_lt(found.s[0] * sign, 0.0);
        }
        ck_assert(isnan(score_at(alike, (double[]){NAN, 0.0, 0.0}, 100).s[0]));
        fk_mixture_free(alike);
        fk_mixture_free(general);
    }
}
END_TEST

START_TEST(a_singular_covariance_has_no_score)
{
    fk_mixture_score *s;
    fk_mixture *m = mixture(2, 2, (double[]){0.5, 0.5}, (double[]){0, 0, 1, 1},
                            (double[]){1, 0, 0, 1, 4, 2, 2, 1});
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_ESINGULAR);
    ck_assert_ptr_null(s);
    m->cov[7] = 1.001;
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_OK);
    fk_mixture_score_free(s);
    fk_mixture_score_free(NULL);
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
    tcase_add_test(score, scores_on_the_line_are_the_known_ones);
    tcase_add_test(score, scores_in_the_plane_are_the_known_ones);
    tcase_add_test(score, scores_are_gradients_of_log_p);
    tcase_add_test(score, far_tails_belong_to_the_widest_component);
    tcase_add_test(score, components_alike_have_the_scores_of_the_general_form);
    tcase_add_test(score, scores_are_finite_everywhere_but_for_nan);
    tcase_add_test(score, a_singular_covariance_has_no_score);
    suite_add_tcase(suite, score);

    return run_suite(suite);
}
