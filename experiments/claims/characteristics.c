/* Straight characteristics from any prior to data:  x_t = (1 - t) x_0 + t x_1, data x_0 at
 * t = 0, prior x_1 uniform on [0, 2] at t = 1.
 *
 *     v(x, t) = E[(x_t - x_0) / t | x_t = x],   p_t(x | x_0) = 1 / (2 t)
 *                                       on [(1 - t) x_0, (1 - t) x_0 + 2 t]
 *
 * The densities jump, so the continuity equation is tested in its weak form, with bumps.
 * [lipman-2023] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/quadrature.h"

enum { DATA = 3, EDGES = 2 * DATA + 2 };

static const double WIDTH = 2.0; /* of the prior */
static const double PLACE[DATA] = {0.5, 1.2, 1.7}, WEIGHT[DATA] = {0.5, 0.25, 0.25};

typedef struct formula {
    bool conditional; /* weights of data that can have led to x alone */
    double speed;     /* times (x - x_0) / t */
    double t;
    double centre; /* of the bump, of radius 0.6 */
    double off;    /* of a velocity that is not the best: v + off sin(3 x) */
} formula;

static double low(double t, size_t k)
{
    return (1.0 - t) * PLACE[k];
}

/* p_t(x) w_k of each datum, and their sum */
static double parts(double t, double x, double *part)
{
    double p = 0.0;
    for (size_t k = 0; k < DATA; k++) {
        const bool reached = x >= low(t, k) && x <= low(t, k) + WIDTH * t;
        part[k] = reached ? WEIGHT[k] / (WIDTH * t) : 0.0;
        p += part[k];
    }
    return p;
}

static double velocity(const formula *f, double t, double x)
{
    double part[DATA], sum = 0.0, p = parts(t, x, part);
    if (!f->conditional || !(p > 0.0)) {
        p = 1.0;
        for (size_t k = 0; k < DATA; k++)
            part[k] = WEIGHT[k];
    }
    for (size_t k = 0; k < DATA; k++)
        sum += part[k] / p * (x - PLACE[k]);
    return f->speed * sum / t;
}

/* exp(-1 / (1 - z^2)), z = (x - centre) / 0.6, and its slope */
static double bump(double x, double centre, double *slope)
{
    const double r = 0.6, z = (x - centre) / r, D = 1.0 - z * z;
    *slope = 0.0;
    if (!(D > 0.0))
        return 0.0;
    const double b = exp(-1.0 / D);
    *slope = -2.0 * z / (D * D * r) * b;
    return b;
}

/* ---- weak form ---- */

/* Integrals over the line, in parts between jumps of p. */
static double over_line(const formula *f, fk_integrand g, double *error)
{
    double edge[EDGES], sum = 0.0, part;
    size_t n = 0;
    *error = 0.0;
    for (size_t k = 0; k < DATA; k++) {
        edge[n++] = low(f->t, k);
        edge[n++] = low(f->t, k) + WIDTH * f->t;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && edge[j] < edge[j - 1]; j--) {
            const double swap = edge[j];
            edge[j] = edge[j - 1];
            edge[j - 1] = swap;
        }
    for (size_t i = 1; i < n; i++) {
        formula copy = *f;
        sum += fk_integral(g, &copy, edge[i - 1], edge[i], 64, &part);
        *error += part;
    }
    return sum;
}

static double density_bump(double x, void *context)
{
    const formula *f = context;
    double part[DATA], slope;
    return parts(f->t, x, part) * bump(x, f->centre, &slope);
}

static double current_bump(double x, void *context)
{
    const formula *f = context;
    double part[DATA], slope;
    (void)bump(x, f->centre, &slope);
    return parts(f->t, x, part) * velocity(f, f->t, x) * slope;
}

static double mean_bump(double t, void *context)
{
    formula f = *(const formula *)context;
    double error;
    f.t = t;
    return over_line(&f, density_bump, &error);
}

static void add_weak(fk_trial *t, const formula *given, double centre)
{
    formula f = *given;
    double e[2];
    f.t = 0.4;
    f.centre = centre;
    const double rate = fk_slope_of(mean_bump, &f, f.t, 4e-3, &e[0]);
    const double right = over_line(&f, current_bump, &e[1]);
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = right,
                               .discretisation = e[0],
                               .quadrature = e[1] + 1e-10,
                               .effect = 1e-3,
                               .origin = "difference of order 4, halved; parts halved"},
                 "d/dt E phi = E[v phi'], bump at %g, t = %g", centre, f.t);
}

