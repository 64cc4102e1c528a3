/* Samplers of diffusion models against numbers that were found without them. */
#include "sampling/sampler.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/recipe_law.h"
#include "sampling/reverse.h"
#include "sampling/time_grid.h"
#include "sde/linear.h"
#include "tests/gm_a.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

typedef struct setting {
    fk_sde *sde;
    fk_noise_schedule *schedule;
} setting;

static setting begin(const char *drift, const char *noise, double end)
{
    setting s = {.sde = sde_text(FK_ITO, 1, 1, "x", drift, noise)};
    ck_assert_int_eq(fk_noise_schedule_new(s.sde, 0.0, end, &s.schedule), FK_OK);
    ck_assert_ptr_nonnull(s.schedule);
    return s;
}

static setting begin_vp(void)
{
    return begin("-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)", 1.0);
}

static void end(setting *s)
{
    fk_noise_schedule_free(s->schedule);
    sde_text_free(s->sde);
}

static fk_recipe *recipe(const setting *s, const char *sampler, const char *grid,
                         size_t n, double first, double last,
                         const fk_sampler_options *o)
{
    double *time = fk_doubles(n + 1);
    fk_recipe *r = NULL;
    fk_message message = {""};
    ck_assert_ptr_nonnull(fk_sampler_find(sampler));
    ck_assert_msg(fk_time_grid_make(fk_time_grid_find(grid), s->schedule, 7.0, n, first,
                                    last, time, &message) == FK_OK,
                  "%s", message.text);
    ck_assert_msg(fk_recipe_new(fk_sampler_find(sampler), s->schedule, n, time, o, &r,
                                &message) == FK_OK,
                  "%s", message.text);
    free(time);
    return r;
}

/* ---- the schedule ---- */

static void check_level(const fk_noise_schedule *s, double t, double alpha,
                        double sigma2, double power)
{
    const fk_noise_level l = fk_noise_at(s, t);
    ck_assert_double_eq_tol(l.alpha / alpha, 1.0, 1e-13);
    ck_assert_double_eq_tol(l.sigma * l.sigma / sigma2, 1.0, 1e-12);
    ck_assert_double_eq_tol(l.power / power, 1.0, 1e-12);
    ck_assert_double_eq_tol(fk_noise_at_lambda(s, l.lambda).t / t, 1.0, 1e-13);
}

START_TEST(schedules_are_those_of_their_processes)
{
    static const double times[] = {1e-5, 1e-3, 0.07, 0.5, 0.93};
    setting vp = begin_vp(), ve = begin("0", "0.01*5000^t*sqrt(2*log(5000))", 1.0);
    setting rectified = begin("-x/(1 - t)", "sqrt(2*t/(1 - t))", 0.999);
    setting edm = begin("0", "sqrt(2*t)", 80.0);
    setting sub = begin("-(0.1 + 19.9*t)*x/2",
                        "sqrt((0.1 + 19.9*t)*2*exp(-0.1*t - 9.95*t^2)*"
                        "sinh(0.1*t + 9.95*t^2))",
                        1.0);
    for (size_t i = 0; i < 5; i++) {
        const double t = times[i], B = 0.1 * t + 9.95 * t * t, beta = 0.1 + 19.9 * t;
        check_level(vp.schedule, t, exp(-B / 2.0), -expm1(-B), beta);
        check_level(sub.schedule, t, exp(-B / 2.0), pow(expm1(-B), 2.0),
                    -beta * expm1(-2.0 * B));
        check_level(ve.schedule, t, 1.0, 1e-4 * expm1(2.0 * t * log(5000.0)),
                    2e-4 * pow(5000.0, 2.0 * t) * log(5000.0));
        check_level(rectified.schedule, t, 1.0 - t, t * t, 2.0 * t / (1.0 - t));
        check_level(edm.schedule, 80.0 * t, 1.0, 6400.0 * t * t, 160.0 * t);
    }
    end(&vp), end(&ve), end(&rectified), end(&edm), end(&sub);
}
END_TEST

