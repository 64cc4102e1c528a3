/* Euler-Maruyama on the Ornstein-Uhlenbeck process is an exact sampler of another one, so
 * that particles can be tested without any error of time steps. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "sampling/ensemble.h"
#include "sde/linear.h"
#include "sde/sde_text.h"

enum { TIMES = 11 };

typedef struct model {
    fk_expr_pool *pool;
    fk_sde *sde;
    fk_mixture *start;
    fk_law *law;
    double h, end;
} model;

typedef struct gaussian {
    double mean, variance;
} gaussian;

static fk_status make_model(const fk_trial *t, model *m)
{
    const fk_sde_text text = {
        .dim = 1, .noises = 1, .variables = "x", .drift = "-x", .noise = "sqrt(2)"};
    m->h = fk_trial_value(t, "h");
    m->end = 1.0;
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, t->message));
    FK_TRY(fk_mixture_new(1, 1, &m->start));
    m->start->weight[0] = 1.0;
    m->start->mean[0] = 2.0;
    m->start->cov[0] = 0.25;
    return fk_law_mixture_new(m->start, &m->law);
}

/* The recursion of mean and variance, n steps of h with theta = 1, g^2 = 2. */
static gaussian recursion(const fk_trial *t, double h, size_t n)
{
    gaussian g = {2.0, 0.25};
    const double noise = fk_trial_broken(t, "noise-h2") ? 2.0 * h * h : 2.0 * h;
    const double keep = fk_trial_broken(t, "drift-sign") ? 1.0 + h : 1.0 - h;
    for (size_t i = 0; i < n; i++)
        g = (gaussian){keep * g.mean, keep * keep * g.variance + noise};
    return g;
}

/* The exact law at time 1 of dX = -theta X dt + g dW, by closed form. */
static gaussian exact(double theta, double g2, double time)
{
    const double a = exp(-theta * time);
    return (gaussian){2.0 * a, 0.25 * a * a + g2 * (1.0 - a * a) / (2.0 * theta)};
}

/* theta_h and g_h^2 of the process that the scheme samples exactly. */
static void modified(const fk_trial *t, double h, double *theta, double *g2)
{
    *theta = fk_trial_broken(t, "plain-theta") ? 1.0 : -log1p(-h) / h;
    *g2 = fk_trial_broken(t, "plain-noise") ? 2.0 : 2.0 * *theta * 2.0 / (2.0 - h);
}

static fk_evidence digits(double left, double right, double error)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-3 * fabs(right),
                         .origin = "rounding; digits of the known value"};
}

static void add_known(fk_trial *t)
{
    static const double known[][3] = {{0.1, .6973568802, .9550503167},
                                      {0.01, .7320646825, .9038671048},
                                      {0.001, .7353908495, .8990326723}};
    const gaussian limit = exact(1.0, 2.0, 1.0);
    fk_trial_add(t, digits(limit.mean, .7357588823, 1e-10), "exact mean at 1");
    fk_trial_add(t, digits(limit.variance, .8984985376, 1e-10), "exact variance at 1");
    for (size_t i = 0; i < 3; i++) {
        const double h = known[i][0];
        const gaussian g = recursion(t, h, (size_t)(1.0 / h + 0.5));
        fk_trial_add(t, digits(g.mean, known[i][1], 1e-10), "EM mean, h = %g", h);
        fk_trial_add(t, digits(g.variance, known[i][2], 1e-10), "EM variance, h = %g",
                     h);
    }
    const gaussian fine = recursion(t, 1e-5, 100000);
    fk_trial_add(t, digits((fine.mean - limit.mean) / 1e-5, -exp(-1.0), 1e-4),
                 "mean's error over h");
    /* e' = -2 e + 1 + 3/4 exp(-2 t), the first order of the recursion */
    const double slope = 0.5 - 0.5 * exp(-2.0) + 0.75 * exp(-2.0);
    fk_trial_add(t, digits((fine.variance - limit.variance) / 1e-5, slope, 1e-4),
                 "variance's error over h");
}

static void add_modified(fk_trial *t)
{
    double theta, g2;
    modified(t, 0.1, &theta, &g2);
    fk_trial_add(t, digits(theta, 1.05360515658, 1e-11), "theta_h, h = 0.1");
    fk_trial_add(t, digits(g2, 2.21811611911, 1e-11), "g_h^2, h = 0.1");
    for (size_t n = 1; n <= 10; n += 3) {
        const gaussian e = recursion(t, 0.1, n), x = exact(theta, g2, 0.1 * (double)n);
        fk_trial_add(t, digits(e.mean, x.mean, 1e-14), "mean of both, step %zu", n);
        fk_trial_add(t, digits(e.variance, x.variance, 1e-14),
                     "variance of both, step %zu", n);
    }
    const gaussian still = recursion(t, 0.1, 1000);
    fk_trial_add(t, digits(still.variance, 1.0 / (1.0 - 0.05), 1e-13),
                 "stationary variance 1/(1 - h/2)");
}

