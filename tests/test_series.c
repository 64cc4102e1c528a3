#include "solvers/series.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/suite.h"

enum { KINDS = 5, POINTS = 12 };

/* The function of coefficient k as the header states it. */
static double function(fk_series s, size_t k, size_t n, double x)
{
    const double w = (double)k;
    switch (s) {
    case FK_FOURIER:
        if (k == 0)
            return 1.0;
        if (2 * k == n)
            return cos(2.0 * M_PI * w * x);
        return 2 * k < n ? 2.0 * cos(2.0 * M_PI * w * x)
                         : -2.0 * sin(2.0 * M_PI * (double)(n - k) * x);
    case FK_COSINE:
        return k == 0 ? 1.0 : 2.0 * cos(M_PI * w * x);
    case FK_SINE:
        return (k + 1 == n ? 1.0 : 2.0) * sin(M_PI * (w + 1.0) * x);
    case FK_COSINE_SINE:
        return 2.0 * cos(M_PI * (w + 0.5) * x);
    default:
        return 2.0 * sin(M_PI * (w + 0.5) * x);
    }
}

static double point(fk_series s, size_t j, size_t n)
{
    return ((double)j + (s == FK_FOURIER ? 0.0 : 0.5)) / (double)n;
}

START_TEST(each_series_is_the_sum_that_it_says)
{
    const fk_series s = (fk_series)_i;
    const size_t n = POINTS;
    fk_series_plan *plan;
    double *u = fk_doubles(n);
    ck_assert_int_eq(fk_synthesis_new(1, &n, &s, &plan), FK_OK);
    for (size_t k = 0; k < n; k++) {
        memset(u, 0, n * sizeof *u);
        u[k] = 1.0;
        fk_series_run(plan, u);
        for (size_t j = 0; j < n; j++)
            ck_assert_double_eq_tol(u[j], function(s, k, n, point(s, j, n)), 1e-14);
    }
    fk_series_plan_free(plan);
    free(u);
}
END_TEST

/* Every pair of kinds along two axes of different length. */
START_TEST(analysis_undoes_synthesis)
{
    const fk_series s[] = {(fk_series)(_i % KINDS), (fk_series)(_i / KINDS),
                           (fk_series)((_i + 2) % KINDS)};
    const size_t n[] = {12, 10, 6}, size = 720;
    fk_series_plan *there, *back;
    double *u = fk_doubles(size);
    ck_assert_int_eq(fk_synthesis_new(3, n, s, &there), FK_OK);
    ck_assert_int_eq(fk_analysis_new(3, n, s, &back), FK_OK);
    for (size_t i = 0; i < size; i++)
        u[i] = sin((double)(i * i));
    fk_series_run(there, u);
    fk_series_run(back, u);
    for (size_t i = 0; i < size; i++)
        ck_assert_double_eq_tol(u[i], sin((double)(i * i)), 1e-13);
    fk_series_plan_free(there);
    fk_series_plan_free(back);
    free(u);
}
END_TEST

/* d/dx of cosines are sines: the slope by a difference quotient of the sum. */
START_TEST(the_dual_is_the_series_of_the_slope)
{
    const double x = 0.3, h = 1e-6;
    for (int i = 0; i < KINDS; i++) {
        const fk_series s = (fk_series)i, dual = fk_series_dual(s);
        const double slope =
            (function(s, 2, 12, x + h) - function(s, 2, 12, x - h)) / (2.0 * h);
        double nearest = HUGE_VAL;
        for (size_t k = 0; k < 12; k++)
            for (int sign = -1; sign <= 1; sign += 2)
                for (double wave = 2.0; wave <= 4.0; wave += 0.5)
                    nearest = fmin(nearest, fabs(slope - sign * M_PI * wave *
                                                             function(dual, k, 12, x)));
        ck_assert_double_lt(nearest, 1e-8);
        ck_assert_int_eq(fk_series_dual(dual), s);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("series");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, each_series_is_the_sum_that_it_says, 0, KINDS);
    tcase_add_loop_test(all, analysis_undoes_synthesis, 0, KINDS * KINDS);
    tcase_add_test(all, the_dual_is_the_series_of_the_slope);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