START_TEST(other_processes_have_no_schedule)
{
    static const char *const drift[] = {"-x^3", "1 - x", "-x", "-x; -2*y", "-x; -y"};
    static const char *const noise[] = {"1", "1", "sqrt(1 + x^2)", "1; 0; 0; 1",
                                        "1; 0; 0; 2"};
    for (size_t i = 0; i < 5; i++) {
        const size_t dim = i < 3 ? 1 : 2;
        fk_sde *sde =
            sde_text(FK_ITO, dim, dim, dim == 1 ? "x" : "x; y", drift[i], noise[i]);
        fk_noise_schedule *s;
        ck_assert_int_eq(fk_noise_schedule_new(sde, 0.0, 1.0, &s), FK_OK);
        ck_assert_ptr_null(s);
        sde_text_free(sde);
    }
}
END_TEST

/* ---- Gaussian data: the law of the result is a recursion ---- */

/* Variance of what the sampler makes of N(0, start) when the data are N(0, v). */
static double variance(const setting *s, const fk_recipe *r, double v, double start)
{
    double *centre = fk_doubles(r->n_times), *precision = fk_doubles(r->n_times);
    for (size_t k = 0; k < r->n_times; k++) {
        const fk_noise_level l = fk_noise_at(s->schedule, r->time[k]);
        precision[k] = 1.0 / (l.alpha * l.alpha * v + l.sigma * l.sigma);
    }
    const fk_normal law = fk_recipe_law(r, centre, precision, (fk_normal){0.0, start});
    ck_assert_double_eq(law.mean, 0.0);
    free(centre);
    free(precision);
    return law.variance;
}

static double output_variance(const setting *s, const char *sampler, size_t n,
                              double first, double v, double start,
                              const fk_sampler_options *o)
{
    fk_recipe *r = recipe(s, sampler, "uniform", n, first, 1.0, o);
    const double out = variance(s, r, v, start);
    fk_recipe_free(r);
    return out;
}

/* Standard deviations from t = 1 to 1e-3 and back, data N(0, 1/4), start N(0, 1): those of
 * the SDE less the true one, those of the flow less that of the exact flow. */
START_TEST(gaussian_data_come_back_as_tabulated)
{
    static const struct {
        const char *sampler;
        bool noisy;
        double error[6];
    } row[] = {
        {"reverse-sde",
         true,
         {7.202645e-2, 2.459012e-2, 1.045761e-2, 4.833342e-3, 2.323958e-3,
          1.139478e-3}},
        {"ancestral",
         true,
         {-1.666246e-1, -1.083847e-1, -6.618076e-2, -3.815622e-2, -2.102474e-2,
          -1.120291e-2}},
        {"euler",
         false,
         {-1.322258e-2, -9.041228e-3, -5.104986e-3, -2.699824e-3, -1.387076e-3,
          -7.028808e-4}},
        {"ddim",
         false,
         {-1.257195e-1, -6.614896e-2, -3.410092e-2, -1.734431e-2, -8.753543e-3,
          -4.398708e-3}},
        {"heun",
         false,
         {1.113246e-2, 3.105847e-3, 8.259649e-4, 2.128464e-4, 5.400906e-5,
          1.360196e-5}},
        {"dpm-2",
         false,
         {8.322075e-2, 2.235940e-2, 5.985993e-3, 1.595556e-3, 4.217267e-4,
          1.099007e-4}},
    };
    setting s = begin_vp();
    const double v = 0.25, truth = 0.5000824512;
    const fk_noise_level last = fk_noise_at(s.schedule, 1.0);
    const double flow =
        truth / sqrt(last.alpha * last.alpha * v + last.sigma * last.sigma);
    ck_assert_double_eq_tol(flow - truth, 8.099e-6, 1e-9);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 6; k++) {
            const double sd = sqrt(output_variance(&s, row[i].sampler, 10UL << k, 1e-3,
                                                   v, 1.0, &fk_sampler_standard));
            const double error = sd - (row[i].noisy ? truth : flow);
            ck_assert_msg(fabs(error - row[i].error[k]) < 1e-6 * fabs(error) + 6e-11,
                          "%s, %d steps: %.7e", row[i].sampler, 10 << k, error);
        }
    end(&s);
}
END_TEST

