/* Invariant measures of the Leimkuhler-Matthews scheme. */
#include <math.h>

#include "solvers/spline.h"
#include "tests/particle_fixture.h"

/* dX = -X dt + sqrt(2) dW: variance 1 at any step, where Euler-Maruyama's is
 * 1 / (1 - h/2). */
START_TEST(harmonic_variance)
{
    const char *const name[] = {"leimkuhler-matthews", "euler-maruyama"};
    const double h = 0.5, exact[] = {1.0, 1.0 / (1.0 - 0.5 * h)};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_law *law = normal_law_1d(0.0, 1.0);
    for (int k = 0; k < 2; k++) {
        fk_ensemble_options o = euler_options(1 << 18, h, 41);
        o.scheme = fk_scheme_find(name[k]);
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        advance(e, 12.0);
        assert_moments(ensemble_moments(e), 0.0, exact[k]);
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Brownian motion has its variance after any number of steps of any length. */
START_TEST(variance_from_the_first_step)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *law = normal_law_1d(0.0, 0.0);
    fk_ensemble_options o = euler_options(1 << 18, 0.5, 43);
    o.scheme = fk_scheme_find("leimkuhler-matthews");
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    for (int n = 1; n <= 4; n++) {
        advance(e, 0.5 * n);
        assert_moments(ensemble_moments(e), 0.0, 0.5 * n);
    }
    const double then[] = {2.3, 2.35, 2.75};
    for (int k = 0; k < 3; k++) {
        advance(e, then[k]);
        assert_moments(ensemble_moments(e), 0.0, then[k]);
    }
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Without randomness: X - N/2, N the last kick, is a Markov chain of its own, Y, and
 * E X^2 = E (Y + N/2)^2 = E Y^2 + h/2.  Its transition operator acts on functions at
 * grid points: a lane of a block is a value of N, weighted by the trapezoidal rule. */
enum { CELLS = 400, SWEEPS = 400 };

typedef struct chain {
    fk_grid grid;
    double *to; /* [CELLS][FK_BLOCK] */
    double weight[FK_BLOCK];
} chain;

static chain make_chain(const char *drift, double h)
{
    const fk_axis axis = {-9.0, 9.0, CELLS};
    chain c = {.grid = fk_grid_make(1, &axis), .to = fk_doubles(CELLS * FK_BLOCK)};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift, "sqrt(2)");
    const fk_scheme *scheme = fk_scheme_find("leimkuhler-matthews");
    fk_stepper *s;
    ck_assert_int_eq(scheme->prepare(sde, &s, NULL), FK_OK);
    double *scratch = fk_doubles(scheme->scratch(s)), *z = fk_doubles(3 * FK_BLOCK);
    double *kick = z + FK_BLOCK, *entered = kick + FK_BLOCK;
    for (size_t i = 0; i < CELLS; i++) {
        double *x = c.to + i * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double normal = ((double)j - 127.5) / 16.0;
            c.weight[j] = exp(-0.5 * normal * normal) / 16.0 / sqrt(2.0 * M_PI);
            kick[j] = sqrt(2.0) * normal;
            entered[j] = 0.5 * sqrt(h);
            x[j] = fk_axis_centre(&axis, i) + entered[j] * kick[j];
        }
        scheme->step(s, 0.0, h, z, (double *const[]){x, kick, entered}, scratch);
    }
    free(z);
    free(scratch);
    scheme->release(s);
    sde_text_free(sde);
    return c;
}

/* E X^2 in equilibrium: x^2 carried backwards until it is the same everywhere. */
static double equilibrium_square(const char *drift, double h)
{
    const chain c = make_chain(drift, h);
    double *u = fk_doubles(CELLS), *spline = fk_doubles(fk_spline_size(&c.grid));
    double value[FK_BLOCK];
    for (size_t i = 0; i < CELLS; i++)
        u[i] = pow(fk_axis_centre(&c.grid.axis[0], i), 2.0) + 0.5 * h;
    for (int k = 0; k < SWEEPS; k++) {
        fk_spline_fit(&c.grid, u, spline);
        for (size_t i = 0; i < CELLS; i++) {
            const double *x = c.to + i * FK_BLOCK;
            fk_spline_value(&c.grid, spline, &x, value);
            u[i] = 0.0;
            for (size_t j = 0; j < FK_BLOCK; j++)
                u[i] += c.weight[j] * value[j];
        }
    }
    const double square = u[CELLS / 2];
    ck_assert_double_eq_tol(u[CELLS / 3], square, 1e-9);
    free(u);
    free(spline);
    free(c.to);
    return square;
}

/* Under exp(-x^2/2 - cos(2 x)/2). */
static double exact_square(void)
{
    double mass = 0.0, square = 0.0;
    for (double x = -12.0; x <= 12.0; x += 1.0 / 64) {
        const double p = exp(-0.5 * x * x - 0.5 * cos(2.0 * x));
        mass += p;
        square += p * x * x;
    }
    return square / mass;
}

/* Order 2 where the well is not harmonic. */
START_TEST(order_in_equilibrium)
{
    const double exact = exact_square();
    double error[3];
    for (int k = 0; k < 3; k++)
        error[k] = equilibrium_square("-x + sin(2*x)", 0.1 * exp2(-k)) - exact;
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.4);
    ck_assert_double_eq_tol(error[1] / error[2], 4.0, 0.2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("equilibrium");
    TCase *cases = tcase_create("equilibrium");
    tcase_add_test(cases, harmonic_variance);
    tcase_add_test(cases, variance_from_the_first_step);
    tcase_add_test(cases, order_in_equilibrium);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
