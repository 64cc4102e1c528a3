/* Scores of Gaussian mixtures. */
#include <check.h>
#include <gsl/gsl_integration.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mixture_fixture.h"

/* ---- scores ---- */

typedef struct point_score {
    double log_p, s[8];
} point_score;

/* At one point, put into lane `lane` among points elsewhere. */
static point_score score_at(const fk_mixture *m, const double *at, size_t lane)
{
    const size_t d = m->dim;
    fk_mixture_score *s;
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_OK);
    double *rows = fk_doubles((2 * d + 1) * FK_BLOCK + fk_mixture_score_scratch(s));
    double *x[8], *score[8], *log_p = rows + 2 * d * FK_BLOCK;
    for (size_t i = 0; i < d; i++) {
        x[i] = rows + i * FK_BLOCK;
        score[i] = rows + (d + i) * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = j == lane ? at[i] : sin((double)(j + 3 * i));
    }
    fk_mixture_score_eval(s, (const double *const *)x, score, log_p, log_p + FK_BLOCK);
    point_score found = {.log_p = log_p[lane]};
    for (size_t i = 0; i < d; i++)
        found.s[i] = score[i][lane];
    free(rows);
    fk_mixture_score_free(s);
    return found;
}

/* p and s at x = -1, 0, 2, computed elsewhere with the printed digits. */
START_TEST(scores_on_the_line_are_the_known_ones)
{
    static const double time[] = {0.0, 0.1, 0.25, 0.5}, x[] = {-1.0, 0.0, 2.0};
    static const double known[4][3][2] = {
        {{.0996645011, -5.5300720559}, {.0755888398, 3.9995935176}, {.0755873531, -4}},
        {{.1742257311, -2.2073096230},
         {.1254718635, 2.7890040491},
         {.0898006889, -3.2132872181}},
        {{.1953103724, .3137438298},
         {.2865204394, .5799526353},
         {.0937282133, -2.1026268467}},
        {{.2240886110, 1.0198262477},
         {.3889588205, .0802662994},
         {.0651566029, -1.8904624298}},
    };
    for (size_t t = 0; t < 4; t++) {
        fk_mixture *m = two_on_a_line(time[t]);
        for (size_t i = 0; i < 3; i++) {
            const point_score found = score_at(m, &x[i], 85 * i);
            ck_assert_double_eq_tol(exp(found.log_p), known[t][i][0], 6e-11);
            ck_assert_double_eq_tol(found.s[0], known[t][i][1], 6e-11);
        }
        fk_mixture_free(m);
    }
}
END_TEST

START_TEST(scores_in_the_plane_are_the_known_ones)
{
    static const double time[] = {0.0, 0.1, 0.25};
    static const double x[3][2] = {{0.0, 0.0}, {-1.0, 0.5}, {1.0, -1.0}};
    static const double known[3][3][3] = {
        {{.0023134052, .4179224580, -5.4345932084},
         {.0720810696, -1.4285573661, -4.2857284222},
         {.3138956299, -.6665683555, .0002098492}},
        {{.0186143680, .6336716569, -2.3580671240},
         {.0766584279, -1.1125161553, -2.3280267573},
         {.2084225270, -.6496721512, .2571228839}},
        {{.1077469300, .3748318414, -.1963313674},
         {.0658757198, .3178671823, -.8737746857},
         {.0940507286, -.6632824282, .6643600737}},
    };
    for (size_t t = 0; t < 3; t++) {
        fk_mixture *m = three_in_the_plane(time[t]);
        for (size_t i = 0; i < 3; i++) {
            const point_score found = score_at(m, x[i], 255 - i);
            ck_assert_double_eq_tol(exp(found.log_p), known[t][i][0], 6e-11);
            ck_assert_double_eq_tol(found.s[0], known[t][i][1], 6e-11);
            ck_assert_double_eq_tol(found.s[1], known[t][i][2], 6e-11);
        }
        fk_mixture_free(m);
    }
}
END_TEST

/* Three components with full covariances A A^T + 0.3 I. */
static fk_mixture *some_mixture(size_t d)
{
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(d, 3, &m), FK_OK);
    for (size_t k = 0; k < 3; k++) {
        m->weight[k] = (1.0 + (double)k) / 6.0;
        for (size_t i = 0; i < d; i++) {
            m->mean[k * d + i] = 1.7 * sin(2.0 * (double)(k + 5 * i));
            for (size_t j = 0; j < d; j++) {
                double *s = &m->cov[(k * d + i) * d + j];
                *s = i == j ? 0.3 : 0.0;
                for (size_t q = 0; q < d; q++)
                    *s += 0.25 * cos((double)(k + 2 * i + 3 * q)) *
                          cos((double)(k + 2 * j + 3 * q));
            }
        }
    }
    return m;
}

/* s_i = d log p / d x_i by central differences of fourth order, in one to five
 * dimensions, that is by both ways of computing. */
START_TEST(scores_are_gradients_of_log_p)
{
    const double h = 1e-3;
    for (size_t d = 1; d <= 5; d++) {
        fk_mixture *m = some_mixture(d);
        for (size_t trial = 0; trial < 6; trial++) {
            double x[5];
            for (size_t i = 0; i < d; i++)
                x[i] = 2.3 * cos((double)(7 * trial + 3 * i));
            const point_score here = score_at(m, x, 17);
            for (size_t i = 0; i < d; i++) {
                double l[4];
                static const double step[] = {-2.0, -1.0, 1.0, 2.0};
                for (size_t n = 0; n < 4; n++) {
                    double moved[5];
                    memcpy(moved, x, sizeof moved);
                    moved[i] += step[n] * h;
                    l[n] = score_at(m, moved, 40).log_p;
                }
                const double slope =
                    (l[0] - 8.0 * l[1] + 8.0 * l[2] - l[3]) / (12.0 * h);
                ck_assert_double_eq_tol(here.s[i], slope, 1e-8);
            }
        }
        fk_mixture_free(m);
    }
}
END_TEST

