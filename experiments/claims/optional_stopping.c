/* Optional stopping: Dynkin's formula at the time tau when a path leaves an interval gives
 * its mean and which end it leaves by.  For a walk of steps of length h the same identities
 * hold at the point behind the end where the walk is found, and that point makes mean times
 * too long by an error of order sqrt(h).
 *
 *     Brownian motion:  E tau = (b - x)(x - a)/g^2,   P(b) = (x - a)/(b - a)
 *     its walk:         E tau = (E X_tau^2 - x^2)/g^2,  E X_tau = x
 *     overshoot:        E (X_tau - b) = c g sqrt(h),  c = -zeta(1/2)/sqrt(2 pi)
 *
 * Walks are solved by their integral equation u = r + K u on Gauss-Legendre nodes, diffusions
 * by quadrature and by the backward equation on cells, and both by particles.
 * [siegmund-1979, broadie-glasserman-kou-1997, oksendal-2003] */
#include <gsl/gsl_sf_zeta.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claims/carried.h"
#include "experiments/claims/exit_walk.h"
#include "pde/exit_times.h"
#include "solvers/quadrature.h"

enum { STEPS = 7 };

/* dX = -theta X dt + g dW from x in (lo, hi). */
typedef struct problem {
    const char *name, *drift, *noise;
    fk_exit_walk is;
    size_t cells; /* x is the centre of one, and of a third of them */
} problem;

static const problem brownian = {
    "Brownian motion", "0", "1", {0.0, 1.0, -1.0, 1.0, 0.3}, 270};
static const problem linear = {
    "Ornstein-Uhlenbeck", "-x", "sqrt(2)", {1.0, 2.0, -1.0, 1.4, 0.2}, 243};

typedef struct exits {
    double time, above; /* E tau, P(leaving at hi) */
} exits;

/* ---- diffusions by quadrature: scale S' = exp(theta x^2 / g^2), speed 2/(g^2 S') ---- */

typedef struct scale {
    const problem *p;
    double theta, g2, end; /* as the formula under test has them */
} scale;

static double slope(double x, void *context)
{
    const scale *s = context;
    return exp(s->theta * x * x / s->g2);
}

/* (S(end) - S(y)) 2/(g^2 S'(y)) */
static double weighted(double y, void *context)
{
    const scale *s = context;
    return fk_integral(slope, context, y, s->end, 2, NULL) * 2.0 /
           (s->g2 * slope(y, context));
}

static exits by_quadrature(const fk_trial *t, const problem *p)
{
    scale s = {p, fk_trial_broken(t, "drift-sign") ? -p->is.theta : p->is.theta,
               fk_trial_broken(t, "half-g2") ? 0.5 * p->is.g2 : p->is.g2, p->is.hi};
    const double above = fk_integral(slope, &s, p->is.lo, p->is.x, 4, NULL) /
                         fk_integral(slope, &s, p->is.lo, p->is.hi, 4, NULL);
    const double from_above = fk_integral(weighted, &s, p->is.x, p->is.hi, 4, NULL);
    s.end = p->is.lo;
    const double from_below = fk_integral(weighted, &s, p->is.lo, p->is.x, 4, NULL);
    return (exits){above * from_above - (1.0 - above) * from_below, above};
}

/* ---- by the backward equation on cells ---- */

static fk_status on_cells(const fk_trial *t, const problem *p, size_t cells, exits *out)
{
    fk_carried c;
    fk_fokker_planck *fp = NULL;
    fk_generator *g = NULL;
    fk_exit_times e = {.cells = 0};
    const fk_axis axis = {p->is.lo, p->is.hi, cells};
    const fk_domain d = {.grid = fk_grid_make(1, &axis),
                         .face = {{FK_ABSORBING, FK_ABSORBING}}};
    const size_t here =
        (size_t)((p->is.x - p->is.lo) / (p->is.hi - p->is.lo) * (double)cells);
    fk_status status =
        fk_carried_init(&c, 1, "x", p->drift, p->noise, p->is.x, 1.0, t->message);
    if (status == FK_OK)
        status = fk_fokker_planck_new(c.sde, &d, fk_flux_find("chang-cooper"), &fp,
                                      t->message);
    if (status == FK_OK)
        status = fk_generator_new(fp, &g, t->message);
    if (status == FK_OK)
        status = fk_exit_times_solve(g, &e, t->message);
    if (status == FK_OK)
        *out = (exits){e.mean[here], e.face[1].probability[here]};
    fk_exit_times_clear(&e);
    fk_generator_free(g);
    fk_fokker_planck_free(fp);
    fk_carried_clear(&c);
    return status;
}

