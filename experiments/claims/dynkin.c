/* Dynkin's formula and its martingale: what is left of phi(X) when its generator has been
 * integrated away along the path has mean 0 and a variance that the gradient makes.  By
 * particles that carry the integral along, on the Ornstein-Uhlenbeck process, where Euler's
 * steps have exact moments, and in a double well, where nothing is known but the steps.
 *
 *     M_t = phi(X_t) - phi(x_0) - int_0^t L phi ds,   E M = 0,  E M^2 = E int (g phi')^2 ds
 *
 * With A = (P - I)/h in place of L, P phi(x) the mean of phi after a step from x, both are
 * exact for steps of any length.  [oksendal-2003, section 7.4] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claims/carried.h"
#include "sampling/one_step.h"
#include "sde/sde_text.h"
#include "sde/weak_form.h"
#include "solvers/quadrature.h"

/* Columns of a particle: x, then for each function int L phi and int A phi. */
enum { FUNCTIONS = 2, TIMES = 11, DIM = 1 + 2 * FUNCTIONS, NODES = 64, WELL_DIM = 3 };

static const double START = 2.0, STEP = 0.1;

typedef struct gaussian {
    double mean, variance;
} gaussian;

static double mean_cosine(gaussian g, double k)
{
    return cos(k * g.mean) * exp(-0.5 * k * k * g.variance);
}

/* ---- the two functions, under dX = -X dt + sqrt 2 dW and its steps x' = (1 - h) x +
 * sqrt(2 h) z: means over a Gaussian law of x ---- */

/* E h (A - L) x^2 = h^2 E x^2 */
static double square_bias(gaussian g, double h)
{
    return h * h * (g.mean * g.mean + g.variance);
}

/* E Var(x'^2 | x) = 8 h (1 - h)^2 E x^2 + 8 h^2 */
static double square_spread(gaussian g, double h)
{
    return 8.0 * h * (1.0 - h) * (1.0 - h) * (g.mean * g.mean + g.variance) +
           8.0 * h * h;
}

/* P cos 2x = exp(-4 h) cos 2(1 - h)x,   L cos 2x = 2 x sin 2x - 4 cos 2x */
static double cosine_bias(gaussian g, double h)
{
    const double now = mean_cosine(g, 2.0);
    const double x_sine =
        exp(-2.0 * g.variance) *
        (g.mean * sin(2.0 * g.mean) + 2.0 * g.variance * cos(2.0 * g.mean));
    return exp(-4.0 * h) * mean_cosine(g, 2.0 * (1.0 - h)) - now -
           h * (2.0 * x_sine - 4.0 * now);
}

static double cosine_spread(gaussian g, double h)
{
    const double once = exp(-8.0 * h), twice = exp(-16.0 * h);
    return 0.5 * (1.0 - once) + 0.5 * (twice - once) * mean_cosine(g, 4.0 * (1.0 - h));
}

typedef struct function {
    const char *text; /* phi */
    const char *step; /* P phi */
    double (*value)(double x);
    double (*bias)(gaussian g, double h);
    double (*spread)(gaussian g, double h);
} function;

static double square(double x)
{
    return x * x;
}

static double cosine(double x)
{
    return cos(2.0 * x);
}

static const function functions[FUNCTIONS] = {
    {"x^2", "(1 - h)^2*x^2 + 2*h", square, square_bias, square_spread},
    {"cos(2*x)", "exp(-4*h)*cos(2*(1 - h)*x)", cosine, cosine_bias, cosine_spread}};

/* ---- sums over the steps, without a particle ---- */

/* Sums of `term` over the first n steps from x_0. */
static double over_steps(double (*term)(gaussian g, double h), double h, size_t n)
{
    gaussian g = {START, 0.0};
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += term(g, h);
        g = (gaussian){(1.0 - h) * g.mean,
                       (1.0 - h) * (1.0 - h) * g.variance + 2.0 * h};
    }
    return sum;
}

/* dX with the four integrals: L phi by the formula under test, and A phi. */
static fk_status make_carried(fk_trial *t, fk_carried *m)
{
    const char *sign = fk_trial_broken(t, "drift-sign") ? "x" : "-x";
    const char *half = fk_trial_broken(t, "half-g2") ? "0.5" : "1";
    char drift[1024], generator[256];
    int n = snprintf(drift, sizeof drift, "-x");
    for (size_t k = 0; k < FUNCTIONS; k++) {
        const char *phi = functions[k].text;
        snprintf(generator, sizeof generator,
                 "%s*diff(%s, x) + %s*diff(diff(%s, x), x)", sign, phi, half, phi);
        n += snprintf(drift + n, sizeof drift - (size_t)n, "; %s", generator);
        if (fk_trial_broken(t, "plain-generator"))
            n += snprintf(drift + n, sizeof drift - (size_t)n, "; %s", generator);
        else
            n += snprintf(drift + n, sizeof drift - (size_t)n, "; (%s - %s)/h",
                          functions[k].step, phi);
    }
    return fk_carried_init(m, DIM, "x; a; b; c; d", drift, "sqrt(2); 0; 0; 0; 0", START,
                           STEP, t->message);
}