/* ---- one variable: the flow is the quantile map ---- */

static double end_of_path(const setting *s, const fk_mixture *m0, const fk_recipe *r,
                          double from)
{
    fk_score *score = NULL;
    fk_law *point = NULL;
    fk_reverse_result out;
    fk_message message = {""};
    ck_assert_int_eq(
        fk_score_schedule_new(s->schedule, m0, r->n_times, r->time, &score), FK_OK);
    ck_assert_int_eq(fk_law_points_new(1, 1, &from, &point), FK_OK);
    const fk_reverse_options o = {.count = 1, .start = point};
    ck_assert_int_eq(fk_reverse_sample(s->sde, score, r, &o, NULL, &out, &message),
                     FK_OK);
    const double x = out.x[0];
    fk_reverse_result_free(&out);
    fk_law_free(point);
    fk_score_free(score);
    return x;
}

/* 0.3 N(-2, 1/16) + 0.7 N(1, 1/4): the path from x(1) = 0.5 should end at 1.074042123128
 * for t = 1e-3; lambda in even steps. */
START_TEST(paths_end_as_tabulated)
{
    static const struct {
        const char *sampler;
        double error[6], order;
    } row[] = {
        {"ddim",
         {-1.104e-1, -5.487e-2, -2.709e-2, -1.347e-2, -6.715e-3, -3.353e-3},
         1.00},
        {"heun",
         {-1.386e-2, -4.878e-3, -1.311e-3, -3.356e-4, -8.461e-5, -2.123e-5},
         2.0},
        {"dpm-2", {4.298e-2, 1.034e-2, 2.341e-3, 5.573e-4, 1.360e-4, 3.360e-5}, 2.02},
        {"dpmpp-2m",
         {7.310e-2, 1.514e-2, 3.308e-3, 7.736e-4, 1.873e-4, 4.610e-5},
         2.02},
        {"dpm-3",
         {-2.497e-3, -3.139e-4, -3.384e-5, -4.009e-6, -4.878e-7, -6.016e-8},
         3.02},
    };
    setting s = begin_vp();
    fk_mixture *m = gm_a();
    m->mean[0] = -2.0;
    m->cov[0] = 0.0625;
    for (size_t i = 0; i < 5; i++) {
        double error[6];
        for (size_t k = 0; k < 6; k++) {
            fk_recipe *r = recipe(&s, row[i].sampler, "log-snr", 10UL << k, 1e-3, 1.0,
                                  &fk_sampler_standard);
            error[k] = end_of_path(&s, m, r, 0.5) - 1.074042123128;
            fk_recipe_free(r);
            ck_assert_msg(fabs(error[k] - row[i].error[k]) <
                              5.1e-4 * fabs(row[i].error[k]) + 2e-12,
                          "%s, %d steps: %.4e", row[i].sampler, 10 << k, error[k]);
        }
        ck_assert_double_eq_tol(log2(error[4] / error[5]), row[i].order, 0.006);
    }
    fk_mixture_free(m);
    end(&s);
}
END_TEST

/* ---- orders ---- */

/* The error of the variance of Gaussian data, N(0, 1/4), from the exact law at t = 1, for
 * the orders declared.  Stochastic samplers may do better than they declare. */
START_TEST(every_sampler_reaches_its_declared_order)
{
    setting s = begin_vp();
    for (const fk_sampler *const *p = fk_samplers; *p != NULL; p++) {
        const fk_sampler_options o = fk_sampler_standard;
        double error[2];
        if ((*p)->order(&o) <= 0.0)
            continue;
        const size_t n = (*p)->order(&o) > 3.5 ? 40 : 160;
        for (size_t k = 0; k < 2; k++) {
            fk_recipe *r = recipe(&s, (*p)->name, "log-snr", n << k, 1e-3, 1.0, &o);
            const fk_noise_level l = fk_noise_at(s.schedule, 1.0),
                                 f = fk_noise_at(s.schedule, 1e-3);
            error[k] =
                variance(&s, r, 0.25, 0.25 * l.alpha * l.alpha + l.sigma * l.sigma) -
                (0.25 * f.alpha * f.alpha + f.sigma * f.sigma);
            fk_recipe_free(r);
        }
        ck_assert_msg(log2(fabs(error[0] / error[1])) > (*p)->order(&o) - 0.2,
                      "%s: %g, %g", (*p)->name, error[0], error[1]);
    }
    end(&s);
}
END_TEST

