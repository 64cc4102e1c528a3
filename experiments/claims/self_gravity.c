/* Matter that falls towards itself at a speed that is its own field:
 *
 *     d_t rho + div(rho v) = 0,   v = -grad Phi,   Laplace Phi = rho
 *
 * By shells, by densities along particles, by direct sums on the line, where it is Burgers'
 * equation; and charges that stay fixed instead, whose field compresses nothing. */
#include <gsl/gsl_sf_gamma.h>
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/poisson_kernel.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

typedef struct formula {
    size_t dim;
    double pull;   /* 1: attraction; -1: repulsion */
    double power;  /* field of a point: r^-power / S_d, power = d - 1 */
    double sphere; /* S_d */
    double mass;   /* within the shell that is followed */
} formula;

static formula gravity(const fk_trial *t, size_t dim)
{
    formula f = {.dim = dim,
                 .pull = fk_trial_broken(t, "sign") ? -1.0 : 1.0,
                 .power = (double)dim - 1.0,
                 .sphere = fk_sphere(dim),
                 .mass = 1.0};
    if (fk_trial_broken(t, "power"))
        f.power -= 1.0;
    if (fk_trial_broken(t, "source"))
        f.sphere *= 2.0;
    return f;
}

/* dr/dt = -M / (S_d r^(d-1)) */
static void shell(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    (void)t;
    dy[0] = -f->pull * f->mass / (f->sphere * pow(y[0], f->power));
}

/* ---- a uniform ball of radius 1 and mass 1 ---- */

static fk_status add_ball(fk_trial *t, size_t dim)
{
    formula f = gravity(t, dim);
    const double blow_up = fk_sphere(dim) / (double)dim; /* 1 / rho_0 */
    double r = 1.0;
    FK_TRY(fk_integrate(1, shell, &f, 0.0, 0.8 * blow_up, 1e-13, &r));
    fk_trial_add(t,
                 (fk_evidence){.left = r,
                               .right = pow(0.2, 1.0 / (double)dim),
                               .quadrature = 1e-11,
                               .origin = "tolerance 1e-13 of the integrator"},
                 "radius of a uniform ball at 0.8 t* = %.7f, d = %zu", 0.8 * blow_up,
                 dim);
    return FK_OK;
}

/* ---- a Gaussian cloud: densities along particles ---- */

static double cloud_mass(size_t dim, double r)
{
    return gsl_sf_gamma_inc_P(0.5 * (double)dim, 0.5 * r * r);
}

static double cloud_density(size_t dim, double r)
{
    return pow(2.0 * M_PI, -0.5 * (double)dim) * exp(-0.5 * r * r);
}

typedef struct cloud {
    formula f;
    double end;
} cloud;

static double radius_at_end(double r0, void *context)
{
    cloud *c = context;
    double r = r0;
    c->f.mass = cloud_mass(c->f.dim, r0);
    return fk_integrate(1, shell, &c->f, 0.0, c->end, 1e-13, &r) == FK_OK ? r : NAN;
}

/* rho = rho_0 (r_0 / r)^(d-1) / (dr / dr_0) */
static void add_cloud(fk_trial *t, size_t dim, double pull)
{
    const double r0 = 0.9, rho0 = cloud_density(dim, r0);
    cloud c = {gravity(t, dim), 0.6 / cloud_density(dim, 0.0)};
    double error;
    c.f.pull *= pull;
    const double r = radius_at_end(r0, &c);
    const double stretch = fk_slope_of(radius_at_end, &c, r0, 1e-2, &error);
    const double rho = rho0 * pow(r0 / r, (double)dim - 1.0) / stretch;
    fk_trial_add(t,
                 (fk_evidence){.left = rho,
                               .right = rho0 / (1.0 - pull * rho0 * c.end),
                               .discretisation = rho * (error / stretch + 1e-9),
                               .origin = "difference of order 4 in r_0, halved"},
                 pull > 0.0 ? "rho = rho_0 / (1 - rho_0 t), d = %zu"
                            : "repulsive: rho = rho_0 / (1 + rho_0 t), d = %zu",
                 dim);
}

/* ---- Newton's theorem: the field of a sphere of radius 1 at r, over the angle ---- */

typedef struct sphere {
    const formula *f;
    double r;
} sphere;

static double pull_of_ring(double angle, void *context)
{
    const sphere *s = context;
    const double square = s->r * s->r + 1.0 - 2.0 * s->r * cos(angle);
    const double along = s->r - cos(angle);
    const double share = s->f->dim == 2 ? 1.0 / M_PI : 0.5 * sin(angle);
    return share * along * pow(square, -0.5 * (s->f->power + 1.0)) / s->f->sphere;
}

