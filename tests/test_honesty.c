/* The verdict, end to end: particles and Fokker-Planck densities that should agree do,
 * and every classic mistake, put back in on one side, is called a disagreement. */
#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/verdict.h"
#include "pde/evolution.h"
#include "sampling/halving.h"
#include "tests/suite.h"
#include "tests/uniformity.h"

enum { MOST_CELLS = 80 * 80 };

static const char *const names[] = {"x", "y"};
static const fk_problem_compare standard = {
    .tolerance = 0.05, .significance = 0.01, .power = 0.9, .least = 10.0};

/* An SDE written down: drift[dim], noise[dim][noises]. */
typedef struct story {
    size_t dim;
    fk_interpretation interpretation;
    const char *drift[2];
    const char *noise[2][2]; /* as many noises as variables */
} story;

static fk_sde *told(fk_expr_pool *pool, const story *s)
{
    fk_sde *sde = NULL;
    fk_expr_error error;
    const fk_expr *variable[2], *drift[2], *noise[4];
    fk_expr_name known[3] = {{"t", NULL}, {"x", NULL}, {"y", NULL}};
    for (size_t i = 0; i < s->dim; i++) {
        variable[i] = fk_expr_symbol(pool, names[i]);
        ck_assert_int_eq(
            fk_expr_parse(pool, s->drift[i], known, 1 + s->dim, &drift[i], &error),
            FK_OK);
        for (size_t k = 0; k < s->dim; k++)
            ck_assert_int_eq(fk_expr_parse(pool, s->noise[i][k], known, 1 + s->dim,
                                           &noise[i * s->dim + k], &error),
                             FK_OK);
    }
    const fk_sde_parts parts = {.pool = pool,
                                .dim = s->dim,
                                .noises = s->dim,
                                .interpretation = s->interpretation,
                                .variable = variable,
                                .time = fk_expr_symbol(pool, "t"),
                                .drift = drift,
                                .noise = noise};
    ck_assert_int_eq(fk_sde_new(&parts, &sde), FK_OK);
    return sde;
}

/* What a comparison is about, apart from the two SDEs. */
typedef struct setting {
    fk_domain domain;
    double mean[2], sd; /* of the Gaussian start */
    double end, step;
    size_t count, pairs;
    uint64_t seed;
    double tolerance;
} setting;

static setting on_a_line(double half_width, size_t cells)
{
    setting s = {.mean = {0.5}, .sd = 0.4, .end = 0.5, .step = 0.0025, .seed = 7};
    s.domain.grid = fk_grid_make(1, &(fk_axis){-half_width, half_width, cells});
    s.count = 200000;
    s.pairs = 200000;
    s.tolerance = 0.05;
    return s; /* reflecting faces */
}

