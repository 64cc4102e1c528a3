/* Files that are no problem, settings that are none, and any bytes. */
#include "tests/refusal.h"

START_TEST(files_that_are_no_problem)
{
    fk_problem *p;
    fk_message message;
    ck_assert_int_eq(fk_problem_read("none.yaml", 0, NULL, &p, &message), FK_EIO);
    ck_assert_str_eq(message.text,
                     "none.yaml: cannot be opened: No such file or directory");
    ck_assert_int_eq(fk_problem_read("/", 0, NULL, &p, &message), FK_EIO);
    write_file("problem.yaml", "", 0);
    check_refused(0, NULL, AT "1:1: 'variables' must be given");
    write_file("problem.yaml", "- a\n", 4);
    check_refused(0, NULL, AT "1:1: a problem is a map of keys");
    write_file("problem.yaml", "a", 1);
    check_refused(0, NULL, AT "1:1: a problem is a map of keys");
}
END_TEST

START_TEST(settings_are_refused_with_their_text)
{
    static const char *const w[][2] = {
        {"particles.count=0",
         "setting 'particles.count=0': particles.count: expected whole"},
        {"particles.cuont=1",
         "setting 'particles.cuont=1': particles.cuont: unknown key, "
         "did you mean 'count'?"},
        {"drift=x - sigm", "setting 'drift=x - sigm': drift: "},
        {"drift=[1, 2", "setting 'drift=[1, 2': did not find expected ',' or ']'"},
        {"drift", "setting 'drift': must be KEY=VALUE"},
        {"=3", "setting '=3': the key '' has an empty part"},
        {"a..b=3", "setting 'a..b=3': the key 'a..b' has an empty part"},
        {"params.=3", "setting 'params.=3': the key 'parameters.' has an empty part"},
        {"drift.0=3",
         "setting 'drift.0=3': drift is '-diff(U, x)', which has no entry"},
        {"variables.5=y",
         "setting 'variables.5=y': variables is a list of 1: '5' must be"},
        {"time.end=",
         "setting 'time.end=': time.end: expected number > start; found nothing"},
        {"pde=maybe",
         "setting 'pde=maybe': pde: expected map, on or off; found 'maybe'"},
        {"domain.x.to=-5", "setting 'domain.x.to=-5': domain.x.to: must be greater"},
    };
    write_lines(one, 0, NULL);
    for (size_t i = 0; i < sizeof w / sizeof *w; i++)
        check_refused(1, &w[i][0], w[i][1]);
}
END_TEST

/* ---- any bytes ---- */

static uint64_t next(uint64_t *s)
{
    *s ^= *s << 13;
    *s ^= *s >> 7;
    *s ^= *s << 17;
    return *s;
}

static size_t mutate(char *text, size_t n, size_t most, uint64_t *s)
{
    static const char *const token[] = {"{",     "}",   "[",  "]",  ": ",  "-",
                                        "\"",    "'",   "\n", "*",  "&a ", ",",
                                        "1e999", "nan", "0",  "-1", "#",   "diff("};
    const size_t edits = 1 + next(s) % 3;
    for (size_t k = 0; k < edits && n > 0; k++) {
        const size_t i = next(s) % n;
        const char *insert = token[next(s) % (sizeof token / sizeof *token)];
        const size_t length = strlen(insert);
        switch (next(s) % 4) {
        case 0: /* truncate */
            if (next(s) % 8 == 0)
                n = i;
            break;
        case 1: /* another byte */
            text[i] = (char)next(s);
            break;
        case 2: /* delete */
            memmove(text + i, text + i + 1, n - i - 1);
            n--;
            break;
        default: /* insert */
            if (n + length <= most) {
                memmove(text + i + length, text + i, n - i);
                memcpy(text + i, insert, length);
                n += length;
            }
        }
    }
    return n;
}

START_TEST(broken_files_are_answered_not_crashed_on)
{
    static const char *const base[] = {
        "name: double_well",
        "about: Relaxation.",
        "variables: [x, y]",
        "parameters: {D: 0.25, s: 2*D}",
        "define: {U: x^4/4 - x^2/2 + y^2}",
        "drift: [\"-diff(U, x)\", \"-diff(U, y)\"]",
        "noise: [[1, 0], [x, 1]]",
        "interpretation: stratonovich",
        "time: {start: 0, end: 5, output: [0.25, 1, 5]}",
        "domain: {x: {from: -3, to: 3, cells: 12, boundary: open}, y: [-4, 4, 12]}",
        "initial: {mixture: [{mean: [0, 0], sd: 0.2}, {weight: 2, mean: [1, 1], cov: "
        "[[0.1, 0], [0, 0.1]]}]}",
        "particles: {count: 1e6, step: 1e-3, seed: 1, halving: 0.1}",
        "pde: {flux: upwind, tolerance: 1e-5}",
        "exact: \"exp(-x^2/(1 + t))\"",
        "units: {x: m, t: s}",
        NULL};
    char text[8000], original[4000] = "";
    for (size_t i = 0; base[i] != NULL; i++) {
        strcat(original, base[i]);
        strcat(original, "\n");
    }
    uint64_t s = 2463534242;
    size_t read = 0;
    for (int round = 0; round < 2000; round++) {
        strcpy(text, original);
        const size_t n = mutate(text, strlen(text), sizeof text, &s);
        write_file("problem.yaml", text, n);
        fk_problem *p = NULL;
        fk_message message = {""};
        const fk_status status = fk_problem_read("problem.yaml", 0, NULL, &p, &message);
        if (status == FK_OK)
            read++;
        else
            ck_assert_msg(status == FK_ESYNTAX && strncmp(message.text, AT, 13) == 0,
                          "status %d: %s", (int)status, message.text);
        fk_problem_free(p);
    }
    ck_assert_uint_gt(read, 50); /* some mutations only touch prose */
    ck_assert_uint_lt(read, 1500);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("problem_broken");
    TCase *c = tcase_create("problem_broken");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, files_that_are_no_problem);
    tcase_add_test(c, settings_are_refused_with_their_text);
    tcase_add_test(c, broken_files_are_answered_not_crashed_on);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
