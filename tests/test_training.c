#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "tests/suite.h"
#include "tests/training_fixture.h"

/* ---- the floor and the two routes to the Fisher error ---- */

/* Of the standard mixture, E|e - E[e | x]|^2 at some times [vincent-2011], and its score's
 * mean square. */
static const double time_of[] = {.05, .1, .25, .5, 1.0};
static const double floor_of[] = {.857334402, .670594081, .536025237, .114792074,
                                  6.5403e-5};

enum { TIMES = 5, BLOCKS = 400 };

static void judge_gaussian(const lesson *l, fk_judged_time *time)
{
    const fk_noising_frame frame = {
        .first = 1e-3, .last = 1.0, .mean = &l->mean, .cov = &l->cov};
    fk_message message = {""};
    fk_noising *noising;
    fk_score *exact;
    fk_judge *judge;
    fk_judgment whole;
    ck_assert_int_eq(fk_noising_new(l->sde, &frame, TIMES, time_of, &noising, &message),
                     FK_OK);
    ck_assert_int_eq(fk_score_linear_new(l->sde, 0.0, fk_law_mixture(l->law), TIMES,
                                         time_of, &exact),
                     FK_OK);
    ck_assert_int_eq(fk_judge_new(l->law, 3, noising, exact, BLOCKS, &judge), FK_OK);
    const fk_network net = fk_network_make(1 + FK_NOISING_FEATURES, 1, 8, 1);
    double *theta = fk_doubles(fk_network_parameters(&net));
    ck_assert_ptr_nonnull(theta);
    ck_assert_int_eq(fk_judge_network(judge, &net, theta, &whole, time), FK_OK);
    free(theta);
    fk_judge_free(judge);
    fk_score_free(exact);
    fk_noising_free(noising);
}

START_TEST(the_floor_is_the_exact_one)
{
    lesson l;
    fk_judged_time time[TIMES];
    lesson_prepare(&l, "denoising");
    judge_gaussian(&l, time);
    for (size_t k = 0; k < TIMES; k++) {
        const fk_judgment *j = &time[k].of;
        ck_assert_double_eq_tol(j->floor.mean, floor_of[k],
                                4.0 * j->floor.error + 1e-9);
        /* a floor is never undercut */
        ck_assert_double_gt(j->excess.mean, -3.0 * j->excess.error);
        ck_assert_double_eq_tol(j->excess.mean, j->fisher.mean,
                                4.0 * j->excess.error + 1e-12);
    }
    lesson_end(&l);
}
END_TEST

/* The zero network is the Gaussian with the data's mean and variance; with S(t) = V,
 * E|s_G - s|^2 = E|s|^2 - 1/V. */
START_TEST(an_untrained_network_is_the_gaussian)
{
    lesson l;
    fk_judged_time time[TIMES];
    lesson_prepare(&l, "denoising");
    judge_gaussian(&l, time);
    for (size_t k = 0; k < TIMES; k++) {
        const double B = 0.1 * time_of[k] + 9.95 * time_of[k] * time_of[k];
        const double V = exp(-B) * l.cov + 1.0 - exp(-B);
        const double expected = time[k].strength.mean - 1.0 / V;
        ck_assert_double_eq_tol(time[k].score.mean, expected,
                                4.0 * (time[k].score.error + time[k].strength.error));
    }
    lesson_end(&l);
}
END_TEST

/* ---- learning ---- */

static fk_judgment learn(const char *objective, const char *optimizer)
{
    lesson l;
    size_t n;
    lesson_prepare(&l, objective);
    l.o.optimizer = fk_optimizer_find(optimizer);
    l.o.settings = l.o.optimizer->standard;
    lesson_begin(&l);
    lesson_run(&l);
    const fk_training_mark *mark = fk_training_marks(l.training, &n);
    ck_assert_uint_eq(n, l.o.judgments + 1);
    const fk_judgment first = mark[0].judgment, last = mark[n - 1].judgment;
    printf("# %s, %s: Fisher error %.4f, at first %.4f; KL <= %.4f, %.4f\n", objective,
           optimizer, last.fisher.mean, first.fisher.mean, last.bound.mean,
           first.bound.mean);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_gt(mark[i].judgment.excess.mean,
                            -3.0 * mark[i].judgment.excess.error);
    ck_assert_double_lt(last.fisher.mean, first.fisher.mean);
    lesson_end(&l);
    return last;
}

