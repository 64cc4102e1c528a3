/* What ensembles promise: the same paths whatever the threads, numbers and pauses, losses that
 * are counted, progress that is told. */
#include "tests/ensemble_fixture.h"

/* An oscillator with three noises, between faces of every kind but one. */
static fk_ensemble *busy_ensemble(fk_sde **sde, const fk_domain *d, size_t count)
{
    fk_law *law = normal_law(2, (double[]){0.2, -0.1}, (double[]){0.3, 0.2});
    const fk_ensemble_options o = euler_options(count, 0.01, 13);
    *sde = sde_text(FK_ITO, 2, 3, "x; y", "y*cos(t); (1 - x^2)*y - x",
                    "0.5; 0.1*y; 0; 0.2; 0; 0.7 + 0.1*sin(x)");
    fk_ensemble *e = ensemble(*sde, d, law, &o);
    fk_law_free(law);
    return e;
}

static fk_domain busy_box(void)
{
    const double lo[] = {-1.5, -2.0}, hi[] = {1.5, 2.0};
    const size_t cells[] = {15, 20};
    fk_domain d = box(2, lo, hi, cells, FK_REFLECTING);
    d.face[1][0] = FK_ABSORBING;
    d.face[1][1] = FK_OPEN;
    return d;
}

/* Path i is the same among 700 and among 3000, and with pauses after odd numbers of
 * steps: there are three noises, so that half a pair of normals is left over then. */
START_TEST(paths_know_neither_their_number_nor_pauses)
{
    enum { FEW = 700, MANY = 3000 };
    fk_sde *sde, *same;
    const fk_domain d = busy_box();
    fk_ensemble *few = busy_ensemble(&sde, &d, FEW),
                *many = busy_ensemble(&same, &d, MANY);
    advance(few, 0.6);
    const double pause[] = {0.01, 0.04, 0.05, 0.3, 0.3, 0.59, 0.6};
    for (size_t k = 0; k < sizeof pause / sizeof *pause; k++)
        advance(many, pause[k]);
    ck_assert_uint_eq(fk_ensemble_steps(few), 60);
    ck_assert_uint_eq(fk_ensemble_steps(many), 60);
    double *x = all_states(few, 2), *y = all_states(many, 2);
    ck_assert_mem_eq(x, y, FEW * 2 * sizeof *x);
    fk_ensemble_states(many, 300, 400, y);
    ck_assert_mem_eq(x + 600, y, 400 * 2 * sizeof *x);
    free(x);
    free(y);
    end(few, sde);
    end(many, same);
}
END_TEST

/* Everything an ensemble tells, for so many threads. */
typedef struct told {
    double *x, *p, mean[2], cov[4], fourth[2];
    uint64_t *count, alive;
    fk_census census;
} told;

static told tell_all(int threads)
{
    fk_sde *sde;
    const fk_domain d = busy_box();
    told t;
    omp_set_num_threads(threads);
    fk_ensemble *e = busy_ensemble(&sde, &d, 5000);
    advance(e, 0.5);
    t.x = all_states(e, 2);
    t.count = histogram_of(e, &d.grid, &t.census);
    t.p = fk_doubles(600);
    ck_assert(fk_ensemble_kernel_density(e, &d.grid, 0.01, t.p, t.p + 300, NULL) ==
              FK_OK);
    fk_ensemble_moments(e, t.mean, t.cov, t.fourth, &t.alive);
    end(e, sde);
    return t;
}

START_TEST(threads_do_not_change_a_bit)
{
    const told one = tell_all(1);
    ck_assert_uint_gt(one.census.absorbed[1][0], 0);
    ck_assert_uint_gt(one.census.outside, 0);
    for (int threads = 2; threads <= 3; threads++) {
        const told t = tell_all(threads);
        ck_assert_mem_eq(t.x, one.x, 10000 * sizeof *t.x);
        ck_assert_mem_eq(t.p, one.p, 600 * sizeof *t.p);
        ck_assert_mem_eq(t.count, one.count, 301 * sizeof *t.count);
        ck_assert_mem_eq(&t.census, &one.census, sizeof t.census);
        ck_assert_mem_eq(t.mean, one.mean, sizeof t.mean);
        ck_assert_mem_eq(t.cov, one.cov, sizeof t.cov);
        ck_assert_mem_eq(t.fourth, one.fourth, sizeof t.fourth);
        ck_assert_uint_eq(t.alive, one.alive);
        free(t.x);
        free(t.p);
        free(t.count);
    }
    free(one.x);
    free(one.p);
    free(one.count);
}
END_TEST

