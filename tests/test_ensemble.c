/* Ensembles against the laws of their scheme: moments, orders, histograms, independence. */
#include "tests/ensemble_fixture.h"

static moments ou_at_one(double h, size_t count, uint64_t seed)
{
    fk_sde *sde;
    fk_ensemble *e = ou_ensemble(&sde, NULL, count, h, seed);
    advance(e, 1.0);
    ck_assert_uint_eq(fk_ensemble_steps(e), (uint64_t)lround(1.0 / h));
    const moments m = ensemble_moments(e);
    end(e, sde);
    return m;
}

/* The scheme's own moments at T = 1, known to ten digits: no error but that of the
 * sample. */
START_TEST(ornstein_uhlenbeck_has_the_moments_of_the_scheme)
{
    const gauss tenth = euler_ou(ou_start, 0.1, 10);
    ck_assert_double_eq_tol(tenth.mean, 0.6973568802, 1e-10);
    ck_assert_double_eq_tol(tenth.var, 0.9550503167, 1e-10);
    assert_moments(ou_at_one(0.1, 400000, 1), tenth.mean, tenth.var);
    const gauss hundredth = euler_ou(ou_start, 0.01, 100);
    assert_moments(ou_at_one(0.01, 100000, 2), hundredth.mean, hundredth.var);
}
END_TEST

/* Bias against e^-T m0 and 1 + (v0 - 1) e^-2T: halving the step divides it by what the
 * closed form says, which tends to 2. */
START_TEST(weak_order_is_one)
{
    const double mean = 2.0 * exp(-1.0), var = 1.0 - 0.75 * exp(-2.0);
    const moments coarse = ou_at_one(0.2, 400000, 3), fine = ou_at_one(0.1, 400000, 4);
    const double c[2] = {coarse.mean - mean, coarse.var - var};
    const double f[2] = {fine.mean - mean, fine.var - var};
    const double cs[2] = {coarse.mean_error, coarse.var_error};
    const double fs[2] = {fine.mean_error, fine.var_error};
    const gauss p = euler_ou(ou_start, 0.2, 5), q = euler_ou(ou_start, 0.1, 10);
    const double exact[2] = {log2((p.mean - mean) / (q.mean - mean)),
                             log2((p.var - var) / (q.var - var))};
    for (size_t k = 0; k < 2; k++) {
        const double order = log2(c[k] / f[k]);
        assert_sigmas(order, exact[k], hypot(cs[k] / c[k], fs[k] / f[k]) / log(2.0));
        ck_assert_double_eq_tol(exact[k], fk_scheme_find("euler-maruyama")->weak_order,
                                0.2);
    }
}
END_TEST

/* The whole law, not only its moments. */
START_TEST(histogram_is_a_sample_of_the_scheme)
{
    fk_sde *sde;
    const fk_domain d = line(-3.0, 3.5, 100, FK_OPEN);
    fk_ensemble *e = ou_ensemble(&sde, &d, 200000, 0.1, 5);
    advance(e, 1.0);
    fk_census census;
    uint64_t *count = histogram_of(e, &d.grid, &census);
    const gauss p = euler_ou(ou_start, 0.1, 10);
    double mass[101], inside = 0.0;
    for (size_t c = 0; c < 100; c++)
        inside += mass[c] =
            normal_mass(fk_axis_edge(&d.grid.axis[0], c),
                        fk_axis_edge(&d.grid.axis[0], c + 1), p.mean, sqrt(p.var));
    mass[100] = 1.0 - inside;
    ck_assert_double_gt(p_value(&d.grid, count, mass), least_p_value);
    ck_assert_uint_gt(census.outside, 0);
    free(count);
    end(e, sde);
}
END_TEST

/* dX = 2t dt + t dW from t = 1 to 2 with n steps and one pause: coefficients are taken at
 * the left end of each step. */
static void check_clock(size_t n)
{
    const double h = 1.0 / (double)n;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "2*t", "t");
    fk_law *law = normal_law_1d(-1.0, 0.0);
    fk_ensemble_options o = euler_options(20000, h, 6);
    o.start = 1.0;
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.5);
    advance(e, 2.0);
    double mean = -1.0, var = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double t = 1.0 + h * (double)k;
        mean += 2.0 * t * h;
        var += t * t * h;
    }
    assert_moments(ensemble_moments(e), mean, var);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(time_is_the_left_end_of_a_step)
{
    check_clock(8);
    check_clock(1024); /* a block is left and taken up again within them */
}
END_TEST

