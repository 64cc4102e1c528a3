/* What one step of Lion does with a noisy gradient: moments of the optimizer's own step,
 * integrated over the noise, beside their closed forms; and the order of its updates. */
#include <math.h>

#include "experiments/claim.h"
#include "solvers/optimizer.h"
#include "solvers/quadrature.h"

/* Of L = theta^2 / 2, so that grad L = theta. */
typedef struct lion {
    fk_optimizer_settings o;
    double theta, m, sigma;
    bool momentum_first;
} lion;

static void step(const lion *l, double gradient, double *theta, double *m)
{
    fk_optimizer_settings o = l->o;
    double *const moment[] = {m};
    if (l->momentum_first) { /* a mistake: what is averaged in shows at once */
        *m = o.beta2 * *m + (1.0 - o.beta2) * gradient;
        o.beta2 = 1.0;
    }
    fk_optimizer_find("lion")->step(&o, 1, 1, &gradient, theta, moment);
}

/* ---- by integrating over the noise ---- */

enum { NODES = 40, PIECES = 16 };
static const double FAR = 12.0; /* standard deviations */

typedef struct moments {
    double mean[2], square[2], cross; /* of the changes of theta and m */
} moments;

static void add_noise(const lion *l, double xi, double weight, moments *sum)
{
    double theta = l->theta, m = l->m;
    step(l, l->theta + l->sigma * xi, &theta, &m);
    const double d[] = {theta - l->theta, m - l->m};
    const double p = weight * exp(-0.5 * xi * xi) / sqrt(2.0 * M_PI);
    for (int i = 0; i < 2; i++) {
        sum->mean[i] += p * d[i];
        sum->square[i] += p * d[i] * d[i];
    }
    sum->cross += p * d[0] * d[1];
}

static fk_status integrate_piece(const lion *l, double from, double to, moments *sum)
{
    double node[NODES], weight[NODES];
    FK_TRY(fk_gauss_legendre(NODES, node, weight));
    const double h = (to - from) / PIECES;
    for (size_t k = 0; k < PIECES; k++)
        for (size_t i = 0; i < NODES; i++)
            add_noise(l, from + h * ((double)k + 0.5 * (1.0 + node[i])),
                      0.5 * h * weight[i], sum);
    return FK_OK;
}

/* In two pieces that meet where the sign turns. */
static fk_status integrate(const lion *l, moments *sum)
{
    const double c = l->o.beta1 * l->m + (1.0 - l->o.beta1) * l->theta;
    const double kink = -c / ((1.0 - l->o.beta1) * l->sigma);
    const double at = fmin(fmax(kink, -FAR), FAR);
    *sum = (moments){0};
    FK_TRY(integrate_piece(l, -FAR, at, sum));
    return integrate_piece(l, at, FAR, sum);
}

/* ---- evidence ---- */

static void add(fk_trial *t, const char *what, double left, double right)
{
    fk_trial_add(t,
                 (fk_evidence){.left = left,
                               .right = right,
                               .quadrature = 1e-13 + 1e-10 * fabs(right),
                               .origin = "Gauss and Legendre, 32 pieces of 40 nodes"},
                 "%s", what);
}

static void compare(fk_trial *t, const lion *l, const moments *found)
{
    const double rate = l->o.rate, b1 = l->o.beta1, forget = 1.0 - l->o.beta2;
    const double c = b1 * l->m + (1.0 - b1) * l->theta, s = (1.0 - b1) * l->sigma;
    const double u = erf(c / (s * M_SQRT2));
    const double along = sqrt(2.0 / M_PI) * exp(-0.5 * c * c / (s * s));
    const double spread = fk_trial_broken(t, "whole-variance") ? 1.0 : 1.0 - u * u;
    const double sign = fk_trial_broken(t, "covariance-sign") ? 1.0 : -1.0;
    const double mean = fk_trial_broken(t, "small-noise") ? (c > 0.0) - (c < 0.0) : u;
    const double *e = found->mean;
    add(t, "E d theta", e[0], -rate * (mean + l->o.decay * l->theta));
    add(t, "Var d theta", found->square[0] - e[0] * e[0], rate * rate * spread);
    add(t, "E d m", e[1], forget * (l->theta - l->m));
    add(t, "Var d m", found->square[1] - e[1] * e[1],
        forget * forget * l->sigma * l->sigma);
    add(t, "Cov(d theta, d m)", found->cross - e[0] * e[1],
        sign * rate * forget * l->sigma * along);
}

