/* Between gravity and diffusion: the kernels of N + D dimensions (here N = 1)
 *
 *     p_r(x) ~ (x^2 + r^2)^(-(1 + D) / 2),   r = sigma sqrt(D)
 *
 * are Student's t with D degrees of freedom, scaled by sigma: Cauchy at D = 1, normal as D
 * grows, at a distance whose constant is computed.  [xu-2023] */
#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/quadrature.h"

static const double SIGMA = 1.0;

typedef struct formula {
    double D;
    double power;  /* (1 + D) / 2 */
    double radius; /* r / sigma = sqrt D */
    double x, sigma;
} formula;

static formula with_dimensions(const fk_trial *t, double D)
{
    return (formula){.D = D,
                     .power =
                         fk_trial_broken(t, "power") ? 0.5 * D + 1.0 : 0.5 * (D + 1.0),
                     .radius = fk_trial_broken(t, "radius") ? D : sqrt(D),
                     .sigma = SIGMA};
}

static double density(const formula *f, double x)
{
    const double r = f->sigma * f->radius, y = x / r;
    return exp(lgamma(f->power) - lgamma(f->power - 0.5) - 0.5 * log(M_PI) -
               f->power * log1p(y * y)) /
           r;
}

static double normal(double x)
{
    return exp(-0.5 * x * x) / sqrt(2.0 * M_PI);
}

/* |p - N(0, 1)| over x = tan u, so that the tails are not cut off */
static double difference(double u, void *context)
{
    const double x = tan(u);
    return fabs(density(context, x) - normal(x)) * (1.0 + x * x);
}

/* Where the density is the normal one, between lo and hi, by bisection. */
static double crossing(const formula *f, double lo, double hi)
{
    const bool above = density(f, lo) > normal(lo);
    for (int i = 0; i < 200; i++) {
        const double x = 0.5 * (lo + hi);
        *((density(f, x) > normal(x)) == above ? &lo : &hi) = x;
    }
    return lo;
}

/* The densities cross once on each half line, or twice; the difference of distribution
 * functions there gives the L1 distance. */
static double distance_by_crossings(const formula *f)
{
    double sum = 0.0, before = 0.0;
    const double step = 1e-2;
    for (double x = 0.0; x < 8.0; x += step) {
        if ((density(f, x) > normal(x)) == (density(f, x + step) > normal(x + step)))
            continue;
        const double at = crossing(f, x, x + step);
        const double scale = f->radius / sqrt(f->D);
        const double now = gsl_cdf_tdist_P(at / scale, f->D) - gsl_cdf_ugaussian_P(at);
        sum += fabs(now - before);
        before = now;
    }
    return 2.0 * (sum + fabs(before));
}

/* t_D = normal (1 + (x^4 - 2 x^2 - 1) / (4 D) + O(1 / D^2)) */
static double first_order(double x, void *context)
{
    (void)context;
    return 0.25 * fabs((x * x - 2.0) * x * x - 1.0) * normal(x);
}

static double limit(void)
{
    const double turn = sqrt(1.0 + sqrt(2.0));
    return 2.0 * (fk_integral(first_order, NULL, 0.0, turn, 8, NULL) +
                  fk_integral(first_order, NULL, turn, 20.0, 32, NULL));
}

static double distance(formula *f, double *error)
{
    return fk_integral(difference, f, -M_PI_2, M_PI_2, 2000, error);
}

static void add_distances(fk_trial *t)
{
    for (double D = 1.0; D <= 256.0; D *= 4.0) {
        formula f = with_dimensions(t, D);
        const formula exact = {
            .D = D, .power = 0.5 * (D + 1.0), .radius = sqrt(D), .sigma = SIGMA};
        double error;
        const double left = distance(&f, &error);
        fk_trial_add(t,
                     (fk_evidence){.left = left,
                                   .right = distance_by_crossings(&exact),
                                   .quadrature = error + 1e-9,
                                   .origin = "parts halved; kinks at the crossings"},
                     "|p - N(0, 1)|_1 = by Student's distribution function, D = %g", D);
    }
    for (double D = 256.0; D <= 4096.0; D *= 4.0) {
        formula f = with_dimensions(t, D);
        double error;
        const double left = D * distance(&f, &error);
        fk_trial_add(t,
                     (fk_evidence){.left = left,
                                   .right = limit(),
                                   .discretisation = 1.0 / D,
                                   .quadrature = D * error + 1e-6,
                                   .origin = "next order in 1/D; parts halved"},
                     "D |p - N(0, 1)|_1 = E |x^4 - 2 x^2 - 1| / 4, D = %g", D);
    }
}

static double over_sigma(double sigma, void *context)
{
    formula f = *(const formula *)context;
    f.sigma = sigma;
    return density(&f, f.x);
}

static double current(double x, void *context)
{
    const formula *f = context;
    return x / f->sigma * density(f, x);
}

