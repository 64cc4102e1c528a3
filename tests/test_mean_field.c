/* Paths that depend on the law of their ensemble. */
#include "sampling/halving.h"
#include "tests/mean_field_exact.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"
#include "tests/uniformity.h"

/* ---- expressions ---- */

typedef struct words {
    fk_expr_pool *pool;
    const fk_expr *x;
} words;

static const fk_expr *read_as(const words *w, const char *text)
{
    const fk_expr_name name[] = {{"x", NULL}, {"y", NULL}, {"t", NULL}};
    const fk_expr *e;
    fk_expr_error error;
    ck_assert_msg(fk_expr_parse(w->pool, text, name, 3, &e, &error) == FK_OK, "%s: %s",
                  text, error.text);
    return e;
}

static words words_begin(void)
{
    words w;
    ck_assert(fk_expr_pool_new(&w.pool) == FK_OK);
    w.x = fk_expr_symbol(w.pool, "x");
    return w;
}

static const char *const with_law[] = {
    "mean(x)",   "var(x)",        "x - 2*mean(x*y + t)", "exp(-var(2*x))",
    "cov(x, y)", "mean(mean(x))", "conv(sign(x))/2",     "mean(x*conv(abs(y)))"};

/* What is bound by the mean is no variable any more. */
START_TEST(means_bind_their_variables)
{
    const words w = words_begin();
    const fk_expr *seven = fk_expr_number(w.pool, 7.0);
    const fk_expr *e = read_as(&w, "x^2*mean(x)");
    ck_assert_ptr_eq(fk_expr_diff(w.pool, e, w.x), read_as(&w, "2*x*mean(x)"));
    ck_assert_ptr_eq(fk_expr_substitute(w.pool, e, 1, &w.x, &seven),
                     read_as(&w, "49*mean(x)"));
    ck_assert(!fk_expr_depends(read_as(&w, "mean(x)"), w.x));
    ck_assert(fk_expr_uses_law(e) && !fk_expr_uses_law(read_as(&w, "x^2")));
    ck_assert_ptr_eq(read_as(&w, "var(x)"), read_as(&w, "mean((x - mean(x))^2)"));
    ck_assert_ptr_eq(read_as(&w, "cov(x, x)"), read_as(&w, "var(x)"));
    ck_assert_ptr_eq(read_as(&w, "mean(3)"), read_as(&w, "3"));
    fk_expr_pool_free(w.pool);
}
END_TEST

START_TEST(means_are_printed_as_they_are_read)
{
    const words w = words_begin();
    for (size_t i = 0; i < sizeof with_law / sizeof *with_law; i++) {
        const fk_expr *e = read_as(&w, with_law[i]);
        char *text = fk_expr_print(e, FK_EXPR_TEXT);
        ck_assert_ptr_eq(read_as(&w, text), e);
        free(text);
    }
    char *text = fk_expr_print(read_as(&w, "var(x)"), FK_EXPR_TEXT);
    ck_assert_str_eq(text, "var(x)");
    free(text);
    fk_expr_pool_free(w.pool);
}
END_TEST

START_TEST(means_take_their_own_number_of_arguments)
{
    static const char *const text[] = {"mean(x, y)", "var()", "cov(x)", "mean"};
    const words w = words_begin();
    const fk_expr_name name[] = {{"x", NULL}, {"y", NULL}};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        const fk_expr *e;
        fk_expr_error error;
        ck_assert(fk_expr_parse(w.pool, text[i], name, 2, &e, &error) == FK_ESYNTAX);
    }
    fk_expr_pool_free(w.pool);
}
END_TEST

/* Kernels that are sums of products are means; (d/dx)(K * p) = K' * p. */
START_TEST(kernels_come_apart_where_they_can)
{
    static const char *const pair[][2] = {
        {"conv(x)", "x - mean(x)"},
        {"conv(sin(x))", "sin(x)*mean(cos(x)) - cos(x)*mean(sin(x))"},
        {"conv(x^2)", "x^2 - 2*x*mean(x) + mean(x^2)"},
        {"conv(exp(2*x)*3)", "3*exp(2*x)*mean(exp(-2*x))"},
        {"conv(x*y)", "x*y - x*mean(y) - y*mean(x) + mean(x*y)"}};
    static const char *const whole[] = {"conv(abs(x))", "conv(exp(-x^2))",
                                        "conv(sin(x^2))", "conv(x^9)"};
    const words w = words_begin();
    const fk_expr *variable[] = {w.x, fk_expr_symbol(w.pool, "y")};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++)
        ck_assert_msg(fk_expr_separated(w.pool, read_as(&w, pair[i][0]), 2, variable) ==
                          read_as(&w, pair[i][1]),
                      "%s", pair[i][0]);
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        ck_assert_ptr_null(
            fk_expr_separated(w.pool, read_as(&w, whole[i]), 2, variable));
    ck_assert_ptr_eq(fk_expr_diff(w.pool, read_as(&w, "x*conv(abs(x) + y)"), w.x),
                     read_as(&w, "conv(abs(x) + y) + x*conv(sign(x))"));
    ck_assert_ptr_eq(read_as(&w, "conv(2.5)"), read_as(&w, "2.5"));
    fk_expr_pool_free(w.pool);
}
END_TEST

