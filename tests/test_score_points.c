/* Scores of points and of kernels around them: those of the mixture they are. */
#include "sde/score.h"

#include <math.h>
#include <stdlib.h>

#include "core/random.h"
#include "tests/score_point.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

enum { MOST = 16, TIMES = 4 };

static const double time_of[TIMES] = {1e-3, 0.05, 0.4, 1.0};

/* n points on a bent band with gaps; the same for every run. */
static double *points(size_t dim, size_t n)
{
    fk_streams streams;
    const size_t rows = (n * dim + FK_BLOCK - 1) / FK_BLOCK;
    double *z = fk_doubles((rows + 1) * FK_BLOCK);
    ck_assert_ptr_nonnull(z);
    fk_streams_seed(&streams, 5, FK_FOR_TEST, 0);
    fk_streams_normal(&streams, rows, z);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < dim; i++) {
            const double along = sin(17.3 * (double)k / (double)n + (double)i);
            z[k * dim + i] = (k % 3 == 0 ? 1.7 : -0.9) + along + 0.11 * z[k * dim + i];
        }
    return z;
}

/* Variance-preserving noise in dim variables; the schedule is that of one. */
static fk_noise_schedule *schedule(void)
{
    fk_noise_schedule *s = NULL;
    fk_sde *sde =
        sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)");
    ck_assert_int_eq(fk_noise_schedule_new(sde, 0.0, 1.0, &s), FK_OK);
    sde_text_free(sde);
    return s;
}

static fk_mixture *mixture(size_t dim, size_t n, const double *x, double bandwidth)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(dim, n, &m), FK_OK);
    for (size_t k = 0; k < n; k++) {
        m->weight[k] = 1.0 / (double)n;
        for (size_t i = 0; i < dim; i++) {
            m->mean[k * dim + i] = x[k * dim + i];
            m->cov[(k * dim + i) * dim + i] = bandwidth * bandwidth;
        }
    }
    return m;
}

typedef struct pair {
    fk_noise_schedule *schedule;
    fk_point_tree *tree;
    fk_score *fast, *slow;
    double *x;
} pair;

static pair begin(size_t dim, size_t n, double bandwidth)
{
    pair p = {.schedule = schedule(), .x = points(dim, n)};
    fk_mixture *m = mixture(dim, n, p.x, bandwidth);
    ck_assert_int_eq(fk_point_tree_new(dim, n, p.x, &p.tree), FK_OK);
    ck_assert_int_eq(
        fk_score_points_new(p.schedule, p.tree, bandwidth, TIMES, time_of, &p.fast),
        FK_OK);
    ck_assert_int_eq(fk_score_schedule_new(p.schedule, m, TIMES, time_of, &p.slow),
                     FK_OK);
    fk_mixture_free(m);
    return p;
}

static void end(pair *p)
{
    fk_score_free(p->fast);
    fk_score_free(p->slow);
    fk_point_tree_free(p->tree);
    fk_noise_schedule_free(p->schedule);
    free(p->x);
}

/* Near a point, between points, and far from all of them.  The score is right to 1e-12 of
 * the pull that a point of the data at that place's distance has, |x| / v. */
static void check_place(const pair *p, size_t k, const double *at)
{
    const size_t d = p->fast->dim;
    const fk_noise_level l = fk_noise_at(p->schedule, time_of[k]);
    double fast[MOST], slow[MOST], log_fast, log_slow, scale = 1.0;
    score_at(p->fast, k, at, fast, &log_fast);
    score_at(p->slow, k, at, slow, &log_slow);
    for (size_t i = 0; i < d; i++)
        scale = fmax(scale, fabs(at[i]));
    scale /= l.sigma * l.sigma;
    for (size_t i = 0; i < d; i++)
        ck_assert_msg(fabs(fast[i] - slow[i]) <= 1e-12 * scale,
                      "%zu-D, t = %g, at %g: %.17g, %.17g", d, time_of[k], at[0],
                      fast[i], slow[i]);
    ck_assert_double_eq_tol(log_fast, log_slow, 1e-12 * fmax(1.0, fabs(log_slow)));
}

static void check_pair(size_t dim, size_t n, double bandwidth)
{
    pair p = begin(dim, n, bandwidth);
    for (size_t k = 0; k < TIMES; k++) {
        const double alpha = fk_noise_at(p.schedule, time_of[k]).alpha;
        for (size_t i = 0; i < 12; i++) {
            double at[MOST];
            for (size_t q = 0; q < dim; q++)
                at[q] = i < 4   ? alpha * p.x[(i * 7 % n) * dim + q]
                        : i < 8 ? 0.9 * (double)i - 5.0 + 0.2 * (double)q
                                : pow(8.0, (double)i - 7.0) * (q % 2 == 0 ? 1.0 : -1.0);
            check_place(&p, k, at);
        }
    }
    end(&p);
}

