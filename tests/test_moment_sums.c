/* Moments and quantiles of an ensemble in parts: those of the whole, against the plain
 * formulas over all states, and against the law. */
#include "sampling/moment_sums.h"

#include "sampling/quantiles.h"
#include "tests/particle_fixture.h"
#include "tests/suite.h"
#include "tests/uniformity.h"

enum { N = 40000, DIM = 2, CHUNK = 16384 };

/* Skewed and correlated: x = W^2-like, y = x + noise, after a few steps far from 0. */
static fk_ensemble *part(const fk_sde *sde, const fk_law *law, size_t first, size_t n)
{
    fk_ensemble_options o = euler_options(n, 0.1, 4);
    o.first = first;
    fk_ensemble *e = ensemble(sde, NULL, law, &o);
    advance(e, 1.0);
    return e;
}

typedef struct sample {
    fk_sde *sde;
    fk_law *law;
    fk_moment_sums *sums;
    fk_quantiles *quantiles;
    double *x; /* [N][DIM] */
} sample;

static sample in_parts(size_t chunk)
{
    sample s;
    s.sde = sde_text(FK_ITO, 2, 2, "x; y", "x; -y", "0.5*x; 0; 0.3*x; 1");
    s.law = normal_law(2, (double[]){1000.0, -3.0}, (double[]){100.0, 0.5});
    s.x = fk_doubles(N * DIM);
    ck_assert_int_eq(fk_moment_sums_new(DIM, &s.sums), FK_OK);
    ck_assert_int_eq(fk_quantiles_new(DIM, &s.quantiles), FK_OK);
    for (size_t first = 0; first < N; first += chunk) {
        const size_t n = first + chunk < N ? chunk : N - first;
        fk_ensemble *e = part(s.sde, s.law, first, n);
        ck_assert_int_eq(fk_moment_sums_add(s.sums, e), FK_OK);
        ck_assert_int_eq(fk_quantiles_add(s.quantiles, e), FK_OK);
        fk_ensemble_states(e, 0, n, s.x + first * DIM);
        fk_ensemble_free(e);
    }
    return s;
}

static void end(sample *s)
{
    fk_moment_sums_free(s->sums);
    fk_quantiles_free(s->quantiles);
    free(s->x);
    fk_law_free(s->law);
    sde_text_free(s->sde);
}

START_TEST(sums_are_the_formulas)
{
    sample s = in_parts(_i == 0 ? N : CHUNK);
    double mean[DIM], error[DIM], cov[DIM * DIM], cov_error[DIM * DIM], m[DIM] = {0.0};
    ck_assert_uint_eq(fk_moment_sums_read(s.sums, mean, error, cov, cov_error), N);
    for (size_t p = 0; p < N; p++)
        for (size_t i = 0; i < DIM; i++)
            m[i] += s.x[DIM * p + i] / N;
    for (size_t e = 0; e < DIM * DIM; e++) {
        const size_t i = e / DIM, k = e % DIM;
        double c = 0.0, q = 0.0;
        for (size_t p = 0; p < N; p++) {
            const double u = s.x[DIM * p + i] - m[i], v = s.x[DIM * p + k] - m[k];
            c += u * v / N;
            q += u * u * v * v / N;
        }
        const double size = fabs(c);
        ck_assert_double_eq_tol(cov[e], c * N / (N - 1.0), 1e-9 * size);
        ck_assert_double_eq_tol(cov_error[e], sqrt((q - c * c) / N),
                                1e-8 * sqrt(q / N));
        if (i == k) {
            ck_assert_double_eq_tol(mean[i], m[i], 1e-11 * fabs(m[i]));
            ck_assert_double_eq_tol(error[i], sqrt(cov[e] / N), 1e-9 * sqrt(c / N));
            ck_assert_double_eq_tol(fk_moment_sums_fourth(s.sums, i), q, 1e-8 * q);
        }
    }
    end(&s);
}
END_TEST

/* Ranks differ by less than the particles between two edges, and by far less as the line
 * between them is nearly straight. */
START_TEST(quantiles_are_those_of_the_sorted)
{
    static const double level[] = {0.0, 0.025, 0.25, 0.5, 0.75, 0.975, 1.0};
    sample s = in_parts(CHUNK);
    double *sorted = fk_doubles(N);
    for (size_t i = 0; i < DIM; i++) {
        for (size_t p = 0; p < N; p++)
            sorted[p] = s.x[DIM * p + i];
        qsort(sorted, N, sizeof *sorted, ascending);
        for (size_t k = 1; k < 6; k++) {
            double error;
            const double q = fk_quantiles_read(s.quantiles, i, level[k], &error);
            size_t below = 0;
            while (below < N && sorted[below] < q)
                below++;
            ck_assert_double_eq_tol((double)below, level[k] * N, 30.0);
            /* an interval of two errors holds the law's share that it should */
            size_t inside = 0;
            for (size_t p = 0; p < N; p++)
                inside += fabs(sorted[p] - q) < error;
            ck_assert_double_eq_tol((double)inside,
                                    2.0 * sqrt(N * level[k] * (1.0 - level[k])), 40.0);
        }
    }
    free(sorted);
    end(&s);
}
END_TEST

/* Whole numbers have whole quantiles; few particles their own. */
START_TEST(atoms_stay_atoms)
{
    const double point[] = {1.0, 2.0, 2.0, 5.0};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "0");
    fk_law *law;
    fk_quantiles *q;
    ck_assert_int_eq(fk_law_points_new(1, 4, point, &law), FK_OK);
    ck_assert_int_eq(fk_quantiles_new(1, &q), FK_OK);
    for (size_t first = 0; first < 4 * FK_BLOCK; first += 2 * FK_BLOCK) {
        fk_ensemble *e = part(sde, law, first, 2 * FK_BLOCK);
        ck_assert_int_eq(fk_quantiles_add(q, e), FK_OK);
        fk_ensemble_free(e);
    }
    double error;
    ck_assert_double_eq(fk_quantiles_read(q, 0, 0.1, &error), 1.0);
    ck_assert_double_eq(error, 0.0);
    ck_assert_double_eq(fk_quantiles_read(q, 0, 0.5, &error), 2.0);
    ck_assert_double_eq(fk_quantiles_read(q, 0, 0.9, &error), 5.0);
    fk_quantiles_free(q);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(threads_do_not_matter)
{
    omp_set_num_threads(1);
    sample one = in_parts(CHUNK);
    omp_set_num_threads(3);
    sample three = in_parts(CHUNK);
    double a[2 * DIM * (1 + DIM)], b[2 * DIM * (1 + DIM)], error[2];
    fk_moment_sums_read(one.sums, a, a + 2, a + 4, a + 8);
    fk_moment_sums_read(three.sums, b, b + 2, b + 4, b + 8);
    ck_assert_mem_eq(a, b, sizeof a);
    ck_assert(fk_quantiles_read(one.quantiles, 1, 0.3, &error[0]) ==
              fk_quantiles_read(three.quantiles, 1, 0.3, &error[1]));
    ck_assert(error[0] == error[1]);
    end(&one);
    end(&three);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("moment_sums");
    TCase *cases = tcase_create("sums");
    tcase_add_loop_test(cases, sums_are_the_formulas, 0, 2);
    tcase_add_test(cases, quantiles_are_those_of_the_sorted);
    tcase_add_test(cases, atoms_stay_atoms);
    tcase_add_test(cases, threads_do_not_matter);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
