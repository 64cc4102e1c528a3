/* Eigenvalues and modes of generators against spectra known in closed form or to many
 * digits, by Richardson extrapolation from grids. */
#include "pde/modes.h"
#include "tests/generator_fixture.h"
#include "tests/suite.h"

static fk_modes modes_of(const chain *c, size_t k)
{
    fk_modes m;
    fk_message message = {""};
    const fk_status status = fk_modes_both(c->g, k, &m, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return m;
}

/* A diagonal matrix with a rotation in it: what ARPACK gives back is what is there. */
static void stretch(void *context, const double *x, double *y)
{
    const size_t n = *(const size_t *)context;
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / (double)(i + 1);
    y[0] = 2.0 * x[0] - 3.0 * x[1];
    y[1] = 3.0 * x[0] + 2.0 * x[1];
}

START_TEST(arnoldi_finds_a_pair_and_a_real_value)
{
    size_t n = 50;
    const fk_operator A = {n, stretch, &n};
    fk_eigen_set set;
    fk_message message = {""};
    ck_assert(fk_eigen_largest(&A, 3, &set, &message) == FK_OK);
    ck_assert_uint_eq(set.k, 3);
    ck_assert_double_eq_tol(set.pair[0].re, 2.0, 1e-12);
    ck_assert_double_eq_tol(set.pair[0].im, 3.0, 1e-12);
    ck_assert_double_eq_tol(set.pair[1].im, -3.0, 1e-12);
    ck_assert_ptr_eq(set.pair[0].u, set.pair[1].u);
    ck_assert_double_eq_tol(set.pair[2].re, 1.0 / 3.0, 1e-12);
    ck_assert_ptr_null(set.pair[2].v);
    /* A (u + i v) = (2 + 3 i)(u + i v), first row */
    const double *u = set.pair[0].u, *v = set.pair[0].v;
    ck_assert_double_eq_tol(2.0 * u[0] - 3.0 * u[1], 2.0 * u[0] - 3.0 * v[0], 1e-12);
    fk_eigen_clear(&set);
}
END_TEST

/* Needs (e1): U = x^4/4 - x^2/2. */
START_TEST(double_well_spectrum_to_six_digits)
{
    static const struct {
        const char *noise;
        double half, lambda[3];
    } one[] = {
        {"sqrt(2)", 4.5, {0.7920884266, 3.54888918, 6.84354846}},
        {"1", 4.0, {0.4229446454, 2.31491325, 4.50377882}},
        {"sqrt(0.2)", 3.0, {0.0335452873, 0.92737210, 1.68026377}},
    };
    for (size_t i = 0; i < 3; i++) {
        double value[3][3];
        for (size_t k = 0; k < 3; k++) {
            chain c = chain_begin(
                sde_text(FK_ITO, 1, 1, "x", "x - x^3", one[i].noise),
                pde_line(-one[i].half, one[i].half, (size_t)1600 >> k, FK_REFLECTING));
            fk_modes m = modes_of(&c, 4);
            ck_assert_double_eq_tol(m.mode[0].re, 0.0, 1e-9);
            for (size_t j = 0; j < 3; j++)
                value[j][k] = -m.mode[j + 1].re;
            fk_modes_clear(&m);
            chain_end(&c);
        }
        for (size_t j = 0; j < 3; j++) {
            const fk_richardson r = fk_richardson_limit(3, value[j]);
            ck_assert_double_eq_tol(r.order, 2.0, 0.01);
            ck_assert_double_eq_tol(r.value / one[i].lambda[j], 1.0, 5e-7);
            ck_assert_double_lt(fabs(r.value - one[i].lambda[j]),
                                r.error + 1e-8 * r.value);
        }
    }
}
END_TEST

/* The mode nearest to -lambda of n x n cells of the laser at threshold, dX = -|X|^2 X dt +
 * sqrt 2 dW, in a quarter of the plane: the rotationally symmetric modes are even in x and
 * y. */
static void laser_modes(size_t n, const double lambda[2], double value[2])
{
    chain c =
        chain_begin(sde_text(FK_ITO, 2, 2, "x; y", "-(x^2 + y^2)*x; -(x^2 + y^2)*y",
                             "sqrt(2); 0; 0; sqrt(2)"),
                    pde_box(2, (double[]){0, 0}, (double[]){3.2, 3.2}, (size_t[]){n, n},
                            FK_REFLECTING));
    fk_modes m = modes_of(&c, 6);
    for (size_t i = 0; i < 2; i++) {
        value[i] = HUGE_VAL;
        for (size_t j = 0; j < m.n; j++)
            if (fabs(m.mode[j].re + lambda[i]) < fabs(value[i] + lambda[i]))
                value[i] = m.mode[j].re;
    }
    fk_modes_clear(&m);
    chain_end(&c);
}

/* Risken and Vollmer's lambda_01 and lambda_02, here from a Galerkin computation of 120
 * digits, to six digits and within the error told. */
START_TEST(laser_eigenvalues_in_the_plane)
{
    static const double lambda[2] = {5.626610176, 14.36273972};
    double value[4][2];
    for (size_t k = 0; k < 4; k++)
        laser_modes((size_t)128 >> k, lambda, value[k]);
    for (size_t i = 0; i < 2; i++) {
        const fk_richardson r = fk_richardson_limit(
            4, (double[]){value[0][i], value[1][i], value[2][i], value[3][i]});
        ck_assert_double_eq_tol(r.value, -lambda[i], r.error + 1e-9 * lambda[i]);
        ck_assert_double_eq_tol(r.value, -lambda[i], 5e-7 * lambda[i]);
    }
}
END_TEST

/* A ring of n cells with rates a and b: lambda_k = a (e^-iq - 1) + b (e^iq - 1),
 * q = 2 pi k / n. */
START_TEST(ring_has_complex_pairs)
{
    const size_t n = 60;
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "1", "0.5"),
                          pde_line(0.0, 1.0, n, FK_PERIODIC));
    fk_modes m = modes_of(&c, 5);
    const double a = c.g->link[0].up, b = c.g->link[0].dn;
    for (size_t k = 0; k < 5; k++) {
        const double q = 2.0 * M_PI * (double)k / (double)n;
        ck_assert_double_eq_tol(m.mode[k].re, (a + b) * (cos(q) - 1.0), 1e-9);
        ck_assert_double_eq_tol(m.mode[k].im, fabs(a - b) * sin(q), 1e-9);
    }
    ck_assert_double_gt(m.reach, m.mode[4].im);
    fk_modes_clear(&m);
    chain_end(&c);
}
END_TEST