static void add_cells(fk_trial *t, double formula, double fine, double coarse,
                      const char *what, const char *name)
{
    fk_trial_add(t,
                 (fk_evidence){.left = fine,
                               .right = formula,
                               .discretisation = fabs(fine - coarse) / 4.0 + 1e-11,
                               .effect = 1e-2 * formula,
                               .origin = "cells of thrice the width: order 2"},
                 "%s, %s: backward equation and quadrature", what, name);
}

static fk_status add_diffusion(fk_trial *t, const problem *p)
{
    exits fine, coarse;
    const exits formula = by_quadrature(t, p);
    FK_TRY(on_cells(t, p, p->cells, &fine));
    FK_TRY(on_cells(t, p, p->cells / 3, &coarse));
    add_cells(t, formula.time, fine.time, coarse.time, "E tau", p->name);
    add_cells(t, formula.above, fine.above, coarse.above, "P(upper end)", p->name);
    return FK_OK;
}

/* ---- walks: x' = (1 - theta h) x + g sqrt(h) z until they are found outside ---- */

/* c = 0.5825971579..., the mean of the overshoot of a Gaussian walk over a far level. */
static double overshoot(void)
{
    return -gsl_sf_zeta(0.5) / sqrt(2.0 * M_PI);
}

/* The same problem with its ends moved inwards by what a walk passes them by. */
static fk_exit_walk shifted(const fk_trial *t, const problem *p, double h)
{
    fk_exit_walk q = p->is;
    const double by =
        fk_trial_broken(t, "no-shift") ? 0.0 : overshoot() * sqrt(p->is.g2 * h);
    q.lo += by;
    q.hi -= by;
    return q;
}

static fk_evidence digits(double left, double right, double error, const char *origin)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-2,
                         .origin = origin};
}

/* Brownian motion's walk; known: E tau to four digits. */
static fk_status add_walk(fk_trial *t, double h, double known)
{
    const fk_exit_walk inside = shifted(t, &brownian, h);
    const double exact = by_quadrature(t, &brownian).time, c = overshoot();
    const double extra = 2.0 * c * sqrt(h) + (c * c + 0.25) * h;
    const char *rounding = "rounding; 256 nodes";
    fk_exit_law w, v;
    FK_TRY(fk_exit_walk_solve(&brownian.is, h, &w));
    FK_TRY(fk_exit_walk_solve(&inside, h, &v));
    fk_trial_add(t, digits(w.time, known, 5e-5, "digits of the known value"),
                 "walk, h = %g: E tau known", h);
    fk_trial_add(t, digits(w.place, brownian.is.x, 1e-12, rounding),
                 "walk, h = %g: E X_tau = x", h);
    fk_trial_add(
        t, digits(w.square - brownian.is.x * brownian.is.x, w.time, 1e-12, rounding),
        "walk, h = %g: E X_tau^2 - x^2 = g^2 E tau", h);
    fk_trial_add(t, digits(w.over / sqrt(h), c, 5e-9, "far from the other end"),
                 "walk, h = %g: overshoot over g sqrt(h), -zeta(1/2)/sqrt(2 pi)", h);
    fk_trial_add(
        t,
        digits(w.time, fk_trial_broken(t, "no-overshoot") ? exact : exact + extra, 1e-9,
               "far from the other end"),
        "walk, h = %g: E tau, (b - x)(x - a) + 2 c sqrt(h) + (c^2 + 1/4) h", h);
    fk_trial_add(t, digits(v.time, exact + 0.25 * h, 1e-9, "far from the other end"),
                 "walk, h = %g: E tau between ends moved inwards by c sqrt(h), "
                 "(b - x)(x - a) + h/4",
                 h);
    return FK_OK;
}

/* With drift: between moved ends the mean time is right to order h. */
static fk_status add_linear_walk(fk_trial *t, double h)
{
    const exits exact = by_quadrature(t, &linear);
    fk_exit_law v[2];
    for (size_t k = 0; k < 2; k++) {
        const double step = k == 0 ? h : 2.0 * h;
        const fk_exit_walk inside = shifted(t, &linear, step);
        FK_TRY(fk_exit_walk_solve(&inside, step, &v[k]));
    }
    fk_trial_add(
        t,
        (fk_evidence){.left = 2.0 * v[0].time - v[1].time,
                      .right = exact.time,
                      .discretisation = 2.0 * sqrt(h) * fabs(v[1].time - v[0].time),
                      .effect = 1e-2,
                      .origin = "order 1 taken away, the next is 3/2"},
        "E tau, %s: walks between moved ends, steps of h and 2 h", linear.name);
    return FK_OK;
}

