/* Radial flows from a density in space and time, phi_t(r) of mass one:
 *
 *     v = r varphi / phi,    varphi = -r^-d int_0^r d_t phi rho^(d-1) drho
 *
 * integrated by quadrature, against the mass within r in closed form.  Shapes: a Gaussian, a
 * Cauchy kernel, a ball, each of the size t, and a mixture that turns from the first into
 * the second, in one to three dimensions.  [liu-2023] */
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/poisson_kernel.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

static const double BEGIN = 0.5, END = 2.0;

typedef enum shape { GAUSSIAN, CAUCHY, BALL, TURNING, SHAPES } shape;

static const char *const shape_name[SHAPES] = {"Gaussian", "Cauchy", "ball",
                                               "Gaussian turning Cauchy"};

typedef struct formula {
    size_t dim;
    shape shape;
    double power; /* r^-power in varphi: d */
    double sign;  /* of varphi: -1 */
    double t;
} formula;

/* Share of the Cauchy kernel in the mixture, and its rate. */
static double share(double t)
{
    return t / (1.0 + t);
}

static double share_rate(double t)
{
    return 1.0 / ((1.0 + t) * (1.0 + t));
}

static double density(const formula *f, shape s, double t, double r)
{
    const double d = (double)f->dim;
    const fk_poisson k = fk_poisson_in(f->dim);
    if (s == GAUSSIAN)
        return pow(2.0 * M_PI * t * t, -0.5 * d) * exp(-0.5 * r * r / (t * t));
    if (s == CAUCHY)
        return fk_poisson_density(&k, t, r * r);
    if (s == BALL)
        return r < t ? d / (fk_sphere(f->dim) * pow(t, d)) : 0.0;
    return (1.0 - share(t)) * density(f, GAUSSIAN, t, r) +
           share(t) * density(f, CAUCHY, t, r);
}

static double rate(const formula *f, shape s, double t, double r)
{
    const double d = (double)f->dim, p = density(f, s, t, r);
    const fk_poisson k = fk_poisson_in(f->dim);
    if (s == GAUSSIAN)
        return p * (r * r / (t * t) - d) / t;
    if (s == CAUCHY)
        return fk_poisson_rate(&k, t, r * r);
    if (s == BALL)
        return -d * p / t;
    return (1.0 - share(t)) * rate(f, GAUSSIAN, t, r) +
           share(t) * rate(f, CAUCHY, t, r) +
           share_rate(t) * (density(f, CAUCHY, t, r) - density(f, GAUSSIAN, t, r));
}

static double mass_within(const formula *f, shape s, double t, double r)
{
    if (s == GAUSSIAN)
        return gsl_sf_gamma_inc_P(0.5 * (double)f->dim, 0.5 * r * r / (t * t));
    if (s == CAUCHY)
        return fk_poisson_cdf(f->dim, t, r);
    if (s == BALL)
        return r < t ? pow(r / t, (double)f->dim) : 1.0;
    return (1.0 - share(t)) * mass_within(f, GAUSSIAN, t, r) +
           share(t) * mass_within(f, CAUCHY, t, r);
}

static double inner(double rho, void *context)
{
    const formula *f = context;
    return rate(f, f->shape, f->t, rho) * pow(rho, (double)f->dim - 1.0);
}

static double outflow(formula *f, double t, double r)
{
    f->t = t;
    return f->sign * pow(r, -f->power) * fk_integral(inner, f, 0.0, r, 2, NULL);
}

static void along(double t, const double *y, double *dy, void *context)
{
    formula *f = context;
    dy[0] = y[0] * outflow(f, t, y[0]) / density(f, f->shape, t, y[0]);
}

static fk_status add_mass(fk_trial *t, formula *f)
{
    double r = 0.4;
    const double before = mass_within(f, f->shape, BEGIN, r);
    FK_TRY(fk_integrate(1, along, f, BEGIN, END, 1e-11, &r));
    fk_trial_add(
        t,
        (fk_evidence){.left = mass_within(f, f->shape, END, r),
                      .right = before,
                      .quadrature = 1e-10,
                      .origin = "tolerance 1e-11 of the integrator, ten times"},
        "mass within r, t = %g = mass within 0.4, t = %g: %s, d = %zu", END, BEGIN,
        shape_name[f->shape], f->dim);
    return FK_OK;
}

