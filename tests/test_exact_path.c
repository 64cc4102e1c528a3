/* Exact solutions along a scheme's own Brownian path: pathwise where they are functions of
 * it, by their joint law with it elsewhere. */
#include "sampling/exact_path.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "sampling/levels.h"
#include "sde/free_space.h"
#include "sde/linear.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"

enum { STEPS = 4, BLOCKS = 100, MOST = 3 };

static const double END = 1.5;

/* Of one block: the solution, W and the integral of W over time, at the end. */
typedef struct outcome {
    _Alignas(FK_ALIGN) double x[MOST * FK_BLOCK];
    double w[FK_BLOCK], v[FK_BLOCK]; /* of the first noise */
} outcome;

static fk_exact_path *exact(const fk_sde *sde, const char *scheme)
{
    fk_exact_path *p;
    fk_message why = {""};
    const fk_status status = fk_exact_path_new(sde, fk_scheme_find(scheme), &p, &why);
    ck_assert_msg(status == FK_OK, "%s", why.text);
    return p;
}

/* STEPS steps of block b from x[dim] with rows of normals, `integrals` behind the
 * increments. */
static void run(const fk_exact_path *p, const fk_sde *sde, bool integrals,
                const double *x, uint64_t b, outcome *o)
{
    const size_t m = sde->noises;
    const double h = END / STEPS, root = sqrt(h);
    double *z = fk_doubles(2 * m * FK_BLOCK), *y, *own, *scratch;
    own = fk_doubles(fk_exact_path_draws(p) * FK_BLOCK);
    y = fk_doubles(fk_exact_path_rows(p) * FK_BLOCK);
    scratch = fk_doubles(fk_exact_path_scratch(p));
    fk_streams streams;
    fk_streams_seed(&streams, 3, FK_FOR_TEST, b * FK_BLOCK);
    *o = (outcome){.w = {0.0}};
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            o->x[i * FK_BLOCK + j] = x[i];
    for (size_t n = 0; n < STEPS; n++) {
        fk_streams_normal(&streams, (integrals ? 2 : 1) * m, z);
        fk_streams_normal(&streams, fk_exact_path_draws(p), own);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double rest = integrals ? z[m * FK_BLOCK + j] / sqrt(3.0) : 0.0;
            o->v[j] += h * (o->w[j] + 0.5 * root * (z[j] + rest));
            o->w[j] += root * z[j];
        }
        fk_exact_path_step(p, h, z, own, y, scratch);
    }
    fk_exact_path_end(p, END, y, o->x, scratch);
    free(z);
    free(own);
    free(y);
    free(scratch);
}

/* ---- functions of W ---- */

typedef struct solvable {
    const char *drift, *noise;
    double start;
    double (*solution)(double start, double w);
} solvable;

static double geometric(double start, double w)
{
    return start * exp((0.3 - 0.5 * 0.8 * 0.8) * END + 0.8 * w);
}

static double hyperbolic(double start, double w)
{
    return sinh(asinh(start) + END + w);
}

static double wave(double start, double w)
{
    return atan(0.125 * w + tan(start));
}

static double straight(double start, double w)
{
    return start + 0.4 * END - 0.7 * w;
}

static const solvable function[] = {
    {"0.3*x", "0.8*x", 1.3, geometric},
    {"x/2 + sqrt(x^2 + 1)", "sqrt(x^2 + 1)", 0.2, hyperbolic},
    {"-sin(x)*cos(x)^3/64", "cos(x)^2/8", 0.7, wave},
    {"0.4", "-0.7", 0.2, straight},
};

START_TEST(functions_of_the_path)
{
    const solvable *f = &function[_i];
    static outcome o;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", f->drift, f->noise);
    fk_exact_path *p =
        exact(sde, "adaptive-heun"); /* looks into steps; no matter here */
    run(p, sde, false, &f->start, 0, &o);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double x = f->solution(f->start, o.w[j]);
        ck_assert_double_eq_tol(o.x[j], x, 1e-9 * fmax(fabs(x), 1.0));
    }
    fk_exact_path_free(p);
    sde_text_free(sde);
}
END_TEST

/* ---- joint laws ---- */

/* Covariance of two samples of mean zero, and its standard error. */
static void assert_covariance(const double *a, const double *b, size_t n,
                              double expected)
{
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double product = a[i] * b[i] - expected;
        sum += product;
        square += product * product;
    }
    assert_sigmas(expected + sum / (double)n, expected, sqrt(square) / (double)n);
}

/* dx = (r - x) dt + s dW: of the deviations from the mean, E X W = s (1 - e^-T) and, V the
 * time integral of W, E X V = s (1 - e^-T (1 + T)). */