/* What E (g phi')^2 is at time s, by Gauss-Hermite over the exact law. */
typedef struct gathering {
    const fk_sde *sde;
    const fk_expr *spread;
    double factor, node[NODES], weight[NODES];
} gathering;

static double gather(double s, void *context)
{
    const gathering *g = context;
    double sum = 0.0;
    for (size_t i = 0; i < NODES; i++) {
        const double x = START * exp(-s) + sqrt(-expm1(-2.0 * s)) * g->node[i];
        sum += g->weight[i] * fk_expr_value(g->spread, 1, g->sde->variable, &x);
    }
    return g->factor * sum;
}

/* E int_0^1 (g phi')^2 ds */
static fk_status gathered(const fk_trial *t, const fk_sde *alone, const function *f,
                          double *out)
{
    gathering g = {.sde = alone,
                   .factor = fk_trial_broken(t, "half-spread") ? 0.5 : 1.0};
    const fk_expr *phi;
    FK_TRY(fk_sde_expression(alone, f->text, &phi, t->message));
    g.spread = fk_weak_spread(alone, phi);
    FK_TRY(fk_gauss_hermite(NODES, g.node, g.weight));
    *out = fk_integral(gather, &g, 0.0, 1.0, 8, NULL);
    return FK_OK;
}

static fk_evidence digits(double left, double right, double error, const char *origin)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-2 * fabs(right),
                         .origin = origin};
}

static fk_status add_sums(fk_trial *t, const fk_sde *alone)
{
    double variance[FUNCTIONS];
    for (size_t k = 0; k < FUNCTIONS; k++) {
        const function *f = &functions[k];
        FK_TRY(gathered(t, alone, f, &variance[k]));
        const double limit = 2.0 * over_steps(f->spread, 1e-4, 10000) -
                             over_steps(f->spread, 2e-4, 5000);
        fk_trial_add(
            t, digits(variance[k], limit, 1e-5, "steps of 1e-4 and 2e-4, extrapolated"),
            "Var M at 1, %s: E int (g phi')^2 dt, and the steps' own as h to 0",
            f->text);
    }
    fk_trial_add(t,
                 digits(variance[0], 18.375976601, 1e-9, "digits of the known value"),
                 "Var M at 1, x^2, known");
    fk_trial_add(t,
                 digits(over_steps(square_bias, 0.005, 200), 0.0115134, 5e-8,
                        "digits of the known value"),
                 "E M at 1 of Euler's steps of 0.005, x^2, known");
    return FK_OK;
}

/* P phi by the program's own step, against the formula that the particles carry. */
static fk_status add_steps(fk_trial *t, const fk_sde *alone)
{
    const fk_one_step step = {.scheme = fk_scheme_find("euler-maruyama"),
                              .sde = alone,
                              .nodes = NODES,
                              .h = STEP};
    for (size_t k = 0; k < FUNCTIONS; k++) {
        const fk_expr *phi, *formula;
        const fk_expr *symbol[] = {alone->variable[0], alone->parameter[0]};
        const double x = 0.7, value[] = {x, STEP};
        double mean;
        FK_TRY(fk_sde_expression(alone, functions[k].text, &phi, t->message));
        FK_TRY(fk_sde_expression(alone, functions[k].step, &formula, t->message));
        FK_TRY(fk_one_step_expectation(&step, &x, 1, &phi, &mean, t->message));
        fk_trial_add(t,
                     digits(mean, fk_expr_value(formula, 2, symbol, value), 1e-13,
                            "Gauss-Hermite, 64 nodes"),
                     "P phi(0.7) of a step, %s", functions[k].text);
    }
    return FK_OK;
}

/* ---- particles ---- */

static const char by_particles[] = "standard error of the particles";

/* phi(X) - phi(x_0) - the integral in a column of x[n][DIM] */
static fk_sample martingale(const function *f, size_t n, const double *x, size_t column,
                            double *v)
{
    for (size_t p = 0; p < n; p++)
        v[p] = f->value(x[DIM * p]) - f->value(START) - x[DIM * p + column];
    return fk_sample_of(n, v);
}

