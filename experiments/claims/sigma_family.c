/* One density, many processes.  The score lets noise of any strength lambda carry the same
 * marginals: checked against test functions by quadrature, by particles driven by the exact
 * score, and by the Fokker-Planck equation run backwards in time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "experiments/problem_expression.h"
#include "experiments/solution.h"
#include "sampling/expectation.h"
#include "sde/problem_file.h"
#include "solvers/quadrature.h"

static const double ratio[] = {0.0, 0.5, 1.0, 1.5}; /* lambda / g */
enum { RATIOS = sizeof ratio / sizeof *ratio };

/* What the score is multiplied with: (g^2 - lambda^2) / 2. */
static double score_factor(const fk_trial *t, double g2, double lambda2)
{
    const double half = fk_trial_broken(t, "no-half") ? 1.0 : 0.5;
    const double sign = fk_trial_broken(t, "score-sign") ? -1.0 : 1.0;
    return sign * half * (g2 - lambda2);
}

/* ---- against test functions ---- */

typedef struct generator {
    const fk_trial *trial;
    fk_line_mixture law;
    double t, lambda; /* lambda over g */
    size_t phi;
} generator;

/* x^2 and cos 2x: the first and the second derivative. */
static void derivatives(size_t phi, double x, double d[2])
{
    d[0] = phi == 0 ? 2.0 * x : -2.0 * sin(2.0 * x);
    d[1] = phi == 0 ? 2.0 : -4.0 * cos(2.0 * x);
}

/* p (drift phi' + lambda^2/2 phi'') */
static double rate_density(double x, void *context)
{
    const generator *q = context;
    const fk_line_point p = fk_line_at(&q->law, x);
    const double g2 = fk_vp_beta(q->t), lambda2 = q->lambda * q->lambda * g2;
    const double drift = -0.5 * g2 * x - score_factor(q->trial, g2, lambda2) * p.score;
    double d[2];
    derivatives(q->phi, x, d);
    return exp(p.log_p) * (drift * d[0] + 0.5 * lambda2 * d[1]);
}

/* The rates of theory at t = 1/4, from the exact law. */
static void compare_rates(fk_trial *t)
{
    static const char *const name[] = {"x^2", "cos 2x"};
    static const double known[] = {-1.533478236540, 1.421749682551};
    const fk_line_mixture start = fk_standard_density();
    for (size_t i = 0; i < RATIOS; i++)
        for (size_t phi = 0; phi < 2; phi++) {
            generator q = {t, fk_vp_law(&start, 0.25), 0.25, ratio[i], phi};
            double error;
            const double rate =
                fk_integral(rate_density, &q, -FK_STANDARD_REACH, FK_STANDARD_REACH,
                            FK_STANDARD_PANELS, &error);
            fk_trial_add(t,
                         (fk_evidence){.left = rate,
                                       .right = known[phi],
                                       .quadrature = error + 1e-11,
                                       .origin = "Gauss and Legendre, panels halved"},
                         "d/dt E %s at t = 1/4 with lambda = %g g", name[phi],
                         ratio[i]);
        }
}

/* ---- problems with the exact score ---- */

/* Forward from 0 (back false), or backward from T: u is the forward time. */
static fk_status state(const fk_trial *t, bool back, double lambda, double T,
                       const char *more, fk_problem **out)
{
    char text[2048];
    const double along =
        back ? 0.5 * (1.0 + lambda * lambda) : score_factor(t, 1.0, lambda * lambda);
    const double score =
        back ? (fk_trial_broken(t, "flow-for-reverse") ? 0.5 : along) : -along;
    snprintf(
        text, sizeof text,
        "variables: [x]\nparameters: {T: %.17g, c: %.17g, l: %.17g}\n"
        "define:\n  u: %s\n  beta: 0.1 + 19.9*u\n  al: exp(-(0.1*u + 9.95*u^2)/2)\n"
        "  V1: al^2*0.09 + 1 - al^2\n  V2: al^2*0.25 + 1 - al^2\n"
        "  q: 0.3*exp(-(x + 1.5*al)^2/(2*V1))/sqrt(2*pi*V1) +"
        " 0.7*exp(-(x - al)^2/(2*V2))/sqrt(2*pi*V2)\n"
        "drift: %sbeta*x/2 + c*beta*diff(log(q), x)\nnoise: l*sqrt(beta)\n%s",
        T, score, lambda, back ? "T - t" : "t", back ? "" : "-", more);
    return fk_problem_parse(text, "family", 0, NULL, out, t->message);
}