/* Each advance uses the largest step not above h that divides its interval. */
START_TEST(steps_divide_their_interval)
{
    fk_sde *sde;
    fk_ensemble *e = ou_ensemble(&sde, NULL, 200000, 0.3, 14);
    advance(e, 1.0);
    ck_assert_uint_eq(fk_ensemble_steps(e), 4);
    const gauss p = euler_ou(ou_start, 0.25, 4);
    assert_moments(ensemble_moments(e), p.mean, p.var);
    advance(e, 1.0);
    ck_assert_uint_eq(fk_ensemble_steps(e), 4);
    advance(e, 1.9); /* 0.9 / 0.3 is not quite 3 in binary */
    ck_assert_uint_eq(fk_ensemble_steps(e), 7);
    end(e, sde);
}
END_TEST

/* dX = X^3 dt + 0.1 dW explodes from where it starts far out.  One pause a step finds
 * who is lost first; one advance must tell the same, on any number of threads. */
static fk_ensemble *exploding(const fk_sde *sde)
{
    fk_law *law = normal_law_1d(0.0, 0.36);
    const fk_ensemble_options o = euler_options(3000, 0.25, 15);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    fk_law_free(law);
    return e;
}

typedef struct first_lost {
    size_t particle;
    double time, x;
} first_lost;

static first_lost find_first_lost(fk_ensemble *e)
{
    double before[3000];
    for (size_t k = 0; k < 100; k++) {
        fk_ensemble_states(e, 0, 3000, before);
        advance(e, 0.25 * (double)(k + 1));
        for (size_t p = 0; p < 3000; p++)
            if (fk_ensemble_lost(e, p))
                return (first_lost){p, 0.25 * (double)k, before[p]};
    }
    ck_abort_msg("nobody was lost");
}

START_TEST(explosions_are_counted)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x^3", "0.1");
    fk_ensemble *steps = exploding(sde);
    const first_lost first = find_first_lost(steps);
    advance(steps, 25.0);
    const fk_losses *there = fk_ensemble_losses(steps);
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        fk_ensemble *e = exploding(sde);
        advance(e, 25.0);
        const fk_losses *l = fk_ensemble_losses(e);
        ck_assert_uint_eq(l->particle, first.particle);
        ck_assert(l->time == first.time && l->x[0] == first.x && l->step == 0.25);
        ck_assert_uint_eq(l->count, there->count);
        fk_ensemble_free(e);
    }
    fk_message message;
    fk_losses_tell(there, sde, "particles", 3000, &message);
    ck_assert_ptr_nonnull(
        strstr(message.text, " of 3000 particles were lost: number "));
    ck_assert_ptr_nonnull(strstr(message.text, " was at x = "));
    ck_assert_ptr_nonnull(strstr(message.text, " at t = "));
    fk_ensemble_free(steps);
    sde_text_free(sde);
}
END_TEST

/* Everyone is somewhere or lost, and those lost leave no trace in a result. */
START_TEST(losses_stay_out_of_results)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x^3", "0.1");
    fk_domain box = {.grid = {.dim = 1, .axis = {{-1e9, 1e9, 4}}},
                     .face = {{FK_OPEN, FK_OPEN}}};
    fk_ensemble *e = exploding(sde);
    advance(e, 25.0);
    uint64_t count[4 + FK_ELSEWHERE] = {0}, alive;
    double mean, variance, fourth;
    fk_ensemble_tally(e, &box.grid, count);
    const fk_census census = fk_census_read(4, count);
    fk_ensemble_moments(e, &mean, &variance, &fourth, &alive);
    const uint64_t lost = fk_ensemble_losses(e)->count;
    ck_assert(lost > 100 && lost < 3000);
    ck_assert_uint_eq(census.lost, lost);
    ck_assert_uint_eq(census.inside + census.outside + lost, 3000);
    ck_assert_uint_eq(alive + lost, 3000);
    ck_assert(isfinite(mean)); /* one on its way out has a fourth power beyond all */
    ck_assert(!isnan(variance) && !isnan(fourth));
    size_t marked = 0, axis, side;
    for (size_t p = 0; p < 3000; p++) {
        double x;
        fk_ensemble_states(e, p, 1, &x);
        marked += fk_ensemble_lost(e, p);
        ck_assert(fk_ensemble_lost(e, p) != (isfinite(x) != 0));
        ck_assert(!fk_ensemble_ended(e, p, &axis, &side));
    }
    ck_assert_uint_eq(marked, lost);
    fk_ensemble_free(e);
    sde_text_free(sde);
}
END_TEST

