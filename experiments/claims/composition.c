/* Products of densities and what comes of composing their scores.  Composition is right for
 * the densities themselves; on the way through noise it is the score of no path of
 * densities, so that samplers which follow it end elsewhere, each in its own place, unless
 * paths carry Feynman-Kac weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "experiments/expect_density.h"
#include "experiments/problem_expression.h"
#include "sde/problem_file.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

/* ---- experts that are independent given T: naive Bayes ---- */

enum { EXPERTS = 3 };

typedef struct bayes {
    double seen[EXPERTS]; /* S_k, T ~ N(0, 4), S_k | T ~ N(T, 4/3) */
    int power;
} bayes;

static double bayes_density(double T, void *context)
{
    const bayes *b = context;
    double log_p = -T * T / 8.0;
    for (size_t k = 0; k < EXPERTS; k++)
        log_p -= (b->seen[k] - T) * (b->seen[k] - T) * 3.0 / 8.0;
    return exp(log_p) * pow(T, b->power);
}

/* Precision-weighted: experts N(m_k, 1) with weights (beta + 1)/n, prior N(0, 4) with
 * -beta. */
static void compose(const double *m, double beta, double *mean, double *variance)
{
    const double w = (beta + 1.0) / EXPERTS;
    double precision = -beta / 4.0, pull = 0.0;
    for (size_t k = 0; k < EXPERTS; k++) {
        precision += w;
        pull += w * m[k];
    }
    *mean = pull / precision;
    *variance = 1.0 / precision;
}

static void compare_bayes(fk_trial *t)
{
    static const double m[EXPERTS] = {0.5, 1.0, 1.8};
    bayes b = {{0.0}, 0};
    double moment[3], error[3], mean, variance;
    for (size_t k = 0; k < EXPERTS; k++)
        b.seen[k] = m[k] / 0.75;
    for (b.power = 0; b.power < 3; b.power++)
        moment[b.power] =
            fk_integral(bayes_density, &b, -20.0, 20.0, 64, &error[b.power]);
    const double exact = moment[1] / moment[0];
    const double spread = moment[2] / moment[0] - exact * exact;
    compose(m, fk_trial_broken(t, "plain-product") ? 0.0 : EXPERTS - 1.0, &mean,
            &variance);
    if (fk_trial_broken(t, "plain-product"))
        variance /= EXPERTS;
    fk_trial_add(t,
                 (fk_evidence){.left = mean,
                               .right = exact,
                               .quadrature = 1e-11,
                               .origin = "Gauss and Legendre, panels halved"},
                 "NBCE with beta = n - 1: mean, composed and by Bayes");
    fk_trial_add(t,
                 (fk_evidence){.left = variance,
                               .right = spread,
                               .quadrature = 1e-11,
                               .origin = "Gauss and Legendre, panels halved"},
                 "and variance");
    compose(m, 0.25, &mean, &variance);
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_DIFFERENT,
                               .left = variance,
                               .right = spread,
                               .quadrature = 1e-11,
                               .origin = "Gauss and Legendre, panels halved"},
                 "any other beta is a heuristic: the variance with beta = 1/4");
}

/* ---- what samplers make of composed scores, Gaussians, noise tau from T to 0 ---- */

typedef struct pairing {
    double weight[2], mean[2], variance[2];
    double T;
    bool flow; /* probability flow, else reverse SDE */
} pairing;

/* y = (mean, variance) of a Gaussian under  dx = c S dr + sqrt(2 c - 1) dW, c = 1 for the
 * reverse SDE, 1/2 for the flow. */
static void sampled(double r, const double *y, double *dy, void *context)
{
    const pairing *p = context;
    double slope = 0.0, pull = 0.0;
    for (size_t k = 0; k < 2; k++) {
        const double v = p->variance[k] + p->T - r;
        slope -= p->weight[k] / v;
        pull += p->weight[k] * p->mean[k] / v;
    }
    const double c = p->flow ? 0.5 : 1.0;
    dy[0] = c * (pull + slope * y[0]);
    dy[1] = 2.0 * c * slope * y[1] + (p->flow ? 0.0 : 1.0);
}

/* The composition's own moments at noise tau. */
static void composed(const pairing *p, double tau, double y[2])
{
    double precision = 0.0, pull = 0.0;
    for (size_t k = 0; k < 2; k++) {
        precision += p->weight[k] / (p->variance[k] + tau);
        pull += p->weight[k] * p->mean[k] / (p->variance[k] + tau);
    }
    y[0] = pull / precision;
    y[1] = 1.0 / precision;
}

