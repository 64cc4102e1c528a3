/* Stretched axes: where they end, their cells, and what is asked of densities on them. */
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "tests/stretch_fixture.h"
#include "tests/suite.h"

static fk_expr_pool *pool;

static void begin(void)
{
    ck_assert(fk_expr_pool_new(&pool) == FK_OK);
}

static void end(void)
{
    fk_expr_pool_free(pool);
}

START_TEST(ends_are_where_the_map_reaches_them)
{
    const struct {
        const char *map;
        double from, to, lo, hi;
    } it[] = {
        {"tan(u)", -INFINITY, INFINITY, -M_PI_2, M_PI_2},
        {"tan(u)", -INFINITY, 1.0, -M_PI_2, M_PI_4},
        {"3 + 2*tan(100*u)", -INFINITY, INFINITY, -M_PI_2 / 100.0, M_PI_2 / 100.0},
        {"u/(1 - u^2)", -INFINITY, INFINITY, -1.0, 1.0},
        {"atanh(u)", -INFINITY, INFINITY, -1.0, 1.0},
        {"-log(1 - u)", 0.0, INFINITY, 0.0, 1.0},
        {"-1/(1 + u)", 2.0, INFINITY, -1.5, -1.0},
        {"exp(u)", 1e-3, 100.0, log(1e-3), log(100.0)},
        {"sinh(u)", -1e6, 1e6, -asinh(1e6), asinh(1e6)},
        {"u^3", 1.0, 1e15, 1.0, 1e5},
        {"log(u)", -5.0, 3.0, exp(-5.0), exp(3.0)},
    };
    for (size_t i = 0; i < sizeof it / sizeof *it; i++) {
        fk_stretch *m = stretch(pool, it[i].map, it[i].from, it[i].to, 64);
        const double scale = fmax(fabs(it[i].lo), fabs(it[i].hi));
        ck_assert_double_eq_tol(fk_stretch_lo(m), it[i].lo, 1e-15 * scale);
        ck_assert_double_eq_tol(fk_stretch_hi(m), it[i].hi, 1e-15 * scale);
        ck_assert_double_eq(fk_stretch_at(m, 0.0, 64), it[i].from);
        ck_assert_double_eq(fk_stretch_at(m, 64.0, 64), it[i].to);
        fk_stretch_free(m);
    }
}
END_TEST

START_TEST(maps_that_do_not_serve_are_refused)
{
    const struct {
        const char *map;
        double from, to;
    } it[] = {{"exp(u)", 1.0, INFINITY},
              {"sinh(u)", -INFINITY, INFINITY},
              {"u", 0.0, INFINITY},
              {"exp(u)", 0.0, 1.0},
              {"exp(u)", -1.0, 1.0},
              {"atan(u)", -2.0, 2.0},
              {"-u", -1.0, 1.0},
              {"u^3", -1.0, 1.0},
              {"u + 2*sin(u)", -20.0, 20.0},
              {"u^2", -1.0, 4.0},
              {"sqrt(u)", -1.0, 2.0},
              {"3", 0.0, 1.0},
              {"tan(u)*0 + u", 0.0, INFINITY}};
    for (size_t i = 0; i < sizeof it / sizeof *it; i++) {
        fk_stretch *m;
        fk_message message = {""};
        const fk_status status =
            stretch_try(pool, it[i].map, it[i].from, it[i].to, 10, &m, &message);
        ck_assert_msg(status == FK_EDOMAIN, "%s", it[i].map);
        ck_assert_ptr_null(m);
        ck_assert_uint_gt(strlen(message.text), 20);
    }
}
END_TEST

/* Table, expression and inverse say the same. */
START_TEST(places_and_slopes)
{
    fk_stretch *m = stretch(pool, "tan(u)", -INFINITY, INFINITY, 100);
    for (size_t n = 50; n <= 300; n += 50)
        for (double s = 0.5; s < (double)n; s += 0.5) {
            const double u = M_PI * (s / (double)n - 0.5), x = tan(u);
            const double at = fk_stretch_at(m, s, n), slope = fk_stretch_slope(m, s, n);
            ck_assert_double_eq_tol(at, x, 1e-13 * (1.0 + x * x));
            ck_assert_double_eq_tol(slope, 1.0 + x * x, 1e-12 * pow(1.0 + x * x, 1.5));
            ck_assert_double_eq_tol(fk_stretch_u(m, at), u, 2e-15);
        }
    ck_assert_double_eq(fk_stretch_u(m, INFINITY), fk_stretch_hi(m));
    fk_stretch_free(m);
}
END_TEST

START_TEST(points_are_in_their_cells)
{
    fk_stretch *m = stretch(pool, "sinh(u)", -1e4, 1e3, 77);
    const fk_axis axis = stretched_axis(m, 77);
    const fk_grid g = fk_grid_make(1, &axis);
    const double outside[] = {-1.1e4, 1e3, INFINITY, -INFINITY, NAN};
    size_t cell;
    for (size_t i = 0; i < 77; i++) {
        const double x[] = {fk_axis_edge(&axis, i), fk_axis_centre(&axis, i),
                            nextafter(fk_axis_edge(&axis, i + 1), -1e9)};
        for (size_t k = 0; k < 3; k++) {
            ck_assert(fk_grid_find(&g, &x[k], &cell));
            ck_assert_uint_eq(cell, i);
        }
    }
    for (size_t k = 0; k < 5; k++)
        ck_assert(!fk_grid_find(&g, &outside[k], &cell));
    fk_stretch_free(m);
}
END_TEST

