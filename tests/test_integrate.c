#include "solvers/integrate.h"

#include <check.h>
#include <math.h>

#include "tests/suite.h"

/* Two-body orbit of eccentricity e: y = (x, y, x', y'), one turn in 2 pi. */
static void kepler(double t, const double *y, double *dy, void *context)
{
    (void)t, (void)context;
    const double r = hypot(y[0], y[1]);
    dy[0] = y[2];
    dy[1] = y[3];
    dy[2] = -y[0] / (r * r * r);
    dy[3] = -y[1] / (r * r * r);
}

static void start(double e, double *y)
{
    y[0] = 1.0 - e;
    y[1] = y[2] = 0.0;
    y[3] = sqrt((1.0 + e) / (1.0 - e));
}

/* After half a turn the body is at the far end, moving the other way. */
START_TEST(an_orbit_is_at_its_far_end_after_half_a_turn_and_closes_backward)
{
    const double e = 0.6;
    double y[4], first[4];
    start(e, y);
    start(e, first);
    ck_assert_int_eq(fk_integrate(4, kepler, NULL, 0.0, M_PI, 1e-12, y), FK_OK);
    ck_assert_double_eq_tol(y[0], -(1.0 + e), 1e-10);
    ck_assert_double_eq_tol(y[1], 0.0, 1e-10);
    ck_assert_double_eq_tol(y[3], -sqrt((1.0 - e) / (1.0 + e)), 1e-10);
    ck_assert_int_eq(fk_integrate(4, kepler, NULL, M_PI, 0.0, 1e-12, y), FK_OK);
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(y[i], first[i], 1e-10);
}
END_TEST

/* y' = y^2 from 1 is infinite at t = 1. */
static void explosion(double t, const double *y, double *dy, void *context)
{
    (void)t, (void)context;
    dy[0] = y[0] * y[0];
}

START_TEST(what_explodes_is_refused)
{
    double y = 1.0;
    ck_assert_int_eq(fk_integrate(1, explosion, NULL, 0.0, 2.0, 1e-10, &y),
                     FK_ECONVERGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("integrate");
    TCase *t = tcase_create("orbit");
    tcase_add_test(t, an_orbit_is_at_its_far_end_after_half_a_turn_and_closes_backward);
    tcase_add_test(t, what_explodes_is_refused);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
