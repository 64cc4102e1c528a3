/* Convolutions of masses in cells. */
#include "solvers/convolution.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/expr.h"
#include "core/memory.h"
#include "tests/suite.h"

static const bool free_space[FK_GRID_DIM] = {false, false, false};
static const bool circle[FK_GRID_DIM] = {true, false, false};

/* Masses times one kernel; the corners, to be freed. */
static double *convolved(const fk_grid *g, const bool *periodic, const char *kernel,
                         const double *mass)
{
    static const char *const name[] = {"x", "y", "z"};
    const fk_expr *variable[FK_GRID_DIM], *e;
    fk_expr_name known[FK_GRID_DIM];
    fk_expr_error error;
    fk_expr_pool *pool;
    fk_program *program;
    fk_convolution *c;
    size_t corners = 1;
    ck_assert(fk_expr_pool_new(&pool) == FK_OK);
    for (size_t i = 0; i < g->dim; i++) {
        variable[i] = fk_expr_symbol(pool, name[i]);
        known[i] = (fk_expr_name){name[i], NULL};
        corners *= g->axis[i].cells + 1;
    }
    ck_assert(fk_expr_parse(pool, kernel, known, g->dim, &e, &error) == FK_OK);
    const fk_binding binding = {.dim = g->dim, .variable = variable};
    ck_assert(fk_program_new(1, &e, &binding, &program) == FK_OK);
    ck_assert(fk_convolution_new(g, periodic, 1, program, &c) == FK_OK);
    double *out = fk_doubles(corners);
    fk_convolution_load(c, mass);
    fk_convolution_apply(c, 0, out);
    fk_convolution_free(c);
    fk_program_free(program);
    fk_expr_pool_free(pool);
    return out;
}

/* Some masses without symmetry, of sum 1. */
static double *masses(size_t n)
{
    double *m = fk_doubles(n), sum = 0.0;
    for (size_t c = 0; c < n; c++)
        sum += m[c] = 2.0 + sin(3.0 * (double)c) + cos(0.7 * (double)(c * c));
    for (size_t c = 0; c < n; c++)
        m[c] /= sum;
    return m;
}

/* What is to the left less what is to the right: a jump at zero costs nothing. */
START_TEST(signs_count_both_sides)
{
    enum { N = 37 };
    const fk_axis axis = {-1.3, 2.4, N};
    const fk_grid g = fk_grid_make(1, &axis);
    double *m = masses(N), *f = convolved(&g, free_space, "sign(x)", m), left = 0.0;
    for (size_t v = 0; v <= N; v++) {
        ck_assert_double_eq_tol(f[v], 2.0 * left - 1.0, 1e-14);
        left += v < N ? m[v] : 0.0;
    }
    free(m);
    free(f);
}
END_TEST

/* x^2 over cells: (v - c)^2 + h^2 / 12 of the centres, by the quadrature exactly. */
START_TEST(polynomials_are_exact_over_cells)
{
    enum { N = 24 };
    const fk_axis axis = {-1.0, 1.4, N};
    const fk_grid g = fk_grid_make(1, &axis);
    double *m = masses(N), *f = convolved(&g, free_space, "x^2 - 0.3*x", m);
    const double h = fk_axis_width(&axis);
    for (size_t v = 0; v <= N; v++) {
        double exact = 0.0;
        for (size_t c = 0; c < N; c++) {
            const double d = fk_axis_edge(&axis, v) - fk_axis_centre(&axis, c);
            exact += m[c] * (d * d + h * h / 12.0 - 0.3 * d);
        }
        ck_assert_double_eq_tol(f[v], exact, 1e-13);
    }
    free(m);
    free(f);
}
END_TEST

/* Around a circle the shorter way, which no kernel with the period can tell: abs(x) can. */
START_TEST(displacements_go_the_shorter_way_round)
{
    for (size_t n = 20; n <= 21; n++) {
        const fk_axis axis = {0.0, (double)n, n};
        const fk_grid g = fk_grid_make(1, &axis);
        double *m = fk_doubles(n);
        m[0] = 1.0;
        double *f = convolved(&g, circle, "abs(x)", m);
        for (size_t v = 1; v <= n / 2; v++)
            ck_assert_double_eq_tol(f[v], (double)v - 0.5, 1e-12);
        ck_assert_double_eq_tol(f[n - 1], 1.5, 1e-12);
        ck_assert_double_eq_tol(f[n], f[0], 1e-15);
        free(m);
        free(f);
    }
}
END_TEST

/* Every pair of corner and cell by itself, in space, around one of the axes. */
START_TEST(space_is_the_sum_over_its_cells)
{
    static const bool mixed[FK_GRID_DIM] = {false, true, false};
    const fk_axis axis[] = {{0.0, 1.2, 4}, {-1.0, 1.0, 5}, {0.0, 0.9, 3}};
    const fk_grid g = fk_grid_make(3, axis);
    double *m = masses(60);
    double *f = convolved(&g, mixed, "x + 2*z + x*z^2 + cos(pi*y)", m);
    const double h[] = {0.3, 0.4, 0.3}, sinc = sin(0.2 * M_PI) / (0.2 * M_PI);
    for (size_t v = 0; v < 5 * 6 * 4; v++) {
        const size_t at[] = {v % 5, v / 5 % 6, v / 30};
        double exact = 0.0;
        for (size_t c = 0; c < 60; c++) {
            double x[FK_GRID_DIM], d[FK_GRID_DIM];
            fk_grid_centre(&g, c, x);
            for (size_t i = 0; i < 3; i++)
                d[i] = fk_axis_edge(&axis[i], at[i]) - x[i];
            const double square = d[2] * d[2] + h[2] * h[2] / 12.0;
            exact +=
                m[c] * (d[0] + 2.0 * d[2] + d[0] * square + sinc * cos(M_PI * d[1]));
        }
        ck_assert_double_eq_tol(f[v], exact, 5e-5); /* two points an axis, cosine */
    }
    free(m);
    free(f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("convolution");
    TCase *tc = tcase_create("convolution");
    tcase_add_test(tc, signs_count_both_sides);
    tcase_add_test(tc, polynomials_are_exact_over_cells);
    tcase_add_test(tc, displacements_go_the_shorter_way_round);
    tcase_add_test(tc, space_is_the_sum_over_its_cells);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