static const char mixture[] = "initial: {mixture: [{weight: 0.3, mean: -1.5, sd: 0.3}, "
                              "{weight: 0.7, mean: 1, sd: "
                              "0.5}]}\n";

/* ---- by particles: moments at t = 0.3 agree, correlations with the start do not ---- */

static fk_status average(const fk_trial *t, const fk_problem *p, const char *phi,
                         fk_expectation *out)
{
    fk_methods methods;
    FK_TRY(fk_methods_find(p, &methods, t->message));
    fk_expectation_options o = {.error = fk_trial_value(t, "error"),
                                .steps = 60,
                                .start = p->start,
                                .end = p->end,
                                .seed = t->seed,
                                .scheme = methods.scheme,
                                .rules = methods.rules};
    FK_TRY(fk_problem_expression(p, phi, &o.phi, t->message));
    return fk_estimator_find("multilevel")
        ->run(p->sde, NULL, p->initial, &o, t->progress, out, t->message);
}

static fk_status compare_particles(fk_trial *t)
{
    const double end = 0.3;
    const fk_line_mixture start = fk_standard_density();
    const fk_line_mixture law = fk_vp_law(&start, end);
    const double second =
        fk_line_variance(&law) + fk_line_mean(&law) * fk_line_mean(&law);
    char more[512];
    snprintf(more, sizeof more,
             "%sparticles: {scheme: heun, step: 5e-3}\npde: off\ntime: {end: %g}\n",
             mixture, end);
    for (size_t i = 1; i < RATIOS; i++) {
        fk_problem *p = NULL;
        fk_expectation found;
        fk_status status = state(t, false, ratio[i], 0.0, more, &p);
        if (status == FK_OK)
            status = average(t, p, "x^2", &found);
        fk_problem_free(p);
        FK_TRY(status);
        fk_trial_add(
            t,
            (fk_evidence){.left = found.value,
                          .right = second,
                          .statistical = found.sampling,
                          .discretisation = found.bias,
                          .origin = "standard error of the paths, halved steps"},
            "E x^2 at t = 0.3, particles with lambda = %g g", ratio[i]);
    }
    return FK_OK;
}

/* Stationary data N(0, 1), where the drift is -lambda^2 x / 2: E x(0) x(T) is
 * exp(-1/2 int lambda^2) and depends on lambda although no marginal does. */
static fk_status compare_paths(fk_trial *t)
{
    const double B = 0.1 * 0.3 + 9.95 * 0.09;
    for (size_t i = 0; i < RATIOS; i++) {
        fk_problem *p = NULL;
        fk_expectation found;
        char text[512];
        const double l2 = ratio[i] * ratio[i];
        snprintf(text, sizeof text,
                 "variables: [x, y]\ndefine: {beta: 0.1 + 19.9*t}\n"
                 "drift: [-%.17g*beta*x/2, 0]\nnoise: [[%.17g*sqrt(beta)], [0]]\n"
                 "initial: {gaussian: {mean: [0, 0], cov: [[1, 1], [1, 1]]}}\n"
                 "time: {end: 0.3}\nparticles: {scheme: heun, step: 5e-3}\npde: off\n",
                 l2, ratio[i]);
        fk_status status = fk_problem_parse(text, "paths", 0, NULL, &p, t->message);
        if (status == FK_OK)
            status = average(t, p, "x*y", &found);
        fk_problem_free(p);
        FK_TRY(status);
        const double same =
            fk_trial_broken(t, "one-path-law") ? exp(-0.5 * B) : exp(-0.5 * l2 * B);
        fk_trial_add(
            t,
            (fk_evidence){.left = found.value,
                          .right = same,
                          .statistical = found.sampling,
                          .discretisation = found.bias,
                          .origin = "standard error of the paths, halved steps"},
            "E x(0) x(0.3) of stationary paths with lambda = %g g, and "
            "exp(-1/2 int lambda^2)",
            ratio[i]);
    }
    return FK_OK;
}

/* ---- the equation run backwards ---- */

/* Cell averages of the exact law at forward time u. */
static void project(const fk_grid *g, double u, double *p)
{
    const fk_line_mixture start = fk_standard_density(), law = fk_vp_law(&start, u);
    const fk_axis *a = &g->axis[0];
    const double h = (a->hi - a->lo) / (double)a->cells;
    for (size_t k = 0; k < a->cells; k++)
        p[k] = (fk_line_cdf(&law, a->lo + h * (double)(k + 1)) -
                fk_line_cdf(&law, a->lo + h * (double)k)) /
               h;
}

