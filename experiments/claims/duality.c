/* Duality: the mean of phi at the end can be had from both directions of time, the density
 * moved forward or the expectation moved backward, and at every time between from both.
 *
 *     u(x, s) = E[phi(X_T) exp(-int_s^T k dt) | X_s = x],   -u_s = L u - k u,   u(T) = phi
 *     p_s = L* p - k p                                      int u p dx is free of s
 *
 * For dX = -X dt + sqrt 2 dW without killing and with the rate k = q x^2/2, where both sides
 * are Gaussian; on cells, where the backward step is the transpose of the forward one; by
 * particles that are killed, and by particles that carry a weight.  [kac-1949] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/problem_expression.h"
#include "experiments/run.h"
#include "pde/backward.h"
#include "pde/evolution.h"
#include "sampling/expectation.h"
#include "sde/problem_file.h"
#include "sde/weak_form.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

enum { TIMES = 4, CASES = 2, NODES = 64 };

static const double time_of[TIMES] = {0.0, 0.3, 0.8, 1.0};
static const double END = 1.0, MEAN = 2.0, VARIANCE = 0.25;

/* ---- closed forms ---- */

/* M N(m, v), the law at s of those not killed. */
typedef struct weighted_gaussian {
    double log_mass, mean, variance;
} weighted_gaussian;

/* v' = 2 - 2 v - q v^2,  m' = -(1 + q v) m,  (log M)' = -q (m^2 + v)/2 */
static void move(double s, const double *y, double *dy, void *context)
{
    (void)s;
    const double *q = context;
    dy[0] = -q[1] * 0.5 * q[0] * (y[1] * y[1] + y[2]);
    dy[1] = -(1.0 + q[0] * y[2]) * y[1];
    dy[2] = 2.0 - 2.0 * y[2] - q[0] * y[2] * y[2];
}

static fk_status law_at(const fk_trial *t, double q, double s, weighted_gaussian *out)
{
    double y[] = {0.0, MEAN, VARIANCE};
    double rate[] = {q, fk_trial_broken(t, "growth") ? -1.0 : 1.0};
    if (s > 0.0)
        FK_TRY(fk_integrate(3, move, rate, 0.0, s, 1e-13, y));
    *out = (weighted_gaussian){y[0], y[1], y[2]};
    return FK_OK;
}

typedef struct problem_case {
    const char *name, *phi, *u; /* u(x, t) in closed form, T = 1 */
    const char *killing;
} problem_case;

/* phi = cos 2x without killing:  u = cos(2 e^-r x) exp(-2 (1 - e^-2r)),  r = T - s
 * phi = 1, k = q x^2/2:  u = y^(-1/2) exp(-B x^2/2),  w^2 = 1 + 2 q,
 *     y = e^-r (cosh w r + sinh(w r)/w),  B = q sinh(w r)/(w cosh w r + sinh w r) */
static const problem_case cases[CASES] = {
    {"no killing, cos 2x", "cos(2*x)",
     "cos(2*exp(-(1 - t))*x)*exp(-2*(1 - exp(-2*(1 - t))))", "0"},
    {"killing, 1", "1",
     "exp(-q*sinh(w*(1 - t))/(w*cosh(w*(1 - t)) + sinh(w*(1 - t)))*x^2/2)"
     "/sqrt(exp(-(1 - t))*(cosh(w*(1 - t)) + sinh(w*(1 - t))/w))",
     "q*x^2/2"}};

/* ---- one case as a problem, with its functions ---- */

typedef struct model {
    const problem_case *is;
    double q;
    fk_problem *problem;
    fk_methods methods;
    const fk_expr *phi, *u, *killing;
} model;

/* Names of the parameters q and w, and the process with `rest` of its file. */
static fk_status state(const fk_trial *t, double q, const char *rest, fk_problem **out)
{
    char text[1024];
    snprintf(text, sizeof text,
             "parameters: {q: %.17g, w: %.17g}\ntime: {end: %g}\n"
             "particles: {scheme: heun, step: %g}\n%s",
             q, sqrt(1.0 + 2.0 * q), END, END / 64.0, rest);
    return fk_problem_parse(text, "duality", 0, NULL, out, t->message);
}