static void add_theorem(fk_trial *t, size_t dim, double r)
{
    const formula f = gravity(t, dim);
    sphere s = {&f, r};
    double error;
    const double field = fk_integral(pull_of_ring, &s, 0.0, M_PI, 32, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = field,
                               .right = r > 1.0
                                            ? pow(r, 1.0 - (double)dim) / fk_sphere(dim)
                                            : 0.0,
                               .quadrature = error,
                               .effect = 1e-3,
                               .origin = "parts of the integral halved"},
                 "field of a sphere of radius 1 at %g, d = %zu", r, dim);
}

/* ---- the line: direct sums, Burgers ---- */

enum { BODIES = 200 };

/* The force on a body is the number of bodies right of it less those left of it. */
static void add_bodies(fk_trial *t, double end)
{
    const fk_line_mixture m = fk_standard_density();
    const double pull = gravity(t, 1).pull;
    double x[BODIES], worst = 0.0;
    for (size_t i = 0; i < BODIES; i++)
        x[i] = fk_line_quantile(&m, ((double)i + 0.5) / BODIES);
    for (size_t i = 0; i < BODIES; i++) {
        double force = 0.0;
        for (size_t j = 0; j < BODIES; j++)
            force += (x[j] > x[i] ? 0.5 : 0.0) - (x[j] < x[i] ? 0.5 : 0.0);
        const double u = ((double)i + 0.5) / BODIES;
        const double moved = x[i] + pull * end * force / BODIES;
        worst = fmax(worst, fabs(moved - (x[i] - (u - 0.5) * end)));
    }
    fk_trial_add(t,
                 (fk_evidence){.left = worst,
                               .right = 0.0,
                               .quadrature = 1e-13,
                               .effect = 1e-3,
                               .origin = "rounding"},
                 "%d bodies on the line move as x - (F - 1/2) t, largest difference",
                 BODIES);
}

typedef struct place {
    fk_line_mixture m;
    double x, t, pull;
} place;

/* F(x, t) = u with x = F_0^-1(u) - (u - 1/2) t, by bisection */
static double burgers(const place *p)
{
    double lo = 1e-12, hi = 1.0 - 1e-12;
    for (int i = 0; i < 60; i++) {
        const double u = 0.5 * (lo + hi);
        *(fk_line_quantile(&p->m, u) - p->pull * (u - 0.5) * p->t < p->x ? &lo : &hi) =
            u;
    }
    return 0.5 * (lo + hi);
}

static double over_time(double t, void *context)
{
    place p = *(const place *)context;
    p.t = t;
    return burgers(&p);
}

static double over_x(double x, void *context)
{
    place p = *(const place *)context;
    p.x = x;
    return burgers(&p);
}

static void add_burgers(fk_trial *t, double x)
{
    place p = {fk_standard_density(), x, 0.8, gravity(t, 1).pull};
    double e[2];
    const double rate = fk_slope_of(over_time, &p, p.t, 1e-2, &e[0]);
    const double slope = fk_slope_of(over_x, &p, p.x, 1e-2, &e[1]);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = (burgers(&p) - 0.5) * slope,
                               .discretisation = e[0] + e[1],
                               .origin = "differences of order 4, halved"},
                 "dF/dt = (F - 1/2) dF/dx at x = %g, t = %g", x, p.t);
}

/* ---- charges that stay: the field has no divergence outside them ---- */

/* y = (x, J[2][2]) in the plane, with charges 1/2 at (-1, 0) and (1, 0) */
static void towards_charges(double t, const double *y, double *dy, void *context)
{
    const formula *f = context;
    double A[4] = {0.0};
    (void)t;
    dy[0] = dy[1] = 0.0;
    for (int side = -1; side <= 1; side += 2) {
        const double a = y[0] - side, b = y[1], square = a * a + b * b;
        const double w =
            -0.5 * f->pull / f->sphere * pow(square, -0.5 * (f->power + 1.0));
        const double bend = -(f->power + 1.0) / square;
        dy[0] += w * a;
        dy[1] += w * b;
        A[0] += w * (1.0 + bend * a * a);
        A[1] += w * bend * a * b;
        A[3] += w * (1.0 + bend * b * b);
    }
    for (size_t c = 0; c < 2; c++) {
        dy[2 + c] = A[0] * y[2 + c] + A[1] * y[4 + c];
        dy[4 + c] = A[1] * y[2 + c] + A[3] * y[4 + c];
    }
}

static fk_status add_fixed(fk_trial *t)
{
    formula f = gravity(t, 2);
    double y[6] = {0.4, 1.7, 1.0, 0.0, 0.0, 1.0};
    FK_TRY(fk_integrate(6, towards_charges, &f, 0.0, 6.0, 1e-12, y));
    fk_trial_add(
        t,
        (fk_evidence){.left = y[2] * y[5] - y[3] * y[4],
                      .right = 1.0,
                      .quadrature = 1e-10,
                      .origin = "tolerance 1e-12 of the integrator, 100 times"},
        "fixed charges: volumes of the plane are kept, det J after t = 6");
    return FK_OK;
}

