/* One step of every scheme against the generator L of its SDE (with d_t), with u = phi:
 *
 *     (E u(X_h) - u)/h = L u + h/2 L^2 u + O(h^weak order),
 *
 * the first term for weak order 1, both for higher ones.  The expectation is a product of
 * Gauss-Hermite rules over the rows of normals, so nothing here is random. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/scheme.h"
#include "sde/weak_form.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

enum { NODES = 4, ROWS = 8 };
enum { STATE = 5 }; /* two variables, and rows for a scheme to remember */

static double value(const fk_sde *s, const fk_expr *e, double t, const double *x)
{
    const fk_expr *symbol[] = {s->time, s->variable[0], s->variable[1]};
    const double at[] = {t, x[0], x[1]};
    return fk_expr_value(e, 3, symbol, at);
}

/* A rule for one row, right for polynomials as the row's law is: zeros of He_4 and of He_3,
 * and signs.  [abramowitz-stegun-1964, table 25.10] */
typedef struct rule {
    size_t n;
    double node[NODES], share[NODES];
} rule;

static rule rule_of(fk_increments kind)
{
    const double far = sqrt(3.0 + sqrt(6.0)), near = sqrt(3.0 - sqrt(6.0));
    const double rare = (3.0 - sqrt(6.0)) / 12.0, common = (3.0 + sqrt(6.0)) / 12.0;
    const rule rules[] = {
        [FK_GAUSSIAN] = {4, {-far, -near, near, far}, {rare, common, common, rare}},
        [FK_THREE_POINT] = {3,
                            {-sqrt(3.0), 0.0, sqrt(3.0)},
                            {1.0 / 6, 2.0 / 3, 1.0 / 6}},
        [FK_RADEMACHER] = {2, {-1.0, 1.0}, {0.5, 0.5}},
    };
    return rules[kind];
}

/* How E u(X_h) is taken: increments of one kind, and what else is drawn. */
typedef struct draw {
    fk_increments kind;
    size_t noises, rows;
} draw;

/* Rows of the points number first, first + 1, ... of the product of rules, their weights,
 * 0 beyond the last; false there. */
static bool place(const draw *d, size_t first, double *z, double *weight)
{
    const rule increment = rule_of(d->kind);
    const rule further = d->kind == FK_GAUSSIAN ? increment : rule_of(FK_RADEMACHER);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        size_t rest = first + j;
        weight[j] = 1.0;
        for (size_t r = 0; r < d->rows; r++) {
            const rule *q = r < d->noises ? &increment : &further;
            z[r * FK_BLOCK + j] = q->node[rest % q->n];
            weight[j] *= q->share[rest % q->n];
            rest /= q->n;
        }
        if (rest > 0)
            weight[j] = 0.0;
        if (rest > 0 && j == 0)
            return false;
    }
    return true;
}

/* E u(X_h), a block of points at a time. */
static double expectation(const fk_scheme *scheme, const fk_stepper *stepper,
                          const fk_sde *s, const fk_expr *u, const draw *d, double t,
                          double h, const double *start)
{
    double *z = fk_doubles((ROWS + STATE) * FK_BLOCK);
    double *scratch = fk_doubles(scheme->scratch(stepper) + 1), *state[STATE];
    for (size_t i = 0; i < STATE; i++)
        state[i] = z + (ROWS + i) * FK_BLOCK;
    double weight[FK_BLOCK], sum = 0.0;
    ck_assert_uint_le(d->rows, ROWS);
    for (size_t first = 0; place(d, first, z, weight); first += FK_BLOCK) {
        if (scheme->shape != NULL)
            scheme->shape(stepper, z);
        for (size_t i = 0; i < STATE; i++)
            for (size_t j = 0; j < FK_BLOCK; j++)
                state[i][j] = i < s->dim ? start[i] : HUGE_VAL;
        scheme->step(stepper, t, h, z, state, scratch);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double end[] = {state[0][j], state[1][j]};
            sum += weight[j] * value(s, u, t + h, end);
        }
    }
    free(z);
    free(scratch);
    return sum;
}

static void compare(const fk_scheme *scheme, const fk_stepper *stepper, const fk_sde *s,
                    const draw *d, const fk_expr *u, double order)
{
    const double start[] = {0.7, -0.4}, t = 0.3;
    const fk_expr *Lu = fk_weak_generator(s, u);
    const double first = value(s, Lu, t, start);
    const double second = 0.5 * value(s, fk_weak_generator(s, Lu), t, start);
    double error[2][2]; /* [h, h/2][without, with the second term] */
    for (int k = 0; k < 2; k++) {
        const double h = k == 0 ? 1e-4 : 5e-5;
        const double mean = expectation(scheme, stepper, s, u, d, t, h, start);
        error[k][0] = (mean - value(s, u, t, start)) / h - first;
        error[k][1] = error[k][0] - h * second;
    }
    char name[64];
    snprintf(name, sizeof name, "%s, %s", scheme->name, fk_increments_name[d->kind]);
    ck_assert_msg(fabs(error[1][0]) < 0.54 * fabs(error[0][0]) + 1e-7,
                  "%s: weak error %g at h, %g at h/2", name, error[0][0], error[1][0]);
    if (order > 1.0)
        ck_assert_msg(fabs(error[1][1]) <
                          1.16 * exp2(-fmin(order, 2.0)) * fabs(error[0][1]) + 1e-9,
                      "%s: second weak error %g at h, %g at h/2", name, error[0][1],
                      error[1][1]);
}

/* The weak order, which rises to 2 with additive noise for some schemes, if increments
 * have the moments for it. */
