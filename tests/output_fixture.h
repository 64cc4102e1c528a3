/* Results as a run would leave them, filled by hand from exact densities, with the
 * histograms' noise drawn at random: one variable (Ornstein-Uhlenbeck process) and two
 * (a Gaussian mixture dissolving under a variance-preserving process, and back). */
#ifndef FK_TESTS_OUTPUT_FIXTURE_H
#define FK_TESTS_OUTPUT_FIXTURE_H

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "plots/result.h"

typedef struct fixture {
    fk_problem problem;
    fk_result result;
    uint64_t random;
} fixture;

/* ---- random numbers, good enough for a picture ---- */

static inline double fixture_uniform(fixture *f)
{
    f->random = f->random * 6364136223846793005u + 1442695040888963407u;
    return ((double)(f->random >> 11) + 0.5) / 9007199254740992.0;
}

static inline double fixture_normal(fixture *f)
{
    const double radius = sqrt(-2 * log(fixture_uniform(f)));
    return radius * cos(6.283185307179586 * fixture_uniform(f));
}

/* ---- the laws ---- */

enum { FIXTURE_POINTS = 600, FIXTURE_COMPONENTS = 3 };

/* Mean and variance of dX = -X dt + sqrt(0.5) dW from N(2, 0.02). */
static inline void fixture_ou(double t, double *mean, double *variance)
{
    *mean = 2 * exp(-t);
    *variance = 0.02 * exp(-2 * t) + 0.25 * (1 - exp(-2 * t));
}

static const double fixture_weight[FIXTURE_COMPONENTS] = {0.35, 0.4, 0.25};
static const double fixture_mean[FIXTURE_COMPONENTS][2] = {
    {-1.3, -1.2}, {0.8, 0.7}, {1.2, -1}};
static const double fixture_variance[FIXTURE_COMPONENTS][2] = {
    {0.04, 0.16}, {0.14, 0.05}, {0.03, 0.03}};

/* dX = -X/2 dt + dW scaled so that t = 5 is noise: alpha = exp(-t/2). */
static inline double fixture_mixture(double t, const double *x, double *gradient)
{
    const double alpha = exp(-t / 2);
    double sum = 0, slope[2] = {0, 0};
    for (size_t k = 0; k < FIXTURE_COMPONENTS; k++) {
        double q = fixture_weight[k], push[2];
        for (size_t i = 0; i < 2; i++) {
            const double v = alpha * alpha * fixture_variance[k][i] + 1 - alpha * alpha;
            const double d = x[i] - alpha * fixture_mean[k][i];
            q *= exp(-d * d / (2 * v)) / sqrt(6.283185307179586 * v);
            push[i] = -d / v;
        }
        sum += q;
        for (size_t i = 0; i < 2; i++)
            slope[i] += q * push[i];
    }
    if (gradient != NULL)
        memcpy(gradient, slope, sizeof slope);
    return sum;
}

/* ---- fields ---- */

static inline double fixture_density(const fixture *f, double t, const double *x)
{
    double mean = 0, variance = 0;
    if (f->problem.domain.grid.dim == 2)
        return fixture_mixture(t, x, NULL);
    fixture_ou(t, &mean, &variance);
    const double d = x[0] - mean;
    return exp(-d * d / (2 * variance)) / sqrt(6.283185307179586 * variance);
}

static inline double *fixture_exact(const fixture *f, double t)
{
    const fk_grid *g = &f->problem.domain.grid;
    const size_t cells = fk_grid_cells(g);
    double *p = fk_doubles(cells);
    ck_assert_ptr_nonnull(p);
    for (size_t c = 0; c < cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        p[c] = fixture_density(f, t, x);
    }
    return p;
}

