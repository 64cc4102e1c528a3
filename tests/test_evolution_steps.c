/* What every step must keep, whatever its length: sign, mass, equilibrium, tolerance. */
#include <omp.h>

#include "tests/pde_fixture.h"
#include "tests/suite.h"

static fk_evolution_options fixed(const fk_pde_stepper *stepper, double step)
{
    return (fk_evolution_options){.stepper = stepper, .step = step};
}

static fk_evolution_options adaptive(const char *stepper, double tolerance, double span)
{
    return (fk_evolution_options){
        .stepper = fk_pde_stepper_find(stepper), .tolerance = tolerance, .span = span};
}

static fk_sde *double_well(void)
{
    return sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7");
}

/* Rotation with correlated noise of both signs. */
static fk_sde *rotation(void)
{
    return sde_text(FK_ITO, 2, 2, "x; y", "-0.5 * x - 2 * y; 2 * x - 0.5 * y",
                    "0.7; 0; 0.4 * cos(x); 0.6");
}

static fk_domain square(size_t n, fk_boundary all)
{
    return pde_box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0}, (size_t[]){n, n},
                   all);
}

/* p+ = sum w_k A^-k p against e^{h L} = 1 + h L + (h L)^2 / 2 + ..., by powers of h L */
START_TEST(weights_have_the_order_they_state)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        for (int low = 0; (*s)->theta > 0.0 && low < 2; low++) {
            const double *w = low ? (*s)->fallback : (*s)->weight;
            double power[3] = {0.0};
            for (int k = 0; k <= FK_STEPPER_SOLVES; k++) {
                power[0] += w[k];
                power[1] += k * (*s)->theta * w[k];
                power[2] += 0.5 * k * (k + 1) * (*s)->theta * (*s)->theta * w[k];
                ck_assert(!low || w[k] >= 0.0);
            }
            ck_assert_double_eq(power[0], 1.0);
            ck_assert_double_eq_tol(power[1], 1.0, 1e-15);
            ck_assert_int_eq(fabs(power[2] - 0.5) < 1e-15,
                             (low ? 1.0 : (*s)->order) == 2.0);
        }
}
END_TEST

/* True if the steps are beyond an explicit stepper's limit. */
static bool refused(const pde_run *r, double t)
{
    fk_message message = {""};
    const fk_status status = fk_evolution_advance(r->evolution, t, NULL, &message);
    ck_assert_msg(status == FK_OK || status == FK_ELIMIT, "%s", message.text);
    return status == FK_ELIMIT;
}

/* Steps from much shorter to much longer than a cell's life, after a point. */
START_TEST(a_point_spreads_without_a_negative_cell)
{
    const fk_boundary all[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC, FK_OPEN};
    uint64_t limited = 0;
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        for (double step = 1e-5; step < 2.0; step *= 10.0)
            for (size_t b = 0; b < 4; b++)
                for (size_t dim = 1; dim <= 2; dim++) {
                    const fk_evolution_options o = fixed(*s, step);
                    const fk_domain d =
                        dim == 1 ? pde_line(-2.0, 2.0, 80, all[b]) : square(40, all[b]);
                    pde_run r = pde_begin(dim == 1 ? double_well() : rotation(), d,
                                          "chang-cooper", &o, 0.0,
                                          pde_point(&d.grid, (double[]){0.8, -1.3}));
                    if (!refused(&r, 6.0 * step)) {
                        const fk_ledger ledger = pde_ledger(&r);
                        ck_assert(!(*s)->positive || ledger.minimum >= 0.0);
                        ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-13);
                        ck_assert_uint_eq(ledger.steps, 6);
                        limited += ledger.limited;
                        ck_assert((*s)->order > 1.5 || ledger.limited == 0);
                    }
                    pde_end(&r);
                }
    ck_assert_uint_gt(limited, 0);
}
END_TEST

/* Without starting steps Crank-Nicolson would ring: the limiter must act, and what
 * leaves on the limited lines must still be booked. */
