/* The work done on a particle in a trap whose stiffness is changed at a finite rate: its
 * exponential average is the free energy's (Jarzynski), and the distributions of the way
 * there and the way back are tied to each other (Crooks).  By particles that carry their
 * work along, and by the Feynman-Kac equation of their weights. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/expect_density.h"
#include "experiments/problem_expression.h"
#include "sampling/ensemble.h"
#include "sampling/expectation.h"
#include "sde/problem_file.h"

/* Stiffness from k0 to k1 in the time T, temperature 1/b, from equilibrium; w: work. */
typedef struct protocol {
    double k0, k1, time, b;
    double noise; /* D b: 1 */
    double start; /* variance at the start, over that of equilibrium: 1 */
} protocol;

static fk_status state(const protocol *c, const char *equation, fk_problem **out,
                       fk_message *message)
{
    char text[1024];
    snprintf(text, sizeof text,
             "parameters: {b: %.17g, k0: %.17g, k1: %.17g, T: %.17g, D: %.17g}\n"
             "define: {k: k0 + (k1 - k0)*t/T, U: k*x^2/2, power: 'diff(U, t)'}\n"
             "time: {end: %.17g}\n%s",
             c->b, c->k0, c->k1, c->time, c->noise / c->b, c->time, equation);
    return fk_problem_parse(text, "work", 0, NULL, out, message);
}

static double initial_sd(const protocol *c)
{
    return sqrt(c->start / (c->b * c->k0));
}

/* ---- by particles ---- */

static fk_status carried(const protocol *c, fk_problem **out, fk_message *message)
{
    char equation[512];
    snprintf(equation, sizeof equation,
             "variables: [x, w]\ndrift: ['-diff(U, x)', power]\n"
             "noise: [[sqrt(2*D)], [0]]\n"
             "initial: {gaussian: {mean: [0, 0], sd: [%.17g, 0]}}\n"
             "particles: {scheme: heun, step: %.17g}\npde: off\n",
             initial_sd(c), c->time / 64.0);
    return state(c, equation, out, message);
}

static fk_status average(const fk_problem *p, const char *phi, double error,
                         const fk_trial *t, fk_expectation *out)
{
    fk_methods methods;
    FK_TRY(fk_methods_find(p, &methods, t->message));
    fk_expectation_options o = {.error = error,
                                .steps = 64,
                                .start = p->start,
                                .end = p->end,
                                .seed = t->seed,
                                .scheme = methods.scheme,
                                .faces = methods.faces,
                                .rules = methods.rules};
    FK_TRY(fk_problem_expression(p, phi, &o.phi, t->message));
    return fk_estimator_find("extrapolated")
        ->run(p->sde, NULL, p->initial, &o, t->progress, out, t->message);
}

static fk_evidence sides(double left, double right, double statistical, double bias)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .statistical = statistical,
                         .discretisation = bias,
                         .effect = 0.05 * fabs(right),
                         .origin = "standard error of the paths, halved steps"};
}

static fk_status compare_particles(fk_trial *t, const fk_problem *there,
                                   const fk_problem *back, const protocol *c)
{
    const double error = fk_trial_value(t, "error");
    const double ratio = sqrt(c->k0 / c->k1), gain = 0.5 * log(c->k1 / c->k0) / c->b;
    const char *weight =
        fk_trial_broken(t, "half-weight") ? "exp(-b*w/2)" : "exp(-b*w)";
    char tilted[64];
    fk_expectation e, f;
    FK_TRY(average(there, weight, error, t, &e));
    fk_trial_add(t, sides(e.value, ratio, e.sampling, e.bias),
                 "Jarzynski: E exp(-b W), and Z1/Z0 = exp(-b dF)");
    FK_TRY(average(there, "w", error, t, &e));
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = e.value,
                               .right = gain,
                               .statistical = e.sampling,
                               .discretisation = e.bias,
                               .origin = "standard error of the paths"},
                 "the second law: E W, at least the free energy's gain");
    snprintf(tilted, sizeof tilted, "%s*cos(2*w)", weight);
    FK_TRY(average(there, tilted, error, t, &e));
    FK_TRY(average(back, "cos(2*w)", error, t, &f));
    fk_trial_add(t,
                 sides(e.value, ratio * f.value, hypot(e.sampling, ratio * f.sampling),
                       e.bias + ratio * f.bias),
                 "Crooks: E exp(-b W) cos 2W there, exp(-b dF) E cos 2W back");
    snprintf(tilted, sizeof tilted, "%s*sin(2*w)", weight);
    FK_TRY(average(there, tilted, error, t, &e));
    FK_TRY(average(back, "sin(2*w)", error, t, &f));
    fk_trial_add(t,
                 sides(e.value, -ratio * f.value, hypot(e.sampling, ratio * f.sampling),
                       e.bias + ratio * f.bias),
                 "Crooks: E exp(-b W) sin 2W there, -exp(-b dF) E sin 2W back");
    return FK_OK;
}

