/* Exit times, committors and transport coefficients against closed forms. */
#include "pde/committor.h"
#include "pde/exit_times.h"
#include "pde/transport.h"
#include "tests/generator_fixture.h"
#include "tests/suite.h"

static fk_exit_times exits_of(const chain *c)
{
    fk_exit_times e;
    fk_message message = {""};
    const fk_status status = fk_exit_times_solve(c->g, &e, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return e;
}

/* Needs (e4, iii): dX = v dt + dW between +-a, started in the middle. */
START_TEST(decision_times_and_choices)
{
    double mean[3], up[3], given[3], spread[3];
    for (size_t k = 0; k < 3; k++) {
        chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "1", "1"),
                              pde_line(-1.0, 1.0, (size_t)800 >> k, FK_ABSORBING));
        fk_exit_times e = exits_of(&c);
        ck_assert(e.escapes);
        ck_assert_uint_eq(e.n_faces, 2);
        for (size_t i = 0; i < c.g->cells; i++) {
            const double *low = e.face[0].probability, *high = e.face[1].probability;
            ck_assert_double_eq_tol(low[i] + high[i], 1.0, 1e-10);
            ck_assert_double_eq_tol(e.face[0].time[i] + e.face[1].time[i], e.mean[i],
                                    1e-10);
        }
        mean[k] = middle_value(&c, e.mean);
        up[k] = middle_value(&c, e.face[1].probability);
        given[k] = middle_value(&c, e.face[1].time);
        spread[k] = middle_value(&c, e.square);
        fk_exit_times_clear(&e);
        chain_end(&c);
    }
    const double P = 0.8807970780, T = 0.7615941560;
    /* E T^2 from the moment generating function cosh(1) / cosh(sqrt(1 + 2 s)) */
    const double square = 2.0 * tanh(1.0) * tanh(1.0) - 1.0 + tanh(1.0);
    ck_assert_double_eq_tol(fk_richardson_limit(3, mean).value, T, 1e-8);
    ck_assert_double_eq_tol(fk_richardson_limit(3, up).value, P, 1e-8);
    ck_assert_double_eq_tol(fk_richardson_limit(3, given).value, P * T, 1e-8);
    ck_assert_double_eq_tol(fk_richardson_limit(3, spread).value, square, 1e-7);
}
END_TEST

/* Needs (e4, ii): OU from 0 to S. */
START_TEST(ornstein_uhlenbeck_reaches_a_level)
{
    static const double level[] = {1.0, 2.0}, exact[] = {2.0934066497, 10.4284093980};
    for (size_t i = 0; i < 2; i++) {
        double mean[3];
        const double length = 3.5 * level[i] + 5.0;
        for (size_t k = 0; k < 3; k++) {
            fk_domain d =
                pde_line(level[i] - length, level[i], (size_t)1600 >> k, FK_REFLECTING);
            d.face[0][1] = FK_ABSORBING;
            chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"), d);
            fk_exit_times e = exits_of(&c);
            const fk_axis *axis = &d.grid.axis[0];
            const double place = -axis->lo / fk_axis_width(axis) - 0.5;
            const size_t below = (size_t)place;
            const double share = place - (double)below;
            mean[k] = e.mean[below] * (1.0 - share) + e.mean[below + 1] * share;
            const double bend = e.mean[below + 2] - e.mean[below + 1] - e.mean[below] +
                                e.mean[below - 1];
            mean[k] -= 0.25 * share * (1.0 - share) * bend;
            fk_exit_times_clear(&e);
            chain_end(&c);
        }
        const fk_richardson r = fk_richardson_limit(3, mean);
        ck_assert_double_eq_tol(r.value / exact[i], 1.0, 1e-6);
    }
}
END_TEST

/* Brownian motion from the middle of the square (-1, 1)^2: E T of 1/2 Laplace u = -1 by its
 * series, and each face takes a quarter. */
