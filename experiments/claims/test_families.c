/* Families of test functions and what they cannot see.  In the plane, on a mixture of three
 * Gaussians under the variance-preserving process: the weak form for monomials, waves,
 * Hermite products and Gaussians, and errors of the equation that whole families miss.
 *
 *     an error e of the generator shows as  int p e[phi] dx = 0  for all phi of a family:
 *     cross diffusion      e = phi_xy                   unseen by functions of x or y alone
 *     rotation             e = x phi_y - y phi_x        unseen by functions of x^2 + y^2
 *     unequal axes         e = phi_xx - phi_yy          unseen by x, y and x^2 + y^2
 *     swirl along p        e = s_y phi_x - s_x phi_y    unseen by all: p does not feel it
 *
 * On the line, a density with all the moments of the log-normal one.
 * [su-2023, risken-1989, heyde-1963] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "sde/sde_text.h"
#include "sde/test_functions.h"
#include "sde/weak_form.h"
#include "solvers/quadrature.h"

enum { COMPONENTS = 3, ERRORS = 4, FAMILIES = 4, MEMBERS = 4, KNOWN = 4 };

static const double TIME = 0.25;

/* Weight, means, covariances xx, xy, yy. */
static const double mixture[COMPONENTS][6] = {{0.25, -1.5, 0.0, 0.2, 0.05, 0.1},
                                              {0.35, 1.0, 1.2, 0.15, -0.06, 0.25},
                                              {0.4, 0.8, -1.0, 0.3, 0.0, 0.12}};

/* E phi and E L phi at t = 1/4 to ten digits, as computed once with other programs. */
static const struct {
    const char *phi;
    double mean, rate;
} known[KNOWN] = {{"x*y", 0.0479166945, -0.2431772247},
                  {"x^2 + y^2", 2.2385361132, -1.2105707743},
                  {"cos(x + 2*y)", 0.0276667327, 0.4808469256},
                  {"(x^2 - 1)*y", 0.0028422344, -0.0216365097}};

static const struct family {
    const char *name;
    const char *member[MEMBERS]; /* then NULL */
} families[FAMILIES] = {
    {"x and y", {"x", "y"}},
    {"functions of x or of y", {"x^2", "y^2", "cos(2*x)", "exp(-(y - 0.5)^2)"}},
    {"functions of x^2 + y^2",
     {"x^2 + y^2", "exp(-(x^2 + y^2)/2)", "cos(x^2 + y^2)*exp(-(x^2 + y^2)/4)"}},
    {"functions of both",
     {"x*y", "cos(x + 2*y)", "(x^2 - 1)*y", "exp(-(x - 0.5)^2 - (y + 0.4)^2)"}}};

/* Whether the family of the column sees the error of the row. */
static const struct error {
    const char *name;
    bool seen[FAMILIES];
} errors[ERRORS] = {
    {"cross diffusion", {false, false, true, true}},
    {"a rotation", {true, true, false, true}},
    {"unequal axes", {false, true, true, true}},
    {"a swirl along the density's level lines", {false, false, false, false}}};

typedef struct model {
    fk_expr_pool *pool;
    fk_sde *sde; /* with the break, if any */
    const fk_expr *density;
    fk_grid grid;
} model;

/* "w N(m A, S A^2 + (1 - A^2) I)", component k, A = alpha(t) */
static int print_component(size_t k, size_t size, char *text)
{
    const double *c = mixture[k];
    char a[64], b[64], d[64], x[32], y[32];
    snprintf(a, sizeof a, "(%g*A^2 + 1 - A^2)", c[3]);
    snprintf(b, sizeof b, "(%g*A^2)", c[4]);
    snprintf(d, sizeof d, "(%g*A^2 + 1 - A^2)", c[5]);
    snprintf(x, sizeof x, "(x - %g*A)", c[1]);
    snprintf(y, sizeof y, "(y - %g*A)", c[2]);
    return snprintf(text, size,
                    "%s%g/(2*pi*sqrt(%s*%s - %s^2))*exp(-(%s*%s^2 - 2*%s*%s*%s + "
                    "%s*%s^2)/(2*(%s*%s - %s^2)))",
                    k > 0 ? " + " : "", c[0], a, d, b, d, x, b, x, y, a, y, a, d, b);
}

