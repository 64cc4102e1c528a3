/* The linear recurrent unit x_k = lambda x_{k-1} + gamma u_k, driven by white noise, and the
 * complex Ornstein-Uhlenbeck process dz = (-kappa + i omega) z dt + sigma dW seen at times
 * delta apart: the same chain of Gaussians.  Moments of the process come from its own
 * differential equations, those of the chain from the chain. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "core/block.h"
#include "core/memory.h"
#include "core/random.h"
#include "experiments/claim.h"
#include "solvers/integrate.h"

typedef struct unit {
    double kappa, omega, sigma, delta;
    double complex lambda;
    double gamma; /* factor of unit complex noise, E|u|^2 = 1 */
} unit;

static unit make_unit(const fk_trial *t)
{
    unit u = {fk_trial_value(t, "kappa"),
              fk_trial_value(t, "omega"),
              fk_trial_value(t, "sigma"),
              fk_trial_value(t, "delta"),
              0.0,
              0.0};
    const double complex rate = -u.kappa + I * u.omega;
    u.lambda =
        fk_trial_broken(t, "euler") ? 1.0 + u.delta * rate : cexp(rate * u.delta);
    if (fk_trial_broken(t, "rotation-sign"))
        u.lambda = conj(u.lambda);
    u.gamma = u.sigma * sqrt(-expm1(-2.0 * u.kappa * u.delta) / (2.0 * u.kappa));
    if (fk_trial_broken(t, "no-gamma"))
        u.gamma = u.sigma;
    return u;
}

/* ---- the process ---- */

/* y = (Re E z, Im E z, E|z - E z|^2) */
static void process(double t, const double *y, double *dy, void *context)
{
    const unit *u = context;
    (void)t;
    dy[0] = -u->kappa * y[0] - u->omega * y[1];
    dy[1] = u->omega * y[0] - u->kappa * y[1];
    dy[2] = -2.0 * u->kappa * y[2] + u->sigma * u->sigma;
}

static void add(fk_trial *t, double left, double right, const char *what)
{
    fk_trial_add(t,
                 (fk_evidence){.left = left,
                               .right = right,
                               .quadrature = 1e-11,
                               .origin = "integration to 1e-12"},
                 "%s", what);
}

static fk_status compare_step(fk_trial *t, unit *u)
{
    double y[] = {1.0, 0.0, 0.0};
    FK_TRY(fk_integrate(3, process, u, 0.0, u->delta, 1e-12, y));
    add(t, creal(u->lambda), y[0], "Re lambda, and the mean after delta");
    add(t, cimag(u->lambda), y[1], "Im lambda, and the mean after delta");
    add(t, u->gamma * u->gamma, y[2], "gamma^2, and the variance after delta");
    FK_TRY(fk_integrate(3, process, u, u->delta, 60.0 / u->kappa, 1e-12, y));
    add(t, u->gamma * u->gamma / (1.0 - pow(cabs(u->lambda), 2)), y[2],
        "E|z|^2 of the chain and of the process, stationary");
    return FK_OK;
}

/* Euler's steps of the same process, from 0 until nothing changes: wider than the process,
 * where they settle at all. */
static void compare_euler(fk_trial *t, const unit *u)
{
    const double complex factor = 1.0 + u->delta * (-u->kappa + I * u->omega);
    const double share = creal(factor * conj(factor));
    const double add = u->sigma * u->sigma * u->delta;
    double variance = 0.0;
    if (share >= 1.0)
        return;
    for (double change = 1.0; change > 1e-16; change *= share)
        variance = share * variance + add;
    fk_trial_add(t,
                 (fk_evidence){.left = variance,
                               .right = add / (1.0 - share),
                               .quadrature = 1e-11 * (1.0 + add / (1.0 - share)),
                               .origin = "rounding"},
                 "E|z|^2 of Euler's steps, stationary");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = variance,
                               .right = u->sigma * u->sigma / (2.0 * u->kappa),
                               .quadrature = 1e-11,
                               .origin = "rounding"},
                 "and that of the process: Euler's are wider");
}

/* ---- a long chain, and its autocovariance ---- */

enum { LAG = 10 };

typedef struct autocovariance {
    double complex mean;
    double error;
} autocovariance;

/* E z_{k+LAG} conj(z_k) over independent chains that start stationary. */
static autocovariance measure(const unit *u, uint64_t seed, size_t rounds)
{
    const double sd = sqrt(0.5 * u->sigma * u->sigma / (2.0 * u->kappa));
    double complex sum = 0.0;
    double square = 0.0;
    _Alignas(FK_ALIGN) double z[2 * FK_BLOCK];
    for (size_t b = 0; b < rounds; b++) {
        fk_streams streams;
        double complex first[FK_BLOCK], now[FK_BLOCK];
        fk_streams_seed(&streams, seed, FK_FOR_TEST, b * FK_BLOCK);
        for (size_t k = 0; k <= LAG; k++) {
            fk_streams_normal(&streams, 2, z);
            for (size_t j = 0; j < FK_BLOCK; j++) {
                const double complex xi = z[j] + I * z[FK_BLOCK + j];
                now[j] =
                    k == 0 ? sd * xi : u->lambda * now[j] + u->gamma * M_SQRT1_2 * xi;
                first[j] = k == 0 ? now[j] : first[j];
            }
        }
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double complex c = now[j] * conj(first[j]);
            sum += c;
            square += creal(c) * creal(c) + cimag(c) * cimag(c);
        }
    }
    const double n = (double)(rounds * FK_BLOCK);
    return (autocovariance){sum / n, sqrt(0.5 * square / n / n)};
}

