/* Tokens under self-attention as interacting particles.  On the circle, with the identity
 * for queries, keys and values, small waves on the uniform density grow at rates that Bessel
 * functions give; on the line a Gaussian of tokens stays Gaussian. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_bessel.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

enum { TOKENS = 512, WAVES = 4, LINE = 800, WAVE = 2 };
static const double SMALL = 1e-4;

typedef struct attention {
    double beta;
    bool soft;      /* divided by the sum of the weights, else by their number */
    bool backwards; /* a mistake: the field turns the other way */
    bool flat;      /* a mistake: the field is not projected on the circle */
} attention;

/* ---- on the circle ---- */

/* theta_i' = sum_j exp(beta cos(theta_i - theta_j)) sin(theta_j - theta_i) / Z_i; without
 * the projection the sine is that of theta_j alone. */
static void turn(double t, const double *theta, double *rate, void *context)
{
    const attention *a = context;
    (void)t;
#pragma omp parallel for default(none) shared(theta, rate, a) schedule(static)
    for (size_t i = 0; i < TOKENS; i++) {
        double sum = 0.0, weights = 0.0;
        for (size_t j = 0; j < TOKENS; j++) {
            const double d = theta[j] - theta[i], w = exp(a->beta * cos(d));
            sum += w * sin(a->flat ? theta[j] : d);
            weights += w;
        }
        rate[i] = (a->backwards ? -sum : sum) / (a->soft ? weights : TOKENS);
    }
}

/* Tokens in even steps, displaced by a small wave k. */
static void quiet_start(size_t k, double *theta)
{
    for (size_t i = 0; i < TOKENS; i++) {
        const double at = 2.0 * M_PI * ((double)i + 0.5) / TOKENS;
        theta[i] = at + SMALL * sin((double)k * at);
    }
}

/* mean of cos(k theta), the wave's amplitude, and how fast the rates change it. */
static double amplitude(size_t k, const double *theta)
{
    double sum = 0.0;
    for (size_t i = 0; i < TOKENS; i++)
        sum += cos((double)k * theta[i]);
    return sum / TOKENS;
}

static double growth(size_t k, const attention *a)
{
    double theta[TOKENS], rate[TOKENS], sum = 0.0;
    quiet_start(k, theta);
    turn(0.0, theta, rate, (void *)(uintptr_t)a);
    for (size_t i = 0; i < TOKENS; i++)
        sum -= (double)k * sin((double)k * theta[i]) * rate[i];
    return sum / TOKENS / amplitude(k, theta);
}

static double predicted(const fk_trial *t, size_t k, const attention *a)
{
    const double power = fk_trial_broken(t, "one-power") ? 1.0 : 2.0;
    const double scale = a->soft ? gsl_sf_bessel_I0(a->beta) : 1.0;
    return pow((double)k, power) * gsl_sf_bessel_In((int)k, a->beta) /
           (a->beta * scale);
}

static void compare_growth(fk_trial *t, attention a)
{
    for (size_t s = 0; s < 2; s++) {
        a.soft = s == 1;
        for (size_t k = 1; k <= WAVES; k++)
            fk_trial_add(t,
                         (fk_evidence){.left = growth(k, &a),
                                       .right = predicted(t, k, &a),
                                       .discretisation = 1e-6,
                                       .origin = "the wave's height, 1e-4, squared"},
                         "growth of wave %zu, %s", k,
                         a.soft ? "softmax" : "without a denominator");
    }
}

/* Followed through time until the wave has grown e-fold. */
static fk_status compare_orbit(fk_trial *t, attention a)
{
    double theta[TOKENS];
    const double rate = predicted(t, WAVE, &a), end = 1.0 / fabs(rate);
    quiet_start(WAVE, theta);
    const double before = amplitude(WAVE, theta);
    FK_TRY(fk_integrate(TOKENS, turn, &a, 0.0, end, 1e-6, theta));
    fk_trial_add(t,
                 (fk_evidence){.left = log(amplitude(WAVE, theta) / before) / end,
                               .right = rate,
                               .discretisation = 1e-5 * fabs(rate) + 1e-6,
                               .origin = "height of the wave"},
                 "mean growth of wave 2 over the time 1 / rate, tokens followed");
    return FK_OK;
}

/* ---- Gaussians of tokens ---- */

