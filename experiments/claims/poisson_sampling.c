/* Samples of the law of a point charge, x = t z / |z_0| with d + 1 independent normals: an
 * exact draw with no step in time.  The law has no mean; what is tested are probabilities
 * and bounded functions, and how a second moment grows with the box that cuts it off.
 * [xu-2022] */
#include <math.h>

#include "core/memory.h"
#include "core/random.h"
#include "experiments/claim.h"
#include "experiments/claims/poisson_kernel.h"
#include "experiments/claims/standard.h"

static const double T = 0.7, K = 1.3;
static const double BOX[] = {10.0, 100.0, 1000.0};

enum { BOXES = 3, RADII = 25 };

typedef struct counts {
    double n, within, beyond; /* r < T, r > 10 T */
    double cosine, square;    /* of k x_1 */
    double moment[BOXES], fourth[BOXES];
    double tail[RADII]; /* beyond each radius of the picture */
} counts;

typedef struct formula {
    size_t divisors; /* normals under the root that x is divided by: 1 */
    bool divided;
} formula;

static void count_one(double r, double x, const double *radius, counts *c)
{
    const double wave = cos(K * x);
    c->n += 1.0;
    c->within += r < T ? 1.0 : 0.0;
    c->beyond += r > 10.0 * T ? 1.0 : 0.0;
    c->cosine += wave;
    c->square += wave * wave;
    for (size_t b = 0; b < BOXES; b++)
        if (fabs(x) < BOX[b] * T) {
            c->moment[b] += x * x;
            c->fourth[b] += x * x * x * x;
        }
    for (size_t i = 0; i < RADII; i++)
        c->tail[i] += r > radius[i] * T ? 1.0 : 0.0;
}

enum { ROWS = 5 };

static void draw_samples(fk_trial *t, const formula *f, size_t dim, size_t n,
                         const double *radius, counts *c)
{
    _Alignas(FK_ALIGN) double z[ROWS * FK_BLOCK];
    *c = (counts){.n = 0.0};
    for (size_t first = 0; first < n; first += FK_BLOCK) {
        fk_streams stream;
        fk_streams_seed(&stream, t->seed, FK_FOR_TEST, first + ((uint64_t)dim << 40));
        fk_streams_normal(&stream, ROWS, z);
        for (size_t j = 0; j < FK_BLOCK && first + j < n; j++) {
            double under = 0.0, square = 0.0;
            for (size_t i = 0; i < f->divisors; i++)
                under += z[(3 + i) * FK_BLOCK + j] * z[(3 + i) * FK_BLOCK + j];
            const double scale = f->divided ? T / sqrt(under) : T;
            for (size_t i = 0; i < dim; i++)
                square += z[i * FK_BLOCK + j] * z[i * FK_BLOCK + j];
            count_one(scale * sqrt(square), scale * z[j], radius, c);
        }
    }
}

static void add_probability(fk_trial *t, double hits, double n, double exact,
                            const char *name, size_t dim)
{
    fk_trial_add(t,
                 (fk_evidence){.left = hits / n,
                               .right = exact,
                               .statistical = sqrt(exact * (1.0 - exact) / n),
                               .origin = "binomial"},
                 name, dim);
}

static void add_bounded(fk_trial *t, const counts *c, size_t dim)
{
    add_probability(t, c->within, c->n, fk_poisson_cdf(dim, T, T),
                    "P(|x| < t), d = %zu", dim);
    add_probability(t, c->beyond, c->n, 1.0 - fk_poisson_cdf(dim, T, 10.0 * T),
                    "P(|x| > 10 t), d = %zu", dim);
    const double mean = c->cosine / c->n;
    fk_trial_add(
        t,
        (fk_evidence){.left = mean,
                      .right = exp(-K * T),
                      .statistical = sqrt((c->square / c->n - mean * mean) / c->n),
                      .origin = "scatter of the sample"},
        "E cos k x_1 = exp(-t k), k = %g, d = %zu", K, dim);
}

/* E[x^2; |x| < R] = (2/pi) (R t - t^2 arctan(R/t)): no limit. */
static double cut_moment(double R)
{
    return 2.0 / M_PI * (R * T - T * T * atan(R / T));
}

