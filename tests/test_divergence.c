/* The divergence of the probability flow, exact and by probes, in log-densities. */
#include <gsl/gsl_math.h>

#include "tests/likelihood_fixture.h"

/* Drift that turns, noise that is no multiple of 1: tr(a J) is more than the divergence of
 * the score. */
START_TEST(a_matrix_of_noise_has_its_closed_form)
{
    fk_sde *turning =
        sde_text(FK_ITO, 2, 2, "x; y", "-x - 3*y + 1; 3*x - y", "1; 0; 0.5; 1 + t");
    closed_form_is_met(truth_of(turning, three_in_the_plane(0.0), 1.0), 0.01, 1.0);
}
END_TEST

/* ---- noise that depends on the variable ----
 *
 * X = sinh Y of dY = -Y dt + sqrt(2) dW, Y ~ N(m, V): with c = sqrt(1 + x^2),
 *
 *     dX = (X - asinh(X) c) dt + sqrt(2) c dW,     log p = log p_Y(asinh x) - log c,
 *     s = -(y - m)/(V c) - x/c^2,     s' = -1/(V c^2) + (y - m) x/(V c^3) - (1 - x^2)/c^4 */

typedef struct line {
    double mean, variance;
} line;

static line line_at(double t)
{
    return (line){0.7 * exp(-t), 1.0 - 0.8 * exp(-2.0 * t)};
}

static double sinh_log_p(double t, double x)
{
    const line at = line_at(t);
    return -0.5 * gsl_pow_2(asinh(x) - at.mean) / at.variance -
           0.5 * log(2.0 * M_PI * at.variance) - 0.5 * log1p(x * x);
}

static void sinh_eval_log(const fk_score *score, size_t k, const double *const *x,
                          double *const *s, double *log_p, double *scratch)
{
    const line at = line_at(score->time[k]);
    (void)scratch;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double c = hypot(1.0, x[0][j]), y = asinh(x[0][j]);
        s[0][j] = -(y - at.mean) / (at.variance * c) - x[0][j] / (c * c);
        if (log_p != NULL)
            log_p[j] = sinh_log_p(score->time[k], x[0][j]);
    }
}

static void sinh_eval(const fk_score *score, size_t k, const double *const *x,
                      double *const *s, double *scratch)
{
    sinh_eval_log(score, k, x, s, NULL, scratch);
}

static void sinh_along(const fk_score *score, size_t k, const double *const *x,
                       size_t n, const double *v, double *change, double *scratch)
{
    const line at = line_at(score->time[k]);
    (void)scratch;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double c = hypot(1.0, x[0][j]), z = asinh(x[0][j]) - at.mean;
        const double slope = (z * x[0][j] / c - 1.0) / (at.variance * c * c) -
                             (1.0 - gsl_pow_2(x[0][j])) / gsl_pow_4(c);
        for (size_t m = 0; m < n; m++)
            change[m * FK_BLOCK + j] = slope * v[m * FK_BLOCK + j];
    }
}

static size_t no_scratch(const fk_score *score, size_t n)
{
    (void)score, (void)n;
    return 0;
}

static void sinh_free(fk_score *score)
{
    free(score);
}

static fk_status sinh_score(void *context, size_t n, const double *time, fk_score **out,
                            fk_message *message)
{
    double *memory = malloc(sizeof(fk_score) + n * sizeof *time);
    double *table = memory + sizeof(fk_score) / sizeof *memory;
    (void)context, (void)message;
    ck_assert_ptr_nonnull(memory);
    memcpy(table, time, n * sizeof *time);
    *out = (fk_score *)(void *)memory;
    **out = (fk_score){.dim = 1,
                       .n_times = n,
                       .time = table,
                       .eval = sinh_eval,
                       .eval_log = sinh_eval_log,
                       .along = sinh_along,
                       .along_scratch = no_scratch,
                       .free = sinh_free};
    return FK_OK;
}

