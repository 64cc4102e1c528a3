/* The probability flow of the standard density under the standard noise, t = 0 .. 0.5:
 *
 *     x' = v = f - g^2 s / 2,    (log p_t(x_t))' = -v_x = beta/2 (1 + s'),
 *
 * against the quantile map F_t^-1(F_0(x)) and the exact log density.  [song-2021] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"

static const double END = 0.5;

typedef struct flow {
    fk_line_mixture start;
    double pull;       /* factor of g^2 s in v: 1/2 */
    double divergence; /* sign of v_x in the change of log p: -1 */
} flow;

/* y = (x, log p(x)) */
static void along(double t, const double *y, double *dy, void *context)
{
    const flow *f = context;
    const fk_line_mixture m = fk_vp_law(&f->start, t);
    const fk_line_point at = fk_line_at(&m, y[0]);
    const double beta = fk_vp_beta(t);
    dy[0] = -0.5 * beta * y[0] - f->pull * beta * at.score;
    dy[1] = f->divergence * (-0.5 * beta - f->pull * beta * at.slope);
}

static fk_status add_path(fk_trial *t, flow *f, double x0)
{
    const fk_line_mixture end = fk_vp_law(&f->start, END);
    double y[2] = {x0, fk_line_at(&f->start, x0).log_p};
    FK_TRY(fk_integrate(2, along, f, 0.0, END, 1e-12, y));
    const double x = fk_line_quantile(&end, fk_line_cdf(&f->start, x0));
    fk_trial_add(
        t,
        (fk_evidence){.left = y[0],
                      .right = x,
                      .quadrature = 1e-10,
                      .effect = 1e-3,
                      .origin = "tolerance 1e-12 of the integrator, 100 times"},
        "x at t = %g from %g = its quantile", END, x0);
    fk_trial_add(
        t,
        (fk_evidence){.left = y[1],
                      .right = fk_line_at(&end, x).log_p,
                      .quadrature = 1e-10,
                      .effect = 1e-3,
                      .origin = "tolerance 1e-12 of the integrator, 100 times"},
        "log p along the path from %g = log p_t", x0);
    return FK_OK;
}

typedef struct place {
    const flow *f;
    double x;
} place;

static double cdf_at(double t, void *context)
{
    const place *p = context;
    const fk_line_mixture m = fk_vp_law(&p->f->start, t);
    return fk_line_cdf(&m, p->x);
}

/* In one variable the mass to the left of x changes by the current alone. */
static void add_velocity(fk_trial *t, const flow *f, double x)
{
    const double time = 0.25;
    double error;
    const fk_line_mixture m = fk_vp_law(&f->start, time);
    const fk_line_point at = fk_line_at(&m, x);
    const double rate = fk_slope_of(cdf_at, &(place){f, x}, time, 2e-3, &error);
    const double p = exp(at.log_p), beta = fk_vp_beta(time);
    fk_trial_add(t,
                 (fk_evidence){.left = -rate / p,
                               .right = -0.5 * beta * x - f->pull * beta * at.score,
                               .discretisation = error / p,
                               .origin = "difference of order 4 in t, halved"},
                 "-(dF/dt)/p = f - g^2 s / 2 at x = %g, t = %g", x, time);
}

enum { PATHS = 9, POINTS = 81 };

static void draw(fk_trial *t, flow *f)
{
    static double time[POINTS], x[PATHS][POINTS];
    fk_curve curve[PATHS];
    fk_spread(POINTS, 0.0, END, time);
    for (size_t k = 0; k < PATHS; k++) {
        const double u = ((double)k + 1.0) / (PATHS + 1.0);
        double y[2] = {fk_line_quantile(&f->start, u), 0.0};
        x[k][0] = y[0];
        for (size_t i = 1; i < POINTS; i++) {
            const fk_status status =
                fk_integrate(2, along, f, time[i - 1], time[i], 1e-9, y);
            x[k][i] = status == FK_OK ? y[0] : NAN;
        }
        curve[k] = (fk_curve){.n = POINTS, .x = time, .y = x[k]};
    }
    static double at[2 * PATHS], place_of[2 * PATHS];
    for (size_t k = 0; k < PATHS; k++)
        for (size_t e = 0; e < 2; e++) {
            const fk_line_mixture m = fk_vp_law(&f->start, e == 0 ? 0.2 : END);
            at[2 * k + e] = e == 0 ? 0.2 : END;
            place_of[2 * k + e] =
                fk_line_quantile(&m, ((double)k + 1.0) / (PATHS + 1.0));
        }
    fk_curve all[PATHS + 1];
    for (size_t k = 0; k < PATHS; k++)
        all[k] = curve[k];
    all[PATHS] = (fk_curve){.name = "exact quantiles",
                            .n = 2 * PATHS,
                            .x = at,
                            .y = place_of,
                            .pen = FK_PEN_RINGS};
    all[0].name = "paths of x' = f - g^2 s / 2";
    fk_trial_curves(
        t,
        "Paths of the probability flow that start at the quantiles 0.1, 0.2 .. "
        "0.9 are at those quantiles ever after.",
        &(fk_curves){.name = "quantile-map-paths",
                     .title = "The probability flow keeps quantiles",
                     .x_label = "t",
                     .y_label = "x",
                     .n = PATHS + 1,
                     .curve = all});
}

static fk_status run(fk_trial *t)
{
    static const double from[] = {-1.6, -0.5, 0.2, 1.3};
    flow f = {.start = fk_standard_density(),
              .pull = fk_trial_broken(t, "factor") ? 1.0 : 0.5,
              .divergence = fk_trial_broken(t, "divergence") ? 1.0 : -1.0};
    if (fk_trial_broken(t, "score-sign"))
        f.pull = -0.5;
    for (size_t i = 0; i < 4; i++)
        FK_TRY(add_path(t, &f, from[i]));
    for (size_t i = 0; i < 4; i++)
        add_velocity(t, &f, from[i]);
    draw(t, &f);
    return FK_OK;
}

const fk_claim fk_claim_quantile_map = {
    .name = "quantile-map",
    .title = "The probability flow is the quantile map",
    .statement =
        "In one variable the flow x' = f - g^2 s / 2 is the only one that carries p_0 "
        "to every p_t, it keeps each particle at its quantile, and log p changes along "
        "it by minus the divergence.",
    .assumptions = "p_t > 0 is smooth and its current vanishes at infinity.",
    .source = "song-2021",
    .falsifier =
        "A path that leaves its quantile, a log density along it that is not the exact "
        "one, or a current -dF/dt that is not v p.",
    .derivation =
        {{"The Fokker-Planck equation is a continuity equation once the noise is "
          "written as a velocity.",
          "\\partial_t p = -\\partial_x \\left[ \\left( f - \\frac{g^2}{2} "
          "\\partial_x \\log p \\right) p \\right]"},
         {"Integrated from minus infinity: the velocity is what the distribution "
          "function says, and no other.",
          "v = f - \\frac{g^2}{2} s = -\\frac{\\partial_t F}{p}"},
         {"So F is constant along a path.",
          "\\frac{d}{dt} F_t(x_t) = \\partial_t F + p v = 0"},
         {"The path is the quantile map.", "x_t = F_t^{-1}(F_0(x_0))"},
         {"Along it the density changes with the divergence.",
          "\\frac{d}{dt} \\log p_t(x_t) = -\\partial_x v"}},
    .breaks = {{"factor", "the whole of g^2 s in place of half of it"},
               {"score-sign", "f + g^2 s / 2"},
               {"divergence", "log p grows with the divergence"}},
    .run = run,
};