static void add_moments(fk_trial *t, const counts *c)
{
    for (size_t b = 0; b < BOXES; b++) {
        const double R = BOX[b] * T, mean = c->moment[b] / c->n;
        /* E[x^4; |x| < R] = (2 t / pi) (R^3 / 3 - t^2 R + t^3 arctan(R/t)) */
        const double fourth =
            2.0 * T / M_PI * (R * R * R / 3.0 - T * T * R + T * T * T * atan(R / T));
        fk_trial_add(t,
                     (fk_evidence){.left = mean,
                                   .right = cut_moment(R),
                                   .statistical = sqrt(fourth / c->n),
                                   .effect = 0.5 * cut_moment(R),
                                   .origin = "exact fourth moment within the box"},
                     "E[x^2; |x| < %g t], d = 1", BOX[b]);
    }
}

static void draw(fk_trial *t, const double *radius, const counts *c)
{
    static double tail[3][RADII], exact[3][RADII];
    static const char *const name[3] = {"d = 1", "d = 2", "d = 3"};
    fk_curve curve[6];
    for (size_t d = 0; d < 3; d++) {
        for (size_t i = 0; i < RADII; i++) {
            tail[d][i] = c[d].tail[i] > 0.0 ? c[d].tail[i] / c[d].n : NAN;
            exact[d][i] = 1.0 - fk_poisson_cdf(d + 1, 1.0, radius[i]);
        }
        curve[d] = (fk_curve){.name = name[d], .n = RADII, .x = radius, .y = exact[d]};
        curve[3 + d] =
            (fk_curve){.n = RADII, .x = radius, .y = tail[d], .pen = FK_PEN_RINGS};
    }
    fk_trial_curves(
        t,
        "Share of samples beyond a radius (rings) on the exact tails (lines): "
        "they fall like t / r, and no box holds them.",
        &(fk_curves){.name = "poisson-sampling-tails",
                     .title = "Samples of a point charge's law",
                     .x_label = "r / t",
                     .y_label = "share beyond r",
                     .log_x = true,
                     .log_y = true,
                     .n = 6,
                     .curve = curve});
}

static fk_status run(fk_trial *t)
{
    const size_t n = fk_trial_whole(t, "samples");
    const formula f = {.divisors = fk_trial_broken(t, "divisor") ? 2 : 1,
                       .divided = !fk_trial_broken(t, "gaussian")};
    double radius[RADII];
    counts c[3];
    fk_spread_ratio(RADII, 0.1, 1000.0, radius);
    for (size_t d = 1; d <= 3; d++) {
        draw_samples(t, &f, d, n, radius, &c[d - 1]);
        add_bounded(t, &c[d - 1], d);
    }
    add_moments(t, &c[0]);
    draw(t, radius, c);
    return FK_OK;
}

const fk_claim fk_claim_poisson_sampling = {
    .name = "poisson-sampling",
    .title = "Drawing from a law without moments",
    .statement =
        "x = t z / |z_0|, with d + 1 independent normals, has the density of the "
        "Poisson kernel; its second moment within a box grows with the box.",
    .assumptions =
        "Only probabilities and bounded functions are averaged; polynomial test "
        "functions have no expectation here.",
    .source = "xu-2022",
    .falsifier =
        "A share of samples within a radius, or a mean of cos k x, that is not the "
        "kernel's.",
    .derivation =
        {{"A normal divided by the size of another is Cauchy; d of them divided by one "
          "are the Poisson kernel in d dimensions.",
          "x = t\\, \\frac{z}{|z_0|}, \\quad z, z_0 \\sim N(0, 1)"},
         {"Given the divisor x is a normal of variance t^2 / z_0^2; averaged over it "
          "the powers add up.",
          "p(x) = C_d\\, t\\, (t^2 + |x|^2)^{-(d+1)/2}"},
         {"A share of order t / r lies beyond r, so the second moment grows as the "
          "box.",
          "\\mathbb{E}[x^2; |x| < R] = \\frac{2}{\\pi} \\left( R t - t^2 \\arctan "
          "\\frac{R}{t} \\right)"}},
    .parameter = {{"samples", 1e6, 1e5, 1e4, 1e8, true, "samples in each dimension"}},
    .breaks = {{"divisor", "division by the root of two squares"},
               {"gaussian", "no division: the law of the heat flow"}},
    .run = run,
};
