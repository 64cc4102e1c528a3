/* Scores: exact ones against known numbers, those of grid densities against exact ones. */
#include "sde/score.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sde/linear.h"
#include "tests/gm_a.h"
#include "tests/score_fixture.h"
#include "tests/score_point.h"
#include "tests/suite.h"

START_TEST(exact_scores_are_the_known_numbers)
{
    const double time[] = {0.0, 0.1, 0.25, 0.5}, x[] = {-1.0, 0.0, 2.0};
    const double known[4][3] = {{-5.5300720559, 3.9995935176, -4.0},
                                {-2.2073096230, 2.7890040491, -3.2132872181},
                                {.3137438298, .5799526353, -2.1026268467},
                                {1.0198262477, .0802662994, -1.8904624298}};
    fk_sde *sde = vp_linear();
    fk_mixture *m = gm_a();
    fk_score *s = NULL;
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 4, time, &s), FK_OK);
    for (size_t k = 0; k < 4; k++)
        for (size_t i = 0; i < 3; i++) {
            double value;
            score_at(s, k, &x[i], &value, NULL);
            ck_assert_double_eq_tol(value, known[k][i], 6e-11);
        }
    for (double far = 1e2; far < 1e9; far *= 10.0) { /* (1 - x) / 0.5^2 out there */
        double value;
        score_at(s, 0, &far, &value, NULL);
        ck_assert_double_eq_tol(value * 0.25 / (1.0 - far), 1.0, 1e-12);
    }
    fk_score_free(s);
    fk_mixture_free(m);
    sde_text_free(sde);
}
END_TEST

START_TEST(a_point_has_no_score)
{
    const double time[] = {0.0, 0.5};
    fk_sde *sde = vp_linear();
    fk_mixture *m = NULL;
    fk_score *s = NULL;
    ck_assert_int_eq(fk_mixture_new(1, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 2, time, &s), FK_ESINGULAR);
    ck_assert_ptr_null(s);
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 1, time + 1, &s), FK_OK);
    fk_score_free(s);
    fk_mixture_free(m);
    sde_text_free(sde);
}
END_TEST

/* ---- from grids ---- */

static fk_grid grid(size_t dim, double half_width, size_t cells)
{
    const fk_axis axis[] = {{-half_width, half_width, cells},
                            {-half_width, half_width, cells}};
    return fk_grid_make(dim, axis);
}

static fk_score *from_grid(const fk_grid *g, const fk_mixture *m, double floor)
{
    const double time = 0.0;
    double *p = fk_doubles(fk_grid_cells(g));
    fk_score *s = NULL;
    ck_assert_int_eq(fk_mixture_project(m, g, p, NULL), FK_OK);
    ck_assert_int_eq(
        fk_score_grid_new(g, 1, &time, (const double *const[]){p}, floor, &s), FK_OK);
    free(p);
    return s;
}

static fk_mixture *two_humps(size_t dim)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(dim, 2, &m), FK_OK);
    for (size_t k = 0; k < 2; k++) {
        m->weight[k] = k == 0 ? 0.4 : 0.6;
        for (size_t i = 0; i < dim; i++) {
            m->mean[k * dim + i] = (k == 0 ? -1.2 : 0.9) * (i == 0 ? 1.0 : -0.5);
            m->cov[(k * dim + i) * dim + i] = k == 0 ? 0.2 : 0.3;
        }
        if (dim == 2)
            m->cov[k * 4 + 1] = m->cov[k * 4 + 2] = 0.05;
    }
    return m;
}

/* sqrt(E |s_grid - s|^2) by points drawn on a lattice weighted with p. */
static double grid_error(size_t dim, size_t cells)
{
    const fk_grid g = grid(dim, 5.0, cells), fine = grid(dim, 3.0, 61);
    fk_mixture *m = two_humps(dim);
    fk_mixture_score *exact = NULL;
    fk_score *s = from_grid(&g, m, 1e-12);
    ck_assert_int_eq(fk_mixture_score_new(m, &exact), FK_OK);
    double *scratch = fk_doubles(fk_mixture_score_scratch(exact));
    double *rows = fk_doubles((2 * dim + 1) * FK_BLOCK), sum = 0.0, mass = 0.0;
    double *x[] = {rows, rows + FK_BLOCK};
    double *t[] = {rows + dim * FK_BLOCK, rows + (2 * dim - 1) * FK_BLOCK};
    double *log_p = rows + 2 * dim * FK_BLOCK;
    for (size_t c = 0; c < fk_grid_cells(&fine); c++) {
        double at[FK_GRID_DIM], value[2], e2 = 0.0;
        fk_grid_centre(&fine, c, at);
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j < FK_BLOCK; j++)
                x[i][j] = at[i];
        fk_mixture_score_eval(exact, (const double *const *)x, t, log_p, scratch);
        score_at(s, 0, at, value, NULL);
        for (size_t i = 0; i < dim; i++)
            e2 += (value[i] - t[i][0]) * (value[i] - t[i][0]);
        sum += exp(log_p[0]) * e2;
        mass += exp(log_p[0]);
    }
    free(scratch);
    free(rows);
    fk_score_free(s);
    fk_mixture_score_free(exact);
    fk_mixture_free(m);
    return sqrt(sum / mass);
}