static void compare_chain(fk_trial *t, const unit *u)
{
    const double complex exact = cexp((-u->kappa + I * u->omega) * u->delta * LAG) *
                                 u->sigma * u->sigma / (2.0 * u->kappa);
    const autocovariance found = measure(u, t->seed, fk_trial_whole(t, "blocks"));
    const double sides[][2] = {{creal(found.mean), creal(exact)},
                               {cimag(found.mean), cimag(exact)}};
    static const char *const part[] = {"Re", "Im"};
    for (size_t i = 0; i < 2; i++)
        fk_trial_add(t,
                     (fk_evidence){.left = sides[i][0],
                                   .right = sides[i][1],
                                   .statistical = found.error,
                                   .effect = 0.1 * cabs(exact),
                                   .origin = "chains with noise, standard error"},
                     "%s E z(t + 10 delta) conj z(t), chains and exp(rate time)",
                     part[i]);
}

/* ---- white input: variance, and what gamma is for ---- */

static void compare_variance(fk_trial *t)
{
    enum { STEPS = 20 };
    const double r = 0.95;
    double v = 1.0;
    for (size_t k = 0; k < STEPS; k++)
        v = r * r * v + 1.0;
    add(t, v, (1.0 - pow(r, 2 * (STEPS + 1))) / (1.0 - r * r),
        "E|x_20|^2 with |lambda| = 0.95 and no gamma");
    const double gamma = fk_trial_broken(t, "no-gamma") ? 1.0 : sqrt(1.0 - r * r);
    v = 1.0;
    for (size_t k = 0; k < STEPS; k++)
        v = r * r * v + gamma * gamma;
    add(t, v, 1.0, "E|x_20|^2 with gamma = sqrt(1 - |lambda|^2): variance preserving");
}

/* ---- the parallel scan ---- */

enum { LENGTH = 4096 };

typedef struct affine {
    double complex a, b; /* x -> a x + b */
} affine;

/* First f, then g. */
static affine after(affine f, affine g, bool wrong)
{
    return (affine){g.a * f.a, wrong ? f.a * g.b + f.b : g.a * f.b + g.b};
}

/* All compositions of the first k + 1 maps, in log2 n rounds. */
static void scan(affine *map, affine *other, bool wrong)
{
    for (size_t reach = 1; reach < LENGTH; reach *= 2) {
        for (size_t k = 0; k < LENGTH; k++)
            other[k] = k >= reach ? after(map[k - reach], map[k], wrong) : map[k];
        for (size_t k = 0; k < LENGTH; k++)
            map[k] = other[k];
    }
}

static fk_status compare_scan(fk_trial *t, const unit *u)
{
    affine *map = calloc(2 * LENGTH, sizeof *map);
    if (map == NULL)
        return FK_ENOMEM;
    fk_streams streams;
    _Alignas(FK_ALIGN) double z[2 * FK_BLOCK];
    fk_streams_seed(&streams, t->seed, FK_FOR_TEST, 0);
    for (size_t k = 0; k < LENGTH; k++) {
        if (k % FK_BLOCK == 0)
            fk_streams_normal(&streams, 2, z);
        const double xi = z[k % FK_BLOCK], varied = z[FK_BLOCK + k % FK_BLOCK];
        map[k] = (affine){u->lambda * (0.9 + 0.1 * tanh(varied)), xi};
    }
    double complex *x = calloc(LENGTH, sizeof *x);
    double worst = x == NULL ? NAN : 0.0, largest = 0.0;
    for (size_t k = 0; x != NULL && k < LENGTH; k++) {
        x[k] = (k > 0 ? map[k].a * x[k - 1] : 0.0) + map[k].b;
        largest = fmax(largest, cabs(x[k]));
    }
    scan(map, map + LENGTH, fk_trial_broken(t, "scan-order"));
    for (size_t k = 0; x != NULL && k < LENGTH; k++)
        worst = fmax(worst, cabs(map[k].b - x[k]) / largest);
    fk_trial_add(
        t,
        (fk_evidence){
            .left = worst, .quadrature = 1e-14, .effect = 1e-6, .origin = "rounding"},
        "4096 steps one by one and in 12 rounds, largest difference over the "
        "largest |x|");
    free(x);
    free(map);
    return FK_OK;
}

/* ---- the picture ---- */

