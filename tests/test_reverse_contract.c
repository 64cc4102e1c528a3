/* What sampling backwards promises: frames, pairs with longer steps, the same samples for any
 * threads, refusals. */
#include "tests/reverse_fixture.h"

/* ---- frames, pairs, threads ---- */

/* The variance-preserving process on t[n + 1], starting from a law whose own mean is
 * known by the sampler's recursion. */
static setting begin(size_t n, size_t stride)
{
    setting s = {.sde = variance_preserving(),
                 .law = normal_law_1d(data.mean, data.var)};
    s.last = at_time(data, 1.0);
    s.start = normal_law_1d(s.last.mean, s.last.var);
    s.t = times(0.0, 1.0, n);
    double *t = fk_doubles(n / stride + 2);
    size_t m = 0;
    for (size_t k = n + 1; k-- > 0;) /* counted from the end, and the first */
        m += (n - k) % stride == 0 || k == 0;
    for (size_t k = 0, i = 0; k <= n; k++)
        if ((n - k) % stride == 0 || k == 0)
            t[i++] = s.t[k];
    s.score = exact_score(s.sde, s.law, m, t);
    s.d = line(-1.0, 3.5, 45, FK_OPEN);
    free(t);
    return s;
}

/* Counts [cells + 1] of states. */
static void count_states(const fk_grid *g, const double *x, size_t n, uint64_t *count)
{
    const size_t cells = fk_grid_cells(g);
    memset(count, 0, (cells + 1) * sizeof *count);
    for (size_t i = 0; i < n; i++) {
        size_t cell;
        count[fk_grid_find(g, &x[i], &cell) ? cell : cells]++;
    }
}

/* Frames count everyone; the followed ones are their first members, at the last time as
 * drawn and at the first time as returned. */
START_TEST(frames_show_the_states_at_their_times)
{
    enum { N = 1000, STEPS = 30, CELLS = 45 };
    setting s = begin(STEPS, 1);
    const size_t frame[] = {0, 7, STEPS};
    fk_reverse_options o = {.count = N,
                            .seed = 70,
                            .start = s.start,
                            .histogram = &s.d.grid,
                            .n_frames = 3,
                            .frame = frame,
                            .followed = N};
    fk_reverse_result all = sample(s.sde, s.score, 1.0, &o);
    for (size_t f = 0; f < 3; f++) {
        uint64_t count[CELLS + 1];
        count_states(&s.d.grid, all.followed + f * N, N, count);
        ck_assert_mem_eq(count, all.frames + f * (CELLS + 1), sizeof count);
    }
    ck_assert_mem_eq(all.followed, all.x, N * sizeof *all.x);
    assert_moments(moments_of(all.followed + 2 * N, N, 1), s.last.mean, s.last.var);

    o.followed = 300;
    fk_reverse_result few = sample(s.sde, s.score, 1.0, &o);
    for (size_t f = 0; f < 3; f++)
        ck_assert_mem_eq(few.followed + f * 300, all.followed + f * N,
                         300 * sizeof(double));
    fk_reverse_result_free(&few);
    fk_reverse_result_free(&all);
    end(&s);
}
END_TEST

/* Long steps of the flow are the flow on every second time, sample by sample, also when
 * the last long step has only one short one. */
static void check_flow_pairs(size_t n)
{
    enum { N = 1500, PAIRS = 700, CELLS = 45 };
    setting s = begin(n, 1), every_second = begin(n, 2);
    fk_reverse_options o = {.count = N,
                            .seed = 71,
                            .start = s.start,
                            .histogram = &s.d.grid,
                            .pairs = PAIRS};
    fk_reverse_result r = sample(s.sde, s.score, 0.0, &o);
    fk_reverse_result far = sample(s.sde, every_second.score, 0.0, &o);
    uint64_t count[CELLS + 1], moved[CELLS + 1] = {0};
    count_states(&s.d.grid, r.x, PAIRS, count);
    ck_assert_mem_eq(count, r.fine, sizeof count);
    count_states(&s.d.grid, far.x, PAIRS, count);
    ck_assert_mem_eq(count, r.coarse, sizeof count);
    for (size_t i = 0; i < PAIRS; i++) {
        size_t a, b;
        a = fk_grid_find(&s.d.grid, &r.x[i], &a) ? a : CELLS;
        b = fk_grid_find(&s.d.grid, &far.x[i], &b) ? b : CELLS;
        moved[a] += a != b;
        moved[b] += a != b;
    }
    ck_assert_mem_eq(moved, r.moved, sizeof moved);
    fk_reverse_result_free(&r);
    fk_reverse_result_free(&far);
    end(&s);
    end(&every_second);
}

START_TEST(long_steps_of_the_flow)
{
    check_flow_pairs(20);
    check_flow_pairs(21);
}
END_TEST

/* Long steps of the SDE have the law of steps twice as long, and the same Brownian path:
 * with independent ones about 0.9 of the pairs would be in different cells. */
