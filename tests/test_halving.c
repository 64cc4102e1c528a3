#include "sampling/halving.h"

#include "tests/particle_fixture.h"

static fk_halving *pairs(const fk_sde *sde, const fk_domain *d, const fk_law *law,
                         const fk_ensemble_options *o)
{
    fk_halving *h;
    fk_message message = {""};
    const fk_status status = fk_halving_new(sde, d, law, o, &h, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return h;
}

static void go(fk_halving *h, double t)
{
    fk_message message = {""};
    const fk_status status = fk_halving_advance(h, t, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
}

/* Joint moments of the pair on dX = -X dt + sqrt(2) dW, exactly: coarse X, fine Y,
 *
 *     X+ = (1 - h) X + sqrt(h) (z1 + z2),
 *     Y+ = (1 - h/2)^2 Y + sqrt(h) ((1 - h/2) z1 + z2). */
typedef struct joint {
    double x, y, xx, xy, yy; /* means and covariances */
} joint;

static joint pair_of_ou(double mean, double var, double h, size_t n)
{
    joint j = {mean, mean, var, var, var};
    const double c = 1.0 - h, b = 1.0 - 0.5 * h, f = b * b;
    for (size_t i = 0; i < n; i++)
        j = (joint){c * j.x, f * j.y, c * c * j.xx + 2.0 * h,
                    c * f * j.xy + h * (b + 1.0), f * f * j.yy + h * (b * b + 1.0)};
    return j;
}

typedef struct differences {
    double mean, mean_error, square, square_error;
} differences;

static differences ou_differences(double h, size_t count, double centre, uint64_t seed)
{
    differences d;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_law *law = normal_law_1d(2.0, 0.25);
    const fk_ensemble_options o = euler_options(count, h, seed);
    fk_halving *p = pairs(sde, NULL, law, &o);
    go(p, 1.0);
    fk_halving_moments(p, &centre, &d.mean, &d.mean_error, &d.square, &d.square_error);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
    return d;
}

/* Difference of the means, of the second moments, and the spread of the difference, all
 * from the recursion.  Independent noise would spread it sqrt(X X + Y Y) wide. */
START_TEST(pairs_differ_by_what_the_schemes_differ)
{
    enum { N = 100000 };
    const size_t steps[] = {5, 10, 40};
    double last = 0.0;
    for (size_t k = 0; k < 3; k++) {
        const double h = 1.0 / (double)steps[k], centre = 0.7;
        const differences d = ou_differences(h, N, centre, 31 + k);
        const joint j = pair_of_ou(2.0, 0.25, h, steps[k]);
        const double spread = sqrt(j.xx + j.yy - 2.0 * j.xy);
        assert_sigmas(d.mean, j.x - j.y, d.mean_error);
        assert_sigmas(d.mean_error * sqrt(N), spread, spread / sqrt(2.0 * N));
        assert_sigmas(d.square,
                      j.xx - j.yy + (j.x - centre) * (j.x - centre) -
                          (j.y - centre) * (j.y - centre),
                      d.square_error);
        ck_assert_double_lt(d.mean_error * sqrt(N), 0.75 * h * sqrt(j.xx + j.yy));
        if (k == 1) /* order 1: half the step, about half the difference */
            ck_assert_double_eq_tol(last / d.mean, 2.0, 0.4);
        last = d.mean;
    }
}
END_TEST

/* E |X - Y|^2 = O(h^2 order), measured: order 1 for noise that does not depend on x,
 * 1/2 for noise that does. */
static double strong_difference(const char *noise, double h)
{
    double mean, square, mean_error, square_error, centre = 0.0;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", noise);
    fk_law *law = normal_law_1d(1.0, 0.0);
    const fk_ensemble_options o = euler_options(20000, h, 35);
    fk_halving *p = pairs(sde, NULL, law, &o);
    go(p, 1.0);
    fk_halving_moments(p, &centre, &mean, &mean_error, &square, &square_error);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
    return sqrt(mean_error * mean_error * 20000.0 + mean * mean);
}

START_TEST(strong_order_is_the_declared_one)
{
    const double additive = log2(strong_difference("0.5", 1.0 / 32.0) /
                                 strong_difference("0.5", 1.0 / 64.0));
    const double multiplied = log2(strong_difference("0.5*x", 1.0 / 32.0) /
                                   strong_difference("0.5*x", 1.0 / 64.0));
    ck_assert_double_eq_tol(additive, 1.0, 0.1);
    ck_assert_double_eq_tol(multiplied, fk_scheme_find("euler-maruyama")->strong_order,
                            0.15);
}
END_TEST

/* dX = 0.8 dW: both members are the same Brownian path. */
START_TEST(noise_is_common)
{
    double mean[2], square[2], mean_error[2], square_error[2];
    fk_sde *sde = sde_text(FK_ITO, 2, 3, "x; y", "0; 0", "0.8; 0.1; 0; 0; -0.3; 0.5");
    fk_law *law = normal_law(2, (double[]){0.0, 1.0}, (double[]){1.0, 0.5});
    const fk_ensemble_options o = euler_options(5000, 0.1, 36);
    const fk_domain d =
        box(2, (double[]){-1.0, -1.0}, (double[]){1.0, 1.0}, (size_t[]){4, 4}, FK_OPEN);
    fk_halving *p = pairs(sde, &d, law, &o);
    go(p, 2.0);
    fk_halving_moments(p, (double[]){0.0, 0.0}, mean, mean_error, square, square_error);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_double_lt(fabs(mean[i]), 1e-15);
        ck_assert_double_lt(mean_error[i], 1e-15);
        ck_assert_double_lt(fabs(square[i]), 1e-14);
    }
    uint64_t coarse[17] = {0}, fine[17] = {0}, moved[17] = {0};
    fk_halving_tally(p, &d.grid, coarse, fine, moved);
    ck_assert_mem_eq(coarse, fine, sizeof coarse);
    for (size_t c = 0; c < 17; c++)
        ck_assert_uint_eq(moved[c], 0);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Each member has its own law exactly, start and noise independent: the counts of the
 * coarse one are those of step h, of the fine one of h / 2. */
START_TEST(members_have_the_laws_of_their_steps)
{
    const double h = 0.2;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    fk_law *law = normal_law_1d(2.0, 0.25);
    const fk_domain d = line(-2.5, 3.5, 50, FK_OPEN);
    const fk_ensemble_options o = euler_options(100000, h, 37);
    fk_halving *p = pairs(sde, &d, law, &o);
    go(p, 1.0);
    uint64_t count[2][51] = {{0}}, moved[51] = {0};
    fk_halving_tally(p, &d.grid, count[0], count[1], moved);
    const joint j = pair_of_ou(2.0, 0.25, h, 5);
    const double mean[2] = {j.x, j.y}, sd[2] = {sqrt(j.xx), sqrt(j.yy)};
    for (size_t member = 0; member < 2; member++)
        for (size_t of = 0; of < 2; of++) {
            double mass[51], inside = 0.0;
            for (size_t c = 0; c < 50; c++)
                inside += mass[c] =
                    normal_mass(fk_axis_edge(&d.grid.axis[0], c),
                                fk_axis_edge(&d.grid.axis[0], c + 1), mean[of], sd[of]);
            mass[50] = 1.0 - inside;
            const double value = p_value(&d.grid, count[member], mass);
            if (of == member)
                ck_assert_double_gt(value, least_p_value);
            else
                ck_assert_double_lt(value, 1e-12);
        }
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* dX = 2t dt + t dW on n steps h, from t = 1: the fine member looks at the clock at each
 * half step, X - Y = -h/2 T exactly in the mean. */
START_TEST(half_steps_have_their_own_time)
{
    enum { N = 20000 };
    const size_t steps[] = {4, 512};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "2*t", "t");
    fk_law *law = normal_law_1d(0.0, 0.0);
    for (size_t k = 0; k < 2; k++) {
        double mean, square, mean_error, square_error, centre = 3.0;
        const double h = 1.0 / (double)steps[k];
        fk_ensemble_options o = euler_options(N, h, 34);
        o.start = 1.0;
        fk_halving *p = pairs(sde, NULL, law, &o);
        go(p, 1.5);
        go(p, 2.0);
        fk_halving_moments(p, &centre, &mean, &mean_error, &square, &square_error);
        assert_sigmas(mean, -0.5 * h, mean_error);
        /* the difference is h/2 sum of sqrt(h/2) z2 */
        assert_sigmas(mean_error * sqrt(N), 0.5 * h * sqrt(0.5),
                      0.5 * h / sqrt(4.0 * N));
        fk_halving_free(p);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* The same variance around both points of the start. */
START_TEST(noise_is_independent_of_the_start)
{
    enum { N = 20000, BINS = 400 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_law *law = two_points();
    const fk_domain d = line(-20.0, 20.0, BINS, FK_OPEN);
    const fk_ensemble_options o = euler_options(N, 1.0, 41);
    fk_halving *p = pairs(sde, &d, law, &o);
    go(p, 1.0);
    uint64_t coarse[BINS + 1] = {0}, fine[BINS + 1] = {0}, moved[BINS + 1] = {0};
    fk_halving_tally(p, &d.grid, coarse, fine, moved);
    for (size_t side = 0; side < 2; side++) {
        double n = 0.0, square = 0.0;
        for (size_t c = side * BINS / 2; c < (side + 1) * BINS / 2; c++) {
            const double u = fabs(fk_axis_centre(&d.grid.axis[0], c)) - 10.0;
            n += (double)coarse[c];
            square += (double)coarse[c] * u * u;
        }
        assert_sigmas(square / n - 0.01 / 12.0, 1.0, sqrt(2.0 / n));
    }
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

static fk_halving *oscillator(fk_sde **sde, const fk_domain *d, size_t count)
{
    fk_law *law = normal_law(2, (double[]){0.5, 0.0}, (double[]){0.2, 0.3});
    const fk_ensemble_options o = euler_options(count, 0.02, 38);
    *sde = sde_text(FK_ITO, 2, 1, "x; y", "y; (1 - x^2)*y - x + cos(t)",
                    "0.2*y; 0.5 + 0.1*x");
    fk_halving *p = pairs(*sde, d, law, &o);
    fk_law_free(law);
    return p;
}

enum { CELLS = 12 * 12 };

/* Counts [3][CELLS + 1] of the oscillator at t = 1 between faces. */
static void count_oscillator(int threads, const double *pause, uint64_t *count)
{
    memset(count, 0, 3 * (CELLS + 1) * sizeof *count);
    fk_sde *sde;
    fk_domain d = box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0},
                      (size_t[]){12, 12}, FK_REFLECTING);
    d.face[0][1] = FK_ABSORBING;
    d.face[1][1] = FK_OPEN;
    omp_set_num_threads(threads);
    fk_halving *p = oscillator(&sde, &d, 3000);
    for (; *pause < 1.0; pause++)
        go(p, *pause);
    go(p, 1.0);
    fk_halving_tally(p, &d.grid, count, count + CELLS + 1, count + 2 * (CELLS + 1));
    fk_halving_free(p);
    sde_text_free(sde);
}

START_TEST(counts_know_neither_threads_nor_pauses)
{
    static uint64_t one[3 * (CELLS + 1)], other[3 * (CELLS + 1)];
    count_oscillator(1, (double[]){1.0}, one);
    for (int threads = 2; threads <= 3; threads++) {
        count_oscillator(threads, (double[]){1.0}, other);
        ck_assert_mem_eq(one, other, sizeof one);
    }
    count_oscillator(2, (double[]){0.02, 0.08, 0.5, 0.98, 1.0}, other);
    ck_assert_mem_eq(one, other, sizeof one);
}
END_TEST

/* Every pair is somewhere; a pair that moved is counted where it was and where it is. */
START_TEST(histograms_account_for_every_pair)
{
    static uint64_t count[3][CELLS + 1];
    uint64_t total[3] = {0};
    count_oscillator(2, (double[]){1.0}, count[0]);
    for (size_t c = 0; c <= CELLS; c++) {
        const uint64_t a = count[0][c], b = count[1][c], m = count[2][c];
        ck_assert(m >= (a > b ? a - b : b - a) && m <= a + b && (m + a + b) % 2 == 0);
        for (size_t k = 0; k < 3; k++)
            total[k] += count[k][c];
    }
    ck_assert_uint_eq(total[0], 3000);
    ck_assert_uint_eq(total[1], 3000);
    ck_assert(total[2] % 2 == 0 && total[2] > 0 && total[2] < 2 * 3000 / 2);
    ck_assert_uint_gt(count[0][CELLS], 0); /* absorbed or outside */
}
END_TEST

/* Moments are of pairs that are both alive; without one they are 0. */
START_TEST(ended_pairs_do_not_count)
{
    double mean, square, mean_error, square_error, centre = 0.0;
    const fk_domain d = line(-1.0, 1.0, 4, FK_ABSORBING);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "40*x", "1");
    fk_law *law = normal_law_1d(0.3, 0.01);
    const fk_ensemble_options o = euler_options(1000, 0.01, 39);
    fk_halving *p = pairs(sde, &d, law, &o);
    go(p, 2.0);
    fk_halving_moments(p, &centre, &mean, &mean_error, &square, &square_error);
    ck_assert(mean == 0.0 && mean_error == 0.0 && square == 0.0 && square_error == 0.0);
    uint64_t coarse[5] = {0}, fine[5] = {0}, moved[5] = {0};
    fk_halving_tally(p, &d.grid, coarse, fine, moved);
    ck_assert_uint_eq(coarse[4], 1000);
    ck_assert_uint_eq(fine[4], 1000);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* X - 1 shrinks by 1 - 4 h = -1 in the coarse member, by (1 - 2 h)^2 = 0 in the fine one:
 * from 0 the one oversteps the face at 1.5 and the other comes to rest at 1.  Turned
 * round, X grows by 1 + h and (1 + h/2)^2: from 0.97 only the fine one is beyond 1.5. */
START_TEST(half_ended_pairs_do_not_count_either)
{
    double mean, square, mean_error, square_error, centre = 0.0;
    for (int turned = 0; turned < 2; turned++) {
        const fk_domain d = line(-2.0, 1.5, 7, FK_ABSORBING);
        fk_sde *sde = turned ? sde_text(FK_ITO, 1, 0, "x", "x", "")
                             : sde_text(FK_ITO, 1, 0, "x", "4 - 4*x", "");
        fk_law *law = normal_law_1d(turned ? 0.97 : 0.0, 0.0);
        const fk_ensemble_options o = euler_options(100, 0.5, 42);
        fk_halving *p = pairs(sde, &d, law, &o);
        go(p, 0.5);
        uint64_t coarse[8] = {0}, fine[8] = {0}, moved[8] = {0};
        fk_halving_tally(p, &d.grid, coarse, fine, moved);
        ck_assert_uint_eq(coarse[7], turned ? 0 : 100);
        ck_assert_uint_eq(fine[7], turned ? 100 : 0);
        fk_halving_moments(p, &centre, &mean, &mean_error, &square, &square_error);
        ck_assert(mean == 0.0 && mean_error == 0.0 && square == 0.0 &&
                  square_error == 0.0);
        fk_halving_free(p);
        fk_law_free(law);
        sde_text_free(sde);
    }
}
END_TEST

/* A pair of which one member is lost is lost: the rest counts it with either step. */
START_TEST(explosions_are_counted)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x^3", "0.1");
    fk_law *law = normal_law_1d(0.0, 0.36);
    const fk_ensemble_options o = euler_options(1000, 0.25, 40);
    fk_halving *p = pairs(sde, NULL, law, &o);
    go(p, 10.0);
    const uint64_t lost = fk_halving_losses(p)->count;
    ck_assert(lost > 50 && lost < 1000);
    fk_grid g = {.dim = 1, .axis = {{-1e300, 1e300, 2}}};
    uint64_t coarse[3] = {0}, fine[3] = {0}, moved[3] = {0};
    fk_halving_tally(p, &g, coarse, fine, moved);
    ck_assert_uint_eq(coarse[2], lost);
    ck_assert_uint_eq(fine[2], lost);
    ck_assert_uint_eq(moved[2], 0);
    fk_halving_free(p);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("halving");
    TCase *cases = tcase_create("halving");
    tcase_add_test(cases, pairs_differ_by_what_the_schemes_differ);
    tcase_add_test(cases, strong_order_is_the_declared_one);
    tcase_add_test(cases, noise_is_common);
    tcase_add_test(cases, members_have_the_laws_of_their_steps);
    tcase_add_test(cases, half_steps_have_their_own_time);
    tcase_add_test(cases, noise_is_independent_of_the_start);
    tcase_add_test(cases, half_ended_pairs_do_not_count_either);
    tcase_add_test(cases, counts_know_neither_threads_nor_pauses);
    tcase_add_test(cases, histograms_account_for_every_pair);
    tcase_add_test(cases, ended_pairs_do_not_count);
    tcase_add_test(cases, explosions_are_counted);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
