/* Jumps against exact laws: Poisson counts, Merton's moments and characteristic function,
 * births and deaths; how they converge, and what they do at faces. */
#include <check.h>
#include <complex.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/slope.h"
#include "pde/flux.h"
#include "pde/fokker_planck.h"
#include "sampling/halving.h"
#include "sampling/levels.h"
#include "tests/particle_fixture.h"
#include "tests/problem_text.h"

static const char *const plain[] = {
    "variables: [x]",                /* 1 */
    "parameters: {r: 2}",            /* 2 */
    "drift: 0",                      /* 3 */
    "noise: 0",                      /* 4 */
    "jumps: {rate: r, size: 1}",     /* 5 */
    "time: {end: 1}",                /* 6 */
    "initial: {point: 0}",           /* 7 */
    "pde: off",                      /* 8 */
    "domain: {x: [-0.5, 30.5, 31]}", /* 9 */
    NULL,
};
/* `plain` with lines exchanged, each for the one with its key. */
static fk_problem *read_changed(size_t n, const char *const *line)
{
    char text[4000] = "";
    for (size_t i = 0; plain[i] != NULL; i++) {
        const char *use = plain[i];
        for (size_t k = 0; k < n; k++)
            if (strncmp(line[k], use, strcspn(use, ":") + 1) == 0)
                use = line[k];
        strcat(text, use);
        strcat(text, "\n");
    }
    write_file("problem.yaml", text, strlen(text));
    return read_with(0, NULL);
}

#define READ(...)                                                        \
    read_changed(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), \
                 (const char *[]){__VA_ARGS__})

static fk_ensemble *run(const fk_problem *p, const char *scheme, size_t count,
                        double step, double t)
{
    fk_ensemble_options o = euler_options(count, step, 11);
    o.scheme = fk_scheme_find(scheme);
    fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
    advance(e, t);
    return e;
}

/* mean of exp(i k x) and the error of its real and imaginary part, at most */
static double complex transform(const double *x, size_t n, double k)
{
    double complex sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += cexp(I * k * x[i]);
    return sum / (double)n;
}

static void assert_transform(const double *x, size_t n, double k, double complex exact)
{
    const double complex found = transform(x, n, k);
    assert_sigmas(creal(found), creal(exact), sqrt(0.5 / (double)n));
    assert_sigmas(cimag(found), cimag(exact), sqrt(0.5 / (double)n));
}

/* Chi-square of counts in the cells 0, 1, 2, ... against Poisson's law. */
static double poisson_p_value(const fk_problem *p, const fk_ensemble *e, double mean)
{
    const fk_grid *g = &p->domain.grid;
    fk_census census;
    uint64_t *count = histogram_of(e, g, &census);
    double mass[32], left = 1.0;
    for (size_t k = 0; k < 31; k++) {
        mass[k] = exp((double)k * log(mean) - mean - lgamma((double)k + 1.0));
        left -= mass[k];
    }
    mass[31] = fmax(left, 0.0);
    const double found = p_value(g, count, mass);
    free(count);
    return found;
}

/* ---- laws that do not depend on the step ---- */

START_TEST(counts_are_poisson_however_many_jumps_a_step_has)
{
    fk_problem *p = READ("parameters: {r: 8}");
    const double step[] = {1.0, 0.1};
    for (int i = 0; i < 2; i++) {
        fk_ensemble *e = run(p, "euler-maruyama", 100000, step[i], 1.0);
        ck_assert_double_gt(poisson_p_value(p, e, 8.0), least_p_value);
        assert_moments(ensemble_moments(e), 8.0, 8.0);
        fk_ensemble_free(e);
    }
    fk_problem_free(p);
}
END_TEST

/* Births at a rate b, deaths at a rate d x, from nobody: Poisson's law of mean
 * b/d (1 - exp(-d t)). */