static inline double *fixture_histogram(fixture *f, double t, double count)
{
    const fk_grid *g = &f->problem.domain.grid;
    const size_t cells = fk_grid_cells(g);
    const double volume = fk_grid_volume(g);
    double *p = fixture_exact(f, t);
    for (size_t c = 0; c < cells; c++) {
        const double expected = p[c] * volume * count;
        double drawn = 0;
        if (expected > 30)
            drawn = fmax(0, floor(expected + sqrt(expected) * fixture_normal(f) + 0.5));
        else
            for (double product = fixture_uniform(f); product > exp(-expected); drawn++)
                product *= fixture_uniform(f);
        p[c] = drawn / (volume * count);
    }
    return p;
}

/* b p - a grad p for b = -x/2, a = 1/2, and a rotation so that there is something to
 * see. */
static inline void fixture_current(const fixture *f, fk_snapshot *s)
{
    const fk_grid *g = &f->problem.domain.grid;
    const size_t cells = fk_grid_cells(g);
    for (size_t i = 0; i < 2; i++) {
        s->current[i] = fk_doubles(cells);
        ck_assert_ptr_nonnull(s->current[i]);
    }
    for (size_t c = 0; c < cells; c++) {
        double x[FK_GRID_DIM], slope[2];
        fk_grid_centre(g, c, x);
        const double p = fixture_mixture(s->t, x, slope);
        s->current[0][c] = -x[0] / 2 * p - slope[0] / 2 - x[1] * p;
        s->current[1][c] = -x[1] / 2 * p - slope[1] / 2 + x[0] * p;
    }
}

/* Particle i at time t, the same noise at all times: seeds by i. */
static inline void fixture_point(fixture *f, size_t i, double t, double *x)
{
    const uint64_t kept = f->random;
    f->random = 77 + 1000003 * (uint64_t)i;
    for (int k = 0; k < 4; k++)
        fixture_uniform(f);
    if (f->problem.domain.grid.dim == 1) {
        double mean = 0, variance = 0;
        fixture_ou(t, &mean, &variance);
        x[0] =
            mean + sqrt(variance) * (0.8 * fixture_normal(f) +
                                     0.6 * sin(5 * t + 6 * fixture_uniform(f)) * 1.4);
    } else {
        const double u = fixture_uniform(f), alpha = exp(-t / 2);
        const size_t k = u < 0.35 ? 0 : u < 0.75 ? 1 : 2;
        for (size_t j = 0; j < 2; j++)
            x[j] = alpha * (fixture_mean[k][j] +
                            sqrt(fixture_variance[k][j]) * fixture_normal(f)) +
                   sqrt(1 - alpha * alpha) * fixture_normal(f);
    }
    f->random = kept;
}

static inline double *fixture_points(fixture *f, double t)
{
    const size_t dim = f->problem.domain.grid.dim;
    double *x = fk_doubles(dim * FIXTURE_POINTS);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < FIXTURE_POINTS; i++)
        fixture_point(f, i, t, x + dim * i);
    return x;
}

/* ---- the problem ---- */

static inline char *fixture_copy(const char *text)
{
    char *copy = strdup(text);
    ck_assert_ptr_nonnull(copy);
    return copy;
}

static inline const fk_expr *fixture_parse(fk_expr_pool *pool, const char *text)
{
    const fk_expr_name names[] = {
        {"x", NULL}, {"v_1", NULL}, {"t", NULL}, {"sigma", NULL}};
    const fk_expr *e = NULL;
    fk_expr_error error;
    ck_assert_int_eq(fk_expr_parse(pool, text, names, 4, &e, &error), FK_OK);
    return e;
}