START_TEST(grid_scores_converge)
{
    for (size_t dim = 1; dim <= 2; dim++) {
        const double coarse = grid_error(dim, 60), fine = grid_error(dim, 120);
        ck_assert_msg(log2(coarse / fine) > 2.7, "%zu-D: %g, %g", dim, coarse, fine);
        ck_assert_double_lt(fine, 2e-3);
    }
}
END_TEST

/* Below the floor and beyond the grid the score is finite and points to the mean. */
START_TEST(stray_points_are_led_back)
{
    for (size_t dim = 1; dim <= 2; dim++) {
        const fk_grid g = grid(dim, 6.0, 80);
        fk_mixture *m = two_humps(dim);
        fk_score *s = from_grid(&g, m, 1e-9);
        double mean[2], cov[4];
        fk_mixture_moments(m, mean, cov);
        for (double r = 4.5; r < 1e7; r *= 1.7)
            for (int sign = -1; sign <= 1; sign += 2) {
                double at[] = {sign * r, 0.3}, value[2];
                score_at(s, 0, at, value, NULL);
                ck_assert(isfinite(value[0]) && (dim == 1 || isfinite(value[1])));
                ck_assert_double_lt(sign * value[0], 0.0);
            }
        fk_score_free(s);
        fk_mixture_free(m);
    }
}
END_TEST

/* log of a Gaussian is a quadratic: the spline has it to rounding, but for what cell
 * averages leave of order h^4. */
START_TEST(gaussian_is_nearly_exact)
{
    const fk_grid g = grid(1, 6.0, 120);
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(1, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    m->mean[0] = 0.3;
    m->cov[0] = 1.0;
    fk_score *s = from_grid(&g, m, 1e-12);
    for (double x = -3.0; x < 3.1; x += 0.25) {
        double value;
        score_at(s, 0, &x, &value, NULL);
        ck_assert_double_eq_tol(value, 0.3 - x, 5e-5);
    }
    fk_score_free(s);
    fk_mixture_free(m);
}
END_TEST

/* ---- how they change ---- */

/* Points around the origin, some far out. */
static void scatter(size_t dim, double spread, double *x)
{
    for (size_t i = 0; i < dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i * FK_BLOCK + j] =
                spread * tan(1.4 * sin((double)(7 * i + 3) * (double)(j + 1)));
}

static fk_mixture *three_in(size_t dim, bool alike)
{
    fk_mixture *m = NULL;
    ck_assert_int_eq(fk_mixture_new(dim, 3, &m), FK_OK);
    for (size_t k = 0; k < 3; k++) {
        m->weight[k] = 0.2 + 0.1333333333333333 * (double)k;
        for (size_t i = 0; i < dim; i++) {
            m->mean[k * dim + i] = sin((double)(1 + 5 * k + 3 * i));
            for (size_t j = 0; j < dim; j++)
                m->cov[(k * dim + i) * dim + j] =
                    i == j ? 0.3 + (alike ? 0.0 : 0.1 * (double)(k + i)) : 0.03;
        }
    }
    return m;
}

START_TEST(changes_of_exact_scores_are_finite_differences)
{
    const size_t dims[] = {1, 2, 3, 5, 8};
    const double time[] = {0.0, 0.3};
    double *x = fk_doubles(SCORE_DIM * FK_BLOCK);
    for (size_t q = 0; q < 2 * 5; q++) {
        const size_t d = dims[q / 2];
        fk_mixture *m = three_in(d, q % 2 == 1);
        fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "1 + t");
        fk_noise_schedule *schedule = NULL;
        fk_score *s = NULL;
        ck_assert_int_eq(fk_noise_schedule_new(sde, 0.0, 1.0, &schedule), FK_OK);
        ck_assert_int_eq(fk_score_schedule_new(schedule, m, 2, time, &s), FK_OK);
        scatter(d, 1.0, x);
        for (size_t k = 0; k < 2; k++)
            ck_assert_double_lt(along_error(s, k, x, 3e-4), 1e-8);
        fk_score_free(s);
        fk_noise_schedule_free(schedule);
        sde_text_free(sde);
        fk_mixture_free(m);
    }
    free(x);
}
END_TEST