static fk_status sample(pairing p, bool flow, double y[2])
{
    p.flow = flow;
    composed(&p, p.T, y);
    return fk_integrate(2, sampled, &p, 0.0, p.T, 1e-12, y);
}

/* What is left at the end of the variance there was at noise u: prod (v / (v + u))^(2 w). */
static double memory(double u, void *context)
{
    const pairing *p = context;
    double left = 1.0;
    for (size_t k = 0; k < 2; k++)
        left *= pow(p->variance[k] / (p->variance[k] + u), 2.0 * p->weight[k]);
    return left;
}

static void add(fk_trial *t, double left, double right, double bound, const char *what)
{
    fk_trial_add(t,
                 (fk_evidence){.left = left,
                               .right = right,
                               .quadrature = bound,
                               .origin = "integration to 1e-12"},
                 "%s", what);
}

static fk_status compare_samplers(fk_trial *t)
{
    const double v = 1.0, T = 25.0;
    const pairing twins = {{1.0, 1.0}, {0.0, 0.0}, {v, v}, T, false};
    const pairing guided = {{2.0, -1.0}, {1.0, 0.0}, {1.0, 4.0}, 100.0, false};
    const bool valid = fk_trial_broken(t, "valid-path");
    double y[2], target[2], flow[2];
    composed(&twins, 0.0, target);
    FK_TRY(sample(twins, false, y));
    FK_TRY(sample(twins, true, flow));
    add(t, y[1], v / 3.0 + pow(v, 4) / (6.0 * pow(v + T, 3)), 1e-10,
        "two equal experts, reverse SDE: variance, and v/3 + v^4 / 6 (v + T)^3");
    add(t, flow[1], v * v / (2.0 * (v + T)), 1e-10,
        "probability flow: variance, and v^2 / 2 (v + T)");
    add(t, target[1], 0.5 * v, 1e-12, "the product itself: v / 2");
    fk_trial_add(
        t,
        (fk_evidence){.relation = valid ? FK_EQUAL : FK_DIFFERENT,
                      .left = y[1],
                      .right = flow[1],
                      .quadrature = 1e-10,
                      .origin = "integration to 1e-12"},
        "the two samplers end in different places: the composed score belongs to "
        "no path of densities");
    composed(&guided, 0.0, target);
    FK_TRY(sample(guided, false, y));
    FK_TRY(sample(guided, true, flow));
    add(t, target[0], 8.0 / 7.0, 1e-12, "guidance with scale 2: mean of p_c^2 / p_u");
    add(t, target[1], 4.0 / 7.0, 1e-12, "and its variance");
    double error;
    pairing p = guided;
    const double spread = fk_integral(memory, &p, 0.0, p.T, 200, &error);
    composed(&p, p.T, target);
    add(t, y[1], spread + target[1] * memory(p.T, &p), 1e-9 + error,
        "variance of the reverse SDE from T = 100, and an integral over what noise is "
        "left");
    add(t, flow[1], target[1] * sqrt(memory(p.T, &p)), 1e-10,
        "variance of the probability flow from T = 100, in closed form");
    return FK_OK;
}

/* ---- two mixtures, on the grid: with and without weights ---- */

typedef struct product {
    double weight[4], mean[4], sd[4], Z;
} product;

/* (0.5 N(-2, 1/4) + 0.5 N(1, 1/4)) (0.4 N(-1, 0.36) + 0.6 N(1.6, 0.36)), both with noise
 * tau, as a mixture. */
static product product_at(double tau)
{
    static const double w[2][2] = {{0.5, 0.5}, {0.4, 0.6}};
    static const double m[2][2] = {{-2.0, 1.0}, {-1.0, 1.6}};
    const double a = 0.25 + tau, b = 0.36 + tau, sum = a + b;
    product p = {.Z = 0.0};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            const double d = m[0][i] - m[1][j];
            p.weight[2 * i + j] =
                w[0][i] * w[1][j] * exp(-0.5 * d * d / sum) / sqrt(2.0 * M_PI * sum);
            p.mean[2 * i + j] = (m[0][i] * b + m[1][j] * a) / sum;
            p.sd[2 * i + j] = sqrt(a * b / sum);
            p.Z += p.weight[2 * i + j];
        }
    for (size_t k = 0; k < 4; k++)
        p.weight[k] /= p.Z;
    return p;
}

