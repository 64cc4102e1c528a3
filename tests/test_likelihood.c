/* Log-densities along the probability flow against closed forms. */
#include <omp.h>

#include "tests/likelihood_fixture.h"

/* 0.3 N(-2, 0.25^2) + 0.7 N(1, 0.5^2): values by an integrator of another kind, to 1e-10. */
START_TEST(known_numbers_are_reproduced)
{
    const double x[] = {-2.191056995206, -0.130866636943, 1.074042123128,
                        1.653668744972};
    const double end[] = {-1.5, -0.5, 0.5, 1.5};
    const double log_p[] = {-1.0293179212, -3.1392579647, -0.5936083242, -1.4370587680};
    const double prior[] = {-2.0448952907, -1.0442849890, -1.0436276122, -2.0429237033};
    truth t = truth_of(variance_preserving(1),
                       mixture(1, 2, (double[]){0.3, 0.7}, (double[]){-2.0, 1.0},
                               (double[]){0.0625, 0.25}),
                       1.0);
    const fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    fk_likelihood l = found(&o, 4, x);
    ck_assert(l.converged);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_double_eq_tol(l.last[i], end[i], 2e-11);
        ck_assert_double_eq_tol(l.point[i].prior, prior[i], 2e-10);
        ck_assert_double_eq_tol(l.point[i].total, log_p[i], 2e-10);
        ck_assert_double_eq_tol(l.point[i].total,
                                l.point[i].prior + l.point[i].drift + l.point[i].score,
                                1e-14);
        ck_assert_double_eq_tol(l.point[i].drift, -0.5 * (10.05 - 1e-4 - 9.95e-6),
                                1e-12);
    }
    fk_likelihood_clear(&l);
    forget(&t);
}
END_TEST

static fk_mixture *three_in_eight(void)
{
    enum { D = 8 };
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(D, 3, &m), FK_OK);
    for (size_t k = 0; k < 3; k++) {
        m->weight[k] = 0.2 + 0.4 / 3.0 * (double)k;
        for (size_t i = 0; i < D; i++) {
            m->mean[k * D + i] = 1.5 * sin((double)(1 + 5 * k + 3 * i));
            for (size_t j = 0; j < D; j++)
                m->cov[(k * D + i) * D + j] =
                    i == j ? 0.15 + 0.05 * (double)(k + i) : 0.03;
        }
    }
    return m;
}

START_TEST(mixtures_have_their_closed_form)
{
    closed_form_is_met(truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0), 1e-3,
                       1.0);
    closed_form_is_met(truth_of(variance_preserving(2), three_in_the_plane(0.0), 1.0),
                       1e-3, 1.0);
    closed_form_is_met(truth_of(variance_preserving(8), three_in_eight(), 1.0), 1e-3,
                       1.0);
    closed_form_is_met(truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0), 0.0,
                       1.0);
}
END_TEST

START_TEST(steps_are_of_order_eight)
{
    enum { N = 64 };
    truth t = truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0);
    double *x = points(N, 1), error[3];
    fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    o.steps = 24;
    o.most = 96;
    o.tolerance = 0.0;
    fk_likelihood l = found(&o, N, x);
    ck_assert_uint_eq(l.n_levels, 3);
    ck_assert(!l.converged);
    for (size_t i = 0; i < 3; i++)
        error[i] = worst(&t, 1e-3, N, x, l.level[i].total);
    printf("# errors %.2e %.2e %.2e, orders %.2f %.2f\n", error[0], error[1], error[2],
           log2(error[0] / error[1]), log2(error[1] / error[2]));
    ck_assert_double_gt(log2(error[1] / error[2]), 7.5);
    ck_assert_double_eq_tol(l.level[1].change / error[0], 1.0, 0.1);
    fk_likelihood_clear(&l);
    free(x);
    forget(&t);
}
END_TEST

/* ---- what holds for any score ---- */