START_TEST(births_and_deaths_have_their_law_at_any_step)
{
    fk_problem *p =
        READ("parameters: {b: 9, d: 0.7}",
             "jumps: [{rate: b, to: x + 1}, {rate: 'd*max(x, 0)', size: -1}]");
    fk_ensemble *e = run(p, "euler-maruyama", 100000, 0.8, 1.6);
    const double mean = 9.0 / 0.7 * (1.0 - exp(-0.7 * 1.6));
    ck_assert_double_gt(poisson_p_value(p, e, mean), least_p_value);
    assert_moments(ensemble_moments(e), mean, mean);
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

/* X = X_0 exp((mu - s^2/2) t + s W + sum z); everything commutes, so one step is exact.
 * E X^q = exp(t (q mu + q (q - 1) s^2/2 + r (E exp(q z) - 1))). */
START_TEST(merton_has_the_exact_moments_and_characteristic_function)
{
    const double mu = 0.1, s = 0.3, r = 2.0, m = -0.1, sd = 0.2, t = 1.0;
    fk_problem *p = READ("drift: 0.1*x", "noise: 0.3*x", "initial: {point: 1}",
                         "jumps: {rate: r, size: {gaussian: {mean: -0.1, sd: 0.2}}, "
                         "to: x*exp(z)}");
    fk_ensemble *e = run(p, "exact-geometric", 100000, t, t);
    double raw[3];
    for (int q = 1; q <= 2; q++)
        raw[q] = exp(t * (q * mu + 0.5 * q * (q - 1) * s * s +
                          r * (exp(q * m + 0.5 * q * q * sd * sd) - 1.0)));
    assert_moments(ensemble_moments(e), raw[1], raw[2] - raw[1] * raw[1]);

    double *x = all_states(e, 1);
    const size_t n = fk_ensemble_count(e);
    for (size_t i = 0; i < n; i++)
        x[i] = log(x[i]);
    for (double k = 0.5; k < 10.0; k *= 2.0) {
        const double complex mark = cexp(I * k * m - 0.5 * k * k * sd * sd);
        const double complex exponent =
            I * k * (mu - 0.5 * s * s) - 0.5 * k * k * s * s + r * (mark - 1.0);
        assert_transform(x, n, k, cexp(t * exponent));
    }
    free(x);
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

/* Sums of marks of every law: the characteristic function is exp(r t (phi(k) - 1)). */
START_TEST(every_law_of_marks_gives_its_compound_poisson_law)
{
    static const struct {
        const char *line;
        int law;
    } each[] = {
        {"jumps: {rate: r, size: {exponential: {mean: 0.7}}}", 0},
        {"jumps: {rate: r, size: {laplace: {mean: 0.2, scale: 0.5}}}", 1},
        {"jumps: {rate: r, size: {uniform: {from: -0.3, to: 1.1}}}", 2},
        {"jumps: {rate: r, size: {points: [-1, 0.5, 2], weights: [1, 3, 1]}}", 3},
        {"jumps: {rate: r, mark: u, size: {gaussian: {mean: 1, sd: 0}}, "
         "to: x + 0.3*u}",
         4}};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        fk_problem *p = READ(each[i].line);
        fk_ensemble *e = run(p, "euler-maruyama", 50000, 0.5, 1.0);
        double *x = all_states(e, 1);
        for (double k = -0.8; k < 4.0; k += 1.3) {
            const double complex phi[] = {
                1.0 / (1.0 - 0.7 * I * k), cexp(0.2 * I * k) / (1.0 + 0.25 * k * k),
                (cexp(1.1 * I * k) - cexp(-0.3 * I * k)) / (1.4 * I * k),
                0.2 * cexp(-I * k) + 0.6 * cexp(0.5 * I * k) + 0.2 * cexp(2.0 * I * k),
                cexp(0.3 * I * k)};
            assert_transform(x, 50000, k, cexp(2.0 * (phi[each[i].law] - 1.0)));
        }
        free(x);
        fk_ensemble_free(e);
        fk_problem_free(p);
    }
}
END_TEST

/* P(mark < quantile(u)) = u. */
START_TEST(quantiles_invert_the_distributions)
{
    const fk_mark gaussian = {.law = fk_mark_law_find("gaussian"),
                              .parameter = {0.3, 2}};
    const fk_mark laplace = {.law = fk_mark_law_find("laplace"), .parameter = {0.3, 2}};
    const fk_mark exponential = {.law = fk_mark_law_find("exponential"),
                                 .parameter = {0.6}};
    const fk_mark uniform = {.law = fk_mark_law_find("uniform"), .parameter = {-1, 2}};
    for (double u = 1e-9; u < 1.0; u += 0.0371) {
        const double a = laplace.law->quantile(&laplace, u),
                     side = exp(-fabs(a - 0.3) / 2);
        ck_assert_double_eq_tol(
            normal_mass(-HUGE_VAL, gaussian.law->quantile(&gaussian, u), 0.3, 2.0), u,
            1e-14);
        ck_assert_double_eq_tol(a < 0.3 ? 0.5 * side : 1.0 - 0.5 * side, u, 1e-15);
        ck_assert_double_eq_tol(
            -expm1(-exponential.law->quantile(&exponential, u) / 0.6), u, 1e-15);
        ck_assert_double_eq_tol((uniform.law->quantile(&uniform, u) + 1.0) / 3.0, u,
                                1e-15);
    }
    ck_assert_double_eq(fk_mark_mean(&gaussian), 0.3);
    ck_assert_double_eq(fk_mark_mean(&uniform), 0.5);
}
END_TEST

/* ---- splitting ---- */

static fk_levels levels(const fk_problem *p, const char *scheme, size_t count,
                        size_t steps)
{
    fk_levels l;
    fk_message message = {""};
    const fk_levels_options o = {.count = count,
                                 .levels = 5,
                                 .steps = steps,
                                 .end = 1.0,
                                 .seed = 5,
                                 .scheme = fk_scheme_find(scheme)};
    const fk_status status =
        fk_levels_run(p->sde, NULL, p->initial, &o, NULL, &l, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return l;
}

/* dx = (a - k x) dt with jumps of mean m at a rate c x, g = c m - k:
 *
 *     E x = exp(g t) x_0 + a (exp(g t) - 1)/g.
 *
 * The drift is exact, and half of the jumps come before a step, half of them after it: an
 * error of order h^2. */
START_TEST(a_rate_that_depends_on_the_state_is_split_at_order_two)
{
    fk_problem *p = READ("drift: 4 - 3*x", "initial: {point: 1}",
                         "jumps: {rate: 8*x, size: {uniform: {from: 0, to: 0.5}}}");
    const double g = 8.0 * 0.25 - 3.0, exact = exp(g) + 4.0 * (exp(g) - 1.0) / g;
    double error[2], noise[2];
    for (int i = 0; i < 2; i++) {
        fk_ensemble *e = run(p, "exact-linear", 100000, i == 0 ? 1.0 : 0.5, 1.0);
        const moments m = ensemble_moments(e);
        error[i] = m.mean - exact;
        noise[i] = m.mean_error;
        fk_ensemble_free(e);
    }
    const double mixed =
        exp(1.0) * (exp(-3.0) * exp(1.0) + 4.0 / 3.0 * (1.0 - exp(-3.0)));
    assert_sigmas(error[0], mixed - exact, noise[0]);
    ck_assert_double_gt(fabs(error[0]), 20.0 * noise[0]);
    const double spread = noise[0] / fabs(error[0]) + noise[1] / fabs(error[1]);
    ck_assert_double_eq_tol(error[0] / error[1], 4.0, 0.5 + 16.0 * spread);
    fk_problem_free(p);
}
END_TEST

/* The n-th jump is the same along every path, so that those with half the step jump
 * with it: distances fall with the step, multiplied noise and a rate of the state
 * included. */
START_TEST(paths_with_different_steps_jump_together)
{
    fk_problem *p = READ("drift: 0.1*x", "noise: 0.3*x", "initial: {point: 1}",
                         "jumps: {rate: 1 + x, size: {gaussian: {mean: 0, sd: 0.3}}, "
                         "to: x*(1 + 0.5*tanh(z))}");
    fk_levels l = levels(p, "euler-maruyama", 20000, 8);
    double step[4], value[4], error[4];
    for (size_t k = 0; k < l.n_pairs; k++) {
        step[k] = l.pair[k].step;
        value[k] = l.pair[k].distance.mean;
        error[k] = l.pair[k].distance.error;
    }
    const fk_slope slope = fk_slope_fit(l.n_pairs, step, value, error);
    const double order =
        fk_scheme_strong_order(fk_scheme_find("euler-maruyama"), p->sde);
    ck_assert_double_eq_tol(slope.order, order, 0.02 + 4.0 * slope.error);
    fk_levels_clear(&l);
    fk_problem_free(p);
}
END_TEST

/* A rate of time alone, taken in the middle of each half step. */
START_TEST(a_rate_of_time_is_integrated)
{
    fk_problem *p = READ("jumps: {rate: 6*t^2, size: 1}");
    fk_ensemble *e = run(p, "euler-maruyama", 100000, 0.1, 1.0);
    const moments m = ensemble_moments(e);
    assert_sigmas(m.mean, 2.0, hypot(m.mean_error, 12.0 / 24.0 * 0.05 * 0.05));
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

START_TEST(threads_and_pauses_do_not_matter)
{
    fk_problem *p =
        READ("drift: -x", "noise: 1",
             "jumps: {rate: 3 + x^2, size: {laplace: {mean: 0, scale: 1}}}");
    double *x[2];
    const int before = omp_get_max_threads();
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(i == 0 ? 1 : 3);
        fk_ensemble_options o = euler_options(3000, 0.125, 2);
        fk_ensemble *e = ensemble(p->sde, NULL, p->initial, &o);
        if (i == 1)
            advance(e, 0.5);
        advance(e, 1.0);
        x[i] = all_states(e, 1);
        fk_ensemble_free(e);
    }
    omp_set_num_threads(before);
    ck_assert_int_eq(memcmp(x[0], x[1], 3000 * sizeof *x[0]), 0);
    free(x[0]);
    free(x[1]);
    fk_problem_free(p);
}
END_TEST

/* ---- faces and losses ---- */

/* Who jumps over an absorbing face ends on it: the first jump does, a share
 * 1 - exp(-r t). */
START_TEST(a_jump_over_a_face_ends_there)
{
    fk_problem *p = READ("jumps: {rate: r, size: 1}");
    const fk_domain d = line(-0.5, 0.5, 10, FK_ABSORBING);
    fk_ensemble_options o = euler_options(100000, 0.25, 3);
    o.faces.bridge = true;
    fk_ensemble *e = ensemble(p->sde, &d, p->initial, &o);
    advance(e, 1.0);
    uint64_t count[FK_ELSEWHERE] = {0};
    fk_ensemble_tally(e, NULL, count);
    const fk_census census = fk_census_read(0, count);
    const double share = 1.0 - exp(-2.0);
    assert_sigmas((double)census.absorbed[0][1] / 1e5, share,
                  sqrt(share * (1.0 - share) / 1e5));
    ck_assert_uint_eq(census.absorbed[0][0], 0);
    double x;
    for (size_t i = 0; i < 100; i++) {
        fk_ensemble_states(e, i, 1, &x);
        size_t axis, side;
        ck_assert_double_eq(x, fk_ensemble_ended(e, i, &axis, &side) ? 0.5 : 0.0);
    }
    fk_ensemble_free(e);
    fk_problem_free(p);
}
END_TEST

START_TEST(a_rate_that_is_none_loses_the_particle)
{
    static const char *const rate[] = {"jumps: {rate: r - 4*x, size: 1}",
                                       "jumps: {rate: log(0.5 - x), size: 1}"};
    for (size_t i = 0; i < 2; i++) {
        fk_problem *p = READ(rate[i]);
        fk_ensemble *e = run(p, "euler-maruyama", 1000, 0.125, 1.0);
        ck_assert_uint_gt(fk_ensemble_losses(e)->count, 100);
        fk_ensemble_free(e);
        fk_problem_free(p);
    }
}
END_TEST

/* ---- the problem file ---- */

START_TEST(lists_name_every_variable_and_coloured_noises_stay)
{
    static const char text[] =
        "variables: [x, y]\ncoloured: {eta: 0.5}\ndrift: [y, eta]\nnoise: 0\n"
        "jumps: [{rate: 1 + x^2, size: {points: [1]}, to: [x + z, -y]}, "
        "{rate: 2, to: [y, x]}]\ntime: {end: 1}\ninitial: {point: [1, 2]}\npde: off\n";
    write_file("problem.yaml", text, strlen(text));
    fk_problem *p = read_with(0, NULL);
    const fk_sde *s = p->sde;
    ck_assert_uint_eq(s->n_jumps, 2);
    ck_assert_ptr_eq(s->jump[0].to[2], s->variable[2]);
    ck_assert_ptr_eq(s->jump[1].to[0], s->variable[1]);
    ck_assert(!fk_sde_continuous(s));
    ck_assert(fk_expr_depends(s->jump[0].to[0], s->jump[0].mark));
    fk_problem_free(p);
}
END_TEST

static void refused(const char *line, const char *sentence)
{
    char text[1000] = "variables: [x]\ndrift: -x\nnoise: 1\ntime: {end: 1}\n"
                      "initial: {point: 0}\n";
    fk_problem *p = NULL;
    fk_message message = {""};
    strcat(strcat(text, line), "\n");
    write_file("problem.yaml", text, strlen(text));
    ck_assert_int_eq(fk_problem_read("problem.yaml", 0, NULL, &p, &message),
                     FK_ESYNTAX);
    ck_assert_msg(strstr(message.text, sentence) != NULL, "%s", message.text);
}

START_TEST(mistakes_are_named)
{
    refused("jumps: {size: 1}", "jumps: 'rate' must be given");
    refused("jumps: {rate: 1}",
            "jumps: 'size' must be given: number, or map with one of");
    refused("jumps: {rate: -2, size: 1}",
            "6:15: jumps.rate: a rate must be >= 0, but is -2");
    refused("jumps: {rate: 1, size: {gausian: {mean: 0, sd: 1}}}",
            "did you mean 'gaussian'?");
    refused("jumps: {rate: 1, size: {gaussian: {mean: 0, sd: -1}}}",
            "'sd' must be >= 0");
    refused("jumps: {rate: 1, size: {uniform: {from: 2, to: 1}}}",
            "'to' must be greater");
    refused("jumps: {rate: 1, size: {gaussian: {mean: 0}}}", "'sd' must be given");
    refused("jumps: {rate: 1, size: {points: [1, 2], weights: [1]}}",
            "expected 2 numbers");
    refused("jumps: {rate: 1, size: {points: [1], laplace: {mean: 0, scale: 1}}}",
            "expected number, or map with one of");
    refused("jumps: {rate: 1, to: x + z}", "unknown name 'z'");
    refused("jumps: {rate: 1, size: 1, mark: x}",
            "the name 'x' is taken by a variable");
    refused("parameters: {z: 1}\njumps: {rate: 1, size: 1}", "another with 'mark'");
    refused("jumps: {rate: 1, size: 1}\ndomain: {x: [-3, 3, 30]}",
            "the density has no term for jumps: write 'pde: off'");
    refused("jumps: {rate: 1, size: 1}\npde: off\nreverse: on",
            "there is no way back for paths with jumps");
}
END_TEST

START_TEST(the_density_refuses_jumps)
{
    fk_problem *p = READ("noise: 1");
    fk_fokker_planck *fp = NULL;
    fk_message message = {""};
    ck_assert_int_eq(fk_fokker_planck_new(p->sde, &p->domain,
                                          fk_flux_find("scharfetter-gummel"), &fp,
                                          &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "jumps"));
    fk_problem_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jumps");
    TCase *cases = tcase_create("jumps");
    tcase_add_test(cases, counts_are_poisson_however_many_jumps_a_step_has);
    tcase_add_test(cases, births_and_deaths_have_their_law_at_any_step);
    tcase_add_test(cases, merton_has_the_exact_moments_and_characteristic_function);
    tcase_add_test(cases, every_law_of_marks_gives_its_compound_poisson_law);
    tcase_add_test(cases, quantiles_invert_the_distributions);
    tcase_add_test(cases, a_rate_that_depends_on_the_state_is_split_at_order_two);
    tcase_add_test(cases, paths_with_different_steps_jump_together);
    tcase_add_test(cases, a_rate_of_time_is_integrated);
    tcase_add_test(cases, threads_and_pauses_do_not_matter);
    tcase_add_test(cases, a_jump_over_a_face_ends_there);
    tcase_add_test(cases, a_rate_that_is_none_loses_the_particle);
    tcase_add_test(cases, lists_name_every_variable_and_coloured_noises_stay);
    tcase_add_test(cases, mistakes_are_named);
    tcase_add_test(cases, the_density_refuses_jumps);
    suite_add_tcase(suite, cases);
    return run_in_scratch(suite);
}