/* x_i' = V sum_j exp(A x_i x_j) x_j / Z_i with V A = strength. */
typedef struct line {
    double strength;
} line;

static void pull(double t, const double *x, double *rate, void *context)
{
    const line *l = context;
    (void)t;
#pragma omp parallel for default(none) shared(x, rate, l) schedule(static)
    for (size_t i = 0; i < LINE; i++) {
        double sum = 0.0, weights = 0.0;
        for (size_t j = 0; j < LINE; j++) {
            const double w = exp(-fabs(l->strength) * x[i] * x[j]);
            sum += w * x[j];
            weights += w;
        }
        rate[i] = sum / weights;
    }
}

/* Tokens at the quantiles of N(0, 1); A = strength < 0, V = 1. */
static fk_status compare_line(fk_trial *t)
{
    double x[LINE], start = 0.0, end = 0.0;
    const double time = 0.5;
    line l = {fk_trial_broken(t, "repelled") ? 0.5 : 1.0};
    for (size_t i = 0; i < LINE; i++) {
        x[i] = gsl_cdf_ugaussian_Pinv(((double)i + 0.5) / LINE);
        start += x[i] * x[i] / LINE;
    }
    FK_TRY(fk_integrate(LINE, pull, &l, 0.0, time, 1e-6, x));
    for (size_t i = 0; i < LINE; i++)
        end += x[i] * x[i] / LINE;
    fk_trial_add(t,
                 (fk_evidence){.left = end,
                               .right = start / (1.0 + 2.0 * start * time),
                               .discretisation = 4.0 / LINE,
                               .origin = "tails of the quantiles, 1/N"},
                 "variance of Gaussian tokens at t = 1/2, and S / (1 + 2 S t)");
    return FK_OK;
}

/* The field of N(m, S) at x in the plane, by Gauss and Legendre over 8 standard deviations,
 * and m + S A^T x. */
static fk_status compare_field(fk_trial *t)
{
    enum { NODES = 48 };
    static const double m[] = {0.3, -0.2}, S[] = {0.5, 0.2, 0.2, 0.4};
    static const double A[] = {0.8, -0.5, 0.3, 0.6}, x[] = {0.7, -1.1};
    double node[NODES], weight[NODES], sum[2] = {0.0}, total = 0.0;
    FK_TRY(fk_gauss_legendre(NODES, node, weight));
    const double det = S[0] * S[3] - S[1] * S[2];
    const double a[] = {A[0] * x[0] + A[2] * x[1],
                        A[1] * x[0] + A[3] * x[1]}; /* A^T x */
    const bool wrong = fk_trial_broken(t, "keys-for-queries");
    const double b[] = {wrong ? A[0] * x[0] + A[1] * x[1] : a[0],
                        wrong ? A[2] * x[0] + A[3] * x[1] : a[1]};
    for (size_t i = 0; i < NODES; i++)
        for (size_t j = 0; j < NODES; j++) {
            const double y[] = {6.5 * node[i], 6.5 * node[j]};
            const double q =
                S[3] * y[0] * y[0] - 2.0 * S[1] * y[0] * y[1] + S[0] * y[1] * y[1];
            const double z[] = {m[0] + y[0], m[1] + y[1]};
            const double w =
                weight[i] * weight[j] * exp(a[0] * z[0] + a[1] * z[1] - 0.5 * q / det);
            total += w;
            sum[0] += w * z[0];
            sum[1] += w * z[1];
        }
    for (size_t i = 0; i < 2; i++)
        fk_trial_add(
            t,
            (fk_evidence){.left = sum[i] / total,
                          .right = m[i] + S[2 * i] * b[0] + S[2 * i + 1] * b[1],
                          .quadrature = 1e-10,
                          .origin = "Gauss and Legendre, 48 x 48 nodes"},
            "softmax attention to N(m, S) in the plane, entry %zu, and m + S A^T "
            "x",
            i + 1);
    return FK_OK;
}

/* ---- the picture ---- */