START_TEST(limited_steps_keep_the_ledger)
{
    fk_pde_stepper plain = *fk_pde_stepper_find("crank-nicolson");
    plain.start = 0;
    const fk_evolution_options o = fixed(&plain, 0.2);
    const fk_domain d = pde_line(-1.0, 1.0, 100, FK_ABSORBING);
    pde_run r = pde_begin(double_well(), d, "scharfetter-gummel", &o, 0.0,
                          pde_point(&d.grid, (double[]){0.9}));
    pde_advance(&r, 2.0);
    const fk_ledger ledger = pde_ledger(&r);
    ck_assert_uint_gt(ledger.limited, 0);
    ck_assert_double_ge(ledger.minimum, 0.0);
    ck_assert_double_gt(ledger.left[0][1], ledger.left[0][0]);
    ck_assert_double_gt(ledger.left[0][0], 0.0);
    ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-14);
    pde_end(&r);
}
END_TEST

/* exp(-U / D) with U a double well, D = 0.245 */
static double boltzmann(const double *lo, const double *hi, double t)
{
    (void)t;
    const double x = 0.5 * (*lo + *hi);
    return exp((x * x / 2.0 - x * x * x * x / 4.0) / 0.245);
}

/* exp(-(x^2 + y^2) / 2) */
static double round_gauss(const double *lo, const double *hi, double t)
{
    (void)t;
    const double x = 0.5 * (lo[0] + hi[0]), y = 0.5 * (lo[1] + hi[1]);
    return exp(-0.5 * (x * x + y * y)) / (2.0 * M_PI);
}

static void expect_stationary(pde_run *r, pde_law *law)
{
    double *p = pde_project(&r->domain.grid, law, 0.0);
    pde_advance(r, 30.0);
    for (size_t c = 0; c < r->cells; c++)
        ck_assert_double_eq_tol(fk_evolution_density(r->evolution)[c], p[c],
                                1e-12 * p[c]);
    free(p);
    pde_end(r);
}

START_TEST(equilibrium_stands_still_for_steps_of_any_length)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        for (double step = 0.1; (*s)->theta > 0.0 && step < 20.0; step *= 10.0) {
            const fk_evolution_options o = fixed(*s, step);
            const fk_domain line = pde_line(-2.5, 2.5, 128, FK_REFLECTING);
            pde_run r = pde_begin(double_well(), line, "scharfetter-gummel", &o, 0.0,
                                  pde_project(&line.grid, boltzmann, 0.0));
            expect_stationary(&r, boltzmann);

            /* a = [[0.5, 0.2], [0.2, 0.58]], b = -a x */
            const fk_domain d = square(32, FK_REFLECTING);
            r = pde_begin(
                sde_text(FK_ITO, 2, 2, "x; y",
                         "-0.5 * x - 0.2 * y; -0.2 * x - 0.58 * y", "1; 0; 0.4; 1"),
                d, "chang-cooper", &o, 0.0, pde_project(&d.grid, round_gauss, 0.0));
            expect_stationary(&r, round_gauss);
        }
}
END_TEST

static double *density_at(const pde_run *r)
{
    double *p = fk_doubles(r->cells);
    memcpy(p, fk_evolution_density(r->evolution), r->cells * sizeof *p);
    return p;
}

/* The density of the same run with steps so short that they are exact here. */
static double *reference(fk_sde *sde, fk_domain d, double *p0, double t)
{
    const fk_evolution_options o = fixed(fk_pde_stepper_find("tr-bdf2"), t / 8192.0);
    pde_run r = pde_begin(sde, d, "chang-cooper", &o, 0.0, p0);
    pde_advance(&r, t);
    double *p = density_at(&r);
    pde_end(&r);
    return p;
}

typedef enum start { POINT, GAUSS, STARTS } start;

static double narrow(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(*lo, *hi, -0.5, 0.3);
}

static double *initial(const fk_grid *g, start from)
{
    return from == POINT ? pde_point(g, (double[]){-0.5}) : pde_project(g, narrow, 0.0);
}