static void check_noisy_pairs(size_t n, size_t least_steps)
{
    enum { N = 100000, CELLS = 45 };
    setting s = begin(n, 1);
    const fk_reverse_options o = {
        .count = N, .seed = 72, .start = s.start, .histogram = &s.d.grid, .pairs = N};
    fk_reverse_result r = sample(s.sde, s.score, 1.0, &o);
    uint64_t moved = 0;
    for (size_t c = 0; c <= CELLS; c++)
        moved += r.moved[c];
    for (size_t stride = 1; stride <= 2; stride++) {
        const gauss p = sampler_law(data, s.last, 1.0, n, stride, s.t);
        double mass[CELLS + 1], inside = 0.0;
        for (size_t c = 0; c < CELLS; c++)
            inside += mass[c] = normal_mass(fk_axis_edge(&s.d.grid.axis[0], c),
                                            fk_axis_edge(&s.d.grid.axis[0], c + 1),
                                            p.mean, sqrt(p.var));
        mass[CELLS] = 1.0 - inside;
        const double own = p_value(&s.d.grid, stride == 2 ? r.coarse : r.fine, mass);
        const double other = p_value(&s.d.grid, stride == 2 ? r.fine : r.coarse, mass);
        ck_assert_double_gt(own, least_p_value);
        if (n < least_steps)
            ck_assert_double_lt(other, 1e-12);
    }
    if (n >= least_steps)
        ck_assert_double_lt((double)moved / (2.0 * N), 0.3);
    fk_reverse_result_free(&r);
    end(&s);
}

START_TEST(long_steps_of_the_reverse_sde)
{
    check_noisy_pairs(30, 100);
    check_noisy_pairs(31, 100);
    check_noisy_pairs(200, 100);
}
END_TEST

START_TEST(samples_know_neither_threads_nor_their_number)
{
    enum { N = 2000, CELLS = 45 };
    setting s = begin(15, 1);
    const size_t frame[] = {0, 4, 15};
    fk_reverse_options o = {.count = N,
                            .seed = 73,
                            .start = s.start,
                            .histogram = &s.d.grid,
                            .n_frames = 3,
                            .frame = frame,
                            .followed = 300,
                            .pairs = 1000};
    omp_set_num_threads(1);
    fk_reverse_result one = sample(s.sde, s.score, 0.7, &o);
    for (int threads = 2; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        fk_reverse_result r = sample(s.sde, s.score, 0.7, &o);
        ck_assert_mem_eq(r.x, one.x, N * sizeof *r.x);
        ck_assert_mem_eq(r.frames, one.frames, 3 * (CELLS + 1) * sizeof *r.frames);
        ck_assert_mem_eq(r.followed, one.followed, 3 * 300 * sizeof *r.followed);
        ck_assert_mem_eq(r.coarse, one.coarse, (CELLS + 1) * sizeof *r.coarse);
        ck_assert_mem_eq(r.fine, one.fine, (CELLS + 1) * sizeof *r.fine);
        ck_assert_mem_eq(r.moved, one.moved, (CELLS + 1) * sizeof *r.moved);
        fk_reverse_result_free(&r);
    }
    o.count = 300;
    o.pairs = 0;
    fk_reverse_result few = sample(s.sde, s.score, 0.7, &o);
    ck_assert_mem_eq(few.x, one.x, 300 * sizeof *few.x);
    fk_reverse_result_free(&few);
    fk_reverse_result_free(&one);
    end(&s);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(noise_of_the_variables_is_refused)
{
    setting s = begin(5, 1);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(1 + x^2)");
    const fk_reverse_options o = {.count = 10, .start = s.start};
    fk_reverse_result r;
    fk_message message = {""};
    ck_assert(fk_reverse_family(sde, s.score, 1.0, &o, NULL, &r, &message) ==
              FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "noise entry (1, 1)"));
    ck_assert(r.x == NULL && r.frames == NULL);
    sde_text_free(sde);
    end(&s);
}
END_TEST

/* A drift that sends a path to infinity. */
START_TEST(lost_samples_are_told)
{
    setting s = begin(5, 1);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-exp(1000 + x)", "1");
    const fk_reverse_options o = {.count = 1000, .start = s.start};
    fk_reverse_result r;
    fk_message message = {""};
    ck_assert(fk_reverse_family(sde, s.score, 1.0, &o, NULL, &r, &message) ==
              FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "particle 0 "));
    ck_assert_ptr_null(r.x);
    sde_text_free(sde);
    end(&s);
}
END_TEST

static bool always(void *context)
{
    (void)context;
    return true;
}

START_TEST(stopping_is_heard)
{
    setting s = begin(5, 1);
    const fk_progress progress = {.stopped = always};
    const fk_reverse_options o = {.count = 1000, .start = s.start};
    fk_reverse_result r;
    fk_message message = {""};
    ck_assert(fk_reverse_family(s.sde, s.score, 1.0, &o, &progress, &r, &message) ==
              FK_EINTERRUPTED);
    ck_assert_ptr_null(r.x);
    end(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reverse_contract");
    TCase *c = tcase_create("reverse_contract");
    tcase_add_test(c, frames_show_the_states_at_their_times);
    tcase_add_test(c, long_steps_of_the_flow);
    tcase_add_test(c, long_steps_of_the_reverse_sde);
    tcase_add_test(c, samples_know_neither_threads_nor_their_number);
    tcase_add_test(c, noise_of_the_variables_is_refused);
    tcase_add_test(c, lost_samples_are_told);
    tcase_add_test(c, stopping_is_heard);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
