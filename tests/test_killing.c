/* Killed particles: the survivors of Brownian motion killed at the rate 2 x^2 against the
 * exact expectation of the trapezoidal rule, and the other rules that killing obeys. */
#include "sampling/expectation.h"
#include "sampling/halving.h"
#include "tests/particle_fixture.h"

static const double sd = 0.3; /* of the initial law */

static fk_sde *killed(const char *noise, const char *rate)
{
    const fk_expr_name names[] = {{"x", NULL}, {"t", NULL}};
    fk_expr_error error;
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "0", noise);
    ck_assert_msg(fk_expr_parse(s->pool, rate, names, 2, &s->killing, &error) == FK_OK,
                  "%s", error.text);
    return s;
}

/* Counts of those that live and of those killed at t = 1. */
static fk_census census(const fk_sde *s, const fk_domain *d, double step, size_t count)
{
    uint64_t counts[FK_ELSEWHERE] = {0};
    fk_law *law = normal_law_1d(0.0, sd * sd);
    const fk_ensemble_options o = euler_options(count, step, 5);
    fk_ensemble *e = ensemble(s, d, law, &o);
    advance(e, 1.0);
    fk_ensemble_tally(e, NULL, counts);
    fk_ensemble_free(e);
    fk_law_free(law);
    return fk_census_read(0, counts);
}

/* E exp(-sum of the trapezoidal rule) of Brownian motion from N(0, sd^2), n steps to t = 1,
 * rate 2 x^2: backwards over Gaussian functions c exp(-a x^2),
 *
 *     E exp(-a (x + sqrt(h) z)^2) = (1 + 2 a h)^{-1/2} exp(-a x^2 / (1 + 2 a h)). */
static double trapezoidal(size_t n)
{
    const double h = 1.0 / (double)n;
    double a = h, c = 1.0;
    for (size_t k = n; k-- > 0;) {
        c /= sqrt(1.0 + 2.0 * a * h);
        a = a / (1.0 + 2.0 * a * h) + (k > 0 ? 2.0 : 1.0) * h;
    }
    return c / sqrt(1.0 + 2.0 * a * sd * sd);
}

/* Mehler: cosh^{-1/2}(2 t) (1 + sd^2 2 tanh(2 t))^{-1/2}. */
static double mehler(void)
{
    return 1.0 / sqrt(cosh(2.0) * (1.0 + 2.0 * sd * sd * tanh(2.0)));
}

START_TEST(the_rule_is_of_second_order)
{
    const double coarse = trapezoidal(16) - mehler(), fine = trapezoidal(32) - mehler();
    ck_assert_double_eq_tol(coarse / fine, 4.0, 0.05);
}
END_TEST

START_TEST(survivors_are_those_of_the_rule)
{
    enum { COUNT = 200000 };
    fk_sde *s = killed("1", "2*x^2");
    for (size_t n = 2; n <= 8; n *= 2) {
        const fk_census c = census(s, NULL, 1.0 / (double)n, COUNT);
        const double expected = trapezoidal(n), share = (double)c.outside / COUNT;
        const double error = sqrt(expected * (1.0 - expected) / COUNT);
        ck_assert_double_eq_tol(share, expected, allowed_sigmas * error);
        ck_assert_uint_eq(c.outside + c.killed, COUNT);
    }
    sde_text_free(s);
}
END_TEST

/* A constant rate is exact for any step, one that depends on t is integrated. */
START_TEST(rates_of_time_alone)
{
    enum { COUNT = 100000 };
    static const struct {
        const char *rate;
        double integral;
    } given[] = {{"0.7", 0.7}, {"1.4*t", 0.7}, {"step(t - 2)", 0.0}};
    for (size_t i = 0; i < 3; i++) {
        fk_sde *s = killed("1", given[i].rate);
        const fk_census c = census(s, NULL, 0.25, COUNT);
        const double expected = exp(-given[i].integral);
        const double error = sqrt(expected * (1.0 - expected) / COUNT);
        ck_assert_double_eq_tol((double)c.outside / COUNT, expected,
                                allowed_sigmas * error + 1e-12);
        sde_text_free(s);
    }
}
END_TEST

/* Killed and absorbed: the rate 0.7 takes the share e^-0.7 from what lives between walls. */
START_TEST(walls_and_killing_go_together)
{
    enum { COUNT = 100000 };
    fk_sde *s = killed("1", "0.7"), *free = killed("1", "0");
    const fk_axis axis = {-1.0, 1.0, 10};
    const fk_domain d = {.grid = fk_grid_make(1, &axis),
                         .face = {{FK_ABSORBING, FK_ABSORBING}}};
    const fk_census a = census(s, &d, 1e-2, COUNT), b = census(free, &d, 1e-2, COUNT);
    const uint64_t gone = a.absorbed[0][0] + a.absorbed[0][1];
    const double all = (double)b.outside * exp(-0.7);
    ck_assert_uint_eq(a.outside + a.killed + gone, COUNT);
    ck_assert_uint_gt(gone, 0);
    ck_assert_double_eq_tol((double)a.outside, all, allowed_sigmas * sqrt(2.0 * all));
    sde_text_free(s);
    sde_text_free(free);
}
END_TEST

