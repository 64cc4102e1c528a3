/* The backward equation and its duality with the forward one. */
#include "pde/backward.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static const fk_expr *parsed(const fk_sde *s, const char *text)
{
    const fk_expr_name names[] = {{"x", NULL}, {"y", NULL}, {"t", NULL}};
    const fk_expr *out;
    fk_expr_error error;
    ck_assert(fk_expr_parse(s->pool, text, names, 3, &out, &error) == FK_OK);
    return out;
}

static double dot(const fk_grid *g, const double *u, const double *p)
{
    double sum = 0.0;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        sum += u[c] * p[c];
    return sum * fk_grid_volume(g);
}

/* phi = cos 2x, or cos(2x + y), at the centres */
static double *payoff(const fk_grid *g)
{
    double *u = fk_doubles(fk_grid_cells(g));
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        u[c] = cos(2.0 * x[0] + (g->dim > 1 ? x[1] : 0.0));
    }
    return u;
}

static double start_law(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(*lo, *hi, 2.0, 0.5);
}

/* dX = -X dt + sqrt 2 dW from N(2, 1/4): E cos 2 X_1, and
 * u(x, 0) = cos(2 e^{-1} x) exp(-2 (1 - e^{-2})) */
START_TEST(the_value_function_is_that_of_ornstein_and_uhlenbeck)
{
    const double exact = 0.0164329643197709, decay = exp(-2.0 * (1.0 - exp(-2.0)));
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t n = i == 0 ? 140 : 280;
        const fk_domain d = pde_line(-6.0, 8.0, n, FK_REFLECTING);
        const fk_pde_stepper *stepper = fk_pde_stepper_find("uniformisation");
        const fk_evolution_options o = {
            .stepper = stepper, .tolerance = 1e-6, .span = 1.0};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"), d, "chang-cooper",
                      &o, 0.0, pde_project(&d.grid, start_law, 0.0));
        double *u = payoff(&d.grid);
        const double *p = fk_evolution_density(r.evolution);
        double *p0 = pde_project(&d.grid, start_law, 0.0);
        fk_message message = {""};
        pde_advance(&r, 1.0);
        const double forward = dot(&d.grid, u, p);
        ck_assert(fk_backward_solve(r.fp, stepper, 0.0, 1.0, 0.0, u, NULL, &message) ==
                  FK_OK);
        error[i] = 0.0;
        for (size_t c = n / 4; c < 3 * n / 4; c++) {
            const double x = fk_axis_centre(&d.grid.axis[0], c);
            error[i] = fmax(error[i], fabs(u[c] - decay * cos(2.0 * exp(-1.0) * x)));
        }
        ck_assert_double_eq_tol(dot(&d.grid, u, p0), forward, 1e-13);
        ck_assert_double_eq_tol(forward, exact, i == 0 ? 3e-3 : 7e-4);
        free(u);
        free(p0);
        pde_end(&r);
    }
    ck_assert_double_eq_tol(log2(error[0] / error[1]), 2.0, 0.1);
}
END_TEST

/* <u, p> at the start, in the middle and at the end, with killing, correlated noise, faces
 * that absorb, coefficients that move. */