static void draw(fk_trial *t)
{
    enum { SHOWN = 8, CURVES = 3 };
    static const double beta[CURVES] = {1.0, 4.0, 9.0};
    static const char *const name[] = {"β = 1", "β = 4", "β = 9"};
    double k[SHOWN], exact[CURVES][SHOWN], found[CURVES][SHOWN];
    fk_curve curve[2 * CURVES];
    if (t->gallery == NULL)
        return;
    for (size_t c = 0; c < CURVES; c++) {
        const attention a = {.beta = beta[c], .soft = true};
        for (size_t i = 0; i < SHOWN; i++) {
            k[i] = (double)(i + 1);
            exact[c][i] = predicted(t, i + 1, &a);
            found[c][i] = growth(i + 1, &a);
        }
        curve[2 * c] = (fk_curve){.name = name[c], .n = SHOWN, .x = k, .y = exact[c]};
        curve[2 * c + 1] = (fk_curve){
            .name = "tokens", .n = SHOWN, .x = k, .y = found[c], .pen = FK_PEN_RINGS};
    }
    fk_trial_curves(
        t,
        "How fast a wave of k crests grows on evenly spread tokens under "
        "softmax attention: lines the formula, rings 512 tokens. The fastest "
        "wave tells how many clusters form first.",
        &(fk_curves){.name = "attention_flow",
                     .title = "clusters begin as waves (rings: tokens)",
                     .x_label = "wave number k",
                     .y_label = "rate of growth",
                     .from_zero = true,
                     .n = 2 * CURVES,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    const attention a = {.beta = fk_trial_value(t, "beta"),
                         .backwards = fk_trial_broken(t, "field-sign"),
                         .flat = fk_trial_broken(t, "no-projection")};
    compare_growth(t, a);
    FK_TRY(compare_orbit(t, a));
    FK_TRY(compare_line(t));
    FK_TRY(compare_field(t));
    draw(t);
    return FK_OK;
}

const fk_claim fk_claim_attention_flow = {
    .name = "attention-flow",
    .title = "Self-attention is a continuity equation for tokens",
    .statement =
        "Tokens on a circle under self-attention gather from waves that grow at "
        "the rates k^2 I_k(beta) / (beta I_0(beta)); softmax attention to a "
        "Gaussian is linear, so that Gaussians stay Gaussian.",
    .assumptions =
        "Identity for queries, keys and values on the circle, many tokens, one "
        "head, no mask.",
    .source = "geshkovski-2023, castin-2025",
    .falsifier =
        "A wave of tokens that grows at another rate, or a Gaussian whose field "
        "is not linear.",
    .derivation =
        {
            {"Each token moves with the average of all, weighted by attention and "
             "projected on the sphere; on the circle",
             "\\dot\\theta_i = \\frac{1}{Z_i} \\sum_j e^{\\beta \\cos(\\theta_i - "
             "\\theta_j)} "
             "\\sin(\\theta_j - \\theta_i)"},
            {"Many tokens are a density under a field that it makes itself:",
             "\\partial_t \\mu + \\partial_\\theta (\\mu \\, v) = 0, \\quad v = "
             "\\frac{\\partial_\\theta (W * \\mu)}{\\int e^{\\beta \\cos} d\\mu}, "
             "\\quad W = "
             "\\frac{1}{\\beta} e^{\\beta \\cos \\theta}"},
            {"A small wave on the uniform density sees the Fourier coefficients of W, "
             "which are Bessel functions:",
             "\\lambda_k = \\frac{k^2 I_k(\\beta)}{\\beta I_0(\\beta)} \\quad "
             "(\\text{without "
             "the denominator } \\frac{k^2 I_k(\\beta)}{\\beta})"},
            {"Weighing a Gaussian with an exponential shifts it:",
             "\\frac{\\int y \\, e^{x^T A y} N(y; m, S) dy}{\\int e^{x^T A y} N(y; m, "
             "S) dy} = m "
             "+ S A^T x"},
            {"so that in one dimension, V A = -1,",
             "\\dot S = -2 S^2, \\quad S(t) = \\frac{S_0}{1 + 2 S_0 t}"},
        },
    .parameter = {{.name = "beta",
                   .standard = 4.0,
                   .least = 0.1,
                   .most = 20,
                   .meaning = "inverse temperature of the attention"}},
    .breaks = {{"one-power", "k for k^2"},
               {"field-sign", "tokens flee each other"},
               {"no-projection", "the field is not projected on the circle"},
               {"repelled", "half the attention in one dimension"},
               {"keys-for-queries", "A for its transpose"}},
    .run = run,
};
