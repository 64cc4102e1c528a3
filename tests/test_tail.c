/* Hill's estimate: powers by their index, what falls faster is not taken for one. */
#include "core/tail.h"

#include <check.h>
#include <gsl/gsl_randist.h>
#include <math.h>

#include "tests/suite.h"

enum { N = 32768, K = 256 };

static double power(const gsl_rng *r, double index)
{
    return pow(gsl_rng_uniform_pos(r), -1.0 / index);
}

static double stable(const gsl_rng *r, double alpha)
{
    return gsl_ran_levy(r, 1.0, alpha);
}

/* |X|^a of a normal number */
static double normal_power(const gsl_rng *r, double a)
{
    return pow(fabs(gsl_ran_gaussian(r, 1.0)), a);
}

static double lognormal(const gsl_rng *r, double sigma)
{
    return exp(gsl_ran_gaussian(r, sigma));
}

static fk_tail tail_of(double (*draw)(const gsl_rng *r, double a), double a)
{
    static double x[N];
    gsl_rng *r = gsl_rng_alloc(gsl_rng_taus);
    for (size_t i = 0; i < N; i++)
        x[i] = draw(r, a);
    gsl_rng_free(r);
    return fk_tail_of(N, x, K);
}

START_TEST(powers_have_their_index)
{
    static const double index[] = {0.7, 1.3, 1.8, 2.6};
    for (size_t i = 0; i < 4; i++) {
        const fk_tail t = tail_of(power, index[i]);
        ck_assert_double_eq_tol(t.error, t.index / 16.0, 1e-12);
        ck_assert_double_eq_tol(t.index, index[i], 4.0 * index[i] / 16.0);
        ck_assert_double_eq_tol(t.inner, index[i], 4.0 * index[i] / sqrt(8.0 * K));
        ck_assert(fk_tail_is_heavy(&t) == (index[i] < 2.0));
    }
}
END_TEST

START_TEST(heavy_is_told_from_light)
{
    for (double alpha = 1.0; alpha <= 1.6; alpha += 0.3) {
        const fk_tail t = tail_of(stable, alpha);
        ck_assert_msg(fk_tail_is_heavy(&t), "stable %g: index %g, further in %g", alpha,
                      t.index, t.inner);
    }
    for (double a = 1.0; a <= 8.0; a += 1.0) {
        const fk_tail t = tail_of(normal_power, a);
        ck_assert_msg(!fk_tail_is_heavy(&t), "|x|^%g: index %g, further in %g", a,
                      t.index, t.inner);
    }
    for (double sigma = 0.5; sigma <= 2.0; sigma += 0.5) {
        const fk_tail t = tail_of(lognormal, sigma);
        ck_assert_msg(!fk_tail_is_heavy(&t), "lognormal %g: index %g, further in %g",
                      sigma, t.index, t.inner);
    }
}
END_TEST

/* Bounded, constant and mostly zero values. */
static double bounded(const gsl_rng *r, double a)
{
    return a * gsl_rng_uniform(r);
}

static double constant(const gsl_rng *r, double a)
{
    (void)r;
    return a;
}

static double rare(const gsl_rng *r, double a)
{
    return gsl_rng_uniform(r) < 1e-3 ? a : 0.0;
}

START_TEST(nothing_to_say_is_not_heavy)
{
    double (*const draw[])(const gsl_rng *r, double a) = {bounded, constant, rare};
    for (size_t i = 0; i < 3; i++) {
        const fk_tail t = tail_of(draw[i], 3.0);
        ck_assert(!fk_tail_is_heavy(&t));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tail");
    TCase *cases = tcase_create("tail");
    tcase_add_test(cases, powers_have_their_index);
    tcase_add_test(cases, heavy_is_told_from_light);
    tcase_add_test(cases, nothing_to_say_is_not_heavy);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