START_TEST(noise_of_the_variable_has_its_closed_form)
{
    enum { N = 40 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - asinh(x)*sqrt(1 + x^2)",
                           "sqrt(2)*sqrt(1 + x^2)");
    const fk_likelihood_options o = {.sde = sde,
                                     .score = {sinh_score, NULL},
                                     .last = 1.5,
                                     .steps = 8,
                                     .most = 512,
                                     .tolerance = 1e-9};
    double *x = points(N, 1);
    fk_likelihood l = found(&o, N, x);
    ck_assert(l.converged);
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq_tol(l.point[i].total, sinh_log_p(0.0, x[i]), 1e-9);
    fk_likelihood_clear(&l);
    free(x);
    sde_text_free(sde);
}
END_TEST

/* ---- Hutchinson's estimate ---- */

/* Gaussian data C = R diag R^T under the variance-preserving process: B = -int a J dt is
 * R diag(1/2 log((e^tau + c - 1) / c)) R^T, tau = int beta dt. */
static void rotated(double tau, double B[3][3], double C[3][3])
{
    const double c[3] = {0.05, 0.3, 2.0}, u = 0.6, w = 1.1;
    const double R[3][3] = {{cos(u), -sin(u) * cos(w), sin(u) * sin(w)},
                            {sin(u), cos(u) * cos(w), -cos(u) * sin(w)},
                            {0.0, sin(w), cos(w)}};
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++) {
            B[i][j] = C[i][j] = 0.0;
            for (size_t q = 0; q < 3; q++) {
                C[i][j] += R[i][q] * c[q] * R[j][q];
                B[i][j] += R[i][q] * R[j][q] * 0.5 * log((exp(tau) + c[q] - 1) / c[q]);
            }
        }
}

static double variance_of(double B[3][3], bool normal)
{
    double sum = 0.0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            if (normal || i != j)
                sum += 2.0 * B[i][j] * B[i][j];
    return sum;
}

START_TEST(probes_have_the_mean_and_variance_of_theory)
{
    enum { N = 1000, PROBES = 16 };
    const double tau = 0.1 * 0.4 + 9.95 * 0.16;
    double B[3][3], C[3][3], *x = points(N, 3);
    rotated(tau, B, C);
    truth t =
        truth_of(variance_preserving(3),
                 mixture(3, 1, (double[]){1.0}, (double[]){0.4, -0.2, 0.1}, C[0]), 0.4);
    for (int normal = 0; normal < 2; normal++) {
        fk_likelihood_options o = options_of(&t, 0.0, 0.4);
        o.probes = PROBES;
        o.normal = normal != 0;
        fk_likelihood l = found(&o, N, x);
        const double variance = variance_of(B, o.normal);
        double mean = 0.0, square = 0.0, spread = 0.0;
        for (size_t i = 0; i < N; i++) {
            const fk_log_density *p = &l.point[i];
            mean += (p->estimate - p->total) / N;
            square += p->variance / N;
            spread += gsl_pow_2(p->variance) / N;
        }
        const double error = sqrt((spread - square * square) / N);
        printf("# bias %.1e +- %.1e, variance %.4f +- %.1e, theory %.4f\n", mean,
               sqrt(variance / (N * PROBES)), square, error, variance);
        ck_assert_double_le(fabs(mean), 5.0 * sqrt(variance / (N * PROBES)));
        ck_assert_double_eq_tol(square, variance, 5.0 * error);
        fk_likelihood_clear(&l);
    }
    free(x);
    forget(&t);
}
END_TEST

/* In one variable signs are their own square. */
START_TEST(signs_are_exact_in_one_variable)
{
    enum { N = 20 };
    truth t = truth_of(variance_preserving(1), two_on_a_line(0.0), 1.0);
    double *x = points(N, 1);
    fk_likelihood_options o = options_of(&t, 1e-3, 1.0);
    o.probes = 2;
    fk_likelihood l = found(&o, N, x);
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol(l.point[i].estimate, l.point[i].total, 1e-13);
        ck_assert_double_le(l.point[i].variance, 1e-26);
    }
    fk_likelihood_clear(&l);
    free(x);
    forget(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("divergence");
    TCase *tests = tcase_create("divergence");
    tcase_add_test(tests, a_matrix_of_noise_has_its_closed_form);
    tcase_add_test(tests, noise_of_the_variable_has_its_closed_form);
    tcase_add_test(tests, probes_have_the_mean_and_variance_of_theory);
    tcase_add_test(tests, signs_are_exact_in_one_variable);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