static fk_status make_model(const fk_trial *t, model *m)
{
    const bool turned = fk_trial_broken(t, "drift-sign");
    const bool half = fk_trial_broken(t, "half-g2");
    char density[2048];
    size_t n = 0;
    const fk_sde_text text = {
        .dim = 2,
        .noises = 2,
        .variables = "x; y",
        .drift = turned ? "(0.1 + 19.9*t)*x/2; (0.1 + 19.9*t)*y/2"
                        : "-(0.1 + 19.9*t)*x/2; -(0.1 + 19.9*t)*y/2",
        .noise = half ? "sqrt((0.1 + 19.9*t)/2); 0; 0; sqrt((0.1 + 19.9*t)/2)"
                      : "sqrt(0.1 + 19.9*t); 0; 0; sqrt(0.1 + 19.9*t)",
        .n_parameters = 1, /* stands for alpha(t) in the density */
        .parameter = (const char *const[]){"A"},
        .value = (const double[]){0.0}};
    const size_t points = fk_trial_whole(t, "points");
    const fk_axis axis[] = {{-8.0, 8.0, points}, {-8.0, 8.0, points}};
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, t->message));
    for (size_t k = 0; k < COMPONENTS; k++)
        n += (size_t)print_component(k, sizeof density - n, density + n);
    const fk_expr *alpha, *symbol = m->sde->parameter[0];
    FK_TRY(fk_sde_expression(m->sde, "exp(-(0.1*t + 9.95*t^2)/2)", &alpha, t->message));
    FK_TRY(fk_sde_expression(m->sde, density, &m->density, t->message));
    m->density = fk_expr_substitute(m->pool, m->density, 1, &symbol, &alpha);
    m->grid = fk_grid_make(2, axis);
    return FK_OK;
}

static fk_status integrals(const model *m, size_t n, const fk_expr **e, double *out)
{
    return fk_weak_integrals(m->sde, n, e, TIME, &m->grid, out);
}

/* ---- the weak form in the plane ---- */

static fk_evidence row(double left, double right, double error, const char *origin)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-4,
                         .origin = origin};
}

static fk_status add_weak_form(fk_trial *t, const model *m)
{
    const char *midpoint = "midpoint rule on [-8, 8]^2, rounding of its sum";
    const char *digits = "digits of the known value";
    const fk_expr *slope = fk_expr_diff(m->pool, m->density, m->sde->time);
    for (size_t k = 0; k < KNOWN; k++) {
        const fk_expr *phi;
        double v[3];
        FK_TRY(fk_sde_expression(m->sde, known[k].phi, &phi, t->message));
        const fk_expr *e[] = {
            fk_expr_mul(m->pool, phi, m->density), fk_expr_mul(m->pool, phi, slope),
            fk_expr_mul(m->pool, fk_weak_generator(m->sde, phi), m->density)};
        FK_TRY(integrals(m, 3, e, v));
        fk_trial_add(t, row(v[1], v[2], 1e-11, midpoint), "d/dt E phi = E L phi, %s",
                     known[k].phi);
        fk_trial_add(t, row(v[0], known[k].mean, 1e-10, digits), "E phi known, %s",
                     known[k].phi);
        fk_trial_add(t, row(v[2], known[k].rate, 1e-10, digits), "E L phi known, %s",
                     known[k].phi);
    }
    return FK_OK;
}

/* ---- what a family sees of an error ---- */

/* e[phi] of one error. */
static const fk_expr *error_of(const model *m, size_t i, const fk_expr *phi)
{
    fk_expr_pool *pool = m->pool;
    const fk_expr *x = m->sde->variable[0], *y = m->sde->variable[1];
    const fk_expr *phi_x = fk_expr_diff(pool, phi, x);
    const fk_expr *phi_y = fk_expr_diff(pool, phi, y);
    switch (i) {
    case 0:
        return fk_expr_diff(pool, phi_x, y);
    case 1:
        return fk_expr_sub(pool, fk_expr_mul(pool, x, phi_y),
                           fk_expr_mul(pool, y, phi_x));
    case 2:
        return fk_expr_sub(pool, fk_expr_diff(pool, phi_x, x),
                           fk_expr_diff(pool, phi_y, y));
    default: {
        const fk_expr *p_x = fk_expr_diff(pool, m->density, x);
        const fk_expr *p_y = fk_expr_diff(pool, m->density, y);
        const fk_expr *along = fk_expr_sub(pool, fk_expr_mul(pool, p_y, phi_x),
                                           fk_expr_mul(pool, p_x, phi_y));
        return fk_expr_div(pool, along, m->density);
    }
    }
}

