/* DDPM and DDIM as discretisations of one equation: the law of what the samplers return for
 * Gaussian data, from the samplers' own coefficients, beside products of closed forms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "sampling/recipe_law.h"
#include "sampling/sampler.h"
#include "sde/sde_text.h"

static const double FIRST =
    1e-12; /* where samplers stop: 0 has no noise to divide by */

typedef struct level {
    double alpha, sigma; /* X_t = alpha X_0 + sigma Z */
} level;

static level level_at(double t)
{
    const double alpha = fk_vp_alpha(t);
    return (level){alpha, sqrt(-expm1(2.0 * log(alpha)))};
}

static double spread(level l, double v)
{
    return l.alpha * l.alpha * v + l.sigma * l.sigma;
}

/* ---- by the samplers ---- */

typedef struct bench {
    fk_expr_pool *pool;
    fk_sde *sde;
    fk_noise_schedule *schedule;
} bench;

static fk_status open_bench(const fk_trial *t, bench *b)
{
    const fk_sde_text text = {.dim = 1,
                              .noises = 1,
                              .variables = "x",
                              .drift = "-(0.1 + 19.9*t)*x/2",
                              .noise = "sqrt(0.1 + 19.9*t)"};
    FK_TRY(fk_expr_pool_new(&b->pool));
    FK_TRY(fk_sde_parse(b->pool, &text, &b->sde, t->message));
    return fk_noise_schedule_new(b->sde, 0.0, 1.0, &b->schedule);
}

static void close_bench(bench *b)
{
    fk_noise_schedule_free(b->schedule);
    fk_sde_free(b->sde);
    fk_expr_pool_free(b->pool);
}

/* Variance of the output for data N(0, v), n even steps from the exact law at t = 1 to
 * `first`. */
static fk_status sampled(const fk_trial *t, const bench *b, const char *name, size_t n,
                         double first, double v, double eta, double *variance)
{
    fk_sampler_options o = fk_sampler_standard;
    fk_recipe *r = NULL;
    o.eta = eta;
    double *time = fk_doubles(n + 1);
    if (time == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k <= n; k++)
        time[k] = first + (1.0 - first) * (double)k / (double)n;
    fk_status status =
        fk_recipe_new(fk_sampler_find(name), b->schedule, n, time, &o, &r, t->message);
    double *precision =
        status == FK_OK ? fk_doubles(r->n_times) : NULL; /* and centres of 0 */
    double *centre = status == FK_OK ? fk_doubles(r->n_times) : NULL;
    if (status == FK_OK && (precision == NULL || centre == NULL))
        status = FK_ENOMEM;
    for (size_t k = 0; status == FK_OK && k < r->n_times; k++)
        precision[k] = 1.0 / spread(level_at(r->time[k]), v);
    if (status == FK_OK)
        *variance = fk_recipe_law(r, centre, precision,
                                  (fk_normal){0.0, spread(level_at(1.0), v)})
                        .variance;
    free(precision);
    free(centre);
    free(time);
    fk_recipe_free(r);
    return status;
}

/* ---- by the formula ---- */

/* x <- alpha_s x0 + sqrt(sigma_s^2 - eta^2 q) eps + eta sqrt(q) z, from t to s < t, with
 * x0 and eps linear in x. */
static double step_variance(const fk_trial *trial, level t, level s, double v,
                            double eta, double variance)
{
    const double V = spread(t, v), ratio = t.alpha / s.alpha;
    double q = s.sigma * s.sigma / (t.sigma * t.sigma) *
               (t.sigma * t.sigma - ratio * ratio * s.sigma * s.sigma);
    if (fk_trial_broken(trial, "posterior-variance")) /* that of the forward step */
        q = t.sigma * t.sigma - ratio * ratio * s.sigma * s.sigma;
    const double kept = fmax(s.sigma * s.sigma - eta * eta * q, 0.0);
    const double from =
        fk_trial_broken(trial, "sigma-of-start") && eta < 0.5 ? t.sigma : sqrt(kept);
    const double factor = s.alpha * t.alpha * v / V + from * t.sigma / V;
    return factor * factor * variance + eta * eta * q;
}

