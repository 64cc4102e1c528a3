#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "solvers/blas.h"
#include "solvers/network.h"
#include "tests/suite.h"

enum { IN = 3, OUT = 2, POINTS = 37, TANGENTS = 2, ROWS = (1 + TANGENTS) * POINTS };

/* A network of three hidden layers, all its parameters random, and a function of y and of
 * the J v:  F = sum c y + (y^2 + sin(J v)) / 2 over all rows. */
typedef struct stand {
    fk_network net;
    size_t n;
    double *theta, *gradient, *scratch;
    double x[ROWS * IN], c[ROWS * OUT], y[ROWS * OUT], dy[ROWS * OUT];
} stand;

static void fill(size_t n, uint64_t seed, double *z)
{
    _Alignas(FK_ALIGN) double row[FK_BLOCK];
    for (size_t i = 0; i < n; i++) {
        if (i % FK_BLOCK == 0) {
            fk_streams s;
            fk_streams_seed(&s, seed, FK_FOR_TEST, i);
            fk_streams_normal(&s, 1, row);
        }
        z[i] = row[i % FK_BLOCK];
    }
}

static void prepare(stand *s)
{
    fk_blas_one_thread();
    s->net = fk_network_make(IN, 3, 19, OUT);
    s->n = fk_network_parameters(&s->net);
    s->theta = fk_doubles(s->n);
    s->gradient = fk_doubles(s->n);
    s->scratch = fk_doubles(fk_network_scratch(&s->net, POINTS, TANGENTS));
    ck_assert(s->theta != NULL && s->gradient != NULL && s->scratch != NULL);
    fill(s->n, 1, s->theta);
    for (size_t i = 0; i < s->n; i++)
        s->theta[i] *= 0.5;
    fill(ROWS * IN, 2, s->x);
    fill(ROWS * OUT, 3, s->c);
}

static void clear(stand *s)
{
    free(s->theta);
    free(s->gradient);
    free(s->scratch);
}

static void forward(stand *s, size_t tangents)
{
    fk_network_forward(&s->net, s->theta, POINTS, tangents, s->x, s->y, s->scratch);
}

static double value(stand *s)
{
    double f = 0.0;
    forward(s, TANGENTS);
    for (size_t i = 0; i < ROWS * OUT; i++) {
        const double y = s->y[i];
        f += s->c[i] * y + 0.5 * (i < POINTS * OUT ? y * y : sin(y));
    }
    return f;
}

/* (F(theta + h e) - F(theta - h e)) / 2h by Richardson's extrapolation, error O(h^4) */
static double difference(stand *s, double *theta)
{
    const double kept = *theta, h = 4e-4;
    double slope[2];
    for (int i = 0; i < 2; i++) {
        const double step = h * (i + 1);
        *theta = kept + step;
        slope[i] = value(s);
        *theta = kept - step;
        slope[i] = (slope[i] - value(s)) / (2.0 * step);
    }
    *theta = kept;
    return (4.0 * slope[0] - slope[1]) / 3.0;
}

START_TEST(gradients_are_those_of_finite_differences)
{
    stand s;
    prepare(&s);
    value(&s);
    for (size_t i = 0; i < ROWS * OUT; i++)
        s.dy[i] = s.c[i] + (i < POINTS * OUT ? s.y[i] : 0.5 * cos(s.y[i]));
    fk_network_backward(&s.net, s.theta, POINTS, TANGENTS, s.x, s.dy, s.gradient,
                        s.scratch);
    double scale = 0.0, worst = 0.0;
    for (size_t i = 0; i < s.n; i++)
        scale = fmax(scale, fabs(s.gradient[i]));
    for (size_t i = 0; i < s.n; i += 3) {
        const double error = fabs(difference(&s, &s.theta[i]) - s.gradient[i]);
        worst = fmax(worst, error / fmax(fabs(s.gradient[i]), 1e-2 * scale));
    }
    printf("# gradient against differences: relative error at most %.1e\n", worst);
    ck_assert_double_lt(worst, 1e-7);
    clear(&s);
}
END_TEST

START_TEST(tangents_are_derivatives_along_them)
{
    stand s;
    double at[2][POINTS * OUT];
    prepare(&s);
    forward(&s, TANGENTS);
    const double *jv = s.y + POINTS * OUT;
    const double h = 1e-5;
    for (size_t k = 0; k < TANGENTS; k++, jv += POINTS * OUT) {
        stand moved = s;
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < POINTS * IN; i++)
                moved.x[i] = s.x[i] + (side - 0.5) * h * s.x[(1 + k) * POINTS * IN + i];
            forward(&moved, 0);
            memcpy(at[side], moved.y, sizeof at[side]);
        }
        for (size_t i = 0; i < POINTS * OUT; i++)
            ck_assert_double_eq_tol(jv[i], (at[1][i] - at[0][i]) / h,
                                    1e-8 * (1.0 + fabs(jv[i])));
    }
    clear(&s);
}
END_TEST

/* phi'(0) = 1/2 and phi''(0) = 1/2: one neuron is known by hand. */
START_TEST(one_neuron_is_silu)
{
    const fk_network net = fk_network_make(1, 1, 1, 1);
    const double theta[4] = {1.0, 0.0, 1.0, 0.0}, x[2] = {0.7, 1.0};
    double y[2];
    double *scratch = fk_doubles(fk_network_scratch(&net, 1, 1));
    ck_assert_ptr_nonnull(scratch);
    fk_network_forward(&net, theta, 1, 1, x, y, scratch);
    const double s = 1.0 / (1.0 + exp(-0.7));
    ck_assert_double_eq_tol(y[0], 0.7 * s, 2 * DBL_EPSILON);
    ck_assert_double_eq_tol(y[1], s + 0.7 * s * (1.0 - s), 4 * DBL_EPSILON);
    free(scratch);
}
END_TEST

START_TEST(a_new_network_is_zero_and_its_layers_keep_the_variance)
{
    const fk_network net = fk_network_make(64, 2, 256, 2);
    double *theta = fk_doubles(fk_network_parameters(&net));
    ck_assert_ptr_nonnull(theta);
    fk_network_start(&net, 1, theta);
    double square = 0.0;
    for (size_t i = 0; i < 64 * 256; i++)
        square += theta[i] * theta[i];
    /* a sum of 16384 squares: standard error sqrt(2 / 16384) = 0.011 */
    ck_assert_double_eq_tol(square / 256.0, 1.0, 5 * 0.011);
    const size_t last = fk_network_parameters(&net) - 257 * 2;
    for (size_t i = last; i < last + 257 * 2; i++)
        ck_assert_double_eq(theta[i], 0.0);
    free(theta);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network");
    TCase *tests = tcase_create("derivatives");
    tcase_add_test(tests, gradients_are_those_of_finite_differences);
    tcase_add_test(tests, tangents_are_derivatives_along_them);
    tcase_add_test(tests, one_neuron_is_silu);
    tcase_add_test(tests, a_new_network_is_zero_and_its_layers_keep_the_variance);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