/* 300 small steps bring every one well below the Gaussian; the floor stays a floor. */
START_TEST(every_objective_and_optimizer_learns)
{
    for (const fk_objective *const *o = fk_objectives; *o != NULL; o++)
        learn((*o)->name, "adamw");
    for (const fk_optimizer *const *o = fk_optimizers; *o != NULL; o++)
        learn("denoising", (*o)->name);
}
END_TEST

/* ---- bits ---- */

static double *parameters_after(size_t threads, bool stop, const char *objective,
                                size_t *n)
{
    lesson l;
    fk_message message = {""};
    const int before = omp_get_max_threads();
    omp_set_num_threads((int)threads);
    lesson_prepare(&l, objective);
    l.o.steps = 40;
    lesson_begin(&l);
    if (stop) { /* put away in the middle and taken up by another training */
        fk_tensor kept[FK_TRAINING_ARRAYS], fresh[FK_TRAINING_ARRAYS];
        ck_assert_int_eq(fk_training_lap(l.training, NULL, &message), FK_OK);
        ck_assert_int_eq(fk_training_lap(l.training, NULL, &message), FK_OK);
        fk_training *first = l.training;
        lesson_begin(&l);
        const size_t arrays = fk_training_state(first, kept);
        ck_assert_uint_eq(fk_training_state(l.training, fresh), arrays);
        for (size_t i = 0; i < arrays; i++)
            memcpy(fresh[i].value, kept[i].value, kept[i].shape[0] * sizeof(double));
        fk_training_free(first);
    }
    lesson_run(&l);
    const fk_learned *best = fk_training_present(l.training);
    *n = fk_network_parameters(&best->net);
    double *theta = fk_doubles(*n);
    ck_assert_ptr_nonnull(theta);
    memcpy(theta, best->theta, *n * sizeof *theta);
    lesson_end(&l);
    omp_set_num_threads(before);
    return theta;
}

static void same_bits(size_t threads, bool stop, const char *objective)
{
    size_t n, m;
    double *one = parameters_after(1, false, objective, &n);
    double *other = parameters_after(threads, stop, objective, &m);
    ck_assert_uint_eq(n, m);
    ck_assert_mem_eq(one, other, n * sizeof *one);
    free(one);
    free(other);
}

START_TEST(any_number_of_threads_learns_the_same_bits)
{
    same_bits(2, false, "denoising");
    same_bits(3, false, "sliced");
}
END_TEST

START_TEST(a_training_that_was_put_away_goes_on_to_the_same_bits)
{
    same_bits(1, true, "denoising");
}
END_TEST

START_TEST(patience_ends_a_training_that_learns_nothing)
{
    lesson l;
    size_t n;
    lesson_prepare(&l, "denoising");
    l.o.settings.rate = 0.0;
    l.o.steps = 40;
    l.o.judgments = 10;
    l.o.patience = 2;
    lesson_begin(&l);
    lesson_run(&l);
    fk_training_marks(l.training, &n);
    ck_assert_uint_eq(n, 3); /* of the start, and two that were no better */
    lesson_end(&l);
}
END_TEST

START_TEST(a_rate_without_reason_is_told)
{
    lesson l;
    fk_message message = {""};
    lesson_prepare(&l, "denoising");
    l.o.settings.rate = 1e200;
    l.o.warmup = 0;
    lesson_begin(&l);
    ck_assert_int_eq(fk_training_lap(l.training, NULL, &message), FK_OK);
    ck_assert_int_eq(fk_training_lap(l.training, NULL, &message), FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "not finite"));
    /* the best so far is that of the start */
    const fk_learned *best = fk_training_best(l.training);
    for (size_t i = 0; i < fk_network_parameters(&best->net); i++)
        ck_assert(isfinite(best->theta[i]));
    lesson_end(&l);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    TCase *tests = tcase_create("learning");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, the_floor_is_the_exact_one);
    tcase_add_test(tests, an_untrained_network_is_the_gaussian);
    tcase_add_test(tests, every_objective_and_optimizer_learns);
    tcase_add_test(tests, any_number_of_threads_learns_the_same_bits);
    tcase_add_test(tests, a_training_that_was_put_away_goes_on_to_the_same_bits);
    tcase_add_test(tests, patience_ends_a_training_that_learns_nothing);
    tcase_add_test(tests, a_rate_without_reason_is_told);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