START_TEST(a_square_is_left_by_all_sides_alike)
{
    double exact = 1.0, mean[3];
    for (int n = 1; n < 60; n += 2) {
        const double q = 0.5 * M_PI * (double)n;
        exact -= (n % 4 == 1 ? 4.0 : -4.0) / (M_PI * (double)n) * 8.0 /
                 (M_PI * M_PI * (double)(n * n)) / cosh(q);
    }
    for (size_t k = 0; k < 3; k++) {
        const size_t n = (size_t)64 >> k;
        chain c = chain_begin(sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0; 1"),
                              pde_box(2, (double[]){-1, -1}, (double[]){1, 1},
                                      (size_t[]){n, n}, FK_ABSORBING));
        fk_exit_times e = exits_of(&c);
        const size_t middle = n / 2 * n + n / 2;
        mean[k] = 0.25 * (e.mean[middle] + e.mean[middle - 1] + e.mean[middle - n] +
                          e.mean[middle - n - 1]);
        ck_assert_uint_eq(e.n_faces, 4);
        for (size_t f = 0; f < 4; f++) {
            const double *h = e.face[f].probability;
            ck_assert_double_eq_tol(h[middle] + h[middle - 1] + h[middle - n] +
                                        h[middle - n - 1],
                                    1.0, 1e-10);
        }
        fk_exit_times_clear(&e);
        chain_end(&c);
    }
    ck_assert_double_eq_tol(fk_richardson_limit(3, mean).value, exact, 1e-6);
}
END_TEST

/* A face that absorbs partially at one end, J = kappa p: Brownian motion from x in (0, 1),
 * reflected at 0, has E T = (1 - x^2) / 2 D + 1 / kappa. */
START_TEST(a_partial_face_delays_the_exit)
{
    const double D = 0.5, kappa = 0.7;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_domain d = pde_line(0.0, 1.0, 200, FK_REFLECTING);
    d.face[0][1] = FK_PARTIAL;
    d.reactivity[0][1] = fk_expr_number(sde->pool, kappa);
    chain c = chain_begin(sde, d);
    fk_exit_times e = exits_of(&c);
    for (size_t i = 0; i < c.g->cells; i += 20) {
        const double x = fk_axis_centre(&d.grid.axis[0], i);
        ck_assert_double_eq_tol(e.mean[i], 0.5 * (1.0 - x * x) / D + 1.0 / kappa, 1e-4);
    }
    fk_exit_times_clear(&e);
    chain_end(&c);
}
END_TEST

/* Noise that vanishes at 0 parts the line: who starts on the right may leave there, who
 * starts on the left never does, and drift to the left makes the way out a chance. */
START_TEST(a_trap_makes_the_mean_infinite)
{
    fk_domain d = pde_line(-1.0, 1.0, 40, FK_REFLECTING);
    d.face[0][1] = FK_ABSORBING;
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "0", "x"), d);
    fk_exit_times e = exits_of(&c);
    ck_assert(!e.escapes);
    ck_assert(isinf(e.mean[5]) && isinf(e.square[5]));
    ck_assert_double_eq(e.face[0].probability[5], 0.0);
    ck_assert(isfinite(e.mean[30]));
    ck_assert_double_eq_tol(e.face[0].probability[30], 1.0, 1e-12);
    fk_exit_times_clear(&e);
    chain_end(&c);

    c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "-1", "max(x, 0)"), d);
    e = exits_of(&c);
    ck_assert(isinf(e.mean[30]) && isnan(e.face[0].time[30]));
    ck_assert_double_gt(e.face[0].probability[35], 0.0);
    ck_assert_double_lt(e.face[0].probability[35], 1.0);
    fk_exit_times_clear(&e);
    chain_end(&c);
}
END_TEST

/* OU from 0 to +-S: T = int_0^S e^{y^2/2} int_0^y e^{-z^2/2}, here by S = 6 as long as 3e7.
 * Rounding is told by probabilities that must add up to 1, and refused where it rules. */
START_TEST(rounding_of_rare_exits_is_told)
{
    fk_exit_times e;
    fk_message message = {""};
    chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"),
                          pde_line(-6.0, 6.0, 600, FK_ABSORBING));
    double exact = 0.0;
    const double h = 1e-4;
    for (size_t i = 0; i < 60000; i++) {
        const double y = ((double)i + 0.5) * h;
        exact += h * exp(0.5 * y * y) * sqrt(0.5 * M_PI) * erf(y / sqrt(2.0));
    }
    e = exits_of(&c);
    ck_assert_double_eq_tol(middle_value(&c, e.mean) / exact, 1.0, 2e-3);
    ck_assert_double_lt(e.rounding, 1e-4);
    ck_assert_double_gt(e.rounding, 1e-12);
    fk_exit_times_clear(&e);
    chain_end(&c);

    c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"),
                    pde_line(-10.0, 10.0, 600, FK_ABSORBING));
    ck_assert(fk_exit_times_solve(c.g, &e, &message) == FK_ESINGULAR);
    ck_assert_msg(strstr(message.text, "so rare") != NULL, "%s", message.text);
    chain_end(&c);
}
END_TEST

/* ---- committors ---- */

typedef struct disc {
    double x, y, radius;
    bool outside; /* the complement */
} disc;

