/* Stationary variances of schemes in harmonic wells, in closed form.  A step there is
 * linear, X+ = A X + B z: unit vectors for X and z show A and B, and the variance is the
 * solution of S = A S A^T + B B^T.  No sampling. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sampling/scheme.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

enum { MOST = 2 };

typedef struct linear_step {
    size_t dim, draws;
    double A[MOST][MOST], B[MOST][MOST];
} linear_step;

/* Lane k < dim starts at the unit vector k without noise, lane dim + k at zero with the
 * unit draw k. */
static linear_step step_of(const char *name, const fk_sde *sde, double h)
{
    const fk_scheme *scheme = fk_scheme_find(name);
    fk_stepper *s;
    ck_assert_int_eq(scheme->prepare(sde, &s, NULL), FK_OK);
    linear_step l = {.dim = sde->dim};
    l.draws = scheme->draws != NULL ? scheme->draws(s) : sde->noises;
    ck_assert(l.dim <= MOST && l.draws <= MOST);
    double *x = fk_doubles(MOST * FK_BLOCK), *z = fk_doubles(MOST * FK_BLOCK);
    double *scratch = fk_doubles(scheme->scratch(s) + 1);
    for (size_t k = 0; k < l.dim; k++)
        x[k * FK_BLOCK + k] = 1.0;
    for (size_t k = 0; k < l.draws; k++)
        z[k * FK_BLOCK + l.dim + k] = 1.0;
    scheme->step(s, 0.0, h, z, (double *const[]){x, x + FK_BLOCK}, scratch);
    for (size_t i = 0; i < l.dim; i++) {
        for (size_t k = 0; k < l.dim; k++)
            l.A[i][k] = x[i * FK_BLOCK + k];
        for (size_t k = 0; k < l.draws; k++)
            l.B[i][k] = x[i * FK_BLOCK + l.dim + k];
    }
    free(x);
    free(z);
    free(scratch);
    scheme->release(s);
    return l;
}

/* S by sweeps until they change nothing. */
static void stationary(const linear_step *l, double S[MOST][MOST])
{
    for (int sweep = 0; sweep < 4000; sweep++) {
        double next[MOST][MOST] = {{0.0}};
        for (size_t i = 0; i < l->dim; i++)
            for (size_t j = 0; j < l->dim; j++) {
                for (size_t k = 0; k < l->draws; k++)
                    next[i][j] += l->B[i][k] * l->B[j][k];
                for (size_t p = 0; p < l->dim; p++)
                    for (size_t q = 0; q < l->dim; q++)
                        next[i][j] += l->A[i][p] * S[p][q] * l->A[j][q];
            }
        for (size_t i = 0; i < l->dim; i++)
            for (size_t j = 0; j < l->dim; j++)
                S[i][j] = next[i][j];
    }
}

static const double steps[] = {0.1, 0.5, 1.0};

/* dX = -X dt + sqrt(2) dW, whose variance is 1. */
START_TEST(overdamped)
{
    const double h = steps[_i];
    const struct {
        const char *name;
        double variance;
    } known[] = {{"euler-maruyama", 1.0 / (1.0 - h / 2.0)},
                 {"implicit-euler", 1.0 / (1.0 + h / 2.0)},
                 {"trapezoidal", 1.0},
                 {"exact-linear", 1.0},
                 {"ou-splitting", 1.0}};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const linear_step l = step_of(known[k].name, sde, h);
        double S[MOST][MOST] = {{0.0}};
        stationary(&l, S);
        ck_assert_double_eq_tol(S[0][0], known[k].variance, 1e-12);
    }
    sde_text_free(sde);
}
END_TEST

/* dq = v dt, dv = -w^2 q dt - 0.8 v dt + sqrt(1.6) dW: BAOAB keeps <q^2> = 1 / w^2, and on
 * its steps <v^2> is 1 - h^2 w^2 / 4.  [leimkuhler-matthews-2013] */
START_TEST(langevin)
{
    const double h = steps[_i], w2 = 1.7;
    fk_sde *sde = sde_text(FK_ITO, 2, 1, "q; v", "v; -1.7*q - 0.8*v", "0; sqrt(1.6)");
    const linear_step l = step_of("baoab", sde, h);
    double S[MOST][MOST] = {{0.0}};
    stationary(&l, S);
    ck_assert_double_eq_tol(S[0][0], 1.0 / w2, 1e-12);
    ck_assert_double_eq_tol(S[1][1], 1.0 - h * h * w2 / 4.0, 1e-12);
    ck_assert_double_eq_tol(S[0][1], 0.0, 1e-12);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    const int n = sizeof steps / sizeof *steps;
    Suite *suite = suite_create("stationary_bias");
    TCase *cases = tcase_create("harmonic");
    tcase_add_loop_test(cases, overdamped, 0, n);
    tcase_add_loop_test(cases, langevin, 0, n);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
