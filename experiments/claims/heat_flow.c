/* The heat equation as an ODE: the standard density p_0 under
 *
 *     x' = -D grad log p_t,   D = sigma sigma',   sigma = t,   p_t = p_0 * N(0, sigma^2)
 *
 * (variance exploding), by differences, by paths, by moments of Fourier's and by the fast
 * Fourier transform on a ring so long that its ends do not matter.  [song-2021] */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"
#include "solvers/series.h"

typedef struct formula {
    fk_line_mixture start;
    double velocity; /* v = velocity D s: -1 */
    double variance; /* sigma^2 = variance int D dt: 2 */
} formula;

static double spread(double t)
{
    return t; /* D = sigma sigma' */
}

static fk_line_mixture law(const formula *f, double t)
{
    return fk_line_diffused(&f->start, 1.0, f->variance * 0.5 * t * t);
}

typedef struct place {
    const formula *f;
    double x, k;
} place;

static double density_at(double t, void *context)
{
    const place *p = context;
    const fk_line_mixture m = law(p->f, t);
    return fk_line_density(&m, p->x);
}

/* d_t p = D p_xx with p_xx = p (s' + s^2) */
static void add_equation(fk_trial *t, const formula *f, double x)
{
    const double time = 0.7;
    double error;
    const double rate =
        fk_slope_of(density_at, &(place){f, x, 0.0}, time, 1e-2, &error);
    const fk_line_mixture m = law(f, time);
    const fk_line_point at = fk_line_at(&m, x);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = spread(time) * exp(at.log_p) *
                                        (at.slope + at.score * at.score),
                               .discretisation = error,
                               .origin = "difference of order 4 in t, halved"},
                 "dp/dt = D p_xx at x = %g, t = %g", x, time);
}

static void along(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    const fk_line_mixture m = law(f, t);
    dy[0] = f->velocity * spread(t) * fk_line_at(&m, y[0]).score;
}

static fk_status add_path(fk_trial *t, formula *f, double u)
{
    const fk_line_mixture end = fk_line_diffused(&f->start, 1.0, 1.0);
    double x = fk_line_quantile(&f->start, u);
    const double from = x;
    FK_TRY(fk_integrate(1, along, f, 0.0, 1.0, 1e-12, &x));
    fk_trial_add(
        t,
        (fk_evidence){.left = x,
                      .right = fk_line_quantile(&end, u),
                      .quadrature = 1e-10,
                      .effect = 1e-3,
                      .origin = "tolerance 1e-12 of the integrator, 100 times"},
        "x at sigma = 1 from %.4f = the quantile %g of p_0 * N(0, 1)", from, u);
    return FK_OK;
}

static double wave(double x, void *context)
{
    const place *p = context;
    return fk_line_density(&p->f->start, x) * cos(p->k * (x - p->x));
}

static double diffused_wave(double x, void *context)
{
    const place *p = context;
    const fk_line_mixture m = fk_line_diffused(&p->f->start, 1.0, 1.0);
    return fk_line_density(&m, x) * cos(p->k * (x - p->x));
}

static void add_wave(fk_trial *t, const formula *f, double k)
{
    place p = {f, 0.3, k};
    double before, after;
    const double first = fk_integral(wave, &p, -FK_STANDARD_REACH, FK_STANDARD_REACH,
                                     FK_STANDARD_PANELS, &before);
    const double last = fk_integral(diffused_wave, &p, -FK_STANDARD_REACH,
                                    FK_STANDARD_REACH, FK_STANDARD_PANELS, &after);
    fk_trial_add(t,
                 (fk_evidence){.left = last,
                               .right = first * exp(-0.25 * f->variance * k * k),
                               .quadrature = before + after,
                               .origin = "parts of the integrals halved"},
                 "E cos k(x - 0.3) falls by exp(-k^2 sigma^2 / 2), k = %g", k);
}

enum { RING = 512 };

/* u = p_0 on a ring of length 32, each wave times exp(-k^2 sigma^2 / 2). */
static fk_status diffuse_on_ring(const formula *f, double *u)
{
    const size_t n = RING;
    const fk_series kind = FK_FOURIER;
    fk_series_plan *there = NULL, *back = NULL;
    for (size_t j = 0; j < RING; j++)
        u[j] = fk_line_density(&f->start, -16.0 + 32.0 * (double)j / RING);
    fk_status status = fk_analysis_new(1, &n, &kind, &there);
    if (status == FK_OK)
        status = fk_synthesis_new(1, &n, &kind, &back);
    if (status == FK_OK) {
        fk_series_run(there, u);
        for (size_t j = 1; j < RING; j++) {
            const double k = 2.0 * M_PI / 32.0 * (double)(j < RING - j ? j : RING - j);
            u[j] *= exp(-0.25 * f->variance * k * k);
        }
        fk_series_run(back, u);
    }
    fk_series_plan_free(there);
    fk_series_plan_free(back);
    return status;
}