/* dX = sqrt(1 + X^2) o_A dW from 0: Ito drift A X, so that E X^2 = q obeys
 * q+ = ((1 + A h)^2 + h) q + h, which tends to (e^((1 + 2 A) t) - 1) / (1 + 2 A). */
static void check_triple(fk_interpretation i, double A, double expected)
{
    const double t = 0.5, h = 1.0 / 128.0;
    fk_sde *sde = sde_text(i, 1, 1, "x", "0", "sqrt(1 + x^2)");
    fk_law *law = normal_law_1d(0.0, 0.0);
    const fk_ensemble_options o = euler_options(100000, h, 7);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, t);

    double q = 0.0;
    for (int k = 0; k < 64; k++)
        q = ((1.0 + A * h) * (1.0 + A * h) + h) * q + h;
    ck_assert_double_eq_tol(expected, expm1((1.0 + 2.0 * A) * t) / (1.0 + 2.0 * A),
                            1e-5);
    ck_assert_double_eq_tol(q, expected, 4.0 * h);
    assert_moments(ensemble_moments(e), 0.0, q);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(interpretations_differ_as_they_should)
{
    check_triple(FK_ITO, 0.0, 0.64872);
    check_triple(FK_STRATONOVICH, 0.5, 0.85914);
    check_triple(FK_HANGGI_KLIMONTOVICH, 1.0, 1.16056);
    check_triple(FK_KINETIC, 1.0, 1.16056);
}
END_TEST

/* Dynkin's formula with the scheme's own generator, phi = x^2, for a drift and a noise
 * that are no polynomials: the sum of phi(X_n+1) - X_n^2 - 2 X f h - f^2 h^2 - g^2 h over
 * the steps has mean 0. */
START_TEST(dynkin_martingale_has_mean_zero)
{
    enum { N = 40000, STEPS = 20 };
    const double h = 0.05;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "sin(3*x) - x", "1 + 0.5*tanh(x)");
    fk_law *law = normal_law_1d(0.4, 0.5);
    const fk_ensemble_options o = euler_options(N, h, 8);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    double *sum = fk_doubles(N), *x = all_states(e, 1);
    for (int k = 1; k <= STEPS; k++) {
        for (size_t i = 0; i < N; i++) {
            const double f = sin(3.0 * x[i]) - x[i], g = 1.0 + 0.5 * tanh(x[i]);
            const double m = x[i] + h * f;
            sum[i] -= m * m + g * g * h;
        }
        advance(e, h * k);
        fk_ensemble_states(e, 0, N, x);
        for (size_t i = 0; i < N; i++)
            sum[i] += x[i] * x[i];
    }
    const moments m = moments_of(sum, N, 1);
    assert_sigmas(m.mean, 0.0, m.mean_error);
    free(sum);
    free(x);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = A X dt + G dW in the plane, with correlated noise of three sources: mean
 * (1 + h A) m and covariance (1 + h A) S (1 + h A)^T + h G G^T. */