static fk_status make_model(const fk_trial *t, const problem_case *is, model *m)
{
    char rest[512];
    const bool plain = is == &cases[0];
    const char *u =
        plain && fk_trial_broken(t, "no-decay") ? "cos(2*exp(-(1 - t))*x)" : is->u;
    *m = (model){.is = is, .q = plain ? 0.0 : fk_trial_value(t, "rate")};
    snprintf(rest, sizeof rest,
             "variables: [x]\ndrift: -x\nnoise: sqrt(2)\nkilling: %s%s\n"
             "domain: {x: {from: -7, to: 9, cells: %zu, boundary: reflecting}}\n"
             "initial: {gaussian: {mean: %g, sd: %g}}\n",
             fk_trial_broken(t, "half-rate") ? "0.5*" : "", is->killing,
             fk_trial_whole(t, "cells"), MEAN, sqrt(VARIANCE));
    FK_TRY(state(t, m->q, rest, &m->problem));
    FK_TRY(fk_methods_find(m->problem, &m->methods, t->message));
    FK_TRY(fk_problem_expression(m->problem, is->phi, &m->phi, t->message));
    FK_TRY(fk_problem_expression(m->problem, is->killing, &m->killing, t->message));
    return fk_problem_expression(m->problem, u, &m->u, t->message);
}

static double at(const model *m, const fk_expr *e, double x, double s)
{
    const fk_sde *sde = m->problem->sde;
    const fk_expr *symbol[] = {sde->variable[0], sde->time, sde->parameter[0],
                               sde->parameter[1]};
    return fk_expr_value(e, 4, symbol,
                         (const double[]){x, s, sde->value[0], sde->value[1]});
}

static fk_evidence digits(double left, double right, double error, const char *origin)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-3,
                         .origin = origin};
}

/* int u p dx at the four times, and that u solves its equation. */
static fk_status add_exact(fk_trial *t, const model *m, double *constant)
{
    double node[NODES], weight[NODES], pairing[TIMES];
    fk_expr_pool *pool = m->problem->sde->pool;
    const fk_expr *left = fk_expr_sub(pool, fk_weak_generator(m->problem->sde, m->u),
                                      fk_expr_mul(pool, m->killing, m->u));
    FK_TRY(fk_gauss_hermite(NODES, node, weight));
    for (size_t i = 0; i < TIMES; i++) {
        weighted_gaussian p;
        FK_TRY(law_at(t, m->q, time_of[i], &p));
        pairing[i] = 0.0;
        for (size_t k = 0; k < NODES; k++)
            pairing[i] += weight[k] * exp(p.log_mass) *
                          at(m, m->u, p.mean + sqrt(p.variance) * node[k], time_of[i]);
    }
    *constant = pairing[TIMES - 1];
    fk_trial_add(t, digits(at(m, left, 0.7, 0.4), 0.0, 1e-13, "rounding"),
                 "u_s + L u - k u at x = 0.7, s = 0.4, %s", m->is->name);
    for (size_t i = 0; i + 1 < TIMES; i++)
        fk_trial_add(t,
                     digits(pairing[i], *constant, 1e-12,
                            "Gauss-Hermite, 64 nodes; integration to 1e-13"),
                     "int u p at s = %g and at the end, %s", time_of[i], m->is->name);
    return FK_OK;
}

/* ---- on cells ---- */

/* p and u at the four times. */
typedef struct fields {
    size_t cells;
    double *p[TIMES], *u[TIMES];
    double pairing[TIMES];
} fields;

static double pair_up(const fk_grid *g, const double *u, const double *p)
{
    double sum = 0.0;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        sum += u[c] * p[c];
    return sum * fk_grid_volume(g);
}

