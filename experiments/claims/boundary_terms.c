/* What integration by parts leaves at the boundary: on an interval, at walls, and at
 * infinity, where it need not vanish although the density does.
 *
 *     int_a^b phi p_t dx = int_a^b p L phi dx - [phi J + p (g^2/2) phi']_a^b,
 *     J = f p - ((g^2/2) p)'
 *
 * On five densities that are known exactly.  Two of them fall like powers:
 *
 *     dX = X^2 dt     p ~ x^-2 and the mass runs out through infinity, P(X_t finite) < 1
 *     dX = X^2 dW     p ~ x^-4, mass 1, L x = 0, and yet E X_t falls: 1/|B_t| in space
 *
 * [su-2023, johnson-helms-1963, feller-1952] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/claim.h"
#include "experiments/claims/known_density.h"
#include "experiments/claims/standard.h"
#include "experiments/expect_density.h"
#include "experiments/problem_expression.h"
#include "sampling/ensemble.h"
#include "sde/problem_file.h"
#include "sde/sde_text.h"
#include "sde/test_functions.h"
#include "sde/weak_form.h"

enum { PLACES = 25 };

static const fk_known_density line = {
    "Ornstein-Uhlenbeck on (-1, 1.2)",
    "-x",
    "sqrt(2)",
    "exp(-(x - 2*exp(-t))^2/(2 - 1.5*exp(-2*t)))/sqrt(pi*(2 - 1.5*exp(-2*t)))",
    0.5,
    -1.0,
    1.2,
    {"1", "x", "x^2", "cos(2*x)"}};

static const fk_known_density walls[2] = {
    {"Brownian motion between reflecting walls",
     "0",
     "1",
     "1 + 0.6*cos(pi*x)*exp(-pi^2*t/2) + 0.3*cos(2*pi*x)*exp(-2*pi^2*t)",
     0.05,
     0.0,
     1.0,
     {"1", "x", "x^2", "cos(pi*x)"}},
    {"Brownian motion between absorbing walls",
     "0",
     "1",
     "pi/2*(sin(pi*x)*exp(-pi^2*t/2) + 0.4*sin(2*pi*x)*exp(-2*pi^2*t))",
     0.05,
     0.0,
     1.0,
     {"1", "x", "x^2", "sin(pi*x)"}}};

/* X_t = x_0/(1 - x_0 t), x_0 ~ N(0, 1): gone at t = 1/x_0. */
static const fk_known_density explosive = {
    "dX = X^2 dt", "x^2", "0",   "exp(-x^2/(2*(1 + x*t)^2))/(sqrt(2*pi)*(1 + x*t)^2)",
    1.0,           -0.9,  100.0, {"1", "1/(1 + x^2)"}};

/* x = 1/r, r = |B_t| from |B_0| = 1 in three dimensions. */
static const fk_known_density strict = {
    "dX = X^2 dW", "0",
    "x^2",         "2*exp(-(1 + 1/x^2)/(2*t))*sinh(1/(x*t))/(sqrt(2*pi*t)*x^3)",
    0.5,           0.02,
    100.0,         {"1", "x", "1/(1 + x^2)"}};

/* phi J + p (g^2/2) phi', as the formula under test has it. */
static const fk_expr *bracket(const fk_trial *t, const fk_known_model *m,
                              const fk_expr *phi)
{
    fk_expr_pool *pool = m->pool;
    const double flux = fk_trial_broken(t, "no-flux")     ? 0.0
                        : fk_trial_broken(t, "flux-sign") ? -1.0
                                                          : 1.0;
    const double slope = fk_trial_broken(t, "no-slope") ? 0.0 : 1.0;
    const fk_expr *current = fk_weak_current(m->sde, m->p, 0);
    const fk_expr *spread = fk_expr_mul(pool, m->p, m->sde->diffusion[0]);
    const fk_expr *first = fk_expr_diff(pool, phi, m->sde->variable[0]);
    return fk_expr_add(
        pool,
        fk_expr_mul(pool, fk_expr_number(pool, flux), fk_expr_mul(pool, phi, current)),
        fk_expr_mul(pool, fk_expr_number(pool, slope),
                    fk_expr_mul(pool, spread, first)));
}

/* ---- the identity on an interval ---- */