/* ---- pictures ---- */

enum { POINTS = 101, TIMES = 4 };

static void draw_collapse(fk_trial *t)
{
    static double time[POINTS], r[3][POINTS];
    static const char *const name[3] = {"d = 1", "d = 2", "d = 3"};
    fk_curve curve[3];
    fk_spread(POINTS, 0.0, 1.0, time);
    for (size_t d = 0; d < 3; d++) {
        for (size_t i = 0; i < POINTS; i++)
            r[d][i] = pow(1.0 - time[i], 1.0 / ((double)d + 1.0));
        curve[d] = (fk_curve){.name = name[d], .n = POINTS, .x = time, .y = r[d]};
    }
    fk_trial_curves(t,
                    "A uniform ball falls into its centre at t* = 1 / rho_0 in every "
                    "dimension.",
                    &(fk_curves){.name = "self-gravity-collapse",
                                 .title = "Collapse of a uniform ball",
                                 .x_label = "t / t*",
                                 .y_label = "radius",
                                 .from_zero = true,
                                 .n = 3,
                                 .curve = curve});
}

static void draw_burgers(fk_trial *t)
{
    static double x[TIMES][POINTS], F[POINTS];
    static const double at[TIMES] = {0.0, 0.6, 1.2, 1.75};
    static const char *const name[TIMES] = {"t = 0", "t = 0.6", "t = 1.2", "t = 1.75"};
    const fk_line_mixture m = fk_standard_density();
    fk_curve curve[TIMES];
    fk_spread(POINTS, 0.001, 0.999, F);
    for (size_t k = 0; k < TIMES; k++) {
        for (size_t i = 0; i < POINTS; i++)
            x[k][i] = fk_line_quantile(&m, F[i]) - (F[i] - 0.5) * at[k];
        curve[k] = (fk_curve){.name = name[k], .n = POINTS, .x = x[k], .y = F};
    }
    fk_trial_curves(t,
                    "The distribution function of the standard density steepens as in "
                    "Burgers' equation, up to the blow-up at 1 / max rho.",
                    &(fk_curves){.name = "self-gravity-burgers",
                                 .title = "Falling together on the line",
                                 .x_label = "x",
                                 .y_label = "F",
                                 .from_zero = true,
                                 .n = TIMES,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    for (size_t d = 1; d <= 3; d++) {
        FK_TRY(add_ball(t, d));
        add_cloud(t, d, 1.0);
        add_cloud(t, d, -1.0);
    }
    for (size_t d = 2; d <= 3; d++) {
        add_theorem(t, d, 1.6);
        add_theorem(t, d, 0.6);
    }
    add_bodies(t, 1.0);
    add_burgers(t, -1.2);
    add_burgers(t, 0.8);
    FK_TRY(add_fixed(t));
    draw_collapse(t);
    draw_burgers(t);
    return FK_OK;
}

const fk_claim fk_claim_self_gravity = {
    .name = "self-gravity",
    .title = "Matter that falls towards itself",
    .statement =
        "With the speed of fall equal to its own gravity a density grows along each "
        "particle as rho_0 / (1 - rho_0 t), and is infinite at t* = 1 / max rho_0 in "
        "every dimension; with repulsion it is rho_0 / (1 + rho_0 t).",
    .assumptions =
        "Speed, not acceleration, is proportional to the force; shells do not cross "
        "before t*.",
    .source = "villani-2003",
    .falsifier =
        "A shell whose radius or density follows another law; bodies on the line that "
        "leave their straight paths.",
    .derivation =
        {{"The velocity is minus the gradient of the potential of the density itself.",
          "\\partial_t \\rho + \\nabla \\cdot (\\rho v) = 0, \\quad v = -\\nabla "
          "\\Phi, "
          "\\quad \\Delta \\Phi = \\rho"},
         {"Along a particle the divergence of v is minus the density.",
          "\\frac{d\\rho}{dt} = -\\rho\\, \\nabla \\cdot v = \\rho^2"},
         {"Which any dimension solves alike.",
          "\\rho(t) = \\frac{\\rho_0}{1 - \\rho_0 t}"},
         {"A shell feels the mass inside it.",
          "r^d(t) = r_0^d - \\frac{d}{S_d} M(r_0)\\, t"},
         {"On the line the force is the distribution function: Burgers' equation.",
          "\\partial_t F - \\left( F - \\frac{1}{2} \\right) \\partial_x F = 0"}},
    .breaks = {{"sign", "repulsion where attraction is meant"},
               {"power", "a field that falls with one power less"},
               {"source", "Laplace Phi = rho / 2"}},
    .run = run,
};