/* ---- ensembles ---- */

static fk_ensemble_options options(const char *scheme, size_t count, double step,
                                   uint64_t seed)
{
    fk_ensemble_options o = euler_options(count, step, seed);
    o.scheme = fk_scheme_find(scheme);
    return o;
}

/* The law that depends on itself, to the errors of sample and step (0.0003 measured with
 * half and double the step). */
START_TEST(an_ensemble_follows_its_own_law)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", self_drift, self_noise);
    fk_law *law = normal_law_1d(self_start.mean, self_start.variance);
    const fk_ensemble_options o = options("heun", 100000, 0.05, 5);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    for (int k = 1; k <= 4; k++) {
        advance(e, 0.5 * k);
        const self_law exact = self_at(0.5 * k);
        const moments m = ensemble_moments(e);
        assert_sigmas(m.mean, exact.mean, m.mean_error + 3e-4);
        assert_sigmas(m.var, exact.variance, m.var_error + 3e-4);
    }
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

typedef struct change {
    double mean, mean_error;
} change;

/* <X> with step h less that with h/2, at t = 1. */
static change halved(const fk_scheme *scheme, const fk_sde *sde, const fk_law *law,
                     double h)
{
    const double centre = 0.0;
    double square, square_error;
    change c;
    fk_halving *p;
    fk_message message = {""};
    fk_ensemble_options o = options(scheme->name, 4096, h, 11);
    o.rules.tolerance = 1.0;
    ck_assert_msg(fk_halving_new(sde, NULL, law, &o, &p, &message) == FK_OK, "%s",
                  message.text);
    ck_assert(fk_halving_advance(p, 1.0, NULL, &message) == FK_OK);
    fk_halving_moments(p, &centre, &c.mean, &c.mean_error, &square, &square_error);
    fk_halving_free(p);
    return c;
}

static bool accepts(const fk_scheme *scheme, const fk_sde *sde)
{
    return fk_scheme_fits(scheme, sde, NULL, (fk_face_rules){false, false},
                          (fk_step_rules){.tolerance = 1.0}, NULL) == FK_OK;
}

/* Noise of the start alone, so that what differs between the steps is their error: the
 * orders in time of all schemes that follow an interacting ensemble. */
START_TEST(schemes_keep_their_order_to_two)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", self_drift, "0.001");
    fk_sde *still = sde_text(FK_ITO, 1, 0, "x", self_drift, "");
    fk_law *law = normal_law_1d(self_start.mean, self_start.variance);
    size_t n = 0;
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++) {
        const fk_sde *which = accepts(*s, sde) ? sde : still;
        if (!accepts(*s, which))
            continue;
        const change long_step = halved(*s, which, law, 1.0 / 32.0);
        const change short_step = halved(*s, which, law, 1.0 / 64.0);
        const double order =
            fk_scheme_weak_order(*s, which, NULL, (fk_face_rules){false, false});
        const double measured = log2(fabs(long_step.mean / short_step.mean));
        const double noise =
            4.0 * short_step.mean_error / fabs(short_step.mean) / log(2.0);
        ck_assert_double_le(order, 2.0);
        ck_assert_msg(measured + noise > order - 0.01, "%s: order %.3f +- %.3f, not %g",
                      (*s)->name, measured, noise, order);
        n++;
    }
    ck_assert_uint_ge(n, 16);
    fk_law_free(law);
    sde_text_free(sde);
    sde_text_free(still);
}
END_TEST

/* Pairs of dX = -1.5 (X - <X>) dt + 0.8 dW by Euler and Maruyama, coarse X and fine Y about
 * their means:  X+ = (1 - k h) X + sqrt(h / 2) s (z1 + z2),
 *               Y+ = (1 - k h/2)^2 Y + sqrt(h / 2) s ((1 - k h/2) z1 + z2),
 * from one point; means are the same Brownian motion of size 1 / sqrt N. */