/* The largest |int p e[phi]| of the family. */
static fk_status sight(const fk_trial *t, const model *m, size_t i, size_t family,
                       double *largest)
{
    *largest = 0.0;
    for (size_t k = 0; k < MEMBERS && families[family].member[k] != NULL; k++) {
        const fk_expr *phi;
        double value;
        FK_TRY(fk_sde_expression(m->sde, families[family].member[k], &phi, t->message));
        const fk_expr *e = fk_expr_mul(m->pool, m->density, error_of(m, i, phi));
        FK_TRY(integrals(m, 1, &e, &value));
        *largest = fmax(*largest, fabs(value));
    }
    return FK_OK;
}

static fk_status add_sights(fk_trial *t, const model *m)
{
    for (size_t i = 0; i < ERRORS; i++)
        for (size_t j = 0; j < FAMILIES; j++) {
            double largest;
            const bool seen = errors[i].seen[j] || fk_trial_broken(t, "all-see");
            FK_TRY(sight(t, m, i, j, &largest));
            fk_trial_add(t,
                         (fk_evidence){.relation = seen ? FK_DIFFERENT : FK_EQUAL,
                                       .left = largest,
                                       .quadrature = 1e-11,
                                       .effect = 1e-2,
                                       .origin = "midpoint rule, rounding of its sum"},
                         "%s, to %s: %s", errors[i].name, families[j].name,
                         seen ? "seen" : "invisible");
        }
    return FK_OK;
}

/* ---- all moments right, and the density wrong ---- */

/* log x = z ~ N(0, 4), and the same times 1 + sin(pi z/4):
 * E x^k sin(pi z/4) = exp(2 k^2) E sin(pi z/4 + pi k) = 0 for whole k */
static double difference(double z, void *context)
{
    const double *power = context;
    const double phi = isfinite(*power) ? exp(*power * z) : exp(-0.5 * exp(2.0 * z));
    return exp(-z * z / 8.0) / sqrt(8.0 * M_PI) * sin(0.25 * M_PI * z) * phi;
}

static void add_twins(fk_trial *t)
{
    for (int k = 0; k <= 6; k += 2) {
        double error, power = k + (fk_trial_broken(t, "half-moments") ? 0.5 : 0.0);
        const double middle = 4.0 * power, size = exp(2.0 * power * power);
        const double d =
            fk_integral(difference, &power, middle - 24.0, middle + 24.0, 32, &error);
        fk_trial_add(t,
                     (fk_evidence){.left = d / size,
                                   .quadrature = error / size + 1e-13,
                                   .effect = 1e-2,
                                   .origin = "parts of the integral halved"},
                     "E x^%d of the two, difference over its size", k);
    }
    double error, bounded = HUGE_VAL;
    const double d = fk_integral(difference, &bounded, -24.0, 6.0, 64, &error);
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_DIFFERENT,
                               .left = d,
                               .quadrature = error + 1e-13,
                               .effect = 1e-3,
                               .origin = "parts of the integral halved"},
                 "E exp(-x^2/2) of the two, difference: a bounded function sees it");
}

/* ---- the picture: what p would change by ---- */