static fk_status add_ring(fk_trial *t, const formula *f)
{
    const fk_line_mixture m = fk_line_diffused(&f->start, 1.0, 1.0);
    double *u = fk_doubles(RING), worst = 0.0;
    fk_status status = u == NULL ? FK_ENOMEM : diffuse_on_ring(f, u);
    for (size_t j = 0; status == FK_OK && j < RING; j++)
        worst = fmax(worst,
                     fabs(u[j] - fk_line_density(&m, -16.0 + 32.0 * (double)j / RING)));
    free(u);
    FK_TRY(status);
    fk_trial_add(
        t,
        (fk_evidence){.left = worst,
                      .right = 0.0,
                      .quadrature = 1e-14,
                      .effect = 1e-3,
                      .origin = "rounding of the transform"},
        "largest difference of %d points by Fourier transform from the density", RING);
    return FK_OK;
}

enum { PATHS = 9, POINTS = 61, SHAPES = 4, ACROSS = 201 };

static void draw_paths(fk_trial *t, formula *f)
{
    static double time[POINTS], x[PATHS][POINTS];
    fk_curve curve[PATHS];
    fk_spread(POINTS, 0.0, 2.0, time);
    for (size_t k = 0; k < PATHS; k++) {
        x[k][0] = fk_line_quantile(&f->start, ((double)k + 1.0) / (PATHS + 1.0));
        for (size_t i = 1; i < POINTS; i++) {
            x[k][i] = x[k][i - 1];
            if (fk_integrate(1, along, f, time[i - 1], time[i], 1e-9, &x[k][i]) !=
                FK_OK)
                x[k][i] = NAN;
        }
        curve[k] = (fk_curve){.n = POINTS, .x = time, .y = x[k]};
    }
    fk_trial_curves(
        t,
        "Paths of the ODE x' = -D grad log p from the quantiles 0.1 .. 0.9: "
        "diffusion without noise.",
        &(fk_curves){.name = "heat-flow-paths",
                     .title = "The heat equation as an ODE",
                     .x_label = "sigma",
                     .y_label = "x",
                     .n = PATHS,
                     .curve = curve});
}

static void draw_densities(fk_trial *t, const formula *f)
{
    static double x[ACROSS], p[SHAPES][ACROSS];
    static const char *const name[SHAPES] = {"sigma = 0", "sigma = 0.5", "sigma = 1",
                                             "sigma = 2"};
    static const double sigma[SHAPES] = {0.0, 0.5, 1.0, 2.0};
    fk_curve curve[SHAPES];
    fk_spread(ACROSS, -5.0, 5.0, x);
    for (size_t k = 0; k < SHAPES; k++) {
        const fk_line_mixture m = law(f, sigma[k]);
        for (size_t i = 0; i < ACROSS; i++)
            p[k][i] = fk_line_density(&m, x[i]);
        curve[k] = (fk_curve){.name = name[k], .n = ACROSS, .x = x, .y = p[k]};
    }
    fk_trial_curves(t, "The densities on the way: p_0 smoothed by N(0, sigma^2).",
                    &(fk_curves){.name = "heat-flow-densities",
                                 .title = "Densities of the heat equation",
                                 .x_label = "x",
                                 .y_label = "p",
                                 .from_zero = true,
                                 .n = SHAPES,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    formula f = {.start = fk_standard_density(),
                 .velocity = fk_trial_broken(t, "sign")     ? 1.0
                             : fk_trial_broken(t, "factor") ? -2.0
                                                            : -1.0,
                 .variance = fk_trial_broken(t, "variance") ? 1.0 : 2.0};
    static const double x[] = {-2.0, 0.0, 1.5}, u[] = {0.05, 0.35, 0.9},
                        k[] = {0.5, 1.0, 2.0};
    for (size_t i = 0; i < 3; i++) {
        add_equation(t, &f, x[i]);
        FK_TRY(add_path(t, &f, u[i]));
        add_wave(t, &f, k[i]);
    }
    FK_TRY(add_ring(t, &f));
    draw_paths(t, &f);
    draw_densities(t, &f);
    return FK_OK;
}

const fk_claim fk_claim_heat_flow = {
    .name = "heat-flow",
    .title = "From the heat equation to an ODE",
    .statement =
        "The ODE x' = -D grad log p_t carries p_0 through the solutions of the heat "
        "equation, which are p_0 smoothed by Gaussians of variance 2 int D dt.",
    .assumptions = "p_0 is a probability density; D >= 0 depends on t alone.",
    .source = "song-2021",
    .falsifier =
        "A density whose rate of change is not D times its curvature, a path that "
        "leaves its quantile, a wave that falls at another rate.",
    .derivation =
        {{"One equation for d unknowns: any velocity with this divergence will do. In "
          "one variable there is one.",
          "\\partial_t p + \\nabla \\cdot (f p) = 0"},
         {"Try a velocity down the gradient of the log density.",
          "f = -D_t \\nabla \\log p_t, \\quad f p = -D_t \\nabla p"},
         {"It makes the continuity equation the heat equation.",
          "\\partial_t p = D_t \\Delta p"},
         {"Fourier's waves decay each for itself.",
          "\\hat{p}_t(k) = \\hat{p}_0(k)\\, e^{-k^2 \\sigma_t^2 / 2}, \\quad "
          "\\sigma_t^2 = 2 \\int_0^t D_s \\, ds"},
         {"That is smoothing by a Gaussian.", "p_t = p_0 \\star N(0, \\sigma_t^2)"}},
    .breaks = {{"sign", "a velocity up the gradient"},
               {"factor", "2 D in place of D in the velocity"},
               {"variance", "sigma^2 = int D in place of 2 int D"}},
    .run = run,
};
