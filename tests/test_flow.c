/* The probability flow is the quantile map in one variable. */
#include "sampling/reverse.h"

#include <math.h>
#include <stdlib.h>

#include "sde/linear.h"
#include "tests/gm_a.h"
#include "tests/suite.h"

/* Exact score of GM-A on n + 1 even times from 0 to end, and the law at the end. */
typedef struct story {
    fk_sde *sde;
    fk_mixture *m0, *m1;
    fk_score *score;
    fk_law *start;
} story;

static story tell(size_t n, double end)
{
    story s = {.sde = vp_linear(), .m0 = gm_a()};
    double *time = calloc(n + 1, sizeof *time);
    for (size_t k = 0; k <= n; k++)
        time[k] = end * (double)k / (double)n;
    ck_assert_int_eq(fk_score_linear_new(s.sde, 0.0, s.m0, n + 1, time, &s.score),
                     FK_OK);
    ck_assert_int_eq(fk_linear_propagate(s.sde, 0.0, s.m0, end, &s.m1), FK_OK);
    ck_assert_int_eq(fk_law_mixture_new(s.m1, &s.start), FK_OK);
    free(time);
    return s;
}

static void forget(story *s)
{
    fk_law_free(s->start);
    fk_score_free(s->score);
    fk_mixture_free(s->m0);
    fk_mixture_free(s->m1);
    sde_text_free(s->sde);
}

static fk_reverse_result sample(const story *s, double lambda,
                                const fk_reverse_options *o)
{
    fk_reverse_result r;
    fk_message message;
    const fk_status status =
        fk_reverse_family(s->sde, s->score, lambda, o, NULL, &r, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return r;
}

/* The flow from t = 0.5 back to 0 takes the end of each known path to its beginning. */
static double quantile_error(size_t n)
{
    const double from[] = {-1.18016063428, -.46029697004, -.35243025229, .96053367422};
    const double to[] = {-1.6, -.5, .2, 1.3};
    story s = tell(n, 0.5);
    double worst = 0.0;
    for (size_t i = 0; i < 4; i++) {
        fk_law *point = NULL;
        ck_assert_int_eq(fk_law_points_new(1, 1, &from[i], &point), FK_OK);
        const fk_reverse_options o = {.count = 1, .start = point};
        fk_reverse_result r = sample(&s, 0.0, &o);
        worst = fmax(worst, fabs(r.x[0] - to[i]));
        fk_reverse_result_free(&r);
        fk_law_free(point);
    }
    forget(&s);
    return worst;
}

START_TEST(flow_is_the_quantile_map)
{
    const double coarse = quantile_error(200), fine = quantile_error(400);
    ck_assert_double_lt(fine, 2e-4);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.25);
}
END_TEST

START_TEST(noise_in_space_is_refused)
{
    story s = tell(10, 1.0);
    fk_sde *uneven = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(1 + x^2)");
    fk_reverse_result r;
    fk_message message = {""};
    const fk_reverse_options o = {.count = 1, .start = s.start};
    ck_assert_int_eq(fk_reverse_family(uneven, s.score, 1.0, &o, NULL, &r, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "depends on the variables"));
    sde_text_free(uneven);
    forget(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("flow");
    TCase *cases = tcase_create("flow");
    tcase_add_test(cases, flow_is_the_quantile_map);
    tcase_add_test(cases, noise_in_space_is_refused);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
