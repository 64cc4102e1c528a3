/* Steps chosen along the path: the path stays what it is, and the error follows the
 * tolerance.  dX = sqrt(1 + X^2) o dW from 0 is sinh W, and W goes along as the second
 * variable, so that every particle knows its own error. */
#include <math.h>

#include "core/slope.h"
#include "sampling/levels.h"
#include "tests/particle_fixture.h"

enum { COUNT = 4096, FEW = 1024 };

static fk_sde *sinh_and_noise(void)
{
    return sde_text(FK_STRATONOVICH, 2, 1, "x; w", "0; 0", "sqrt(1 + x^2); 1");
}

/* States (x, w) at t = 1, to be freed. */
static double *run(size_t count, double tolerance, double step)
{
    const double none[] = {0.0, 0.0};
    fk_sde *sde = sinh_and_noise();
    fk_law *law = normal_law(2, none, none);
    fk_ensemble_options o = euler_options(count, step, 5);
    o.scheme = fk_scheme_find("adaptive-heun");
    o.rules.tolerance = tolerance;
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.0);
    double *x = all_states(e, 2);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
    return x;
}

static double mean_error(double tolerance, double step)
{
    double *x = run(FEW, tolerance, step), sum = 0.0;
    for (size_t p = 0; p < FEW; p++)
        sum += fabs(x[2 * p] - sinh(x[2 * p + 1]));
    free(x);
    return sum / FEW;
}

/* With one step of 1/4 for the longest, the error falls in proportion to the tolerance. */
START_TEST(error_follows_tolerance)
{
    double tolerance[3], error[3], noise[3];
    for (int k = 0; k < 3; k++) {
        tolerance[k] = 0.02 * pow(0.25, k);
        error[k] = mean_error(tolerance[k], 0.25);
        noise[k] = 0.02 * error[k];
    }
    const fk_slope slope = fk_slope_fit(3, tolerance, error, noise);
    ck_assert_double_eq_tol(slope.order, 1.0, 0.15);
}
END_TEST

/* Heun's step of X. */
static double heun(double x, double dw)
{
    const double g = sqrt(1.0 + x * x), y = x + g * dw;
    return x + 0.5 * (g + sqrt(1.0 + y * y)) * dw;
}

/* A step that rejects an increment, forgets it and tries half the step with a new one;
 * returns the time it took. */
static double careless_step(fk_streams *r, double left, double *x, double *w)
{
    double z[2 * FK_BLOCK];
    for (double h = left;; h *= 0.5) {
        fk_streams_normal(r, 2, z);
        const double dw = sqrt(h) * z[0], first = 0.5 * (dw + sqrt(h) * z[FK_BLOCK]);
        const double halves = heun(heun(*x, first), dw - first);
        if (fabs(heun(*x, dw) - halves) > 0.01 && h > 1e-3)
            continue;
        *x = halves;
        *w += dw;
        return h;
    }
}

/* The noise of paths that choose their steps: variance 1 at t = 1 and the whole normal
 * law, where paths that draw anew what they reject keep the small increments. */
START_TEST(no_bias)
{
    enum { PATHS = 4000 };
    double *x = run(COUNT, 0.02, 0.25);
    assert_moments(moments_of(x + 1, COUNT, 2), 0.0, 1.0);
    const fk_domain d = line(-2.5, 2.5, 20, FK_OPEN);
    uint64_t count[21] = {0};
    double mass[21];
    for (size_t p = 0; p < COUNT; p++) {
        size_t cell;
        count[fk_grid_find(&d.grid, &x[2 * p + 1], &cell) ? cell : 20]++;
    }
    free(x);
    for (int c = 0; c < 20; c++)
        mass[c] = normal_mass(-2.5 + 0.25 * c, -2.25 + 0.25 * c, 0.0, 1.0);
    mass[20] = 1.0 - normal_mass(-2.5, 2.5, 0.0, 1.0);
    ck_assert_double_gt(p_value(&d.grid, count, mass), least_p_value);

    static double careless[PATHS];
    for (size_t p = 0; p < PATHS; p++) {
        fk_streams r;
        fk_streams_seed(&r, 3, FK_FOR_TEST, p * FK_BLOCK);
        double start = 0.0, w = 0.0;
        for (double t = 0.0; t < 1.0;)
            t += careless_step(&r, fmin(0.25, 1.0 - t), &start, &w);
        careless[p] = w;
    }
    const moments m = moments_of(careless, PATHS, 1);
    ck_assert_double_lt(m.var, 1.0 - 10.0 * m.var_error);
}
END_TEST

