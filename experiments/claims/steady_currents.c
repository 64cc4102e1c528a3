/* The long run of a process that turns: the rotating Ornstein-Uhlenbeck process settles to a
 * density that does not show the rotation, with a current that does.  By sparse linear
 * algebra on the cells, extrapolated from three grids, beside the closed forms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/analysis.h"
#include "experiments/claim.h"
#include "sde/problem_file.h"

/* dX = (-kappa X + omega X^perp) dt + sqrt(2 D) dW */
typedef struct turning {
    double kappa, omega, D;
    size_t cells;
} turning;

static fk_status state(const turning *c, fk_problem **out, fk_message *message)
{
    char text[512];
    const double far = 6.0 * sqrt(c->D / c->kappa);
    snprintf(text, sizeof text,
             "variables: [x, y]\nparameters: {k: %.17g, w: %.17g, D: %.17g}\n"
             "drift: [-k*x - w*y, w*x - k*y]\nnoise: [sqrt(2*D), sqrt(2*D)]\ntime: 1\n"
             "domain: {x: {from: %.17g, to: %.17g, cells: %zu, boundary: reflecting},\n"
             "         y: {from: %.17g, to: %.17g, cells: %zu, boundary: reflecting}}\n"
             "initial: {point: [0, 0]}\n",
             c->kappa, c->omega, c->D, -far, far, c->cells, -far, far, c->cells);
    return fk_problem_parse(text, "turning", 0, NULL, out, message);
}

/* The number called `name`, with its estimated error. */
static fk_richardson number(const fk_findings *f, const char *name)
{
    for (size_t i = 0; i < f->grid[0].n_numbers; i++)
        if (strcmp(f->grid[0].number[i].name, name) == 0)
            return f->limit[i];
    return (fk_richardson){NAN, NAN, NAN};
}

static void add(fk_trial *t, const fk_findings *f, const char *name, double scale,
                double exact, const char *what)
{
    const fk_richardson found = number(f, name);
    fk_trial_add(t,
                 (fk_evidence){.left = found.value,
                               .right = exact,
                               .discretisation = 3.0 * found.error + 1e-4 * scale,
                               .effect = 0.1 * scale,
                               .origin = "cells of 1, 2 and 4 widths"},
                 "%s", what);
}

static fk_status analyse(const turning *c, const char *name, fk_findings *f,
                         fk_message *message)
{
    fk_problem *p = NULL;
    fk_methods methods;
    fk_terminal terminal = fk_terminal_make(true);
    FK_TRY(state(c, &p, message));
    fk_status status = fk_methods_find(p, &methods, message);
    const fk_analysis_request request = {
        .problem = p, .methods = &methods, .terminal = &terminal, .modes = 4};
    if (status == FK_OK)
        status = fk_analyse(fk_analysis_find(name), &request, f, message);
    fk_problem_free(p);
    return status;
}

/* ---- evidence ---- */

static fk_status settle(fk_trial *t, const turning *c, double omega)
{
    const fk_analysis *a = fk_analysis_find("stationary");
    const turning at_rest = {c->kappa, 0.0, c->D, c->cells};
    const double half = fk_trial_broken(t, "half-production") ? 0.5 : 1.0;
    const double variance = c->D / c->kappa, rate = 2.0 * omega * omega / c->kappa;
    fk_findings f, g;
    FK_TRY(analyse(c, "stationary", &f, t->message));
    add(t, &f, "variance x", variance, variance,
        "Var x of the steady density, and D / kappa: nothing of omega");
    add(t, &f, "covariance x y", variance, 0.0, "Cov(x, y)");
    add(t, &f, "entropy", 1.0, 1.0 + log(2.0 * M_PI * variance),
        "entropy, and that of the Gaussian");
    add(t, &f, "entropy production", rate, half * rate,
        "entropy production, and 2 omega^2 / kappa");
    fk_findings_clear(a, &f);
    FK_TRY(analyse(&at_rest, "stationary", &g, t->message));
    fk_trial_add(t,
                 (fk_evidence){.left = number(&g, "entropy production").value,
                               .quadrature = 1e-12,
                               .effect = 1e-6,
                               .origin = "rounding"},
                 "entropy production without rotation: detailed balance");
    fk_findings_clear(a, &g);
    return FK_OK;
}

static fk_status relax(fk_trial *t, const turning *c)
{
    fk_findings f;
    const double gap = fk_trial_broken(t, "double-gap") ? 2.0 * c->kappa : c->kappa;
    FK_TRY(analyse(c, "spectrum", &f, t->message));
    add(t, &f, "lambda_1, real part", c->kappa, -gap,
        "slowest relaxation, real part, and -kappa");
    add(t, &f, "lambda_1, imaginary part +-", c->omega, c->omega,
        "slowest relaxation, imaginary part, and omega");
    fk_findings_clear(fk_analysis_find("spectrum"), &f);
    return FK_OK;
}