static void add_samples(fk_trial *t, const function *f, size_t steps,
                        const fk_sample *plain, const fk_sample *own)
{
    const double time = STEP * (double)steps, bias = over_steps(f->bias, STEP, steps);
    fk_trial_add(t,
                 (fk_evidence){.left = plain->mean,
                               .right = bias,
                               .statistical = plain->error,
                               .effect = fabs(bias),
                               .origin = by_particles},
                 "E M with L, %s, t = %g: the bias of the steps, known", f->text, time);
    fk_trial_add(t,
                 (fk_evidence){.left = own->mean,
                               .statistical = own->error,
                               .effect = fabs(bias),
                               .origin = by_particles},
                 "E M with A = (P - I)/h, %s, t = %g: none", f->text, time);
    fk_trial_add(t,
                 (fk_evidence){.left = own->variance,
                               .right = over_steps(f->spread, STEP, steps),
                               .statistical = own->variance_error,
                               .origin = by_particles},
                 "Var M with A, %s, t = %g: sum of E Var(phi(x') | x)", f->text, time);
}

/* What the picture shows. */
typedef struct history {
    double time[TIMES], bias[TIMES], mean[2][TIMES], error[2][TIMES];
} history;

static void note(history *g, size_t i, double bias, const fk_sample *plain,
                 const fk_sample *own)
{
    g->bias[i] = bias;
    g->mean[0][i] = plain->mean;
    g->mean[1][i] = own->mean;
    g->error[0][i] = plain->error;
    g->error[1][i] = own->error;
}

static fk_status follow(fk_trial *t, fk_ensemble *e, size_t n, double *x, double *v,
                        history *all)
{
    for (size_t i = 0; i < TIMES; i++) {
        all->time[i] = (double)i / (TIMES - 1);
        FK_TRY(fk_ensemble_advance(e, all->time[i], t->progress, t->message));
        fk_ensemble_states(e, 0, n, x);
        const size_t steps = (size_t)fk_ensemble_steps(e);
        for (size_t k = 0; k < FUNCTIONS; k++) {
            const function *f = &functions[k];
            const fk_sample plain = martingale(f, n, x, 1 + 2 * k, v);
            const fk_sample own = martingale(f, n, x, 2 + 2 * k, v);
            if (k == 0)
                note(all, i, over_steps(f->bias, STEP, steps), &plain, &own);
            if (i == TIMES / 2 || i == TIMES - 1)
                add_samples(t, f, steps, &plain, &own);
        }
    }
    return FK_OK;
}

static void draw(fk_trial *t, const history *g)
{
    const fk_curve curve[] = {
        {"with L", TIMES, g->time, g->mean[0], FK_PEN_RINGS},
        {"h^2 sum of E x^2", TIMES, g->time, g->bias, FK_PEN_LINE},
        {"with A = (P - I)/h", TIMES, g->time, g->mean[1], FK_PEN_POINTS}};
    const double *const bars[] = {g->error[0], NULL, g->error[1]};
    fk_trial_curves(
        t,
        "Mean of φ(X) less its integrated generator for φ = x^2: with L it has the "
        "bias of Euler's steps, known exactly; with A, the generator of the steps, "
        "none.  Steps of 0.1, bars of one standard error.",
        &(fk_curves){.name = "dynkin",
                     .title = "A bias of the steps, not an error of the code",
                     .x_label = "t",
                     .y_label = "E M_t, φ = x^2",
                     .n = 3,
                     .curve = curve,
                     .error = bars});
}

static fk_status add_particles(fk_trial *t, const fk_carried *m)
{
    const size_t n = fk_trial_whole(t, "particles");
    fk_ensemble *e = NULL;
    history all;
    double *x = fk_doubles((DIM + 1) * n);
    fk_status status = x != NULL ? fk_carried_particles(t, m, n, &e) : FK_ENOMEM;
    if (status == FK_OK)
        status = follow(t, e, n, x, x + DIM * n, &all);
    if (status == FK_OK)
        draw(t, &all);
    fk_ensemble_free(e);
    free(x);
    return status;
}

/* ---- a drift whose law nobody knows ---- */

/* f = x - x^3, g = 1, phi = x^2:  P x^2 = y^2 + h,  Var(x'^2 | x) = 4 y^2 h + 2 h^2,
 * y = x + h f */
static fk_status make_well(fk_trial *t, fk_carried *m)
{
    char drift[256];
    snprintf(drift, sizeof drift, "x - x^3; %s; %s(4*(x + h*(x - x^3))^2 + 2*h)",
             fk_trial_broken(t, "plain-generator")
                 ? "2*x*(x - x^3) + 1"
                 : "((x + h*(x - x^3))^2 + h - x^2)/h",
             fk_trial_broken(t, "half-spread") ? "0.5*" : "");
    return fk_carried_init(m, WELL_DIM, "x; a; q", drift, "1; 0; 0", START, STEP,
                           t->message);
}

