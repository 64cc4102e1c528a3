/* Steppers that apply the whole operator: what they do to one mode, how far they may step,
 * and what they keep. */
#include <complex.h>
#include <omp.h>

#include "tests/pde_fixture.h"
#include "tests/suite.h"

static fk_evolution_options with(const char *stepper, double step, double tolerance)
{
    return (fk_evolution_options){.stepper = fk_pde_stepper_find(stepper),
                                  .step = step,
                                  .tolerance = tolerance,
                                  .span = 1.0};
}

/* dX = 0.7 dt + sqrt 0.6 dW around a circle of CELLS cells: the mode e^{i k x} is an
 * eigenvector, and L turns and shrinks it by the symbol of its two rates. */
enum { CELLS = 40, WAVE = 3 };

static double wave(const double *lo, const double *hi, double t)
{
    (void)t;
    return 1.0 + 0.5 * cos(WAVE * 0.5 * (*lo + *hi));
}

static pde_run open_circle(const fk_evolution_options *o)
{
    const fk_domain d = pde_line(0.0, 2.0 * M_PI, CELLS, FK_PERIODIC);
    return pde_begin(sde_text(FK_ITO, 1, 1, "x", "0.7", "sqrt(0.6)"), d, "chang-cooper",
                     o, 0.0, pde_project(&d.grid, wave, 0.0));
}

static double complex symbol(void)
{
    const double h = 2.0 * M_PI / CELLS, P = 0.7 * h / 0.3, k = 0.3 / (h * h);
    const double dn = k * P / expm1(P), up = dn + 0.7 / h;
    return up * (cexp(-I * WAVE * h) - 1.0) + dn * (cexp(I * WAVE * h) - 1.0);
}

/* The run's density is 1 + 1/2 Re (factor e^{i k x}) at the centres. */
static void expect_factor(const pde_run *r, double complex factor, double tolerance)
{
    for (size_t c = 0; c < CELLS; c++) {
        const double x = fk_axis_centre(&r->domain.grid.axis[0], c);
        const double exact = 1.0 + 0.5 * creal(factor * cexp(I * WAVE * x));
        ck_assert_double_eq_tol(fk_evolution_density(r->evolution)[c], exact,
                                tolerance);
    }
}

START_TEST(uniformisation_is_the_exponential)
{
    for (double t = 1e-3; t < 2e3; t *= 100.0) {
        const fk_evolution_options o = with("uniformisation", 0.0, 1e-5);
        pde_run r = open_circle(&o);
        pde_advance(&r, t);
        expect_factor(&r, cexp(symbol() * t), 2e-13 * fmax(t, 1.0));
        ck_assert_uint_eq(pde_ledger(&r).steps, 1);
        ck_assert_double_eq(pde_ledger(&r).time_error, 0.0);
        pde_end(&r);
    }
}
END_TEST

START_TEST(three_stages_are_the_cubic_polynomial)
{
    const double h = 0.03;
    const fk_evolution_options o = with("ssp-rk3", h, 0.0);
    pde_run r = open_circle(&o);
    pde_advance(&r, h);
    const double complex z = h * symbol();
    expect_factor(&r, 1.0 + z + z * z / 2.0 + z * z * z / 6.0, 1e-15);
    pde_end(&r);
}
END_TEST

/* With eps = 2/13 and s = 2: w1 = T' / T'' = w0 = 1 + eps / 4, and the stability polynomial
 * with its first three coefficients those of e^z is 1 + z + z^2 / 2. */
START_TEST(two_chebyshev_stages_are_the_quadratic_polynomial)
{
    const double h = 0.02;
    const fk_evolution_options o = with("rkc", h, 0.0);
    pde_run r = open_circle(&o);
    pde_advance(&r, h);
    const double complex z = h * symbol();
    expect_factor(&r, 1.0 + z + z * z / 2.0, 1e-15);
    pde_end(&r);
}
END_TEST

static double normal(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(*lo, *hi, 0.4, 0.3);
}

/* Steps a thousand times as long as explicit Euler's: 55 stages, and still it decays to the
 * equilibrium. */