/* ---- particles: x and the time w that it has been on its way ---- */

static fk_status leave(const fk_trial *t, const problem *p, bool bridge, double h,
                       fk_sample *time, fk_sample *above)
{
    const size_t n = fk_trial_whole(t, "particles");
    const double end = 12.0; /* later than all but a share of 1e-6 */
    char drift[32], noise[32];
    fk_carried c;
    fk_ensemble *e = NULL;
    const fk_axis axis[] = {{p->is.lo, p->is.hi, 1}, {-1.0, 100.0, 1}};
    const fk_domain d = {.grid = fk_grid_make(2, axis),
                         .face = {{FK_ABSORBING, FK_ABSORBING}, {FK_OPEN, FK_OPEN}}};
    double *v = fk_doubles(4 * n);
    snprintf(drift, sizeof drift, "%s; 1", p->drift);
    snprintf(noise, sizeof noise, "%s; 0", p->noise);
    fk_status status =
        fk_carried_init(&c, 2, "x; w", drift, noise, p->is.x, h, t->message);
    const fk_ensemble_options o = {.count = n,
                                   .step = h,
                                   .seed = t->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = fk_scheme_find("euler-maruyama"),
                                   .faces = {.bridge = bridge}};
    if (status == FK_OK)
        status = v != NULL ? fk_ensemble_new(c.sde, &d, c.law, &o, &e, t->message)
                           : FK_ENOMEM;
    if (status == FK_OK)
        status = fk_ensemble_advance(e, end, t->progress, t->message);
    if (status == FK_OK) {
        double *tau = v + 2 * n, *up = v + 3 * n;
        fk_ensemble_states(e, 0, n, v);
        for (size_t k = 0; k < n; k++) {
            tau[k] = v[2 * k + 1];
            up[k] = v[2 * k] >= p->is.hi;
        }
        *time = fk_sample_of(n, tau);
        *above = fk_sample_of(n, up);
    }
    fk_ensemble_free(e);
    fk_carried_clear(&c);
    free(v);
    return status;
}

static void add_pair(fk_trial *t, const char *name, const fk_sample *time,
                     const fk_sample *above, double E, double P)
{
    const char *origin = "standard error of the particles";
    fk_trial_add(t,
                 (fk_evidence){.left = time->mean,
                               .right = E,
                               .statistical = time->error,
                               .effect = 0.1,
                               .origin = origin},
                 "E tau, %s", name);
    fk_trial_add(t,
                 (fk_evidence){.left = above->mean,
                               .right = P,
                               .statistical = above->error,
                               .effect = 0.05,
                               .origin = origin},
                 "P(upper end), %s", name);
}

static fk_status add_particles(fk_trial *t, double h, fk_sample *brownian_time)
{
    fk_sample time, above;
    fk_exit_law w;
    const exits exact = by_quadrature(t, &brownian);
    FK_TRY(fk_exit_walk_solve(&brownian.is, h, &w));
    FK_TRY(leave(t, &brownian, false, h, brownian_time, &above));
    add_pair(t, "particles of Brownian motion, and their integral equation",
             brownian_time, &above, w.time, w.above);
    FK_TRY(leave(t, &brownian, true, h, &time, &above));
    add_pair(t, "the same with a bridge over each step: the exact law, seen h/2 late",
             &time, &above, exact.time + 0.5 * h, exact.above);
    FK_TRY(fk_exit_walk_solve(&linear.is, h, &w));
    FK_TRY(leave(t, &linear, false, h, &time, &above));
    add_pair(t, "particles of Ornstein-Uhlenbeck, and their integral equation", &time,
             &above, w.time, w.above);
    return FK_OK;
}

/* ---- the picture ---- */

