#include "sde/sde.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sde/process.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

/* Value of e at x[dim] and t. */
static double at(const fk_sde *s, const fk_expr *e, const double *x, double t)
{
    const fk_expr *symbol[4];
    double value[4];
    for (size_t i = 0; i < s->dim; i++) {
        symbol[i] = s->variable[i];
        value[i] = x[i];
    }
    symbol[s->dim] = s->time;
    value[s->dim] = t;
    return fk_expr_value(e, s->dim + 1, symbol, value);
}

/* dX = 0 dt + sqrt(1 + X^2) o_A dW: the Ito drift is A X, the flux drift (A - 1) X. */
START_TEST(three_interpretations)
{
    const double A[] = {
        [FK_ITO] = 0.0,
        [FK_STRATONOVICH] = 0.5,
        [FK_HANGGI_KLIMONTOVICH] = 1.0,
        [FK_KINETIC] = 1.0,
    };
    for (fk_interpretation i = FK_ITO; i <= FK_KINETIC; i++) {
        fk_sde *s = sde_text(i, 1, 1, "x", "0", "sqrt(1 + x^2)");
        for (double x = -2.0; x < 2.1; x += 0.5) {
            ck_assert_double_eq_tol(at(s, s->ito[0], &x, 0.0), A[i] * x, 1e-14);
            ck_assert_double_eq_tol(at(s, s->flux_drift[0], &x, 0.0), (A[i] - 1.0) * x,
                                    1e-14);
            ck_assert_double_eq_tol(at(s, s->diffusion[0], &x, 0.0),
                                    0.5 * (1.0 + x * x), 1e-14);
        }
        ck_assert(!fk_sde_endpoint_ambiguous(s));
        sde_text_free(s);
    }
}
END_TEST

/* G = [[1, 0], [x, 1]]: the end-point rule adds (0, 1), the kinetic one (0, 1/2).
 * G a rotation by the angle x: (0, 1) and (0, 0), though G G^T = 1. */
START_TEST(endpoint_is_ambiguous)
{
    static const char *const noise[] = {"1; 0; x; 1",
                                        "cos(x); -sin(x); sin(x); cos(x)"};
    const double kinetic[] = {0.5, 0.0}, x[] = {0.7, -0.3};
    for (size_t k = 0; k < 2; k++) {
        fk_sde *end = sde_text(FK_HANGGI_KLIMONTOVICH, 2, 2, "x; y", "0; 0", noise[k]);
        fk_sde *kin = sde_text(FK_KINETIC, 2, 2, "x; y", "0; 0", noise[k]);
        ck_assert_double_eq_tol(
            at(end, end->ito[0], x, 0.0),
            k == 0 ? 0.0 : -cos(x[0]) * sin(x[0]) + sin(x[0]) * cos(x[0]), 1e-14);
        ck_assert_double_eq_tol(at(end, end->ito[1], x, 0.0), 1.0, 1e-14);
        ck_assert_double_eq_tol(at(kin, kin->ito[0], x, 0.0), 0.0, 1e-14);
        ck_assert_double_eq_tol(at(kin, kin->ito[1], x, 0.0), kinetic[k], 1e-14);
        ck_assert(fk_sde_endpoint_ambiguous(end));
        sde_text_free(end);
        sde_text_free(kin);
    }
    fk_sde *plain = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "x; 0; 0; y");
    ck_assert(!fk_sde_endpoint_ambiguous(plain));
    sde_text_free(plain);
}
END_TEST

/* Whatever the interpretation, f_flux = ito - div a, checked by differences for a full
 * tensor that depends on everything. */
START_TEST(flux_drift_is_ito_minus_divergence)
{
    fk_sde *s = sde_text(FK_STRATONOVICH, 2, 2, "x; y", "-x + t; x*y",
                         "1 + y^2; sin(x); x*y; 2 + cos(t*x)");
    const double t = 0.3, h = 1e-5;
    for (size_t i = 0; i < 2; i++) {
        const double x[] = {0.4, -0.8};
        double divergence = 0.0;
        for (size_t j = 0; j < 2; j++) {
            double up[] = {x[0], x[1]}, down[] = {x[0], x[1]};
            up[j] += h;
            down[j] -= h;
            const fk_expr *a = s->diffusion[i * 2 + j];
            divergence += (at(s, a, up, t) - at(s, a, down, t)) / (2.0 * h);
        }
        ck_assert_double_eq_tol(at(s, s->flux_drift[i], x, t),
                                at(s, s->ito[i], x, t) - divergence, 1e-8);
    }
    ck_assert_ptr_eq(s->diffusion[1], s->diffusion[2]);
    ck_assert(!fk_sde_diagonal(s));
    ck_assert(!fk_sde_autonomous(s));
    sde_text_free(s);
}
END_TEST

START_TEST(structure_is_seen)
{
    fk_sde *s = sde_text(FK_ITO, 2, 2, "x; y", "-x; -y", "1; 1; 1; -1");
    ck_assert(fk_sde_diagonal(s)); /* 1/2 (1 * 1 + 1 * -1) = 0 */
    ck_assert(fk_sde_autonomous(s));
    sde_text_free(s);
    s = sde_text(FK_ITO, 1, 1, "x", "-x", "1 + t");
    ck_assert(!fk_sde_autonomous(s));
    sde_text_free(s);
}
END_TEST

START_TEST(processes_are_whole)
{
    for (const fk_process *const *p = fk_processes; *p != NULL; p++) {
        ck_assert_ptr_eq(fk_process_find((*p)->name), *p);
        ck_assert(strlen((*p)->summary) < 79 && (*p)->reference[0] != '\0');
        ck_assert((*p)->dim > 0 || (*p)->noises == 0);
        for (size_t i = 0; i < (*p)->dim; i++)
            ck_assert((*p)->variable[i] != NULL && (*p)->drift[i] != NULL);
    }
    ck_assert_ptr_null(fk_process_find("no such process"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sde");
    TCase *cases = tcase_create("sde");
    tcase_add_test(cases, three_interpretations);
    tcase_add_test(cases, endpoint_is_ambiguous);
    tcase_add_test(cases, flux_drift_is_ito_minus_divergence);
    tcase_add_test(cases, structure_is_seen);
    tcase_add_test(cases, processes_are_whole);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
