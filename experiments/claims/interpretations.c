/* What G dW means when G depends on the state: three rules, three laws.  Second moments of
 * dX = sqrt(1 + X^2) o dW by the density and by particles beside closed forms, and the drifts
 * that the rules imply in the plane. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/claim.h"
#include "experiments/expect_density.h"
#include "experiments/problem_expression.h"
#include "sampling/expectation.h"
#include "sde/problem_file.h"

enum { RULES = 3 };
static const double END = 0.5;

typedef struct rule {
    const char *word; /* of a problem file */
    double point;     /* where a step takes the noise: A */
} rule;

static const rule rules[RULES] = {
    {"ito", 0.0}, {"stratonovich", 0.5}, {"hanggi-klimontovich", 1.0}};

/* The rule a problem is given for rule i. */
static const char *word(const fk_trial *t, size_t i)
{
    return fk_trial_broken(t, "one-rule") ? rules[0].word : rules[i].word;
}

/* Ito's drift is A b b' = A x, so that m = E x^2 grows by m' = (2 A + 1) m + 1. */
static double second_moment(const fk_trial *t, size_t i)
{
    const double A = rules[i].point;
    const double rate = fk_trial_broken(t, "half-drift") ? A + 1.0 : 2.0 * A + 1.0;
    return expm1(rate * END) / rate;
}

static fk_status state(const fk_trial *t, size_t i, fk_problem **out)
{
    char text[768];
    snprintf(text, sizeof text,
             "variables: [x]\ndrift: 0\nnoise: sqrt(1 + x^2)\ninterpretation: %s\n"
             "time: {end: %g}\ninitial: {gaussian: {mean: 0, sd: 0.02}}\n"
             "domain: {x: {map: sinh(u), from: -400, to: 400, cells: 400, boundary: "
             "reflecting}}\n"
             "particles: {scheme: heun, step: %g}\npde: {tolerance: 1e-5}\n",
             word(t, i), END, END / 64.0);
    return fk_problem_parse(text, "interpretation", 0, NULL, out, t->message);
}

/* What the small variance at the start adds: it grows like m does. */
static double expected(const fk_trial *t, size_t i)
{
    return second_moment(t, i) + 4e-4 * exp((2.0 * rules[i].point + 1.0) * END);
}

static fk_status by_density(fk_trial *t, const fk_problem *p, const fk_methods *m,
                            const fk_expr *phi, size_t i)
{
    fk_expect_density found;
    FK_TRY(fk_expect_by_density(p, m, 1, &phi, t->progress, &found, t->message));
    fk_trial_add(t,
                 (fk_evidence){.left = found.value,
                               .right = expected(t, i),
                               .discretisation = 4.0 * found.grid_error + 2e-3,
                               .effect = 0.05,
                               .origin = "cells halved, cells seen from their middle"},
                 "E x^2 by the density, %s", rules[i].word);
    return FK_OK;
}

static fk_status by_particles(fk_trial *t, const fk_problem *p, const fk_methods *m,
                              const fk_expr *phi, size_t i)
{
    fk_expectation found;
    const fk_expectation_options o = {.phi = phi,
                                      .error = fk_trial_value(t, "error"),
                                      .steps = 64,
                                      .start = p->start,
                                      .end = p->end,
                                      .seed = t->seed,
                                      .scheme = m->scheme,
                                      .rules = m->rules};
    FK_TRY(fk_estimator_find("multilevel")
               ->run(p->sde, NULL, p->initial, &o, t->progress, &found, t->message));
    fk_trial_add(t,
                 (fk_evidence){.left = found.value,
                               .right = expected(t, i),
                               .statistical = found.sampling,
                               .discretisation = found.bias,
                               .effect = 0.12,
                               .origin = "standard error of the paths, halved steps"},
                 "E x^2 by particles, %s", rules[i].word);
    return FK_OK;
}

static fk_status compare_rule(fk_trial *t, size_t i)
{
    fk_problem *p = NULL;
    fk_methods m;
    const fk_expr *phi;
    fk_status status = state(t, i, &p);
    if (status == FK_OK)
        status = fk_methods_find(p, &m, t->message);
    if (status == FK_OK)
        status = fk_problem_expression(p, "x^2", &phi, t->message);
    if (status == FK_OK)
        status = by_density(t, p, &m, phi, i);
    if (status == FK_OK)
        status = by_particles(t, p, &m, phi, i);
    fk_problem_free(p);
    return status;
}

/* ---- in the plane the end point rule depends on G, the kinetic one on G G^T ---- */

