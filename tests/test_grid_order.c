#include "experiments/grid_order.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

static double order_of(const fk_sde *sde, size_t cells, const char *flux)
{
    const fk_axis axis[] = {{-4.0, 4.0, cells}, {-4.0, 4.0, cells}};
    const fk_domain d = {.grid = fk_grid_make(sde->dim, axis)};
    const fk_grid g = d.grid;
    double *p = fk_doubles(fk_grid_cells(&g)), order = 0.0;
    for (size_t c = 0; c < fk_grid_cells(&g); c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&g, c, x);
        p[c] = exp(-0.5 * x[0] * x[0] - (sde->dim > 1 ? 0.5 * x[1] * x[1] : 0.0));
    }
    ck_assert_int_eq(fk_grid_order(sde, &d, fk_flux_find(flux), 0.0, p, &order), FK_OK);
    free(p);
    return order;
}

/* dX = -10 X dt + sqrt(2) dW: |b| h / a = 10 |x| h, where the mass is up to 25 h. */
START_TEST(fine_cells_keep_the_order)
{
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "-10*x", "sqrt(2)");
    ck_assert_double_eq(order_of(s, 400, "chang-cooper"), 2.0);
    ck_assert_double_eq(order_of(s, 20, "chang-cooper"), 1.0);
    ck_assert_double_eq(order_of(s, 400, "upwind"), 1.0);
    ck_assert_double_eq(order_of(s, 20, "central"), 2.0);
    sde_text_free(s);
}
END_TEST

START_TEST(an_axis_without_noise_is_upwind)
{
    fk_sde *s = sde_text(FK_ITO, 2, 1, "x; v", "v; -x - v", "0; sqrt(2)");
    ck_assert_double_eq(order_of(s, 400, "scharfetter-gummel"), 1.0);
    sde_text_free(s);
    s = sde_text(FK_ITO, 2, 2, "x; v", "v; -x - v", "1; 0; 0; sqrt(2)");
    ck_assert_double_eq(order_of(s, 400, "scharfetter-gummel"), 2.0);
    sde_text_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("grid_order");
    TCase *cases = tcase_create("grid_order");
    tcase_add_test(cases, fine_cells_keep_the_order);
    tcase_add_test(cases, an_axis_without_noise_is_upwind);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