/* ---- v is the best guess of the conditional velocity ---- */

/* E |u - (x - x_0) / t|^2 at x for u = v + off sin 3x, times p */
static double loss(double x, void *context)
{
    const formula *f = context;
    double part[DATA], sum = 0.0;
    (void)parts(f->t, x, part);
    const double u = velocity(f, f->t, x) + f->off * sin(3.0 * x);
    for (size_t k = 0; k < DATA; k++) {
        const double miss = u - (x - PLACE[k]) / f->t;
        sum += part[k] * miss * miss;
    }
    return sum;
}

static double excess(double x, void *context)
{
    const formula *f = context;
    double part[DATA];
    return parts(f->t, x, part) * pow(f->off * sin(3.0 * x), 2.0);
}

static void add_best(fk_trial *t, const formula *given)
{
    formula f = *given;
    double e[3];
    f.t = 0.4;
    f.off = 0.0;
    const double least = over_line(&f, loss, &e[0]);
    f.off = 0.3;
    const double more = over_line(&f, loss, &e[1]);
    const double square = over_line(&f, excess, &e[2]);
    fk_trial_add(t,
                 (fk_evidence){.left = more,
                               .right = least + square,
                               .quadrature = e[0] + e[1] + e[2],
                               .effect = 0.1 * square,
                               .origin = "parts of the integrals halved"},
                 "loss of v + u = loss of v + E u^2, u = 0.3 sin 3x, t = %g", f.t);
}

/* ---- where paths end ---- */

/* Between edges of conditional densities the velocity is (x - m) / t with a constant m:
 * paths are straight lines in (t, x), and so are the edges, x_k + slope t. */
enum { CORNERS = 32 };

typedef struct path {
    size_t n; /* corners, from t = 1 to t = 0 */
    double t[CORNERS], x[CORNERS];
} path;

/* The last t before `t` at which the line x + u (t' - t) meets an edge; 0: none that is more than rounding. */
static double next_corner(double t, double x, double u)
{
    double last = 0.0;
    for (size_t k = 0; k < DATA; k++)
        for (int side = 0; side < 2; side++) {
            const double slope = (side == 0 ? 0.0 : WIDTH) - PLACE[k];
            const double at = (PLACE[k] - x + u * t) / (u - slope);
            if (at > fmax(last, 1e-9) && at < t)
                last = at;
        }
    return last;
}

static path follow(const formula *f, double x1)
{
    path p = {.n = 1, .t = {1.0}, .x = {x1}};
    double t = 1.0, x = x1;
    while (t > 0.0 && p.n < CORNERS) {
        /* just past the corner, where it is known which data are left */
        const double past = t * (1.0 - 1e-9);
        const double u = velocity(f, past, x);
        const double next = next_corner(past, x, u);
        x += u * (next - t);
        t = next;
        p.t[p.n] = t;
        p.x[p.n++] = x;
    }
    return p;
}

static size_t datum_of(const formula *f, double x1)
{
    const path p = follow(f, x1);
    const double end = p.x[p.n - 1];
    size_t best = 0;
    for (size_t k = 1; k < DATA; k++)
        if (fabs(end - PLACE[k]) < fabs(end - PLACE[best]))
            best = k;
    return best;
}

static void add_shares(fk_trial *t, const formula *f)
{
    const size_t n = fk_trial_whole(t, "particles");
    double count[DATA] = {0.0};
    for (size_t i = 0; i < n; i++)
        count[datum_of(f, WIDTH * ((double)i + 0.5) / (double)n)] += 1.0;
    for (size_t k = 0; k < DATA; k++)
        fk_trial_add(t,
                     (fk_evidence){.left = count[k] / (double)n,
                                   .right = WEIGHT[k],
                                   .discretisation = 1.0 / (double)n,
                                   .origin = "one particle at a border"},
                     "share of particles that end at %g", PLACE[k]);
}