/* Ito's drift of the second variable for G = [[1, 0], [x, 1]] and no drift of its own. */
static fk_status plane_drift(const fk_trial *t, const char *rule_word, double *drift)
{
    char text[256];
    fk_problem *p = NULL;
    snprintf(text, sizeof text,
             "variables: [x, y]\ndrift: [0, 0]\nnoise: [[1, 0], [x, 1]]\n"
             "interpretation: %s\ntime: 1\ninitial: {point: [0, 0]}\npde: off\n",
             rule_word);
    FK_TRY(fk_problem_parse(text, "plane", 0, NULL, &p, t->message));
    *drift = fk_expr_value(p->sde->ito[1], 0, NULL, NULL);
    fk_problem_free(p);
    return FK_OK;
}

static fk_status compare_plane(fk_trial *t)
{
    double end_point, kinetic;
    const bool same = fk_trial_broken(t, "one-end-point");
    FK_TRY(plane_drift(t, "hanggi-klimontovich", &end_point));
    FK_TRY(plane_drift(t, "kinetic", &kinetic));
    fk_trial_add(t,
                 (fk_evidence){.left = end_point,
                               .right = 1.0,
                               .quadrature = 1e-15,
                               .origin = "derived symbolically"},
                 "drift that the end point rule adds to y, G = [[1, 0], [x, 1]]");
    fk_trial_add(t,
                 (fk_evidence){.left = kinetic,
                               .right = same ? end_point : 0.5,
                               .quadrature = 1e-15,
                               .origin = "derived symbolically"},
                 "and the kinetic form");
    return FK_OK;
}

/* ---- the picture: closed densities at the end ---- */

static void draw(fk_trial *t)
{
    enum { POINTS = 241 };
    double x[POINTS], same[POINTS], last[POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        x[k] = -6.0 + 12.0 * (double)k / (POINTS - 1);
        const double y = asinh(x[k]);
        const double normal = exp(-y * y / (2.0 * END)) / sqrt(2.0 * M_PI * END);
        same[k] = normal / sqrt(1.0 + x[k] * x[k]);
        last[k] = exp(-0.5 * END) * normal;
    }
    const fk_curve curve[] = {
        {.name = "Ito, drift x/2; Stratonovich, none", .n = POINTS, .x = x, .y = same},
        {.name = "end point, drift x/2",
         .n = POINTS,
         .x = x,
         .y = last,
         .pen = FK_PEN_DASHES},
    };
    fk_trial_curves(
        t,
        "One noise, sqrt(1 + x^2), at t = 1/2. With the drift x/2 Ito's rule "
        "gives what Stratonovich's gives without: the sinh of a Brownian "
        "motion. The end point rule with that drift spreads further.",
        &(fk_curves){.name = "interpretations",
                     .title = "the rule is a part of the model",
                     .x_label = "x",
                     .y_label = "density",
                     .n = 2,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    for (size_t i = 0; i < RULES; i++)
        FK_TRY(compare_rule(t, i));
    FK_TRY(compare_plane(t));
    draw(t);
    return FK_OK;
}

const fk_claim fk_claim_interpretations = {
    .name = "interpretations",
    .title = "Noise that depends on the state: the rule is a part of the model",
    .statement =
        "Noise b(x) taken at the point A of each step adds the drift A b b' to "
        "Ito's equation, and the Fokker-Planck equation follows; in more than one "
        "dimension the end point rule depends on G, not on G G^T alone.",
    .assumptions = "Smooth b; moments that exist.",
    .source = "gardiner-2009, hanggi-1978, klimontovich-1990",
    .falsifier = "A second moment of one rule that is another's.",
    .derivation =
        {
            {"Evaluate the noise at x + A dx:",
             "b(x + A \\, dx) \\, dW = b \\, dW + A b b' \\, dW^2 + \\ldots"},
            {"and as dW squared is dt in the mean, Ito's drift is",
             "f_A = a + A \\, b b'"},
            {"so that the equation is, in a form that shows the rule,",
             "\\partial_t p = -\\partial_x (a p) + \\frac{1}{2} \\partial_x \\left( "
             "b^{2A} "
             "\\partial_x (b^{2 - 2A} p) \\right)"},
            {"For b^2 = 1 + x^2 and a = 0 the second moment obeys",
             "\\dot m = (2A + 1) m + 1, \\quad m(t) = \\frac{e^{(2A + 1) t} - 1}{2A + "
             "1}"},
            {"In more dimensions the end point adds G_kj d_k G_ij to drift i, while "
             "the "
             "form with the current f p - D grad p / 2 needs half the divergence of D: "
             "for G = "
             "[[1, 0], [x, 1]] 1 and 1/2.",
             NULL},
        },
    .parameter = {{.name = "error",
                   .standard = 0.01,
                   .quick = 0.02,
                   .least = 1e-3,
                   .most = 0.05,
                   .meaning = "of averages over particles"}},
    .breaks = {{"one-rule", "Ito's rule for all"},
               {"half-drift", "half the drift of the rule"},
               {"one-end-point", "one drift for end point and kinetic form"}},
    .run = run,
};