START_TEST(pairs_are_two_ensembles_with_common_noise)
{
    enum { N = 50000 };
    const double k = 1.5, s = 0.8, h = 0.1, centre = 0.0;
    const double c = 1.0 - k * h, b = 1.0 - 0.5 * k * h;
    double xx = 0.0, yy = 0.0, mean, mean_error, square, square_error;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-1.5*(x - mean(x))", "0.8");
    fk_law *law = normal_law_1d(0.0, 0.0);
    const fk_ensemble_options o = options("euler-maruyama", N, h, 5);
    fk_halving *p;
    fk_message message = {""};
    ck_assert(fk_halving_new(sde, NULL, law, &o, &p, &message) == FK_OK);
    ck_assert(fk_halving_advance(p, 1.0, NULL, &message) == FK_OK);
    fk_halving_moments(p, &centre, &mean, &mean_error, &square, &square_error);
    for (int n = 0; n < 10; n++) {
        xx = c * c * xx + h * s * s;
        yy = b * b * b * b * yy + 0.5 * h * s * s * (b * b + 1.0);
    }
    ck_assert_double_eq_tol(mean, 0.0, 1e-12);
    assert_sigmas(square, xx - yy, square_error);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Of N paths dX_i = -k (X_i - <X>) dt + s dW_i from 0 the mean is a Brownian motion of
 * variance s^2 t / N, and the sum of squares about it N - 1 times an Ornstein-Uhlenbeck
 * process's variance: ensembles of 8 feel their own eight and nobody else. */
START_TEST(a_small_ensemble_has_the_law_of_a_small_ensemble)
{
    enum { N = 8, TRIALS = 1000 };
    const double k = 1.5, s = 0.8, t = 1.0, h = 0.05;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-1.5*(x - mean(x))", "0.8");
    fk_law *law = normal_law_1d(0.0, 0.0);
    double *mean = fk_doubles(TRIALS), *spread = fk_doubles(TRIALS);
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1); /* eight are not worth waking others */
    for (uint64_t i = 0; i < TRIALS; i++) {
        const fk_ensemble_options o = options("euler-maruyama", N, h, 100 + i);
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        advance(e, t);
        const moments m = ensemble_moments(e);
        mean[i] = m.mean;
        spread[i] = m.var;
        fk_ensemble_free(e);
    }
    omp_set_num_threads(threads);
    const double a = (1.0 - k * h) * (1.0 - k * h), steps = round(t / h);
    const double var = s * s * h * (1.0 - pow(a, steps)) / (1.0 - a);
    const moments of_mean = moments_of(mean, TRIALS, 1);
    assert_sigmas(of_mean.var, s * s * t / N, of_mean.var_error);
    const moments of_spread = moments_of(spread, TRIALS, 1);
    assert_sigmas(of_spread.mean, var, of_spread.mean_error);
    free(mean);
    free(spread);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Bit for bit: on one thread and on four, in one go and with pauses. */
START_TEST(threads_and_pauses_change_nothing)
{
    enum { N = 3000 };
    const fk_domain d = line(-4.0, 4.0, 50, FK_OPEN);
    fk_sde *sde =
        sde_text(FK_ITO, 1, 1, "x", "cos(mean(x)) - var(x)*x - conv(abs(x)*x)", "0.7");
    fk_law *law = normal_law_1d(self_start.mean, self_start.variance);
    const fk_ensemble_options o = options("heun", N, 0.01, 5);
    const int threads = omp_get_max_threads();
    fk_message message = {""};
    double *x[2];
    for (int k = 0; k < 2; k++) {
        omp_set_num_threads(k == 0 ? 1 : 4);
        fk_ensemble *e = ensemble(sde, &d, law, &o);
        for (int pause = 0; k == 1 && pause < 3; pause++)
            ck_assert(fk_ensemble_advance_some(e, 1.0, 7, NULL, &message) == FK_OK);
        advance(e, 1.0);
        x[k] = all_states(e, 1);
        fk_ensemble_free(e);
    }
    omp_set_num_threads(threads);
    ck_assert_mem_eq(x[0], x[1], N * sizeof *x[0]);
    free(x[0]);
    free(x[1]);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Those that left have no part in the law of the others: half the paths start beyond the
 * absorbing face at -1/2, the others drift by 0.5 <X> from 1, or by the share of what is
 * more than 1.2 away, nothing. */
START_TEST(the_law_is_that_of_those_alive)
{
    static const char *const drift[] = {"0.5*mean(x)", "conv(abs(x) > 1.2)"};
    const double exact[] = {exp(0.5), 1.0};
    const fk_domain d = line(-0.5, 9.5, 100, FK_ABSORBING);
    fk_mixture *m;
    fk_law *law;
    ck_assert(fk_mixture_new(1, 2, &m) == FK_OK);
    m->weight[0] = m->weight[1] = 0.5;
    m->mean[0] = -1.0;
    m->mean[1] = 1.0;
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    fk_mixture_free(m);
    for (size_t k = 0; k < 2; k++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 0, "x", drift[k], "");
        const fk_ensemble_options o = options("rk4", 1000, 0.01, 5);
        fk_ensemble *e = ensemble(sde, &d, law, &o);
        advance(e, 1.0);
        const moments alive = ensemble_moments(e);
        ck_assert(alive.n > 400.0 && alive.n < 600.0);
        ck_assert_double_eq_tol(alive.mean, exact[k], 1e-4);
        fk_ensemble_free(e);
        sde_text_free(sde);
    }
    fk_law_free(law);
}
END_TEST

/* Softmax attention to a Gaussian is the linear drift V (m + Sig A x): Sig = Sig_0 / (1 -
 * 2 V A Sig_0 t), of any ensemble's own variance, as nothing is drawn [castin-2025]. */
START_TEST(attention_squeezes_a_gaussian)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 0, "x", "-(mean(x) + var(x)*x)", "");
    fk_law *law = normal_law_1d(0.0, 1.0);
    const fk_ensemble_options o = options("rk4", 1000, 0.002, 5);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    const double first = ensemble_moments(e).var * 0.999; /* over n, not n - 1 */
    advance(e, 0.5);
    ck_assert_double_eq_tol(ensemble_moments(e).var * 0.999, first / (1.0 + first),
                            1e-6);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Matter on a line that attracts itself: v = -(F - 1/2) is kept along paths, and a uniform
 * law on [-1, 1] shrinks evenly, x(t) = (1 - t/2) x(0), until all is at one place at t = 2.
 * With 4 x 100 cells for the force, whose counts are those of 4000 paths. */