/* ---- by the density of the weights ---- */

static fk_status compare_density(fk_trial *t, const protocol *c)
{
    char equation[512];
    fk_problem *p = NULL;
    fk_methods methods;
    fk_expect_density found[2]; /* mass, second moment */
    const fk_expr *phi[2];
    snprintf(equation, sizeof equation,
             "variables: [x]\ndrift: -diff(U, x)\nnoise: sqrt(2*D)\n"
             "killing: %sb*power\n"
             "domain: {x: {from: -7, to: 7, cells: 200, boundary: reflecting}}\n"
             "initial: {gaussian: {mean: 0, sd: %.17g}}\n"
             "particles: off\npde: {tolerance: 1e-5}\n",
             fk_trial_broken(t, "half-weight") ? "0.5*" : "", initial_sd(c));
    fk_status status = state(c, equation, &p, t->message);
    if (status == FK_OK)
        status = fk_methods_find(p, &methods, t->message);
    if (status == FK_OK)
        status = fk_problem_expression(p, "1", &phi[0], t->message);
    if (status == FK_OK)
        status = fk_problem_expression(p, "x^2", &phi[1], t->message);
    if (status == FK_OK)
        status =
            fk_expect_by_density(p, &methods, 2, phi, t->progress, found, t->message);
    fk_problem_free(p);
    FK_TRY(status);
    const double ratio = sqrt(c->k0 / c->k1);
    fk_trial_add(t,
                 (fk_evidence){.left = found[0].value,
                               .right = ratio,
                               .discretisation = 2e-4 + found[0].grid_error,
                               .origin = "cells halved, tolerance of the steps"},
                 "Feynman and Kac: mass under p_t = L* p - b (dU/dt) p, and Z1/Z0");
    fk_trial_add(t,
                 (fk_evidence){.left = found[1].value,
                               .right = ratio / (c->b * c->k1),
                               .discretisation = 2e-4 + found[1].grid_error,
                               .origin = "cells halved, tolerance of the steps"},
                 "and its second moment: it is exp(-b U(x, T)) / Z0, in equilibrium "
                 "although the particles are not");
    return FK_OK;
}

/* ---- the picture ---- */

enum { BINS = 60, COUNT = 200 * FK_BLOCK };

/* Density of the work, sign times, on bins from lo to hi. */
static fk_status distribution(const fk_problem *p, const fk_trial *t, double sign,
                              double lo, double hi, double *density, double *error)
{
    fk_methods methods;
    fk_ensemble *e = NULL;
    FK_TRY(fk_methods_find(p, &methods, t->message));
    const fk_ensemble_options o = {.count = COUNT,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = t->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = methods.scheme};
    double *x = fk_doubles(2 * COUNT), n[BINS] = {0};
    fk_status status = x == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_ensemble_new(p->sde, NULL, p->initial, &o, &e, t->message);
    if (status == FK_OK)
        status = fk_ensemble_advance(e, p->end, t->progress, t->message);
    if (status == FK_OK)
        fk_ensemble_states(e, 0, COUNT, x);
    for (size_t k = 0; status == FK_OK && k < COUNT; k++) {
        const double bin = floor((sign * x[2 * k + 1] - lo) / (hi - lo) * BINS);
        if (bin >= 0.0 && bin < BINS)
            n[(size_t)bin]++;
    }
    for (size_t k = 0; k < BINS; k++) {
        density[k] = n[k] > 0.0 ? n[k] / COUNT * BINS / (hi - lo) : NAN;
        error[k] = sqrt(n[k]) / COUNT * BINS / (hi - lo);
    }
    fk_ensemble_free(e);
    free(x);
    return status;
}

