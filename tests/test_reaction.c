/* Killing, sources and manufactured solutions. */
#include "experiments/pde_order.h"
#include "pde/evolution.h"
#include "sde/manufactured.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static const fk_expr *parsed(const fk_sde *s, const char *text)
{
    const fk_expr_name names[] = {{"x", NULL}, {"y", NULL}, {"t", NULL}};
    const fk_expr *out;
    fk_expr_error error;
    ck_assert_msg(fk_expr_parse(s->pool, text, names, 3, &out, &error) == FK_OK, "%s",
                  error.text);
    return out;
}

static fk_evolution_options with(const char *stepper, double step, double tolerance)
{
    return (fk_evolution_options){.stepper = fk_pde_stepper_find(stepper),
                                  .step = step,
                                  .tolerance = tolerance,
                                  .span = 1.0};
}

static void react(const pde_run *r, const char *killing, const char *source,
                  const char *cost)
{
    fk_message message = {""};
    const fk_expr *k = killing != NULL ? parsed(r->sde, killing) : NULL;
    const fk_expr *s = source != NULL ? parsed(r->sde, source) : NULL;
    const fk_expr *c = cost != NULL ? parsed(r->sde, cost) : NULL;
    ck_assert_msg(fk_fokker_planck_react(r->fp, k, s, c, &message) == FK_OK, "%s",
                  message.text);
}

static double narrow(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(*lo, *hi, 0.0, 0.02);
}

/* Cameron and Martin: E exp(-(lambda^2 / 2) int_0^t W^2) = cosh(lambda t)^{-1/2} for Brownian
 * motion from 0; here lambda = 2, t = 1, and the law at the start is that of W a little
 * later: the start adds a relative 1e-3. */
START_TEST(quadratic_killing_is_that_of_cameron_and_martin)
{
    static const char *const name[] = {"tr-bdf2", "ssp-rk3", "rkc", "uniformisation"};
    const double exact = 1.0 / sqrt(cosh(2.0));
    for (size_t i = 0; i < 4; i++) {
        const fk_domain d = pde_line(-4.0, 4.0, 200, FK_REFLECTING);
        const fk_evolution_options o = with(name[i], 0.0, 1e-5);
        pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "0", "1"), d, "chang-cooper",
                              &o, 0.0, pde_project(&d.grid, narrow, 0.0));
        react(&r, "2*x^2", NULL, NULL);
        pde_advance(&r, 1.0);
        const fk_ledger ledger = pde_ledger(&r);
        ck_assert_double_eq_tol(ledger.inside, exact, 1e-3);
        ck_assert_double_eq_tol(ledger.killed, 1.0 - exact, 1e-3);
        ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-12);
        pde_end(&r);
    }
}
END_TEST

/* p = c / kappa + (1 - c / kappa) e^{-kappa t} everywhere, and its integral over time:
 * exact in every stepper that takes it apart, to its own order in the others. */
static void expect_balance(const fk_pde_stepper *stepper, double step)
{
    const bool apart = stepper->theta > 0.0 || isinf(stepper->order);
    const fk_domain d = pde_line(-0.5, 0.5, 8, FK_PERIODIC);
    const fk_evolution_options o = {.stepper = stepper, .step = step};
    double *p0 = fk_doubles(8);
    for (size_t c = 0; c < 8; c++)
        p0[c] = 1.0;
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "0.3", "0.4"), d, "chang-cooper",
                          &o, 0.0, p0);
    react(&r, "1.7", "0.6", "2");
    pde_advance(&r, 0.5);
    const double rest = 0.6 / 1.7, decay = exp(-1.7 * 0.5);
    const fk_ledger ledger = pde_ledger(&r);
    const double tolerance = apart ? 1e-13 : 1e-6;
    ck_assert_double_eq_tol(ledger.inside, rest + (1.0 - rest) * decay, tolerance);
    ck_assert_double_eq_tol(ledger.cost,
                            2.0 * (0.5 * rest + (1.0 - rest) * (1.0 - decay) / 1.7),
                            tolerance);
    ck_assert_double_eq_tol(ledger.made, 0.3, 1e-13);
    ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-13);
    pde_end(&r);
}

START_TEST(a_source_balances_killing)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++) {
        expect_balance(*s, 1e-3);
        if ((*s)->theta > 0.0)
            expect_balance(*s, 0.25);
    }
}
END_TEST

START_TEST(a_killing_rate_that_is_not_finite_is_named)
{
    const fk_domain d = pde_line(-1.0, 1.0, 5, FK_REFLECTING);
    const fk_evolution_options o = with("tr-bdf2", 0.1, 0.0);
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "0", "1"), d, "chang-cooper", &o,
                          0.0, pde_point(&d.grid, (double[]){0.5}));
    fk_message message = {""};
    ck_assert(fk_fokker_planck_react(r.fp, parsed(r.sde, "1/x"), NULL, NULL,
                                     &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "killing is not finite") != NULL, "%s",
                  message.text);
    pde_end(&r);
}
END_TEST

/* ---- orders, with nothing exact but what is made so ---- */

