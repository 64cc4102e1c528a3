/* The Fokker-Planck operator and its currents beside the exact ones, and the orders of that. */
#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sde/weak_form.h"
#include "tests/operator_fixture.h"

/* L p less the exact one on a torus with n times the kind's cells: sum |difference|, or
 * |sum weight difference|, over sum |L p|. */
static double inconsistency(const kind *k, size_t n, const char *p_text,
                            const char *flux, const char *weight_text)
{
    size_t cells[FK_GRID_DIM];
    for (size_t i = 0; i < k->dim; i++)
        cells[i] = k->cells[i] * n;
    equation e = of_kind(k, box(k->dim, k->width, cells, FK_PERIODIC), flux);
    const fk_expr *p_expr = parsed(&e, p_text);
    double *p = sampled(&e, p_expr);
    double *exact = sampled(&e, fk_weak_adjoint(e.sde, p_expr));
    double *out = fk_doubles(e.cells);
    fk_fokker_planck_apply(e.fp, p, out);
    for (size_t c = 0; c < e.cells; c++)
        out[c] -= exact[c];
    double error = l1(e.cells, out) / l1(e.cells, exact);
    if (weight_text != NULL) {
        double *weight = sampled(&e, parsed(&e, weight_text));
        error = fabs(dot(e.cells, weight, out)) / l1(e.cells, exact);
        free(weight);
    }
    free(p);
    free(exact);
    free(out);
    close_equation(&e);
    return error;
}

START_TEST(operator_is_consistent_to_its_order)
{
    static const kind torus[] = {
        {1, 1, "sin(x) + 0.4", "1 + 0.3 * cos(x)", {M_PI}, {16}},
        {2,
         2,
         "sin(y) + 0.3; cos(x + y)",
         "1 + 0.2 * cos(x); 0.3 + 0.2 * sin(x - y); 0; 1.1 + 0.2 * sin(y)",
         {M_PI, M_PI},
         {17, 16}},
        {3,
         3,
         "sin(y) + 0.3; cos(x + z); sin(z)",
         "1.2; 0; 0; 0.3 * sin(z); 1.1; 0; -0.2; 0.3 * cos(x); 1.2 + 0.1 * cos(y)",
         {M_PI, M_PI, M_PI},
         {8, 8, 9}},
    };
    static const char *const density[] = {"exp(sin(x))", "exp(sin(x) + cos(y + x))",
                                          "exp(sin(x) + cos(y + x) - sin(z) / 2)"};
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        for (size_t i = 0; (*f)->reach == 1 && i < 3; i++) {
            const size_t n = i == 2 ? 2 : 4;
            const double coarse =
                inconsistency(&torus[i], n, density[i], (*f)->name, NULL);
            const double fine =
                inconsistency(&torus[i], 2 * n, density[i], (*f)->name, NULL);
            ck_assert_double_eq_tol(log2(coarse / fine), (*f)->order, 0.2);
            ck_assert_double_lt(fine, (*f)->order > 1.5 ? 0.04 : 0.2);
        }
}
END_TEST

/* Where a cross term changes its sign the currents go over to other links: the errors
 * there are of a divergence, large at the cells but not in any average. */
START_TEST(operator_is_weakly_consistent_where_a_cross_term_changes_its_sign)
{
    const kind k = {2,
                    2,
                    "sin(y) + 0.3; cos(x + y)",
                    "1 + 0.2 * cos(x); 0.4 * sin(x - y); 0; 1.1 + 0.2 * sin(y)",
                    {M_PI, M_PI},
                    {17, 16}};
    const char *p = "exp(sin(x) + cos(y + x))", *weight = "cos(x - y)";
    const double coarse = inconsistency(&k, 4, p, "chang-cooper", weight);
    const double fine = inconsistency(&k, 8, p, "chang-cooper", weight);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 1e-3);
}
END_TEST

/* A drift across the only noise: along the noise the diagonal carries it, across it
 * the axes do, upwind. */
START_TEST(drift_without_noise_is_upwind_to_first_order)
{
    const kind across = {2,       1, "1 + 0.5 * sin(y); -0.8", "0.7; 0.7", {M_PI, M_PI},
                         {16, 16}};
    const kind none = {2, 0, "sin(y) + 1.5; cos(x)", "", {M_PI, M_PI}, {16, 16}};
    const kind *both[] = {&across, &none};
    for (size_t i = 0; i < 2; i++) {
        const double coarse =
            inconsistency(both[i], 8, "exp(sin(x) + cos(y + x))", "chang-cooper", NULL);
        const double fine = inconsistency(both[i], 16, "exp(sin(x) + cos(y + x))",
                                          "chang-cooper", NULL);
        ck_assert_double_eq_tol(log2(coarse / fine), 1.0, 0.1);
    }
}
END_TEST