START_TEST(ornstein_uhlenbeck_and_its_path)
{
    enum { N = BLOCKS * FK_BLOCK };
    const bool integrals = _i == 1;
    const double s = 0.5, x0 = 1.2, e = exp(-END);
    const double mean = 0.3 + (x0 - 0.3) * e;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.3 - x", "0.5");
    fk_exact_path *p = exact(sde, integrals ? "sra1" : "euler-maruyama");
    double *x = fk_doubles(N), *w = fk_doubles(N), *v = fk_doubles(N);
    for (size_t b = 0; b < BLOCKS; b++) {
        static outcome o;
        run(p, sde, integrals, &x0, b, &o);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            x[b * FK_BLOCK + j] = o.x[j] - mean;
            w[b * FK_BLOCK + j] = o.w[j];
            v[b * FK_BLOCK + j] = o.v[j];
        }
    }
    assert_sigmas(moments_of(x, N, 1).mean, 0.0, moments_of(x, N, 1).mean_error);
    assert_covariance(x, x, N, 0.5 * s * s * (1.0 - e * e));
    assert_covariance(x, w, N, s * (1.0 - e));
    if (integrals)
        assert_covariance(x, v, N, s * (1.0 - e * (1.0 + END)));
    free(x);
    free(w);
    free(v);
    fk_exact_path_free(p);
    sde_text_free(sde);
}
END_TEST

/* An asset that grows at a rate which is itself an Ornstein-Uhlenbeck process:
 * log S is Gaussian, mean log 2 - s^2 T / 2 + int E r, and r is as if alone. */
START_TEST(geometric_with_a_random_rate)
{
    enum { N = BLOCKS * FK_BLOCK };
    const double start[] = {2.0, 0.4}, e = exp(-END);
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "s; r", "r*s; 0.1 - r", "0.3*s; 0; 0.1; 0.2");
    fk_exact_path *p = exact(sde, "milstein");
    double *log_s = fk_doubles(N), *r = fk_doubles(N);
    for (size_t b = 0; b < BLOCKS; b++) {
        static outcome o;
        run(p, sde, false, start, b, &o);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            log_s[b * FK_BLOCK + j] = log(o.x[j]);
            r[b * FK_BLOCK + j] = o.x[FK_BLOCK + j];
        }
    }
    /* d log S = (r - s^2/2) dt + s dW is linear: another route to its law */
    fk_sde *linear =
        sde_text(FK_ITO, 2, 2, "l; r", "r - 0.045; 0.1 - r", "0.3; 0; 0.1; 0.2");
    fk_mixture *m0, *m1;
    ck_assert(fk_mixture_new(2, 1, &m0) == FK_OK);
    m0->weight[0] = 1.0;
    m0->mean[0] = log(2.0);
    m0->mean[1] = 0.4;
    ck_assert(fk_linear_propagate(linear, 0.0, m0, END, &m1) == FK_OK);
    ck_assert_double_eq_tol(m1->mean[1], 0.1 + 0.3 * e, 1e-10);
    assert_moments(moments_of(log_s, N, 1), m1->mean[0], m1->cov[0]);
    assert_moments(moments_of(r, N, 1), m1->mean[1], m1->cov[3]);
    for (size_t i = 0; i < N; i++) {
        log_s[i] -= m1->mean[0];
        r[i] -= m1->mean[1];
    }
    assert_covariance(log_s, r, N, m1->cov[1]);
    fk_mixture_free(m0);
    fk_mixture_free(m1);
    free(log_s);
    free(r);
    fk_exact_path_free(p);
    sde_text_free(linear);
    sde_text_free(sde);
}
END_TEST

/* ---- levels against it ---- */

/* dx = -x dt + s dW by Euler-Maruyama: with e = X^h - X, E e = (1 - h)^N - e^-T, and the
 * noise of a step leaves s dW (1 - h)^k in X^h, its integral with e^(s - T) in X. */
