#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "pde/tensor.h"
#include "tests/suite.h"

static double next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) * 0x1p-53;
}

/* a = 1/2 G G^T with a strong diagonal, any signs beside it, and a random drift. */
static fk_tensor random_tensor(size_t dim, uint64_t *seed)
{
    double G[FK_GRID_DIM][FK_GRID_DIM];
    fk_tensor t = {.dim = dim};
    for (size_t i = 0; i < dim; i++) {
        t.b[i] = 4.0 * next(seed) - 2.0;
        for (size_t k = 0; k < dim; k++)
            G[i][k] = next(seed) - 0.5 + (i == k ? 1.5 : 0.0);
    }
    for (size_t i = 0; i < dim; i++)
        for (size_t j = 0; j < dim; j++)
            for (size_t k = 0; k < dim; k++)
                t.a[i][j] += 0.5 * G[i][k] * G[j][k];
    return t;
}

/* sum += share k e e^T of the diagonal e = (h_i, s h_j) */
static void add_diagonal(double sum[][FK_GRID_DIM], double share, const double *h,
                         size_t i, size_t j, int s)
{
    sum[i][i] += share * h[i] * h[i];
    sum[j][j] += share * h[j] * h[j];
    sum[i][j] += share * s * h[i] * h[j];
    sum[j][i] += share * s * h[i] * h[j];
}

/* What all links together conduct: a, but in a layer at a wall of axis w, where half of
 * the diagonals of w is missing, a_tt - 1/2 a_tw a_wt / a_ww along the wall: the mean of
 * the inner half, and of an outer half without current through the wall. */
static void expect_conduction(const fk_tensor *t, const double *h, size_t wall)
{
    double walls[FK_GRID_DIM] = {0.0}, sum[FK_GRID_DIM][FK_GRID_DIM] = {{0.0}};
    if (wall < t->dim)
        walls[wall] = 1.0;
    for (size_t i = 0; i < t->dim; i++) {
        sum[i][i] += fk_tensor_axis(t, h, walls, i) * h[i] * h[i];
        for (size_t j = 0; j < i; j++)
            for (int s = -1; s <= 1; s += 2) {
                const double half = i == wall || j == wall ? 0.5 : 1.0;
                add_diagonal(sum, half * fk_tensor_diagonal(t, h, walls, i, j, s), h, i,
                             j, s);
            }
    }
    for (size_t i = 0; i < t->dim; i++)
        for (size_t j = 0; j < t->dim; j++) {
            double expected = t->a[i][j];
            if (i == wall || j == wall)
                continue;
            if (wall < t->dim)
                expected -= 0.5 * t->a[i][wall] * t->a[wall][j] / t->a[wall][wall];
            ck_assert_double_eq_tol(sum[i][j], expected, 1e-14);
        }
}

START_TEST(directions_conduct_what_the_tensor_does)
{
    uint64_t seed = 1;
    for (size_t dim = 2; dim <= 3; dim++)
        for (int i = 0; i < 200; i++) {
            const fk_tensor t = random_tensor(dim, &seed);
            const double h[] = {0.5 + next(&seed), 0.5 + next(&seed),
                                0.5 + next(&seed)};
            for (size_t wall = 0; wall <= dim; wall++)
                expect_conduction(&t, h, wall);
        }
}
END_TEST

/* b = a q + r, r = 0 where a can be inverted */
static double rest(const fk_tensor *t, const double *q, const double *r)
{
    double most = 0.0;
    for (size_t i = 0; i < t->dim; i++) {
        double sum = r[i] - t->b[i];
        for (size_t j = 0; j < t->dim; j++)
            sum += t->a[i][j] * q[j];
        most = fmax(most, fabs(sum));
    }
    return most;
}

START_TEST(drift_goes_with_the_noise_where_there_is_some)
{
    uint64_t seed = 2;
    double q[FK_GRID_DIM], r[FK_GRID_DIM];
    for (size_t dim = 1; dim <= 3; dim++)
        for (int i = 0; i < 200; i++) {
            const fk_tensor t = random_tensor(dim, &seed);
            fk_tensor_drift(&t, q, r);
            ck_assert_double_lt(rest(&t, q, r), 1e-13);
            for (size_t k = 0; k < dim; k++)
                ck_assert_double_eq(r[k], 0.0);
        }
}
END_TEST

/* One noise for all variables, a = u u^T / 2: q takes the drift along u, in units in
 * which every variable's noise is one, and r what is across. */
START_TEST(drift_across_a_single_noise_is_left_over)
{
    uint64_t seed = 3;
    for (size_t dim = 2; dim <= 3; dim++)
        for (int i = 0; i < 200; i++) {
            fk_tensor t = {.dim = dim};
            double u[FK_GRID_DIM], q[FK_GRID_DIM], r[FK_GRID_DIM], mean = 0.0;
            for (size_t k = 0; k < dim; k++) {
                u[k] = 0.5 + next(&seed);
                t.b[k] = next(&seed) - 0.5;
                mean += t.b[k] / u[k] / (double)dim;
            }
            for (size_t k = 0; k < dim; k++)
                for (size_t l = 0; l < dim; l++)
                    t.a[k][l] = 0.5 * u[k] * u[l];
            fk_tensor_drift(&t, q, r);
            ck_assert_double_lt(rest(&t, q, r), 1e-13);
            for (size_t k = 0; k < dim; k++)
                ck_assert_double_eq_tol(r[k], t.b[k] - mean * u[k], 1e-13);
        }
}
END_TEST

START_TEST(no_noise_leaves_all_the_drift_over)
{
    const fk_tensor t = {.dim = 3, .b = {1.0, -2.0, 0.5}};
    double q[FK_GRID_DIM], r[FK_GRID_DIM];
    fk_tensor_drift(&t, q, r);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_double_eq(q[i], 0.0);
        ck_assert_double_eq(r[i], t.b[i]);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("tensor");
    TCase *t = tcase_create("tensor");
    tcase_add_test(t, directions_conduct_what_the_tensor_does);
    tcase_add_test(t, drift_goes_with_the_noise_where_there_is_some);
    tcase_add_test(t, drift_across_a_single_noise_is_left_over);
    tcase_add_test(t, no_noise_leaves_all_the_drift_over);
    suite_add_tcase(s, t);
    return run_suite(s);
}
