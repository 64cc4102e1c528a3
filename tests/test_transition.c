/* Transition densities against closed ones. */
#include "pde/transition.h"

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "tests/sde_text.h"
#include "tests/suite.h"
#include "tests/turning.h"

enum { MOST = 600 };

static double log_normal_density(double x, double mean, double var)
{
    return -0.5 * ((x - mean) * (x - mean) / var + log(2.0 * M_PI * var));
}

typedef struct sample {
    size_t n;
    fk_pair pair[MOST];
    double exact[MOST], found[MOST], u[2 * MOST];
} sample;

static fk_pair *add(sample *s, double dt, double exact)
{
    ck_assert_uint_lt(s->n, MOST);
    s->pair[s->n] = (fk_pair){.dt = dt};
    s->exact[s->n] = exact;
    return &s->pair[s->n++];
}

static void add1(sample *s, double dt, double x0, double x1, double spread,
                 double exact)
{
    fk_pair *p = add(s, dt, exact);
    p->x0[0] = x0, p->x1[0] = x1;
    p->spread = spread;
    p->reach = 9.0 * spread;
}

/* Largest error of log p. */
static double worst(sample *s, const fk_sde *sde, const fk_transition_options *o)
{
    fk_transitions *t;
    double error = 0.0;
    ck_assert_int_eq(fk_transitions_new(sde->dim, s->n, s->pair, o, &t), FK_OK);
    ck_assert_uint_eq(fk_transitions_count(t), s->n);
    ck_assert_int_eq(fk_transitions_run(t, sde, sde->value, s->found, s->u), FK_OK);
    for (size_t i = 0; i < s->n; i++)
        error = fmax(error, fabs(s->found[i] - s->exact[i]));
    fk_transitions_free(t);
    return error;
}

static double worst1(sample *s, const fk_sde *sde, double structure, double lo,
                     double hi)
{
    return worst(s, sde, &(fk_transition_options){structure, lo, hi, 0, false});
}

/* ---- one variable ---- */

/* dX = -1.3 (X - 0.4) dt + 0.8 dW: Gaussian for any dt, from a hundredth of the relaxation
 * time to ten of them. */
static void fill_ou(sample *s)
{
    static const double dt[] = {0.01, 0.1, 1.0, 8.0};
    *s = (sample){.n = 0};
    for (size_t k = 0; k < 4; k++) {
        const double decay = exp(-1.3 * dt[k]);
        const double var = 0.64 / 2.6 * (1.0 - decay * decay);
        for (int i = -3; i <= 3; i++)
            for (int j = -4; j <= 4; j++) {
                const double x0 = 0.4 + 0.5 * i, mean = 0.4 + 0.5 * i * decay;
                const double x1 = mean + 0.8 * j * sqrt(var);
                add1(s, dt[k], x0, x1, 0.8 * sqrt(dt[k]),
                     log_normal_density(x1, mean, var));
            }
    }
}

START_TEST(ornstein_uhlenbeck)
{
    static sample s;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-1.3*(x - 0.4)", "0.8");
    fill_ou(&s);
    /* nodes at an eighth of the spread, far out in the tail: kurtosis of a random walk */
    ck_assert_double_le(worst1(&s, sde, 0.5, -2.0, 2.8), 0.08);
    /* at a tenth of the structure, smaller than that everywhere */
    const double coarse = worst1(&s, sde, 0.08, -2.0, 2.8);
    const double fine = worst1(&s, sde, 0.04, -2.0, 2.8);
    ck_assert_double_le(coarse, 0.05);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.2);
    /* `finer` halves the distance too */
    const fk_transition_options finer = {0.08, -2.0, 2.8, 0, true};
    ck_assert_double_eq_tol(worst(&s, sde, &finer), fine, 1e-3 * fine);
    for (size_t i = 0; i < s.n; i++) /* x1 at 0.8 j standard deviations */
        ck_assert_double_eq_tol(s.u[i], gsl_cdf_ugaussian_P(0.8 * ((int)(i % 9) - 4)),
                                2e-3);
    /* far out, where the masses are below rounding: eight standard deviations to twelve */
    s.n = 0;
    for (int j = 8; j <= 12; j++) {
        const double var = 0.64 / 2.6 * (1.0 - exp(-0.26));
        add1(&s, 0.1, 0.4, 0.4 + j * sqrt(var), 0.25,
             log_normal_density(j, 0.0, 1.0) - 0.5 * log(var));
    }
    ck_assert_double_le(worst1(&s, sde, 0.2, -2.0, 4.0), 2.0); /* of 32 to 72 */
    sde_text_free(sde);
}
END_TEST

