/* A density need not vanish at infinity: unit spikes at k = 1, 2, ... of width 2^-k have mass
 * one in all, and neither p nor p' goes to zero.  Conditions on tails are assumptions; test
 * functions that end somewhere need none, and a little noise makes the tails what they were
 * taken to be.
 *
 *     p_0 = sum_k 2^-k N(k, (w 2^-k)^2),   p_t = sum_k 2^-k N(k, (w 2^-k)^2 + t)
 *
 * by closed forms, by quadrature, and on cells, which see masses and no heights.
 * [su-2023] */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "solvers/quadrature.h"

enum { SPIKES = 40, POINTS = 4001, CELLS = 130 };

static const double WIDTH = 0.25, NOISE = 0.05;

/* p_t and p_t' at x. */
typedef struct value {
    double p, slope;
} value;

static value density(double x, double time)
{
    value v = {0.0, 0.0};
    for (int k = 1; k <= SPIKES; k++) {
        const double s = WIDTH * exp2(-k), variance = s * s + time, z = x - k;
        const double p =
            exp2(-k) * exp(-0.5 * z * z / variance) / sqrt(2.0 * M_PI * variance);
        v.p += p;
        v.slope -= z / variance * p;
    }
    return v;
}

/* Mass between a and b. */
static double mass(double a, double b, double time)
{
    double sum = 0.0;
    for (int k = 1; k <= SPIKES; k++) {
        const double s = M_SQRT2 * hypot(WIDTH * exp2(-k), sqrt(time));
        sum += 0.5 * exp2(-k) * (erfc((a - k) / s) - erfc((b - k) / s));
    }
    return sum;
}

/* exp(-1/(1 - z^2)), z = (x - 3)/2.5, and its second derivative in x */
static double bump(double x, double *second)
{
    const double r = 2.5, z = (x - 3.0) / r, D = 1.0 - z * z;
    if (D <= 0.0) {
        *second = 0.0;
        return 0.0;
    }
    const double b = exp(-1.0 / D), z2 = z * z;
    *second =
        b * (4.0 * z2 / pow(D, 4.0) - 2.0 / (D * D) - 8.0 * z2 / pow(D, 3.0)) / (r * r);
    return b;
}

typedef struct weak {
    double time, half;
    bool rate; /* phi of the mean, or L phi */
} weak;

static double integrand(double x, void *context)
{
    const weak *w = context;
    double second;
    const double b = bump(x, &second);
    return density(x, w->time).p * (w->rate ? w->half * second : b);
}

static fk_evidence exact(double left, double right, double error, const char *origin)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = error,
                         .effect = 1e-3,
                         .origin = origin};
}

/* Tails of p_0: heights and slopes stay, masses fall. */
static void add_tails(fk_trial *t)
{
    const double peak = 1.0 / (WIDTH * sqrt(2.0 * M_PI));
    for (int k = 5; k <= 20; k += 5) {
        const double s = WIDTH * exp2(-k), tail = exp2(1 - k);
        const double height = fk_trial_broken(t, "vanishing") ? 0.0 : peak;
        fk_trial_add(t, exact(density(k, 0.0).p, height, 1e-12, "rounding"),
                     "height at x = %d: that of the first spike", k);
        fk_trial_add(t,
                     exact(density(k + s, 0.0).slope * s, -peak * exp(-0.5), 1e-9,
                           "rounding of x"),
                     "slope on its flank, over 2^%d / w: it grows", k);
        fk_trial_add(t,
                     exact(mass(k - 0.5, SPIKES + 1.0, 0.0) / tail, 1.0,
                           exp2(k - SPIKES) + 1e-12, "spikes left out"),
                     "mass beyond x = %d - 1/2, over 2^(1 - %d)", k, k);
    }
}

/* A function that ends somewhere: the weak form with no word of the tails. */
static void add_weak_form(fk_trial *t)
{
    const double half = fk_trial_broken(t, "half-g2") ? 0.25 : 0.5, h = 1e-3;
    double error, mean[2];
    for (int i = 0; i < 2; i++) {
        weak w = {.time = NOISE + (i == 0 ? -h : h)};
        mean[i] = fk_integral(integrand, &w, 0.5, 5.5, 40, &error);
    }
    weak w = {.time = NOISE, .half = half, .rate = true};
    const double rate = fk_integral(integrand, &w, 0.5, 5.5, 40, &error);
    fk_trial_add(t,
                 (fk_evidence){.left = (mean[1] - mean[0]) / (2.0 * h),
                               .right = rate,
                               .quadrature = error + 1e-10,
                               .discretisation = 20.0 * h * h,
                               .effect = 1e-3,
                               .origin = "difference of order 2 in t"},
                 "d/dt E phi = E phi''/2 for a bump over five spikes");
}