START_TEST(changes_of_exact_scores_are_the_known_numbers)
{
    const double time[] = {0.0, 0.1, 0.25, 0.5}, at[] = {-1.0, 0.0, 2.0};
    const double known[4][3] = {{-10.7529491306, -3.9917393929, -4.0},
                                {-4.8245724628, -2.0322220677, -3.0507488093},
                                {-.6640510174, -.0727697003, -1.6439948968},
                                {-.9340021015, -.9503250218, -1.0186926194}};
    fk_sde *sde = vp_linear();
    fk_mixture *m = gm_a();
    fk_score *s = NULL;
    ck_assert_int_eq(fk_score_linear_new(sde, 0.0, m, 4, time, &s), FK_OK);
    double *x = fk_doubles(2 * FK_BLOCK + fk_score_jacobian_scratch(s));
    double *J = x + FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] = at[j % 3];
    for (size_t k = 0; k < 4; k++) {
        fk_score_jacobian(s, k, (const double *const[]){x}, J, J + FK_BLOCK);
        for (size_t j = 0; j < FK_BLOCK; j++)
            ck_assert_double_eq_tol(J[j], known[k][j % 3], 6e-10);
    }
    free(x);
    fk_score_free(s);
    fk_mixture_free(m);
    sde_text_free(sde);
}
END_TEST

/* The spline's slopes are quadratic between knots; beyond the grid they are straight. */
START_TEST(changes_of_grid_scores_are_finite_differences)
{
    for (size_t dim = 1; dim <= 2; dim++) {
        const fk_grid g = grid(dim, 5.0, 50);
        fk_mixture *m = two_humps(dim);
        fk_score *s = from_grid(&g, m, 1e-9);
        double *x = fk_doubles(dim * FK_BLOCK);
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j < FK_BLOCK; j++) /* away from the centres */
                x[i * FK_BLOCK + j] =
                    0.2 * floor(35.0 * sin((double)(j + 3 * i * j + 1))) + 0.03;
        ck_assert_double_lt(along_error(s, 0, x, 3e-4), 2e-9);
        free(x);
        fk_score_free(s);
        fk_mixture_free(m);
    }
}
END_TEST

START_TEST(what_has_no_score_is_refused)
{
    const fk_axis axis[] = {{0, 1, 4}, {0, 1, 4}, {0, 1, 4}};
    const fk_grid cube = fk_grid_make(3, axis);
    const fk_grid thin = fk_grid_make(1, &(fk_axis){0, 1, 2});
    const fk_grid line = fk_grid_make(1, axis);
    const double time = 0.0, zero[64] = {0.0};
    const double *const p[] = {zero};
    fk_score *s = NULL;
    ck_assert_int_eq(fk_score_grid_new(&cube, 1, &time, p, 1e-9, &s), FK_ELIMIT);
    ck_assert_int_eq(fk_score_grid_new(&thin, 1, &time, p, 1e-9, &s), FK_ELIMIT);
    ck_assert_int_eq(fk_score_grid_new(&line, 1, &time, p, 1e-9, &s), FK_EDOMAIN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score");
    TCase *cases = tcase_create("score");
    tcase_add_test(cases, exact_scores_are_the_known_numbers);
    tcase_add_test(cases, a_point_has_no_score);
    tcase_add_test(cases, grid_scores_converge);
    tcase_add_test(cases, stray_points_are_led_back);
    tcase_add_test(cases, gaussian_is_nearly_exact);
    tcase_add_test(cases, changes_of_exact_scores_are_finite_differences);
    tcase_add_test(cases, changes_of_exact_scores_are_the_known_numbers);
    tcase_add_test(cases, changes_of_grid_scores_are_finite_differences);
    tcase_add_test(cases, what_has_no_score_is_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