/* Four steps down theta^2 / 2 from 1, rate 0.1, decay 1/2, worked by hand: all signs are
 * +1. */
static void four_steps(fk_trial *t, bool momentum_first)
{
    static const double theta[] = {0.85, 0.7075, 0.572125, 0.44351875};
    static const double m[] = {0.01, 0.0184, 0.025291, 0.03075934};
    const lion l = {.o = {.rate = 0.1, .decay = 0.5, .beta1 = 0.9, .beta2 = 0.99},
                    .momentum_first = momentum_first};
    double x = 1.0, average = 0.0;
    for (size_t k = 0; k < 4; k++) {
        step(&l, x, &x, &average);
        fk_trial_add(t,
                     (fk_evidence){.left = x,
                                   .right = theta[k],
                                   .quadrature = 1e-15,
                                   .origin = "rounding"},
                     "theta after step %zu", k + 1);
        fk_trial_add(t,
                     (fk_evidence){.left = average,
                                   .right = m[k],
                                   .quadrature = 1e-15,
                                   .origin = "rounding"},
                     "m after step %zu", k + 1);
    }
}

/* With steady gradients the constrained minimum: |theta - a|^2 / 2, a = 2 and 0.3, decay 1. */
static void the_box(fk_trial *t)
{
    static const double a[] = {2.0, 0.3}, expected[] = {1.0, 0.3};
    enum { STEPS = 20000 };
    const double rate = 1e-3;
    const lion l = {.o = {.rate = rate, .decay = 1.0, .beta1 = 0.9, .beta2 = 0.99}};
    for (size_t i = 0; i < 2; i++) {
        double theta = 0.0, m = 0.0;
        for (size_t k = 0; k < STEPS; k++)
            step(&l, theta - a[i], &theta, &m);
        fk_trial_add(t,
                     (fk_evidence){.left = theta,
                                   .right = expected[i],
                                   .discretisation = 3.0 * rate,
                                   .origin = "steps of the rate's length"},
                     "least (theta - %g)^2 in the box |theta| <= 1", a[i]);
    }
}

static fk_status draw(fk_trial *t, const lion *l)
{
    enum { POINTS = 101 };
    double m[POINTS], drift[POINTS], spread[POINTS], closed[POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        lion at = *l;
        moments found;
        at.m = m[k] = -1.0 + 2.0 * (double)k / (POINTS - 1);
        FK_TRY(integrate(&at, &found));
        const double c = l->o.beta1 * m[k] + (1.0 - l->o.beta1) * l->theta;
        const double u = erf(c / ((1.0 - l->o.beta1) * l->sigma * M_SQRT2));
        drift[k] = -found.mean[0] / l->o.rate - l->o.decay * l->theta;
        spread[k] =
            (found.square[0] - found.mean[0] * found.mean[0]) / (l->o.rate * l->o.rate);
        closed[k] = u;
    }
    const fk_curve curve[] = {
        {.name = "E u, integrated",
         .n = POINTS,
         .x = m,
         .y = drift,
         .pen = FK_PEN_RINGS},
        {.name = "erf(c / s sqrt 2)", .n = POINTS, .x = m, .y = closed},
        {.name = "Var u, integrated",
         .n = POINTS,
         .x = m,
         .y = spread,
         .pen = FK_PEN_DASHES},
    };
    fk_trial_curves(t,
                    "Noise makes the sign of Lion a smooth function of the momentum m: "
                    "an error function; where it is not saturated it scatters.",
                    &(fk_curves){.name = "lion_noise",
                                 .title = "the average sign",
                                 .x_label = "momentum m",
                                 .y_label = "mean and variance of u",
                                 .n = 3,
                                 .curve = curve});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    const lion l = {.o = {.rate = fk_trial_value(t, "rate"),
                          .decay = fk_trial_value(t, "decay"),
                          .beta1 = 0.9,
                          .beta2 = 0.99},
                    .theta = fk_trial_value(t, "theta"),
                    .m = fk_trial_value(t, "m"),
                    .sigma = fk_trial_value(t, "sigma"),
                    .momentum_first = fk_trial_broken(t, "momentum-first")};
    moments found;
    FK_TRY(integrate(&l, &found));
    compare(t, &l, &found);
    four_steps(t, l.momentum_first);
    the_box(t);
    return draw(t, &l);
}