/* Particles at times k/10 against the recursion: sampling noise alone. */
static fk_status add_particles(fk_trial *t, const model *m, fk_ensemble *e)
{
    double time[TIMES], mean[TIMES], error[TIMES], spread[TIMES], width[TIMES];
    double line_mean[TIMES], line_spread[TIMES];
    for (size_t k = 0; k < TIMES; k++) {
        uint64_t alive;
        double variance, fourth;
        time[k] = m->end * (double)k / (TIMES - 1);
        FK_TRY(fk_ensemble_advance(e, time[k], t->progress, t->message));
        fk_ensemble_moments(e, &mean[k], &variance, &fourth, &alive);
        const gaussian g = recursion(t, fk_ensemble_step(e),
                                     k == 0 ? 0 : (size_t)fk_ensemble_steps(e));
        error[k] = sqrt(g.variance / (double)alive);
        width[k] = g.variance * sqrt(2.0 / (double)alive);
        spread[k] = variance;
        line_mean[k] = g.mean;
        line_spread[k] = g.variance;
        if (k == 0)
            continue;
        fk_trial_add(
            t,
            (fk_evidence){.left = mean[k],
                          .right = g.mean,
                          .statistical = error[k],
                          .origin = "Gaussian law of the recursion, N particles"},
            "mean of particles, t = %g", time[k]);
        fk_trial_add(
            t,
            (fk_evidence){.left = spread[k],
                          .right = g.variance,
                          .statistical = width[k],
                          .origin = "Gaussian law of the recursion, N particles"},
            "variance of particles, t = %g", time[k]);
    }
    const fk_curve curve[] = {
        {"mean, recursion", TIMES, time, line_mean, FK_PEN_LINE},
        {"variance, recursion", TIMES, time, line_spread, FK_PEN_LINE},
        {"mean, particles", TIMES, time, mean, FK_PEN_RINGS},
        {"variance, particles", TIMES, time, spread, FK_PEN_RINGS}};
    const double *const bars[] = {NULL, NULL, error, width};
    fk_trial_curves(t,
                    "Mean and variance of the particles (rings, bars of one standard "
                    "error) on those of the exact recursion of the scheme.",
                    &(fk_curves){.name = "euler-ou",
                                 .title = "Euler-Maruyama on dX = -X dt + √2 dW",
                                 .x_label = "t",
                                 .y_label = "mean, variance",
                                 .from_zero = true,
                                 .n = 4,
                                 .curve = curve,
                                 .error = bars});
    return FK_OK;
}

static fk_status verify(fk_trial *t, const model *m)
{
    const fk_ensemble_options o = {.count = fk_trial_whole(t, "particles"),
                                   .step = m->h,
                                   .seed = t->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = fk_scheme_find("euler-maruyama")};
    fk_ensemble *e;
    add_known(t);
    add_modified(t);
    FK_TRY(fk_ensemble_new(m->sde, NULL, m->law, &o, &e, t->message));
    const fk_status status = add_particles(t, m, e);
    fk_ensemble_free(e);
    return status;
}

static fk_status run(fk_trial *t)
{
    model m = {.pool = NULL};
    fk_status status = make_model(t, &m);
    if (status == FK_OK)
        status = verify(t, &m);
    fk_law_free(m.law);
    fk_mixture_free(m.start);
    fk_sde_free(m.sde);
    fk_expr_pool_free(m.pool);
    return status;
}

const fk_claim fk_claim_euler_ou = {
    .name = "euler-ou",
    .title = "Euler-Maruyama on the Ornstein-Uhlenbeck process, solved",
    .statement =
        "Euler-Maruyama with step h on dX = -theta X dt + g dW samples, without "
        "error, the process of the same kind with theta_h and g_h.",
    .assumptions = "0 < theta h < 1, Gaussian increments, a Gaussian initial law",
    .source = "kloeden-platen-1992",
    .falsifier =
        "means or variances of particles differ from the recursion by more than "
        "sampling noise",
    .derivation =
        {{"A step is linear in x, so a Gaussian stays one; mean and variance obey",
          "m_{n+1} = (1 - \\theta h) m_n, \\quad v_{n+1} = (1 - \\theta h)^2 v_n + g^2 "
          "h"},
         {"The exact process over the same time has the factor exp(-theta_h h).",
          "e^{-\\theta_h h} = 1 - \\theta h \\quad \\Rightarrow \\quad \\theta_h = "
          "-\\frac{\\ln(1 - \\theta h)}{h}"},
         {"Equal noise per step fixes the amplitude.",
          "\\frac{g_h^2}{2 \\theta_h} \\left( 1 - (1 - \\theta h)^2 \\right) = g^2 h "
          "\\quad "
          "\\Rightarrow \\quad g_h^2 = \\frac{2 \\theta_h g^2}{\\theta (2 - \\theta "
          "h)}"},
         {"The stationary variance is too large by a factor.",
          "v_\\infty = \\frac{g^2}{2 \\theta} \\frac{1}{1 - \\theta h / 2}"}},
    .parameter = {{"particles", 1000000, 40000, 1000, 1e9, true, "number of particles"},
                  {"h", 0.1, 0, 0.001, 0.1, false, "length of a step"}},
    .breaks = {{"drift-sign", "the recursion with the wrong sign of the drift"},
               {"noise-h2", "noise of variance g^2 h^2"},
               {"plain-theta", "theta_h = theta"},
               {"plain-noise", "g_h = g"}},
    .run = run,
};