START_TEST(many_stages_stay_stable)
{
    const fk_domain d = pde_line(-2.0, 2.0, 400, FK_REFLECTING);
    const fk_evolution_options o = with("rkc", 0.02, 0.0);
    pde_run r =
        pde_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7"), d,
                  "scharfetter-gummel", &o, 0.0, pde_project(&d.grid, normal, 0.0));
    ck_assert_double_gt(o.step * fk_fokker_planck_max_rate(r.fp), 50.0);
    pde_advance(&r, 200.0);
    double *flow = fk_doubles(r.cells + FK_BOOKS), most = 0.0;
    fk_fokker_planck_flow(r.fp, fk_evolution_density(r.evolution), flow);
    for (size_t c = 0; c < r.cells; c++)
        most = fmax(most, fabs(flow[c]));
    ck_assert_double_lt(most, 1e-9);
    ck_assert_double_eq_tol(pde_ledger(&r).defect, 0.0, 1e-11);
    free(flow);
    pde_end(&r);
}
END_TEST

/* Up to 1 / (largest rate) a point spreads without a negative cell; beyond, the refusal says
 * how far one may go, and that is true. */
START_TEST(steps_are_allowed_up_to_the_limit)
{
    const fk_domain d = pde_box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0},
                                (size_t[]){40, 40}, FK_ABSORBING);
    const char *drift = "-0.5 * x - 2 * y; 2 * x - 0.5 * y";
    double limit = 1.0;
    for (int tries = 0; tries < 2; tries++) {
        const fk_evolution_options o = with("ssp-rk3", limit, 0.0);
        fk_message message = {""};
        pde_run r = pde_begin(
            sde_text(FK_ITO, 2, 2, "x; y", drift, "0.7; 0; 0.4 * cos(x); 0.6"), d,
            "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){1.8, -1.3}));
        const fk_status status = fk_evolution_advance(r.evolution, 1.0, NULL, &message);
        ck_assert_int_eq(status, tries == 0 ? FK_ELIMIT : FK_OK);
        if (tries == 0) {
            const char *text = strstr(message.text, "at most ");
            ck_assert_msg(text != NULL, "%s", message.text);
            limit = strtod(text + 8, NULL);
            const double rate = fk_fokker_planck_max_rate(r.fp);
            ck_assert_double_eq_tol(limit * rate, 0.9995, 5e-4);
        } else {
            ck_assert_double_ge(pde_ledger(&r).minimum, 0.0);
            ck_assert_double_eq_tol(pde_ledger(&r).defect, 0.0, 1e-13);
        }
        pde_end(&r);
    }
}
END_TEST

/* Rates that grow in time are looked at in every stage. */
START_TEST(the_limit_follows_coefficients_that_change)
{
    const fk_domain d = pde_line(-2.0, 2.0, 40, FK_REFLECTING);
    for (int adapt = 0; adapt < 2; adapt++) {
        const fk_evolution_options o = with("ssp-rk3", adapt ? 0.0 : 0.01, 1e-2);
        fk_message message = {""};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "0.7 * (1 + 3 * t)"), d,
                      "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){0.5}));
        const fk_status status = fk_evolution_advance(r.evolution, 1.0, NULL, &message);
        ck_assert_int_eq(status, adapt ? FK_OK : FK_ELIMIT);
        ck_assert_double_ge(pde_ledger(&r).minimum, 0.0);
        pde_end(&r);
    }
}
END_TEST

/* A drift that goes round has eigenvalues far from the real axis: long fixed steps would
 * blow up and are refused, adaptive ones find what is stable. */
START_TEST(oscillations_that_grow_are_refused)
{
    for (int adapt = 0; adapt < 2; adapt++) {
        const fk_domain d = pde_box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0},
                                    (size_t[]){32, 32}, FK_REFLECTING);
        const fk_evolution_options o = with("rkc", adapt ? 0.0 : 0.5, 1e-3);
        fk_message message = {""};
        pde_run r = pde_begin(
            sde_text(FK_ITO, 2, 2, "x; y", "-6 * y; 6 * x", "0.4; 0; 0; 0.4"), d,
            "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){0.5, 0.5}));
        const fk_status status = fk_evolution_advance(r.evolution, 1.0, NULL, &message);
        ck_assert_int_eq(status, adapt ? FK_OK : FK_ELIMIT);
        ck_assert(adapt || strstr(message.text, "oscillates") != NULL);
        ck_assert(!adapt || pde_ledger(&r).minimum > -1e-4);
        pde_end(&r);
    }
}
END_TEST

