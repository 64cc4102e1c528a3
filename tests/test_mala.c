/* Langevin steps that are accepted or refused keep the law that unadjusted ones miss. */
#include "sampling/sampler.h"

#include <math.h>
#include <stdlib.h>

#include "sampling/recipe_law.h"
#include "sampling/reverse.h"
#include "sde/linear.h"
#include "sde/score_perturbed.h"
#include "tests/gm_a.h"
#include "tests/particle_fixture.h"

static const double level = 0.1, above = 0.3;

typedef struct place {
    fk_sde *sde;
    fk_noise_schedule *schedule;
    fk_mixture *data;
} place;

static place begin(fk_mixture *data)
{
    place p = {.sde = vp_linear(), .data = data};
    ck_assert_int_eq(fk_noise_schedule_new(p.sde, 0.0, 1.0, &p.schedule), FK_OK);
    return p;
}

static void end(place *p)
{
    fk_noise_schedule_free(p->schedule);
    fk_mixture_free(p->data);
    sde_text_free(p->sde);
}

/* N(0, 1/4) */
static fk_mixture *normal(void)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(1, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    m->cov[0] = 0.25;
    return m;
}

/* `inner` steps at the one level. */
static fk_recipe *recipe(const place *p, const char *sampler, double snr, size_t inner)
{
    const double time[] = {level, above};
    const fk_sampler_options o = {.snr = snr, .inner = inner};
    fk_recipe *r = NULL;
    fk_message message = {""};
    ck_assert_msg(fk_recipe_new(fk_sampler_find(sampler), p->schedule, 1, time, &o, &r,
                                &message) == FK_OK,
                  "%s", message.text);
    return r;
}

/* Samples that start with `start`, which is moved to the level's scale by the first step. */
static fk_reverse_result sample(const place *p, const fk_recipe *r, fk_mixture *start,
                                size_t count)
{
    const double scale =
        fk_noise_at(p->schedule, level).alpha / fk_noise_at(p->schedule, above).alpha;
    fk_law *law = NULL;
    fk_score *score = NULL;
    fk_reverse_result out;
    fk_message message = {""};
    for (size_t k = 0; k < start->components; k++) {
        start->mean[k] /= scale;
        start->cov[k] /= scale * scale;
    }
    ck_assert(fk_law_mixture_new(start, &law) == FK_OK &&
              fk_score_schedule_new(p->schedule, p->data, r->n_times, r->time,
                                    &score) == FK_OK);
    const fk_reverse_options o = {.count = count, .seed = 12, .start = law};
    ck_assert_msg(fk_reverse_sample(p->sde, score, r, &o, NULL, &out, &message) ==
                      FK_OK,
                  "%s", message.text);
    fk_score_free(score);
    fk_law_free(law);
    fk_mixture_free(start);
    return out;
}

static double variance_at_level(const place *p)
{
    const fk_noise_level l = fk_noise_at(p->schedule, level);
    return 0.25 * l.alpha * l.alpha + l.sigma * l.sigma;
}

/* Step e = share V, so that unadjusted steps end at V / (1 - share/2). */
static double snr_for(const place *p, double share)
{
    return sqrt(0.5 * share * variance_at_level(p)) /
           fk_noise_at(p->schedule, level).sigma;
}

START_TEST(unadjusted_steps_miss_and_adjusted_ones_do_not)
{
    enum { COUNT = 40000, INNER = 30 };
    const double share = 0.8;
    place p = begin(normal());
    const double V = variance_at_level(&p), snr = snr_for(&p, share);
    fk_recipe *with = recipe(&p, "annealed-mala", snr, INNER),
              *without = recipe(&p, "annealed-langevin", snr, INNER);
    const double centre[] = {0.0, 0.0}, precision[] = {1.0 / V, 1.0 / V};
    const double biased =
        fk_recipe_law(without, centre, precision, (fk_normal){0.0, V}).variance;
    ck_assert_double_eq_tol(biased, V / (1.0 - 0.5 * share), 1e-9);

    fk_reverse_result u = sample(&p, without, normal(), COUNT),
                      a = sample(&p, with, normal(), COUNT);
    const moments unadjusted = moments_of(u.x, COUNT, 1),
                  adjusted = moments_of(a.x, COUNT, 1);
    assert_moments(unadjusted, 0.0, biased);
    assert_moments(adjusted, 0.0, V);
    ck_assert_uint_eq(a.evaluations, 2 * INNER);
    ck_assert_uint_eq(u.taken, 0);
    fk_reverse_result_free(&u);
    fk_reverse_result_free(&a);
    fk_recipe_free(with);
    fk_recipe_free(without);
    end(&p);
}
END_TEST