/* A limit cycle turned at omega = 2: its phase forgets with Re lambda ~ -n^2 c at
 * Im lambda = n omega.  Near the shift lie modes that decay faster; none of the pairs up to
 * n = 4 may be missed for them. */
START_TEST(turning_modes_are_not_missed)
{
    chain c = chain_begin(sde_text(FK_ITO, 2, 2, "x; y",
                                   "(1 - x^2 - y^2)*x - 2*y;"
                                   "(1 - x^2 - y^2)*y + 2*x",
                                   "sqrt(0.1); 0; 0; sqrt(0.1)"),
                          pde_box(2, (double[]){-1.8, -1.8}, (double[]){1.8, 1.8},
                                  (size_t[]){64, 64}, FK_REFLECTING));
    fk_modes m = modes_of(&c, 5);
    for (size_t n = 1; n < 5; n++)
        ck_assert_double_eq_tol(m.mode[n].im, 2.0 * (double)n, 0.06 * (double)n);
    ck_assert_double_gt(m.reach, m.mode[4].im);
    fk_modes_clear(&m);
    chain_end(&c);
}
END_TEST

/* OU: lambda_n = n theta; left modes are Hermite polynomials, right ones those times p;
 * sum l_j r_k V = 1 if j = k, else 0. */
START_TEST(left_and_right_modes_are_dual)
{
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"),
                          pde_line(-8.0, 8.0, 400, FK_REFLECTING));
    const fk_grid *g = &c.g->domain.grid;
    fk_modes m = modes_of(&c, 5);
    for (size_t j = 0; j < 5; j++) {
        ck_assert_double_eq_tol(m.mode[j].re, -(double)j,
                                2e-3 * (double)(j * j) + 1e-9);
        for (size_t k = 0; k < 5; k++) {
            double sum = 0.0;
            for (size_t i = 0; i < c.g->cells; i++)
                sum += m.mode[j].left[0][i] * m.mode[k].right[0][i];
            ck_assert_double_eq_tol(sum * fk_grid_volume(g), j == k ? 1.0 : 0.0, 1e-7);
        }
    }
    const double *l = m.mode[2].left[0]; /* He_2 = x^2 - 1 */
    const double x = fk_axis_centre(&g->axis[0], 260),
                 y = fk_axis_centre(&g->axis[0], 200);
    ck_assert_double_eq_tol(l[260] / l[200], (x * x - 1.0) / (y * y - 1.0), 0.02);
    fk_modes_clear(&m);
    chain_end(&c);
}
END_TEST

/* Between absorbing walls Brownian motion decays like exp(-n^2 pi^2 D / L^2 t), and what
 * is left has the shape of a sine. */
START_TEST(quasi_stationary_density_is_a_sine)
{
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "0", "sqrt(2)"),
                          pde_line(0.0, 2.0, 200, FK_ABSORBING));
    fk_modes m = modes_of(&c, 3);
    for (size_t n = 1; n <= 3; n++) {
        const double exact = -0.25 * M_PI * M_PI * (double)(n * n);
        ck_assert_double_eq_tol(m.mode[n - 1].re, exact, 1e-3 * -exact);
    }
    for (size_t i = 0; i < c.g->cells; i++) {
        const double x = fk_axis_centre(&c.g->domain.grid.axis[0], i);
        ck_assert_double_eq_tol(m.mode[0].right[0][i],
                                0.25 * M_PI * sin(0.5 * M_PI * x), 1e-4);
    }
    fk_modes_clear(&m);
    chain_end(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("modes");
    TCase *tests = tcase_create("modes");
    tcase_add_test(tests, arnoldi_finds_a_pair_and_a_real_value);
    tcase_add_test(tests, double_well_spectrum_to_six_digits);
    tcase_add_test(tests, laser_eigenvalues_in_the_plane);
    tcase_add_test(tests, ring_has_complex_pairs);
    tcase_add_test(tests, turning_modes_are_not_missed);
    tcase_add_test(tests, left_and_right_modes_are_dual);
    tcase_add_test(tests, quasi_stationary_density_is_a_sine);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