static fk_status add_well(fk_trial *t, const fk_carried *m)
{
    const size_t n = fk_trial_whole(t, "particles");
    fk_ensemble *e = NULL;
    double *x = fk_doubles((WELL_DIM + 2) * n);
    fk_status status = x != NULL ? fk_carried_particles(t, m, n, &e) : FK_ENOMEM;
    if (status == FK_OK)
        status = fk_ensemble_advance(e, 1.0, t->progress, t->message);
    if (status == FK_OK) {
        double *M = x + WELL_DIM * n, *rest = M + n;
        fk_ensemble_states(e, 0, n, x);
        for (size_t p = 0; p < n; p++) {
            const double *y = x + WELL_DIM * p;
            M[p] = y[0] * y[0] - START * START - y[1];
            rest[p] = M[p] * M[p] - y[2];
        }
        const fk_sample first = fk_sample_of(n, M), second = fk_sample_of(n, rest);
        fk_trial_add(t,
                     (fk_evidence){.left = first.mean,
                                   .statistical = first.error,
                                   .effect = 0.1,
                                   .origin = by_particles},
                     "E M with A in a double well, x^2, t = 1");
        fk_trial_add(t,
                     (fk_evidence){.left = second.mean,
                                   .statistical = second.error,
                                   .effect = 0.1 * first.variance,
                                   .origin = by_particles},
                     "E[M^2 - sum of Var(phi(x') | x)] there: a martingale too");
    }
    fk_ensemble_free(e);
    free(x);
    return status;
}

static fk_status with_models(fk_trial *t, fk_carried *alone, fk_carried *carried,
                             fk_carried *well)
{
    FK_TRY(fk_carried_init(alone, 1, "x", "-x", "sqrt(2)", START, STEP, t->message));
    FK_TRY(make_carried(t, carried));
    FK_TRY(make_well(t, well));
    FK_TRY(add_sums(t, alone->sde));
    FK_TRY(add_steps(t, alone->sde));
    FK_TRY(add_particles(t, carried));
    return add_well(t, well);
}

static fk_status run(fk_trial *t)
{
    fk_carried alone = {.pool = NULL}, carried = {.pool = NULL}, well = {.pool = NULL};
    const fk_status status = with_models(t, &alone, &carried, &well);
    fk_carried_clear(&alone);
    fk_carried_clear(&carried);
    fk_carried_clear(&well);
    return status;
}

const fk_claim fk_claim_dynkin = {
    .name = "dynkin",
    .title = "Dynkin's formula, and the martingale behind it",
    .statement =
        "phi(X_t) - phi(x_0) less the integral of L phi along the path has mean 0 and "
        "the variance E int (g phi')^2 ds; with the generator of the steps in place of "
        "L the same holds exactly for steps of any length.",
    .assumptions = "phi is twice differentiable and phi and g phi' are square "
                   "integrable along the path",
    .source = "oksendal-2003, section 7.4",
    .falsifier = "a mean of M that is not the known bias of the steps, one with A that "
                 "is not 0, or another variance",
    .derivation =
        {{"Ito's formula along a path.",
          "d \\varphi(X) = L \\varphi \\, dt + g \\varphi' \\, dW"},
         {"What is left when the first term has been integrated away is an integral "
          "against the noise, so that its mean stays 0: Dynkin's formula.",
          "M_t = \\varphi(X_t) - \\varphi(x_0) - \\int_0^t L \\varphi \\, ds, \\quad "
          "\\mathbb{E} M_t = 0"},
         {"Its increments are uncorrelated; the variance is the sum of theirs.",
          "\\mathbb{E} M_t^2 = \\mathbb{E} \\int_0^t (g \\varphi')^2 \\, ds"},
         {"Steps of length h have a generator of their own, with which nothing is "
          "lost, whatever h is.",
          "A \\varphi = \\frac{P \\varphi - \\varphi}{h}, \\quad P \\varphi(x) = "
          "\\mathbb{E}[\\varphi(X_{n+1}) \\mid X_n = x]"},
         {"So a mean that is off with L has a bias, of known size; one that is off "
          "with "
          "A has a bug.",
          "\\mathbb{E} M_t = \\sum_n h \\, \\mathbb{E}[(A - L) \\varphi(X_n)]"}},
    .parameter = {{"particles", 200000, 60000, 20000, 1e8, true,
                   "number of particles"}},
    .breaks = {{"drift-sign", "L with the wrong sign of f"},
               {"half-g2", "L with g^2/4"},
               {"plain-generator", "L where the generator of the steps belongs"},
               {"half-spread", "half of (g phi')^2"}},
    .run = run,
};
