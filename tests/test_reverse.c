/* Sampling backwards.  For Gaussian laws the score is linear, so that the law of the
 * sampler itself - steps, times, lambda and all - is a Gaussian known by recursion. */
#include "tests/reverse_fixture.h"

static moments run_gaussian(double lambda, size_t n, uint64_t seed, gauss *expected)
{
    enum { N = 100000 };
    fk_sde *sde = variance_preserving();
    fk_law *law = normal_law_1d(data.mean, data.var);
    double *t = times(0.0, 1.0, n);
    const gauss last = at_time(data, 1.0);
    fk_law *start = normal_law_1d(last.mean, last.var);
    fk_score *score = exact_score(sde, law, n + 1, t);
    const fk_reverse_options o = {.count = N, .seed = seed, .start = start};
    fk_reverse_result r = sample(sde, score, lambda, &o);
    ck_assert_uint_eq(r.evaluations, (lambda > 0.0 ? 1 : 2) * n);
    const moments m = moments_of(r.x, N, 1);
    *expected = sampler_law(data, last, lambda, n, 1, t);
    fk_reverse_result_free(&r);
    fk_score_free(score);
    fk_law_free(start);
    fk_law_free(law);
    free(t);
    sde_text_free(sde);
    return m;
}

/* The whole family returns to the law it came from: to the sampler's own law within
 * sampling error, and that is the data's within the error of its steps. */
START_TEST(every_member_of_the_family_returns_the_data)
{
    const double lambda[] = {0.0, 0.5, 1.0, 1.5};
    for (size_t k = 0; k < 4; k++) {
        gauss expected;
        const moments m = run_gaussian(lambda[k], 150, 61 + k, &expected);
        assert_moments(m, expected.mean, expected.var);
        ck_assert_double_eq_tol(expected.mean, data.mean, 0.02);
        ck_assert_double_eq_tol(expected.var, data.var, 0.02);
    }
}
END_TEST

/* Few steps, where the schemes' errors are plain: Euler-Maruyama and Heun, not less. */
START_TEST(coarse_steps_err_as_their_scheme_does)
{
    gauss expected;
    moments m = run_gaussian(1.0, 16, 65, &expected);
    assert_moments(m, expected.mean, expected.var);
    ck_assert_double_gt(fabs(expected.var - data.var), 20.0 * m.var_error);
    m = run_gaussian(0.0, 5, 66, &expected);
    assert_moments(m, expected.mean, expected.var);
    ck_assert_double_gt(fabs(expected.mean - data.mean), 10.0 * m.mean_error);
}
END_TEST

/* A mixture, where nothing is linear: chi-square against the exact law at t = 0.02, the
 * error of the steps being below the noise. */
START_TEST(mixture_is_returned)
{
    enum { N = 20000, STEPS = 400, CELLS = 60 };
    const double weight[] = {0.3, 0.7}, mean[] = {-1.5, 1.0}, sd[] = {0.3, 0.5};
    const double first = 0.02, lambda[] = {0.0, 1.0};
    fk_sde *sde = variance_preserving();
    fk_mixture *m, *end;
    fk_law *law, *start;
    ck_assert(fk_mixture_new(1, 2, &m) == FK_OK && fk_mixture_new(1, 2, &end) == FK_OK);
    for (size_t k = 0; k < 2; k++) {
        const gauss p = at_time((gauss){mean[k], sd[k] * sd[k]}, 0.5);
        m->weight[k] = end->weight[k] = weight[k];
        m->mean[k] = mean[k], m->cov[k] = sd[k] * sd[k];
        end->mean[k] = p.mean, end->cov[k] = p.var;
    }
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    ck_assert(fk_law_mixture_new(end, &start) == FK_OK);
    double *t = times(first, 0.5, STEPS), mass[CELLS + 1];
    fk_score *score = exact_score(sde, law, STEPS + 1, t);
    const fk_domain d = line(-3.0, 3.0, CELLS, FK_OPEN);
    double inside = 0.0;
    for (size_t c = 0; c < CELLS; c++) {
        mass[c] = 0.0;
        for (size_t k = 0; k < 2; k++) {
            const gauss p = at_time((gauss){mean[k], sd[k] * sd[k]}, first);
            mass[c] += weight[k] * normal_mass(fk_axis_edge(&d.grid.axis[0], c),
                                               fk_axis_edge(&d.grid.axis[0], c + 1),
                                               p.mean, sqrt(p.var));
        }
        inside += mass[c];
    }
    mass[CELLS] = 1.0 - inside;
    for (size_t k = 0; k < 2; k++) {
        const size_t frame[] = {0};
        const fk_reverse_options o = {.count = N,
                                      .seed = 67,
                                      .start = start,
                                      .histogram = &d.grid,
                                      .n_frames = 1,
                                      .frame = frame};
        fk_reverse_result r = sample(sde, score, lambda[k], &o);
        ck_assert_double_gt(p_value(&d.grid, r.frames, mass), least_p_value);
        fk_reverse_result_free(&r);
    }
    fk_score_free(score);
    fk_law_free(start);
    fk_law_free(law);
    fk_mixture_free(m);
    fk_mixture_free(end);
    free(t);
    sde_text_free(sde);
}
END_TEST