START_TEST(plane_has_mean_and_covariance_of_the_scheme)
{
    enum { N = 200000, STEPS = 10 };
    const double h = 0.1, A[2][2] = {{0.9, -0.2}, {0.1, 0.95}}; /* 1 + h A */
    const double G[2][3] = {{1.0, 0.0, 0.3}, {0.6, 0.8, 0.0}};
    fk_sde *sde =
        sde_text(FK_ITO, 2, 3, "x; y", "-x - 2*y; x - y/2", "1; 0; 0.3; 0.6; 0.8; 0");
    fk_law *law = normal_law(2, (double[]){1.0, -2.0}, (double[]){0.04, 0.25});
    const fk_ensemble_options o = euler_options(N, h, 9);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, h * STEPS);

    double m[2] = {1.0, -2.0}, S[2][2] = {{0.04, 0.0}, {0.0, 0.25}};
    for (int k = 0; k < STEPS; k++) {
        const double n[2] = {m[0], m[1]},
                     T[2][2] = {{S[0][0], S[0][1]}, {S[1][0], S[1][1]}};
        for (size_t i = 0; i < 2; i++) {
            m[i] = A[i][0] * n[0] + A[i][1] * n[1];
            for (size_t j = 0; j < 2; j++) {
                S[i][j] = 0.0;
                for (size_t q = 0; q < 3; q++)
                    S[i][j] += h * G[i][q] * G[j][q];
                for (size_t p = 0; p < 2; p++)
                    for (size_t q = 0; q < 2; q++)
                        S[i][j] += A[i][p] * T[p][q] * A[j][q];
            }
        }
    }
    double mean[2], cov[2][2], fourth[2];
    uint64_t alive;
    fk_ensemble_moments(e, mean, &cov[0][0], fourth, &alive);
    ck_assert_uint_eq(alive, N);
    for (size_t i = 0; i < 2; i++) {
        assert_sigmas(mean[i], m[i], sqrt(S[i][i] / N));
        assert_sigmas(fourth[i], 3.0 * S[i][i] * S[i][i],
                      sqrt(96.0 / N) * S[i][i] * S[i][i]);
        for (size_t j = 0; j < 2; j++)
            assert_sigmas(cov[i][j], S[i][j],
                          sqrt((S[i][i] * S[j][j] + S[i][j] * S[i][j]) / N));
    }
    ck_assert_double_eq(cov[0][1], cov[1][0]);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Noise knows nothing of the start: the same variance around both points. */
START_TEST(noise_is_independent_of_the_start)
{
    enum { N = 40000 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *law = two_points();
    const fk_ensemble_options o = euler_options(N, 1.0, 10);
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.0);
    double *x = all_states(e, 1), square[2] = {0.0}, n[2] = {0.0};
    for (size_t i = 0; i < N; i++) {
        square[x[i] > 0.0] += pow(fabs(x[i]) - 10.0, 2.0);
        n[x[i] > 0.0] += 1.0;
    }
    for (size_t k = 0; k < 2; k++)
        assert_sigmas(square[k] / n[k], 1.0, sqrt(2.0 / n[k]));
    free(x);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = dW from N(0, 1), one step h = 1: the variance is 2 only if start and noise are
 * independent, and so are seeds, purposes and particles. */
START_TEST(streams_are_independent)
{
    enum { N = 100000 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *law = normal_law_1d(0.0, 1.0);
    double *x[3];
    for (size_t k = 0; k < 3; k++) {
        fk_ensemble_options o = euler_options(N, 1.0, k == 1 ? 12 : 11);
        o.purpose = k == 2 ? FK_FOR_TEST : FK_FOR_NOISE;
        fk_ensemble *e = ensemble(sde, NULL, law, &o);
        advance(e, 1.0);
        assert_moments(ensemble_moments(e), 0.0, 2.0);
        x[k] = all_states(e, 1);
        fk_ensemble_free(e);
    }
    double seeds = 0.0, purposes = 0.0, neighbours = 0.0;
    for (size_t i = 0; i < N; i++) {
        seeds += x[0][i] * x[1][i] / N;
        purposes += x[0][i] * x[2][i] / N;
        neighbours += x[0][i] * x[0][(i + 1) % N] / N;
    }
    assert_sigmas(seeds, 0.0, 2.0 / sqrt(N));
    assert_sigmas(purposes, 1.0, sqrt(5.0 / N)); /* the same starts */
    assert_sigmas(neighbours, 0.0, 2.0 / sqrt(N));
    for (size_t k = 0; k < 3; k++)
        free(x[k]);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ensemble");
    TCase *laws = tcase_create("laws"), *contract = tcase_create("contract");
    tcase_add_test(laws, ornstein_uhlenbeck_has_the_moments_of_the_scheme);
    tcase_add_test(laws, weak_order_is_one);
    tcase_add_test(laws, histogram_is_a_sample_of_the_scheme);
    tcase_add_test(laws, time_is_the_left_end_of_a_step);
    tcase_add_test(laws, interpretations_differ_as_they_should);
    tcase_add_test(laws, dynkin_martingale_has_mean_zero);
    tcase_add_test(laws, plane_has_mean_and_covariance_of_the_scheme);
    tcase_add_test(laws, noise_is_independent_of_the_start);
    tcase_add_test(laws, streams_are_independent);
    suite_add_tcase(suite, laws);
    suite_add_tcase(suite, contract);
    return run_suite(suite);
}