START_TEST(errors_have_their_law)
{
    enum { COUNT = 40000 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "0.7");
    fk_law *law = normal_law_1d(1.5, 0.0);
    fk_levels l;
    fk_message message;
    const fk_levels_options o = {.count = COUNT,
                                 .levels = 3,
                                 .steps = 8,
                                 .exact = true,
                                 .end = 1.0,
                                 .seed = 5,
                                 .scheme = fk_scheme_find("euler-maruyama")};
    ck_assert_int_eq(fk_levels_run(sde, NULL, law, &o, NULL, &l, &message), FK_OK);
    ck_assert(l.exact);
    ck_assert_uint_eq(l.n_pairs, 3);
    for (size_t k = 0; k < 3; k++) {
        const size_t n = (size_t)8 << k;
        const double h = 1.0 / (double)n, s2 = 0.49;
        double variance = 0.5 * s2 * (1.0 - exp(-2.0)), left = 1.0, decay = 1.0;
        for (size_t i = 0; i < n; i++, left *= 1.0 - h, decay *= exp(-h))
            variance += s2 * left * (h * left - 2.0 * decay * (1.0 - exp(-h)));
        const double sd = sqrt(variance / COUNT);
        ck_assert_double_eq_tol(l.pair[k].mean[0].mean,
                                1.5 * (pow(1.0 - h, (double)n) - exp(-1.0)),
                                allowed_sigmas * sd);
        ck_assert_double_eq_tol(l.pair[k].mean[0].error, sd, 0.02 * sd);
    }
    fk_levels_clear(&l);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Every scheme that has a path errs by its strong order, or not at all. */
START_TEST(schemes_approach_it)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "1 - x", "0.5");
    fk_law *law = normal_law_1d(0.3, 0.1);
    size_t taken = 0;
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++) {
        fk_levels l;
        fk_message message;
        const fk_levels_options o = {.count = 4096,
                                     .levels = 4,
                                     .steps = 16,
                                     .exact = true,
                                     .end = 1.0,
                                     .seed = 7,
                                     .scheme = *s};
        if (fk_levels_run(sde, NULL, law, &o, NULL, &l, &message) != FK_OK)
            continue;
        if (l.exact) {
            const double fall = l.pair[0].distance.mean / l.pair[2].distance.mean;
            ck_assert_msg(0.5 * log2(fall) > (*s)->strong_order - 0.1, "%s: order %g",
                          (*s)->name, 0.5 * log2(fall));
            taken++;
        } else
            ck_assert_msg((*s)->path >= FK_TREE_PATH, "%s: %s", (*s)->name, l.why.text);
        fk_levels_clear(&l);
    }
    ck_assert_uint_ge(taken, 10);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(others_are_refused)
{
    static const char *const text[][2] = {
        {"x - x^3", "1"},      {"-x", "x"},   {"-x", "sqrt(x)"}, {"-sign(x)", "1"},
        {"-x + sign(x)", "1"}, {"-x*t", "1"}, {"-x", "exp(-t)"}, {"x^2", "x^2"},
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", text[i][0], text[i][1]);
        fk_exact_path *p;
        fk_message why = {""};
        const fk_scheme *scheme = fk_scheme_find("euler-maruyama");
        if (i == 1) /* geometric: log x is linear */
            ck_assert_int_eq(fk_exact_path_new(sde, scheme, &p, &why), FK_OK);
        else
            ck_assert_int_eq(fk_exact_path_new(sde, scheme, &p, &why), FK_EDOMAIN);
        fk_exact_path_free(p);
        sde_text_free(sde);
    }
}
END_TEST

/* Walls where nothing moves across; a root has no slope there, and is left in finite time. */
START_TEST(some_walls_are_never_met)
{
    static const struct {
        const char *drift, *noise;
        double lo, hi;
        bool free;
    } wall[] = {
        {"0.1*x", "0.4*x", 0.0, 8.0, false},
        {"0.1*x", "0.4*x", -1.0, 0.0, false},
        {"x*(1 - x)", "x*(1 - x)", 0.0, 1.0, true},
        {"1", "x*(1 - x)", 0.0, 1.0, false},
        {"-x*(1 - x)", "sqrt(x*(1 - x))", 0.0, 1.0, false},
    };
    for (size_t i = 0; i < sizeof wall / sizeof *wall; i++) {
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", wall[i].drift, wall[i].noise);
        fk_domain d = line(wall[i].lo, wall[i].hi, 10, FK_REFLECTING);
        ck_assert(fk_sde_in_free_space(sde, &d) == wall[i].free);
        d.face[0][i == 1 ? 0 : 1] = FK_OPEN; /* the other one of the first two */
        ck_assert(fk_sde_in_free_space(sde, &d) == (i <= 2));
        sde_text_free(sde);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact_path");
    TCase *cases = tcase_create("paths");
    tcase_add_loop_test(cases, functions_of_the_path, 0,
                        sizeof function / sizeof *function);
    tcase_add_loop_test(cases, ornstein_uhlenbeck_and_its_path, 0, 2);
    tcase_add_test(cases, geometric_with_a_random_rate);
    tcase_add_test(cases, errors_have_their_law);
    tcase_add_test(cases, schemes_approach_it);
    tcase_add_test(cases, others_are_refused);
    tcase_add_test(cases, some_walls_are_never_met);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
