#include "core/yaml.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "tests/suite.h"

static const fk_yaml_origin file = {"f.yaml", false};
static const fk_yaml_origin setting = {"setting 'k=v'", true};

static fk_yaml *parsed(const char *text)
{
    fk_message message = {""};
    fk_yaml *root = NULL;
    const fk_status status = fk_yaml_parse(text, strlen(text), &file, &root, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return root;
}

static void refuse(const char *text, const char *expected)
{
    fk_message message = {""};
    fk_yaml *root = NULL;
    ck_assert_int_eq(fk_yaml_parse(text, strlen(text), &file, &root, &message),
                     FK_ESYNTAX);
    ck_assert_ptr_null(root);
    ck_assert_msg(strncmp(message.text, expected, strlen(expected)) == 0,
                  "got      %s\nexpected %s", message.text, expected);
}

static fk_yaml *value(const char *text)
{
    fk_yaml *root = NULL;
    ck_assert_int_eq(fk_yaml_parse(text, strlen(text), &setting, &root, NULL), FK_OK);
    return root;
}

START_TEST(nodes_know_where_they_stand)
{
    fk_yaml *root = parsed("a: 1\nlist: [x, {b: 'two'}]\nlong: |\n  one\n  two\n");
    const fk_yaml *list = fk_yaml_get(root, "list");
    ck_assert_uint_eq(root->n, 3);
    ck_assert_uint_eq(list->key_line, 2);
    ck_assert_uint_eq(list->key_column, 1);
    ck_assert_uint_eq(list->column, 7);
    const fk_yaml *b = fk_yaml_get(list->entry[1], "b");
    ck_assert_str_eq(b->text, "two");
    ck_assert_uint_eq(b->column, 15);
    ck_assert_uint_eq(b->text_column, 16);
    char path[64];
    fk_yaml_path(b, path, sizeof path);
    ck_assert_str_eq(path, "list.1.b");
    ck_assert_uint_eq(fk_yaml_get(root, "long")->text_column, 0);
    ck_assert_str_eq(fk_yaml_get(root, "long")->text, "one\ntwo\n");
    ck_assert_ptr_null(fk_yaml_get(root, "none"));
    ck_assert_ptr_null(fk_yaml_get(NULL, "none"));
    fk_yaml_free(root);
}
END_TEST

START_TEST(messages_point_into_the_text)
{
    fk_message message;
    fk_yaml *root =
        parsed("f: &name  x - sigm\ng: \"\xc3\xa9 - b\"\nh: >\n  x -\n  y\n");
    fk_yaml_fail_at(fk_yaml_get(root, "f"), 4, &message, "unknown");
    ck_assert_str_eq(message.text, "f.yaml:1:15: f: unknown");
    fk_yaml_fail_at(fk_yaml_get(root, "g"), 3, &message, "minus");
    ck_assert_str_eq(message.text, "f.yaml:2:7: g: minus");
    fk_yaml_fail_at(fk_yaml_get(root, "h"), 4, &message, "y");
    ck_assert_str_eq(message.text, "f.yaml:3:4: h: y (character 5)");
    fk_yaml_fail_key(fk_yaml_get(root, "g"), &message, "key");
    ck_assert_str_eq(message.text, "f.yaml:2:1: g: key");
    fk_yaml_fail(root, &message, "all of %s", "it");
    ck_assert_str_eq(message.text, "f.yaml:1:1: all of it");
    fk_yaml_free(root);

    fk_yaml *v = value("x - y");
    fk_yaml_fail_at(v, 4, &message, "y");
    ck_assert_str_eq(message.text, "setting 'k=v': y (character 5)");
    fk_yaml_free(v);
}
END_TEST

START_TEST(what_yaml_allows_and_we_do_not_is_refused)
{
    refuse("a: 1\nb: 2\na: 3\n",
           "f.yaml:3:1: the key 'a' is given twice, first in line 1");
    refuse("a: {b: 1, b: 2}",
           "f.yaml:1:11: the key 'b' is given twice, first in line 1");
    refuse("a: !!int 3", "f.yaml:1:4: tags are not used here");
    refuse("? [a]\n: 3", "f.yaml:1:3: a key must be a word");
    refuse("? \n: 3", "f.yaml:1:2: a key must be a word");
    refuse("a: 1\n---\nb: 1", "f.yaml:2:1: a second document begins here");
    refuse("a: &a [1, *a]", "f.yaml:1:4: what is named here contains itself");
    refuse("a: \"x\\0y\"", "f.yaml:1:4: a text contains a NUL character");
    refuse("a: *x", "f.yaml:1:4: found undefined alias; text that starts with * or &");
    refuse("a: x > 0 ? 1 : 2", "f.yaml:1:14: mapping values are not allowed in this "
                               "context; text with a colon");
    refuse("a: [1, 2",
           "f.yaml:2:1: did not find expected ',' or ']', while parsing a flow "
           "sequence that begins at 1:4; text with brackets");
    refuse("a: @x", "f.yaml:1:4: found character that cannot start any token");
    refuse("a: \xff\xfe", "f.yaml:1:");
    refuse("a:\n\tb: 1", "f.yaml:2:1: found character that cannot start any token");
}
END_TEST

START_TEST(nesting_and_size_are_limited)
{
    char text[4001] = "";
    memset(text, '[', 2000);
    memset(text + 2000, ']', 2000);
    refuse(text, "f.yaml:1:65: nested too deeply");
    strcpy(text, "[[");
    refuse(text, "f.yaml:2:1:");
    /* 10^9 values, written in nine lines */
    strcpy(text, "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
    for (int i = 1; i < 9; i++) {
        char line[100];
        snprintf(line, sizeof line, "a%d: &a%d [*a%d", i, i, i - 1);
        strcat(text, line);
        for (int k = 0; k < 9; k++) {
            snprintf(line, sizeof line, ", *a%d", i - 1);
            strcat(text, line);
        }
        strcat(text, "]\n");
    }
    refuse(text, "f.yaml:1:26: too many values");
}
END_TEST

START_TEST(aliases_become_copies)
{
    fk_yaml *root = parsed("a: &a {x: 1}\nb: *a\n");
    ck_assert_int_eq(fk_yaml_set(root, "b.x", value("2"), NULL), FK_OK);
    ck_assert_str_eq(fk_yaml_get(fk_yaml_get(root, "a"), "x")->text, "1");
    ck_assert_str_eq(fk_yaml_get(fk_yaml_get(root, "b"), "x")->text, "2");
    fk_yaml_free(root);
}
END_TEST

static void check_print(const fk_yaml *root, const char *expected)
{
    char *text;
    ck_assert_int_eq(fk_yaml_print(root, &text), FK_OK);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(values_are_replaced_and_added)
{
    fk_yaml *root = parsed("a: 1\nb: [x, y]\n");
    ck_assert_int_eq(fk_yaml_set(root, "a", value("[1, 2]"), NULL), FK_OK);
    ck_assert_int_eq(fk_yaml_set(root, "b.1", value("z"), NULL), FK_OK);
    ck_assert_int_eq(fk_yaml_set(root, "b.2", value("w"), NULL), FK_OK);
    ck_assert_int_eq(fk_yaml_set(root, "c.d.e", value("off"), NULL), FK_OK);
    check_print(root, "a: [1, 2]\nb: [x, z, w]\nc:\n  d:\n    e: off\n");

    fk_message m;
    ck_assert_int_eq(fk_yaml_set(root, "b.4", value("w"), &m), FK_ESYNTAX);
    ck_assert_str_eq(m.text, "b is a list of 3: '4' must be a number from 0 to 3");
    ck_assert_int_eq(fk_yaml_set(root, "b.x.y", value("w"), &m), FK_ESYNTAX);
    ck_assert_str_eq(m.text, "b is a list of 3: 'x' must be a number from 0 to 3");
    ck_assert_int_eq(fk_yaml_set(root, "b.0.y", value("w"), &m), FK_ESYNTAX);
    ck_assert_str_eq(m.text, "b.0 is 'x', which has no entry 'y'; replace it whole");
    ck_assert_int_eq(fk_yaml_set(root, "a..b", value("w"), &m), FK_ESYNTAX);
    ck_assert_str_eq(m.text, "the key 'a..b' has an empty part");
    ck_assert_int_eq(fk_yaml_set(root, "", value("w"), &m), FK_ESYNTAX);
    ck_assert_int_eq(fk_yaml_set(root, "a.", value("w"), &m), FK_ESYNTAX);
    ck_assert_int_eq(fk_yaml_set(root, ".a", value("w"), &m), FK_ESYNTAX);
    fk_yaml_free(root);
}
END_TEST

START_TEST(short_forms_become_maps)
{
    static const char *const key[] = {"from", "to", "cells"};
    fk_yaml *root = parsed("x: [-3, 3, 300]\nt: 5\n");
    ck_assert_int_eq(fk_yaml_to_map(root->entry[0], key), FK_OK);
    ck_assert_int_eq(fk_yaml_to_map(root->entry[1], key), FK_OK);
    check_print(root, "x: {from: -3, to: 3, cells: 300}\nt:\n  from: 5\n");
    ck_assert_ptr_eq(root->entry[1]->entry[0]->parent, root->entry[1]);
    fk_yaml_free(root);
}
END_TEST

START_TEST(printing_and_parsing_again_gives_the_same_tree)
{
    const char *text =
        "a: 'it''s: #5'\nb: |\n  two\n  lines\nc: [1, [2, {d: \"\"}], []]\n"
        "e: -x\nf: {}\ng: \"*x\"\n";
    fk_yaml *one = parsed(text);
    char *printed, *again;
    ck_assert_int_eq(fk_yaml_print(one, &printed), FK_OK);
    fk_yaml *two = parsed(printed);
    ck_assert_int_eq(fk_yaml_print(two, &again), FK_OK);
    ck_assert_str_eq(printed, again);
    ck_assert_str_eq(printed, text);
    free(printed);
    free(again);
    fk_yaml_free(one);
    fk_yaml_free(two);

    fk_yaml *empty = parsed("# nothing\n");
    ck_assert_int_eq(empty->kind, FK_YAML_MAP);
    ck_assert_uint_eq(empty->n, 0);
    fk_yaml_free(empty);
}
END_TEST

static bool number(const char *text, double *x)
{
    fk_yaml *v = value(text);
    const bool good = fk_yaml_number(v, x);
    fk_yaml_free(v);
    return good;
}

static bool whole(const char *text, uint64_t *x)
{
    fk_yaml *v = value(text);
    const bool good = fk_yaml_whole(v, x);
    fk_yaml_free(v);
    return good;
}

START_TEST(numbers_are_the_whole_text)
{
    double x;
    ck_assert(number("-2.5e-3", &x) && x == -2.5e-3);
    ck_assert(number("'.5'", &x) && x == 0.5);
    ck_assert(!number("1 2", &x) && !number("1x", &x) && !number("inf", &x));
    ck_assert(!number("nan", &x) && !number("0x10", &x) && !number("1e999", &x));
    ck_assert(!number("[1]", &x) && !number("''", &x) && !number("e", &x));

    uint64_t n;
    ck_assert(whole("1e6", &n) && n == 1000000);
    ck_assert(whole("18446744073709551615", &n) && n == UINT64_MAX);
    ck_assert(!whole("18446744073709551616", &n) && !whole("1e17", &n));
    ck_assert(!whole("-1", &n) && !whole("1.5", &n) && !whole("x", &n));

    bool on = false;
    fk_yaml *v = value("Yes");
    ck_assert(fk_yaml_switch(v, &on) && on);
    fk_yaml_free(v);
    v = value("off");
    ck_assert(fk_yaml_switch(v, &on) && !on);
    fk_yaml_free(v);
    v = value("1");
    ck_assert(!fk_yaml_switch(v, &on));
    fk_yaml_free(v);
}
END_TEST

/* Bytes from a small generator; whatever they are, the reader answers. */
START_TEST(any_bytes_are_safe)
{
    static const char alphabet[] = "ab:-[]{},*&!|>'\"\n #\t%@0.\\";
    uint64_t s = 88172645463325252ULL;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        for (size_t i = 0; i < sizeof text; i++) {
            s ^= s << 13, s ^= s >> 7, s ^= s << 17;
            text[i] =
                round % 4 == 0 ? (char)(s & 0xFF) : alphabet[s % (sizeof alphabet - 1)];
        }
        fk_yaml *root = NULL;
        fk_message message = {""};
        const fk_status status =
            fk_yaml_parse(text, s % sizeof text, &file, &root, &message);
        if (status == FK_OK) {
            char *printed;
            ck_assert_int_eq(fk_yaml_print(root, &printed), FK_OK);
            fk_yaml *again = parsed(printed);
            fk_yaml_free(again);
            free(printed);
        } else {
            ck_assert_int_eq(status, FK_ESYNTAX);
            ck_assert_int_eq(strncmp(message.text, "f.yaml:", 7), 0);
        }
        fk_yaml_free(root);
    }
}
END_TEST

START_TEST(the_nearest_name_is_the_one_meant)
{
    static const char *const name[] = {"drift", "noise", "time", "domain", "pde"};
    ck_assert_str_eq(fk_spelling_nearest("drfit", 5, name), "drift");
    ck_assert_str_eq(fk_spelling_nearest("Nois", 5, name), "noise");
    ck_assert_str_eq(fk_spelling_nearest("times", 5, name), "time");
    ck_assert_ptr_null(fk_spelling_nearest("boundary", 5, name));
    ck_assert_ptr_null(fk_spelling_nearest("qqq", 5, name));
    ck_assert_uint_eq(fk_spelling_distance("kitten", "sitting"), 3);
    ck_assert_uint_eq(fk_spelling_distance("ab", "ba"), 1);
    ck_assert_uint_eq(fk_spelling_distance("", "abc"), 3);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("yaml");
    TCase *c = tcase_create("yaml");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, nodes_know_where_they_stand);
    tcase_add_test(c, messages_point_into_the_text);
    tcase_add_test(c, what_yaml_allows_and_we_do_not_is_refused);
    tcase_add_test(c, nesting_and_size_are_limited);
    tcase_add_test(c, aliases_become_copies);
    tcase_add_test(c, values_are_replaced_and_added);
    tcase_add_test(c, short_forms_become_maps);
    tcase_add_test(c, printing_and_parsing_again_gives_the_same_tree);
    tcase_add_test(c, numbers_are_the_whole_text);
    tcase_add_test(c, any_bytes_are_safe);
    tcase_add_test(c, the_nearest_name_is_the_one_meant);
    suite_add_tcase(s, c);
    return run_suite(s);
}
