/* Every claim holds, and fails when its formula is broken: each break of each claim, with
 * the parameters' quick values. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/claim.h"
#include "plots/tex.h"
#include "tests/claim_digits.h"
#include "tests/suite.h"

/* Each known number of the claim is on a side of its row. */
static void expect_digits(const fk_trial *t)
{
    for (size_t k = 0; k < sizeof known_digits / sizeof *known_digits; k++) {
        const claim_digits *d = &known_digits[k];
        size_t i = 0;
        if (strcmp(d->claim, t->claim->name) != 0)
            continue;
        while (i < t->n_rows && strncmp(t->row[i].name, d->row, strlen(d->row)) != 0)
            i++;
        ck_assert_msg(i < t->n_rows, "%s has no row '%s'", d->claim, d->row);
        const fk_evidence *e = &t->row[i];
        const double off = fmin(fabs(e->left - d->value), fabs(e->right - d->value));
        ck_assert_msg(off <= d->unit, "%s: %s: %.15g and %.15g, known as %.15g",
                      d->claim, e->name, e->left, e->right, d->value);
    }
}

/* One run; *broken NULL: as it is. */
static fk_finding_word verdict(const fk_claim *c, const char *broken, uint64_t seed)
{
    fk_trial *t;
    fk_message message = {""};
    char setting[128];
    ck_assert_int_eq(fk_trial_new(c, true, &t), FK_OK);
    t->seed = seed;
    if (broken != NULL) {
        snprintf(setting, sizeof setting, "break=%s", broken);
        ck_assert_int_eq(fk_trial_set(t, setting, &message), FK_OK);
    }
    const fk_status status = fk_trial_run(t, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s: %s", c->name, message.text);
    ck_assert_uint_gt(t->n_rows, 0);
    for (size_t i = 0; broken == NULL && i < t->n_rows; i++)
        ck_assert_msg(t->row[i].word == FK_HOLDS,
                      "%s: %s: %.12g and %.12g, allowed %.3g", c->name, t->row[i].name,
                      t->row[i].left, t->row[i].right, t->row[i].allowed);
    if (broken == NULL)
        expect_digits(t);
    const fk_finding_word word = t->word;
    free(t);
    return word;
}

static size_t claims(void)
{
    size_t n = 0;
    while (fk_claims[n] != NULL)
        n++;
    return n;
}

START_TEST(a_claim_holds_and_each_break_is_seen)
{
    const fk_claim *c = fk_claims[_i];
    ck_assert_int_eq(verdict(c, NULL, 1), FK_HOLDS);
    ck_assert_msg(c->breaks[0].name != NULL, "%s has no break", c->name);
    for (const fk_claim_break *b = c->breaks; b->name != NULL; b++)
        ck_assert_msg(verdict(c, b->name, 1) == FK_FAILS, "%s holds with break=%s",
                      c->name, b->name);
}
END_TEST

/* Formulas are ones that the page can typeset. */
START_TEST(formulas_can_be_typeset)
{
    for (const fk_claim_step *s = fk_claims[_i]->derivation; s->sentence != NULL; s++) {
        char *text = NULL;
        fk_message message = {""};
        ck_assert_ptr_null(strchr(s->sentence, '\\')); /* words, not a formula */
        if (s->formula == NULL)
            continue;
        for (int style = FK_TEX_MATHML; style <= FK_TEX_PLAIN; style++) {
            const fk_status status =
                fk_tex_print(s->formula, (fk_tex_style)style, &text, &message);
            ck_assert_msg(status == FK_OK, "%s: %s: %s", fk_claims[_i]->name,
                          s->formula, message.text);
            free(text);
        }
    }
}
END_TEST

/* Rows that cannot tell say so, and random ones are judged together. */
START_TEST(rows_become_words)
{
    static const struct {
        fk_evidence e;
        fk_finding_word word;
    } row[] = {
        {{.left = 1.0, .right = 1.0 + 1e-12, .quadrature = 1e-11}, FK_HOLDS},
        {{.left = 1.0, .right = 1.1, .quadrature = 1e-3}, FK_FAILS},
        {{.left = 1.0, .right = 1.05, .discretisation = 0.5}, FK_UNDECIDED},
        {{.left = 1.0, .right = 1.02, .statistical = 0.01}, FK_HOLDS},
        {{.left = 1.0, .right = 1.2, .statistical = 0.01}, FK_FAILS},
        {{.left = 1.0, .right = 1.2, .statistical = 0.2}, FK_UNDECIDED},
        {{.relation = FK_AT_MOST, .left = 1.0, .right = 2.0}, FK_HOLDS},
        {{.relation = FK_AT_LEAST, .left = 1.0, .right = 2.0}, FK_FAILS},
        {{.relation = FK_DIFFERENT, .left = 1.0, .right = 2.0, .quadrature = 0.1},
         FK_HOLDS},
        {{.relation = FK_DIFFERENT, .left = 1.0, .right = 1.0, .quadrature = 1e-9},
         FK_FAILS},
        {{.left = NAN, .right = 1.0}, FK_UNDECIDED},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        fk_trial *t;
        ck_assert_int_eq(fk_trial_new(fk_claims[0], true, &t), FK_OK);
        fk_trial_add(t, row[i].e, "row");
        fk_trial_judge(t);
        ck_assert_msg(t->word == row[i].word, "row %zu: %s", i,
                      fk_finding_word_text(t->word));
        free(t);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("claims");
    TCase *t = tcase_create("claims");
    const int n = (int)claims();
    tcase_add_loop_test(t, a_claim_holds_and_each_break_is_seen, 0, n);
    tcase_add_loop_test(t, formulas_can_be_typeset, 0, n);
    tcase_add_test(t, rows_become_words);
    suite_add_tcase(suite, t);
    return run_suite(suite);
}
