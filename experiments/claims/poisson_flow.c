/* The flow of several point charges to its sources, as t falls from a large T to 0:
 *
 *     v = sum w_k p_t(x - x_k) (x - x_k) / t / sum w_k p_t(x - x_k)
 *
 * quantiles on the line, log densities along paths in one to three dimensions, and what
 * it costs to start from one charge at the origin instead.  [xu-2022] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/poisson_kernel.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"
#include "solvers/quadrature.h"

static const double FAR = 20.0, NEAR = 1e-3;

enum { SOURCES = 2 };

typedef struct charges {
    fk_poisson kernel;
    double weight[SOURCES], place[SOURCES][3];
    double velocity; /* times 1 / t: 1 */
    bool weighted;   /* by the field, not by the charges alone */
    double t, shift; /* for the start from one charge */
} charges;

static charges two_charges(size_t dim)
{
    return (charges){.kernel = fk_poisson_in(dim),
                     .weight = {0.4, 0.6},
                     .place = {{-1.0, 0.3, -0.2}, {1.0, -0.2, 0.5}},
                     .velocity = 1.0,
                     .weighted = true};
}

typedef struct sums {
    double p;        /* sum w p_k */
    double pull[3];  /* sum w p_k (x - x_k) */
    double slope[3]; /* grad p */
    double spread;   /* div of pull */
} sums;

static sums at_place(const charges *c, double t, const double *x)
{
    const size_t d = c->kernel.dim;
    sums s = {.p = 0.0};
    for (size_t k = 0; k < SOURCES; k++) {
        double away[3] = {0.0}, square = 0.0;
        for (size_t i = 0; i < d; i++) {
            away[i] = x[i] - c->place[k][i];
            square += away[i] * away[i];
        }
        const double p = c->weight[k] * fk_poisson_density(&c->kernel, t, square);
        const double slope = c->weight[k] * fk_poisson_slope(&c->kernel, t, square);
        s.p += p;
        s.spread += (double)d * p + slope * square;
        for (size_t i = 0; i < d; i++) {
            s.pull[i] += p * away[i];
            s.slope[i] += slope * away[i];
        }
    }
    return s;
}

/* y = (x[d], log p) over tau = log t:  dx/dtau = t v,  d log p / dtau = -t div v */
static void along(double tau, const double *y, double *dy, void *context)
{
    const charges *c = context;
    const size_t d = c->kernel.dim;
    const sums s = at_place(c, exp(tau), y);
    double divergence = s.spread / s.p;
    for (size_t i = 0; i < d; i++) {
        const double centre =
            c->weight[0] * c->place[0][i] + c->weight[1] * c->place[1][i];
        divergence -= s.pull[i] * s.slope[i] / (s.p * s.p);
        dy[i] = c->velocity * (c->weighted ? s.pull[i] / s.p : y[i] - centre);
    }
    dy[d] = -divergence;
}

static fk_status follow(charges *c, double from, double to, double *y)
{
    return fk_integrate(c->kernel.dim + 1, along, c, log(from), log(to), 1e-12, y);
}

static double cdf(const charges *c, double t, double x)
{
    double sum = 0.0;
    for (size_t k = 0; k < SOURCES; k++)
        sum += c->weight[k] * (0.5 + atan((x - c->place[k][0]) / t) / M_PI);
    return sum;
}

static fk_status add_quantile(fk_trial *t, charges *c, double from)
{
    double y[2] = {from, 0.0};
    FK_TRY(follow(c, FAR, NEAR, y));
    fk_trial_add(
        t,
        (fk_evidence){.left = cdf(c, NEAR, y[0]),
                      .right = cdf(c, FAR, from),
                      .quadrature = 1e-7,
                      .origin = "tolerance 1e-12 of the integrator by p ~ 1/t"},
        "F(%.5f, t = %g) = F(%g, t = %g)", y[0], NEAR, from, FAR);
    return FK_OK;
}

static fk_status add_density(fk_trial *t, charges *c)
{
    const size_t d = c->kernel.dim;
    double y[4] = {7.0, -4.0, 3.0, 0.0};
    const double before = log(at_place(c, FAR, y).p);
    y[d] = 0.0;
    FK_TRY(follow(c, FAR, 0.05, y));
    fk_trial_add(t,
                 (fk_evidence){.left = y[d],
                               .right = log(at_place(c, 0.05, y).p) - before,
                               .quadrature = 1e-9,
                               .origin = "tolerance 1e-12 of the integrator"},
                 "-int div v along a path = change of log p, t = %g to 0.05, d = %zu",
                 FAR, d);
    return FK_OK;
}

/* |mixture - one charge at `shift`| at time t over x = shift + t tan u, times dx/du */
static double difference(double u, void *context)
{
    const charges *c = context;
    const double tangent = tan(u), x = c->shift + c->t * tangent;
    const double one =
        fk_poisson_density(&c->kernel, c->t, c->t * c->t * tangent * tangent);
    return fabs(at_place(c, c->t, &x).p - one) * c->t * (1.0 + tangent * tangent);
}

/* The L1 distance at T of the law from that of all charge in one place. */
static double distance(const charges *given, double T, double shift, double *error)
{
    charges c = *given;
    c.t = T;
    c.shift = shift;
    return fk_integral(difference, &c, -M_PI_2, M_PI_2, 400, error);
}

