/* A folder of its own for each test program, and small problems whose lines can be
 * exchanged one by one. */
#ifndef FK_TESTS_PROBLEM_TEXT_H
#define FK_TESTS_PROBLEM_TEXT_H

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sde/problem_file.h"

static char home[PATH_MAX]; /* where the test was started: experiments/ and docs/ */

/* A whole problem, one section a line, so that a test can exchange a line. */
static const char *const one[] = {
    "variables: [x]",             /* 1 */
    "parameters: {D: 0.25}",      /* 2 */
    "define: {U: x^4/4 - x^2/2}", /* 3 */
    "drift: -diff(U, x)",         /* 4 */
    "noise: sqrt(2*D)",           /* 5 */
    "time: {end: 1}",             /* 6 */
    "domain: {x: [-3, 3, 60]}",   /* 7 */
    "initial: {point: -1.05}",    /* 8 */
    "# end",                      /* 9 */
    NULL,
};

static const char *const two[] = {
    "variables: [x, y]",                              /* 1 */
    "parameters: {k: 1}",                             /* 2 */
    "define: {r: sqrt(x^2 + y^2)}",                   /* 3 */
    "drift: [-k*x, -k*y]",                            /* 4 */
    "noise: [[1, 0], [0.3, 0.8]]",                    /* 5 */
    "time: {end: 1}",                                 /* 6 */
    "domain: {x: [-3, 3, 60], y: [-4, 4, 50]}",       /* 7 */
    "initial: {gaussian: {mean: [0.1, 0], sd: 1/4}}", /* 8 */
    "# end",                                          /* 9 */
    NULL,
};

static inline void write_file(const char *path, const char *text, size_t length)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, length, f), length);
    ck_assert_int_eq(fclose(f), 0);
}

/* problem.yaml with line `k` (from 1) exchanged; 0: none. */
static inline void write_lines(const char *const *line, size_t k,
                               const char *replacement)
{
    char text[4000] = "";
    for (size_t i = 0; line[i] != NULL; i++) {
        strcat(text, i + 1 == k ? replacement : line[i]);
        strcat(text, "\n");
    }
    write_file("problem.yaml", text, strlen(text));
}

static inline fk_problem *read_with(size_t n, const char *const *setting)
{
    fk_problem *p = NULL;
    fk_message message = {""};
    const fk_status status = fk_problem_read("problem.yaml", n, setting, &p, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return p;
}

static inline fk_problem *read_line(const char *const *line, size_t k,
                                    const char *replacement)
{
    write_lines(line, k, replacement);
    return read_with(0, NULL);
}

/* Runs the suite in a scratch folder, which is empty again at the end. */
static inline int run_in_scratch(Suite *suite)
{
    static const char *const made[] = {"problem.yaml", "again.yaml", "data.csv",
                                       "d.csv"};
    char scratch[] = "/tmp/fokker-test-XXXXXX";
    if (getcwd(home, sizeof home) == NULL || mkdtemp(scratch) == NULL ||
        chdir(scratch) != 0)
        return EXIT_FAILURE;
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        unlink(made[i]);
    rmdir(scratch);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
