/* Reflecting walls, where noise changes with the place and where it is correlated across
 * them: no current flows through a wall if paths are pushed along its conormal.  The laws
 * are those of Brownian motion between plain walls in other coordinates. */
#include "tests/particle_fixture.h"

static const double start_u = 0.3, start_v = 0.4, bend = 0.8;

/* E e^(k |u|) for u ~ N(u0, t):  e^(k^2 t / 2) (e^(k u0) Phi(.) + e^(-k u0) Phi(.)) */
static double mean_exponential(double k, double u0, double t)
{
    const double s = sqrt(2.0 * t);
    return 0.5 * exp(0.5 * k * k * t) *
           (exp(k * u0) * erfc(-(k * t + u0) / s) +
            exp(-k * u0) * erfc(-(k * t - u0) / s));
}

/* Over the states x[n][dim] of an ensemble from x0 at time 1. */
typedef double function(const double *x);

static double reciprocal(const double *x)
{
    return 1.0 / x[0];
}

static double second_angle(const double *x)
{
    return asinh(x[1]);
}

typedef struct wall_case {
    const fk_sde *sde;
    const fk_domain *domain;
    const double *x0;
    function *f;
    double exact;
} wall_case;

/* E f at time 1 less its exact value. */
static moments error_at(const wall_case *w, double h, bool project)
{
    enum { COUNT = 600000 };
    const double zero[] = {0.0, 0.0};
    fk_law *law = normal_law(w->sde->dim, w->x0, zero);
    fk_ensemble_options o = euler_options(COUNT, h, 11);
    o.faces.project = project;
    fk_ensemble *e = ensemble(w->sde, w->domain, law, &o);
    advance(e, 1.0);
    double *x = all_states(e, w->sde->dim), *f = fk_doubles(COUNT);
    for (size_t i = 0; i < COUNT; i++)
        f[i] = w->f(x + i * w->sde->dim);
    moments m = moments_of(f, COUNT, 1);
    m.mean -= w->exact;
    free(f);
    free(x);
    fk_ensemble_free(e);
    fk_law_free(law);
    return m;
}

/* The error at h and h / 4 falls by 4^order, to four standard errors and the terms of
 * higher order: 0.15. */
static void check_order(const wall_case *w, double h, bool project, double order)
{
    const moments a = error_at(w, h, project), b = error_at(w, h / 4.0, project);
    const double measured = log(fabs(a.mean / b.mean)) / log(4.0);
    const double error = hypot(a.mean_error / a.mean, b.mean_error / b.mean) / log(4.0);
    printf("# %s: errors %.5f, %.5f, order %.2f +- %.2f\n",
           project ? "projected" : "symmetrised", a.mean, b.mean, measured, error);
    ck_assert_double_le(error, 0.1);
    ck_assert_double_le(fabs(measured - order), 4.0 * error + 0.15);
}

/* u = |Brownian motion|, x = e^u: dx = x/2 dt + x dW above a wall at 1. */
START_TEST(noise_that_changes_with_the_place)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x/2", "x");
    fk_domain d = line(1.0, 1000.0, 10, FK_OPEN);
    d.face[0][0] = FK_REFLECTING;
    const double x0 = exp(start_u);
    const wall_case w = {sde, &d, &x0, reciprocal,
                         mean_exponential(-1.0, start_u, 1.0)};
    check_order(&w, 1.0 / 8.0, false, 1.0);
    check_order(&w, 1.0 / 32.0, true, 0.5);
    sde_text_free(sde);
}
END_TEST

/* And v free, y = sinh(v + k u): the push on y is k sqrt(1 + y^2) / x times that on x. */
START_TEST(correlated_noise_that_changes_with_the_place)
{
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "x/2; 0.5*(1 + 0.8^2)*y",
                           "x; 0; 0.8*sqrt(1 + y^2); sqrt(1 + y^2)");
    fk_domain d =
        box(2, (double[]){1.0, -1e4}, (double[]){1e4, 1e4}, (size_t[]){4, 4}, FK_OPEN);
    d.face[0][0] = FK_REFLECTING;
    const double x0[] = {exp(start_u), sinh(start_v + bend * start_u)};
    const double mean_u = start_u * erf(start_u * M_SQRT1_2) +
                          sqrt(M_2_PI) * exp(-0.5 * start_u * start_u);
    const wall_case w = {sde, &d, x0, second_angle, start_v + bend * mean_u};
    check_order(&w, 1.0 / 4.0, false, 1.0);
    check_order(&w, 1.0 / 32.0, true, 0.5);
    sde_text_free(sde);
}
END_TEST

/* Along a wall, x >= 0, with constant noise (1 0; rho r): y - rho x does not feel the wall
 * at all, whatever the step. */
START_TEST(pushes_act_along_the_conormal)
{
    enum { COUNT = 100000 };
    const double rho = 0.6, x0[] = {0.2, 0.0}, zero[] = {0.0, 0.0};
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0.6; 0.8");
    for (int side = 0; side < 2; side++)
        for (int project = 0; project < 2; project++) {
            fk_domain d =
                box(2, (double[]){side ? -50.0 : 0.0, -50.0},
                    (double[]){side ? 0.4 : 50.0, 50.0}, (size_t[]){4, 4}, FK_OPEN);
            d.face[0][side] = FK_REFLECTING;
            fk_law *law = normal_law(2, x0, zero);
            fk_ensemble_options o = euler_options(COUNT, 0.25, 12);
            o.faces.project = project == 1;
            fk_ensemble *e = ensemble(sde, &d, law, &o);
            advance(e, 1.0);
            double *x = all_states(e, 2);
            for (size_t i = 0; i < COUNT; i++)
                x[2 * i + 1] -= rho * x[2 * i];
            const moments m = moments_of(x + 1, COUNT, 2);
            assert_moments(m, -rho * x0[0], 0.64);
            free(x);
            fk_ensemble_free(e);
            fk_law_free(law);
        }
    sde_text_free(sde);
}
END_TEST

/* In a box with strong correlation everyone stays inside, corners too, and the uniform
 * law, which has no current, stays. */
START_TEST(box_keeps_the_uniform_law)
{
    enum { COUNT = 100000 };
    const double lo[] = {0.0, -1.0}, hi[] = {1.0, 1.0};
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0.9; 0.5");
    const fk_domain d = box(2, lo, hi, (size_t[]){6, 6}, FK_REFLECTING);
    fk_law *law;
    ck_assert(fk_law_uniform_new(2, lo, hi, &law) == FK_OK);
    const fk_ensemble_options o = euler_options(COUNT, 1.0 / 512.0, 13);
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    advance(e, 0.5);
    fk_census census;
    double mass[37] = {0};
    for (size_t c = 0; c < 36; c++)
        mass[c] = 1.0 / 36.0;
    uint64_t *count = histogram_of(e, &d.grid, &census);
    ck_assert_uint_eq(census.inside, COUNT);
    const double p = p_value(&d.grid, count, mass);
    printf("# p of the uniform law: %g\n", p);
    ck_assert_double_gt(p, least_p_value);
    free(count);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reflection");
    TCase *cases = tcase_create("laws");
    tcase_add_test(cases, noise_that_changes_with_the_place);
    tcase_add_test(cases, correlated_noise_that_changes_with_the_place);
    tcase_add_test(cases, pushes_act_along_the_conormal);
    tcase_add_test(cases, box_keeps_the_uniform_law);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
