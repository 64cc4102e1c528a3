/* What the kernel of a point charge in d + 1 dimensions is, in d = 1, 2, 3: a solution of
 * the continuity equation with the velocity x / t, a harmonic function, the law of a Cauchy
 * process (generator -(-Laplace)^1/2), by differences and quadrature.  [xu-2022] */
#include "experiments/claims/poisson_kernel.h"

#include <gsl/gsl_integration.h>
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/quadrature.h"

static const double T = 0.8, R = 1.1;

typedef struct formula {
    fk_poisson kernel;
    double velocity; /* times x / t: 1 */
    double jump;     /* sign of the half Laplacian */
    double t, r, s;
} formula;

static double density_of_t(double t, void *context)
{
    const formula *f = context;
    return fk_poisson_density(&f->kernel, t, f->r * f->r);
}

static double rate_of_t(double t, void *context)
{
    const formula *f = context;
    return fk_poisson_rate(&f->kernel, t, f->r * f->r);
}

/* r^d p and r^(d-1) dp/dr, whose slopes are divergences */
static double flux_of_r(double r, void *context)
{
    const formula *f = context;
    return pow(r, (double)f->kernel.dim) * fk_poisson_density(&f->kernel, f->t, r * r);
}

static double gradient_of_r(double r, void *context)
{
    const formula *f = context;
    return pow(r, (double)f->kernel.dim) * fk_poisson_slope(&f->kernel, f->t, r * r);
}

static void add_equations(fk_trial *t, formula *f)
{
    const double shell = pow(R, 1.0 - (double)f->kernel.dim);
    double e[4];
    const double rate = fk_slope_of(density_of_t, f, T, 1e-2, &e[0]);
    const double out = shell * fk_slope_of(flux_of_r, f, R, 1e-2, &e[1]);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = -f->velocity * out / T,
                               .discretisation = e[0] + shell * e[1] / T,
                               .origin = "differences of order 4, halved"},
                 "dp/dt = -div(p x / t), d = %zu", f->kernel.dim);
    const double bend = fk_slope_of(rate_of_t, f, T, 1e-2, &e[2]);
    const double laplace = shell * fk_slope_of(gradient_of_r, f, R, 1e-2, &e[3]);
    fk_trial_add(t,
                 (fk_evidence){.left = bend,
                               .right = -laplace,
                               .discretisation = e[2] + shell * e[3],
                               .origin = "differences of order 4, halved"},
                 "d^2 p / dt^2 = -Laplace p, d = %zu", f->kernel.dim);
}

/* ---- masses and marginals ---- */

static double radial(double r, void *context)
{
    const formula *f = context;
    return fk_sphere(f->kernel.dim) * pow(r, (double)f->kernel.dim - 1.0) *
           fk_poisson_density(&f->kernel, f->t, r * r);
}

static void add_mass(fk_trial *t, const formula *given)
{
    formula f = *given;
    double error;
    f.t = 1.3;
    const double mass = fk_integral(radial, &f, 0.0, 2.1, 16, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = mass,
                               .right = fk_poisson_cdf(f.kernel.dim, 1.3, 2.1),
                               .quadrature = error,
                               .origin = "parts of the integral halved"},
                 "mass within 2.1 at t = 1.3 in closed form, d = %zu", f.kernel.dim);
}

/* The last coordinate z = tan u, over all of it. */
static double across(double u, void *context)
{
    const formula *f = context;
    const double z = tan(u);
    return fk_poisson_density(&f->kernel, f->t, f->r * f->r + z * z) * (1.0 + z * z);
}

static void add_marginal(fk_trial *t, formula *f)
{
    const fk_poisson below = fk_poisson_in(f->kernel.dim - 1);
    double error;
    const double sum = fk_integral(across, f, -M_PI_2, M_PI_2, 32, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = sum,
                               .right = fk_poisson_density(&below, T, R * R),
                               .quadrature = error,
                               .origin = "parts of the integral halved"},
                 "the kernel's marginal is the kernel, d = %zu from %zu",
                 f->kernel.dim - 1, f->kernel.dim);
}

