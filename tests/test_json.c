#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/utf8.h"
#include "tests/suite.h"

static char *text;
static size_t size;

static fk_json begin(void)
{
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    return fk_json_begin(out);
}

static void expect(fk_json *j, const char *wanted)
{
    ck_assert_int_eq(fclose(j->out), 0);
    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(members_are_separated_and_indented)
{
    fk_json j = begin();
    fk_json_object(&j, NULL);
    fk_json_number(&j, "a", 0.731);
    fk_json_array(&j, "b");
    fk_json_object(&j, NULL);
    fk_json_end(&j);
    fk_json_integer(&j, NULL, UINT64_MAX);
    fk_json_end(&j);
    fk_json_numbers(&j, "c", 2, (double[]){2.5, NAN});
    fk_json_bool(&j, "d", true);
    fk_json_end(&j);
    expect(&j, "{\n"
               "  \"a\": 0.73099999999999998,\n"
               "  \"b\": [\n"
               "    {},\n"
               "    18446744073709551615\n"
               "  ],\n"
               "  \"c\": [2.5, null],\n"
               "  \"d\": true\n"
               "}\n");
}
END_TEST

START_TEST(what_is_not_finite_is_null)
{
    fk_json j = begin();
    fk_json_array(&j, NULL);
    fk_json_number(&j, NULL, NAN);
    fk_json_number(&j, NULL, INFINITY);
    fk_json_number(&j, NULL, -INFINITY);
    fk_json_text(&j, NULL, NULL);
    fk_json_end(&j);
    expect(&j, "[\n  null,\n  null,\n  null,\n  null\n]\n");
}
END_TEST

START_TEST(hostile_text_stays_inside_its_quotes)
{
    fk_json j = begin();
    fk_json_array(&j, NULL);
    fk_json_text(&j, NULL, "\"\\\n\t\r\x01\x7f</script>");
    fk_json_text(&j, NULL, "\xce\xb8 \xff \xc3");
    fk_json_end(&j);
    expect(&j, "[\n  \"\\\"\\\\\\n\\t\\u000d\\u0001\\u007f</script>\",\n"
               "  \"\xce\xb8 \xef\xbf\xbd \xef\xbf\xbd\"\n]\n");
}
END_TEST

START_TEST(numbers_return_to_the_same_bits)
{
    const double value[] = {1.0 / 3, 6.02214076e23, 5e-324, -0.1,
                            1.7976931348623157e308};
    fk_json j = begin();
    fk_json_numbers(&j, NULL, 5, value);
    ck_assert_int_eq(fclose(j.out), 0);
    char *at = text + 1;
    for (size_t i = 0; i < 5; i++, at += 2)
        ck_assert(strtod(at, &at) == value[i]);
    free(text);
}
END_TEST

START_TEST(only_well_formed_utf8_has_a_length)
{
    static const struct {
        const char *text;
        size_t length;
    } sample[] = {
        {"", 0},
        {"a", 1},
        {"\x80", 0},
        {"\xc3\xa9", 2},
        {"\xc3", 0},
        {"\xc0\xaf", 0}, /* overlong */
        {"\xe2\x82\xac", 3},
        {"\xe2\x82", 0},
        {"\xe0\x80\x80", 0},
        {"\xed\xa0\x80", 0}, /* surrogate */
        {"\xf0\x9f\x8c\x8b", 4},
        {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"\xf0\x80\x80\x80", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < sizeof sample / sizeof sample[0]; i++)
        ck_assert_uint_eq(fk_utf8_length(sample[i].text), sample[i].length);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("json");
    TCase *c = tcase_create("json");
    tcase_add_test(c, members_are_separated_and_indented);
    tcase_add_test(c, what_is_not_finite_is_null);
    tcase_add_test(c, hostile_text_stays_inside_its_quotes);
    tcase_add_test(c, numbers_return_to_the_same_bits);
    tcase_add_test(c, only_well_formed_utf8_has_a_length);
    suite_add_tcase(s, c);
    return run_suite(s);
}