/* Any D: p = h(x / sigma) / sigma is carried by the velocity x / sigma. */
static void add_continuity(fk_trial *t)
{
    for (double D = 1.0; D <= 64.0; D *= 8.0) {
        formula f = with_dimensions(t, D);
        double e[2];
        f.x = 0.7;
        f.sigma = 1.3;
        const double left = fk_slope_of(over_sigma, &f, f.sigma, 1e-2, &e[0]);
        const double sign = fk_trial_broken(t, "velocity") ? 1.0 : -1.0;
        const double right = sign * fk_slope_of(current, &f, f.x, 1e-2, &e[1]);
        fk_trial_add(t,
                     (fk_evidence){.left = left,
                                   .right = right,
                                   .discretisation = e[0] + e[1],
                                   .origin = "differences of order 4, halved"},
                     "dp/dsigma = -d(p x / sigma)/dx, D = %g", D);
    }
}

enum { POINTS = 25, ACROSS = 161, SHAPES = 4 };

static void draw(fk_trial *t)
{
    static double D[POINTS], L1[POINTS], line[POINTS], x[ACROSS], p[SHAPES][ACROSS];
    static const double shown[SHAPES] = {1.0, 4.0, 16.0, 1e6};
    static const char *const name[SHAPES] = {"D = 1", "D = 4", "D = 16", "N(0, 1)"};
    fk_curve curve[SHAPES];
    fk_spread_ratio(POINTS, 1.0, 4096.0, D);
    for (size_t i = 0; i < POINTS; i++) {
        formula f = with_dimensions(t, D[i]);
        double error;
        L1[i] = distance(&f, &error);
        line[i] = limit() / D[i];
    }
    fk_trial_curves(t, "The distance from diffusion falls like 0.6329 / D.",
                    &(fk_curves){.name = "student-limit-distance",
                                 .title = "From gravity to diffusion",
                                 .x_label = "dimensions D",
                                 .y_label = "L1 distance from N(0, 1)",
                                 .log_x = true,
                                 .log_y = true,
                                 .n = 2,
                                 .curve = (const fk_curve[]){{.name = "measured",
                                                              .n = POINTS,
                                                              .x = D,
                                                              .y = L1,
                                                              .pen = FK_PEN_POINTS},
                                                             {.name = "0.6329 / D",
                                                              .n = POINTS,
                                                              .x = D,
                                                              .y = line,
                                                              .pen = FK_PEN_DASHES}}});
    fk_spread(ACROSS, -8.0, 8.0, x);
    for (size_t k = 0; k < SHAPES; k++) {
        const formula f = with_dimensions(t, shown[k]);
        for (size_t i = 0; i < ACROSS; i++)
            p[k][i] = density(&f, x[i]);
        curve[k] = (fk_curve){.name = name[k], .n = ACROSS, .x = x, .y = p[k]};
    }
    fk_trial_curves(t, "Kernels of the same sigma.",
                    &(fk_curves){.name = "student-limit-kernels",
                                 .title = "Kernels of 1 + D dimensions, sigma = 1",
                                 .x_label = "x",
                                 .y_label = "p",
                                 .log_y = true,
                                 .n = SHAPES,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    add_distances(t);
    add_continuity(t);
    draw(t);
    return FK_OK;
}

const fk_claim fk_claim_student_limit = {
    .name = "student-limit",
    .title = "Gravity in many dimensions is diffusion",
    .statement =
        "With D extra dimensions and r = sigma sqrt(D) the kernel is Student's t with "
        "D degrees of freedom, and its L1 distance from N(0, sigma^2) is 0.6329 / D to "
        "first order.",
    .assumptions =
        "One variable; the constant E |x^4 - 2 x^2 - 1| / 4 is that of N = 1.",
    .source = "xu-2023",
    .falsifier =
        "A distance times D that tends to another number, or a D for which x / sigma "
        "does not carry the kernel.",
    .derivation =
        {{"Spread a point charge over N + D dimensions and keep the distance r of the "
          "D extra ones.",
          "p_r(x) \\propto (|x|^2 + r^2)^{-(N + D)/2}"},
         {"Any density of one scale is carried by x / sigma, so D is free.",
          "p = \\sigma^{-N} h(x/\\sigma) \\Rightarrow \\partial_{\\sigma} p + \\nabla "
          "\\cdot (p\\, x / \\sigma) = 0"},
         {"With r^2 = sigma^2 D the power becomes an exponential.",
          "\\left( 1 + \\frac{x^2}{\\sigma^2 D} \\right)^{-(1 + D)/2} \\to e^{-x^2 / "
          "2 \\sigma^2}"},
         {"The first correction integrates to the constant.",
          "D \\lVert p - N \\rVert_1 \\to \\frac{1}{4} \\mathbb{E} |x^4 - 2 x^2 - 1| = "
          "0.6329"}},
    .breaks = {{"power", "N + D + 1 in place of N + D"},
               {"radius", "r = sigma D"},
               {"velocity", "the kernel carried by -x / sigma"}},
    .run = run,
};