static inline void fixture_sde(fixture *f, size_t dim)
{
    fk_problem *p = &f->problem;
    ck_assert_int_eq(fk_expr_pool_new(&p->pool), FK_OK);
    const fk_expr *variable[] = {fk_expr_symbol(p->pool, "x"),
                                 fk_expr_symbol(p->pool, "v_1")};
    const fk_expr *parameter[] = {fk_expr_symbol(p->pool, "sigma")};
    const fk_expr *drift[] = {fixture_parse(p->pool, dim == 1 ? "-x" : "-x/2"),
                              fixture_parse(p->pool, "-v_1/2")};
    const fk_expr *sigma = fixture_parse(p->pool, "sigma*(1 + x^2/40)");
    const fk_expr *zero = fixture_parse(p->pool, "0");
    const fk_expr *noise1[] = {sigma}, *noise2[] = {sigma, zero, zero, sigma};
    const double value[] = {0.7071067811865476};
    const fk_sde_parts parts = {.pool = p->pool,
                                .dim = dim,
                                .noises = dim,
                                .interpretation = dim == 1 ? FK_STRATONOVICH : FK_ITO,
                                .variable = variable,
                                .time = fk_expr_symbol(p->pool, "t"),
                                .n_parameters = 1,
                                .parameter = parameter,
                                .value = value,
                                .drift = drift,
                                .noise = dim == 1 ? noise1 : noise2};
    ck_assert_int_eq(fk_sde_new(&parts, &p->sde), FK_OK);
}

static inline void fixture_problem(fixture *f, size_t dim, size_t cells)
{
    fk_problem *p = &f->problem;
    fixture_sde(f, dim);
    p->name = fixture_copy(dim == 1 ? "relaxation" : "mixture_2d");
    p->about =
        fixture_copy("A particle in a harmonic trap relaxes to equilibrium; 1 < 2 & "
                     "\"quotes\" are part of this text.");
    p->text = fixture_copy(
        "name: relaxation\nvariables: {x: mm}\n# <script>alert(1)</script>\n");
    p->path = fixture_copy("experiments/relaxation.yaml");
    p->unit = calloc(2, sizeof *p->unit);
    ck_assert_ptr_nonnull(p->unit);
    p->unit[0] = fixture_copy(dim == 1 ? "mm" : "1");
    p->unit[1] = fixture_copy("1");
    p->time_unit = fixture_copy(dim == 1 ? "s" : "1");
    p->has_domain = true;
    const fk_axis axis[] = {{-3, 3.5, cells}, {-3, 3, cells}};
    p->domain.grid = fk_grid_make(dim, axis);
    for (size_t i = 0; i < dim; i++)
        p->domain.face[i][0] = p->domain.face[i][1] = FK_OPEN;
    if (dim == 1)
        p->domain.face[0][1] = FK_ABSORBING;
    p->initial_text = fixture_copy("normal, mean 2, variance 0.02");
    p->start = 0;
    p->end = dim == 1 ? 3 : 5;
    p->particles = (fk_problem_particles){.on = true,
                                          .count = dim == 1 ? 200000 : 1000000,
                                          .scheme = "euler-maruyama",
                                          .step = 0.001,
                                          .seed = 731,
                                          .halving = 0.25,
                                          .kernel = dim == 1};
    p->pde = (fk_problem_pde){.on = true,
                              .flux = "chang-cooper",
                              .stepper = "tr-bdf2",
                              .tolerance = 1e-4,
                              .halving = true};
    p->compare = (fk_problem_compare){0.02, 0.01, 0.99, 10};
    p->result = (fk_problem_output){.plots = true, .animation = true, .frames = 48};
}

/* ---- the result ---- */

static inline void fixture_snapshots(fixture *f, size_t n, const double *t)
{
    fk_result *r = &f->result;
    const double count = (double)f->problem.particles.count;
    r->snapshot = calloc(n, sizeof *r->snapshot);
    ck_assert_ptr_nonnull(r->snapshot);
    r->n_snapshots = n;
    for (size_t i = 0; i < n; i++) {
        fk_snapshot *s = &r->snapshot[i];
        s->t = t[i];
        s->pde = fixture_exact(f, t[i]);
        s->exact = fixture_exact(f, t[i]);
        s->particles = fixture_histogram(f, t[i], count);
        if (f->problem.particles.kernel && i > 0)
            s->kernel = fixture_exact(f, t[i]);
        if (f->problem.domain.grid.dim == 2)
            fixture_current(f, s);
        for (size_t side = 0; side < 2; side++) {
            s->lost[0][side] = 0.004 * (double)(side + 1) * (1 - exp(-2 * t[i]));
            if (side == 1)
                s->absorbed[0][side] =
                    s->lost[0][side] * (1 + 0.02 * fixture_normal(f));
        }
        s->outside = 0.0041 * (1 - exp(-2 * t[i]));
        s->mass_defect = 3e-16;
        s->minimum = 1e-30;
        s->n_points = FIXTURE_POINTS;
        s->points = fixture_points(f, t[i]);
    }
}