START_TEST(tolerance_is_kept_and_not_wasted)
{
    const fk_domain d = pde_line(-3.0, 3.0, 200, FK_REFLECTING);
    const double t = 1.0;
    for (start from = POINT; from < STARTS; from++) {
        double *exact = reference(double_well(), d, initial(&d.grid, from), t);
        static const char *const name[] = {"crank-nicolson", "tr-bdf2", "rkc"};
        for (size_t s = 0; s < 3; s++)
            for (double tolerance = 1e-2; tolerance > 1e-6; tolerance *= 0.1) {
                const fk_evolution_options o = adaptive(name[s], tolerance, t);
                pde_run r = pde_begin(double_well(), d, "chang-cooper", &o, 0.0,
                                      initial(&d.grid, from));
                pde_advance(&r, 0.3 * t);
                pde_advance(&r, t);
                const fk_ledger ledger = pde_ledger(&r);
                const double e =
                    fk_density_l1(&d.grid, fk_evolution_density(r.evolution), exact);
                ck_assert_double_lt(e, tolerance);
                ck_assert_double_gt(e, 1e-3 * tolerance);
                ck_assert_double_le(ledger.time_error, tolerance);
                ck_assert_double_lt(e, ledger.time_error);
                ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-12);
                pde_end(&r);
            }
        free(exact);
    }
}
END_TEST

/* Work follows the order: a hundredth of the tolerance takes ten times the steps. */
START_TEST(tolerance_is_paid_for_at_second_order)
{
    const fk_domain d = pde_line(-3.0, 3.0, 200, FK_REFLECTING);
    double steps[2];
    for (size_t i = 0; i < 2; i++) {
        const fk_evolution_options o = adaptive("tr-bdf2", i == 0 ? 1e-4 : 1e-6, 1.0);
        pde_run r = pde_begin(double_well(), d, "chang-cooper", &o, 0.0,
                              initial(&d.grid, GAUSS));
        pde_advance(&r, 1.0);
        steps[i] = (double)pde_ledger(&r).steps;
        pde_end(&r);
    }
    ck_assert_double_gt(steps[1] / steps[0], 5.0);
    ck_assert_double_lt(steps[1] / steps[0], 20.0);
}
END_TEST

/* A coefficient that rises a hundredfold shortens the steps while it lasts. */
START_TEST(steps_follow_coefficients_that_change)
{
    const fk_domain d = pde_line(-3.0, 3.0, 100, FK_REFLECTING);
    const fk_evolution_options o = adaptive("crank-nicolson", 1e-3, 3.0);
    const char *drift = "-x * (1 + 100 * exp(-50 * (t - 1.5)^2))";
    double *exact = reference(sde_text(FK_ITO, 1, 1, "x", drift, "0.7"), d,
                              initial(&d.grid, GAUSS), 3.0);
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", drift, "0.7"), d, "chang-cooper",
                          &o, 0.0, initial(&d.grid, GAUSS));
    pde_advance(&r, 3.0);
    ck_assert_double_lt(
        fk_density_l1(&d.grid, fk_evolution_density(r.evolution), exact), 1e-3);
    ck_assert_uint_lt(pde_ledger(&r).steps, 4000); /* 88 without the rise */
    free(exact);
    pde_end(&r);
}
END_TEST