static void draw(fk_trial *t, const unit *u)
{
    enum { POINTS = 201, SEEN = 26 };
    double time[POINTS], re[POINTS], im[POINTS], at[SEEN], chain[2][SEEN];
    const double v = u->sigma * u->sigma / (2.0 * u->kappa),
                 span = (SEEN - 1) * u->delta;
    for (size_t k = 0; k < POINTS; k++) {
        time[k] = span * (double)k / (POINTS - 1);
        const double complex c = v * cexp((-u->kappa + I * u->omega) * time[k]);
        re[k] = creal(c);
        im[k] = cimag(c);
    }
    double complex power = v;
    for (size_t k = 0; k < SEEN; k++, power *= u->lambda) {
        at[k] = (double)k * u->delta;
        chain[0][k] = creal(power);
        chain[1][k] = cimag(power);
    }
    const fk_curve curve[] = {
        {.name = "process, real part", .n = POINTS, .x = time, .y = re},
        {.name = "process, imaginary part", .n = POINTS, .x = time, .y = im},
        {.name = "unit, real part",
         .n = SEEN,
         .x = at,
         .y = chain[0],
         .pen = FK_PEN_RINGS},
        {.name = "unit, imaginary part",
         .n = SEEN,
         .x = at,
         .y = chain[1],
         .pen = FK_PEN_RINGS},
    };
    fk_trial_curves(t,
                    "The recurrent unit remembers as the process does: its powers of "
                    "lambda lie on the autocovariance, without an error of the step.",
                    &(fk_curves){.name = "recurrent_unit",
                                 .title = "E z(s + t) conj z(s)",
                                 .x_label = "time t",
                                 .y_label = "autocovariance",
                                 .n = 4,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    unit u = make_unit(t);
    FK_TRY(compare_step(t, &u));
    compare_euler(t, &u);
    compare_chain(t, &u);
    compare_variance(t);
    FK_TRY(compare_scan(t, &u));
    draw(t, &u);
    return FK_OK;
}

const fk_claim fk_claim_recurrent_unit = {
    .name = "recurrent-unit",
    .title =
        "A linear recurrent unit is an Ornstein-Uhlenbeck process, sampled exactly",
    .statement =
        "x_k = lambda x_{k-1} + gamma u_k with white noise u is the complex "
        "Ornstein-Uhlenbeck process at times delta apart, in law and without an "
        "error of the step; with unit variance gamma is sqrt(1 - |lambda|^2).",
    .assumptions = "Complex Gaussian input of unit variance, independent from step to "
                   "step; kappa > 0.",
    .source = "orvieto-2023, gardiner-2009",
    .falsifier = "A moment of the chain that is not the process's at the same time.",
    .derivation =
        {
            {"The process and its solution over a step:",
             "dz = (-\\kappa + i \\omega) z \\, dt + \\sigma dW, \\quad z_{k+1} = "
             "e^{(-\\kappa "
             "+ i \\omega) \\delta} z_k + \\sigma \\int_0^\\delta e^{(-\\kappa + i "
             "\\omega)"
             "(\\delta - s)} dW_s"},
            {"The integral is Gaussian, its variance by Ito's isometry",
             "\\sigma^2 \\int_0^\\delta e^{-2 \\kappa s} ds = \\sigma^2 \\frac{1 - "
             "e^{-2 \\kappa "
             "\\delta}}{2 \\kappa}"},
            {"which is the unit with",
             "\\lambda = e^{(-\\kappa + i \\omega) \\delta}, \\quad "
             "\\gamma = \\sigma \\sqrt{\\frac{1 - |\\lambda|^2}{2 "
             "\\kappa}}"},
            {"For unit variance, sigma^2 = 2 kappa, that is the factor the unit is "
             "started with, and the same identity as alpha^2 + sigma^2 = 1 of the "
             "variance-preserving diffusion.",
             "|\\lambda|^2 + \\gamma^2 = 1"},
            {"Steps are affine maps, whose composition is associative; so all states "
             "are "
             "known after log n rounds, for steps that change too.",
             "(a_2, b_2) \\cdot (a_1, b_1) = (a_2 a_1, a_2 b_1 + b_2)"},
        },
    .parameter = {{.name = "kappa",
                   .standard = 0.7,
                   .least = 0.05,
                   .most = 20,
                   .meaning = "rate of decay"},
                  {.name = "omega",
                   .standard = 3.0,
                   .least = -100,
                   .most = 100,
                   .meaning = "frequency"},
                  {.name = "sigma",
                   .standard = 1.2,
                   .least = 0.01,
                   .most = 100,
                   .meaning = "strength of the noise"},
                  {.name = "delta",
                   .standard = 0.1,
                   .least = 1e-3,
                   .most = 2,
                   .meaning = "time of a step"},
                  {.name = "blocks",
                   .standard = 800,
                   .quick = 200,
                   .least = 16,
                   .most = 1e5,
                   .whole = true,
                   .meaning = "256 chains each"}},
    .breaks = {{"euler", "lambda = 1 + delta (-kappa + i omega)"},
               {"rotation-sign", "lambda turns the other way"},
               {"no-gamma", "the input is not scaled"},
               {"scan-order", "maps composed the wrong way round"}},
    .run = run,
};
