/* Runs of the program as a whole: what they leave in an fk_result. */
#include "experiments/run.h"

#include <math.h>
#include <omp.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/density.h"
#include "core/memory.h"
#include "sampling/ensemble.h"
#include "tests/problem_text.h"

/* Result of problem.yaml; the problem goes with it. */
typedef struct ran {
    fk_problem *p;
    fk_methods methods;
    fk_result r;
} ran;

static ran run_with(size_t n, const char *const *setting)
{
    ran a = {.p = read_with(n, setting)};
    fk_message message = {""};
    fk_terminal terminal = fk_terminal_make(true);
    ck_assert_int_eq(fk_methods_find(a.p, &a.methods, &message), FK_OK);
    const fk_status status = fk_run(a.p, &a.methods, &terminal, NULL, &a.r, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return a;
}

static void end(ran *a)
{
    fk_result_free(&a->r);
    fk_problem_free(a->p);
}

/* All particles of the problem at its end as one ensemble. */
static fk_ensemble *whole(const ran *a, double t)
{
    const fk_problem *p = a->p;
    const fk_ensemble_options o = {.count = p->particles.count,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = p->particles.seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = a->methods.scheme,
                                   .faces = a->methods.faces};
    fk_ensemble *e = NULL;
    ck_assert_int_eq(fk_ensemble_new(p->sde, &p->domain, p->initial, &o, &e, NULL),
                     FK_OK);
    ck_assert_int_eq(fk_ensemble_advance(e, t, NULL, NULL), FK_OK);
    return e;
}

/* More particles than march together: histograms, exits and points are to the last bit
 * those of one ensemble, and the last step's kernels sum to the same but for rounding. */
START_TEST(chunks_are_one_ensemble)
{
    enum { CELLS = 24 };
    write_lines(one, 7,
                "domain: {x: {from: -1.5, to: -0.5, cells: 24, boundary: absorbing}}");
    ran a = run_with(
        6, (const char *const[]){"particles.count=1000003", "particles.step=0.025",
                                 "pde=off", "time.end=0.1", "particles.halving=0",
                                 "time.output=[0.05, 0.1]", "output.plots=false"});
    const fk_snapshot *s = &a.r.snapshot[2];
    fk_ensemble *e = whole(&a, 0.075);
    const fk_grid *g = &a.p->domain.grid;
    double p[CELLS] = {0}, error[CELLS] = {0};
    uint64_t count[CELLS + FK_ELSEWHERE] = {0};
    ck_assert_int_eq(fk_ensemble_kernel_density(e, g, 0.025, p, error, NULL), FK_OK);
    fk_density_from_masses(g, 1000003.0, p, error, p, error);
    for (size_t c = 0; c < CELLS; c++) {
        ck_assert_double_eq_tol(s->kernel[c], p[c], 1e-12);
        ck_assert_double_eq_tol(s->kernel_error[c], error[c], 1e-12);
    }

    ck_assert_int_eq(fk_ensemble_advance(e, 0.1, NULL, NULL), FK_OK);
    fk_ensemble_tally(e, g, count);
    fk_density_from_counts(g, count, 1000003.0, p);
    ck_assert_mem_eq(s->particles, p, sizeof p);
    const fk_census census = fk_census_read(CELLS, count);
    ck_assert_uint_gt(census.absorbed[0][0], 1000);
    for (size_t side = 0; side < 2; side++) {
        const double share = (double)census.absorbed[0][side] / 1000003.0;
        ck_assert_double_eq(s->absorbed[0][side], share);
        ck_assert_double_eq(a.r.exits.face[side].particles[a.r.exits.n_times - 1],
                            share);
    }
    double *x = fk_doubles(s->n_points);
    fk_ensemble_states(e, 0, s->n_points, x);
    ck_assert_uint_ge(s->n_points, 1000);
    ck_assert_mem_eq(s->points, x, s->n_points * sizeof *x);
    free(x);
    fk_ensemble_free(e);
    end(&a);
}
END_TEST

/* The sentence that refuses to run problem.yaml. */
static fk_message refusal(const char *setting)
{
    fk_problem *p = read_with(1, &setting);
    fk_methods methods;
    fk_result r = {.command = NULL};
    fk_message message = {""};
    fk_terminal terminal = fk_terminal_make(true);
    ck_assert_int_eq(fk_methods_find(p, &methods, &message), FK_OK);
    ck_assert_int_eq(fk_run(p, &methods, &terminal, NULL, &r, &message), FK_ELIMIT);
    fk_result_free(&r);
    fk_problem_free(p);
    return message;
}

/* What would not fit is refused in a sentence that names the part and the key, here more
 * than machines have, and what a machine has but this process may not. */
START_TEST(too_much_memory_is_refused)
{
    write_lines(one, 7, "domain: {x: [-3, 3, 1e6]}");
    fk_message message = refusal("time.output=10000");
    ck_assert_ptr_nonnull(strstr(message.text, "densities at the output times"));
    ck_assert_ptr_nonnull(strstr(message.text, "time.output"));

    double pages = 0.0;
    struct rlimit limit;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm == NULL)
        return;
    ck_assert_int_eq(fscanf(statm, "%lf", &pages), 1);
    fclose(statm);
    ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = (rlim_t)(64e6 + pages * (double)sysconf(_SC_PAGESIZE));
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    message = refusal("time.output=4");
    ck_assert_ptr_nonnull(strstr(message.text, "ulimit -v"));
}
END_TEST

