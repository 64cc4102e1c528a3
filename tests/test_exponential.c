#include "core/exponential.h"
#include "tests/suite.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

/* |error| in units of the last place of e^x */
static double units(double x)
{
    const double exact = exp(x), place = nextafter(exact, INFINITY) - exact;
    return (double)fabsl(((long double)fk_exp_negative(x) - expl((long double)x)) /
                         (long double)place);
}

START_TEST(errors_stay_below_the_stated_units)
{
    double worst = 0.0;
    for (size_t i = 0; i < 400000; i++) {
        const double u = (double)i / 400000.0;
        worst = fmax(worst, units(-708.0 * u));
        worst = fmax(worst, units(-u));
        worst = fmax(worst, units(-exp(-40.0 * u)));
    }
    ck_assert_double_le(worst, 1.2);
}
END_TEST

START_TEST(ends_are_zero_one_and_nan)
{
    ck_assert(fk_exp_negative(0.0) == 1.0);
    ck_assert(fk_exp_negative(-0.0) == 1.0);
    ck_assert(fk_exp_negative(-708.0) > 0.0);
    ck_assert(fk_exp_negative(nextafter(-708.0, -INFINITY)) == 0.0);
    ck_assert(fk_exp_negative(-1e300) == 0.0);
    ck_assert(fk_exp_negative(-INFINITY) == 0.0);
    ck_assert(isnan(fk_exp_negative(NAN)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exponential");
    TCase *values = tcase_create("values");
    tcase_add_test(values, errors_stay_below_the_stated_units);
    tcase_add_test(values, ends_are_zero_one_and_nan);
    suite_add_tcase(suite, values);
    return run_suite(suite);
}