/* dX = 0.1 X dt + 0.4 X dW, lognormal: noise that depends on x, and nodes beyond 0 where
 * there is no noise to carry anybody. */
START_TEST(geometric_brownian)
{
    static sample s = {.n = 0};
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.1*x", "0.4*x");
    for (double dt = 0.01; dt < 2.0; dt *= 10.0)
        for (double z = -2.5; z < 3.0; z += 0.5) {
            const double var = 0.16 * dt, mean = (0.1 - 0.08) * dt;
            const double y = mean + z * sqrt(var), x1 = 2.0 * exp(y);
            add1(&s, dt, 2.0, x1, 0.8 * sqrt(dt),
                 log_normal_density(y, mean, var) - log(x1));
        }
    const double coarse = worst1(&s, sde, 0.08, 0.0, 8.0);
    const double fine = worst1(&s, sde, 0.04, 0.0, 8.0);
    ck_assert_double_le(coarse, 0.05);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.2);
    sde_text_free(sde);
}
END_TEST

/* ---- two variables ---- */

static double log_normal_2(const double *cov, double u, double v)
{
    const double det = cov[0] * cov[2] - cov[1] * cov[1];
    return -0.5 * (cov[2] * u * u - 2.0 * cov[1] * u * v + cov[0] * v * v) / det -
           log(2.0 * M_PI * sqrt(det));
}

#define degrees(n) ((fk_transition_options){.degree = (n)})

/* Point i of a sequence that is even in the unit square, coordinate k (Roberts). */
static double lattice(size_t i, size_t k)
{
    const double step = k == 0 ? 0.7548776662466927 : 0.5698402909980532;
    return fmod(0.5 + step * (double)i, 1.0);
}

/* n pairs of the turning process: x0 on a line, x1 by its law, from a lattice.  With a bend what is measured is (X, Y + bend X^2), whose
 * density is that of X, Y. */
static void fill_turning(sample *s, size_t n, double dt, double bend)
{
    static const double Q[3] = {0.64, 0.32, 0.52};
    for (size_t i = 0; i < n; i++) {
        const double z0 = gsl_cdf_ugaussian_Pinv(lattice(i, 0));
        const double z1 = gsl_cdf_ugaussian_Pinv(lattice(i, 1));
        const double y0[2] = {1.5 - 3.0 * (double)i / (double)n, 0.6};
        double mean[2], cov[3];
        turning(1.0, 2.0, Q, dt, y0, mean, cov);
        const double l00 = sqrt(cov[0]), l10 = cov[1] / l00;
        const double u = l00 * z0, v = l10 * z0 + sqrt(cov[2] - l10 * l10) * z1;
        fk_pair *p = add(s, dt, log_normal_2(cov, u, v));
        p->x0[0] = y0[0], p->x0[1] = y0[1] + bend * y0[0] * y0[0];
        p->x1[0] = mean[0] + u;
        p->x1[1] = mean[1] + v + bend * p->x1[0] * p->x1[0];
    }
}

/* Largest distance of u from the probabilities that drew the pairs: x1 came from z0 and z1
 * in this order, and a bend shifts y1 at given x1. */
static double worst_probability(const sample *s)
{
    double error = 0.0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < 2; k++)
            error = fmax(error, fabs(s->u[2 * i + k] - lattice(i, k)));
    return error;
}

/* A turning Ornstein-Uhlenbeck process with correlated noise, from a hundredth of its
 * relaxation time to ten: the series has nothing to do, Runge-Kutta's error is left. */