static inline void fixture_frames(fixture *f, size_t n)
{
    fk_result *r = &f->result;
    r->frame_time = fk_doubles(n);
    r->frame_pde = calloc(n, sizeof *r->frame_pde);
    r->frame_particles = calloc(n, sizeof *r->frame_particles);
    r->frame_points = calloc(n, sizeof *r->frame_points);
    ck_assert(r->frame_time && r->frame_pde && r->frame_particles && r->frame_points);
    r->n_frames = n;
    r->n_paths = FIXTURE_POINTS;
    for (size_t i = 0; i < n; i++) {
        const double t = f->problem.end * (double)i / (double)(n - 1);
        r->frame_time[i] = t;
        r->frame_pde[i] = fixture_exact(f, t);
        r->frame_particles[i] =
            fixture_histogram(f, t, (double)f->problem.particles.count);
        r->frame_points[i] = fixture_points(f, t);
    }
}

static inline fk_comparison fixture_comparison(double t, const char *sample,
                                               const char *reference, double count)
{
    fk_comparison c = {.t = t, .count = count, .word = FK_AGREE};
    snprintf(c.sample, sizeof c.sample, "%s", sample);
    snprintf(c.reference, sizeof c.reference, "%s", reference);
    c.l1_floor = count > 0 ? 8.1e-3 : (double)NAN;
    c.l1 = count > 0 ? 8.3e-3 * (1 + 0.1 * sin(9 * t)) : 2e-4;
    c.l2 = 0.004;
    c.kl = 1.2e-4;
    c.hellinger = 0.006;
    c.w1 = 0.0009;
    c.linf_at[0] = 0.731;
    c.chi = (fk_chi_square){.statistic = 371.2,
                            .dof = 389,
                            .allowance = 0.0004,
                            .p_value = 0.7344,
                            .p_strict = 0.7312,
                            .detectable = 0.0071,
                            .worst_bin = 17,
                            .worst_sigma = -3.01};
    c.n_bins = count > 0 ? 390 : 0;
    c.has_ks = count > 0;
    c.ks = (fk_ks){0.0011, -0.21, 0.51};
    c.n_moments = count > 0 ? 2 : 0;
    c.moment[0] = (fk_moment_line){"mean x", 0.7357, 0.7358, 3e-4, 1e-5, 0.3};
    c.moment[1] = (fk_moment_line){"variance x", 0.2194, 0.2191, 4e-4, 1e-5, 0.7};
    const fk_budget_line lines[FK_BUDGET_LINES] = {
        {"sampling", "expected L1 of the histogram", c.l1_floor, 0.01},
        {"time step", "halved on common noise", 4e-4 * exp(-t / 4), 6e-4},
        {"grid", "half the cell width", 1.5e-4, 2e-4},
        {"truncation", "mass beyond open faces", 3e-9 * exp(t), 5e-9}};
    memcpy(c.budget, lines, sizeof lines);
    c.p_least = 0.51;
    return c;
}