/* From f[from] to f[to], forward in time by the density's own steps. */
static fk_status step_forward(fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                              double from, double to, const double *start, double *end,
                              size_t cells, fk_message *message)
{
    const fk_evolution_options o = {.stepper = stepper, .tolerance = 1e-9, .span = END};
    fk_evolution *e = NULL;
    fk_status status = fk_evolution_new(fp, from, start, &o, &e);
    if (status == FK_OK)
        status = fk_evolution_advance(e, to, NULL, message);
    if (status == FK_OK)
        memcpy(end, fk_evolution_density(e), cells * sizeof *end);
    fk_evolution_free(e);
    return status;
}

static fk_status step_backward(const fk_trial *t, fk_fokker_planck *fp,
                               const fk_pde_stepper *stepper, size_t i, fields *f)
{
    if (fk_trial_broken(t, "no-transpose"))
        return step_forward(fp, stepper, time_of[i], time_of[i + 1], f->u[i + 1],
                            f->u[i], f->cells, t->message);
    const fk_backward_options o = {.stepper = stepper};
    memcpy(f->u[i], f->u[i + 1], f->cells * sizeof **f->u); /* nothing paid elsewhere */
    return fk_backward_solve(fp, &o, time_of[i], time_of[i + 1], f->u[i], t->progress,
                             t->message);
}

static fk_status sweep(const fk_trial *t, const model *m, const fk_domain *d,
                       fk_fokker_planck *fp, fields *f)
{
    const fk_pde_stepper *stepper = fk_pde_stepper_find("uniformisation");
    FK_TRY(fk_law_project(m->problem->initial, &d->grid, f->p[0], NULL));
    for (size_t c = 0; c < f->cells; c++)
        f->u[TIMES - 1][c] = at(m, m->phi, fk_axis_centre(&d->grid.axis[0], c), END);
    for (size_t i = 0; i + 1 < TIMES; i++)
        FK_TRY(step_forward(fp, stepper, time_of[i], time_of[i + 1], f->p[i],
                            f->p[i + 1], f->cells, t->message));
    for (size_t i = TIMES - 1; i-- > 0;)
        FK_TRY(step_backward(t, fp, stepper, i, f));
    for (size_t i = 0; i < TIMES; i++)
        f->pairing[i] = pair_up(&d->grid, f->u[i], f->p[i]);
    return FK_OK;
}

/* The case on `factor` times the cells; f->p[0] is to be freed. */
static fk_status on_cells(const fk_trial *t, const model *m, size_t factor, fields *f)
{
    fk_fokker_planck *fp = NULL;
    fk_domain d = m->problem->domain;
    const fk_sde *sde = m->problem->sde;
    d.grid = fk_grid_refine(&d.grid, factor);
    *f = (fields){.cells = fk_grid_cells(&d.grid)};
    const size_t row = f->cells + FK_BOOKS;
    f->p[0] = fk_doubles(2 * TIMES * row);
    if (f->p[0] == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < TIMES; i++) {
        f->p[i] = f->p[0] + i * row;
        f->u[i] = f->p[0] + (TIMES + i) * row;
    }
    fk_status status =
        fk_fokker_planck_new(sde, &d, fk_flux_find("chang-cooper"), &fp, t->message);
    if (status == FK_OK && sde->killing != NULL)
        status = fk_fokker_planck_react(fp, sde->killing, NULL, NULL, t->message);
    if (status == FK_OK)
        status = sweep(t, m, &d, fp, f);
    fk_fokker_planck_free(fp);
    return status;
}

static void add_fields(fk_trial *t, const model *m, const fields *coarse,
                       const fields *fine, double exact)
{
    const double end = fine->pairing[TIMES - 1];
    for (size_t i = 0; i + 1 < TIMES; i++)
        fk_trial_add(t, digits(fine->pairing[i], end, 1e-12, "rounding"),
                     "sum of u p on cells at s = %g and at the end, %s", time_of[i],
                     m->is->name);
    fk_trial_add(t,
                 (fk_evidence){.left = fine->pairing[0],
                               .right = exact,
                               .discretisation =
                                   0.5 * fabs(fine->pairing[0] - coarse->pairing[0]),
                               .effect = 2e-3,
                               .origin = "cells of twice the width: order 2"},
                 "sum of u p on cells, and int u p, %s", m->is->name);
}