/* Same marginals, other paths.  On stationary dX = -X dt + sqrt(2) dW the flow stands
 * still and the others forget: correlation (1 - lambda^2 dr)^n of both ends. */
START_TEST(paths_forget_at_the_rate_of_their_noise)
{
    enum { N = 50000, STEPS = 50 };
    const double lambda[] = {0.0, 0.5, 1.0, 1.5};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_law *law = normal_law_1d(0.0, 1.0);
    double t[STEPS + 1];
    for (size_t k = 0; k <= STEPS; k++)
        t[k] = 0.02 * (double)k;
    fk_score *score = exact_score(sde, law, STEPS + 1, t);
    const fk_domain d = line(-1.0, 1.0, 4, FK_OPEN);
    const size_t frame[] = {0, STEPS};
    for (size_t k = 0; k < 4; k++) {
        const fk_reverse_options o = {.count = N,
                                      .seed = 68,
                                      .start = law,
                                      .histogram = &d.grid,
                                      .n_frames = 2,
                                      .frame = frame,
                                      .followed = N};
        fk_reverse_result r = sample(sde, score, lambda[k], &o);
        const double *first = r.followed, *last = r.followed + N;
        double sum = 0.0;
        for (size_t i = 0; i < N; i++)
            sum += first[i] * last[i] / N;
        const double c = pow(1.0 - lambda[k] * lambda[k] * 0.02, STEPS);
        assert_sigmas(sum, c, sqrt(2.0 / N));
        for (size_t i = 0; k == 0 && i < N; i++)
            ck_assert_double_eq_tol(first[i], last[i], 1e-10);
        fk_reverse_result_free(&r);
    }
    fk_score_free(score);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* f = 0 and a score that does not pull (of a law that is very wide): dX = dW, the same
 * variance around both points of the start. */
START_TEST(noise_is_independent_of_the_start)
{
    enum { N = 40000 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *wide = normal_law_1d(0.0, 1e12), *law = two_points();
    fk_score *score = exact_score(sde, wide, 2, (double[]){0.0, 1.0});
    const fk_reverse_options o = {.count = N, .seed = 74, .start = law};
    fk_reverse_result r = sample(sde, score, 1.0, &o);
    double square[2] = {0.0}, n[2] = {0.0};
    for (size_t i = 0; i < N; i++) {
        square[r.x[i] > 0.0] += pow(fabs(r.x[i]) - 10.0, 2.0);
        n[r.x[i] > 0.0] += 1.0;
    }
    for (size_t k = 0; k < 2; k++)
        assert_sigmas(square[k] / n[k], 1.0, sqrt(2.0 / n[k]));
    fk_reverse_result_free(&r);
    fk_score_free(score);
    fk_law_free(wide);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* ---- the plane: correlated noise, full tensors ---- */

static const double A[2][2] = {{-1.0, -1.2}, {0.8, -0.5}};

static const double G[2][3] = {{0.9, 0.0, 0.4}, {0.3, 0.7, 0.0}};

static fk_sde *plane(void)
{
    return sde_text(FK_ITO, 2, 3, "x; y", "-x - 1.2*y; 0.8*x - 0.5*y",
                    "0.9; 0; 0.4; 0.3; 0.7; 0");
}

static double diffusion(size_t i, size_t j)
{
    double a = 0.0;
    for (size_t q = 0; q < 3; q++)
        a += 0.5 * G[i][q] * G[j][q];
    return a;
}

/* Mean and covariance of Euler-Maruyama back along t, with s = -S^-1 (x - m). */
static void plane_law(const fk_sde *sde, const fk_mixture *m0, double lambda, size_t n,
                      const double *t, double mean[2], double cov[2][2])
{
    const double factor = 1.0 + lambda * lambda;
    for (size_t k = n; k > 0; k--) {
        fk_mixture *p;
        ck_assert(fk_linear_propagate(sde, 0.0, m0, t[k], &p) == FK_OK);
        const double dr = t[k] - t[k - 1], *S = p->cov;
        const double det = S[0] * S[3] - S[1] * S[2];
        const double inverse[2][2] = {{S[3] / det, -S[1] / det},
                                      {-S[2] / det, S[0] / det}};
        double M[2][2], c[2] = {0.0, 0.0}, old[2] = {mean[0], mean[1]}, T[2][2];
        memcpy(T, cov, sizeof T);
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 2; j++) {
                double pull = 0.0;
                for (size_t q = 0; q < 2; q++)
                    pull += factor * diffusion(i, q) * inverse[q][j];
                M[i][j] = (i == j ? 1.0 : 0.0) - dr * (A[i][j] + pull);
                c[i] += dr * pull * p->mean[j];
            }
        for (size_t i = 0; i < 2; i++) {
            mean[i] = M[i][0] * old[0] + M[i][1] * old[1] + c[i];
            for (size_t j = 0; j < 2; j++) {
                cov[i][j] = 2.0 * lambda * lambda * dr * diffusion(i, j);
                for (size_t q = 0; q < 4; q++)
                    cov[i][j] += M[i][q / 2] * T[q / 2][q % 2] * M[j][q % 2];
            }
        }
        fk_mixture_free(p);
    }
}

START_TEST(plane_with_correlated_noise)
{
    enum { N = 100000, STEPS = 40 };
    const double lambda = 0.8;
    double t[STEPS + 1];
    for (size_t k = 0; k <= STEPS; k++)
        t[k] = 0.025 * (double)k;
    fk_sde *sde = plane();
    fk_law *law = normal_law(2, (double[]){1.0, -0.5}, (double[]){0.3, 0.1}), *start;
    fk_mixture *last;
    ck_assert(fk_linear_propagate(sde, 0.0, fk_law_mixture(law), 1.0, &last) == FK_OK);
    ck_assert(fk_law_mixture_new(last, &start) == FK_OK);
    fk_score *score = exact_score(sde, law, STEPS + 1, t);
    const fk_reverse_options o = {.count = N, .seed = 69, .start = start};
    fk_reverse_result r = sample(sde, score, lambda, &o);

    double mean[2] = {last->mean[0], last->mean[1]}, cov[2][2], mixed = 0.0;
    memcpy(cov, last->cov, sizeof cov);
    plane_law(sde, fk_law_mixture(law), lambda, STEPS, t, mean, cov);
    for (size_t i = 0; i < 2; i++)
        assert_moments(moments_of(r.x + i, N, 2), mean[i], cov[i][i]);
    for (size_t i = 0; i < N; i++)
        mixed += (r.x[2 * i] - mean[0]) * (r.x[2 * i + 1] - mean[1]) / N;
    assert_sigmas(mixed, cov[0][1],
                  sqrt((cov[0][0] * cov[1][1] + cov[0][1] * cov[0][1]) / N));
    ck_assert_double_eq_tol(mean[0], 1.0, 0.05);
    ck_assert_double_eq_tol(mean[1], -0.5, 0.05);
    ck_assert_double_eq_tol(cov[0][0], 0.3, 0.05);
    ck_assert_double_eq_tol(cov[1][1], 0.1, 0.05);
    ck_assert_double_eq_tol(cov[0][1], 0.0, 0.05);
    fk_reverse_result_free(&r);
    fk_score_free(score);
    fk_law_free(start);
    fk_law_free(law);
    fk_mixture_free(last);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reverse");
    TCase *laws = tcase_create("laws"), *contract = tcase_create("contract");
    tcase_add_test(laws, every_member_of_the_family_returns_the_data);
    tcase_add_test(laws, coarse_steps_err_as_their_scheme_does);
    tcase_add_test(laws, mixture_is_returned);
    tcase_add_test(laws, paths_forget_at_the_rate_of_their_noise);
    tcase_add_test(laws, noise_is_independent_of_the_start);
    tcase_add_test(laws, plane_with_correlated_noise);
    suite_add_tcase(suite, laws);
    suite_add_tcase(suite, contract);
    return run_suite(suite);
}
