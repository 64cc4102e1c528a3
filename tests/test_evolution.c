/* Densities against exact solutions, and the orders at which they are reached; test_evolution_walls
 * has those with walls. */
#include "tests/evolution_fixture.h"

static double ornstein_uhlenbeck_at_centre(const double *lo, const double *hi, double t)
{
    const double v = 1.0 - 0.75 * exp(-2.0 * t);
    const double z = 0.5 * (*lo + *hi) - 2.0 * exp(-t);
    return exp(-z * z / (2.0 * v)) / sqrt(2.0 * M_PI * v);
}

/* Errors of an independent code: n cells, n Crank-Nicolson steps, no starting steps,
 * densities at the centres. */
START_TEST(reference_errors_are_met_within_two_percent)
{
    static const struct {
        const char *flux;
        size_t n;
        double l1;
    } table[] = {
        {"chang-cooper", 70, 4.644e-3},  {"chang-cooper", 140, 1.159e-3},
        {"chang-cooper", 280, 2.899e-4}, {"chang-cooper", 560, 7.246e-5},
        {"central", 70, 4.966e-3},       {"central", 280, 3.067e-4},
        {"upwind", 70, 6.07e-2},         {"upwind", 280, 1.61e-2},
    };
    fk_pde_stepper plain = *fk_pde_stepper_find("crank-nicolson");
    plain.start = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const size_t n = table[i].n;
        const fk_domain d = pde_line(-6.0, 8.0, n, FK_REFLECTING);
        const fk_evolution_options o = {.stepper = &plain, .step = 1.0 / (double)n};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"), d, table[i].flux,
                      &o, 0.0, pde_project(&d.grid, ornstein_uhlenbeck_at_centre, 0.0));
        pde_advance(&r, 1.0);
        const double e = pde_error(&r, ornstein_uhlenbeck_at_centre, 1.0);
        ck_assert_double_eq_tol(e, table[i].l1, 0.02 * table[i].l1);
        pde_end(&r);
    }
}
END_TEST

START_TEST(every_flux_reaches_its_order_in_space)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        problem q = standard;
        q.flux = (*f)->name;
        const bool wide = (*f)->reach > 1;
        const char *stepper = wide ? "ssp-rk3" : "tr-bdf2";
        const double steps = wide ? 1200.0 / (*f)->courant : 400.0;
        const double coarse = error_of(&q, 140, stepper, steps);
        const double fine = error_of(&q, 280, stepper, steps);
        ck_assert_double_gt(log2(coarse / fine), (*f)->order - 0.1);
        ck_assert(wide || log2(coarse / fine) < (*f)->order + 0.1);
    }
}
END_TEST

/* Distance between the densities after `steps` and after twice as many; 0 if these are too
 * long. */
static double step_error(const problem *q, size_t n, const char *stepper, double steps)
{
    const size_t cells[] = {n, n, n};
    const fk_domain d = pde_box(q->dim, q->lo, q->hi, cells, q->boundary);
    double *a = density_of(q, n, stepper, steps);
    double *b = density_of(q, n, stepper, 2.0 * steps);
    const double e = a == NULL ? 0.0 : fk_density_l1(&d.grid, a, b);
    free(a);
    free(b);
    return e;
}

/* The order of a stepper away from walls: hundsdorfer-verwer's parameter makes it 3 where
 * coefficients do not change in time. */
static double order_in_time(const fk_pde_stepper *s, bool steady)
{
    return steady && strcmp(s->name, "hundsdorfer-verwer") == 0 ? 3.0 : s->order;
}

/* From so many steps on; stages of the whole operator from where explicit Euler would be
 * stable, so that rkc has two of them throughout. */
static void expect_order_in_time(const problem *q, size_t n, double steps, bool steady)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++) {
        double count = steps;
        if (isinf((*s)->order))
            continue;
        while ((*s)->theta <= 0.0 && step_error(q, n, "ssp-rk3", count) <= 0.0)
            count *= 2.0;
        const double coarse = step_error(q, n, (*s)->name, count);
        const double fine = step_error(q, n, (*s)->name, 2.0 * count);
        ck_assert_double_eq_tol(log2(coarse / fine), order_in_time(*s, steady), 0.15);
    }
}

START_TEST(every_stepper_reaches_its_order_in_time)
{
    expect_order_in_time(&standard, 140, 64.0, true);
}
END_TEST

/* dX = (cos t - X) dt + sqrt(2 (1 + t)) dW from N(1, 1/4) */
static double driven(const double *lo, const double *hi, double t)
{
    const double m = 0.5 * (cos(t) + sin(t)) + 0.5 * exp(-t);
    const double v = t + 0.5 - 0.25 * exp(-2.0 * t);
    return normal_cell(*lo, *hi, m, sqrt(v));
}

