/* Rectified flow from the standard density (t = 0) to N(0, 1) (t = 1) by straight lines
 * between independent pairs:
 *
 *     x_t = (1 - t) x_0 + t x_1,   v(x, t) = E[x_1 - x_0 | x_t = x] = -(x + t s_t) / (1 - t)
 *
 * [liu-gong-liu-2023] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

typedef struct formula {
    fk_line_mixture start;
    double score; /* factor of t s in v: 1 */
    double scale; /* power of 1 - t under it: 1 */
    double x, t;
} formula;

static fk_line_mixture law(const formula *f, double t)
{
    return fk_line_diffused(&f->start, 1.0 - t, t * t);
}

static double velocity(const formula *f, double t, double x)
{
    const fk_line_mixture m = law(f, t);
    return -(x + f->score * t * fk_line_at(&m, x).score) / pow(1.0 - t, f->scale);
}

/* ---- the conditional mean, without a score ---- */

/* p_0(x_0) times the density of x_1 = (x - (1 - t) x_0) / t, by t */
static double joint(double x0, const formula *f, double *x1)
{
    *x1 = (f->x - (1.0 - f->t) * x0) / f->t;
    return fk_line_density(&f->start, x0) * exp(-0.5 * *x1 * *x1) /
           (sqrt(2.0 * M_PI) * f->t);
}

static double density_part(double x0, void *context)
{
    double x1;
    return joint(x0, context, &x1);
}

static double velocity_part(double x0, void *context)
{
    double x1;
    const double p = joint(x0, context, &x1);
    return p * (x1 - x0);
}

static void add_velocity(fk_trial *t, const formula *given, double time, double x)
{
    formula f = *given;
    double e[2];
    f.x = x;
    f.t = time;
    const double p = fk_integral(density_part, &f, -FK_STANDARD_REACH,
                                 FK_STANDARD_REACH, FK_STANDARD_PANELS, &e[0]);
    const double current = fk_integral(velocity_part, &f, -FK_STANDARD_REACH,
                                       FK_STANDARD_REACH, FK_STANDARD_PANELS, &e[1]);
    const fk_line_mixture m = law(&f, time);
    fk_trial_add(t,
                 (fk_evidence){.left = fk_line_density(&m, x),
                               .right = p,
                               .quadrature = e[0],
                               .origin = "parts of the integral halved"},
                 "p = int p_0 p_1 at x = %g, t = %g", x, time);
    fk_trial_add(t,
                 (fk_evidence){.left = velocity(&f, time, x),
                               .right = current / p,
                               .quadrature = (e[1] + e[0] * fabs(current / p)) / p,
                               .origin = "parts of the integrals halved"},
                 "-(x + t s) / (1 - t) = E[x_1 - x_0 | x_t] at x = %g, t = %g", x,
                 time);
}

/* ---- test functions: He_k and a cosine ---- */

static double test_function(int k, double x, double *slope)
{
    *slope = k == 1 ? 1.0 : k == 2 ? 2.0 * x : -2.0 * sin(2.0 * x);
    return k == 1 ? x : k == 2 ? x * x - 1.0 : cos(2.0 * x);
}

typedef struct tested {
    const formula *f;
    int k;
    double t;
} tested;

static double mean_part(double x, void *context)
{
    const tested *w = context;
    const fk_line_mixture m = law(w->f, w->t);
    double slope;
    return fk_line_density(&m, x) * test_function(w->k, x, &slope);
}

static double moved_part(double x, void *context)
{
    const tested *w = context;
    const fk_line_mixture m = law(w->f, w->t);
    double slope;
    (void)test_function(w->k, x, &slope);
    return fk_line_density(&m, x) * velocity(w->f, w->t, x) * slope;
}

static double mean_at(double t, void *context)
{
    tested w = *(const tested *)context;
    w.t = t;
    return fk_integral(mean_part, &w, -FK_STANDARD_REACH, FK_STANDARD_REACH,
                       FK_STANDARD_PANELS, NULL);
}

static void add_weak(fk_trial *t, const formula *f, int k, const char *name)
{
    tested w = {f, k, 0.4};
    double e[2];
    const double rate = fk_slope_of(mean_at, &w, w.t, 1e-2, &e[0]);
    const double right = fk_integral(moved_part, &w, -FK_STANDARD_REACH,
                                     FK_STANDARD_REACH, FK_STANDARD_PANELS, &e[1]);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = right,
                               .discretisation = e[0],
                               .quadrature = e[1] + 1e-11,
                               .origin = "difference of order 4, halved; parts halved"},
                 "d/dt E phi = E[v phi'], phi = %s, t = %g", name, w.t);
}

/* ---- paths ---- */

static void along(double t, const double *y, double *dy, void *context)
{
    dy[0] = velocity(context, t, y[0]);
}

/* Up to the t where 1 - t is small, the law there being exact too. */
static fk_status add_path(fk_trial *t, formula *f, double u)
{
    const double end = 0.999;
    const fk_line_mixture m = law(f, end);
    double x = fk_line_quantile(&f->start, u);
    FK_TRY(fk_integrate(1, along, f, 0.0, end, 1e-12, &x));
    fk_trial_add(
        t,
        (fk_evidence){.left = x,
                      .right = fk_line_quantile(&m, u),
                      .quadrature = 1e-9,
                      .effect = 1e-2,
                      .origin = "tolerance 1e-12 of the integrator, 1000 times"},
        "x at t = %g from the quantile %g = the quantile %g", end, u, u);
    return FK_OK;
}