enum { CELLS = 400 };

static fk_status solve_back(const fk_trial *t, double lambda, double *p, fk_grid *grid)
{
    const double from = 0.5, to = 0.02;
    const fk_line_mixture start = fk_standard_density(), law = fk_vp_law(&start, from);
    char more[768];
    fk_problem *problem = NULL;
    fk_methods methods;
    fk_solver *solver = NULL;
    snprintf(more, sizeof more,
             "time: {end: %g}\nparticles: off\npde: {tolerance: 1e-4, method: "
             "finite-volume}\n"
             "domain: {x: {from: -8, to: 8, cells: %d, boundary: reflecting}}\n"
             "initial: {mixture: [{weight: 0.3, mean: %.17g, sd: %.17g}, {weight: 0.7, "
             "mean: %.17g, sd: %.17g}]}\n",
             from - to, CELLS, law.mean[0], sqrt(law.variance[0]), law.mean[1],
             sqrt(law.variance[1]));
    fk_status status = state(t, true, lambda, from, more, &problem);
    if (status == FK_OK)
        status = fk_methods_find(problem, &methods, t->message);
    if (status == FK_OK)
        status =
            fk_solution_new(problem, &methods, methods.method, 1, &solver, t->message);
    if (status == FK_OK)
        status = fk_solver_advance(solver, problem->end, t->progress, t->message);
    if (status == FK_OK) {
        memcpy(p, fk_solver_density(solver), CELLS * sizeof *p);
        *grid = problem->domain.grid;
    }
    fk_solver_free(solver);
    fk_problem_free(problem);
    return status;
}

static fk_status compare_backwards(fk_trial *t)
{
    static const double lambda[] = {1.0, 0.5};
    double p[2][CELLS], exact[CELLS], x[CELLS];
    fk_grid g;
    for (size_t i = 0; i < 2; i++) {
        FK_TRY(solve_back(t, lambda[i], p[i], &g));
        project(&g, 0.02, exact);
        fk_trial_add(t,
                     (fk_evidence){.left = fk_density_l1(&g, p[i], exact),
                                   .discretisation = i == 0 ? 1.5e-3 : 4e-3,
                                   .effect = 0.05,
                                   .origin = "cells of 1/25, second order"},
                     "L1 of the Fokker-Planck equation run from t = 0.5 back to 0.02, "
                     "lambda = %g g, to the exact density",
                     lambda[i]);
    }
    double noisy[CELLS], seen[CELLS];
    project(&g, 0.5, noisy);
    for (size_t k = 0; k < CELLS; k++) {
        x[k] = -8.0 + 16.0 * ((double)k + 0.5) / CELLS;
        seen[k] = k % 3 == 0 ? p[0][k] : (double)NAN;
    }
    enum { FROM = CELLS / 4, SHOWN = CELLS / 2 };
    const double *at = x + FROM;
    const fk_curve curve[] = {
        {.name = "start, t = 0.5", SHOWN, at, noisy + FROM, FK_PEN_DASHES},
        {.name = "exact, t = 0.02", SHOWN, at, exact + FROM, FK_PEN_LINE},
        {.name = "backwards, lambda = g", SHOWN, at, seen + FROM, FK_PEN_RINGS},
    };
    fk_trial_curves(t,
                    "The reverse process has a Fokker-Planck equation of its own, a "
                    "forward one: it is well posed, and brings the density back.",
                    &(fk_curves){.name = "sigma_family",
                                 .title = "a diffusion equation run backwards in time",
                                 .x_label = "x",
                                 .y_label = "density",
                                 .from_zero = true,
                                 .n = 3,
                                 .curve = curve});
    return FK_OK;
}

/* ---- the swirl ---- */

/* E[J s . grad phi] = int (J grad p) . grad phi over a mixture of three in the plane, by
 * the midpoint rule; phi = x y^2 + cos(x + 2 y). */
