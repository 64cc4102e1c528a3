/* What weighted paths promise beside their law: the same paths for any number of threads,
 * copies that remember, histograms, and refusals. */
#include "core/sort.h"
#include "sampling/resampling.h"
#include "tests/composition_fixture.h"

/* A setting for what follows: the twins in 20 steps. */
static double *begin_twins(trial *t, plan *p, const char *sampler)
{
    double *time = spread_times(1.2, 0.5, 20);
    time[0] = 0.01;
    *p = twins();
    p->lambda = 1.0, p->steps = 20, p->time = time, p->sampler = sampler;
    trial_begin(t, p);
    return time;
}

START_TEST(same_paths_for_any_number_of_threads)
{
    plan p;
    trial t;
    double *time = begin_twins(&t, &p, "sde-dpmpp-2m");
    fk_law *start = trial_start(&t);
    const fk_weighted_options o = {
        .groups = 5, .count = 300, .seed = 3, .share = 0.9, .start = start};
    fk_weighted_result r[2];
    const int threads = omp_get_max_threads();
    for (int k = 0; k < 2; k++) {
        omp_set_num_threads(1 + 2 * k);
        r[k] = trial_sample(&t, &o);
    }
    omp_set_num_threads(threads);
    ck_assert_mem_eq(r[0].x, r[1].x, 1500 * sizeof(double));
    ck_assert_mem_eq(r[0].weight, r[1].weight, 1500 * sizeof(double));
    ck_assert_mem_eq(r[0].share, r[1].share, r[0].n_times * sizeof(double));
    ck_assert_double_eq(r[0].log_mass, r[1].log_mass);
    ck_assert_double_gt(r[0].resamplings, 1.0);
    fk_weighted_result_free(&r[0]);
    fk_weighted_result_free(&r[1]);
    fk_law_free(start);
    trial_end(&t);
    free(time);
}
END_TEST

/* A sampler without noise that remembers earlier steps: whoever goes on as a copy ends where
 * his parent would have ended. */
START_TEST(copies_inherit_what_is_remembered)
{
    enum { N = 600 };
    plan p;
    trial t;
    double *time = begin_twins(&t, &p, "dpmpp-3m");
    fk_law *start = trial_start(&t);
    fk_weighted_options o = {
        .groups = 2, .count = N / 2, .seed = 6, .share = 0.0, .start = start};
    fk_weighted_result alone = trial_sample(&t, &o);
    o.share = 0.9;
    fk_weighted_result r = trial_sample(&t, &o);
    ck_assert_double_gt(r.resamplings, 1.0);
    fk_sort(N, alone.x);
    for (size_t i = 0; i < N; i++)
        ck_assert_ptr_nonnull(fk_sorted_find(N, alone.x, r.x[i]));
    fk_weighted_result_free(&alone);
    fk_weighted_result_free(&r);
    fk_law_free(start);
    trial_end(&t);
    free(time);
}
END_TEST

/* Cells and drawn samples say what the weights say. */
START_TEST(histograms_and_draws)
{
    enum { N = 1500, DRAWN = 3000, CELLS = 12 };
    plan p;
    trial t;
    double *time = begin_twins(&t, &p, "exponential");
    fk_law *start = trial_start(&t);
    const fk_weighted_options o = {
        .groups = 5, .count = 300, .seed = 4, .share = 0.0, .start = start};
    fk_weighted_result r = trial_sample(&t, &o);
    const fk_domain d = line(-1.0, 1.0, CELLS, FK_OPEN);
    double mass[CELLS + 1], error[CELLS + 1], inside[N], x[DRAWN];
    size_t drawn = 0;
    ck_assert(fk_weighted_cells(&r, &d.grid, mass, error) == FK_OK);
    ck_assert(fk_weighted_draw(&r, 0.3, DRAWN, x) == FK_OK);
    for (size_t i = 0; i < N; i++)
        inside[i] = r.x[i] >= 0.0 && r.x[i] < 1.0 / 6.0 ? 1.0 : 0.0;
    for (size_t i = 0; i < DRAWN; i++)
        drawn += x[i] >= 0.0 && x[i] < 1.0 / 6.0;
    const fk_weighted_mean m = fk_weighted_mean_of(&r, inside);
    ck_assert_double_eq_tol(mass[6], m.value, 1e-14);
    ck_assert_double_eq_tol(error[6], m.error, 1e-14);
    ck_assert_double_eq_tol((double)drawn / DRAWN, m.value, 0.02);
    double total = 0.0;
    for (size_t c = 0; c <= CELLS; c++)
        total += mass[c];
    ck_assert_double_eq_tol(total, 1.0, 1e-12);
    ck_assert_double_eq(r.resamplings, 0.0);
    ck_assert_double_lt(r.share[20], 0.99);
    fk_weighted_result_free(&r);
    fk_law_free(start);
    trial_end(&t);
    free(time);
}
END_TEST

static void refuse(const trial *t, const fk_sde *sde, const char *words)
{
    fk_law *start = normal_law_1d(0.0, 1.0);
    const fk_weighted_options o = {
        .groups = 2, .count = 10, .seed = 4, .share = 0.5, .start = start};
    fk_weighted_result r;
    fk_message message = {""};
    ck_assert(fk_weighted_sample(sde, &t->composition, t->recipe, &o, NULL, &r,
                                 &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, words) != NULL, "%s", message.text);
    ck_assert_ptr_null(r.x);
    fk_law_free(start);
}

START_TEST(what_weights_cannot_do_is_refused)
{
    plan p;
    trial t;
    double *time = begin_twins(&t, &p, "restart");
    refuse(&t, t.sde, "walks some intervals more than once");
    trial_end(&t);
    free(time);
    time = begin_twins(&t, &p, "reverse-sde");
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "x");
    refuse(&t, sde, "depends on the variables");
    sde_text_free(sde);
    trial_end(&t);
    free(time);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weighted contract");
    TCase *contract = tcase_create("contract");
    tcase_add_test(contract, same_paths_for_any_number_of_threads);
    tcase_add_test(contract, copies_inherit_what_is_remembered);
    tcase_add_test(contract, histograms_and_draws);
    tcase_add_test(contract, what_weights_cannot_do_is_refused);
    suite_add_tcase(suite, contract);
    return run_suite(suite);
}