static fk_status draw(fk_trial *t, double particle_step, const fk_sample *particles)
{
    double h[STEPS], error[2][STEPS], line[2][STEPS];
    const double exact = 0.91, c = overshoot();
    for (size_t i = 0; i < STEPS; i++) {
        fk_exit_law plain, moved;
        h[i] = 0.04 * exp2(-(double)i);
        const fk_exit_walk inside = shifted(t, &brownian, h[i]);
        FK_TRY(fk_exit_walk_solve(&brownian.is, h[i], &plain));
        FK_TRY(fk_exit_walk_solve(&inside, h[i], &moved));
        error[0][i] = plain.time - exact;
        error[1][i] = moved.time - exact;
        line[0][i] = 2.0 * c * sqrt(h[i]);
        line[1][i] = 0.25 * h[i];
    }
    const double excess = particles->mean - exact;
    const fk_curve curve[] = {
        {"walk, integral equation", STEPS, h, error[0], FK_PEN_POINTS},
        {"2 c √h", STEPS, h, line[0], FK_PEN_DASHES},
        {"walk, ends moved inwards", STEPS, h, error[1], FK_PEN_POINTS},
        {"h/4", STEPS, h, line[1], FK_PEN_DASHES},
        {"walk, particles", 1, &particle_step, &excess, FK_PEN_RINGS}};
    const double *const bars[] = {NULL, NULL, NULL, NULL, &particles->error};
    fk_trial_curves(
        t,
        "How much too long Brownian motion stays in (-1, 1), from 0.3, when "
        "it is looked at every h: like √h, and like h/4 between ends "
        "that are moved inwards by the mean overshoot c √h.",
        &(fk_curves){.name = "optional-stopping",
                     .title = "Exit times of a walk are late by √h",
                     .x_label = "step h",
                     .y_label = "E τ - 0.91",
                     .log_x = true,
                     .log_y = true,
                     .n = 5,
                     .curve = curve,
                     .error = bars});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    const double h = 0.04;
    const exits exact = by_quadrature(t, &brownian);
    fk_sample time;
    fk_trial_add(t, digits(exact.time, 0.91, 1e-13, "rounding"),
                 "E tau, Brownian motion: (b - x)(x - a)");
    fk_trial_add(t, digits(exact.above, 0.65, 1e-13, "rounding"),
                 "P(upper end), Brownian motion: (x - a)/(b - a)");
    FK_TRY(add_diffusion(t, &brownian));
    FK_TRY(add_diffusion(t, &linear));
    FK_TRY(add_walk(t, 0.01, 1.0324));
    FK_TRY(add_walk(t, 0.0025, 0.9697));
    FK_TRY(add_linear_walk(t, 0.00125));
    FK_TRY(add_particles(t, h, &time));
    return t->gallery != NULL ? draw(t, h, &time) : FK_OK;
}

const fk_claim fk_claim_optional_stopping = {
    .name = "optional-stopping",
    .title = "Dynkin's formula at the exit from an interval",
    .statement =
        "Stopped where it leaves an interval, the martingale of x and of x^2 gives the "
        "chance of either end and the mean time; for a walk of steps h they hold at "
        "the "
        "point where it is found outside, c g sqrt(h) too far on average, so that exit "
        "times are late by order sqrt(h).",
    .assumptions = "the mean exit time is finite; Gaussian steps that are short beside "
                   "the interval",
    .source = "oksendal-2003, siegmund-1979, broadie-glasserman-kou-1997",
    .falsifier = "a walk whose mean exit time is not its mean square displacement, or "
                 "one between moved ends that is still late by sqrt(h)",
    .derivation =
        {{"A martingale that is stopped stays one, if it may be stopped at all: at "
          "tau, with L phi = -1 inside,",
          "\\mathbb{E} \\varphi(X_\\tau) = \\varphi(x) - \\mathbb{E} \\tau"},
         {"With phi = 0 at both ends phi is the mean exit time; with L phi = 0 it is a "
          "chance.",
          "f u' + \\frac{g^2}{2} u'' = -1, \\quad u(a) = u(b) = 0"},
         {"Brownian motion.",
          "\\mathbb{E} \\tau = \\frac{(b - x)(x - a)}{g^2}, \\quad P(b) = \\frac{x - "
          "a}{b - a}"},
         {"A walk with steps of variance g^2 h has the same martingales, stopped at a "
          "point beyond the ends.",
          "\\mathbb{E} \\tau_h = \\frac{\\mathbb{E} X_\\tau^2 - x^2}{g^2}, \\quad "
          "\\mathbb{E} X_\\tau = x"},
         {"Far from the other end the distance beyond has a law of its own.",
          "\\mathbb{E} R = c g \\sqrt{h}, \\quad c = -\\frac{\\zeta(1/2)}{\\sqrt{2 "
          "\\pi}} = 0.5826, \\quad \\mathbb{E} R^2 = (c^2 + \\frac{1}{4}) g^2 h"},
         {"So a walk between ends that are moved inwards by the mean of R is late by "
          "order h alone.",
          "\\mathbb{E} \\tau_h = \\mathbb{E} \\tau + \\frac{h}{4}"}},
    .parameter = {{"particles", 60000, 20000, 10000, 1e8, true, "of each kind"}},
    .breaks = {{"drift-sign", "the wrong sign of f in the scale function"},
               {"half-g2", "g^2/4 in place of g^2/2"},
               {"no-overshoot", "the walk's mean time as the diffusion's"},
               {"no-shift", "ends that are not moved"}},
    .run = run,
};