/* A linear map is no map. */
START_TEST(linear_map_is_an_even_axis)
{
    fk_stretch *m = stretch(pool, "1 + 2*u", -3.0, 7.0, 40);
    const fk_axis axis[] = {stretched_axis(m, 40), {-3.0, 7.0, 40}};
    double p[40], q[40], r[40], mean[2], variance[2];
    for (size_t i = 0; i < 40; i++) {
        const double x = fk_axis_centre(&axis[1], i);
        ck_assert_double_eq_tol(fk_axis_centre(&axis[0], i), x, 1e-14);
        ck_assert_double_eq_tol(fk_axis_extent(&axis[0], i), 0.25, 1e-15);
        q[i] = exp(-0.5 * x * x);
        r[i] = exp(-0.5 * (x - 1.0) * (x - 1.0));
    }
    const fk_grid g[] = {fk_grid_make(1, &axis[0]), fk_grid_make(1, &axis[1])};
    const double mass = fk_density_mass(&g[1], q);
    double w1[2], l2[2], entropy[2];
    for (size_t k = 0; k < 2; k++) { /* per unit of u there is twice as much */
        for (size_t i = 0; i < 40; i++) {
            p[i] = q[i] / mass * (k == 0 ? 2.0 : 1.0);
            r[i] *= k == 0 ? 2.0 / mass : 0.5;
        }
        fk_density_moments(&g[k], p, &mean[k], &variance[k]);
        entropy[k] = fk_density_entropy(&g[k], p);
        l2[k] = fk_density_l2(&g[k], p, r);
        ck_assert(fk_density_w1(&g[k], p, r, &w1[k]) == FK_OK);
        ck_assert_double_eq_tol(fk_density_mass(&g[k], p), 1.0, 1e-14);
    }
    ck_assert_double_eq_tol(mean[0], mean[1], 1e-14);
    ck_assert_double_eq_tol(variance[0], variance[1], 1e-14);
    ck_assert_double_eq_tol(entropy[0], entropy[1], 1e-13);
    ck_assert_double_eq_tol(l2[0], l2[1], 1e-14);
    ck_assert_double_eq_tol(w1[0], w1[1], 1e-13);
    fk_stretch_free(m);
}
END_TEST

/* N(mean, 1) on cells: exact masses over widths of u. */
static void normal(const fk_axis *a, double mean, double *p)
{
    for (size_t i = 0; i < a->cells; i++)
        p[i] = 0.5 *
               (erf((fk_axis_edge(a, i + 1) - mean) * M_SQRT1_2) -
                erf((fk_axis_edge(a, i) - mean) * M_SQRT1_2)) /
               fk_axis_width(a);
}

/* Errors at n and 2 n cells of: variance, entropy, L2 and W1 against their formulas. */
static void normal_errors(const fk_stretch *m, size_t n, double error[4])
{
    const fk_axis axis = stretched_axis(m, n);
    const fk_grid g = fk_grid_make(1, &axis);
    double *p = fk_doubles(2 * n), *q = p + n, mean, w1;
    normal(&axis, 0.3, p);
    normal(&axis, 0.8, q);
    fk_density_moments(&g, p, &mean, &error[0]);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), 1.0, 1e-14);
    ck_assert(fk_density_w1(&g, p, q, &w1) == FK_OK);
    error[0] -= 1.0;
    error[1] = fk_density_entropy(&g, p) - 0.5 * log(2.0 * M_PI * M_E);
    error[2] = fk_density_l2(&g, p, q) -
               sqrt((1.0 - exp(-0.0625)) / sqrt(M_PI)); /* of N(., 2) at 0 and 1/2 */
    error[3] = w1 - 0.5;
    free(p);
}

START_TEST(integrals_converge_with_the_cells)
{
    fk_stretch *m[] = {stretch(pool, "tan(u)", -INFINITY, INFINITY, 200),
                       stretch(pool, "sinh(u)", -50.0, 50.0, 200)};
    for (size_t k = 0; k < 2; k++) {
        double coarse[4], fine[4];
        normal_errors(m[k], 200, coarse);
        normal_errors(m[k], 400, fine);
        for (size_t i = 0; i < 4; i++) {
            ck_assert_double_lt(fabs(coarse[i]), 1e-3);
            ck_assert_double_gt(coarse[i] / fine[i], 3.9);
        }
        fk_stretch_free(m[k]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stretch");
    TCase *cases = tcase_create("stretch");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, ends_are_where_the_map_reaches_them);
    tcase_add_test(cases, maps_that_do_not_serve_are_refused);
    tcase_add_test(cases, places_and_slopes);
    tcase_add_test(cases, points_are_in_their_cells);
    tcase_add_test(cases, linear_map_is_an_even_axis);
    tcase_add_test(cases, integrals_converge_with_the_cells);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