static double by_formula(const fk_trial *t, size_t n, double v, double eta)
{
    double variance = spread(level_at(1.0), v);
    for (size_t k = n; k-- > 0;) {
        const double from = FIRST + (1.0 - FIRST) * (double)(k + 1) / (double)n;
        const double to = FIRST + (1.0 - FIRST) * (double)k / (double)n;
        variance = step_variance(t, level_at(from), level_at(to), v, eta, variance);
    }
    return variance;
}

/* ---- evidence ---- */

static const size_t steps[] = {10, 50, 100, 1000};
static const double known[2][4] = {{.136697, .222131, .235597, .248479},
                                   {.111178, .197218, .219212, .246110}};

static fk_status compare_variances(fk_trial *t, const bench *b)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 4; k++) {
            double found;
            FK_TRY(sampled(t, b, "ddim", steps[k], FIRST, 0.25, (double)i, &found));
            fk_trial_add(
                t,
                (fk_evidence){.left = found,
                              .right = by_formula(t, steps[k], 0.25, (double)i),
                              .quadrature = 1e-9,
                              .effect = 1e-4,
                              .origin = "rounding of the schedule near t = 0"},
                "variance after %zu steps, eta = %zu, by the sampler and by the "
                "product",
                steps[k], i);
            fk_trial_add(t,
                         (fk_evidence){.left = found,
                                       .right = known[i][k],
                                       .quadrature = 6e-7,
                                       .effect = 1e-4,
                                       .origin = "six digits"},
                         "and as known");
        }
    return FK_OK;
}

/* One order: twice the steps, half the error; and biased low.  Steps that end at no noise at
 * all have a logarithm more, as sigma begins like a root of t: sum (d sigma)^2 ~ h log n. */
static fk_status compare_order(fk_trial *t, const bench *b)
{
    const double first = 0.05, exact = spread(level_at(first), 0.25);
    for (size_t eta = 0; eta < 2; eta++) {
        double coarse, fine;
        FK_TRY(sampled(t, b, "ddim", 1000, first, 0.25, (double)eta, &coarse));
        FK_TRY(sampled(t, b, "ddim", 2000, first, 0.25, (double)eta, &fine));
        fk_trial_add(
            t,
            (fk_evidence){.left = (exact - coarse) / (exact - fine),
                          .right = fk_trial_broken(t, "second-order") ? 4.0 : 2.0,
                          .discretisation = 0.02,
                          .origin = "the next order"},
            "error with 1000 steps to t = 0.05 over that with 2000, eta = %zu", eta);
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_MOST,
                                   .left = coarse,
                                   .right = exact,
                                   .quadrature = 1e-9,
                                   .origin = "rounding"},
                     "the variance is too small, eta = %zu", eta);
    }
    return FK_OK;
}

/* One data point: the noise is the same all along a path, so that any step is exact. */
static fk_status compare_point(fk_trial *t, const bench *b)
{
    double found;
    FK_TRY(sampled(t, b, "ddim", 3, FIRST, 1e-8, 0.0, &found));
    fk_trial_add(t,
                 (fk_evidence){.left = found,
                               .quadrature = 1e-7,
                               .effect = 1e-3,
                               .origin = "data of standard deviation 1e-4"},
                 "variance for a single data point after three steps of DDIM");
    return FK_OK;
}