static double weak_order(const fk_scheme *scheme, fk_increments kind, bool additive)
{
    const bool rises =
        strcmp(scheme->name, "heun") == 0 || strcmp(scheme->name, "sriw1") == 0;
    return additive && rises && kind != FK_RADEMACHER ? 2.0 : scheme->weak_order;
}

/* From the hardest to the easiest: noise that does not commute, noises with variables of
 * their own, additive noise, constant noise, a linear problem,
 * geometric Brownian motions, an oscillator, no noise. */
enum { ADDITIVE = 2 };
static const struct {
    size_t noises;
    const char *drift, *noise;
} problem[] = {
    {2, "y - x*t - x^3; sin(x) - 0.5*y",
     "0.5 + 0.2*y; 0.3*x; 0.1*x*y; 0.4 + 0.1*x^2*exp(-t)"},
    {2, "y - x*t - x^3; sin(x) - 0.5*y", "0.4 + 0.3*x^2; 0; 0; sqrt(1 + y^2)*(1 + t)"},
    {2, "y - x*t - x^3; sin(x) - 0.5*y", "0.5*exp(t); 0.3; -0.2; 0.4*t"},
    {2, "y - x*t - x^3; sin(x) - 0.5*y", "0.5; 0.3; -0.2; 0.4"},
    {2, "2*y - x + 0.3; x - 1.5*y", "0.5; 0.3; -0.2; 0.4"},
    {2, "0.3*x; -0.2*y", "0.4*x; 0.1*x; -0.3*y; 0.2*y"},
    {1, "2*y; sin(x)*(1 + t) - 1.5*y", "0; 0.4"},
    {0, "y - x*t - x^3; sin(x) - 0.5*y", "0"},
};

static void compare_all(const fk_scheme *scheme, const fk_stepper *stepper,
                        const fk_sde *s, const draw *d, double order)
{
    const fk_expr *x = s->variable[0], *y = s->variable[1];
    const fk_expr *xy = fk_expr_mul(s->pool, x, y);
    const fk_expr *u[] = {x,
                          y,
                          fk_expr_mul(s->pool, x, x),
                          xy,
                          fk_expr_mul(s->pool, y, y),
                          fk_expr_mul(s->pool, xy, x)};
    for (size_t k = 0; k < sizeof u / sizeof *u; k++)
        compare(scheme, stepper, s, d, u[k], order);
}

START_TEST(generator_in_one_step)
{
    const fk_scheme *scheme = fk_schemes[_i];
    size_t accepted = 0;
    if (scheme->strong_order == 0.0) /* exact in law, by rejection: test_exact_cir */
        return;
    for (size_t n = 0; n < sizeof problem / sizeof *problem; n++) {
        draw d = {.noises = problem[n].noises};
        fk_sde *s = sde_text(FK_STRATONOVICH, 2, d.noises, "x; y", problem[n].drift,
                             problem[n].noise);
        fk_stepper *stepper = NULL;
        if (scheme->prepare(s, &stepper, NULL) == FK_OK) {
            accepted++;
            d.rows = scheme->draws != NULL ? scheme->draws(stepper) : d.noises;
            for (d.kind = FK_GAUSSIAN; d.kind <= scheme->coarsest; d.kind++)
                compare_all(scheme, stepper, s, &d,
                            weak_order(scheme, d.kind, n == ADDITIVE));
        }
        scheme->release(stepper);
        sde_text_free(s);
    }
    ck_assert_uint_ge(accepted, 1);
}
END_TEST

/* dX = -X dt + sqrt(2) dW from x = 0.7, u = cos 2 X, by signs:
 * E u(X_h) = cos(2 (1 - h) x) cos(2 sqrt(2 h)), and R(h) = (E u(X_h) - u)/h - L u is c h,
 * where g^4 u'''' enters c = -5.231840573577 with 1/24, not with the 1/8 of N(0, 1). */
START_TEST(euler_maruyama_by_signs)
{
    const fk_scheme *scheme = fk_scheme_find("euler-maruyama");
    const double x = 0.7, start[] = {x, 0.0};
    const draw d = {FK_RADEMACHER, 1, 1};
    fk_sde *s = sde_text(FK_ITO, 2, 1, "x; y", "-x; 0", "sqrt(2); 0");
    fk_stepper *stepper;
    ck_assert_int_eq(scheme->prepare(s, &stepper, NULL), FK_OK);
    const fk_expr_name name = {"x", NULL};
    const fk_expr *u;
    fk_expr_error error;
    ck_assert_int_eq(fk_expr_parse(s->pool, "cos(2*x)", &name, 1, &u, &error), FK_OK);
    const double Lu = value(s, fk_weak_generator(s, u), 0.0, start);
    double R[2];
    for (int k = 0; k < 2; k++) {
        const double h = 0.00625 / (1 << k);
        const double mean = expectation(scheme, stepper, s, u, &d, 0.0, h, start);
        ck_assert_double_eq_tol(
            mean, cos(2.0 * (1.0 - h) * x) * cos(2.0 * sqrt(2.0 * h)), 1e-14);
        R[k] = (mean - cos(2.0 * x)) / h - Lu;
    }
    ck_assert_double_eq_tol(R[0], -0.0325514904, 1e-9);
    ck_assert_double_eq_tol((4.0 * R[1] - R[0]) / 0.00625, -5.231840573577, 1e-3);
    scheme->release(stepper);
    sde_text_free(s);
}
END_TEST

int main(void)
{
    int n = 0;
    while (fk_schemes[n] != NULL)
        n++;
    Suite *suite = suite_create("one_step");
    TCase *cases = tcase_create("one_step");
    tcase_add_loop_test(cases, generator_in_one_step, 0, n);
    tcase_add_test(cases, euler_maruyama_by_signs);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
