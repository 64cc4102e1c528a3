/* Scores with a known error: what the error is, and what it does to samples. */
#include "sde/score_perturbed.h"

#include <math.h>
#include <stdlib.h>

#include "sampling/coupling.h"
#include "sampling/reverse.h"
#include "tests/gm_a.h"
#include "tests/particle_fixture.h"
#include "tests/score_point.h"

/* ---- the error itself ---- */

static fk_mixture *plane_mixture(void)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(2, 2, &m), FK_OK);
    for (size_t k = 0; k < 2; k++) {
        m->weight[k] = k == 0 ? 0.4 : 0.6;
        m->mean[2 * k] = k == 0 ? -1.2 : 0.9;
        m->mean[2 * k + 1] = k == 0 ? 0.4 : -0.3;
        m->cov[4 * k] = 0.3;
        m->cov[4 * k + 3] = 0.5;
        m->cov[4 * k + 1] = m->cov[4 * k + 2] = k == 0 ? 0.1 : -0.2;
    }
    return m;
}

/* Sums over the lattice of a box, which converge faster than any power of its spacing. */
static void lattice_sums(const fk_score *exact, const fk_score *with, size_t dim,
                         size_t n, double half, double *error, double *fisher)
{
    const double h = 2.0 * half / (double)n;
    const size_t places = dim == 1 ? n : n * n;
    *error = *fisher = 0.0;
    for (size_t c = 0; c < places; c++) {
        const double x[] = {(double)(c % n) * h - half, (double)(c / n) * h - half};
        double s[2], t[2], log_p;
        score_at(exact, 0, x, s, &log_p);
        score_at(with, 0, x, t, NULL);
        for (size_t i = 0; i < dim; i++) {
            *error += exp(log_p) * pow(t[i] - s[i], 2.0) * pow(h, (double)dim);
            *fisher += exp(log_p) * s[i] * s[i] * pow(h, (double)dim);
        }
    }
}

static void check_square(const fk_mixture *m, const fk_sde *sde, size_t n,
                         const fk_score_error *error)
{
    const double now = 0.0;
    double direct, fisher;
    fk_score *exact = NULL, *with = NULL;
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 1, &now, &exact), FK_OK);
    ck_assert_int_eq(fk_score_perturbed_new(exact, error, &with), FK_OK);
    lattice_sums(exact, with, m->dim, n, 6.0, &direct, &fisher);
    const double known = fk_score_perturbed_square(with, 0, m, fisher);
    ck_assert_double_eq_tol(direct / known, 1.0, 1e-9);
    fk_score_free(with);
    fk_score_free(exact);
}

START_TEST(errors_are_as_stated)
{
    const double bias[] = {0.3, -0.7}, unit = 1.7;
    const fk_score_error field = {.rms = 0.8, .length = 0.6, .seed = 3},
                         all = {.scale = 0.2,
                                .bias = bias,
                                .rms = 0.8,
                                .length = 0.6,
                                .seed = 4,
                                .unit = &unit};
    fk_sde *line = vp_linear(),
           *plane = sde_text(FK_ITO, 2, 2, "x; y", "-x; -y", "1; 0; 0; 1");
    fk_mixture *a = gm_a(), *b = plane_mixture();
    check_square(a, line, 240, &field);
    check_square(a, line, 240, &all);
    check_square(b, plane, 70, &all);
    fk_mixture_free(a);
    fk_mixture_free(b);
    sde_text_free(line);
    sde_text_free(plane);
}
END_TEST

/* Over seeds E |n|^2 = rms^2; n n has the covariance of its length. */
START_TEST(fields_have_their_strength_and_length)
{
    enum { SEEDS = 300 };
    const double now = 0.0, near[] = {0.4, -0.2}, far[] = {1.0, 0.6};
    double square[SEEDS], product[SEEDS];
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "-x; -y", "1; 0; 0; 1");
    fk_mixture *m = plane_mixture();
    fk_score *exact = NULL;
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 1, &now, &exact), FK_OK);
    for (size_t i = 0; i < SEEDS; i++) {
        const fk_score_error error = {
            .scale = -1.0, .rms = 0.5, .length = 0.6, .seed = i};
        fk_score *field = NULL;
        double u[2], v[2];
        ck_assert_int_eq(fk_score_perturbed_new(exact, &error, &field), FK_OK);
        score_at(field, 0, near, u, NULL);
        score_at(field, 0, far, v, NULL);
        square[i] = u[0] * u[0] + u[1] * u[1];
        product[i] = u[0] * v[0] + u[1] * v[1];
        fk_score_free(field);
    }
    const moments strength = moments_of(square, SEEDS, 1),
                  related = moments_of(product, SEEDS, 1);
    assert_sigmas(strength.mean, 0.25, strength.mean_error);
    assert_sigmas(related.mean, 0.25 * exp(-0.5 / 0.36), related.mean_error);
    fk_score_free(exact);
    fk_mixture_free(m);
    sde_text_free(sde);
}
END_TEST

/* ---- what it does: data N(0, 1/4) under the standard noise ---- */

enum { STEPS = 400 };

typedef struct story {
    fk_sde *sde;
    fk_mixture *data;
    double time[STEPS + 1];
    fk_score *exact;
} story;

static double variance(double t)
{
    const double B = 0.1 * t + 9.95 * t * t;
    return 0.25 * exp(-B) - expm1(-B);
}