/* ---- the picture: u falls back in time, p comes forward to meet it ---- */

static fk_status draw(fk_trial *t, const model *m, const fields *f)
{
    static const char *const name[] = {"u, s = 0", "u, s = 0.3", "u, s = 0.8",
                                       "p, s = 0", "p, s = 0.3", "p, s = 0.8"};
    const size_t shown = TIMES - 1, n = f->cells;
    const fk_axis *even = &m->problem->domain.grid.axis[0];
    const fk_axis axis = {even->lo, even->hi, n};
    fk_curve curve[2 * TIMES];
    double *x = fk_doubles(n);
    if (x == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < n; c++)
        x[c] = fk_axis_centre(&axis, c);
    for (size_t i = 0; i < shown; i++) {
        curve[i] = (fk_curve){name[i], n, x, f->u[i], FK_PEN_DASHES};
        curve[shown + i] = (fk_curve){name[shown + i], n, x, f->p[i], FK_PEN_LINE};
    }
    fk_trial_curves(t,
                    "Killing at the rate q x^2/2: the density p of those left moves "
                    "forward and loses mass, the chance u to be left at t = 1 moves "
                    "backward; the integral of the product is the same at every time.",
                    &(fk_curves){.name = "duality",
                                 .title = "Two directions of time, one number",
                                 .x_label = "x",
                                 .y_label = "chance u, density p",
                                 .from_zero = true,
                                 .n = 2 * shown,
                                 .curve = curve});
    free(x);
    return FK_OK;
}

/* ---- by particles ---- */

