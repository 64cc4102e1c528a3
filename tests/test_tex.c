/* Formulas as plain text and as MathML. */
#include "plots/tex.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/suite.h"

static char *printed(const char *tex, fk_tex_style style)
{
    char *text = NULL;
    fk_message message = {""};
    ck_assert_msg(fk_tex_print(tex, style, &text, &message) == FK_OK, "%s: %s", tex,
                  message.text);
    return text;
}

START_TEST(plain_text_reads_like_the_formula)
{
    static const char *const pair[][2] = {
        {"x^2 + y", "x² + y"},
        {"\\frac{a + b}{2}", "(a + b)/2"},
        {"\\frac{d}{dt} \\mathbb{E}[\\varphi]", "d/dt E[φ]"},
        {"\\sqrt{2 D}", "√(2 D)"},
        {"x_{t+h}", "x_(t+h)"},
        {"\\left( a + b \\right)", "(a + b)"},
        {"\\left( x \\rightarrow y \\right)", "(x → y)"},
        {"\\sum_k w_k", "∑_k w_k"},
    };
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        char *text = printed(pair[i][0], FK_TEX_PLAIN);
        while (strlen(text) > 0 && text[strlen(text) - 1] == ' ')
            text[strlen(text) - 1] = '\0';
        ck_assert_str_eq(text, pair[i][1]);
        free(text);
    }
}
END_TEST

/* As many ends as beginnings, in order, and signs of HTML escaped. */
static void check_nesting(const char *text)
{
    const char *open[64];
    size_t n = 0;
    for (const char *at = text; (at = strchr(at, '<')) != NULL; at++) {
        const char *end = strchr(at, '>');
        ck_assert_ptr_nonnull(end);
        if (end[-1] == '/')
            continue;
        const size_t length = strcspn(at + 1 + (at[1] == '/'), " >");
        if (at[1] != '/') {
            ck_assert_uint_lt(n, 64);
            open[n++] = at + 1;
            continue;
        }
        ck_assert_uint_gt(n, 0);
        ck_assert_msg(strncmp(open[--n], at + 2, length) == 0, "%s", text);
    }
    ck_assert_uint_eq(n, 0);
}

START_TEST(elements_are_nested)
{
    static const char *const tex[] = {
        "\\frac{d}{dt} \\int_0^T \\left( a_{ij} - \\frac{b^2}{\\sqrt{c}} \\right) dt",
        "\\hat x_0 < \\bar u_j^2",
        "\\sum_{k=1}^n \\operatorname{erf}(x_k) \\quad \\text{for all } k",
        "\\mathbb{E} |X|^2 \\to \\infty",
    };
    for (size_t i = 0; i < sizeof tex / sizeof *tex; i++) {
        char *text = printed(tex[i], FK_TEX_MATHML);
        check_nesting(text);
        free(text);
    }
    char *text = printed("a < b", FK_TEX_MATHML);
    ck_assert_ptr_nonnull(strstr(text, "<mo>&lt;</mo>"));
    free(text);
}
END_TEST

START_TEST(what_is_no_formula)
{
    static const char *const tex[] = {"\\luck",    "{a", "a^",
                                      "\\left( a", "}",  "\\text a"};
    for (size_t i = 0; i < sizeof tex / sizeof *tex; i++) {
        char *text = NULL;
        fk_message message = {""};
        ck_assert_int_eq(fk_tex_print(tex[i], FK_TEX_MATHML, &text, &message),
                         FK_ESYNTAX);
        ck_assert_ptr_null(text);
        ck_assert_uint_gt(strlen(message.text), 10);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tex");
    TCase *t = tcase_create("tex");
    tcase_add_test(t, plain_text_reads_like_the_formula);
    tcase_add_test(t, elements_are_nested);
    tcase_add_test(t, what_is_no_formula);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