static inline void fixture_comparisons(fixture *f)
{
    fk_result *r = &f->result;
    static const char *const pair[3][2] = {{"particles", "Fokker-Planck"},
                                           {"particles", "exact"},
                                           {"Fokker-Planck", "exact"}};
    const double count = (double)f->problem.particles.count;
    r->comparison = calloc(3 * r->n_snapshots, sizeof *r->comparison);
    ck_assert_ptr_nonnull(r->comparison);
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 1; i < r->n_snapshots; i++)
            r->comparison[r->n_comparisons++] = fixture_comparison(
                r->snapshot[i].t, pair[k][0], pair[k][1], k < 2 ? count : 0);
}

static inline void fixture_reverse(fixture *f, size_t n_frames)
{
    static const char *const name[][2] = {
        {"reverse SDE, grid score", "sde_grid"},
        {"probability flow, grid score", "flow_grid"},
        {"reverse SDE, exact score", "sde_exact"},
        {"probability flow, exact score", "flow_exact"}};
    fk_result *r = &f->result;
    r->n_reverse = 4;
    r->reverse = calloc(r->n_reverse, sizeof *r->reverse);
    ck_assert_ptr_nonnull(r->reverse);
    for (size_t k = 0; k < r->n_reverse; k++) {
        fk_reverse_run *v = &r->reverse[k];
        snprintf(v->name, sizeof v->name, "%s", name[k][0]);
        snprintf(v->key, sizeof v->key, "%s", name[k][1]);
        v->count = 100000;
        v->n_frames = n_frames;
        v->time = fk_doubles(n_frames);
        v->density = calloc(n_frames, sizeof *v->density);
        v->frame_points = calloc(n_frames, sizeof *v->frame_points);
        ck_assert(v->time && v->density && v->frame_points);
        v->n_points = v->n_followed = FIXTURE_POINTS;
        for (size_t i = 0; i < n_frames; i++) {
            const double s = 1 - (double)i / (double)(n_frames - 1);
            v->time[i] = f->problem.end * s * s;
            v->density[i] = fixture_histogram(f, v->time[i], (double)v->count);
            v->frame_points[i] = fixture_points(f, v->time[i]);
        }
        v->points = fixture_points(f, 0);
        v->comparison = fixture_comparison(0, v->name, "initial", (double)v->count);
        v->seconds = 1.31;
    }
}

static inline void fixture_begin(fixture *f, size_t dim, size_t cells, size_t frames)
{
    static const double line[] = {0, 0.25, 0.731, 1.5, 3}, plane[] = {0, 0.4, 1, 2, 5};
    *f = (fixture){.random = 20240607};
    fixture_problem(f, dim, cells);
    fk_result *r = &f->result;
    r->problem = &f->problem;
    r->command = "fokker run relaxation.yaml particles.count=2e5 -o 'a \"b\" <c>'";
    r->version = "0.1.0";
    r->revision = "4f2c19e0a1b2";
    r->threads = 2;
    snprintf(r->created, sizeof r->created, "2024-06-07T12:34:56Z");
    fixture_snapshots(f, 5, dim == 1 ? line : plane);
    fixture_frames(f, frames);
    fixture_comparisons(f);
    fixture_reverse(f, frames);
    r->word = FK_AGREE;
    snprintf(r->sentence, sizeof r->sentence,
             "Particles and Fokker-Planck are the same law at every output time: a "
             "difference of 0.02 in L1 would have been found with probability 0.99.");
    r->n_timings = 2;
    r->timing[0] = (fk_timing){"particles", 1.213, 824e6, "particle-steps/s"};
    r->timing[1] = (fk_timing){"Fokker-Planck", 0.014, (double)NAN, NULL};
    snprintf(r->scheme_note, sizeof r->scheme_note, "The noise depends on x.");
}

static inline void fixture_end(fixture *f)
{
    fk_problem *p = &f->problem;
    fk_result_free(&f->result);
    fk_sde_free(p->sde);
    fk_expr_pool_free(p->pool);
    free(p->name);
    free(p->about);
    free(p->text);
    free(p->path);
    free(p->unit[0]);
    free(p->unit[1]);
    free(p->unit);
    free(p->time_unit);
    free(p->initial_text);
}

#endif