/* Without multistep history, one evaluation a step and no noise, all are DDIM. */
START_TEST(samplers_meet_where_they_should)
{
    static const struct {
        const char *sampler;
        fk_sampler_options o;
    } row[] = {
        {"exponential", {.lambda = 0.0}}, {"deis", {.order = 1}},
        {"sa-solver", {.order = 1}},      {"dpmpp-2m", {.lower_final = true}},
        {"dpmpp-3m", {.order = 3}},
    };
    setting s = begin_vp();
    const double ddim =
        output_variance(&s, "ddim", 1, 1e-3, 0.25, 1.0, &fk_sampler_standard);
    for (size_t i = 0; i < 5; i++)
        ck_assert_double_eq_tol(
            output_variance(&s, row[i].sampler, 1, 1e-3, 0.25, 1.0, &row[i].o), ddim,
            1e-13);
    const fk_sampler_options full = {.eta = 1.0}, noisy = {.lambda = 1.0, .order = 1};
    const double ancestral =
        output_variance(&s, "ancestral", 20, 1e-3, 0.25, 1.0, &full);
    ck_assert_double_eq(output_variance(&s, "ddim", 20, 1e-3, 0.25, 1.0, &full),
                        ancestral);
    ck_assert_double_eq_tol(
        output_variance(&s, "sa-solver", 1, 1e-3, 0.25, 1.0, &noisy),
        output_variance(&s, "ancestral", 1, 1e-3, 0.25, 1.0, &full), 1e-13);
    end(&s);
}
END_TEST

/* Variances of DDPM, DDIM, Euler-Maruyama and Euler on an even grid from 1 to
 * nearly 0, from the exact law at 1. */
START_TEST(variances_on_an_even_grid)
{
    static const char *const name[] = {"ddim", "ancestral", "reverse-sde", "euler"};
    static const double known[4][4] = {{.136697, .222131, .235597, .248479},
                                       {.111178, .197218, .219212, .246110},
                                       {.326074, .258018, .253747, .250353},
                                       {.236209, .245690, .247746, .249765}};
    static const size_t steps[] = {10, 50, 100, 1000};
    setting s = begin_vp();
    const fk_noise_level l = fk_noise_at(s.schedule, 1.0);
    const double start = 0.25 * l.alpha * l.alpha + l.sigma * l.sigma;
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 4; k++)
            ck_assert_double_eq_tol(output_variance(&s, name[i], steps[k], 1e-12, 0.25,
                                                    start, &fk_sampler_standard),
                                    known[i][k], 6e-7);
    end(&s);
}
END_TEST

/* ---- known mistakes are found ---- */

enum { N = 20000, CELLS = 60 };