/* Weights of paths: psi = ((s1 + s2)^2 - s1^2 - s2^2) / 2 = s1 s2. */
static fk_status state(const fk_trial *t, bool weighted, double T, fk_problem **out)
{
    const product start = product_at(T);
    const char *psi = fk_trial_broken(t, "weight-sign") ? "s1*s2" : "-s1*s2";
    char text[4096];
    int n = snprintf(
        text, sizeof text,
        "variables: [x]\nparameters: {T: %.17g}\ndefine:\n  u: T - t\n"
        "  q1: 0.5*exp(-(x + 2)^2/(2*(0.25 + u))) + 0.5*exp(-(x - 1)^2/(2*(0.25 + "
        "u)))\n"
        "  q2: 0.4*exp(-(x + 1)^2/(2*(0.36 + u))) + 0.6*exp(-(x - 1.6)^2/(2*(0.36 + "
        "u)))\n"
        "  s1: diff(log(q1), x)\n  s2: diff(log(q2), x)\n"
        "drift: s1 + s2\nnoise: 1\n%s%s%stime: {end: %.17g}\n"
        "domain: {x: {from: -10, to: 10, cells: 320, boundary: reflecting}}\n"
        "particles: off\npde: {tolerance: 1e-4}\ninitial: {mixture: [",
        T, weighted ? "killing: " : "", weighted ? psi : "", weighted ? "\n" : "", T);
    for (size_t k = 0; k < 4; k++)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "%s{weight: %.17g, mean: %.17g, sd: %.17g}", k > 0 ? ", " : "",
                      start.weight[k], start.mean[k], start.sd[k]);
    snprintf(text + n, sizeof text - (size_t)n, "]}\n");
    return fk_problem_parse(text, "composition", 0, NULL, out, t->message);
}

enum { MASS, MEAN, RIGHT, FUNCTIONS };

static fk_status integrals(const fk_trial *t, bool weighted, double T,
                           double value[FUNCTIONS], double *grid_error)
{
    static const char *const text[FUNCTIONS] = {"1", "x", "step(x)"};
    const fk_expr *phi[FUNCTIONS];
    fk_expect_density found[FUNCTIONS];
    fk_problem *p = NULL;
    fk_methods methods;
    fk_status status = state(t, weighted, T, &p);
    *grid_error = 0.0;
    if (status == FK_OK)
        status = fk_methods_find(p, &methods, t->message);
    for (size_t i = 0; status == FK_OK && i < FUNCTIONS; i++)
        status = fk_problem_expression(p, text[i], &phi[i], t->message);
    if (status == FK_OK)
        status = fk_expect_by_density(p, &methods, FUNCTIONS, phi, t->progress, found,
                                      t->message);
    for (size_t i = 0; status == FK_OK && i < FUNCTIONS; i++) {
        value[i] = found[i].value;
        *grid_error = fmax(*grid_error, found[i].grid_error);
    }
    fk_problem_free(p);
    return status;
}

static void compare_side(fk_trial *t, const double *value, double error, double mean,
                         double right, const char *who)
{
    const double bound = 3.0 * error + 2e-3;
    fk_trial_add(t,
                 (fk_evidence){.left = value[MEAN] / value[MASS],
                               .right = mean,
                               .discretisation = bound,
                               .effect = 0.1,
                               .origin = "cells halved, tolerance of the steps"},
                 "mean, %s", who);
    fk_trial_add(t,
                 (fk_evidence){.left = value[RIGHT] / value[MASS],
                               .right = right,
                               .discretisation = bound,
                               .effect = 0.05,
                               .origin = "cells halved, tolerance of the steps"},
                 "probability of x > 0, %s", who);
}

static fk_status compare_grid(fk_trial *t)
{
    const double T = 4.0;
    const product end = product_at(0.0), start = product_at(T);
    double value[FUNCTIONS], error, mean = 0.0, right = 0.0;
    for (size_t k = 0; k < 4; k++) {
        mean += end.weight[k] * end.mean[k];
        right += end.weight[k] * 0.5 * erfc(-end.mean[k] / end.sd[k] * M_SQRT1_2);
    }
    FK_TRY(integrals(t, true, T, value, &error));
    compare_side(t, value, error, mean, right,
                 "with Feynman-Kac weights, and the product");
    fk_trial_add(t,
                 (fk_evidence){.left = log(value[MASS]),
                               .right = log(end.Z / start.Z),
                               .discretisation = 3.0 * error + 2e-3,
                               .effect = 0.05,
                               .origin = "cells halved, tolerance of the steps"},
                 "logarithm of the mass of all weights, and log Z_0 / Z_T");
    FK_TRY(integrals(t, false, T, value, &error));
    compare_side(t, value, error, 0.2358611, 0.6462528,
                 "without weights, and as known: not the product");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_DIFFERENT,
                               .left = value[MEAN],
                               .right = mean,
                               .discretisation = 3.0 * error + 2e-3,
                               .origin = "cells halved, tolerance of the steps"},
                 "mean without weights, and that of the product");
    return FK_OK;
}