/* ---- the Cauchy process ---- */

/* int cos(k x_1) p: in d = 1, and in d = 3 after the angles */
static double amplitude(double r, void *context)
{
    const formula *f = context;
    const double p = fk_poisson_density(&f->kernel, f->t, r * r);
    return f->kernel.dim == 1 ? 2.0 * p : 4.0 * M_PI * r * p / f->s;
}

static fk_status add_wave(fk_trial *t, const formula *given)
{
    formula f = *given;
    f.t = 0.7;
    f.s = 1.3;
    gsl_function g = {amplitude, &f};
    gsl_integration_workspace *work = gsl_integration_workspace_alloc(1000);
    gsl_integration_workspace *cycles = gsl_integration_workspace_alloc(1000);
    gsl_integration_qawo_table *table = gsl_integration_qawo_table_alloc(
        f.s, 1.0, f.kernel.dim == 1 ? GSL_INTEG_COSINE : GSL_INTEG_SINE, 30);
    double sum = NAN, error = 0.0;
    const bool ready = work != NULL && cycles != NULL && table != NULL;
    if (ready)
        (void)gsl_integration_qawf(&g, 0.0, 1e-11, 1000, work, cycles, table, &sum,
                                   &error);
    gsl_integration_qawo_table_free(table);
    gsl_integration_workspace_free(cycles);
    gsl_integration_workspace_free(work);
    if (!ready)
        return FK_ENOMEM;
    fk_trial_add(t,
                 (fk_evidence){.left = sum,
                               .right = exp(-f.t * f.s),
                               .quadrature = error + 1e-11,
                               .origin = "adaptive Fourier quadrature"},
                 "E cos k x = exp(-t k), t = %g, k = %g, d = %zu", f.t, f.s,
                 f.kernel.dim);
    return FK_OK;
}

static double product(double u, void *context)
{
    const formula *f = context;
    const double y = tan(u), away = f->r - y;
    return fk_poisson_density(&f->kernel, f->t, y * y) *
           fk_poisson_density(&f->kernel, f->s, away * away) * (1.0 + y * y);
}

/* (p(x + z) + p(x - z) - 2 p(x)) / (pi z^2), z = tan u */
static double jump(double u, void *context)
{
    const formula *f = context;
    const double z = tan(u), up = f->r + z, down = f->r - z;
    const double bend = fk_poisson_density(&f->kernel, f->t, up * up) +
                        fk_poisson_density(&f->kernel, f->t, down * down) -
                        2.0 * fk_poisson_density(&f->kernel, f->t, f->r * f->r);
    return bend / (M_PI * z * z) * (1.0 + z * z);
}

static void add_process(fk_trial *t, formula *f)
{
    double error;
    f->s = 0.5;
    const double both = fk_integral(product, f, -M_PI_2, M_PI_2, 32, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = both,
                               .right = fk_poisson_density(&f->kernel, T + f->s, R * R),
                               .quadrature = error,
                               .origin = "parts of the integral halved"},
                 "P_t * P_s = P_(t + s), d = 1");
    const double half = fk_integral(jump, f, 0.0, M_PI_2, 64, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = fk_poisson_rate(&f->kernel, T, R * R),
                               .right = f->jump * half,
                               .quadrature = error + 1e-9,
                               .origin = "parts of the integral halved; cancellation"},
                 "dp/dt = int (p(x + z) + p(x - z) - 2 p(x)) / (pi z^2) dz, d = 1");
}

enum { POINTS = 161 };

