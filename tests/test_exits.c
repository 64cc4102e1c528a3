/* Exit times with a known law: F(t) = P (1 - e^(-t)) through one face, twice that rate
 * through another. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "plots/exits.h"
#include "tests/suite.h"

enum { TIMES = 401 };
static double time_[TIMES], slow[TIMES], fast[TIMES], off[TIMES];

static fk_exits exits(void)
{
    for (size_t i = 0; i < TIMES; i++) {
        const double t = 4.0 * (double)i / (TIMES - 1);
        time_[i] = 1.0 + t;
        slow[i] = 0.25 * (1.0 - exp(-t));
        fast[i] = 0.5 * (1.0 - exp(-2.0 * t));
        off[i] = fast[i] + (i == 100 ? 0.003 : 0.001);
    }
    fk_exits e = {.n_times = TIMES, .time = time_, .n_faces = 2};
    e.face[0] = (fk_face_exits){.axis = 0, .side = 0, .particles = slow, .pde = slow};
    e.face[1] = (fk_face_exits){.axis = 0, .side = 1, .particles = off, .pde = fast};
    return e;
}

/* E[T | T < 4] and the spread of the exponential law cut off at 4, by hand. */
START_TEST(means_of_a_known_law)
{
    const fk_exits e = exits();
    const double q = exp(-4.0), mean = 1.0 - 4.0 * q / (1.0 - q);
    const double square = 2.0 - (16.0 + 8.0) * q / (1.0 - q);
    const double spread = sqrt(square - mean * mean);
    const fk_exit_summary s = fk_exits_summarise(&e, slow, 10000.0);
    ck_assert_double_eq_tol(s.probability, 0.25 * (1.0 - q), 1e-14);
    ck_assert_double_eq_tol(s.probability_error,
                            sqrt(s.probability * (1.0 - s.probability)) / 100.0, 1e-14);
    ck_assert_double_eq_tol(s.mean_time, mean, 2e-5);
    ck_assert_double_eq_tol(s.spread, spread, 2e-5);
    ck_assert_double_eq_tol(s.mean_time_error, spread / (100.0 * sqrt(s.probability)),
                            1e-5);
    ck_assert(isnan(fk_exits_summarise(&e, slow, 0.0).mean_time_error));
}
END_TEST

START_TEST(largest_difference)
{
    fk_exits e = exits();
    fk_exit_difference d;
    ck_assert(fk_exits_compare(&e, 1e6, &d));
    ck_assert_double_eq_tol(d.distance, 0.003, 1e-14);
    ck_assert_double_eq_tol(d.time, 2.0, 1e-14);
    ck_assert_uint_eq(d.face, 1);
    /* 2 exp(-2 n d^2) = 0.01 shared between two faces */
    ck_assert_double_eq_tol(4.0 * exp(-2.0 * 1e6 * d.chance * d.chance), 0.01, 1e-12);
    e.face[1].pde = NULL;
    ck_assert(!fk_exits_compare(&e, 1e6, &d));
}
END_TEST

/* The ends of the band are the shares p from which the counted share f lies z standard
 * errors away: (f - p)^2 = z^2 p (1 - p) / N. */
START_TEST(band_of_a_rate)
{
    const fk_exits e = exits();
    const double N = 500.0, z = 1.959963984540054, length = 0.02;
    for (size_t i = 0; i < 400; i += 50) {
        const fk_exit_rate r = fk_exits_rate(&e, fast, N, i, 2);
        const double f = fast[i + 2] - fast[i];
        ck_assert_double_eq_tol(r.t, 1.0 + 0.01 * (double)(i + 1), 1e-12);
        ck_assert_double_eq_tol(r.value, f / length, 1e-12);
        ck_assert(r.low < r.value && r.value < r.high);
        const double end[] = {r.low * length, r.high * length};
        for (size_t k = 0; k < 2; k++)
            ck_assert_double_eq_tol((f - end[k]) * (f - end[k]),
                                    z * z * end[k] * (1.0 - end[k]) / N, 1e-14);
    }
    const double none[] = {0.0, 0.0, 0.0};
    fk_exit_rate r = fk_exits_rate(&e, none, N, 0, 2);
    ck_assert_double_le(r.low, 1e-15);
    ck_assert_double_eq_tol(r.high * length, z * z / (N + z * z), 1e-14);
    r = fk_exits_rate(&e, fast, HUGE_VAL, 0, 1);
    ck_assert(r.low == r.value && r.high == r.value);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exits");
    TCase *cases = tcase_create("exits");
    tcase_add_test(cases, means_of_a_known_law);
    tcase_add_test(cases, largest_difference);
    tcase_add_test(cases, band_of_a_rate);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