/* A wide drift out of an open box: all that leaves is booked at the face it leaves by. */
START_TEST(open_faces_book_what_leaves)
{
    const fk_domain d = square(40, FK_OPEN);
    const fk_evolution_options o = adaptive("crank-nicolson", 1e-3, 4.0);
    pde_run r =
        pde_begin(sde_text(FK_ITO, 2, 2, "x; y", "1.5; -0.2", "0.3; 0; 0; 0.3"), d,
                  "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){-1.0, 0.0}));
    pde_advance(&r, 2.0);
    fk_ledger ledger = pde_ledger(&r);
    /* at x = -1 + 3 +- 0.42 half of it is beyond, a share more has been */
    ck_assert_double_gt(ledger.left[0][1], 0.5);
    ck_assert_double_lt(ledger.left[0][1], 0.62);
    pde_advance(&r, 4.0);
    ledger = pde_ledger(&r);
    ck_assert_double_gt(ledger.left[0][1], 0.999);
    ck_assert_double_lt(ledger.left[0][0] + ledger.left[1][1], 1e-3);
    const double total = ledger.inside + ledger.left[0][0] + ledger.left[0][1] +
                         ledger.left[1][0] + ledger.left[1][1];
    ck_assert_double_eq_tol(total, 1.0, 1e-12);
    pde_end(&r);
}
END_TEST

START_TEST(threads_do_not_change_a_bit)
{
    const fk_domain d = square(100, FK_OPEN);
    const fk_evolution_options o = adaptive("crank-nicolson", 0.05, 0.5);
    double *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        pde_run r = pde_begin(rotation(), d, "chang-cooper", &o, 0.0,
                              pde_point(&d.grid, (double[]){0.5, 0.5}));
        pde_advance(&r, 0.5);
        if (first == NULL)
            first = density_at(&r);
        ck_assert(memcmp(first, fk_evolution_density(r.evolution),
                         r.cells * sizeof *first) == 0);
        pde_end(&r);
    }
    free(first);
}
END_TEST

static bool at_once(void *context)
{
    (void)context;
    return true;
}

static fk_status outcome(const char *drift, const char *noise, const char *flux,
                         const fk_evolution_options *o, const fk_progress *progress,
                         fk_message *message)
{
    const fk_domain d = pde_line(-2.0, 2.0, 4, FK_REFLECTING);
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", drift, noise), d, flux, o, 0.0,
                          pde_point(&d.grid, (double[]){0.5}));
    const fk_status status = fk_evolution_advance(r.evolution, 2.0, progress, message);
    ck_assert_double_lt(fk_evolution_time(r.evolution), 2.0);
    pde_end(&r);
    return status;
}

START_TEST(failures_come_with_a_sentence)
{
    fk_message message = {""};
    const fk_evolution_options o = fixed(fk_pde_stepper_find("tr-bdf2"), 0.25);
    const fk_progress stop = {.stopped = at_once};
    ck_assert(outcome("-x", "1", "chang-cooper", &o, &stop, &message) ==
              FK_EINTERRUPTED);
    ck_assert_str_eq(message.text, "stopped at t = 0");

    ck_assert(outcome("-x / (1 - t)^0.5", "1", "chang-cooper", &o, NULL, &message) ==
              FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "the drift of variable 1") != NULL &&
                      strstr(message.text, "t = 1.125") != NULL,
                  "%s", message.text);

    /* cells of width 1: k (1 + P / 2) = (1 - 2) / 2, and the first pivot 1 - 2 / 2 */
    const fk_evolution_options huge = fixed(fk_pde_stepper_find("implicit-euler"), 2.0);
    ck_assert(outcome("-2", "1", "central", &huge, NULL, &message) == FK_ESINGULAR);
    ck_assert_msg(strstr(message.text, "'central' is not positive") != NULL, "%s",
                  message.text);

    /* steps that can never be short enough */
    const fk_evolution_options strict = adaptive("crank-nicolson", 1e-300, 2.0);
    ck_assert(outcome("-x", "1", "chang-cooper", &strict, NULL, &message) ==
              FK_ECONVERGE);
    ck_assert_msg(strstr(message.text, "no time step at t = 0") != NULL, "%s",
                  message.text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("evolution_steps");
    TCase *t = tcase_create("invariants");
    tcase_add_test(t, weights_have_the_order_they_state);
    tcase_add_test(t, a_point_spreads_without_a_negative_cell);
    tcase_add_test(t, limited_steps_keep_the_ledger);
    tcase_add_test(t, equilibrium_stands_still_for_steps_of_any_length);
    tcase_add_test(t, tolerance_is_kept_and_not_wasted);
    tcase_add_test(t, tolerance_is_paid_for_at_second_order);
    tcase_add_test(t, steps_follow_coefficients_that_change);
    tcase_add_test(t, open_faces_book_what_leaves);
    tcase_add_test(t, threads_do_not_change_a_bit);
    tcase_add_test(t, failures_come_with_a_sentence);
    suite_add_tcase(s, t);
    return run_suite(s);
}