static story tell(void)
{
    story s = {.sde = vp_linear()};
    for (size_t k = 0; k <= STEPS; k++)
        s.time[k] = (double)k / STEPS;
    ck_assert_int_eq(fk_mixture_new(1, 1, &s.data), FK_OK);
    s.data->weight[0] = 1.0;
    s.data->cov[0] = 0.25;
    ck_assert_int_eq(
        fk_score_linear_new(s.sde, 0.0, s.data, STEPS + 1, s.time, &s.exact), FK_OK);
    return s;
}

static void forget(story *s)
{
    fk_score_free(s->exact);
    fk_mixture_free(s->data);
    sde_text_free(s->sde);
}

static fk_reverse_result sample(const story *s, const fk_score *score, double lambda,
                                size_t count, const fk_law *start)
{
    const fk_reverse_options o = {.count = count, .seed = 7, .start = start};
    fk_reverse_result r;
    fk_message message = {""};
    ck_assert_msg(fk_reverse_family(s->sde, score, lambda, &o, NULL, &r, &message) ==
                      FK_OK,
                  "%s", message.text);
    return r;
}

/* Wasserstein distance of what the flow makes of the exact start: it is affine, and known
 * from where it takes two points. */
static double flow_distance(const story *s, const fk_score *score)
{
    double end[2];
    for (size_t i = 0; i < 2; i++) {
        const double from = i == 0 ? 0.0 : sqrt(variance(1.0));
        fk_law *point = NULL;
        ck_assert_int_eq(fk_law_points_new(1, 1, &from, &point), FK_OK);
        fk_reverse_result r = sample(s, score, 0.0, 1, point);
        end[i] = r.x[0];
        fk_reverse_result_free(&r);
        fk_law_free(point);
    }
    return hypot(end[0], end[1] - end[0] - 0.5);
}

/* int I kappa g^2 (E |s - s^|^2)^(1/2) dt, the bound of [kwon-fan-lee-2022], with the
 * errors that the score states. */
static double bound(const story *s, const fk_score *score, double kappa, double scale)
{
    double expansion[STEPS + 1], difference[STEPS + 1];
    for (size_t k = 0; k <= STEPS; k++) {
        const double V = variance(s->time[k]), beta = 0.1 + 19.9 * s->time[k];
        fk_mixture *law = NULL;
        ck_assert_int_eq(fk_mixture_copy(s->data, &law), FK_OK);
        law->cov[0] = V;
        expansion[k] = 0.5 * beta - (1.0 + scale) * kappa * beta / V;
        difference[k] =
            kappa * beta * sqrt(fk_score_perturbed_square(score, k, law, 1.0 / V));
        fk_mixture_free(law);
    }
    return fk_coupling_bound(STEPS + 1, s->time, expansion, difference);
}

START_TEST(samples_are_as_far_away_as_known)
{
    static const struct {
        double scale, bias, flow, noisy;
    } row[] = {{0.0, 0.3, .796900, .227116}, {0.1, 0.0, .217752, .083245}};
    story s = tell();
    for (size_t i = 0; i < 2; i++) {
        fk_score *score = NULL;
        const fk_score_error error = {.scale = row[i].scale, .bias = &row[i].bias};
        ck_assert_int_eq(fk_score_perturbed_new(s.exact, &error, &score), FK_OK);
        const double distance = flow_distance(&s, score);
        ck_assert_double_eq_tol(distance, row[i].flow, 2e-4);
        ck_assert_double_eq_tol(bound(&s, score, 0.5, error.scale), row[i].flow, 2e-4);
        ck_assert_double_eq_tol(bound(&s, score, 1.0, error.scale), row[i].noisy, 2e-4);
        fk_score_free(score);
    }
    forget(&s);
}
END_TEST

/* The reverse SDE with s + 0.3, by samples: the law is shifted, and no wider. */
START_TEST(noise_repairs)
{
    enum { COUNT = 40000 };
    const double bias = 0.3;
    const fk_score_error error = {.bias = &bias};
    story s = tell();
    fk_mixture *last = NULL;
    fk_law *start = NULL;
    fk_score *score = NULL;
    ck_assert(fk_mixture_copy(s.data, &last) == FK_OK &&
              fk_score_perturbed_new(s.exact, &error, &score) == FK_OK);
    last->cov[0] = variance(1.0);
    ck_assert_int_eq(fk_law_mixture_new(last, &start), FK_OK);
    fk_reverse_result exact = sample(&s, s.exact, 1.0, COUNT, start),
                      off = sample(&s, score, 1.0, COUNT, start);
    double worst = 0.0, mean = 0.0;
    for (size_t i = 0; i < COUNT; i++)
        mean += (off.x[i] - exact.x[i]) / COUNT;
    for (size_t i = 0; i < COUNT; i++)
        worst = fmax(worst, fabs(off.x[i] - exact.x[i] - mean));
    ck_assert_double_eq_tol(mean, .227116, 2e-3); /* the steps' own error: 1/400 */
    ck_assert_double_lt(worst, 1e-12);            /* the same noise drives both */
    fk_reverse_result_free(&exact);
    fk_reverse_result_free(&off);
    fk_score_free(score);
    fk_law_free(start);
    fk_mixture_free(last);
    forget(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_perturbed");
    TCase *cases = tcase_create("score_perturbed");
    tcase_set_timeout(cases, 30.0);
    tcase_add_test(cases, errors_are_as_stated);
    tcase_add_test(cases, fields_have_their_strength_and_length);
    tcase_add_test(cases, samples_are_as_far_away_as_known);
    tcase_add_test(cases, noise_repairs);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