/* T^order times the distance against its limit; what is left falls like T^-2, so that it is
 * 4/3 of what it falls by from T to 2 T. */
static void add_prior(fk_trial *t, const charges *c, double T, double shift, int order,
                      double limit, const char *name)
{
    double error[2];
    const double power = pow(T, order);
    const double now = power * distance(c, T, shift, &error[0]);
    const double twice =
        pow(2.0, order) * power * distance(c, 2.0 * T, shift, &error[1]);
    fk_trial_add(t,
                 (fk_evidence){.left = now,
                               .right = limit,
                               .discretisation = 1.5 * fabs(now - twice),
                               .quadrature = power * (error[0] + 4.0 * error[1]),
                               .origin = "O(1/T^2), from T and 2T; parts halved"},
                 name, T);
}

/* With the mean m and the variance s^2 of the charges: 2 |m| / (pi T) from the origin, and
 * s^2 / (2 T^2) int |p_1''| dx = 3 sqrt(3) s^2 / (4 pi T^2) from their centre. */
static void add_priors(fk_trial *t, const charges *c)
{
    const double mean = 0.2, variance = 1.0 - mean * mean;
    for (double T = 20.0; T <= 80.0; T *= 2.0) {
        add_prior(t, c, T, 0.0, 1, 2.0 * mean / M_PI,
                  "T |p_T - charge at the origin|_1 = 2 m / pi, T = %g");
        add_prior(t, c, T, mean, 2, variance * 3.0 * sqrt(3.0) / (4.0 * M_PI),
                  "T^2 |p_T - charge at the centre|_1 = 3 sqrt 3 s^2 / 4 pi, T = %g");
    }
}

enum { PATHS = 11, POINTS = 81 };

static void draw(fk_trial *t, charges *c)
{
    static double time[POINTS], x[PATHS][POINTS];
    fk_curve curve[PATHS];
    fk_spread_ratio(POINTS, 0.01, FAR, time);
    for (size_t k = 0; k < PATHS; k++) {
        double y[2] = {FAR * tan(M_PI * (((double)k + 0.5) / PATHS - 0.5)), 0.0};
        double now = FAR;
        for (size_t i = POINTS; i-- > 0; now = time[i]) {
            const bool done = now <= time[i] || follow(c, now, time[i], y) == FK_OK;
            x[k][i] = done ? asinh(y[0]) : NAN;
        }
        curve[k] = (fk_curve){.n = POINTS, .x = time, .y = x[k]};
    }
    fk_trial_curves(
        t,
        "Paths from the far field (t = 20, right) to two charges at -1 and 1 "
        "(left). Heavy tails start far out; every path ends at a charge.",
        &(fk_curves){.name = "poisson-flow-paths",
                     .title = "Falling to two charges, 0.4 at -1 and 0.6 at 1",
                     .x_label = "t",
                     .y_label = "arsinh x",
                     .log_x = true,
                     .n = PATHS,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    static const double from[] = {-30.0, -3.0, 0.0, 2.0, 40.0};
    charges c[3];
    for (size_t d = 1; d <= 3; d++) {
        c[d - 1] = two_charges(d);
        c[d - 1].velocity = fk_trial_broken(t, "velocity") ? 1.1 : 1.0;
        c[d - 1].weighted = !fk_trial_broken(t, "weights");
        if (fk_trial_broken(t, "power"))
            c[d - 1].kernel.power -= 0.5;
    }
    for (size_t i = 0; i < 5; i++)
        FK_TRY(add_quantile(t, &c[0], from[i]));
    for (size_t d = 0; d < 3; d++)
        FK_TRY(add_density(t, &c[d]));
    add_priors(t, &c[0]);
    draw(t, &c[0]);
    return FK_OK;
}

const fk_claim fk_claim_poisson_flow = {
    .name = "poisson-flow",
    .title = "Falling to the data in their own field",
    .statement =
        "The field lines of charges placed at the data carry the far field to the "
        "data's distribution: F is constant along them on the line, log p changes by "
        "minus the divergence, and the error of a start from one charge is of order "
        "1/T, or 1/T^2 from the centre of charge.",
    .assumptions = "Charges sum to one; t stays positive.",
    .source = "xu-2022",
    .falsifier = "A path that changes its quantile, or a density along it that is not "
                 "the sum of "
                 "the charges' fields.",
    .derivation =
        {{"The continuity equation is linear: fields of charges add up, and so do "
          "their currents.",
          "p_t = \\sum_k w_k p_t(x - x_k), \\quad f p = \\sum_k w_k p_t(x - x_k) "
          "\\frac{x - x_k}{t}"},
         {"The velocity is the mean of the charges' velocities, weighted by their "
          "fields.",
          "f = \\frac{\\sum_k w_k p_t(x - x_k) (x - x_k) / t}{\\sum_k w_k p_t(x - "
          "x_k)}"},
         {"From far away all charges are one, at their centre.",
          "\\lVert p_T - p_T^{(0)} \\rVert_1 = \\frac{2 |m|}{\\pi T} + O(T^{-2})"}},
    .breaks = {{"velocity", "a velocity too large by a tenth"},
               {"weights",
                "the mean of the charges' velocities without the fields' weights"},
               {"power", "fields that fall like those in d dimensions"}},
    .run = run,
};