START_TEST(turning_plane)
{
    fk_sde *sde =
        sde_text(FK_ITO, 2, 2, "x; y", "-x - 2*y; 2*x - y", "0.8; 0; 0.4; 0.6");
    for (double dt = 0.01; dt < 20.0; dt *= 10.0) {
        static sample s;
        s.n = 0;
        fill_turning(&s, 100, dt, 0.0);
        for (int degree = 2; degree <= 6; degree += 4) {
            ck_assert_double_le(worst(&s, sde, &degrees(degree)), 1e-3);
            ck_assert_double_le(worst_probability(&s), 1e-4);
        }
        const double fine = worst(&s, sde, &degrees(10));
        ck_assert_double_le(fine, 1e-4);
    }
    sde_text_free(sde);
}
END_TEST

/* Root mean square of log p's error, over x1 by its law. */
static double scatter(sample *s, const fk_sde *sde, int degree)
{
    double square = 0.0;
    worst(s, sde, &degrees(degree));
    for (size_t i = 0; i < s->n; i++)
        square += pow(s->found[i] - s->exact[i], 2.0) / (double)s->n;
    return sqrt(square);
}

/* The same process seen through Y' = Y + X^2 / 2: quadratic drift with Ito's term, noise
 * that depends on x, a density that is bent. */
START_TEST(bent_plane)
{
    static sample s;
    const double first = 0.02;
    fk_sde *sde = sde_text(
        FK_ITO, 2, 2, "x; y",
        "-x - 2*(y - 0.5*x^2); 2*x - (y - 0.5*x^2) + x*(-x - 2*(y - 0.5*x^2)) + 0.32",
        "0.8; 0; 0.4 + 0.8*x; 0.6");
    s.n = 0;
    fill_turning(&s, 256, first, 0.5);
    double before = scatter(&s, sde, 2);
    for (int degree = 4; degree <= 10; degree += 3) { /* 4, 7, 10: measured 7, 3.5, 4 */
        const double now = scatter(&s, sde, degree);
        ck_assert_double_le(now, before / 2.5);
        before = now;
    }
    ck_assert_double_le(before, 2e-3);
    ck_assert_double_le(worst_probability(&s), 2e-3);
    const fk_transition_options six = degrees(6);
    const fk_transition_options finer = {.degree = 4, .finer = true};
    ck_assert_double_eq(worst(&s, sde, &six), worst(&s, sde, &finer));
    sde_text_free(sde);
}
END_TEST

/* A double well beside an Ornstein-Uhlenbeck process: log p is the sum of those of one
 * variable, found in the other way. */
START_TEST(planes_are_products)
{
    static sample plane, well;
    fk_sde *both = sde_text(FK_ITO, 2, 2, "x; y", "x - x^3; -2*y", "0.5; 0; 0; 1");
    fk_sde *one = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.5");
    const double dt = 0.1, decay = exp(-0.2), var = (1.0 - decay * decay) / 4.0;
    plane.n = well.n = 0;
    for (size_t i = 0; i < 200; i++) {
        const double x0 = 2.8 * lattice(i, 0) - 1.4, y0 = lattice(i, 1) - 0.5;
        const double x1 =
            x0 + dt * (x0 - x0 * x0 * x0) + 0.15 * (3.0 * lattice(3 * i, 1) - 1.5);
        const double y1 = y0 * decay + 0.3;
        fk_pair *p = add(&plane, dt, log_normal_density(y1, y0 * decay, var));
        p->x0[0] = x0, p->x0[1] = y0, p->x1[0] = x1, p->x1[1] = y1;
        add1(&well, dt, x0, x1, 0.16, 0.0);
    }
    worst1(&well, one, 0.06, -2.0, 2.0);
    for (size_t i = 0; i < 200; i++)
        plane.exact[i] += well.found[i];
    ck_assert_double_le(worst(&plane, both, &degrees(6)), 3e-3);
    for (size_t i = 0; i < 200; i++)
        ck_assert_double_eq_tol(plane.u[2 * i], well.u[i], 2e-3);
    sde_text_free(both);
    sde_text_free(one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("transition");
    TCase *cases = tcase_create("transition");
    tcase_add_test(cases, ornstein_uhlenbeck);
    tcase_add_test(cases, geometric_brownian);
    tcase_add_test(cases, turning_plane);
    tcase_add_test(cases, bent_plane);
    tcase_add_test(cases, planes_are_products);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