static void add_identity(fk_trial *t, const fk_known_model *m, const fk_expr *phi,
                         const char *name)
{
    fk_expr_pool *pool = m->pool;
    double left_error, right_error;
    const fk_known_density *is = m->is;
    const fk_expr *slope = fk_expr_diff(pool, m->p, m->sde->time);
    const fk_expr *both = bracket(t, m, phi);
    const double left = fk_known_integral(m, fk_expr_mul(pool, phi, slope), is->from,
                                          is->to, &left_error);
    const double inside =
        fk_known_integral(m, fk_expr_mul(pool, m->p, fk_weak_generator(m->sde, phi)),
                          is->from, is->to, &right_error);
    const double through = fk_known_at(m, both, is->to, is->time) -
                           fk_known_at(m, both, is->from, is->time);
    fk_trial_add(t,
                 (fk_evidence){.left = left,
                               .right = inside - through,
                               .quadrature = left_error + right_error + 1e-12,
                               .effect = 1e-3,
                               .origin = "parts of the integrals halved"},
                 "int phi p_t = int p L phi - [...] (%.4g), %s, %s", through, name,
                 is->name);
}

static fk_status add_identities(fk_trial *t, const fk_known_model *m)
{
    for (size_t k = 0; k < FK_KNOWN_FUNCTIONS && m->is->phi[k] != NULL; k++) {
        const fk_expr *phi;
        FK_TRY(fk_sde_expression(m->sde, m->is->phi[k], &phi, t->message));
        add_identity(t, m, phi, m->is->phi[k]);
    }
    return FK_OK;
}

static void add_still(fk_trial *t, double value, const char *name)
{
    fk_trial_add(
        t,
        (fk_evidence){
            .left = value, .quadrature = 1e-15, .effect = 1e-3, .origin = "rounding"},
        "%s", name);
}

static fk_status add_line(fk_trial *t, const fk_known_model *m)
{
    const fk_expr *bump = fk_test_bump(m->pool, m->sde->variable[0], 0.0, 0.9);
    FK_TRY(add_identities(t, m));
    add_identity(t, m, bump, "bump");
    const fk_expr *both = bracket(t, m, bump);
    add_still(t,
              fabs(fk_known_at(m, both, m->is->from, m->is->time)) +
                  fabs(fk_known_at(m, both, m->is->to, m->is->time)),
              "[...] of a bump that ends inside: nothing");
    return FK_OK;
}

/* J = 0 at a wall that reflects, p = 0 at one that absorbs. */
static fk_status add_walls(fk_trial *t, const fk_known_model *m)
{
    const bool reflecting = m->is == &walls[0];
    const fk_expr *none = reflecting ? fk_weak_current(m->sde, m->p, 0) : m->p;
    FK_TRY(add_identities(t, m));
    add_still(t,
              fabs(fk_known_at(m, none, 0.0, 0.05)) +
                  fabs(fk_known_at(m, none, 1.0, 0.05)),
              reflecting ? "J at reflecting walls, which leaves p (g^2/2) phi' alone"
                         : "p at absorbing walls, which leaves phi J alone");
    return FK_OK;
}

/* ---- at infinity ---- */

/* The bracket of phi far out, and its limit, which is minus a rate of change. */
static fk_status add_limit(fk_trial *t, const fk_known_model *m, const char *text,
                           double far, double limit, double rate, const char *name)
{
    const fk_expr *phi;
    FK_TRY(fk_sde_expression(m->sde, text, &phi, t->message));
    const double x = 1e6, p = fk_known_at(m, m->p, x, m->is->time);
    const double through = fk_known_at(m, bracket(t, m, phi), x, m->is->time);
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_MOST,
                               .left = p,
                               .right = 2.0 * limit * far,
                               .quadrature = 1e-20,
                               .origin = "rounding"},
                 "p at x = 1e6 is next to nothing, %s", m->is->name);
    fk_trial_add(t,
                 (fk_evidence){.left = through,
                               .right = fk_trial_broken(t, "vanishing") ? 0.0 : limit,
                               .discretisation = 1e-5 * limit,
                               .effect = 0.1 * limit,
                               .origin = "order 1/x"},
                 "but [...] there, phi = %s, has a limit, %s", text, m->is->name);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = fk_trial_broken(t, "vanishing") ? 0.0 : -limit,
                               .quadrature = 1e-9,
                               .effect = 0.1 * limit,
                               .origin = "differences of the closed form"},
                 "%s", name);
    return FK_OK;
}