static fk_status draw(fk_trial *t, const model *m)
{
    fk_expr_pool *pool = m->pool;
    const fk_expr *p = m->density;
    const fk_expr *x = m->sde->variable[0], *y = m->sde->variable[1];
    const fk_expr *p_x = fk_expr_diff(pool, p, x), *p_y = fk_expr_diff(pool, p, y);
    /* adjoints of the first three errors */
    const fk_expr *e[] = {
        p, fk_expr_diff(pool, p_x, y),
        fk_expr_sub(pool, fk_expr_mul(pool, y, p_x), fk_expr_mul(pool, x, p_y)),
        fk_expr_sub(pool, fk_expr_diff(pool, p_x, x), fk_expr_diff(pool, p_y, y))};
    static const char *const label[] = {"density p", "cross diffusion", "rotation",
                                        "unequal axes"};
    enum { MAPS = sizeof e / sizeof *e };
    const fk_axis axis[] = {{-4.0, 4.0, 80}, {-4.0, 4.0, 80}};
    const fk_grid grid = fk_grid_make(2, axis);
    const fk_expr *symbol[] = {m->sde->time, x, y};
    const size_t cells = fk_grid_cells(&grid);
    fk_map map[MAPS];
    double *field = fk_doubles(MAPS * cells);
    if (field == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < MAPS; k++) {
        for (size_t c = 0; c < cells; c++) {
            double at[FK_GRID_DIM];
            fk_grid_centre(&grid, c, at);
            field[k * cells + c] =
                fk_expr_value(e[k], 3, symbol, (const double[]){TIME, at[0], at[1]});
        }
        map[k] = (fk_map){
            .label = label[k], .field = field + k * cells, .difference = k > 0};
    }
    fk_trial_maps(
        t,
        "A density and the rate at which three errors of its equation change "
        "it.  The first leaves both marginals alone, the second every average "
        "over a circle about 0: functions of x or y, or of x^2 + y^2, cannot "
        "see them.",
        &(fk_maps){.name = "test-families",
                   .title = "Errors that whole families of functions miss",
                   .x_label = "x",
                   .y_label = "y",
                   .grid = &grid,
                   .n = MAPS,
                   .map = map});
    free(field);
    return FK_OK;
}

static fk_status verify(fk_trial *t, const model *m)
{
    FK_TRY(add_weak_form(t, m));
    FK_TRY(add_sights(t, m));
    add_twins(t);
    return t->gallery != NULL ? draw(t, m) : FK_OK;
}

static fk_status run(fk_trial *t)
{
    model m = {.pool = NULL};
    fk_status status = make_model(t, &m);
    if (status == FK_OK)
        status = verify(t, &m);
    fk_sde_free(m.sde);
    fk_expr_pool_free(m.pool);
    return status;
}

const fk_claim fk_claim_test_families = {
    .name = "test-families",
    .title = "What a family of test functions cannot see",
    .statement =
        "The weak form holds for products, waves and Gaussians in the plane; but for "
        "each of three families there is an error of the equation that none of its "
        "functions shows, and on the line there are two densities that agree in every "
        "moment.",
    .assumptions =
        "a density that decays with its derivatives, here a mixture of three "
        "Gaussians; no symmetry",
    .source = "su-2023, risken-1989, heyde-1963",
    .falsifier = "a function of an invisible family that shows the error",
    .derivation =
        {{"An error of the generator shows in the rate of change of E phi.",
          "\\frac{d}{dt} \\mathbb{E} \\varphi = \\mathbb{E}[L \\varphi] + "
          "\\mathbb{E}[e \\varphi], \\quad \\mathbb{E}[e \\varphi] = \\int p \\, e "
          "\\varphi \\, dx"},
         {"Cross diffusion is a mixed derivative: functions of one variable have none.",
          "e \\varphi = \\partial_x \\partial_y \\varphi"},
         {"A rotation moves along circles, on which functions of the radius are "
          "constant.",
          "e \\varphi = x \\partial_y \\varphi - y \\partial_x \\varphi"},
         {"A swirl along the density's own level lines changes no density, so no "
          "function sees it: paths do.",
          "\\int p \\, (J s) \\cdot \\nabla \\varphi \\, dx = -\\int \\varphi \\, "
          "\\nabla "
          "\\cdot (J \\nabla p) \\, dx = 0"},
         {"Moments need not determine a density: for whole k",
          "\\int x^k \\sin \\left( \\frac{\\pi}{4} \\ln x \\right) p(x) \\, dx = 0, "
          "\\quad \\ln x \\sim N(0, 4)"},
         {"So take three families, one of them with products and one bounded.", NULL}},
    .parameter = {{"points", 120, 80, 60, 1000, true, "of the rule along each axis"}},
    .breaks = {{"drift-sign", "f with the wrong sign"},
               {"half-g2", "g^2/4 in place of g^2/2"},
               {"all-see", "families without blind spots"},
               {"half-moments", "moments of half order"}},
    .run = run,
};