/* After noise p_t(k) is a mass over one width, and a little from the spikes beside. */
static void add_noise(fk_trial *t)
{
    for (int k = 5; k <= 20; k += 5) {
        const double time = fk_trial_broken(t, "no-noise") ? 0.0 : NOISE;
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_MOST,
                                   .left = density(k, time).p,
                                   .right = 1.01 * exp2(-k) / sqrt(2.0 * M_PI * NOISE),
                                   .quadrature = 1e-15,
                                   .origin = "rounding"},
                     "height at x = %d after noise of variance %g: it falls", k, NOISE);
    }
}

/* Cells of width 1/10 see 2^-k where the density is of height 1.6. */
static void add_cells(fk_trial *t)
{
    const double dx = 0.1;
    double sum = 0.0;
    for (int i = 0; i < CELLS; i++)
        sum += mass(0.05 + dx * i, 0.05 + dx * (i + 1), 0.0);
    fk_trial_add(t, exact(sum, 1.0, exp2(-12.0) + 2e-4, "spikes and flanks beyond"),
                 "sum of the masses of cells of 0.1");
    for (int k = 5; k <= 10; k += 5) {
        const double cell = mass(k - 0.5 * dx, k + 0.5 * dx, 0.0) / dx;
        fk_trial_add(t, exact(cell, exp2(-k) / dx, 1e-6, "flanks beyond the cell"),
                     "average of the cell about x = %d", k);
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_LEAST,
                                   .left = density(k, 0.0).p,
                                   .right = 4.0 * cell,
                                   .quadrature = 1e-12,
                                   .origin = "rounding"},
                     "and the density in its middle: four times as high at least");
    }
}

static fk_status draw(fk_trial *t)
{
    double *x = fk_doubles(3 * POINTS);
    if (x == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < POINTS; i++) {
        x[i] = 6.25 * (double)i / (POINTS - 1); /* every top among them */
        x[POINTS + i] = density(x[i], 0.0).p;
        x[2 * POINTS + i] = density(x[i], NOISE).p;
    }
    const fk_curve curve[] = {
        {"p_0", POINTS, x, x + POINTS, FK_PEN_LINE},
        {"p_t, noise of variance 0.05", POINTS, x, x + 2 * POINTS, FK_PEN_LINE}};
    fk_trial_curves(
        t,
        "Spikes of one height and of widths that halve: a density of mass "
        "one that does not vanish at infinity.  A little noise makes it one "
        "that does.",
        &(fk_curves){.name = "spikes",
                     .title = "Mass one, and no limit at infinity",
                     .x_label = "x",
                     .y_label = "density p",
                     .from_zero = true,
                     .n = 2,
                     .curve = curve});
    free(x);
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    add_tails(t);
    add_weak_form(t);
    add_noise(t);
    add_cells(t);
    return t->gallery != NULL ? draw(t) : FK_OK;
}

const fk_claim fk_claim_spikes = {
    .name = "spikes",
    .title = "A density need not vanish at infinity",
    .statement =
        "Spikes of one height and of widths 2^-k at x = k make a density whose height "
        "stays and whose slope grows without bound towards infinity; the weak form "
        "holds for functions that end somewhere, and noise makes the tails fall.",
    .assumptions = "forty spikes, the rest of mass 2^-40",
    .source = "su-2023",
    .falsifier =
        "a spike lower than the first one, or a tail after noise that does not "
        "fall with its mass",
    .derivation =
        {{"Each spike has half the width of the one before, and half its mass.",
          "p_0 = \\sum_k 2^{-k} N(k, (w 2^{-k})^2), \\quad \\int p_0 \\, dx = 1, "
          "\\quad "
          "p_0(k) \\to \\frac{1}{w \\sqrt{2 \\pi}}"},
         {"Its slope on the flank is the height over the width.",
          "p_0'(k + w 2^{-k}) \\sim -2^k"},
         {"So neither term that integration by parts leaves at x = k is small, and no "
          "test at a few points tells: on cells the average is mass over width.",
          "\\frac{1}{\\Delta x} \\int_{cell} p_0 \\, dx = \\frac{2^{-k}}{\\Delta x}"},
         {"A function that ends leaves nothing at the boundary, whatever the density.",
          "\\frac{d}{dt} \\int \\varphi p \\, dx = \\frac{1}{2} \\int \\varphi'' p \\, "
          "dx"},
         {"Noise spreads every spike to one width: heights become masses.",
          "p_t(k) \\le \\frac{C \\, 2^{-k}}{\\sqrt{2 \\pi t}}"}},
    .breaks = {{"vanishing", "heights taken to go to zero like the masses"},
               {"half-g2", "phi''/4 in place of phi''/2"},
               {"no-noise", "the bound on heights without noise"}},
    .run = run,
};