/* E min(1, r) from x ~ N(0, V): log r = e (x^2 - y^2) / (4 V^2), by sums over x and z. */
static double acceptance(double V, double e)
{
    const double h = 0.02;
    double sum = 0.0;
    for (double x = -8.0; x < 8.0; x += h)
        for (double z = -8.0; z < 8.0; z += h) {
            const double at = sqrt(V) * x, y = at - e * at / V + sqrt(2.0 * e) * z;
            sum += exp(-0.5 * (x * x + z * z)) *
                   fmin(1.0, exp(e * (at * at - y * y) / (4.0 * V * V)));
        }
    return sum * h * h / (2.0 * M_PI);
}

START_TEST(as_many_are_taken_as_should_be)
{
    enum { COUNT = 40000 };
    place p = begin(normal());
    const double V = variance_at_level(&p);
    for (double share = 0.2; share < 2.5; share *= 3.0) {
        fk_recipe *r = recipe(&p, "annealed-mala", snr_for(&p, share), 1);
        fk_mixture *start = normal();
        start->cov[0] = V;
        fk_reverse_result out = sample(&p, r, start, COUNT);
        const double expected = acceptance(V, share * V);
        assert_sigmas((double)out.taken / COUNT, expected,
                      sqrt(expected * (1.0 - expected) / COUNT));
        fk_reverse_result_free(&out);
        fk_recipe_free(r);
    }
    end(&p);
}
END_TEST

/* Two humps, from their exact law, which forty steps keep. */
START_TEST(mixtures_stay_what_they_are)
{
    enum { COUNT = 40000, CELLS = 60 };
    place p = begin(gm_a());
    const fk_grid g = fk_grid_make(1, &(fk_axis){-3.5, 3.5, CELLS});
    fk_recipe *r = recipe(&p, "annealed-mala", 0.9, 40);
    fk_mixture *law = NULL, *start = NULL;
    double mass[CELLS + 1];
    uint64_t count[CELLS + 1] = {0};
    ck_assert(fk_linear_propagate(p.sde, 0.0, p.data, level, &law) == FK_OK &&
              fk_mixture_copy(law, &start) == FK_OK);
    fk_reverse_result out = sample(&p, r, start, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        size_t cell;
        count[fk_grid_find(&g, &out.x[i], &cell) ? cell : CELLS]++;
    }
    ck_assert_int_eq(fk_mixture_project(law, &g, mass, &mass[CELLS]), FK_OK);
    for (size_t c = 0; c < CELLS; c++)
        mass[c] *= fk_axis_width(&g.axis[0]);
    ck_assert_double_gt(p_value(&g, count, mass), least_p_value);
    ck_assert(out.taken > COUNT && out.taken < 39 * (uint64_t)COUNT);
    fk_reverse_result_free(&out);
    fk_recipe_free(r);
    fk_mixture_free(law);
    end(&p);
}
END_TEST

START_TEST(threads_change_nothing)
{
    enum { COUNT = 2000 };
    const int threads = omp_get_max_threads();
    place p = begin(normal());
    fk_recipe *r = recipe(&p, "annealed-mala", 0.9, 5);
    fk_reverse_result out[2];
    for (int i = 0; i < 2; i++) {
        omp_set_num_threads(1 + 2 * i);
        out[i] = sample(&p, r, normal(), COUNT);
    }
    omp_set_num_threads(threads);
    ck_assert_mem_eq(out[0].x, out[1].x, COUNT * sizeof *out[0].x);
    ck_assert_uint_eq(out[0].taken, out[1].taken);
    fk_reverse_result_free(&out[0]);
    fk_reverse_result_free(&out[1]);
    fk_recipe_free(r);
    end(&p);
}
END_TEST

START_TEST(scores_without_a_density_are_refused)
{
    place p = begin(normal());
    fk_recipe *r = recipe(&p, "annealed-mala", 0.2, 1);
    fk_score *exact = NULL, *other = NULL;
    fk_law *law = NULL;
    fk_reverse_result out;
    fk_message message = {""};
    const fk_score_error error = {.scale = 0.1};
    ck_assert(fk_law_mixture_new(p.data, &law) == FK_OK &&
              fk_score_schedule_new(p.schedule, p.data, r->n_times, r->time, &exact) ==
                  FK_OK &&
              fk_score_perturbed_new(exact, &error, &other) == FK_OK);
    const fk_reverse_options o = {.count = 10, .start = law};
    ck_assert_int_eq(fk_reverse_sample(p.sde, other, r, &o, NULL, &out, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "density"));
    fk_score_free(other);
    fk_score_free(exact);
    fk_law_free(law);
    fk_recipe_free(r);
    end(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mala");
    TCase *cases = tcase_create("mala");
    tcase_set_timeout(cases, 30.0);
    tcase_add_test(cases, unadjusted_steps_miss_and_adjusted_ones_do_not);
    tcase_add_test(cases, as_many_are_taken_as_should_be);
    tcase_add_test(cases, mixtures_stay_what_they_are);
    tcase_add_test(cases, threads_change_nothing);
    tcase_add_test(cases, scores_without_a_density_are_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
