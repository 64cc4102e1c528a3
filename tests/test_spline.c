#include "solvers/spline.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "tests/suite.h"

typedef double surface(double x, double y);

static double quadratic(double x, double y)
{
    return 1.0 - 2.0 * x + 0.5 * y + x * x - 3.0 * x * y + 2.0 * y * y;
}

static double quadratic_x(double x, double y)
{
    return -2.0 + 2.0 * x - 3.0 * y;
}

static double quadratic_y(double x, double y)
{
    return 0.5 - 3.0 * x + 4.0 * y;
}

static double wave(double x, double y)
{
    return sin(2.0 * x) * exp(0.5 * y);
}

static double wave_x(double x, double y)
{
    return 2.0 * cos(2.0 * x) * exp(0.5 * y);
}

static double wave_y(double x, double y)
{
    return 0.5 * sin(2.0 * x) * exp(0.5 * y);
}

typedef struct errors {
    double value, slope;
} errors;

/* Largest errors at points at least `margin` from the box of the centres. */
static errors measure(size_t dim, size_t n, double margin, surface *f, surface *fx,
                      surface *fy)
{
    const fk_axis axis[] = {{-1.0, 2.0, n}, {0.0, 1.5, n + 3}};
    const fk_grid g = fk_grid_make(dim, axis);
    const size_t cells = fk_grid_cells(&g);
    double *u = fk_doubles(cells), *c = fk_doubles(fk_spline_size(&g));
    double *rows = fk_doubles(5 * FK_BLOCK);
    double *x[] = {rows, rows + FK_BLOCK}, *value = rows + 4 * FK_BLOCK;
    double *slope[] = {rows + 2 * FK_BLOCK, rows + 3 * FK_BLOCK};
    for (size_t i = 0; i < cells; i++) {
        double at[FK_GRID_DIM];
        fk_grid_centre(&g, i, at);
        u[i] = f(at[0], dim == 2 ? at[1] : 0.3);
    }
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double r = (double)j / (FK_BLOCK - 1),
                     q = fmod(0.618034 * (double)j, 1.0);
        const double h = fk_axis_width(&g.axis[0]), k = fk_axis_width(&g.axis[1]);
        x[0][j] = -1.0 + 0.5 * h + margin + r * (3.0 - h - 2.0 * margin);
        x[1][j] = dim == 2 ? 0.5 * k + margin + q * (1.5 - k - 2.0 * margin) : 0.3;
    }
    fk_spline_fit(&g, u, c);
    fk_spline_value(&g, c, (const double *const *)x, value);
    fk_spline_slope(&g, c, (const double *const *)x, slope);
    errors e = {0.0, 0.0};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        e.value = fmax(e.value, fabs(value[j] - f(x[0][j], x[1][j])));
        e.slope = fmax(e.slope, fabs(slope[0][j] - fx(x[0][j], x[1][j])));
        if (dim == 2)
            e.slope = fmax(e.slope, fabs(slope[1][j] - fy(x[0][j], x[1][j])));
    }
    free(u);
    free(c);
    free(rows);
    return e;
}

START_TEST(quadratics_are_exact)
{
    for (size_t dim = 1; dim <= 2; dim++)
        for (size_t n = 3; n < 80; n = 2 * n - 1) {
            const errors e = measure(dim, n, 0.0, quadratic, quadratic_x, quadratic_y);
            ck_assert_double_lt(e.value, 2e-13);
            ck_assert_double_lt(e.slope, 2e-12);
        }
}
END_TEST

static double order(double coarse, double fine)
{
    return log2(coarse / fine);
}

START_TEST(orders_inside)
{
    for (size_t dim = 1; dim <= 2; dim++) {
        const errors a = measure(dim, 60, 0.4, wave, wave_x, wave_y);
        const errors b = measure(dim, 120, 0.4, wave, wave_x, wave_y);
        ck_assert_double_gt(order(a.value, b.value), 3.8);
        ck_assert_double_gt(order(a.slope, b.slope), 2.8);
        ck_assert_double_lt(b.slope, 1e-4);
    }
}
END_TEST

START_TEST(orders_at_the_ends)
{
    for (size_t dim = 1; dim <= 2; dim++) {
        const errors a = measure(dim, 60, 0.0, wave, wave_x, wave_y);
        const errors b = measure(dim, 120, 0.0, wave, wave_x, wave_y);
        ck_assert_double_gt(order(a.value, b.value), 2.7);
        ck_assert_double_gt(order(a.slope, b.slope), 1.8);
    }
}
END_TEST

START_TEST(far_points_count_as_the_nearest)
{
    const fk_axis axis[] = {{0.0, 1.0, 10}};
    const fk_grid g = fk_grid_make(1, axis);
    double u[10], c[12];
    for (size_t i = 0; i < 10; i++)
        u[i] = fk_axis_centre(axis, i) * fk_axis_centre(axis, i);
    fk_spline_fit(&g, u, c);
    double *x = fk_doubles(FK_BLOCK), *s = fk_doubles(FK_BLOCK);
    const double far[] = {-1e300, -1.0, 0.02, 0.97, 5.0, HUGE_VAL};
    for (size_t j = 0; j < 6; j++)
        x[j] = far[j];
    fk_spline_slope(&g, c, (const double *const[]){x}, (double *const[]){s});
    for (size_t j = 0; j < 6; j++)
        ck_assert_double_eq_tol(s[j], j < 3 ? 0.1 : 1.9, 1e-12);
    free(x);
    free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spline");
    TCase *cases = tcase_create("spline");
    tcase_add_test(cases, quadratics_are_exact);
    tcase_add_test(cases, orders_inside);
    tcase_add_test(cases, orders_at_the_ends);
    tcase_add_test(cases, far_points_count_as_the_nearest);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