const fk_claim fk_claim_lion_noise = {
    .name = "lion-noise",
    .title = "Lion with noisy gradients is a diffusion in (theta, m)",
    .statement =
        "With gradient noise of variance sigma^2 one step of Lion moves theta by "
        "-rate (erf(c / (s sqrt 2)) + decay theta) on average, scatters it by "
        "rate^2 (1 - erf^2), and couples it to the momentum.",
    .assumptions =
        "Gaussian noise, independent from step to step; here grad L = theta, "
        "beta = 0.9 and 0.99.",
    .source = "chen-2023",
    .falsifier =
        "A moment of the optimizer's own step, integrated over the noise, that "
        "is not the closed one.",
    .derivation =
        {
            {"A step with the gradient g = grad L + sigma xi is",
             "u = \\operatorname{sign}(\\beta_1 m + (1 - \\beta_1) g), \\quad \\theta "
             "\\leftarrow \\theta - \\eta (u + \\lambda \\theta), \\quad m \\leftarrow "
             "\\beta_2 m + (1 - \\beta_2) g"},
            {"The sign is that of c + s xi with",
             "c = \\beta_1 m + (1 - \\beta_1) \\nabla L, \\quad s = (1 - \\beta_1) "
             "\\sigma"},
            {"so that it is +1 with the probability that a normal number is below c / "
             "s, and",
             "\\mathbb{E} u = \\operatorname{erf}\\frac{c}{s \\sqrt 2}, \\quad "
             "\\mathrm{Var}\\, u = 1 - \\operatorname{erf}^2, \\quad \\mathrm{Cov}(u, "
             "\\xi) = "
             "\\sqrt{\\frac{2}{\\pi}} e^{-c^2 / 2 s^2}"},
            {"In the time eta per step these are drift and diffusion of a "
             "Fokker-Planck equation in (theta, m), with correlated noise.",
             "\\partial_t p = \\partial_\\theta ((\\mathbb{E} u + \\lambda \\theta) p) "
             "- "
             "\\partial_m (\\gamma (\\nabla L - m) p) + \\frac{1}{2} \\sum_{ij} "
             "\\partial_i "
             "\\partial_j (D_{ij} p)"},
        },
    .parameter = {{.name = "theta",
                   .standard = 0.4,
                   .least = -10,
                   .most = 10,
                   .meaning = "parameter, and gradient"},
                  {.name = "m",
                   .standard = 0.05,
                   .least = -10,
                   .most = 10,
                   .meaning = "momentum"},
                  {.name = "sigma",
                   .standard = 2.0,
                   .least = 1e-3,
                   .most = 100,
                   .meaning = "standard deviation of the gradient's noise"},
                  {.name = "rate",
                   .standard = 0.01,
                   .least = 1e-6,
                   .most = 1,
                   .meaning = "learning rate"},
                  {.name = "decay",
                   .standard = 0.1,
                   .least = 0,
                   .most = 10,
                   .meaning = "weight decay"}},
    .breaks = {{"momentum-first", "the momentum is updated before the sign is taken"},
               {"small-noise", "the sign of the mean for the mean of the sign"},
               {"whole-variance", "the variance of u taken as 1"},
               {"covariance-sign", "the sign of the covariance turned"}},
    .run = run,
};