/* ---- the picture: current J = omega p (-y, x) over the density ---- */

static fk_status draw(fk_trial *t, const turning *c)
{
    if (t->gallery == NULL)
        return FK_OK;
    const double far = 4.0 * sqrt(c->D / c->kappa), variance = c->D / c->kappa;
    const fk_axis axis[] = {{-far, far, 80}, {-far, far, 80}};
    const fk_grid grid = fk_grid_make(2, axis);
    const size_t n = fk_grid_cells(&grid);
    double *p = fk_doubles(3 * n);
    if (p == NULL)
        return FK_ENOMEM;
    double *const current[] = {p + n, p + 2 * n};
    for (size_t k = 0; k < n; k++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&grid, k, x);
        p[k] = exp(-0.5 * (x[0] * x[0] + x[1] * x[1]) / variance) /
               (2.0 * M_PI * variance);
        current[0][k] = -c->omega * x[1] * p[k];
        current[1][k] = c->omega * x[0] * p[k];
    }
    const fk_map map = {.label = "density", .field = p};
    fk_trial_maps(t,
                  "The steady density is round, as if nothing turned; the probability "
                  "current (arrows) goes round for ever and makes entropy.",
                  &(fk_maps){.name = "steady_currents",
                             .title = "a steady state that is not equilibrium",
                             .x_label = "x",
                             .y_label = "y",
                             .grid = &grid,
                             .n = 1,
                             .map = &map,
                             .arrows = (const double *const *)current});
    free(p);
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    const turning c = {fk_trial_value(t, "kappa"), fk_trial_value(t, "omega"),
                       fk_trial_value(t, "D"), 4 * (fk_trial_whole(t, "cells") / 4)};
    turning process = c;
    if (fk_trial_broken(t, "reversible"))
        process.omega = 0.0;
    FK_TRY(draw(t, &c));
    FK_TRY(settle(t, &process, c.omega));
    return relax(t, &c);
}

const fk_claim fk_claim_steady_currents = {
    .name = "steady-currents",
    .title = "A steady state may carry a current and make entropy",
    .statement =
        "A linear pull with rotation settles to the Gaussian it would have "
        "without, at the rate kappa, while its current makes entropy at the rate "
        "2 omega^2 / kappa.",
    .assumptions = "Isotropic noise that does not depend on the place.",
    .source = "schnakenberg-1976, seifert-2012",
    .falsifier =
        "A steady variance that depends on omega, or an entropy production that "
        "is not 2 omega^2 / kappa.",
    .derivation =
        {
            {"Drift and noise", "dX = (-\\kappa X + \\omega X^\\perp) \\, dt + "
                                "\\sqrt{2D} \\, dW, \\quad X^\\perp = "
                                "(-y, x)"},
            {"The rotation has no divergence and is tangent to circles, so that it "
             "leaves "
             "every round density alone:",
             "p_\\infty \\propto e^{-\\kappa |x|^2 / 2D}, \\quad J = \\omega x^\\perp "
             "p_\\infty, "
             "\\quad \\nabla \\cdot J = 0"},
            {"Entropy is made where a current flows:",
             "\\sigma = \\int \\frac{|J|^2}{D p} dx = \\frac{\\omega^2}{D} "
             "\\mathbb{E}|X|^2 = "
             "\\frac{2 \\omega^2}{\\kappa}"},
            {"The slowest modes are linear functions, which obey x' = (-kappa + i "
             "omega) "
             "x:",
             "\\lambda_1 = -\\kappa \\pm i \\omega"},
            {"Without rotation there is detailed balance: the current and its entropy "
             "vanish.",
             "J = 0, \\quad \\sigma = 0"},
        },
    .parameter = {{.name = "kappa",
                   .standard = 1.0,
                   .least = 0.1,
                   .most = 10,
                   .meaning = "pull"},
                  {.name = "omega",
                   .standard = 1.5,
                   .least = 0.2,
                   .most = 5,
                   .meaning = "rotation"},
                  {.name = "D",
                   .standard = 0.5,
                   .least = 0.01,
                   .most = 10,
                   .meaning = "diffusion coefficient"},
                  {.name = "cells",
                   .standard = 128,
                   .quick = 96,
                   .least = 64,
                   .most = 400,
                   .whole = true,
                   .meaning = "along each axis"}},
    .breaks = {{"half-production", "omega^2 / kappa"},
               {"double-gap", "relaxation at the rate of the variance"},
               {"reversible", "the process without its rotation"}},
    .run = run,
};
