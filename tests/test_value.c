/* Value functions against closed forms. */
#include "pde/value.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static const fk_expr *parsed(const fk_sde *s, const char *text)
{
    const fk_expr_name names[] = {{"x", NULL}, {"t", NULL}};
    const fk_expr *out;
    fk_expr_error error;
    ck_assert(fk_expr_parse(s->pool, text, names, 2, &out, &error) == FK_OK);
    return out;
}

/* A question about a line; worth of its two faces. */
typedef struct question {
    const char *drift, *noise, *killing, *payoff, *cost;
    double worth[2];
    double lo, hi;
    size_t cells;
    fk_boundary face;
    double tolerance;
} question;

/* u(x, 0) with the end at t = 1, u(x, 1/2) into *middle */
static double answer(const question *q, size_t factor, double x, double *middle)
{
    const double time[] = {0.0, 0.5, 1.0};
    fk_domain d = pde_line(q->lo, q->hi, q->cells * factor, q->face);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", q->drift, q->noise);
    if (q->killing != NULL)
        sde->killing = parsed(sde, q->killing);
    fk_value_task t = {
        .sde = sde,
        .domain = &d,
        .payoff = q->payoff != NULL ? parsed(sde, q->payoff) : NULL,
        .cost = q->cost != NULL ? parsed(sde, q->cost) : NULL,
        .worth = {{q->worth[0], q->worth[1]}},
        .n_times = 3,
        .time = time,
        .tolerance = q->tolerance > 0.0 ? q->tolerance : 1e-7,
        .flux = fk_flux_find("chang-cooper"),
        .stepper = fk_pde_stepper_find("tr-bdf2"),
    };
    fk_value v;
    fk_message message = {""};
    const fk_status status = fk_value_solve(&t, NULL, &v, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    const double u = fk_value_at(&d.grid, v.u[0], &x);
    *middle = fk_value_at(&d.grid, v.u[1], &x);
    fk_value_clear(&v);
    sde_text_free(sde);
    return u;
}

/* Both values, to second order and within a tolerance on the finer cells. */
static void expect_values(const question *q, double x, double start, double middle,
                          double tolerance)
{
    double e[2][2];
    for (size_t k = 0; k < 2; k++) {
        double half;
        e[k][0] = answer(q, k + 1, x, &half) - start;
        e[k][1] = half - middle;
    }
    for (size_t i = 0; i < 2; i++) {
        ck_assert_double_eq_tol(e[1][i], 0.0, tolerance);
        if (fabs(e[1][i]) > 1e-6)
            ck_assert_double_eq_tol(log2(fabs(e[0][i] / e[1][i])), 2.0, 0.25);
    }
}

/* dX = -X dt + sqrt 2 dW: E X^2 = x^2 e^{-2s} + 1 - e^{-2s} */
START_TEST(a_square_under_ornstein_and_uhlenbeck)
{
    const question q = {.drift = "-x",
                        .noise = "sqrt(2)",
                        .payoff = "x^2",
                        .lo = -7.0,
                        .hi = 7.0,
                        .cells = 140,
                        .face = FK_REFLECTING};
    const double x = 0.731, a = exp(-2.0), b = exp(-1.0);
    expect_values(&q, x, x * x * a + 1.0 - a, x * x * b + 1.0 - b, 3e-4);
}
END_TEST

/* Cameron and Martin: E_x exp(-2 int_0^s W^2) = exp(-x^2 tanh(2 s)) / sqrt(cosh(2 s)) */
START_TEST(quadratic_killing)
{
    const question q = {.drift = "0",
                        .noise = "1",
                        .killing = "2*x^2",
                        .payoff = "1",
                        .lo = -5.0,
                        .hi = 5.0,
                        .cells = 100,
                        .face = FK_REFLECTING};
    const double x = 0.417;
    expect_values(&q, x, exp(-x * x * tanh(2.0)) / sqrt(cosh(2.0)),
                  exp(-x * x * tanh(1.0)) / sqrt(cosh(1.0)), 1e-3);
}
END_TEST

static double call_price(double x, double s)
{
    const double r = 0.05, v = 0.4, strike = 1.0, w = v * sqrt(s);
    const double d = (log(x / strike) + (r + 0.5 * v * v) * s) / w;
    return x * 0.5 * erfc(-d / sqrt(2.0)) -
           strike * exp(-r * s) * 0.5 * erfc(-(d - w) / sqrt(2.0));
}

/* Black and Scholes: a call at the strike 1, rate 0.05, volatility 0.4 */
START_TEST(a_call_under_geometric_brownian_motion)
{
    const question q = {.drift = "0.05*x",
                        .noise = "0.4*x",
                        .killing = "0.05",
                        .payoff = "max(x - 1, 0)",
                        .lo = 0.0,
                        .hi = 12.0,
                        .cells = 480,
                        .face = FK_REFLECTING,
                        .tolerance = 1e-6};
    const double x = 1.137;
    expect_values(&q, x, call_price(x, 1.0), call_price(x, 0.5), 3e-4);
}
END_TEST

/* Brownian motion between 0 and 1 from x, after s, by eigenfunctions: still there; has
 * left through 1; mean time spent. */
typedef struct interval {
    double there, above, spent;
} interval;

static interval series(double x, double s)
{
    interval v = {0.0, x, x * (1.0 - x)};
    for (int k = 1; k < 200; k++) {
        const double n = M_PI * k, decay = exp(-0.5 * n * n * s) * sin(n * x);
        const double odd = k % 2 ? 4.0 / n : 0.0;
        v.there += odd * decay;
        v.above += (k % 2 ? -2.0 : 2.0) / n * decay;
        v.spent -= odd * 2.0 / (n * n) * decay;
    }
    return v;
}

START_TEST(an_interval_that_is_left)
{
    const double x = 0.3;
    const question q = {.drift = "0",
                        .noise = "1",
                        .lo = 0.0,
                        .hi = 1.0,
                        .cells = 50,
                        .face = FK_ABSORBING};
    question there = q, above = q, spent = q;
    there.payoff = "1";
    above.worth[1] = 1.0;
    spent.cost = "1";
    const interval all = series(x, 1.0), half = series(x, 0.5);
    expect_values(&there, x, all.there, half.there, 1e-4);
    expect_values(&above, x, all.above, half.above, 1e-4);
    expect_values(&spent, x, all.spent, half.spent, 1e-4);
}
END_TEST

/* Polynomials of degree 3 in each variable, given at the middles, come out. */
START_TEST(places_between_middles)
{
    const double x[] = {0.37, -0.81};
    const fk_domain d = pde_box(2, (double[]){-1.0, -2.0}, (double[]){2.0, 1.0},
                                (size_t[]){9, 7}, FK_REFLECTING);
    double u[63];
    for (size_t c = 0; c < 63; c++) {
        double m[FK_GRID_DIM];
        fk_grid_centre(&d.grid, c, m);
        u[c] = 1.0 + m[0] * m[0] * m[0] * m[1] - 2.0 * m[1] * m[1] * m[1];
    }
    ck_assert_double_eq_tol(fk_value_at(&d.grid, u, x),
                            1.0 + x[0] * x[0] * x[0] * x[1] - 2.0 * x[1] * x[1] * x[1],
                            1e-12);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("value");
    TCase *t = tcase_create("value");
    tcase_set_timeout(t, 60.0);
    tcase_add_test(t, a_square_under_ornstein_and_uhlenbeck);
    tcase_add_test(t, quadratic_killing);
    tcase_add_test(t, a_call_under_geometric_brownian_motion);
    tcase_add_test(t, an_interval_that_is_left);
    tcase_add_test(t, places_between_middles);
    suite_add_tcase(s, t);
    return run_suite(s);
}
