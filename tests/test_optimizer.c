#include <float.h>
#include <math.h>

#include "core/memory.h"
#include "core/random.h"
#include "solvers/optimizer.h"
#include "tests/suite.h"

/* One parameter and its moments. */
typedef struct walker {
    double theta, moment[FK_OPTIMIZER_MOMENTS];
} walker;

static void advance(const fk_optimizer *o, const fk_optimizer_settings *settings,
                    uint64_t number, double gradient, walker *w)
{
    double *moment[FK_OPTIMIZER_MOMENTS] = {&w->moment[0], &w->moment[1]};
    o->step(settings, number, 1, &gradient, &w->theta, moment);
}

/* f = theta^2 / 2: four steps by hand. */
START_TEST(lion_takes_its_published_steps)
{
    const double theta[] = {.85, .7075, .572125, .44351875};
    const double m[] = {.01, .0184, .025291, .03075934};
    const fk_optimizer *lion = fk_optimizer_find("lion");
    const fk_optimizer_settings o = {
        .rate = 0.1, .decay = 0.5, .beta1 = 0.9, .beta2 = 0.99};
    walker w = {.theta = 1.0};
    for (size_t k = 0; k < 4; k++) {
        advance(lion, &o, k + 1, w.theta, &w);
        ck_assert_double_eq_tol(w.theta, theta[k], 4 * DBL_EPSILON);
        ck_assert_double_eq_tol(w.moment[0], m[k], 4 * DBL_EPSILON);
    }
}
END_TEST

START_TEST(nothing_moves_without_a_gradient)
{
    for (const fk_optimizer *const *o = fk_optimizers; *o != NULL; o++) {
        fk_optimizer_settings settings = (*o)->standard;
        settings.decay = 0.0;
        walker w = {.theta = 0.3};
        for (uint64_t k = 1; k <= 3; k++)
            advance(*o, &settings, k, 0.0, &w);
        ck_assert_double_eq(w.theta, 0.3);
    }
}
END_TEST

/* The first step of all: the sign of the gradient, to 1e-8 / |g|. */
START_TEST(first_steps_are_signs)
{
    for (const fk_optimizer *const *o = fk_optimizers; *o != NULL; o++)
        for (double g = -3.0; g <= 3.0; g += 1.5) {
            const fk_optimizer_settings settings = {
                .rate = 0.25, .beta1 = 0.9, .beta2 = 0.99};
            walker w = {.theta = 0.0};
            advance(*o, &settings, 1, g, &w);
            const double sign = (double)((g > 0.0) - (g < 0.0));
            ck_assert_double_eq_tol(w.theta, -0.25 * sign, 0.25 * 1.01e-8);
        }
}
END_TEST

/* Lion with decay minimises within the box |theta| <= 1 / decay: f = (theta - a)^2 / 2
 * ends at min(a, 1), to the length of a step.  [chen-2023] */
START_TEST(lion_keeps_to_its_box)
{
    const double a[] = {2.0, 0.3}, end[] = {1.0, 0.3};
    const fk_optimizer_settings o = {
        .rate = 1e-3, .decay = 1.0, .beta1 = 0.9, .beta2 = 0.99};
    for (size_t i = 0; i < 2; i++) {
        walker w = {.theta = 0.0};
        for (uint64_t k = 1; k <= 20000; k++)
            advance(fk_optimizer_find("lion"), &o, k, w.theta - a[i], &w);
        ck_assert_double_eq_tol(w.theta, end[i], 1e-3);
    }
}
END_TEST

/* With a noisy gradient L' + sigma z, c = b1 m + (1 - b1) L' and s = (1 - b1) sigma, a step
 * of Lion has E dtheta = -rate (erf(c / (s sqrt 2)) + decay theta) and
 * Var dtheta = rate^2 (1 - erf^2). */
START_TEST(noisy_steps_of_lion_are_error_functions)
{
    enum { BLOCKS = 400 };
    const fk_optimizer_settings o = {
        .rate = 0.01, .decay = 0.1, .beta1 = 0.9, .beta2 = 0.99};
    const double slope = 0.4, sigma = 2.0, n = (double)BLOCKS * FK_BLOCK;
    const double c = 0.9 * 0.05 + 0.1 * slope, expected = erf(c / (0.2 * sqrt(2.0)));
    double sum = 0.0, squares = 0.0;
    for (size_t b = 0; b < BLOCKS; b++) {
        _Alignas(FK_ALIGN) double z[FK_BLOCK];
        fk_streams streams;
        fk_streams_seed(&streams, 7, FK_FOR_TEST, b * FK_BLOCK);
        fk_streams_normal(&streams, 1, z);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            walker w = {.theta = 0.4, .moment = {0.05}};
            advance(fk_optimizer_find("lion"), &o, 1, slope + sigma * z[j], &w);
            const double u = (0.4 - w.theta) / o.rate - o.decay * 0.4;
            sum += u / n;
            squares += u * u / n;
        }
    }
    const double variance = 1.0 - expected * expected;
    ck_assert_double_eq_tol(sum, expected, 5.0 * sqrt(variance / n));
    ck_assert_double_eq_tol(squares, 1.0, 1e-9); /* u is a sign */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *tests = tcase_create("steps");
    tcase_add_test(tests, lion_takes_its_published_steps);
    tcase_add_test(tests, nothing_moves_without_a_gradient);
    tcase_add_test(tests, first_steps_are_signs);
    tcase_add_test(tests, lion_keeps_to_its_box);
    tcase_add_test(tests, noisy_steps_of_lion_are_error_functions);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