static double flux_of_r(double r, void *context)
{
    formula *f = context;
    return pow(r, (double)f->dim) * outflow(f, 1.0, r);
}

/* d_t phi + r^(1-d) d_r (r^d varphi) = 0 */
static void add_divergence(fk_trial *t, formula *f)
{
    const double r = 0.7, shell = pow(r, 1.0 - (double)f->dim);
    double error;
    const double out = shell * fk_slope_of(flux_of_r, f, r, 1e-2, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = rate(f, f->shape, 1.0, r),
                               .right = -out,
                               .discretisation = shell * error,
                               .origin = "difference of order 4, halved"},
                 "d phi / dt = -div(x varphi): %s, d = %zu", shape_name[f->shape],
                 f->dim);
}

enum { PATHS = 9, POINTS = 31 };

static void draw(fk_trial *t, const formula *given)
{
    static double time[POINTS], r[PATHS][POINTS];
    fk_curve curve[PATHS];
    formula f = *given;
    fk_spread(POINTS, BEGIN, END, time);
    for (size_t k = 0; k < PATHS; k++) {
        r[k][0] = 0.15 * ((double)k + 1.0);
        for (size_t i = 1; i < POINTS; i++) {
            r[k][i] = r[k][i - 1];
            if (fk_integrate(1, along, &f, time[i - 1], time[i], 1e-9, &r[k][i]) !=
                FK_OK)
                r[k][i] = NAN;
        }
        curve[k] = (fk_curve){.n = POINTS, .x = time, .y = r[k]};
    }
    fk_trial_curves(t,
                    "Radii that enclose a constant mass while a Gaussian of the plane "
                    "widens and turns into a Cauchy kernel: the outer ones bend away.",
                    &(fk_curves){.name = "enclosed-mass-radii",
                                 .title = "Radii of constant mass, d = 2",
                                 .x_label = "t",
                                 .y_label = "r",
                                 .from_zero = true,
                                 .n = PATHS,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    for (size_t d = 1; d <= 3; d++)
        for (shape s = GAUSSIAN; s < SHAPES; s++) {
            formula f = {.dim = d,
                         .shape = s,
                         .power = (double)d,
                         .sign = fk_trial_broken(t, "sign") ? 1.0 : -1.0};
            if (fk_trial_broken(t, "power"))
                f.power -= 1.0;
            FK_TRY(add_mass(t, &f));
            add_divergence(t, &f);
            if (d == 2 && s == TURNING)
                draw(t, &f);
        }
    return FK_OK;
}

const fk_claim fk_claim_enclosed_mass = {
    .name = "enclosed-mass",
    .title = "Any density of one's choice, and its radial flow",
    .statement =
        "To any radial density phi_t(r) belongs the radial current x varphi_t(r) that "
        "makes (phi, x varphi) free of divergence in space and time; its flow keeps "
        "the mass within every particle's radius.",
    .assumptions = "phi > 0 where there are particles, of mass one at every t.",
    .source = "liu-2023",
    .falsifier = "A particle whose radius encloses another mass later.",
    .derivation =
        {{"Look for a field with a radial density and a radial current.",
          "\\partial_t \\phi + \\nabla \\cdot (x\\, \\varphi) = 0"},
         {"In radius alone it can be integrated.",
          "\\varphi_t(r) = -r^{-d} \\int_0^r \\partial_t \\phi_t(\\rho)\\, \\rho^{d-1} "
          "\\, d\\rho"},
         {"With the mass within r as the unknown both are derivatives of one "
          "function.",
          "\\phi = \\frac{r^{1-d}}{S_d} \\partial_r \\psi, \\quad \\varphi = "
          "-\\frac{r^{-d}}{S_d} \\partial_t \\psi"},
         {"So the flow is the quantile map of the radius.",
          "\\frac{dr}{dt} = -\\frac{\\partial_t \\psi}{\\partial_r \\psi}, \\quad "
          "\\psi_t(r_t) = \\psi_0(r_0)"},
         {"A Gaussian of the size sigma gives back the heat flow.",
          "\\frac{\\varphi}{\\phi} = \\frac{\\sigma'}{\\sigma}"}},
    .breaks = {{"sign", "a current inward where mass must go outward"},
               {"power", "r^(1-d) in place of r^-d in the current"}},
    .run = run,
};