/* What leaves a drift-driven interval, by a stepper that is exact. */
START_TEST(what_leaves_is_booked_alike)
{
    static const char *const name[] = {"uniformisation", "ssp-rk3", "rkc", "tr-bdf2"};
    double left[4][2];
    for (size_t i = 0; i < 4; i++) {
        const fk_domain d = pde_line(-1.0, 1.0, 100, FK_ABSORBING);
        const fk_evolution_options o = with(name[i], 0.0, 1e-6);
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "0.8 - x", "0.9"), d, "chang-cooper",
                      &o, 0.0, pde_point(&d.grid, (double[]){0.3}));
        pde_advance(&r, 0.4);
        pde_advance(&r, 1.0);
        const fk_ledger ledger = pde_ledger(&r);
        ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-12);
        ck_assert_double_le(ledger.time_error, 1e-6);
        for (size_t side = 0; side < 2; side++)
            left[i][side] = ledger.left[0][side];
        pde_end(&r);
    }
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_gt(left[i][0], 0.02);
        ck_assert_double_gt(left[i][1], 0.3);
        for (size_t side = 0; side < 2; side++)
            ck_assert_double_eq_tol(left[i][side], left[0][side], 1e-6);
    }
}
END_TEST

START_TEST(a_matrix_exponential_needs_a_steady_matrix)
{
    const fk_domain d = pde_line(-2.0, 2.0, 40, FK_REFLECTING);
    const fk_evolution_options o = with("uniformisation", 0.0, 1e-5);
    fk_message message = {""};
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x * t", "0.7"), d,
                          "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){0.5}));
    ck_assert(fk_evolution_advance(r.evolution, 1.0, NULL, &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "free of t") != NULL, "%s", message.text);
    pde_end(&r);
}
END_TEST

START_TEST(threads_do_not_change_a_bit)
{
    const fk_domain d = pde_box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0},
                                (size_t[]){100, 110}, FK_OPEN);
    static const char *const name[] = {"ssp-rk3", "rkc", "uniformisation"};
    const size_t bytes = fk_grid_cells(&d.grid) * sizeof(double);
    for (size_t i = 0; i < 3; i++) {
        double *first = malloc(bytes);
        for (int threads = 1; threads <= 3; threads++) {
            omp_set_num_threads(threads);
            const fk_evolution_options o = with(name[i], 1e-3, 0.0);
            pde_run r = pde_begin(
                sde_text(FK_ITO, 2, 2, "x; y", "-x - 2 * y; 2 * x - y",
                         "0.7; 0; 0.4 * cos(x); 0.6"),
                d, "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){0.5, 0.5}));
            pde_advance(&r, 5e-3);
            const double *p = fk_evolution_density(r.evolution);
            if (threads == 1)
                memcpy(first, p, bytes);
            ck_assert(memcmp(first, p, bytes) == 0);
            pde_end(&r);
        }
        free(first);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("explicit");
    TCase *t = tcase_create("explicit");
    tcase_add_test(t, uniformisation_is_the_exponential);
    tcase_add_test(t, three_stages_are_the_cubic_polynomial);
    tcase_add_test(t, two_chebyshev_stages_are_the_quadratic_polynomial);
    tcase_add_test(t, many_stages_stay_stable);
    tcase_add_test(t, steps_are_allowed_up_to_the_limit);
    tcase_add_test(t, the_limit_follows_coefficients_that_change);
    tcase_add_test(t, oscillations_that_grow_are_refused);
    tcase_add_test(t, what_leaves_is_booked_alike);
    tcase_add_test(t, a_matrix_exponential_needs_a_steady_matrix);
    tcase_add_test(t, threads_do_not_change_a_bit);
    suite_add_tcase(s, t);
    return run_suite(s);
}