static fk_status average(const fk_trial *t, const fk_problem *p, const char *phi,
                         fk_expectation *out)
{
    fk_methods methods;
    FK_TRY(fk_methods_find(p, &methods, t->message));
    fk_expectation_options o = {.error = fk_trial_value(t, "error"),
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

static void add_average(fk_trial *t, const fk_expectation *e, double exact,
                        const char *name)
{
    fk_trial_add(t,
                 (fk_evidence){.left = e->value,
                               .right = exact,
                               .statistical = e->sampling,
                               .discretisation = e->bias,
                               .effect = 0.03,
                               .origin = "standard error of the paths, halved steps"},
                 "%s", name);
}

/* E exp(-int k), by paths that end and by paths that carry the integral. */
static fk_status add_particles(fk_trial *t, const model *m, double exact)
{
    char rest[256];
    fk_problem *carried = NULL;
    fk_expectation e;
    snprintf(rest, sizeof rest,
             "variables: [x, a]\ndrift: [-x, %s]\nnoise: [[sqrt(2)], [0]]\n"
             "initial: {gaussian: {mean: [%g, 0], sd: [%g, 0]}}\npde: off\n",
             m->is->killing, MEAN, sqrt(VARIANCE));
    FK_TRY(average(t, m->problem, m->is->phi, &e));
    add_average(t, &e, exact, "share of particles that are not killed, and int u p");
    fk_status status = state(t, m->q, rest, &carried);
    if (status == FK_OK)
        status = average(t, carried, "exp(-a)", &e);
    if (status == FK_OK)
        add_average(t, &e, exact, "mean weight exp(-int k dt), and int u p");
    fk_problem_free(carried);
    return status;
}

static fk_status verify(fk_trial *t, const model *m, double known,
                        const char *digits_of)
{
    double exact;
    fields coarse = {.cells = 0}, fine = coarse;
    FK_TRY(add_exact(t, m, &exact));
    fk_trial_add(t, digits(exact, known, 1e-12, digits_of), "int u p known, %s",
                 m->is->name);
    fk_status status = on_cells(t, m, 1, &coarse);
    if (status == FK_OK)
        status = on_cells(t, m, 2, &fine);
    if (status == FK_OK)
        add_fields(t, m, &coarse, &fine, exact);
    if (status == FK_OK && m->q > 0.0)
        status = add_particles(t, m, exact);
    if (status == FK_OK && m->q > 0.0 && t->gallery != NULL)
        status = draw(t, m, &fine);
    free(coarse.p[0]);
    free(fine.p[0]);
    return status;
}

/* y^(-1/2) (1 + B v)^(-1/2) exp(-B m^2 / 2 (1 + B v)) for N(m, v) at the start. */
static double survival(double q)
{
    const double w = sqrt(1.0 + 2.0 * q), C = cosh(w), S = sinh(w) / w;
    const double y = exp(-1.0) * (C + S), B = q * S / (C + S), V = 1.0 + B * VARIANCE;
    return exp(-0.5 * B * MEAN * MEAN / V) / sqrt(y * V);
}

static fk_status run(fk_trial *t)
{
    fk_status status = FK_OK;
    for (size_t i = 0; i < CASES && status == FK_OK; i++) {
        model m;
        status = make_model(t, &cases[i], &m);
        if (status == FK_OK)
            status = verify(t, &m, i == 0 ? 0.0164329643197709 : survival(m.q),
                            i == 0 ? "digits of the known value" : "rounding");
        fk_problem_free(m.problem);
    }
    return status;
}

const fk_claim fk_claim_duality = {
    .name = "duality",
    .title = "Backward and forward in time: one expectation",
    .statement =
        "With u the expectation of what is to come and p the density of what has been, "
        "int u p dx is the same at every time, also where paths are killed, and on "
        "cells to rounding if the backward step is the transpose of the forward one.",
    .assumptions = "u p and its derivatives vanish at infinity",
    .source = "kac-1949, oksendal-2003, gardiner-2009",
    .falsifier = "a pairing of u and p that changes in time, or a share of paths left "
                 "that is not the mean weight",
    .derivation =
        {{"The expectation from a later time is that of the expectation from then.",
          "u(x, s) = \\mathbb{E}[u(X_{s + h}, s + h) \\mid X_s = x]"},
         {"Expanded to first order in h, with killing at the rate k on the way.",
          "-\\partial_s u = L u - k u, \\quad u(x, T) = \\varphi(x)"},
         {"The density loses what is killed.", "\\partial_s p = L^* p - k p"},
         {"The operators are adjoint, so the product's integral stands still.",
          "\\frac{d}{ds} \\int u p \\, dx = \\int u (L^* p - k p) - p (L u - k u) \\, "
          "dx = 0"},
         {"At the ends it is the expectation, once by p and once by u: Feynman and "
          "Kac.",
          "\\int \\varphi p_T \\, dx = \\int u_0 p_0 \\, dx = \\mathbb{E} \\left[ "
          "\\varphi(X_T) e^{-\\int k \\, dt} \\right]"},
         {"A step of a scheme is a matrix; with its transpose for the way back the sum "
          "over cells is constant whatever the error of the step.",
          "p^{n+1} = M p^n, \\quad u^n = M^T u^{n+1} \\quad \\Rightarrow \\quad "
          "\\langle "
          "u^{n+1}, p^{n+1} \\rangle = \\langle u^n, p^n \\rangle"}},
    .parameter = {{"rate", 0.8, 0, 0.1, 5, false, "q of the killing rate q x^2/2"},
                  {"cells", 100, 0, 40, 2000, true,
                   "on [-7, 9]; also with twice as many"},
                  {"error", 2e-3, 3e-3, 1e-4, 0.02, false,
                   "of the averages over paths"}},
    .breaks = {{"no-decay", "u without what the noise takes from cos 2x"},
               {"no-transpose", "the forward step in place of its transpose"},
               {"half-rate", "half the rate of killing, on cells and for particles"},
               {"growth", "a closed form of p whose mass grows"}},
    .run = run,
};