START_TEST(coefficients_that_change_in_time)
{
    problem q = standard;
    q.drift = "cos(t) - x";
    q.noise = "sqrt(2 * (1 + t))";
    q.law = driven;
    q.lo[0] = -8.0;
    expect_order(&q, 100, "crank-nicolson", 20.0, 2.0, 1e-3);
    expect_order(&q, 100, "tr-bdf2", 20.0, 2.0, 1e-3);
    expect_order_in_time(&q, 100, 32.0, false);
}
END_TEST

/* b = sqrt(1 + x^2) from 0: X = sinh W in the first two readings, a mixture of
 * asinh X ~ N(+-t, t) in the third. */
static double sinh_of_noise(const double *lo, const double *hi, double t)
{
    return normal_mass(asinh(*lo), asinh(*hi), 0.0, sqrt(t)) / (*hi - *lo);
}

static double benes(const double *lo, const double *hi, double t)
{
    const double u = asinh(*lo), v = asinh(*hi), s = sqrt(t);
    return 0.5 * (normal_mass(u, v, t, s) + normal_mass(u, v, -t, s)) / (*hi - *lo);
}

START_TEST(noise_is_read_as_ito_stratonovich_or_hanggi_klimontovich)
{
    problem q = {
        "x",   "x / 2", "sqrt(1 + x^2)", 1,   1,   FK_ITO,       "chang-cooper",
        {-20}, {20},    FK_REFLECTING,   0.1, 0.5, sinh_of_noise};
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
    q.drift = "0";
    q.interpretation = FK_STRATONOVICH;
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
    q.drift = "x / 2";
    q.interpretation = FK_HANGGI_KLIMONTOVICH;
    q.law = benes;
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
}
END_TEST

START_TEST(rotation_with_correlated_noise)
{
    expect_order(&plane, 48, "crank-nicolson", 24.0, 2.0, 0.015);
    expect_order(&plane, 48, "tr-bdf2", 24.0, 2.0, 0.015);
    expect_order_in_time(&plane, 40, 32.0, true);
}
END_TEST

/* dX = -X dt + G dW from N(0, 1/4 I), G as in the problem below */
static double space_at(const double *x, double t)
{
    static const double noise[3][3] = {
        {1.0, 0.3, -0.2}, {0.3, 0.9, -0.15}, {-0.2, -0.15, 1.05}};
    const double e = exp(-2.0 * t);
    double v[3][3], c[3][3], z = 0.0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            v[i][j] = 0.5 * (1.0 - e) * noise[i][j] + (i == j ? 0.25 * e : 0.0);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            c[i][j] = v[(i + 1) % 3][(j + 1) % 3] * v[(i + 2) % 3][(j + 2) % 3] -
                      v[(i + 1) % 3][(j + 2) % 3] * v[(i + 2) % 3][(j + 1) % 3];
    const double det = v[0][0] * c[0][0] + v[0][1] * c[0][1] + v[0][2] * c[0][2];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            z += x[i] * c[i][j] * x[j] / det;
    return exp(-0.5 * z) / sqrt(8.0 * M_PI * M_PI * M_PI * det);
}

static double space(const double *lo, const double *hi, double t)
{
    return cell_mean(3, lo, hi, space_at, t);
}

START_TEST(three_variables_with_correlated_noise)
{
    const problem q = {"x; y; z",
                       "-x; -y; -z",
                       "1; 0; 0; 0.3; 0.9; 0; -0.2; -0.1; 1",
                       3,
                       3,
                       FK_ITO,
                       "scharfetter-gummel",
                       {-3.0, -3.0, -3.0},
                       {3.0, 3.0, 3.0},
                       FK_OPEN,
                       0.0,
                       0.5,
                       space};
    expect_order(&q, 18, "crank-nicolson", 6.0, 2.0, 0.03);
}
END_TEST

/* dX = -X dt without noise, from N(1, 1/4): the Gaussian shrinks. */
static double shrinking(const double *lo, const double *hi, double t)
{
    return normal_cell(*lo, *hi, exp(-t), 0.5 * exp(-t));
}

START_TEST(no_noise_carries_the_density_along)
{
    problem q = standard;
    q.noises = 0;
    q.noise = "";
    q.law = shrinking;
    q.lo[0] = -4.0;
    q.hi[0] = 6.0;
    expect_order(&q, 1000, "crank-nicolson", 200.0, 1.0, 0.02);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("evolution");
    TCase *t = tcase_create("exact solutions");
    tcase_add_test(t, reference_errors_are_met_within_two_percent);
    tcase_add_test(t, every_flux_reaches_its_order_in_space);
    tcase_add_test(t, every_stepper_reaches_its_order_in_time);
    tcase_add_test(t, coefficients_that_change_in_time);
    tcase_add_test(t, noise_is_read_as_ito_stratonovich_or_hanggi_klimontovich);
    tcase_add_test(t, rotation_with_correlated_noise);
    tcase_add_test(t, three_variables_with_correlated_noise);
    tcase_add_test(t, no_noise_carries_the_density_along);
    suite_add_tcase(s, t);
    return run_suite(s);
}