START_TEST(kernels_are_a_mixture)
{
    check_pair(1, 1, 0.2);
    check_pair(1, 64, 0.2);
    check_pair(1, 1001, 0.05);
    check_pair(2, 65, 0.3);
    check_pair(2, 900, 0.03);
    check_pair(3, 500, 0.1);
    check_pair(7, 200, 0.4);
    check_pair(16, 150, 0.2);
}
END_TEST

/* A bandwidth of zero: the score of the points themselves, which needs noise. */
START_TEST(points_alone_have_a_score_where_there_is_noise)
{
    const double at_start[] = {0.0, 0.5};
    pair p = begin(1, 1, 0.0);
    fk_score *s = NULL;
    ck_assert_int_eq(fk_score_points_new(p.schedule, p.tree, 0.0, 2, at_start, &s),
                     FK_ESINGULAR);
    ck_assert_ptr_null(s);
    end(&p);
    check_pair(1, 300, 0.0);
    check_pair(2, 300, 0.0);
}
END_TEST

/* Points that are all the same, and a place where no number holds the squares. */
START_TEST(extreme_points_are_no_trouble)
{
    double same[200], value, log_p;
    fk_noise_schedule *s = schedule();
    fk_point_tree *tree = NULL;
    fk_score *score = NULL;
    for (size_t k = 0; k < 200; k++)
        same[k] = 0.7;
    ck_assert_int_eq(fk_point_tree_new(1, 200, same, &tree), FK_OK);
    ck_assert_uint_eq(fk_point_tree_count(tree), 200);
    ck_assert_int_eq(fk_score_points_new(s, tree, 0.5, TIMES, time_of, &score), FK_OK);
    const fk_noise_level l = fk_noise_at(s, time_of[1]);
    const double v = 0.25 * l.alpha * l.alpha + l.sigma * l.sigma, at = 2.3,
                 off = at - 0.7 * l.alpha, far_away = 1e300;
    score_at(score, 1, &at, &value, &log_p);
    ck_assert_double_eq_tol(value, -off / v, 1e-13 / v);
    ck_assert_double_eq_tol(log_p, -0.5 * (off * off / v + log(2.0 * M_PI * v)), 1e-12);
    score_at(score, 1, &far_away, &value, &log_p);
    ck_assert(isfinite(value) && value < 0.0);
    fk_score_free(score);
    fk_point_tree_free(tree);
    fk_noise_schedule_free(s);
}
END_TEST

/* d log p = s . dx, by central differences. */
static void check_slope(const fk_score *s, size_t k, const double *at)
{
    const double h = 1e-4;
    double value[2], ahead, behind, unused[2];
    score_at(s, k, at, value, NULL);
    for (size_t i = 0; i < s->dim; i++) {
        double to[2] = {at[0], at[s->dim - 1]};
        to[i] = at[i] + h;
        score_at(s, k, to, unused, &ahead);
        to[i] = at[i] - h;
        score_at(s, k, to, unused, &behind);
        ck_assert_double_eq_tol((ahead - behind) / (2.0 * h), value[i],
                                1e-6 * (1.0 + fabs(value[i])));
    }
}

/* Of a density on a grid, inside and beyond one side of it too. */
START_TEST(scores_are_the_slopes_of_their_log_densities)
{
    const fk_axis axis[] = {{-4.0, 4.0, 40}, {-4.0, 4.0, 40}};
    static const double place[3][2] = {{0.31, -0.6}, {-1.9, 1.1}, {5.0, 4.7}};
    pair p = begin(2, 40, 0.5);
    fk_mixture *m = mixture(2, 40, p.x, 0.5);
    const fk_grid g = fk_grid_make(2, axis);
    double *density = fk_doubles(fk_grid_cells(&g)), now = 0.0;
    fk_score *s = NULL;
    ck_assert_int_eq(fk_mixture_project(m, &g, density, NULL), FK_OK);
    ck_assert_int_eq(
        fk_score_grid_new(&g, 1, &now, (const double *const[]){density}, 1e-12, &s),
        FK_OK);
    for (size_t i = 0; i < 3; i++) {
        check_slope(s, 0, place[i]);
        check_slope(p.fast, 1, place[i]);
        check_slope(p.slow, 1, place[i]);
    }
    fk_score_free(s);
    free(density);
    fk_mixture_free(m);
    end(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_points");
    TCase *cases = tcase_create("score_points");
    tcase_add_test(cases, kernels_are_a_mixture);
    tcase_add_test(cases, points_alone_have_a_score_where_there_is_noise);
    tcase_add_test(cases, extreme_points_are_no_trouble);
    tcase_add_test(cases, scores_are_the_slopes_of_their_log_densities);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