static fk_pde_order_case of(const fk_sde *sde, fk_domain d, const char *flux,
                            const fk_pde_stepper *stepper)
{
    return (fk_pde_order_case){.sde = sde,
                               .domain = d,
                               .flux = fk_flux_find(flux),
                               .stepper = stepper,
                               .end = 10.0,
                               .levels = 3};
}

static void expect_orders(fk_pde_order_case c, bool in_time)
{
    double h[4], error[4];
    fk_message message = {""};
    ck_assert_msg(fk_pde_order_prepare(&c, &message) == FK_OK, "%s", message.text);
    fk_status status = fk_pde_order_cells(&c, h, error, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_eq_tol(h[0] / h[2], 4.0, 1e-12);
    /* what leaves through a face is taken from one cell */
    const bool leaves =
        fk_domain_has(&c.domain, FK_ABSORBING) || fk_domain_has(&c.domain, FK_OPEN);
    const double order = leaves ? fmin(c.order, 2.0) : c.order;
    ck_assert_double_gt(log2(error[1] / error[2]), order - 0.15);
    ck_assert_double_lt(log2(error[1] / error[2]), order + 0.6);
    if (!in_time || isinf(c.stepper->order))
        return;
    status = fk_pde_order_steps(&c, h, error, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_gt(log2(error[1] / error[2]), c.stepper->order - 0.15);
    ck_assert_double_lt(log2(error[1] / error[2]), c.stepper->order + 0.3);
}

/* A drift and a noise without symmetry, each kind of face. */
START_TEST(every_flux_and_stepper_has_its_order_at_every_face)
{
    static const fk_boundary all[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC,
                                      FK_OPEN};
    for (size_t b = 0; b < 4; b++) {
        fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "0.4 + 0.5*sin(2*pi*x)",
                             "0.6 + 0.2*cos(2*pi*x)");
        const fk_domain d = pde_line(0.0, 1.0, 48, all[b]);
        for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
            expect_orders(
                of(s, d, (*f)->name,
                   fk_pde_stepper_find((*f)->reach > 1 ? "ssp-rk3" : "tr-bdf2")),
                false);
        for (const fk_pde_stepper *const *p = fk_pde_steppers; *p != NULL; p++)
            expect_orders(of(s, d, "chang-cooper", *p), true);
        sde_text_free(s);
    }
}
END_TEST

START_TEST(orders_hold_in_the_plane_with_cross_terms_and_killing)
{
    fk_sde *s = sde_text(FK_ITO, 2, 2, "x; y", "0.5*sin(2*pi*y); 0.3*cos(2*pi*x)",
                         "0.6; 0; 0.2 + 0.1*cos(2*pi*x); 0.5");
    const fk_domain d = pde_box(2, (double[]){0.0, 0.0}, (double[]){1.0, 1.0},
                                (size_t[]){16, 16}, FK_PERIODIC);
    fk_domain strip = d;
    strip.face[0][0] = strip.face[0][1] = FK_ABSORBING;
    for (size_t i = 0; i < 2; i++) {
        fk_pde_order_case c =
            of(s, i == 0 ? d : strip, "chang-cooper", fk_pde_stepper_find("tr-bdf2"));
        c.killing = parsed(s, "1 + x*t");
        expect_orders(c, i == 0); /* walls that cross terms meet cost order in time */
        c.stepper = fk_pde_stepper_find("hundsdorfer-verwer");
        expect_orders(c, true); /* unless directions are not split */
    }
    sde_text_free(s);
}
END_TEST

/* The source of an exact solution vanishes: Ornstein-Uhlenbeck from N(0, 1/2) on. */
START_TEST(an_exact_density_needs_no_source)
{
    fk_sde *s = sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)");
    const fk_expr *p =
        parsed(s, "exp(-x^2/(2*(1 - exp(-2*t)/2)))/sqrt(2*pi*(1 - exp(-2*t)/2))");
    const fk_expr *source = fk_manufactured_source(s, p, NULL);
    const fk_expr *symbol[] = {s->variable[0], s->time};
    for (double x = -2.0; x < 2.5; x += 0.7)
        ck_assert_double_eq_tol(fk_expr_value(source, 2, symbol, (double[]){x, 0.37}),
                                0.0, 1e-14);
    const fk_expr *killed = fk_manufactured_source(s, p, fk_expr_number(s->pool, 2.0));
    ck_assert_double_eq_tol(fk_expr_value(killed, 2, symbol, (double[]){0.3, 0.37}),
                            2.0 * fk_expr_value(p, 2, symbol, (double[]){0.3, 0.37}),
                            1e-14);
    sde_text_free(s);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("reaction");
    TCase *t = tcase_create("reaction");
    tcase_set_timeout(t, 30.0);
    tcase_add_test(t, quadratic_killing_is_that_of_cameron_and_martin);
    tcase_add_test(t, a_source_balances_killing);
    tcase_add_test(t, a_killing_rate_that_is_not_finite_is_named);
    tcase_add_test(t, every_flux_and_stepper_has_its_order_at_every_face);
    tcase_add_test(t, orders_hold_in_the_plane_with_cross_terms_and_killing);
    tcase_add_test(t, an_exact_density_needs_no_source);
    suite_add_tcase(s, t);
    return run_suite(s);
}