static bool in_disc(void *context, const double *x)
{
    const disc *d = context;
    return (hypot(x[0] - d->x, x[1] - d->y) <= d->radius) != d->outside;
}

/* Brownian motion from a disc to the outside of another one: q = log(r/r1) / log(r2/r1),
 * nu = 2 pi D / (log(r2/r1) area); the edges are circles, the error of second order. */
START_TEST(committor_between_circles)
{
    double flux[3], worst[3];
    disc inner = {0.013, 0.021, 0.4, false}, outer = {0.013, 0.021, 1.1, true};
    const fk_set a = {in_disc, &inner}, b = {in_disc, &outer};
    for (size_t k = 0; k < 3; k++) {
        const size_t n = (size_t)120 >> k;
        fk_message message = {""};
        fk_committor q;
        chain c = chain_begin(
            sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "sqrt(0.6); 0; 0; sqrt(0.6)"),
            pde_box(2, (double[]){-1.5, -1.5}, (double[]){1.5, 1.5}, (size_t[]){n, n},
                    FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        ck_assert(fk_committor_solve(c.g, s.p, &a, &b, &q, &message) == FK_OK);
        flux[k] = q.flux;
        worst[k] = 0.0;
        for (size_t i = 0; i < c.g->cells; i++) {
            double x[FK_GRID_DIM];
            fk_grid_centre(&c.g->domain.grid, i, x);
            const double r = hypot(x[0] - inner.x, x[1] - inner.y);
            const double exact = fmin(
                fmax(log(r / inner.radius) / log(outer.radius / inner.radius), 0.0),
                1.0);
            worst[k] = fmax(worst[k], fabs(q.forward[i] - exact));
            ck_assert_double_eq_tol(q.forward[i] + q.backward[i], 1.0, 1e-10);
        }
        ck_assert_double_eq_tol(q.flux_in / q.flux, 1.0, 1e-10);
        fk_committor_clear(&q);
        fk_stationary_clear(&s);
        chain_end(&c);
    }
    const double exact = 2.0 * M_PI * 0.3 / log(1.1 / 0.4) / 9.0;
    ck_assert_double_eq_tol(flux[0] / exact, 1.0, 1e-3);
    ck_assert_double_lt(worst[0], 1e-3);
    ck_assert_double_gt(worst[2] / worst[0], 10.0); /* 16 would be second order */
}
END_TEST

/* One dimension: q by the scale function, nu = 1 / (Z int e^{U/D} / D); sets whose ends
 * lie anywhere between centres.  A is left as often as B, and the reactive current is nu
 * everywhere between them. */
static double left_end = -0.8123, right_end = 0.8321;

static bool is_left(void *context, const double *x)
{
    return x[0] < *(double *)context;
}

static bool is_right(void *context, const double *x)
{
    return x[0] > *(double *)context;
}

START_TEST(committor_of_a_double_well)
{
    double flux[3], middle[3];
    const fk_set a = {is_left, &left_end}, b = {is_right, &right_end};
    for (size_t k = 0; k < 3; k++) {
        fk_message message = {""};
        fk_committor q;
        chain c = chain_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "sqrt(0.5)"),
                              pde_line(-3.0, 3.0, (size_t)800 >> k, FK_REFLECTING));
        fk_stationary s = chain_settle(&c);
        ck_assert(fk_committor_solve(c.g, s.p, &a, &b, &q, &message) == FK_OK);
        flux[k] = q.flux;
        middle[k] = middle_value(&c, q.forward);
        for (size_t i = 0; i < c.g->cells; i++)
            if (q.in[i] == 0 && q.in[i - 1] == 0 && q.in[i + 1] == 0)
                ck_assert_double_eq_tol(q.current[0][i] / q.flux, 1.0, 1e-9);
        ck_assert_double_eq_tol(1.0 / q.rate_ab + 1.0 / q.rate_ba, 1.0 / q.flux,
                                1e-9 / q.flux);
        fk_committor_clear(&q);
        fk_stationary_clear(&s);
        chain_end(&c);
    }
    ck_assert_double_eq_tol(flux[0] / 0.03900062174865485, 1.0, 2e-5);
    ck_assert_double_eq_tol(middle[0], 0.49661406183654927, 1e-6);
}
END_TEST