static void expect_duality(const char *name, bool moving, fk_boundary all)
{
    const fk_pde_stepper *stepper = fk_pde_stepper_find(name);
    const fk_domain d = pde_box(2, (double[]){-2.0, -2.0}, (double[]){2.0, 2.0},
                                (size_t[]){16, 14}, all);
    const fk_evolution_options o = {.stepper = stepper, .step = 4e-3};
    pde_run r = pde_begin(
        sde_text(FK_ITO, 2, 2, "x; y",
                 moving ? "-x - 2*y*(1 + t); 2*x - y" : "-x - 2*y; 2*x - y",
                 "0.7; 0; 0.4*cos(x); 0.6"),
        d, "chang-cooper", &o, 0.0, pde_point(&d.grid, (double[]){0.5, -0.3}));
    fk_message message = {""};
    const fk_expr *killing = parsed(r.sde, moving ? "0.3*x^2*(1 + t)" : "0.3*x^2");
    ck_assert(fk_fokker_planck_react(r.fp, killing, NULL, &message) == FK_OK);
    double *u = payoff(&d.grid), value[3], *p[2] = {NULL, NULL};
    for (size_t i = 0; i < 2; i++) {
        p[i] = fk_doubles(r.cells);
        memcpy(p[i], fk_evolution_density(r.evolution), r.cells * sizeof *u);
        pde_advance(&r, 0.2 * (double)(i + 1));
    }
    value[2] = dot(&d.grid, u, fk_evolution_density(r.evolution));
    for (size_t i = 2; i-- > 0;) {
        const fk_status status =
            fk_backward_solve(r.fp, stepper, 0.2 * (double)i, 0.2 * (double)(i + 1),
                              4e-3, u, NULL, &message);
        ck_assert_msg(status == FK_OK, "%s", message.text);
        value[i] = dot(&d.grid, u, p[i]);
    }
    for (size_t i = 0; i < 2; i++)
        ck_assert_double_eq_tol(value[i], value[2], 1e-13 * fabs(value[2]));
    ck_assert_double_gt(pde_ledger(&r).killed, 0.01);
    free(u);
    free(p[0]);
    free(p[1]);
    pde_end(&r);
}

START_TEST(duality_holds_to_rounding)
{
    static const fk_boundary all[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC,
                                      FK_OPEN};
    for (size_t b = 0; b < 4; b++) {
        expect_duality("ssp-rk3", false, all[b]);
        expect_duality("ssp-rk3", true, all[b]);
        expect_duality("rkc", false, all[b]);
        expect_duality("uniformisation", false, all[b]);
    }
}
END_TEST

/* u = 1 stays 1 where nothing leaves, and nowhere grows. */
START_TEST(certainty_stays_certain)
{
    const fk_domain d = pde_line(-2.0, 2.0, 50, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("uniformisation"),
                                    .step = 1.0};
    pde_run r =
        pde_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7"), d,
                  "scharfetter-gummel", &o, 0.0, pde_point(&d.grid, (double[]){0.1}));
    double u[50];
    fk_message message = {""};
    for (size_t c = 0; c < 50; c++)
        u[c] = 1.0;
    ck_assert(fk_backward_solve(r.fp, o.stepper, 0.0, 30.0, 0.0, u, NULL, &message) ==
              FK_OK);
    for (size_t c = 0; c < 50; c++)
        ck_assert_double_eq_tol(u[c], 1.0, 1e-12);
    pde_end(&r);
}
END_TEST

static fk_status refused(const char *flux, const char *stepper, const char *drift,
                         fk_message *message)
{
    const fk_domain d = pde_line(-2.0, 2.0, 20, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find(stepper),
                                    .step = 1e-3};
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", drift, "0.7"), d, flux, &o, 0.0,
                          pde_point(&d.grid, (double[]){0.1}));
    double *u = payoff(&d.grid);
    const fk_status status =
        fk_backward_solve(r.fp, o.stepper, 0.0, 0.1, 1e-3, u, NULL, message);
    free(u);
    pde_end(&r);
    return status;
}

START_TEST(what_has_no_transpose_is_said)
{
    fk_message m = {""};
    ck_assert(refused("chang-cooper", "tr-bdf2", "-x", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "take ssp-rk3") != NULL, "%s", m.text);
    ck_assert(refused("weno5", "ssp-rk3", "-x", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "no transpose") != NULL, "%s", m.text);
    ck_assert(refused("chang-cooper", "rkc", "-x*t", &m) == FK_EDOMAIN);
    ck_assert(refused("chang-cooper", "ssp-rk3", "-x*t", &m) == FK_OK);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("backward");
    TCase *t = tcase_create("backward");
    tcase_set_timeout(t, 30.0);
    tcase_add_test(t, the_value_function_is_that_of_ornstein_and_uhlenbeck);
    tcase_add_test(t, duality_holds_to_rounding);
    tcase_add_test(t, certainty_stays_certain);
    tcase_add_test(t, what_has_no_transpose_is_said);
    suite_add_tcase(s, t);
    return run_suite(s);
}
