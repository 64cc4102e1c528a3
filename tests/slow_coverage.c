/* How often the true value lies within one and within 1.96 of the standard errors that
 * `fokker infer` tells: 68.27 and 95 of a hundred if the errors are right.  Hundreds of paths
 * of known SDEs; prints a table and allows 4.5 standard deviations of the counts, and for
 * what is O(1/T) three more of a hundred.  Takes minutes, so it is no part of `make check`;
 * `make slow` runs it. */
#include <stdio.h>

#include "sampling/kramers_moyal.h"
#include "tests/infer_fixture.h"
#include "tests/suite.h"

static path p; /* too large for the stack */

/* Of one quantity. */
typedef struct tally {
    size_t n, within[2];
    double square;
} tally;

static void count(tally *t, double found, double truth, double error)
{
    const double z = fabs(found - truth) / error;
    t->n++;
    t->within[0] += z < 1.0;
    t->within[1] += z < 1.959964;
    t->square += z * z;
}

static void judge(const char *name, const tally *t)
{
    static const double expected[2] = {0.682689, 0.95};
    const double n = (double)t->n;
    printf("%-22s%8zu%10.1f%10.1f%12.2f\n", name, t->n,
           100.0 * (double)t->within[0] / n, 100.0 * (double)t->within[1] / n,
           t->square / n);
    for (size_t k = 0; k < 2; k++) {
        const double q = expected[k], found = (double)t->within[k] / n;
        ck_assert_double_eq_tol(found, q, 4.5 * sqrt(q * (1.0 - q) / n) + 0.03);
    }
}

static void head(const char *what)
{
    printf("\n%s\n%-22s%8s%10s%10s%12s\n", what, "", "cases", "68.3 %", "95 %",
           "mean z^2");
}

START_TEST(likelihood_on_the_line)
{
    enum { PATHS = 500 };
    static const char *const name[] = {"theta", "middle", "sigma"};
    const double truth[] = {theta, middle, sigma};
    tally t[3] = {{0}};
    fk_sde *sde = line_model();
    for (uint64_t k = 0; k < PATHS; k++) {
        draw_line(&p, 1000 + k, 500, 0.3, true);
        const fk_fit fit = fit_all(sde, &p);
        for (size_t i = 0; i < 3; i++)
            count(&t[i], fit.value[i], truth[i], fit.error[i]);
    }
    sde_text_free(sde);
    head("maximum likelihood, one variable, 500 points");
    for (size_t i = 0; i < 3; i++)
        judge(name[i], &t[i]);
}
END_TEST

START_TEST(likelihood_in_the_plane)
{
    enum { PATHS = 200 };
    static const char *const name[] = {"rate", "turn", "left", "right"};
    const double truth[] = {rate, turn, left, right};
    tally t[4] = {{0}};
    fk_sde *sde = plane_model();
    for (uint64_t k = 0; k < PATHS; k++) {
        draw_plane(&p, 2000 + k, 257, 0.2);
        const fk_fit fit = fit_all(sde, &p);
        for (size_t i = 0; i < 4; i++)
            count(&t[i], fit.value[i], truth[i], fit.error[i]);
    }
    sde_text_free(sde);
    head("maximum likelihood, two variables, 257 points");
    for (size_t i = 0; i < 4; i++)
        judge(name[i], &t[i]);
}
END_TEST

START_TEST(increments)
{
    enum { PATHS = 500, BINS = 12 };
    fk_moyal_bin bin[BINS];
    tally drift = {0}, diffusion = {0};
    for (uint64_t k = 0; k < PATHS; k++) {
        draw_line(&p, 3000 + k, 4000, 0.1, true);
        ck_assert_int_eq(
            fk_kramers_moyal(1, p.n, p.t, p.x, 1.0, (const size_t[]){BINS}, bin),
            FK_OK);
        for (const fk_moyal_bin *b = bin; b < bin + BINS; b++) {
            count(&drift, b->drift[0], -theta * (b->x[0] - middle), b->drift_error[0]);
            count(&diffusion, b->diffusion[0], 0.5 * sigma * sigma,
                  b->diffusion_error[0]);
        }
    }
    head("Kramers-Moyal, one variable, 4000 points in 12 bins");
    judge("drift", &drift);
    judge("diffusion", &diffusion);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coverage");
    TCase *cases = tcase_create("coverage");
    tcase_set_timeout(cases, 3600);
    tcase_add_test(cases, increments);
    tcase_add_test(cases, likelihood_on_the_line);
    tcase_add_test(cases, likelihood_in_the_plane);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