/* P(X_t finite) = P(x_0 < 1/t) */
static double finite_mass(double t, void *context)
{
    (void)context;
    return 0.5 * erfc(-1.0 / (t * M_SQRT2));
}

/* E X_t = E 1/|B_t| = erf(1/sqrt(2 t)) */
static double strict_mean(double t, void *context)
{
    (void)context;
    return erf(1.0 / sqrt(2.0 * t));
}

static double normal(double z)
{
    return exp(-0.5 * z * z) / sqrt(2.0 * M_PI);
}

static fk_status solved(const fk_trial *t, const char *text, const char *phi,
                        fk_expect_density *out)
{
    fk_problem *p = NULL;
    fk_methods methods;
    const fk_expr *e;
    fk_status status = fk_problem_parse(text, "boundary", 0, NULL, &p, t->message);
    if (status == FK_OK)
        status = fk_methods_find(p, &methods, t->message);
    if (status == FK_OK)
        status = fk_problem_expression(p, phi, &e, t->message);
    if (status == FK_OK)
        status = fk_expect_by_density(p, &methods, 1, &e, t->progress, out, t->message);
    fk_problem_free(p);
    return status;
}

static void add_solved(fk_trial *t, const fk_expect_density *f, double exact,
                       double bound, const char *origin, const char *name)
{
    fk_trial_add(t,
                 (fk_evidence){.left = f->value,
                               .right = exact,
                               .discretisation = f->grid_error + bound,
                               .effect = 0.05,
                               .origin = origin},
                 "%s", name);
}

/* Mass on (-8, 50), by the equation with an open end. */
static fk_status add_explosion_on_cells(fk_trial *t)
{
    fk_expect_density f;
    const double far = 50.0;
    FK_TRY(solved(t,
                  "variables: [x]\ndrift: x^2\nnoise: 0\ntime: 1\n"
                  "domain: {x: {map: sinh(u), from: -8, to: 50, cells: 300}}\n"
                  "initial: {gaussian: {mean: 0, sd: 1}}\nparticles: off\n"
                  "pde: {method: finite-volume, flux: upwind, tolerance: 1e-4}\n",
                  "1", &f));
    add_solved(t, &f, 0.5 * erfc(-far / (1.0 + far) / M_SQRT2), 1e-3,
               "cells halved: order 1",
               "mass below 50 at t = 1 by the continuity equation, and P(x_0 < 50/51)");
    return FK_OK;
}

static fk_status add_explosion_of_particles(fk_trial *t, const fk_known_model *m)
{
    const size_t n = fk_trial_whole(t, "particles");
    const double h = 1.0 / 256.0, z = 1.0, lost = 0.5 * erfc(z / M_SQRT2);
    fk_mixture *start = NULL;
    fk_law *law = NULL;
    fk_ensemble *e = NULL;
    const fk_ensemble_options o = {.count = n,
                                   .step = h,
                                   .seed = t->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = fk_scheme_find("heun")};
    fk_status status = fk_mixture_new(1, 1, &start);
    if (status == FK_OK) {
        start->weight[0] = start->cov[0] = 1.0;
        status = fk_law_mixture_new(start, &law);
    }
    if (status == FK_OK)
        status = fk_ensemble_new(m->sde, NULL, law, &o, &e, t->message);
    if (status == FK_OK)
        status = fk_ensemble_advance(e, 1.0, t->progress, t->message);
    if (status == FK_OK)
        fk_trial_add(
            t,
            (fk_evidence){.left = (double)fk_ensemble_losses(e)->count / (double)n,
                          .right = lost,
                          .statistical = sqrt(lost * (1.0 - lost) / (double)n),
                          .discretisation = 4.0 * h * normal(z),
                          .effect = 0.05,
                          .origin = "binomial; overflow four steps late at most"},
            "particles that are no finite number at t = 1, and P(x_0 > 1)");
    fk_ensemble_free(e);
    fk_law_free(law);
    fk_mixture_free(start);
    return status;
}

