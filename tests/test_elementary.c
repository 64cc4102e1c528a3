#include "core/elementary.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "tests/suite.h"

enum { BLOCKS = 200 };

typedef struct subject {
    const char *name;
    fk_elementary kind;
    long double (*of_one)(long double);
    long double (*of_two)(long double, long double);
} subject;

static const subject subjects[] = {
#define ONE(kind, name, u) {#name, FK_ELEMENTARY_##kind, name##l, NULL},
#define TWO(kind, name, u) {#name, FK_ELEMENTARY_##kind, NULL, name##l},
    FK_ELEMENTARY_OF_ONE(ONE) FK_ELEMENTARY_OF_TWO(TWO)
#undef ONE
#undef TWO
};

static double allowed(fk_elementary kind)
{
    return kind == FK_ELEMENTARY_CBRT || kind == FK_ELEMENTARY_TANH ||
                   kind == FK_ELEMENTARY_ERFC
               ? 1.5
               : 1.0;
}

/* Numbers of both signs from 2^-range to 2^range, evenly in the exponent; a quarter within
 * (-1, 1), and some of note. */
static void fill(double *x, unsigned long *state, double range)
{
    static const double noted[] = {0.0, -0.0, 1.0, -1.0, 0.5, 2.0, INFINITY, -INFINITY};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        *state = *state * 6364136223846793005UL + 1442695040888963407UL;
        const double u = (double)(*state >> 12) * 0x1p-51 - 1.0;
        x[j] = j % 4 == 0 ? u : copysign(exp2(range * (2.0 * fabs(u) - 1.0)), u);
    }
    memcpy(x, noted, sizeof noted);
    x[sizeof noted / sizeof *noted] = NAN;
}

/* All versions agree bit for bit; NaN is NaN, whatever its bits. */
static void same_bits(const subject *s, const double *a, const double *b)
{
    fk_block_function *version[FK_ELEMENTARY_VERSIONS];
    const size_t n = fk_elementary_versions(s->kind, version);
    double *first = fk_doubles(FK_BLOCK), *other = fk_doubles(FK_BLOCK);
    version[0](a, b, first);
    for (size_t v = 1; v < n; v++) {
        version[v](a, b, other);
        for (size_t j = 0; j < FK_BLOCK; j++)
            ck_assert_msg(memcmp(&first[j], &other[j], sizeof(double)) == 0 ||
                              (isnan(first[j]) && isnan(other[j])),
                          "%s(%a, %a): %a in version 0, %a in %zu", s->name, a[j], b[j],
                          first[j], other[j], v);
    }
    free(first);
    free(other);
}

/* Errors in units of the last place, against 64 bits of precision. */
static void accurate(const subject *s, const double *a, const double *b)
{
    double *to = fk_doubles(FK_BLOCK);
    fk_elementary_loop(s->kind)(a, b, to);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const long double exact =
            s->of_one != NULL ? s->of_one(a[j]) : s->of_two(a[j], b[j]);
        const double rounded = (double)exact;
        if (isnan(rounded) || isinf(rounded)) {
            ck_assert_msg(isnan(rounded) ? isnan(to[j]) : to[j] == rounded,
                          "%s(%a, %a) = %a, not %a", s->name, a[j], b[j], to[j],
                          rounded);
            continue;
        }
        const double place = nextafter(fabs(rounded), INFINITY) - fabs(rounded);
        const double units = (double)(fabsl(to[j] - exact) / place);
        ck_assert_msg(units <= allowed(s->kind) || fabs(rounded) < 0x1p-1021,
                      "%s(%a, %a) = %a is off by %g units", s->name, a[j], b[j], to[j],
                      units);
    }
    free(to);
}

static void try(const subject *s,
                void (*check)(const subject *, const double *, const double *))
{
    double *a = fk_doubles(FK_BLOCK), *b = fk_doubles(FK_BLOCK);
    unsigned long state = 20220607;
    for (int i = 0; i < BLOCKS; i++) {
        const double range = i % 3 == 0 ? 2.0 : i % 3 == 1 ? 12.0 : 40.0;
        fill(a, &state, range);
        fill(b, &state, range);
        check(s, a, b);
    }
    free(a);
    free(b);
}

START_TEST(every_width_gives_the_same_bits)
{
    try(&subjects[_i], same_bits);
}
END_TEST

START_TEST(errors_stay_below_the_stated_units)
{
    try(&subjects[_i], accurate);
}
END_TEST

/* A result may take the place of an operand. */
START_TEST(in_place)
{
    double *a = fk_doubles(FK_BLOCK), *to = fk_doubles(FK_BLOCK);
    unsigned long state = 7;
    fill(a, &state, 3.0);
    a[8] = 0.25; /* a NaN is not equal to itself */
    fk_elementary_loop(FK_ELEMENTARY_EXP)(a, NULL, to);
    fk_elementary_loop(FK_ELEMENTARY_EXP)(a, NULL, a);
    ck_assert_mem_eq(a, to, FK_BLOCK * sizeof *a);
    free(a);
    free(to);
}
END_TEST

int main(void)
{
    const int n = sizeof subjects / sizeof *subjects;
    Suite *suite = suite_create("elementary");
    TCase *cases = tcase_create("elementary");
    tcase_add_loop_test(cases, every_width_gives_the_same_bits, 0, n);
    tcase_add_loop_test(cases, errors_stay_below_the_stated_units, 0, n);
    tcase_add_test(cases, in_place);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