static fk_status draw(fk_trial *t, const bench *b)
{
    enum { POINTS = 8, CURVES = 4 };
    static const char *const name[] = {"ddim", "ddim", "reverse-sde", "euler"};
    static const char *const label[] = {"DDIM", "DDPM", "reverse SDE, Euler-Maruyama",
                                        "probability flow, Euler"};
    double n[POINTS], error[CURVES][POINTS];
    fk_curve curve[CURVES];
    for (size_t c = 0; c < CURVES; c++) {
        for (size_t k = 0; k < POINTS; k++) {
            double found;
            n[k] = (double)(10UL << k);
            FK_TRY(sampled(t, b, name[c], (size_t)n[k], FIRST, 0.25, c == 1 ? 1.0 : 0.0,
                           &found));
            error[c][k] = fabs(found - 0.25);
        }
        curve[c] = (fk_curve){.name = label[c],
                              .n = POINTS,
                              .x = n,
                              .y = error[c],
                              .pen = c < 2 ? FK_PEN_LINE : FK_PEN_DASHES};
    }
    fk_trial_curves(t,
                    "Error of the output's variance, data N(0, 1/4), exact score, even "
                    "steps: all four fall like one over the number of steps, but for a "
                    "logarithm.",
                    &(fk_curves){.name = "ddpm_ddim",
                                 .title = "four discretisations of one equation",
                                 .x_label = "steps",
                                 .y_label = "error of the variance",
                                 .log_x = true,
                                 .log_y = true,
                                 .n = CURVES,
                                 .curve = curve});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    bench b = {NULL, NULL, NULL};
    fk_status status = open_bench(t, &b);
    if (status == FK_OK)
        status = compare_variances(t, &b);
    if (status == FK_OK)
        status = compare_order(t, &b);
    if (status == FK_OK)
        status = compare_point(t, &b);
    if (status == FK_OK && t->gallery != NULL)
        status = draw(t, &b);
    close_bench(&b);
    return status;
}

const fk_claim fk_claim_ddpm_ddim = {
    .name = "ddpm-ddim",
    .title = "DDPM and DDIM discretise one equation",
    .statement =
        "DDIM is Euler's method for x/alpha over sigma/alpha, DDPM the same step "
        "with the noise of the posterior; both are of first order in even steps of "
        "time (a logarithm more where they end without noise) and return too little "
        "variance.",
    .assumptions =
        "The exact score; Gaussian data, for which all of it is a product of "
        "numbers; the standard schedule.",
    .source = "su-9228, ho-2020, song-meng-ermon-2021",
    .falsifier = "A variance of the sampler that is not the product, or an error that "
                 "does not halve with the steps.",
    .derivation =
        {
            {"From the score to noise and data,",
             "\\varepsilon = -\\sigma_t s, \\quad \\hat x_0 = \\frac{x + \\sigma_t^2 "
             "s}{\\alpha_t}"},
            {"A step from t to s < t composes a sample of lower noise from both:",
             "x_s = \\alpha_s \\hat x_0 + \\sqrt{\\sigma_s^2 - \\eta^2 q} \\, "
             "\\varepsilon + "
             "\\eta \\sqrt q \\, z, \\quad q = \\frac{\\sigma_s^2}{\\sigma_t^2} "
             "\\left( "
             "\\sigma_t^2 - \\frac{\\alpha_t^2}{\\alpha_s^2} \\sigma_s^2 \\right)"},
            {"Without new noise (eta = 0) that is Euler's step of",
             "d \\frac{x}{\\alpha} = \\varepsilon \\, d \\frac{\\sigma}{\\alpha}"},
            {"which is exact where the noise does not change along the path: a single "
             "data point. For data N(0, v) a step multiplies by",
             "\\frac{\\alpha_s \\alpha_t v + \\sigma_s \\sigma_t}{\\alpha_t^2 v + "
             "\\sigma_t^2} "
             "\\le \\sqrt{\\frac{\\alpha_s^2 v + \\sigma_s^2}{\\alpha_t^2 v + "
             "\\sigma_t^2}}"},
            {"less than the exact factor on the right, by Cauchy and Schwarz.", NULL},
        },
    .breaks = {{"posterior-variance",
                "the variance of the forward step for that of the "
                "posterior"},
               {"sigma-of-start", "the noise level of the step's start"},
               {"second-order", "an error that falls by four"}},
    .run = run,
};