static void compare_swirl(fk_trial *t)
{
    static const double w[] = {0.25, 0.35, 0.4};
    static const double m[][2] = {{-1.5, 0.0}, {1.0, 1.2}, {0.8, -1.0}};
    static const double S[][3] = {
        {0.2, 0.05, 0.1}, {0.15, -0.06, 0.25}, {0.3, 0.0, 0.12}};
    enum { N = 400 };
    const double far = 7.0, h = 2.0 * far / N;
    const double turn = fk_trial_broken(t, "no-swirl") ? 1.0 : -1.0;
    double sum = 0.0;
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            const double x = -far + h * ((double)i + 0.5),
                         y = -far + h * ((double)j + 0.5);
            double slope[2] = {0.0};
            for (size_t k = 0; k < 3; k++) {
                const double dx = x - m[k][0], dy = y - m[k][1];
                const double det = S[k][0] * S[k][2] - S[k][1] * S[k][1];
                const double a = (S[k][2] * dx - S[k][1] * dy) / det;
                const double b = (S[k][0] * dy - S[k][1] * dx) / det;
                const double p =
                    w[k] * exp(-0.5 * (dx * a + dy * b)) / (2.0 * M_PI * sqrt(det));
                slope[0] -= p * a;
                slope[1] -= p * b;
            }
            const double phi[] = {y * y - sin(x + 2.0 * y),
                                  2.0 * x * y - 2.0 * sin(x + 2.0 * y)};
            sum += h * h * (slope[1] * phi[0] + turn * slope[0] * phi[1]);
        }
    fk_trial_add(t,
                 (fk_evidence){.left = sum,
                               .quadrature = 1e-12,
                               .effect = 1e-3,
                               .origin = "midpoint rule, spectrally accurate"},
                 "a swirl c J s with J antisymmetric: E J s . grad phi in the plane");
}

static fk_status run(fk_trial *t)
{
    compare_rates(t);
    FK_TRY(compare_particles(t));
    FK_TRY(compare_paths(t));
    FK_TRY(compare_backwards(t));
    compare_swirl(t);
    return FK_OK;
}

const fk_claim fk_claim_sigma_family = {
    .name = "sigma-family",
    .title = "One density, many processes: reverse SDE and probability flow",
    .statement =
        "Noise of any strength lambda has the marginals of the process with g, if "
        "the drift is f - (g^2 - lambda^2) s / 2; run backwards it is the reverse "
        "SDE (lambda = g) or the probability flow (lambda = 0).  The marginals "
        "agree, the laws of the paths do not.",
    .assumptions =
        "g free of x, the exact score s = grad log p_t; lambda may exceed g.",
    .source = "su-9228, anderson-1982, song-2021",
    .falsifier = "A marginal that depends on lambda.",
    .derivation =
        {
            {"The Fokker-Planck equation with diffusion g^2 / 2",
             "\\partial_t p = -\\nabla \\cdot (f p) + \\frac{g^2}{2} \\Delta p"},
            {"A Laplacian is the divergence of a current along the score:",
             "\\Delta p = \\nabla \\cdot (p \\, s), \\quad s = \\nabla \\log p"},
            {"so that a part of it may be moved into the drift without changing p:",
             "\\partial_t p = -\\nabla \\cdot \\left( (f - \\frac{g^2 - \\lambda^2}{2} "
             "s) p "
             "\\right) + \\frac{\\lambda^2}{2} \\Delta p"},
            {"Read with time reversed, r = T - t, the sign of the drift turns and the "
             "diffusion must not: what the score makes up for.",
             "dX = \\left( -f + \\frac{g^2 + \\lambda^2}{2} s \\right) dr + \\lambda "
             "\\, dW"},
            {"Any current without divergence may be added, such as a swirl along the "
             "level lines of p:",
             "\\nabla \\cdot (J \\nabla p) = 0, \\quad J^T = -J"},
            {"Paths remember for different times: with data N(0, 1)",
             "\\mathbb{E}\\, x_s x_t = \\exp\\left(-\\frac{1}{2} \\int_s^t "
             "\\lambda^2\\right)"},
        },
    .parameter = {{.name = "error",
                   .standard = 4e-3,
                   .quick = 5e-3,
                   .least = 2e-4,
                   .most = 0.05,
                   .meaning = "of averages over particles"}},
    .breaks = {{"no-half", "(g^2 - lambda^2) s"},
               {"score-sign", "the score with the other sign"},
               {"flow-for-reverse",
                "the probability flow's drift with the reverse noise"},
               {"one-path-law", "all members have the path law of lambda = g"},
               {"no-swirl", "a symmetric J"}},
    .run = run,
};