typedef struct watch {
    double done, total;
    bool stop;
} watch;

static void report(void *context, double done, double total)
{
    watch *w = context;
    ck_assert(done <= total * (1.0 + 1e-12));
    w->done = done;
    w->total = total;
}

static bool stopped(void *context)
{
    return ((watch *)context)->stop;
}

START_TEST(progress_is_told_and_stopping_heard)
{
    fk_sde *sde;
    watch w = {0.0, 0.0, false};
    const fk_progress progress = {report, stopped, &w};
    fk_message message = {""};
    fk_ensemble *e = ou_ensemble(&sde, NULL, 1000, 0.01, 16);
    ck_assert(fk_ensemble_advance(e, 1.0, &progress, &message) == FK_OK);
    ck_assert_double_eq(w.total, 1000.0 * 100.0);
    ck_assert_double_eq(w.done, w.total);
    w.stop = true;
    ck_assert(fk_ensemble_advance(e, 2.0, &progress, &message) == FK_EINTERRUPTED);
    ck_assert_str_ne(message.text, "");
    end(e, sde);
}
END_TEST

/* An ordinary differential equation: Euler's method, one value for all. */
START_TEST(no_noise_is_eulers_method)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 0, "x", "-2*x + t", "");
    fk_law *law = normal_law_1d(1.0, 0.0);
    const fk_ensemble_options o = euler_options(300, 0.125, 17);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.0);
    double x = 1.0, last;
    for (int k = 0; k < 8; k++)
        x += 0.125 * (-2.0 * x + 0.125 * k);
    fk_ensemble_states(e, 299, 1, &last);
    ck_assert_double_eq_tol(last, x, 1e-15);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

static fk_ensemble *some_of_it(const fk_sde *sde, const fk_law *law, size_t first,
                               size_t count)
{
    fk_ensemble *e = NULL;
    fk_message message;
    fk_ensemble_options o = euler_options(count, 0.03, 23);
    o.first = first;
    ck_assert_int_eq(fk_ensemble_new(sde, NULL, law, &o, &e, &message), FK_OK);
    return e;
}

/* Particle 700 alone, one step at a time, is particle 700 of a thousand to the last bit,
 * though the steps do not divide the interval. */
START_TEST(one_block_alone)
{
    const double end = 0.7;
    fk_message message;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "sin(3*x) - x", "0.5 + 0.1*x");
    fk_law *law = normal_law_1d(0.2, 0.3);
    fk_ensemble *all = some_of_it(sde, law, 0, 1000);
    fk_ensemble *alone = some_of_it(sde, law, 512, FK_BLOCK);
    ck_assert_int_eq(fk_ensemble_advance(all, end, NULL, &message), FK_OK);
    fk_ensemble_pace(alone, end);
    const double h = fk_ensemble_step(alone);
    for (int k = 1; k < 24; k++)
        ck_assert_int_eq(fk_ensemble_advance(alone, k * h, NULL, &message), FK_OK);
    ck_assert_int_eq(fk_ensemble_advance(alone, end, NULL, &message), FK_OK);
    ck_assert_uint_eq(fk_ensemble_steps(alone), 24);
    double x, y;
    fk_ensemble_states(all, 700, 1, &x);
    fk_ensemble_states(alone, 700 - 512, 1, &y);
    ck_assert_mem_eq(&x, &y, sizeof x);
    fk_ensemble_free(all);
    fk_ensemble_free(alone);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(schemes_are_listed)
{
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++) {
        ck_assert_ptr_eq(fk_scheme_find((*s)->name), *s);
        ck_assert(strlen((*s)->summary) < 79 && (*s)->reference[0] != '\0');
        ck_assert((*s)->strong_order >= 0.0 && (*s)->weak_order >= (*s)->strong_order);
    }
    ck_assert_ptr_null(fk_scheme_find("no such scheme"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ensemble_contract");
    TCase *c = tcase_create("ensemble_contract");
    tcase_add_test(c, no_noise_is_eulers_method);
    tcase_add_test(c, paths_know_neither_their_number_nor_pauses);
    tcase_add_test(c, threads_do_not_change_a_bit);
    tcase_add_test(c, steps_divide_their_interval);
    tcase_add_test(c, explosions_are_counted);
    tcase_add_test(c, losses_stay_out_of_results);
    tcase_add_test(c, progress_is_told_and_stopping_heard);
    tcase_add_test(c, one_block_alone);
    tcase_add_test(c, schemes_are_listed);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