/* The score of other data: log q is not log p, but q is a density. */
START_TEST(a_wrong_score_gives_a_density_too)
{
    enum { N = 1200 };
    const double width = 18.0 / N;
    truth t = truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0);
    fk_mixture *normal = mixture(1, 1, (double[]){1}, (double[]){0}, (double[]){1});
    fk_score *prior;
    double *x = fk_doubles(N), mass = 0.0, mean = 0.0;
    for (size_t i = 0; i < N; i++)
        x[i] = -9.0 + width * ((double)i + 0.5);
    t.start->mean[0] = -1.1; /* of the score alone */
    fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    ck_assert_int_eq(fk_score_schedule_new(t.schedule, normal, 1, &o.last, &prior),
                     FK_OK);
    o.prior = prior;
    fk_likelihood l = found(&o, N, x);
    for (size_t i = 0; i < N; i++) {
        mass += exp(l.point[i].total) * width;
        mean += x[i] * exp(l.point[i].total) * width;
    }
    ck_assert_double_eq_tol(mass, 1.0, 1e-8);
    ck_assert_double_eq_tol(mean, -0.3 * 1.1 + 0.7, 1e-2);
    fk_likelihood_clear(&l);
    free(x);
    fk_score_free(prior);
    fk_mixture_free(normal);
    forget(&t);
}
END_TEST

START_TEST(bits_do_not_depend_on_threads)
{
    enum { N = 600 };
    const int threads = omp_get_max_threads();
    truth t = truth_of(variance_preserving(2), three_in_the_plane(0.0), 1.0);
    double *x = points(N, 2);
    fk_likelihood_options o = options_of(&t, 1e-2, 1.0);
    o.tolerance = 1e-5;
    o.probes = 4;
    omp_set_num_threads(1);
    fk_likelihood one = found(&o, N, x);
    omp_set_num_threads(4);
    fk_likelihood four = found(&o, N, x);
    omp_set_num_threads(threads);
    ck_assert_mem_eq(one.point, four.point, N * sizeof *one.point);
    ck_assert_mem_eq(one.last, four.last, N * 2 * sizeof *one.last);

    /* nor what a point gives on the others, but for the steps */
    o.steps = o.most = one.level[one.n_levels - 1].steps;
    fk_likelihood few = found(&o, 3, x);
    ck_assert_mem_eq(one.point, few.point, 3 * sizeof *one.point);
    fk_likelihood_clear(&few);
    fk_likelihood_clear(&one);
    fk_likelihood_clear(&four);
    free(x);
    forget(&t);
}
END_TEST

/* ---- refusals ---- */

START_TEST(a_point_that_is_lost_is_named)
{
    truth t = truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0);
    const double x[] = {0.0, 1e300};
    fk_likelihood l;
    fk_message message = {""};
    const fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    ck_assert_int_eq(fk_likelihood_find(&o, 2, x, NULL, &l, &message), FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "point 2") != NULL, "%s", message.text);
    ck_assert_ptr_null(l.point);
    forget(&t);
}
END_TEST

START_TEST(killed_paths_have_no_flow)
{
    truth t = truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0);
    const double x = 0.0;
    fk_likelihood l;
    fk_message message = {""};
    const fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    t.sde->killing = fk_expr_number(t.sde->pool, 1.0);
    ck_assert_int_eq(fk_likelihood_find(&o, 1, &x, NULL, &l, &message), FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "killed") != NULL, "%s", message.text);
    t.sde->killing = NULL;
    forget(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("likelihood");
    TCase *tests = tcase_create("log-densities");
    tcase_add_test(tests, known_numbers_are_reproduced);
    tcase_add_test(tests, mixtures_have_their_closed_form);
    tcase_add_test(tests, steps_are_of_order_eight);
    tcase_add_test(tests, a_wrong_score_gives_a_density_too);
    tcase_add_test(tests, bits_do_not_depend_on_threads);
    tcase_add_test(tests, a_point_that_is_lost_is_named);
    tcase_add_test(tests, killed_paths_have_no_flow);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