/* dp_i/dt = -(f p_i - f p_{i-1}) / h for a constant f > 0, to the last digit. */
START_TEST(no_noise_is_the_continuity_equation)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        if ((*f)->reach > 1)
            continue;
        equation e = open_equation(sde_text(FK_ITO, 1, 0, "x", "0.75", ""),
                                   box(1, (double[]){2.0}, (size_t[]){16}, FK_PERIODIC),
                                   (*f)->name);
        double *p = random_field(16, 13), *out = fk_doubles(16);
        fk_fokker_planck_apply(e.fp, p, out);
        for (size_t i = 0; i < 16; i++)
            ck_assert_double_eq_tol(out[i], 3.0 * (p[(i + 15) % 16] - p[i]), 1e-15);
        free(p);
        free(out);
        close_equation(&e);
    }
}
END_TEST

/* Constant drift 0.8 and D = 0.3 into an absorbing end at 1: the current of
 * p = 1 - e^{0.8 (x - 1) / 0.3} is the same everywhere, in the last half cell too. */
START_TEST(steady_current_into_an_absorbing_end_is_exact)
{
    const size_t n = 30;
    fk_domain d = box(1, (double[]){1.0}, &n, FK_REFLECTING);
    d.face[0][1] = FK_ABSORBING;
    equation e = open_equation(sde_text(FK_ITO, 1, 1, "x", "0.8", "sqrt(0.6)"), d,
                               "chang-cooper");
    double *p = sampled(&e, parsed(&e, "1 - exp(8 * (x - 1) / 3)"));
    double *out = fk_doubles(n);
    fk_fokker_planck_apply(e.fp, p, out);
    ck_assert_double_eq_tol(out[0], -0.8 / (2.0 / 30.0), 1e-11); /* nothing comes in */
    for (size_t c = 1; c < n; c++)
        ck_assert_double_eq_tol(out[c], 0.0, 1e-11);
    free(p);
    free(out);
    close_equation(&e);
}
END_TEST

/* p = cos(pi x / 2) between absorbing ends at +-1: J = D pi / 2 sin(pi x / 2), D = 0.3 */
static double exit_current_error(size_t n)
{
    equation e = open_equation(sde_text(FK_ITO, 1, 1, "x", "0", "sqrt(0.6)"),
                               box(1, (double[]){1.0}, &n, FK_ABSORBING), "central");
    double *p = sampled(&e, parsed(&e, "cos(pi * x / 2)")), worst = 0.0;
    double *J[] = {fk_doubles(n)};
    fk_fokker_planck_current(e.fp, p, J);
    for (size_t c = 0; c < n; c++) {
        const double x = fk_axis_centre(&e.domain.grid.axis[0], c);
        worst = fmax(worst, fabs(J[0][c] - 0.15 * M_PI * sin(0.5 * M_PI * x)));
    }
    free(p);
    free(J[0]);
    close_equation(&e);
    return worst;
}

START_TEST(current_reaches_through_absorbing_ends)
{
    const double coarse = exit_current_error(20), fine = exit_current_error(40);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 1e-3);
}
END_TEST

/* Rotating Ornstein-Uhlenbeck process: a stationary Gaussian with the current
 * J = omega p (-y, x).  [mean distance over all cells] */
static double current_error(size_t n)
{
    equation e = open_equation(
        sde_text(FK_ITO, 2, 2, "x; y", "-0.7 * x - 3 * y; 3 * x - 0.7 * y",
                 "1; 0; 0; 1"),
        box(2, (double[]){4.5, 4.5}, (size_t[]){n, n}, FK_REFLECTING), "chang-cooper");
    double *p = sampled(&e, parsed(&e, "exp(-0.7 * (x^2 + y^2)) * 0.7 / pi"));
    double *J[] = {fk_doubles(e.cells), fk_doubles(e.cells)}, sum = 0.0;
    fk_fokker_planck_current(e.fp, p, J);
    for (size_t c = 0; c < e.cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&e.domain.grid, c, x);
        sum += fabs(J[0][c] + 3.0 * p[c] * x[1]) + fabs(J[1][c] - 3.0 * p[c] * x[0]);
    }
    free(p);
    free(J[0]);
    free(J[1]);
    const double error = sum * fk_grid_volume(&e.domain.grid);
    close_equation(&e);
    return error;
}

START_TEST(current_of_a_rotating_equilibrium)
{
    const double coarse = current_error(40), fine = current_error(80);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 0.03); /* int |J_x| + |J_y| = 3 sqrt(4 / (0.7 pi)) = 4 */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fokker_planck_order");
    TCase *c = tcase_create("fokker_planck_order");
    tcase_add_test(c, operator_is_consistent_to_its_order);
    tcase_add_test(c,
                   operator_is_weakly_consistent_where_a_cross_term_changes_its_sign);
    tcase_add_test(c, drift_without_noise_is_upwind_to_first_order);
    tcase_add_test(c, no_noise_is_the_continuity_equation);
    tcase_add_test(c, current_of_a_rotating_equilibrium);
    tcase_add_test(c, steady_current_into_an_absorbing_end_is_exact);
    tcase_add_test(c, current_reaches_through_absorbing_ends);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