static fk_law *start_of(const setting *s)
{
    const size_t dim = s->domain.grid.dim;
    fk_mixture *m = NULL;
    fk_law *law = NULL;
    ck_assert_int_eq(fk_mixture_new(dim, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    for (size_t i = 0; i < dim; i++) {
        m->mean[i] = s->mean[i];
        m->cov[i * dim + i] = s->sd * s->sd;
    }
    ck_assert_int_eq(fk_law_mixture_new(m, &law), FK_OK);
    fk_mixture_free(m);
    return law;
}

/* Particles of one SDE, and their step-halving pairs. */
typedef struct crowd {
    uint64_t count[MOST_CELLS + FK_ELSEWHERE];
    uint64_t coarse[MOST_CELLS + 1], fine[MOST_CELLS + 1], moved[MOST_CELLS + 1];
    fk_census census;
} crowd;

static fk_ensemble_options options(const setting *s, size_t count, fk_purpose purpose)
{
    return (fk_ensemble_options){.count = count,
                                 .step = s->step,
                                 .seed = s->seed,
                                 .purpose = purpose,
                                 .scheme = fk_scheme_find("euler-maruyama")};
}

static void walk(const fk_sde *sde, const setting *s, crowd *c)
{
    memset(c, 0, sizeof *c);
    const fk_grid *g = &s->domain.grid;
    fk_law *law = start_of(s);
    fk_ensemble *e = NULL;
    fk_message message;
    const fk_ensemble_options main_run = options(s, s->count, FK_FOR_NOISE);
    ck_assert_int_eq(fk_ensemble_new(sde, &s->domain, law, &main_run, &e, &message),
                     FK_OK);
    ck_assert_int_eq(fk_ensemble_advance(e, s->end, NULL, &message), FK_OK);
    fk_ensemble_tally(e, g, c->count);
    c->census = fk_census_read(fk_grid_cells(g), c->count);
    fk_ensemble_free(e);
    if (s->pairs > 0) {
        fk_halving *h = NULL;
        const fk_ensemble_options pair = options(s, s->pairs, FK_FOR_HALVING);
        ck_assert_int_eq(fk_halving_new(sde, &s->domain, law, &pair, &h, &message),
                         FK_OK);
        ck_assert_int_eq(fk_halving_advance(h, s->end, NULL, &message), FK_OK);
        fk_halving_tally(h, g, c->coarse, c->fine, c->moved);
        fk_halving_free(h);
    }
    fk_law_free(law);
}

static double flow(const fk_sde *sde, const setting *s, size_t refine, double *p)
{
    const fk_domain domain = {.grid = fk_grid_refine(&s->domain.grid, refine),
                              .face = {{s->domain.face[0][0], s->domain.face[0][1]},
                                       {s->domain.face[1][0], s->domain.face[1][1]}}};
    const size_t cells = fk_grid_cells(&domain.grid);
    fk_law *law = start_of(s);
    fk_fokker_planck *fp = NULL;
    fk_evolution *e = NULL;
    fk_message message;
    double outside;
    ck_assert_int_eq(fk_law_project(law, &domain.grid, p, &outside), FK_OK);
    ck_assert_int_eq(
        fk_fokker_planck_new(sde, &domain, fk_flux_find("chang-cooper"), &fp, &message),
        FK_OK);
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find("tr-bdf2"), .tolerance = 1e-4, .span = s->end};
    ck_assert_int_eq(fk_evolution_new(fp, 0.0, p, &o, &e), FK_OK);
    ck_assert_int_eq(fk_evolution_advance(e, s->end, NULL, &message), FK_OK);
    memcpy(p, fk_evolution_density(e), cells * sizeof *p);
    fk_ledger ledger;
    fk_evolution_ledger(e, &ledger);
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    fk_law_free(law);
    return ledger.time_error;
}

static fk_comparison judge(const setting *s, const crowd *c, const double *p,
                           const double *fine, double time_error)
{
    fk_comparison out;
    fk_problem_compare asked = standard;
    asked.tolerance = s->tolerance;
    const fk_sample sample = {
        .name = "particles", .count = c->count, .outside = c->census.outside};
    const fk_reference reference = {.name = "Fokker-Planck", .p = p, .truncated = true};
    const fk_step_evidence step = {c->coarse, c->fine, c->moved, 2.0, 1.0};
    const fk_grid_evidence grid = {
        .fine = fine, .order = 2.0, .time_error = time_error};
    const fk_compare_input in = {.domain = &s->domain,
                                 .variable = names,
                                 .t = s->end,
                                 .sample = &sample,
                                 .reference = &reference,
                                 .step = s->pairs > 0 ? &step : NULL,
                                 .grid = fine != NULL ? &grid : NULL,
                                 .asked = &asked,
                                 .comparisons = 1};
    ck_assert_int_eq(fk_compare_sample(&in, &out), FK_OK);
    return out;
}

/* Particles of one story against the density of another. */
static fk_comparison meet(const setting *s, const story *walked, const story *flowed)
{
    static crowd c;
    static double p[MOST_CELLS], fine[4 * MOST_CELLS];
    fk_expr_pool *pool = NULL;
    ck_assert_int_eq(fk_expr_pool_new(&pool), FK_OK);
    fk_sde *a = told(pool, walked), *b = told(pool, flowed);
    walk(a, s, &c);
    const double error = flow(b, s, 1, p);
    flow(b, s, 2, fine);
    fk_sde_free(a);
    fk_sde_free(b);
    fk_expr_pool_free(pool);
    return judge(s, &c, p, fine, error);
}

static void expect_mistake_found(const setting *s, const story *right,
                                 const story *wrong)
{
    const fk_comparison same = meet(s, right, right);
    ck_assert_msg(same.word == FK_AGREE, "right: %d, p %g, limit %g, eps %g", same.word,
                  same.p_least, same.chi.detectable, same.chi.allowance);
    ck_assert_int_eq(meet(s, wrong, right).word, FK_DISAGREE);
    ck_assert_int_eq(meet(s, right, wrong).word, FK_DISAGREE);
}

/* ---- each mistake, on either side ---- */

/* D = 1 + x^2 / 2: sqrt(2 D) = sqrt(2 + x^2) */
static const story uneven = {1, FK_ITO, {"-x"}, {{"sqrt(2 + x^2)"}}};

START_TEST(a_factor_two_in_the_diffusion_is_found)
{
    const setting s = on_a_line(6.0, 120);
    const story wrong = {1, FK_ITO, {"-x"}, {{"sqrt(4 + 2*x^2)"}}};
    expect_mistake_found(&s, &uneven, &wrong);
    const story half = {1, FK_ITO, {"-x"}, {{"sqrt(1 + x^2/2)"}}};
    expect_mistake_found(&s, &uneven, &half);
}
END_TEST

/* p_t = -(f p)' + (D p)'' taken for p_t = -(f p)' + (D p')': the gradient D' = x is lost
 * from the flux by the equation, or from the drift by the particles. */
START_TEST(a_dropped_gradient_of_the_diffusion_is_found)
{
    const setting s = on_a_line(6.0, 120);
    const story equation = {1, FK_KINETIC, {"-x"}, {{"sqrt(2 + x^2)"}}};
    const story particles = {1, FK_ITO, {"-x - x"}, {{"sqrt(2 + x^2)"}}};
    expect_mistake_found(&s, &uneven, &equation);
    expect_mistake_found(&s, &uneven, &particles);
}
END_TEST

START_TEST(a_drift_of_the_wrong_sign_is_found)
{
    const setting s = on_a_line(6.0, 120);
    const story wrong = {1, FK_ITO, {"x"}, {{"sqrt(2 + x^2)"}}};
    expect_mistake_found(&s, &uneven, &wrong);
}
END_TEST

START_TEST(ito_for_stratonovich_is_found)
{
    const setting s = on_a_line(6.0, 120);
    const story right = {1, FK_STRATONOVICH, {"-x"}, {{"sqrt(1 + x^2)"}}};
    const story wrong = {1, FK_ITO, {"-x"}, {{"sqrt(1 + x^2)"}}};
    expect_mistake_found(&s, &right, &wrong);
}
END_TEST

START_TEST(a_lost_correlation_is_found)
{
    const fk_axis axes[] = {{-4.0, 4.0, 40}, {-4.0, 4.0, 40}};
    setting s = on_a_line(4.0, 40);
    s.domain.grid = fk_grid_make(2, axes);
    s.mean[1] = -0.3;
    s.tolerance = 0.1;
    const story right = {
        2, FK_ITO, {"-x - y", "x - y"}, {{"0.9", "0"}, {"0.4", "0.8"}}};
    const story wrong = {
        2, FK_ITO, {"-x - y", "x - y"}, {{"0.9", "0"}, {"0", "sqrt(0.8)"}}};
    expect_mistake_found(&s, &right, &wrong);
}
END_TEST

/* ---- honest words ---- */

/* Euler-Maruyama with step h on dX = -X dt + sqrt(2) dW is at its grid times exactly
 * another such process: no bias, so p-values of either reference must be uniform.
 *     m+ = (1 - h) m,   v+ = (1 - h)^2 v + 2 h */
static void step_law(const setting *s, double *p)
{
    const fk_axis *a = &s->domain.grid.axis[0];
    double m = s->mean[0], v = s->sd * s->sd;
    for (double t = 0.0; t < s->end - 1e-9; t += s->step) {
        m *= 1.0 - s->step;
        v = (1.0 - s->step) * (1.0 - s->step) * v + 2.0 * s->step;
    }
    for (size_t i = 0; i < a->cells; i++)
        p[i] = (gsl_cdf_ugaussian_P((fk_axis_edge(a, i + 1) - m) / sqrt(v)) -
                gsl_cdf_ugaussian_P((fk_axis_edge(a, i) - m) / sqrt(v))) /
               fk_axis_width(a);
}

static const story relaxation = {1, FK_ITO, {"-x"}, {{"sqrt(2)"}}};

/* The process that the steps sample exactly: theta_h = -log(1 - h) / h and
 * g_h^2 = 2 theta_h 2 / (2 - h), here for h = 0.1. */
static const story stepped = {
    1, FK_ITO, {"-(-log(0.9)/0.1) * x"}, {{"sqrt(2 * (-log(0.9)/0.1) * 2 / 1.9)"}}};

START_TEST(p_values_over_many_seeds_are_uniform)
{
    enum { RUNS = 500, CELLS = 160 };
    static crowd c;
    double law[CELLS], pde[CELLS], exact[RUNS], flowed[RUNS];
    setting s = on_a_line(8.0, CELLS);
    s.step = 0.1;
    s.count = 3000;
    s.pairs = 0;
    fk_expr_pool *pool = NULL;
    ck_assert_int_eq(fk_expr_pool_new(&pool), FK_OK);
    fk_sde *walked = told(pool, &relaxation), *equivalent = told(pool, &stepped);
    step_law(&s, law);
    flow(equivalent, &s, 1, pde);
    size_t alarms = 0;
    for (size_t run = 0; run < RUNS; run++) {
        s.seed = 1000 + run;
        walk(walked, &s, &c);
        const fk_comparison a = judge(&s, &c, law, NULL, 0.0);
        const fk_comparison b = judge(&s, &c, pde, NULL, 0.0);
        exact[run] = a.chi.p_strict;
        flowed[run] = b.chi.p_strict;
        alarms += a.p_least < 0.05;
    }
    ck_assert_double_gt(uniformity(RUNS, exact), 1e-3);
    ck_assert_double_gt(uniformity(RUNS, flowed), 1e-3);
    /* at most 5 %: 25 +- 4.9 */
    ck_assert_uint_le(alarms, 49);
    ck_assert_uint_ge(alarms, 4);
    fk_sde_free(walked);
    fk_sde_free(equivalent);
    fk_expr_pool_free(pool);
}
END_TEST

START_TEST(one_per_cent_of_diffusion_is_found_by_a_million_particles)
{
    setting s = on_a_line(8.0, 320);
    s.step = 0.1;
    s.count = 1000000;
    s.pairs = 0;
    const story right = stepped;
    const story wrong = {1,
                         FK_ITO,
                         {"-(-log(0.9)/0.1) * x"},
                         {{"sqrt(1.01 * 2 * (-log(0.9)/0.1) * 2 / 1.9)"}}};
    ck_assert_int_ne(meet(&s, &relaxation, &right).word, FK_DISAGREE);
    ck_assert_int_eq(meet(&s, &relaxation, &wrong).word, FK_DISAGREE);
}
END_TEST

/* h = 0.1 makes the variance 6 % too large and the mean 5 % too small by t = 1. */
START_TEST(a_coarse_step_is_excused_by_its_evidence_and_no_further)
{
    setting s = on_a_line(8.0, 160);
    s.mean[0] = 2.0;
    s.sd = 0.5;
    s.end = 1.0;
    s.step = 0.1;
    s.count = 1000000;
    s.pairs = 0;
    s.tolerance = 0.3;
    ck_assert_int_eq(meet(&s, &relaxation, &relaxation).word, FK_DISAGREE);

    s.pairs = 200000;
    fk_comparison c = meet(&s, &relaxation, &relaxation);
    ck_assert_int_eq(c.word, FK_AGREE);
    ck_assert_double_gt(c.budget[1].l1, 0.03);
    s.tolerance = 0.02;
    c = meet(&s, &relaxation, &relaxation);
    ck_assert_int_eq(c.word, FK_INCONCLUSIVE);
    char text[FK_SENTENCE];
    fk_problem_compare asked = standard;
    asked.tolerance = s.tolerance;
    fk_verdict_sentence(1, &c, &s.domain, names, &asked, text);
    ck_assert_ptr_nonnull(strstr(text, "particles.step"));

    /* a mistake of that size shows at a fine step */
    s.step = 0.01;
    const story wrong = {1, FK_ITO, {"-x"}, {{"sqrt(2*1.06)"}}};
    ck_assert_int_ne(meet(&s, &relaxation, &relaxation).word, FK_DISAGREE);
    ck_assert_int_eq(meet(&s, &relaxation, &wrong).word, FK_DISAGREE);
}
END_TEST

START_TEST(a_thousand_particles_cannot_settle_one_per_cent)
{
    setting s = on_a_line(6.0, 120);
    s.count = 1000;
    s.pairs = 1000;
    s.tolerance = 0.01;
    ck_assert_int_eq(meet(&s, &uneven, &uneven).word, FK_INCONCLUSIVE);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("honesty");
    TCase *c = tcase_create("honesty");
    tcase_set_timeout(c, 300.0);
    tcase_add_test(c, a_factor_two_in_the_diffusion_is_found);
    tcase_add_test(c, a_dropped_gradient_of_the_diffusion_is_found);
    tcase_add_test(c, a_drift_of_the_wrong_sign_is_found);
    tcase_add_test(c, ito_for_stratonovich_is_found);
    tcase_add_test(c, a_lost_correlation_is_found);
    tcase_add_test(c, p_values_over_many_seeds_are_uniform);
    tcase_add_test(c, one_per_cent_of_diffusion_is_found_by_a_million_particles);
    tcase_add_test(c, a_coarse_step_is_excused_by_its_evidence_and_no_further);
    tcase_add_test(c, a_thousand_particles_cannot_settle_one_per_cent);
    suite_add_tcase(s, c);
    return run_suite(s);
}