/* Levels share one path, inside their steps too: W is the same for all of them, and X
 * converges with order 1 where the tolerance bisects and scales as h^(3/2). */
START_TEST(levels_share_the_path)
{
    const double none[] = {0.0, 0.0};
    fk_sde *sde = sinh_and_noise();
    fk_law *law = normal_law(2, none, none);
    fk_levels l;
    fk_message message;
    const fk_levels_options o = {.count = FEW,
                                 .levels = 5,
                                 .steps = 4,
                                 .end = 1.0,
                                 .seed = 3,
                                 .scheme = fk_scheme_find("adaptive-heun"),
                                 .rules.tolerance = 0.05};
    ck_assert_int_eq(fk_levels_run(sde, NULL, law, &o, NULL, &l, &message), FK_OK);
    double step[4], value[4], error[4];
    for (size_t k = 0; k < l.n_pairs; k++) {
        ck_assert_double_le(fabs(l.pair[k].square[1].mean), 1e-13);
        ck_assert_double_le(l.pair[k].square[1].error, 1e-13);
        step[k] = l.pair[k].step;
        value[k] = l.pair[k].distance.mean;
        error[k] = l.pair[k].distance.error;
    }
    const fk_slope strong = fk_slope_fit(l.n_pairs, step, value, error);
    ck_assert_double_gt(strong.order + 4.0 * strong.error, 0.94);
    fk_levels_clear(&l);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = -X^3 dt + dW from 10 with h = 0.1 explodes under Heun; bisected it comes down as
 * the deterministic 1 / sqrt(2 t + 1/100), where the drift rules. */
START_TEST(stiff_start_is_bisected)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x^3", "0.1");
    fk_law *law = normal_law_1d(10.0, 0.0);
    fk_message message;
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        fk_ensemble_options o = euler_options(1000, 0.1, 1);
        o.scheme = fk_scheme_find(adaptive ? "adaptive-heun" : "heun");
        o.rules.tolerance = 0.01;
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        ck_assert_int_eq(fk_ensemble_advance(e, 0.3, NULL, &message), FK_OK);
        ck_assert_uint_eq(fk_ensemble_losses(e)->count, adaptive ? 0 : 1000);
        if (adaptive) {
            const moments m = ensemble_moments(e);
            ck_assert_double_eq_tol(m.mean, 1.0 / sqrt(0.61), 0.01);
        }
        fk_ensemble_free(e);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* A particle's steps are its own affair: the same bits alone in its block or not, on one
 * thread or four, paused or not. */
START_TEST(paths_are_their_own)
{
    const double none[] = {0.0, 0.0};
    fk_sde *sde = sinh_and_noise();
    fk_law *law = normal_law(2, none, none);
    fk_ensemble_options o = euler_options(2000, 0.25, 5);
    o.scheme = fk_scheme_find("adaptive-heun");
    o.rules.tolerance = 0.02;
    const int threads = omp_get_max_threads();
    omp_set_num_threads(1);
    fk_ensemble *a = ensemble(sde, NULL, law, &o);
    advance(a, 1.0);
    omp_set_num_threads(4);
    o.count = 1;
    o.first = 3 * FK_BLOCK;
    fk_ensemble *b = ensemble(sde, NULL, law, &o);
    fk_ensemble_pace(b, 1.0);
    advance(b, 0.25);
    advance(b, 1.0);
    omp_set_num_threads(threads);
    double x[2], y[2];
    fk_ensemble_states(a, 3 * FK_BLOCK, 1, x);
    fk_ensemble_states(b, 0, 1, y);
    ck_assert_mem_eq(x, y, sizeof x);
    fk_ensemble_free(a);
    fk_ensemble_free(b);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(refusal)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0; x");
    fk_stepper *s = NULL;
    fk_message message = {""};
    ck_assert_int_eq(fk_scheme_find("adaptive-heun")->prepare(sde, &s, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "commute"));
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adaptive");
    TCase *cases = tcase_create("adaptive");
    tcase_add_test(cases, error_follows_tolerance);
    tcase_add_test(cases, no_bias);
    tcase_add_test(cases, levels_share_the_path);
    tcase_add_test(cases, stiff_start_is_bisected);
    tcase_add_test(cases, paths_are_their_own);
    tcase_add_test(cases, refusal);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