/* The start between datum k and the next, by bisection. */
static double border(const formula *f, size_t k)
{
    double lo = 0.0, hi = WIDTH;
    for (int i = 0; i < 50; i++) {
        const double x = 0.5 * (lo + hi);
        *(datum_of(f, x) <= k ? &lo : &hi) = x;
    }
    return lo;
}

static void add_borders(fk_trial *t, const formula *f)
{
    const double exact[] = {1.0, 1.5}; /* quantiles 1/2 and 3/4 of the prior */
    for (size_t k = 0; k < 2; k++)
        fk_trial_add(t,
                     (fk_evidence){.left = border(f, k),
                                   .right = exact[k],
                                   .discretisation = 1e-7,
                                   .effect = 1e-3,
                                   .origin = "corners are passed by 1e-9"},
                     "border of the starts that end at %g and at %g", PLACE[k],
                     PLACE[k + 1]);
}

enum { PATHS = 12 };

static void draw(fk_trial *t, const formula *f)
{
    path p[PATHS];
    fk_curve curve[PATHS];
    for (size_t k = 0; k < PATHS; k++) {
        p[k] = follow(f, WIDTH * ((double)k + 0.5) / PATHS);
        curve[k] = (fk_curve){.n = p[k].n, .x = p[k].t, .y = p[k].x};
    }
    fk_trial_curves(
        t,
        "Paths from a uniform prior (t = 1) to three data (t = 0). Half of them "
        "end at 0.5, a quarter each at 1.2 and 1.7: the starts are cut at the "
        "prior's quantiles. Kinks are edges of conditional densities.",
        &(fk_curves){.name = "characteristics-paths",
                     .title = "Straight characteristics from a uniform prior",
                     .x_label = "t",
                     .y_label = "x",
                     .from_zero = true,
                     .n = PATHS,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    const formula f = {.conditional = !fk_trial_broken(t, "unconditional"),
                       .speed = fk_trial_broken(t, "speed") ? 0.5 : 1.0};
    static const double centre[] = {0.4, 0.9, 1.6};
    for (size_t i = 0; i < 3; i++)
        add_weak(t, &f, centre[i]);
    add_best(t, &f);
    add_shares(t, &f);
    add_borders(t, &f);
    draw(t, &f);
    return FK_OK;
}

const fk_claim fk_claim_characteristics = {
    .name = "characteristics",
    .title = "Flow matching: straight lines from any prior",
    .statement =
        "Straight lines from each datum to the points of any prior define conditional "
        "flows; the mean of their velocities, given where a particle is, carries the "
        "prior to the data, and is the minimiser of a mean square.",
    .assumptions =
        "Prior and data are independent; densities may jump, so that the equation "
        "holds in its weak form.",
    .source = "lipman-2023",
    .falsifier =
        "A mean of a test function whose rate is not E[v phi'], or shares of particles "
        "that are not the data's weights.",
    .derivation =
        {{"Join a datum and a point of the prior by a straight line, and read off the "
          "velocity.",
          "x_t = (1 - t) x_0 + t x_1, \\quad f_t(x \\mid x_0) = \\frac{x - x_0}{t}"},
         {"Seen from the datum the prior shrinks.",
          "p_t(x \\mid x_0) = t^{-d}\\, p_1 \\left( \\frac{x - (1 - t) x_0}{t} "
          "\\right)"},
         {"The continuity equation is linear in density and current.",
          "p_t = \\mathbb{E}\\, p_t(x \\mid x_0), \\quad v\\, p_t = \\mathbb{E} [ "
          "f_t(x \\mid x_0)\\, p_t(x \\mid x_0) ]"},
         {"So the velocity is a conditional mean.",
          "v(x, t) = \\mathbb{E} [ f_t(x_t \\mid x_0) \\mid x_t = x ]"},
         {"Which is what least squares find.",
          "\\mathbb{E} |u - f_t|^2 = \\mathbb{E} |v - f_t|^2 + \\mathbb{E} |u - v|^2"}},
    .parameter = {{"particles", 2000, 400, 40, 1e6, true,
                   "starts, evenly over the prior"}},
    .breaks = {{"unconditional",
                "the mean over all data, whether or not they lead to x"},
               {"speed", "half of the conditional velocity"}},
    .run = run,
};
