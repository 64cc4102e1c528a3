#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/grid.h"
#include "tests/suite.h"

static fk_grid box(void)
{
    return fk_grid_make(3, (fk_axis[]){{-1.3, 2.1, 7}, {0.4, 0.9, 5}, {-3.0, 5.0, 4}});
}

START_TEST(centres_lie_in_their_own_cells)
{
    const fk_grid g = box();
    ck_assert_uint_eq(fk_grid_cells(&g), 140);
    ck_assert_double_eq_tol(fk_grid_volume(&g) * 140.0, 3.4 * 0.5 * 8.0, 1e-13);
    for (size_t c = 0; c < 140; c++) {
        double x[FK_GRID_DIM];
        size_t index[FK_GRID_DIM], found;
        fk_grid_centre(&g, c, x);
        fk_grid_unravel(&g, c, index);
        ck_assert_uint_eq(index[0] + 7 * (index[1] + 5 * index[2]), c);
        ck_assert(fk_grid_find(&g, x, &found));
        ck_assert_uint_eq(found, c);
    }
}
END_TEST

/* 0.1-like widths: lo + i h and (x - lo) / h round differently; the edges decide. */
START_TEST(edges_belong_to_the_cell_above)
{
    for (size_t n = 1; n < 400; n++) {
        const fk_grid g =
            fk_grid_make(1, (fk_axis[]){{-0.7, 1.1 + 0.3 * (double)n, n}});
        for (size_t i = 0; i < n; i++) {
            const double edge = fk_axis_edge(&g.axis[0], i);
            const double below = nextafter(edge, -INFINITY);
            size_t cell;
            ck_assert(fk_grid_find(&g, &edge, &cell));
            ck_assert_uint_eq(cell, i);
            ck_assert(fk_grid_find(&g, &below, &cell) == (i > 0));
            if (i > 0)
                ck_assert_uint_eq(cell, i - 1);
        }
    }
}
END_TEST

START_TEST(what_is_outside_has_no_cell)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{0.0, 1.0, 3}, {0.0, 2.0, 5}});
    size_t cell;
    ck_assert(fk_grid_find(&g, (double[]){0.999, 1.999}, &cell));
    ck_assert_uint_eq(cell, 14);
    ck_assert(!fk_grid_find(&g, (double[]){1.0, 1.0}, &cell));
    ck_assert(!fk_grid_find(&g, (double[]){0.5, 2.0}, &cell));
    ck_assert(!fk_grid_find(&g, (double[]){-1e-300, 1.0}, &cell));
    ck_assert(!fk_grid_find(&g, (double[]){NAN, 1.0}, &cell));
    ck_assert(!fk_grid_find(&g, (double[]){0.5, INFINITY}, &cell));
}
END_TEST

START_TEST(restriction_takes_means)
{
    for (size_t dim = 1; dim <= 3; dim++) {
        fk_grid g = box();
        g = fk_grid_make(dim, g.axis);
        const fk_grid fine = fk_grid_refine(&g, 3);
        const size_t n = fk_grid_cells(&g), n_fine = fk_grid_cells(&fine);
        double *u = malloc(n_fine * sizeof *u), *v = malloc(n * sizeof *v);

        /* the mean of a linear function over a block is its value at the centre */
        const double slope[] = {0.7, -1.9, 0.31};
        for (size_t c = 0; c < n_fine; c++) {
            double x[FK_GRID_DIM];
            fk_grid_centre(&fine, c, x);
            u[c] = 2.5;
            for (size_t a = 0; a < dim; a++)
                u[c] += slope[a] * x[a];
        }
        fk_grid_restrict(&g, 3, u, v);
        for (size_t c = 0; c < n; c++) {
            double x[FK_GRID_DIM], expected = 2.5;
            fk_grid_centre(&g, c, x);
            for (size_t a = 0; a < dim; a++)
                expected += slope[a] * x[a];
            ck_assert_double_eq_tol(v[c], expected, 1e-13);
        }
        free(u);
        free(v);
    }
}
END_TEST

START_TEST(boundaries_have_names)
{
    ck_assert_str_eq(fk_boundary_name(FK_REFLECTING), "reflecting");
    ck_assert_str_eq(fk_boundary_name(FK_ABSORBING), "absorbing");
    ck_assert_str_eq(fk_boundary_name(FK_PERIODIC), "periodic");
    ck_assert_str_eq(fk_boundary_name(FK_OPEN), "open");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("grid");
    TCase *t = tcase_create("grid");
    tcase_add_test(t, centres_lie_in_their_own_cells);
    tcase_add_test(t, edges_belong_to_the_cell_above);
    tcase_add_test(t, what_is_outside_has_no_cell);
    tcase_add_test(t, restriction_takes_means);
    tcase_add_test(t, boundaries_have_names);
    suite_add_tcase(s, t);
    return run_suite(s);
}