/* Every estimate lies within its own limits, but for the smooth one, whose limits are
 * those of another bandwidth; limits are finite and in order. */
START_TEST(estimates_have_limits)
{
    write_lines(one, 0, NULL);
    ran a = run_with(3, (const char *const[]){"particles.count=20000", "pde=off",
                                              "output.plots=false"});
    const fk_snapshot *s = &a.r.snapshot[1];
    const double *const p[FK_ESTIMATES] = {s->particles, s->kernel, s->smooth};
    for (size_t i = 0; i < FK_ESTIMATES; i++)
        for (size_t c = 0; c < 60; c++) {
            const double lower = s->limit[i][0][c], upper = s->limit[i][1][c];
            ck_assert(lower >= 0.0 && lower <= upper && isfinite(upper));
            ck_assert(i == FK_SMOOTH || (p[i][c] >= lower && p[i][c] <= upper));
        }
    ck_assert_double_gt(s->bandwidth[0], 0.0);
    ck_assert_double_eq_tol(fk_density_mass(&a.p->domain.grid, s->smooth), 1.0, 0.01);
    end(&a);
}
END_TEST

/* With five steps there are six times to look at, however many pictures are asked for: in
 * each, those inside and those who have left are everyone. */
START_TEST(long_steps_have_few_pictures)
{
    write_lines(one, 7,
                "domain: {x: {from: -1.5, to: -0.5, cells: 24, boundary: absorbing}}");
    ran a = run_with(6, (const char *const[]){
                            "particles.count=1000", "pde=off", "particles.step=0.02",
                            "time.end=0.1", "particles.halving=0", "output.frames=60"});
    const fk_exits *e = &a.r.exits;
    const fk_grid *g = &a.p->domain.grid;
    ck_assert_uint_eq(a.r.n_frames, 6);
    ck_assert_uint_eq(e->n_times, 6);
    for (size_t k = 0; k < 6; k++) {
        ck_assert_double_eq_tol(a.r.frame_time[k], 0.02 * (double)k, 1e-12);
        double inside = 0.0;
        for (size_t c = 0; c < 24; c++)
            inside += a.r.frame_particles[k][c] * fk_grid_volume(g);
        const double left = e->face[0].particles[k] + e->face[1].particles[k];
        ck_assert_double_eq_tol(inside + left, 1.0, 1e-12);
    }
    end(&a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *cases = tcase_create("run");
    tcase_add_test(cases, chunks_are_one_ensemble);
    tcase_add_test(cases, too_much_memory_is_refused);
    tcase_add_test(cases, estimates_have_limits);
    tcase_add_test(cases, long_steps_have_few_pictures);
    suite_add_tcase(suite, cases);
    return run_in_scratch(suite);
}