/* ---- Gaussians: N(-1, 1/4) to N(2, 1) ---- */

/* V = (1 - t)^2 S_0 + t^2 S_1 and the slope of v, (t S_1 - (1 - t) S_0) / V */
static void add_gaussian(fk_trial *t, const formula *given, double time)
{
    formula f = *given;
    double e;
    f.start = (fk_line_mixture){1, {1.0}, {0.0}, {0.25}};
    const fk_line_mixture m = law(&f, time);
    tested w = {&f, 2, time}; /* E x^2 - 1 = V - 1 */
    const double growth = fk_slope_of(mean_at, &w, time, 1e-2, &e);
    const double V = m.variance[0];
    fk_trial_add(
        t,
        (fk_evidence){.left = velocity(&f, time, 1.0) - velocity(&f, time, 0.0),
                      .right = 0.5 * growth / V,
                      .discretisation = e / V,
                      .quadrature = 1e-11,
                      .origin = "difference of order 4, halved"},
        "Gaussians: slope of v = V'/(2V), t = %g, V = %.6f", time, V);
}

enum { PATHS = 11, POINTS = 61 };

static void draw(fk_trial *t, formula *f)
{
    static double time[POINTS], x[PATHS][POINTS];
    fk_curve curve[PATHS];
    fk_spread(POINTS, 0.0, 0.999, time);
    for (size_t k = 0; k < PATHS; k++) {
        x[k][0] = fk_line_quantile(&f->start, ((double)k + 0.5) / PATHS);
        for (size_t i = 1; i < POINTS; i++) {
            x[k][i] = x[k][i - 1];
            if (fk_integrate(1, along, f, time[i - 1], time[i], 1e-9, &x[k][i]) !=
                FK_OK)
                x[k][i] = NAN;
        }
        curve[k] = (fk_curve){.n = POINTS, .x = time, .y = x[k]};
    }
    fk_trial_curves(t,
                    "Paths of the rectified flow from the standard density to N(0, 1): "
                    "means of crossing straight lines, which do not cross and are not "
                    "straight.",
                    &(fk_curves){.name = "rectified-flow-paths",
                                 .title = "Rectified flow on the line",
                                 .x_label = "t",
                                 .y_label = "x",
                                 .n = PATHS,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    static const double x[] = {-1.0, 0.0, 0.5, 2.0};
    formula f = {.start = fk_standard_density(),
                 .score = fk_trial_broken(t, "score-sign") ? -1.0 : 1.0,
                 .scale = fk_trial_broken(t, "scale") ? 0.0 : 1.0};
    for (double time = 0.5; time >= 0.25; time *= 0.5)
        for (size_t i = 0; i < 4; i++)
            add_velocity(t, &f, time, x[i]);
    add_weak(t, &f, 1, "x");
    add_weak(t, &f, 2, "x^2 - 1");
    add_weak(t, &f, 3, "cos 2x");
    for (double u = 0.1; u < 1.0; u += 0.4)
        FK_TRY(add_path(t, &f, u));
    for (double time = 0.25; time < 1.0; time += 0.25)
        add_gaussian(t, &f, time);
    draw(t, &f);
    return FK_OK;
}

const fk_claim fk_claim_rectified_flow = {
    .name = "rectified-flow",
    .title = "Rectified flow by test functions",
    .statement =
        "Whatever lines join pairs of points, the ODE whose velocity is the mean of "
        "theirs, given the place, has the same densities at every t.",
    .assumptions =
        "E|x_1 - x_0| is finite. The path need not be invertible in either of its "
        "ends: the conditional mean is all that is used.",
    .source = "liu-gong-liu-2023",
    .falsifier = "A velocity that is not the conditional mean by quadrature, or paths "
                 "that leave "
                 "their quantiles.",
    .derivation =
        {{"Along a line of the pair a test function changes by the line's velocity.",
          "\\frac{d}{dt} \\mathbb{E}\\, \\varphi(x_t) = \\mathbb{E} [ \\dot{x}_t "
          "\\cdot \\nabla \\varphi(x_t) ]"},
         {"Mean first over all pairs that pass through the same place.",
          "= \\mathbb{E} [ v(x_t, t) \\cdot \\nabla \\varphi(x_t) ], \\quad v = "
          "\\mathbb{E} [ \\dot{x}_t \\mid x_t ]"},
         {"That is the weak form of the continuity equation with v; no inverse of the "
          "path was needed.",
          "\\partial_t p + \\nabla \\cdot (v p) = 0"},
         {"With a normal end the mean is a score.",
          "x_t = (1 - t) x_0 + t x_1 \\Rightarrow v = -\\frac{x + t s_t(x)}{1 - t}"}},
    .breaks = {{"score-sign", "-(x - t s) / (1 - t)"},
               {"scale", "the division by 1 - t left out"}},
    .run = run,
};