static fk_status add_explosive(fk_trial *t, const fk_known_model *m)
{
    double error;
    const double rate = fk_slope_of(finite_mass, NULL, 1.0, 2e-3, &error);
    FK_TRY(add_identities(t, m));
    FK_TRY(add_limit(t, m, "1", 1e-12, normal(1.0), rate,
                     "d/dt P(X_t finite), though L 1 = 0, and that limit"));
    FK_TRY(add_explosion_on_cells(t));
    return add_explosion_of_particles(t, m);
}

/* The mean from t = 0.2 on, in (0.05, 100), the far end reflecting or absorbing. */
static fk_status mean_on_cells(const fk_trial *t, const char *far_end,
                               fk_expect_density *f)
{
    char text[768];
    snprintf(text, sizeof text,
             "variables: [x]\ndrift: 0\nnoise: x^2\ntime: {start: 0.2, end: 0.5}\n"
             "domain: {x: {map: exp(u), from: 0.05, to: 100, cells: 150, "
             "boundary: [reflecting, %s]}}\n"
             "initial: {density: 'exp(-(1 + 1/x^2)/0.4)*sinh(5/x)/x^3'}\n"
             "particles: off\npde: {method: finite-volume, tolerance: 1e-5}\n",
             far_end);
    return solved(t, text, "x", f);
}

static fk_status add_strict(fk_trial *t, const fk_known_model *m)
{
    fk_expect_density f;
    double error, slope_error;
    const double rate = fk_slope_of(strict_mean, NULL, 0.5, 2e-3, &slope_error);
    const double mean = fk_known_integral(
        m, fk_expr_mul(m->pool, m->sde->variable[0], m->p), 0.02, 1e8, &error);
    FK_TRY(add_identities(t, m));
    fk_trial_add(t,
                 (fk_evidence){.left = mean,
                               .right = strict_mean(0.5, NULL),
                               .quadrature = error + 1e-12,
                               .origin = "parts of the integral halved"},
                 "E X at t = 1/2, int x p dx, and erf(1) = 0.8427: not 1");
    FK_TRY(add_limit(t, m, "x", 1e-24, exp(-1.0) / sqrt(M_PI / 4.0), rate,
                     "d/dt E X_t, though L x = 0, and that limit"));
    FK_TRY(mean_on_cells(t, "reflecting", &f));
    add_solved(t, &f, strict_mean(0.5, NULL), 1e-3, "cells halved; a wall at 100",
               "E X at t = 1/2 on cells up to a reflecting wall at 100");
    FK_TRY(mean_on_cells(t, "absorbing", &f));
    add_solved(t, &f, strict_mean(0.2, NULL), 1e-3, "cells halved; a wall at 100",
               "E of X stopped at 100 on cells, from t = 0.2: a martingale again");
    return FK_OK;
}

/* ---- the picture ---- */

static fk_status draw(fk_trial *t, const fk_known_model *explosion,
                      const fk_known_model *fall)
{
    double x[PLACES], y[4][PLACES];
    const fk_known_model *m[] = {explosion, fall};
    static const char *const text[] = {"1", "x"};
    fk_spread_ratio(PLACES, 1.0, 1e4, x);
    for (size_t k = 0; k < 2; k++) {
        const fk_expr *phi;
        FK_TRY(fk_sde_expression(m[k]->sde, text[k], &phi, t->message));
        const fk_expr *both = bracket(t, m[k], phi);
        for (size_t i = 0; i < PLACES; i++) {
            y[2 * k][i] = fk_known_at(m[k], m[k]->p, x[i], m[k]->is->time);
            y[2 * k + 1][i] = fk_known_at(m[k], both, x[i], m[k]->is->time);
        }
    }
    const fk_curve curve[] = {{"p under dX = X^2 dt", PLACES, x, y[0], FK_PEN_DASHES},
                              {"its term of φ = 1", PLACES, x, y[1], FK_PEN_LINE},
                              {"p under dX = X^2 dW", PLACES, x, y[2], FK_PEN_DASHES},
                              {"its term of φ = x", PLACES, x, y[3], FK_PEN_LINE}};
    fk_trial_curves(
        t,
        "Two densities, at t = 1 and 1/2, that fall like x^-2 and x^-4, and the "
        "boundary terms at x: they do not fall, and is what the mass of the "
        "one and the mean of the other lose per time.",
        &(fk_curves){.name = "boundary-terms",
                     .title = "A boundary term at infinity",
                     .x_label = "x",
                     .y_label = "density p, term φ J + p (g^2/2) φ'",
                     .log_x = true,
                     .log_y = true,
                     .n = 4,
                     .curve = curve});
    return FK_OK;
}