/* ---- the picture ---- */

static fk_status draw(fk_trial *t)
{
    enum { POINTS = 61 };
    double T[POINTS], sde[POINTS], flow[POINTS], target[POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        double y[2];
        pairing p = {{1.0, 1.0}, {0.0, 0.0}, {1.0, 1.0}, 0.0, false};
        T[k] = p.T = 0.01 * pow(1e4, (double)k / (POINTS - 1));
        FK_TRY(sample(p, false, y));
        sde[k] = y[1];
        FK_TRY(sample(p, true, y));
        flow[k] = y[1];
        target[k] = 0.5;
    }
    const fk_curve curve[] = {
        {.name = "the product", .n = POINTS, .x = T, .y = target, .pen = FK_PEN_DASHES},
        {.name = "reverse SDE", .n = POINTS, .x = T, .y = sde},
        {.name = "probability flow", .n = POINTS, .x = T, .y = flow},
    };
    fk_trial_curves(
        t,
        "The product of two equal Gaussians has half their variance. Samplers "
        "that follow the sum of the two scores from noise T find less: a "
        "third in the end, or next to nothing.",
        &(fk_curves){.name = "composition",
                     .title = "where composed scores lead",
                     .x_label = "noise T at the start, in units of the variance",
                     .y_label = "variance of the samples",
                     .from_zero = true,
                     .log_x = true,
                     .n = 3,
                     .curve = curve});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    compare_bayes(t);
    FK_TRY(compare_samplers(t));
    FK_TRY(compare_grid(t));
    return t->gallery != NULL ? draw(t) : FK_OK;
}

const fk_claim fk_claim_composition = {
    .name = "composition",
    .title = "Composed scores: right at the end, wrong on the way, repaired by weights",
    .statement =
        "Weighted sums of scores are those of weighted products of densities; "
        "noised, the product is another density than the product of the noised, "
        "so that naive samplers miss it, while Feynman-Kac weights find it.",
    .assumptions = "Experts independent given what is asked for (naive Bayes); exact "
                   "scores; one forward process for all.",
    .source = "su-9617, du-2023, bradley-nakkiran-2024, skreta-2025",
    .falsifier = "A naive sampler that finds the product, or weights that do not.",
    .derivation =
        {
            {"By Bayes, with experts independent given T,",
             "p(T | S_1 \\ldots S_n) \\propto p(T)^{1 - n} \\prod_k p(T | S_k)"},
            {"whose score is a weighted sum; with one expert it is classifier-free "
             "guidance of scale beta + 1.",
             "s = (\\beta + 1) \\, \\bar s - \\beta \\, s_0, \\quad \\beta = n - 1"},
            {"Noise does not commute with products: of two Gaussians of variance v",
             "\\frac{v + \\tau}{2} \\neq \\frac{v}{2} + \\tau"},
            {"so that the weighted sum S is the score of no density that diffuses. "
             "Insert the path q of weighted products into the equation of "
             "a "
             "sampler: what is left over is a rate of weights.",
             "\\partial_r q = -\\nabla \\cdot (b q) + \\frac{\\zeta^2}{2} \\Delta q + "
             "(\\psi - "
             "\\mathbb{E}\\psi) q"},
            {"with",
             "\\psi = \\frac{g^2}{2} \\left( |S|^2 - \\sum_k w_k |s_k|^2 \\right) + "
             "\\left(\\sum_k w_k - 1\\right) \\nabla \\cdot f"},
            {"The mass of all weights is a ratio of normalisations, an independent "
             "check.",
             "\\mathbb{E} \\exp \\int \\psi \\, dr = \\frac{Z_0}{Z_T}, \\quad Z_t = "
             "\\int "
             "\\prod_k p_{k,t}^{w_k} dx"},
        },
    .breaks = {{"plain-product", "experts multiplied without dividing by the prior"},
               {"valid-path", "reverse SDE and probability flow end alike"},
               {"weight-sign", "the weights with the other sign"}},
    .run = run,
};