static fk_status draw(fk_trial *t, const fk_problem *there, const fk_problem *back,
                      const protocol *c)
{
    double w[BINS], forth[BINS], forth_error[BINS], home[BINS], home_error[BINS];
    const double hi = 4.0 / c->b, lo = 0.0, gain = 0.5 * log(c->k1 / c->k0) / c->b;
    if (t->gallery == NULL)
        return FK_OK;
    FK_TRY(distribution(there, t, 1.0, lo, hi, forth, forth_error));
    FK_TRY(distribution(back, t, -1.0, lo, hi, home, home_error));
    for (size_t k = 0; k < BINS; k++)
        w[k] = lo + (hi - lo) * ((double)k + 0.5) / BINS;
    const double at[] = {gain, gain}, height[] = {1e-2, 1e1};
    const fk_curve curve[] = {
        {.name = "there, P(W)", .n = BINS, .x = w, .y = forth, .pen = FK_PEN_POINTS},
        {.name = "back, P(-W)", .n = BINS, .x = w, .y = home, .pen = FK_PEN_RINGS},
        {.name = "free energy", .n = 2, .x = at, .y = height, .pen = FK_PEN_DASHES},
    };
    const double *const error[] = {forth_error, home_error, NULL};
    fk_trial_curves(
        t,
        "The work done on the way there, and the work gained on the way "
        "back, are distributed differently; where the two curves cross, the "
        "work is the free energy (Crooks).",
        &(fk_curves){.name = "work_relations",
                     .title = "a trap stiffened, and softened again",
                     .x_label = "work W, in units of the temperature",
                     .y_label = "probability density",
                     .log_y = true,
                     .n = 3,
                     .curve = curve,
                     .error = error});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    const double k0 = fk_trial_value(t, "k0"), k1 = fk_trial_value(t, "k1");
    protocol c = {.k0 = k0,
                  .k1 = k1,
                  .time = fk_trial_value(t, "time"),
                  .b = 1.0,
                  .noise = fk_trial_broken(t, "noise-factor") ? 2.0 : 1.0,
                  .start = fk_trial_broken(t, "out-of-equilibrium") ? 0.5 : 1.0};
    protocol r = c;
    r.k0 = k1;
    r.k1 = k0;
    fk_problem *there = NULL, *back = NULL;
    fk_status status = carried(&c, &there, t->message);
    if (status == FK_OK)
        status = carried(&r, &back, t->message);
    if (status == FK_OK)
        status = compare_particles(t, there, back, &c);
    if (status == FK_OK)
        status = compare_density(t, &c);
    if (status == FK_OK)
        status = draw(t, there, back, &c);
    fk_problem_free(there);
    fk_problem_free(back);
    return status;
}

const fk_claim fk_claim_work_relations = {
    .name = "work-relations",
    .title = "Work, far from equilibrium, knows the free energy",
    .statement =
        "However fast a potential is changed, the exponential average of the "
        "work done from equilibrium is that of the free energy, and the "
        "distributions of the work of the way there and of the way back differ "
        "by the factor exp(b (W - dF)).",
    .assumptions =
        "Overdamped motion at one temperature 1/b that starts in equilibrium; "
        "here in a harmonic trap whose stiffness changes linearly.",
    .source = "jarzynski-1997, crooks-1999, hummer-szabo-2001",
    .falsifier = "An average of exp(-b W) that is not Z1/Z0.",
    .derivation =
        {
            {"The work is what the changing potential does along a path.",
             "W = \\int_0^T \\partial_t U(X_t, t) \\, dt"},
            {"By Feynman and Kac the density of paths weighted by exp(-b W) obeys",
             "\\partial_t q = L^* q - b \\, (\\partial_t U) \\, q"},
            {"The Boltzmann factor of the moment solves it, as L* exp(-b U) = 0 at "
             "each "
             "time:",
             "q(x, t) = \\frac{e^{-b U(x, t)}}{Z_0}"},
            {"Its mass is the average of the weights:",
             "\\mathbb{E} e^{-b W} = \\frac{Z_T}{Z_0} = e^{-b \\Delta F}"},
            {"Detailed balance at each moment makes the weighted way there the way "
             "back "
             "in reverse, so that for every function of the work",
             "\\mathbb{E}_F[e^{-b W} \\varphi(W)] = e^{-b \\Delta F} \\, "
             "\\mathbb{E}_R[\\varphi(-W)]"},
            {"and, as exp is convex,", "\\mathbb{E} W \\ge \\Delta F"},
        },
    .parameter = {{.name = "k0",
                   .standard = 1.0,
                   .least = 0.2,
                   .most = 10,
                   .meaning = "stiffness at the start"},
                  {.name = "k1",
                   .standard = 3.0,
                   .least = 0.2,
                   .most = 10,
                   .meaning = "and at the end"},
                  {.name = "time",
                   .standard = 0.5,
                   .least = 0.05,
                   .most = 5,
                   .meaning = "that the change takes"},
                  {.name = "error",
                   .standard = 1e-3,
                   .quick = 1.5e-3,
                   .least = 1e-4,
                   .most = 0.05,
                   .meaning = "of the averages over paths"}},
    .breaks = {{"half-weight", "exp(-b W / 2)"},
               {"noise-factor", "twice the diffusion that goes with the temperature"},
               {"out-of-equilibrium", "half the variance at the start"}},
    .run = run,
};