START_TEST(sets_that_will_not_do_are_refused)
{
    fk_committor q;
    disc small = {0.0, 0.0, 1e-4, false}, left = {-0.5, 0.0, 0.3, false};
    disc over = {-0.3, 0.0, 0.3, false}, touching = {-0.5, 0.0, 0.3, true};
    const fk_set a = {in_disc, &left};
    const struct {
        fk_set b;
        const char *word;
    } wrong[] = {{{in_disc, &small}, "holds no cell"},
                 {{in_disc, &over}, "overlap"},
                 {{in_disc, &touching}, "touch"}};
    chain c = chain_begin(sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0; 1"),
                          pde_box(2, (double[]){-1, -1}, (double[]){1, 1},
                                  (size_t[]){20, 20}, FK_REFLECTING));
    fk_stationary s = chain_settle(&c);
    for (size_t k = 0; k < 3; k++) {
        fk_message message = {""};
        ck_assert(fk_committor_solve(c.g, s.p, &a, &wrong[k].b, &q, &message) ==
                  FK_EDOMAIN);
        ck_assert_msg(strstr(message.text, wrong[k].word) != NULL, "%s", message.text);
    }
    fk_stationary_clear(&s);
    chain_end(&c);
}
END_TEST

/* ---- transport ---- */

/* Needs (e3): the tilted washboard. */
START_TEST(washboard_velocity_and_diffusion)
{
    static const struct {
        const char *drift, *noise;
        double v, D;
    } one[] = {
        {"-sin(x)", "sqrt(2)", 0.0, 0.6238603604},
        {"1 - sin(x)", "sqrt(2)", 0.7747184253, 1.137452399},
        {"1 - sin(x)", "sqrt(0.2)", 0.3689532458, 0.4111299353},
    };
    for (size_t i = 0; i < 3; i++) {
        double v[3], D[3];
        for (size_t k = 0; k < 3; k++) {
            fk_transport t;
            chain c =
                chain_begin(sde_text(FK_ITO, 1, 1, "x", one[i].drift, one[i].noise),
                            pde_line(0.0, 2.0 * M_PI, (size_t)1024 >> k, FK_PERIODIC));
            fk_stationary s = chain_settle(&c);
            ck_assert(fk_transport_solve(c.g, &s, &t) == FK_OK);
            v[k] = t.velocity[0];
            D[k] = t.diffusion[0][0];
            fk_transport_clear(&t);
            fk_stationary_clear(&s);
            chain_end(&c);
        }
        ck_assert_double_eq_tol(fk_richardson_limit(3, v).value, one[i].v, 1e-9);
        ck_assert_double_eq_tol(fk_richardson_limit(3, D).value, one[i].D, 1e-8);
    }
}
END_TEST

/* A shear flow on the torus: dX = A sin(y) dt + sqrt(2 D) dW, dY = sqrt(2 D) dW spreads
 * along x with D + A^2 / 2 D (Taylor dispersion), and not at all crosswise. */
START_TEST(shear_enhances_diffusion)
{
    double D[2];
    for (size_t k = 0; k < 2; k++) {
        fk_transport t;
        const size_t n = (size_t)64 >> k;
        chain c =
            chain_begin(sde_text(FK_ITO, 2, 2, "x; y", "0.6*sin(y); 0", "1; 0; 0; 1"),
                        pde_box(2, (double[]){0, 0}, (double[]){2 * M_PI, 2 * M_PI},
                                (size_t[]){n, n}, FK_PERIODIC));
        fk_stationary s = chain_settle(&c);
        ck_assert(fk_transport_solve(c.g, &s, &t) == FK_OK);
        ck_assert_double_eq_tol(t.velocity[0], 0.0, 1e-12);
        ck_assert_double_eq_tol(t.diffusion[0][1], 0.0, 1e-12);
        ck_assert_double_eq_tol(t.diffusion[1][1], 0.5, 1e-12);
        D[k] = t.diffusion[0][0];
        fk_transport_clear(&t);
        fk_stationary_clear(&s);
        chain_end(&c);
    }
    ck_assert_double_eq_tol(fk_richardson_limit(2, D).value, 0.5 + 0.36, 1e-4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transitions");
    TCase *tests = tcase_create("transitions");
    tcase_add_test(tests, decision_times_and_choices);
    tcase_add_test(tests, ornstein_uhlenbeck_reaches_a_level);
    tcase_add_test(tests, a_square_is_left_by_all_sides_alike);
    tcase_add_test(tests, a_partial_face_delays_the_exit);
    tcase_add_test(tests, a_trap_makes_the_mean_infinite);
    tcase_add_test(tests, rounding_of_rare_exits_is_told);
    tcase_add_test(tests, committor_between_circles);
    tcase_add_test(tests, committor_of_a_double_well);
    tcase_add_test(tests, sets_that_will_not_do_are_refused);
    tcase_add_test(tests, washboard_velocity_and_diffusion);
    tcase_add_test(tests, shear_enhances_diffusion);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