/* p-value of samples against the exact law at the recipe's first time. */
static double agreement(const setting *s, const fk_mixture *m0, const fk_recipe *r,
                        double first)
{
    const fk_grid g = fk_grid_make(1, &(fk_axis){-3.5, 3.5, CELLS});
    fk_mixture *at_first = NULL, *at_last = NULL;
    fk_law *start = NULL;
    fk_score *score = NULL;
    fk_reverse_result out;
    fk_message message = {""};
    double mass[CELLS + 1];
    uint64_t count[CELLS + 1] = {0};
    ck_assert(fk_linear_propagate(s->sde, 0.0, m0, first, &at_first) == FK_OK &&
              fk_linear_propagate(s->sde, 0.0, m0, 1.0, &at_last) == FK_OK &&
              fk_law_mixture_new(at_last, &start) == FK_OK &&
              fk_score_schedule_new(s->schedule, m0, r->n_times, r->time, &score) ==
                  FK_OK);
    const fk_reverse_options o = {.count = N, .seed = 81, .start = start};
    ck_assert_int_eq(fk_reverse_sample(s->sde, score, r, &o, NULL, &out, &message),
                     FK_OK);
    for (size_t i = 0; i < N; i++) {
        size_t cell;
        count[fk_grid_find(&g, &out.x[i], &cell) ? cell : CELLS]++;
    }
    ck_assert_int_eq(fk_mixture_project(at_first, &g, mass, &mass[CELLS]), FK_OK);
    for (size_t c = 0; c < CELLS; c++)
        mass[c] *= fk_axis_width(&g.axis[0]);
    const double p = p_value(&g, count, mass);
    fk_reverse_result_free(&out);
    fk_score_free(score);
    fk_law_free(start);
    fk_mixture_free(at_first);
    fk_mixture_free(at_last);
    return p;
}

/* The score at the middle of a step scaled by the noise of its beginning. */
static void use_sigma_of_the_beginning(fk_recipe *r)
{
    for (size_t k = 0; k < r->n_steps; k++) {
        fk_evaluation *e = r->step[k].evaluation;
        e[1].of_score = e[0].of_score / e[0].of_state * e[1].of_state;
    }
}

/* The last level stands twice in the table, so that the last step goes nowhere. */
static void repeat_the_last_level(fk_recipe *r)
{
    fk_combination *last = &r->step[r->n_steps - 1].result;
    *last = (fk_combination){.n = 0};
    fk_combine(last, FK_THE_STATE, 1.0);
}

START_TEST(mistakes_of_samplers_are_found)
{
    static void (*const mistake[])(fk_recipe *) = {NULL, use_sigma_of_the_beginning,
                                                   repeat_the_last_level};
    setting s = begin_vp();
    fk_mixture *m = gm_a();
    for (size_t i = 0; i < 3; i++) {
        fk_recipe *r =
            recipe(&s, "dpmpp-2s", "log-snr", 20, 0.1, 1.0, &fk_sampler_standard);
        if (mistake[i] != NULL)
            mistake[i](r);
        const double p = agreement(&s, m, r, 0.1);
        if (i == 0)
            ck_assert_double_gt(p, least_p_value);
        else
            ck_assert_double_lt(p, 1e-12);
        fk_recipe_free(r);
    }
    fk_mixture_free(m);
    end(&s);
}
END_TEST

/* Every sampler brings the mixture back, by samples, with enough steps. */
START_TEST(every_sampler_returns_the_mixture)
{
    setting s = begin_vp();
    fk_mixture *m = gm_a();
    for (const fk_sampler *const *p = fk_samplers; *p != NULL; p++) {
        const fk_sampler_options o = fk_sampler_standard;
        const double order = (*p)->order(&o);
        if (order <= 0.0)
            continue;
        fk_recipe *r =
            recipe(&s, (*p)->name, "log-snr", order < 1.5 ? 400 : 60, 0.01, 1.0, &o);
        const double value = agreement(&s, m, r, 0.01);
        ck_assert_msg(value > 1e-3 * least_p_value, "%s: p = %g", (*p)->name, value);
        fk_recipe_free(r);
    }
    fk_mixture_free(m);
    end(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("samplers");
    TCase *cases = tcase_create("samplers");
    tcase_add_test(cases, schedules_are_those_of_their_processes);
    tcase_add_test(cases, other_processes_have_no_schedule);
    tcase_add_test(cases, gaussian_data_come_back_as_tabulated);
    tcase_add_test(cases, paths_end_as_tabulated);
    tcase_add_test(cases, every_sampler_reaches_its_declared_order);
    tcase_add_test(cases, samplers_meet_where_they_should);
    tcase_add_test(cases, variances_on_an_even_grid);
    tcase_add_test(cases, mistakes_of_samplers_are_found);
    tcase_add_test(cases, every_sampler_returns_the_mixture);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