/* The pairs of a run die together but for the error of the step. */
START_TEST(pairs_share_their_fate)
{
    enum { COUNT = 20000 };
    const fk_axis axis = {-9.0, 9.0, 1};
    const fk_grid g = fk_grid_make(1, &axis);
    uint64_t coarse[2] = {0}, fine[2] = {0}, moved[2] = {0};
    fk_sde *s = killed("1", "2*x^2");
    fk_law *law = normal_law_1d(0.0, sd * sd);
    fk_message message = {""};
    fk_halving *h;
    const fk_ensemble_options o = euler_options(COUNT, 0.05, 5);
    ck_assert_int_eq(fk_halving_new(s, NULL, law, &o, &h, &message), FK_OK);
    ck_assert_int_eq(fk_halving_advance(h, 1.0, NULL, &message), FK_OK);
    fk_halving_tally(h, &g, coarse, fine, moved);
    ck_assert_uint_lt(moved[0], COUNT / 50);
    ck_assert_uint_gt(coarse[1], COUNT / 10);
    fk_halving_free(h);
    fk_law_free(law);
    sde_text_free(s);
}
END_TEST

START_TEST(killed_particles_stay_where_they_ended)
{
    enum { COUNT = FK_BLOCK };
    double before[COUNT], after[COUNT];
    fk_sde *s = killed("1", "2*x^2");
    fk_law *law = normal_law_1d(0.0, sd * sd);
    const fk_ensemble_options o = euler_options(COUNT, 0.1, 5);
    fk_ensemble *e = ensemble(s, NULL, law, &o);
    size_t dead = 0;
    advance(e, 1.0);
    fk_ensemble_states(e, 0, COUNT, before);
    for (size_t p = 0; p < COUNT; p++)
        dead += fk_ensemble_killed(e, p);
    advance(e, 2.0);
    fk_ensemble_states(e, 0, COUNT, after);
    for (size_t p = 0; p < COUNT; p++)
        dead -= fk_ensemble_killed(e, p) && before[p] == after[p];
    ck_assert_uint_eq(dead, 0);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(s);
}
END_TEST

/* Feynman and Kac: E[1; alive] is what multilevel and plain Monte Carlo estimate. */
START_TEST(expectations_count_the_killed_as_nothing)
{
    static const char *const way[] = {"multilevel", "plain"};
    fk_sde *s = killed("1", "2*x^2");
    fk_law *law = normal_law_1d(0.0, sd * sd);
    const fk_expectation_options o = {.phi = fk_expr_number(s->pool, 1.0),
                                      .error = 4e-3,
                                      .end = 1.0,
                                      .steps = 32,
                                      .seed = 3,
                                      .scheme = fk_scheme_find("euler-maruyama")};
    for (size_t i = 0; i < 2; i++) {
        fk_expectation found;
        fk_message message = {""};
        ck_assert_msg(fk_estimator_find(way[i])->run(s, NULL, law, &o, NULL, &found,
                                                     &message) == FK_OK,
                      "%s", message.text);
        ck_assert_double_eq_tol(found.value, mehler(), allowed_sigmas * o.error);
    }
    fk_law_free(law);
    sde_text_free(s);
}
END_TEST

START_TEST(what_is_no_rate)
{
    fk_sde *s = killed("1", "-1");
    fk_law *law = normal_law_1d(0.0, 1.0);
    const fk_ensemble_options o = euler_options(100, 0.1, 5);
    fk_ensemble *e;
    fk_message message = {""};
    ck_assert_int_eq(fk_ensemble_new(s, NULL, law, &o, &e, &message), FK_EDOMAIN);
    ck_assert_str_eq(message.text,
                     "killing: the rate is -1; that of particles must be >= 0");
    sde_text_free(s);

    s = killed("1", "x");
    e = ensemble(s, NULL, law, &o);
    advance(e, 1.0);
    ck_assert_uint_gt(fk_ensemble_losses(e)->count, 30);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("killing");
    TCase *t = tcase_create("killing");
    tcase_add_test(t, the_rule_is_of_second_order);
    tcase_add_test(t, survivors_are_those_of_the_rule);
    tcase_add_test(t, rates_of_time_alone);
    tcase_add_test(t, walls_and_killing_go_together);
    tcase_add_test(t, pairs_share_their_fate);
    tcase_add_test(t, killed_particles_stay_where_they_ended);
    tcase_add_test(t, expectations_count_the_killed_as_nothing);
    tcase_add_test(t, what_is_no_rate);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