/* Far from all means the component that decays slowest rules alone, and the density
 * itself is long below the least double. */
START_TEST(far_tails_belong_to_the_widest_component)
{
    fk_mixture *m = two_on_a_line(0.0);
    for (double x = 40.0; x < 1e9; x *= 13.7)
        for (int sign = -1; sign <= 1; sign += 2) {
            const double at = sign * x, z = (at - 1.0) / 0.5;
            const point_score found = score_at(m, &at, 3);
            const double log_p = log(0.7) - log(0.5 * sqrt(2.0 * M_PI)) - 0.5 * z * z;
            ck_assert_double_eq_tol(found.log_p, log_p, 4e-16 * fabs(log_p));
            ck_assert_double_eq_tol(found.s[0], -z / 0.5, 4e-16 * fabs(z) / 0.5);
        }
    fk_mixture_free(m);
}
END_TEST

START_TEST(scores_are_finite_everywhere_but_for_nan)
{
    for (size_t d = 1; d <= 4; d++) {
        fk_mixture *m = some_mixture(d);
        const double far[] = {1e100, -1e160, 1e250, -1e300};
        for (size_t n = 0; n < 4; n++) {
            const double x[4] = {far[n], 0.3, far[n], -0.1};
            const point_score found = score_at(m, x, 100);
            for (size_t i = 0; i < d; i++)
                ck_assert(isfinite(found.s[i]));
            ck_assert_double_lt(found.s[0] * far[n], 0.0); /* it leads back */
        }
        const point_score lost = score_at(m, (double[]){NAN, 0.0, 0.0, 0.0}, 100);
        ck_assert(isnan(lost.s[0]));
        fk_mixture_free(m);
    }
}
END_TEST

/* The same mixture whose components share one covariance, and with a fourth one of another
 * width that weighs nothing, which has to be done the general way. */
START_TEST(components_alike_have_the_scores_of_the_general_form)
{
    for (size_t d = 1; d <= 3; d++) {
        fk_mixture *alike = some_mixture(d), *general;
        ck_assert_int_eq(fk_mixture_new(d, 4, &general), FK_OK);
        for (size_t k = 1; k < 3; k++)
            memcpy(alike->cov + k * d * d, alike->cov, d * d * sizeof *alike->cov);
        memcpy(general->weight, alike->weight, 3 * sizeof *alike->weight);
        memcpy(general->mean, alike->mean, 3 * d * sizeof *alike->mean);
        memcpy(general->cov, alike->cov, 3 * d * d * sizeof *alike->cov);
        general->weight[3] = 1e-300;
        for (size_t i = 0; i < d; i++)
            general->cov[3 * d * d + i * d + i] = 0.7;
        for (size_t trial = 0; trial < 20; trial++) {
            double x[3];
            for (size_t i = 0; i < d; i++)
                x[i] = 3.0 * cos((double)(7 * trial + 3 * i));
            const point_score one = score_at(alike, x, 31),
                              other = score_at(general, x, 31);
            ck_assert_double_eq_tol(one.log_p, other.log_p, 1e-12);
            for (size_t i = 0; i < d; i++)
                ck_assert_double_eq_tol(one.s[i], other.s[i], 1e-12);
        }
        for (int sign = -1; sign <= 1; sign += 2) {
            const double far[] = {sign * 1e300, 0.3, sign * 1e300};
            const point_score found = score_at(alike, far, 100);
            for (size_t i = 0; i < d; i++)
                ck_assert(isfinite(found.s[i]));
            ck_assert_double_lt(found.s[0] * sign, 0.0);
        }
        ck_assert(isnan(score_at(alike, (double[]){NAN, 0.0, 0.0}, 100).s[0]));
        fk_mixture_free(alike);
        fk_mixture_free(general);
    }
}
END_TEST

START_TEST(a_singular_covariance_has_no_score)
{
    fk_mixture_score *s;
    fk_mixture *m = mixture(2, 2, (double[]){0.5, 0.5}, (double[]){0, 0, 1, 1},
                            (double[]){1, 0, 0, 1, 4, 2, 2, 1});
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_ESINGULAR);
    ck_assert_ptr_null(s);
    m->cov[7] = 1.001;
    ck_assert_int_eq(fk_mixture_score_new(m, &s), FK_OK);
    fk_mixture_score_free(s);
    fk_mixture_score_free(NULL);
    fk_mixture_free(m);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mixture_score");
    TCase *c = tcase_create("mixture_score");
    tcase_add_test(c, scores_on_the_line_are_the_known_ones);
    tcase_add_test(c, scores_in_the_plane_are_the_known_ones);
    tcase_add_test(c, scores_are_gradients_of_log_p);
    tcase_add_test(c, far_tails_belong_to_the_widest_component);
    tcase_add_test(c, components_alike_have_the_scores_of_the_general_form);
    tcase_add_test(c, scores_are_finite_everywhere_but_for_nan);
    tcase_add_test(c, a_singular_covariance_has_no_score);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
