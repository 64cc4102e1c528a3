/* Wrong problem files: how the complaint about each begins. */
#ifndef FK_TESTS_REFUSAL_H
#define FK_TESTS_REFUSAL_H

#include "tests/problem_text.h"

#define AT "problem.yaml:"

static inline void check_refused(size_t n, const char *const *setting,
                                 const char *expected)
{
    fk_problem *p = NULL;
    fk_message message = {""};
    const fk_status status = fk_problem_read("problem.yaml", n, setting, &p, &message);
    ck_assert_ptr_null(p);
    ck_assert_msg(status == FK_ESYNTAX || status == FK_EIO, "status %d, expected %s",
                  (int)status, expected);
    ck_assert_msg(strncmp(message.text, expected, strlen(expected)) == 0,
                  "\ngot      %s\nexpected %s", message.text, expected);
}

/* One wrong line and how the complaint begins. */
typedef struct wrong {
    size_t line;
    const char *text, *expected;
} wrong;

static inline void check_all(const char *const *base, const wrong *w)
{
    for (; w->text != NULL; w++) {
        write_lines(base, w->line, w->text);
        check_refused(0, NULL, w->expected);
    }
}

#endif
