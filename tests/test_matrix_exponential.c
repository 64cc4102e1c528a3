#include "solvers/matrix_exponential.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 37 };

static double A[N * N], E[N * N], F[N * N], v[N], w[N], work[2 * N];

/* Second differences on a line with held ends: eigenvectors sin(k i pi / (N + 1)),
 * eigenvalues -4 sin^2(k pi / (2 (N + 1))). */
static void fill_heat(void)
{
    memset(A, 0, sizeof A);
    for (size_t i = 0; i < N; i++) {
        A[i * N + i] = -2.0;
        if (i > 0)
            A[i * N + i - 1] = A[(i - 1) * N + i] = 1.0;
    }
}

static void fill_eigenvector(size_t k)
{
    for (size_t i = 0; i < N; i++)
        v[i] = sin(M_PI * (double)(k * (i + 1)) / (N + 1));
}

static double eigenvalue(size_t k)
{
    return -4.0 * pow(sin(0.5 * M_PI * (double)k / (N + 1)), 2.0);
}

START_TEST(eigenvectors_of_the_heat_equation_decay_at_their_rates)
{
    static const double times[] = {1e-3, 0.3, 1.0, 40.0};
    fill_heat();
    for (size_t j = 0; j < 4; j++) {
        ck_assert_int_eq(fk_matrix_exponential(N, times[j], A, E), FK_OK);
        for (size_t k = 1; k <= N; k++) {
            fill_eigenvector(k);
            fk_matrix_times(N, E, v, w);
            for (size_t i = 0; i < N; i++)
                ck_assert_double_eq_tol(w[i], exp(eigenvalue(k) * times[j]) * v[i],
                                        2e-14);
        }
    }
}
END_TEST

/* e^{tA} of a Jordan block: t^k / k! on the k-th diagonal, times e^{mt} */
START_TEST(jordan_blocks_have_powers_of_time)
{
    const double t = 2.0, m = -0.7;
    memset(A, 0, sizeof A);
    for (size_t i = 0; i < N; i++) {
        A[i * N + i] = m;
        if (i > 0)
            A[i * N + i - 1] = 1.0; /* row i - 1, column i */
    }
    ck_assert_int_eq(fk_matrix_exponential(N, t, A, E), FK_OK);
    for (size_t column = 0; column < N; column++)
        for (size_t row = 0; row < N; row++) {
            const double k = (double)column - (double)row;
            const double exact =
                k < 0.0 ? 0.0 : exp(m * t) * pow(t, k) / tgamma(k + 1.0);
            ck_assert_double_eq_tol(E[column * N + row], exact, 1e-14);
        }
}
END_TEST

static void times_a(const void *matrix, const double *x, double *y)
{
    fk_matrix_times(N, matrix, x, y);
}

/* Two routes, a matrix that is not normal: drift and diffusion. */
START_TEST(the_action_is_the_matrix_times_the_vector)
{
    fill_heat();
    for (size_t i = 1; i < N; i++) {
        A[i * N + i - 1] += 0.8;
        A[(i - 1) * N + i] -= 0.8;
    }
    for (size_t i = 0; i < N; i++)
        v[i] = 1.0 / (1.0 + (double)i);
    memcpy(w, v, sizeof v);
    ck_assert_int_eq(fk_matrix_exponential(N, 5.0, A, E), FK_OK);
    fk_exponential_action(N, 5.0, times_a, A, 2.6, 1e-15, v, work);
    double exact[N];
    fk_matrix_times(N, E, w, exact);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq_tol(v[i], exact[i], 1e-13);
}
END_TEST

START_TEST(a_semigroup)
{
    fill_heat();
    A[3 * N + 5] = 1.5;
    ck_assert_int_eq(fk_matrix_exponential(N, 0.9, A, E), FK_OK);
    ck_assert_int_eq(fk_matrix_exponential(N, 1.8, A, F), FK_OK);
    for (size_t k = 0; k < N; k++) {
        fk_matrix_times(N, E, E + k * N, w);
        for (size_t i = 0; i < N; i++)
            ck_assert_double_eq_tol(w[i], F[k * N + i], 1e-14);
    }
}
END_TEST

START_TEST(what_is_not_finite_is_refused)
{
    fill_heat();
    A[7] = (double)NAN;
    ck_assert_int_eq(fk_matrix_exponential(N, 1.0, A, E), FK_EDOMAIN);
    A[7] = 0.0;
    A[0] = 1e4;
    ck_assert_int_eq(fk_matrix_exponential(N, 1.0, A, E), FK_EDOMAIN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("matrix exponential");
    TCase *all = tcase_create("all");
    tcase_add_test(all, eigenvectors_of_the_heat_equation_decay_at_their_rates);
    tcase_add_test(all, jordan_blocks_have_powers_of_time);
    tcase_add_test(all, the_action_is_the_matrix_times_the_vector);
    tcase_add_test(all, a_semigroup);
    tcase_add_test(all, what_is_not_finite_is_refused);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