static void draw(fk_trial *t)
{
    static double x[POINTS], p[3][POINTS], normal[POINTS];
    static const char *const name[3] = {"d = 1", "d = 2", "d = 3"};
    fk_curve curve[4];
    fk_spread_ratio(POINTS, 0.05, 100.0, x);
    for (size_t i = 0; i < POINTS; i++)
        normal[i] = exp(-0.5 * x[i] * x[i]) > 1e-8 ? erfc(x[i] / M_SQRT2) : NAN;
    for (size_t d = 1; d <= 3; d++) {
        for (size_t i = 0; i < POINTS; i++)
            p[d - 1][i] = 1.0 - fk_poisson_cdf(d, 1.0, x[i]);
        curve[d - 1] =
            (fk_curve){.name = name[d - 1], .n = POINTS, .x = x, .y = p[d - 1]};
    }
    curve[3] = (fk_curve){
        .name = "|N(0, 1)|", .n = POINTS, .x = x, .y = normal, .pen = FK_PEN_DASHES};
    fk_trial_curves(
        t,
        "Mass beyond a radius falls like t / r in every dimension: a box of "
        "ten t leaves out 6, 10 and 13 per cent, and no moment exists.",
        &(fk_curves){.name = "poisson-kernel-tails",
                     .title = "Tails of the kernel of a point charge",
                     .x_label = "r / t",
                     .y_label = "mass beyond r",
                     .log_x = true,
                     .log_y = true,
                     .n = 4,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    for (size_t d = 1; d <= 3; d++) {
        formula f = {.kernel = fk_poisson_in(d),
                     .velocity = fk_trial_broken(t, "velocity") ? 2.0 : 1.0,
                     .jump = fk_trial_broken(t, "half-laplacian") ? -1.0 : 1.0,
                     .t = T,
                     .r = R};
        if (fk_trial_broken(t, "power"))
            f.kernel.power = 0.5 * (double)d + 1.0;
        add_equations(t, &f);
        add_mass(t, &f);
        if (d > 1)
            add_marginal(t, &f);
        if (d != 2)
            FK_TRY(add_wave(t, &f));
        if (d == 1)
            add_process(t, &f);
    }
    draw(t);
    return FK_OK;
}

const fk_claim fk_claim_poisson_kernel = {
    .name = "poisson-kernel",
    .title = "Gravity in one dimension more",
    .statement =
        "The field of a point mass in d + 1 dimensions is free of divergence, so its "
        "component along t is a density in d dimensions that the velocity x / t "
        "carries; its laws are those of a Cauchy process.",
    .assumptions =
        "t > 0; the mass sits at the origin; heavy tails are kept, no box cuts them.",
    .source = "xu-2022, samorodnitsky-taqqu-1994",
    .falsifier =
        "A difference between the rate of change of the kernel and its divergence, its "
        "Laplacian or its jumps; a wave that does not decay as exp(-t k).",
    .derivation =
        {{"The continuity equation is a divergence in space and time together.",
          "\\nabla_{(t,x)} \\cdot (p, f p) = 0"},
         {"The field of a point mass has no divergence but at the mass.",
          "(p, f p) \\propto \\frac{(t, x)}{(t^2 + |x|^2)^{(d+1)/2}}"},
         {"Its two parts give density and velocity; mass one fixes the constant.",
          "p_t = \\frac{C_d\\, t}{(t^2 + |x|^2)^{(d+1)/2}}, \\quad f = \\frac{x}{t}, "
          "\\quad C_d = \\frac{\\Gamma((d+1)/2)}{\\pi^{(d+1)/2}}"},
         {"It is the Poisson kernel of the half space, harmonic in t and x, and its "
          "waves decay like the first power of k.",
          "\\hat{p}_t(k) = e^{-t |k|}, \\quad P_t \\star P_s = P_{t+s}"},
         {"So a deterministic flow has the laws of a process of jumps.",
          "\\partial_t p = -(-\\Delta)^{1/2} p"}},
    .breaks = {{"power", "the field of d + 2 dimensions"},
               {"velocity", "2 x / t in place of x / t"},
               {"half-laplacian", "the generator with the other sign"}},
    .run = run,
};
