/* Wells, passes and the rates that are estimated from them. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "sde/landscape.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

static fk_landscape landscape_of(fk_sde *sde, const double *lo, const double *hi)
{
    fk_axis axis[FK_GRID_DIM];
    fk_landscape l;
    for (size_t i = 0; i < sde->dim; i++)
        axis[i] = (fk_axis){lo[i], hi[i], 10};
    const fk_grid box = fk_grid_make(sde->dim, axis);
    ck_assert(fk_landscape_find(sde, &box, &l) == FK_OK);
    sde_text_free(sde);
    return l;
}

/* Needs (e1): 2 r_K = sqrt 2 / pi exp(-1 / 4 D). */
START_TEST(kramers_rate_of_the_double_well)
{
    const fk_landscape l =
        landscape_of(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "sqrt(0.2)"),
                     (double[]){-3}, (double[]){3});
    ck_assert(l.known);
    ck_assert_uint_eq(l.n_wells, 2);
    ck_assert_uint_eq(l.n_passes, 1);
    ck_assert_double_eq_tol(l.pass[0].x[0], 0.0, 1e-12);
    ck_assert_double_eq_tol(l.pass[0].mu, -1.0, 1e-12);
    ck_assert_double_eq_tol(l.pass[0].height[0], 2.5, 1e-12);
    ck_assert_double_eq_tol(l.slowest, 0.03695123, 1e-8);
}
END_TEST

/* Needs (e11): the landscape of Mueller and Brown. */
static const char *const surface[2] = {
    "400*(x - 1)*exp(-(x - 1)^2 - 10*y^2)*(-1)"
    " - 200*x*exp(-x^2 - 10*(y - 0.5)^2)"
    " + 170*(-13*(x + 0.5) + 11*(y - 1.5))"
    "*exp(-6.5*(x + 0.5)^2 + 11*(x + 0.5)*(y - 1.5) - 6.5*(y - 1.5)^2)"
    " - 15*(1.4*(x + 1) + 0.6*(y - 1))"
    "*exp(0.7*(x + 1)^2 + 0.6*(x + 1)*(y - 1) + 0.7*(y - 1)^2)",
    "-4000*y*exp(-(x - 1)^2 - 10*y^2)"
    " - 2000*(y - 0.5)*exp(-x^2 - 10*(y - 0.5)^2)"
    " + 170*(11*(x + 0.5) - 13*(y - 1.5))"
    "*exp(-6.5*(x + 0.5)^2 + 11*(x + 0.5)*(y - 1.5) - 6.5*(y - 1.5)^2)"
    " - 15*(0.6*(x + 1) + 1.4*(y - 1))"
    "*exp(0.7*(x + 1)^2 + 0.6*(x + 1)*(y - 1) + 0.7*(y - 1)^2)",
};

static void has_point(size_t n, const fk_critical_point *p, double x, double y)
{
    bool found = false;
    for (size_t i = 0; i < n; i++)
        found = found || (fabs(p[i].x[0] - x) < 2e-6 && fabs(p[i].x[1] - y) < 2e-6);
    ck_assert_msg(found, "no point at %g, %g", x, y);
}

START_TEST(mueller_brown_has_three_wells_and_two_passes)
{
    static const double D = 15.0;
    char drift[1400];
    snprintf(drift, sizeof drift, "%s; %s", surface[0], surface[1]);
    const fk_landscape l =
        landscape_of(sde_text(FK_ITO, 2, 2, "x; y", drift, "sqrt(30); 0; 0; sqrt(30)"),
                     (double[]){-1.6, -0.5}, (double[]){1.2, 2.1});
    ck_assert(l.known);
    ck_assert_uint_eq(l.n_wells, 3);
    ck_assert_uint_eq(l.n_passes, 2);
    has_point(3, l.well, -0.558224, 1.441726);
    has_point(3, l.well, 0.623499, 0.028038);
    has_point(3, l.well, -0.050011, 0.466694);
    has_point(2, l.pass, -0.822002, 0.624313);
    has_point(2, l.pass, 0.212487, 0.292988);
    for (size_t i = 0; i < 2; i++)
        for (size_t side = 0; side < 2; side++) {
            const bool high = l.pass[i].x[0] < 0.0;
            const double top = high ? -40.664844 : -72.248940;
            const double *well = l.well[l.pass[i].well[side]].x;
            const double bottom = well[1] > 1.0   ? -146.699517
                                  : well[0] > 0.5 ? -108.166724
                                                  : -80.767818;
            ck_assert_double_eq_tol(l.pass[i].height[side], (top - bottom) / D, 1e-6);
        }
}
END_TEST

/* Noise that depends on x: with a = 1 + x^2 and b = -a Phi', Phi = the double well's over
 * D, the wells stay and the rate changes by what a is at the pass: a mu. */
START_TEST(noise_at_the_pass_sets_the_pace)
{
    const fk_landscape l = landscape_of(
        sde_text(FK_KINETIC, 1, 1, "x", "10*(1 + x^2)*(x - x^3)", "sqrt(2 + 2*x^2)"),
        (double[]){-3}, (double[]){3});
    ck_assert_double_eq_tol(l.slowest, 0.03695123 / 0.1, 1e-6);
}
END_TEST

START_TEST(a_rotation_has_no_landscape)
{
    const fk_landscape l =
        landscape_of(sde_text(FK_ITO, 2, 2, "x; y", "-x - y; x - y", "1; 0; 0; 1"),
                     (double[]){-3, -3}, (double[]){3, 3});
    ck_assert(!l.known);
}
END_TEST

/* Three wells in a row: the slowest relaxation of the chain of their rates. */
START_TEST(three_wells_relax_as_a_chain)
{
    const fk_landscape l = landscape_of(
        sde_text(FK_ITO, 3, 3, "x; y; z", "-20*sin(4*x)/4 - x/10; -y; -2*z",
                 "1; 0; 0; 0; 1; 0; 0; 0; 1"),
        (double[]){-2.3, -2, -2}, (double[]){2.3, 2, 2});
    ck_assert_uint_eq(l.n_wells, 3);
    ck_assert_uint_eq(l.n_passes, 2);
    double out = 0.0, in = 0.0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            const bool from_middle = fabs(l.well[i].x[0]) < 0.1;
            *(from_middle ? &out : &in) += l.rate[i][j];
        }
    ck_assert_double_eq_tol(l.slowest, 0.5 * in,
                            1e-9 * in); /* outer wells, antisymmetric */
    ck_assert_double_gt(out, 0.0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("landscape");
    TCase *tests = tcase_create("landscape");
    tcase_add_test(tests, kramers_rate_of_the_double_well);
    tcase_add_test(tests, mueller_brown_has_three_wells_and_two_passes);
    tcase_add_test(tests, noise_at_the_pass_sets_the_pace);
    tcase_add_test(tests, a_rotation_has_no_landscape);
    tcase_add_test(tests, three_wells_relax_as_a_chain);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