static fk_status verify(fk_trial *t, const fk_known_model *m)
{
    FK_TRY(add_line(t, &m[0]));
    FK_TRY(add_walls(t, &m[1]));
    FK_TRY(add_walls(t, &m[2]));
    FK_TRY(add_explosive(t, &m[3]));
    FK_TRY(add_strict(t, &m[4]));
    return t->gallery != NULL ? draw(t, &m[3], &m[4]) : FK_OK;
}

static fk_status run(fk_trial *t)
{
    const fk_known_density *const is[] = {&line, &walls[0], &walls[1], &explosive,
                                          &strict};
    enum { DENSITIES = sizeof is / sizeof *is };
    fk_known_model m[DENSITIES] = {{.is = NULL}};
    fk_status status = FK_OK;
    for (size_t k = 0; k < DENSITIES && status == FK_OK; k++)
        status = fk_known_model_init(&m[k], is[k], t->message);
    if (status == FK_OK)
        status = verify(t, m);
    for (size_t k = 0; k < DENSITIES; k++)
        fk_known_model_clear(&m[k]);
    return status;
}

const fk_claim fk_claim_boundary_terms = {
    .name = "boundary-terms",
    .title = "What integration by parts leaves at the boundary",
    .statement =
        "On an interval the weak form has the boundary term phi J + p (g^2/2) phi'; it "
        "is nothing for bumps, one of its parts is nothing at a wall, and at infinity "
        "it may have a limit although p vanishes there: mass or a mean is lost that "
        "L phi = 0 would keep.",
    .assumptions = "p and phi are twice differentiable in the interval up to its ends",
    .source = "su-2023, feller-1952, johnson-helms-1963",
    .falsifier = "an interval on which the identity does not close to the error of the "
                 "quadrature",
    .derivation =
        {{"Integrate the Fokker-Planck equation against phi, by parts, once.",
          "\\int_a^b \\varphi \\, \\partial_t p \\, dx = -\\int_a^b \\varphi \\, "
          "\\partial_x J \\, dx = \\int_a^b \\varphi' J \\, dx - [\\varphi J]_a^b"},
         {"And the diffusive part of the current once more.",
          "\\int_a^b \\varphi \\, \\partial_t p \\, dx = \\int_a^b p \\, L \\varphi "
          "\\, "
          "dx - \\left[ \\varphi J + \\frac{g^2}{2} p \\varphi' \\right]_a^b"},
         {"A wall that reflects has no current, one that absorbs no density.",
          "J = 0: \\quad \\frac{g^2}{2} p \\varphi' \\text{ stays}, \\qquad p = 0: "
          "\\quad \\varphi J \\text{ stays}"},
         {"Runaway drift: the paths x_0/(1 - x_0 t) are infinite from t = 1/x_0 on.",
          "dX = X^2 \\, dt, \\quad p \\sim x^{-2}, \\quad J = x^2 p \\to "
          "\\frac{p_0(1/t)}{t^2}"},
         {"Runaway noise: 1/|B| in three dimensions has no drift, and yet a falling "
          "mean.",
          "dX = X^2 \\, dW, \\quad p \\sim C x^{-4}, \\quad \\frac{g^2}{2} p \\varphi' "
          "\\to \\frac{C}{2} = \\frac{e^{-1/2t}}{\\sqrt{2 \\pi t^3}} = -\\frac{d}{dt} "
          "\\mathbb{E} X_t"},
         {"That p vanishes at infinity is therefore not enough; a test function that "
          "does is.",
          NULL}},
    .parameter = {{"particles", 40000, 20000, 10000, 1e8, true,
                   "of those that run to infinity"}},
    .breaks = {{"no-flux", "the boundary term without phi J"},
               {"no-slope", "the boundary term without p (g^2/2) phi'"},
               {"flux-sign", "the wrong sign of J"},
               {"vanishing", "boundary terms at infinity taken to be 0"}},
    .run = run,
};