START_TEST(gravity_compresses_evenly)
{
    enum { N = 4000 };
    fk_sde *sde = sde_text(FK_ITO, 1, 0, "x", "-conv(sign(x))/2", "");
    const fk_domain d = line(-2.0, 2.0, 100, FK_OPEN);
    const double lo = -1.0, hi = 1.0;
    fk_law *law;
    ck_assert(fk_law_uniform_new(1, &lo, &hi, &law) == FK_OK);
    const fk_ensemble_options o = options("heun", N, 0.01, 5);
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    double *from = all_states(e, 1);
    qsort(from, N, sizeof *from, ascending);
    advance(e, 1.6);
    double *to = all_states(e, 1);
    qsort(to, N, sizeof *to, ascending);
    for (size_t i = 0; i < N;
         i++) { /* exact for N bodies: half of those to each side */
        const double force = -((double)i + 0.5) / N + 0.5;
        ck_assert_double_eq_tol(to[i], from[i] + 1.6 * force, 0.01);
    }
    free(from);
    free(to);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The cubic force between pairs, by moments up to the third and by counts in cells. */
START_TEST(two_ways_to_one_force)
{
    static const char *const drift[] = {"-conv(x^3)", "-conv(x^2*abs(x)*sign(x))"};
    const fk_domain d = line(-3.0, 3.0, 100, FK_OPEN);
    fk_law *law = normal_law_1d(0.3, 0.25);
    double *x[2], most = 0.0;
    for (size_t k = 0; k < 2; k++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift[k], "0.5");
        const fk_ensemble_options o = options("heun", 2000, 0.01, 5);
        fk_ensemble *e = ensemble(sde, &d, law, &o);
        advance(e, 1.0);
        x[k] = all_states(e, 1);
        fk_ensemble_free(e);
        sde_text_free(sde);
    }
    for (size_t i = 0; i < 2000; i++)
        most = fmax(most, fabs(x[0][i] - x[1][i]));
    ck_assert_double_lt(most, 3e-4); /* 9e-5 */
    free(x[0]);
    free(x[1]);
    fk_law_free(law);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mean_field");
    TCase *text = tcase_create("expressions"), *paths = tcase_create("ensembles");
    tcase_add_test(text, means_bind_their_variables);
    tcase_add_test(text, means_are_printed_as_they_are_read);
    tcase_add_test(text, means_take_their_own_number_of_arguments);
    tcase_add_test(text, kernels_come_apart_where_they_can);
    tcase_add_test(paths, an_ensemble_follows_its_own_law);
    tcase_add_test(paths, attention_squeezes_a_gaussian);
    tcase_add_test(paths, gravity_compresses_evenly);
    tcase_add_test(paths, two_ways_to_one_force);
    tcase_add_test(paths, schemes_keep_their_order_to_two);
    tcase_add_test(paths, pairs_are_two_ensembles_with_common_noise);
    tcase_add_test(paths, a_small_ensemble_has_the_law_of_a_small_ensemble);
    tcase_add_test(paths, threads_and_pauses_change_nothing);
    tcase_add_test(paths, the_law_is_that_of_those_alive);
    suite_add_tcase(suite, text);
    suite_add_tcase(suite, paths);
    return run_suite(suite);
}
