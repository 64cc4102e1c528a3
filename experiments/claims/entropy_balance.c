/* Entropy, Fisher information and relative entropy of the standard density under the
 * standard noise, by quadrature on the exact densities:
 *
 *     H = -int p log p,  I = int p s^2,  K = int p log(p / q),  J = int p (s_p - s_q)^2
 *
 *     H' = E f_x + g^2 I / 2,    K' = -g^2 J / 2     [cover-thomas-2006] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/quadrature.h"

static const double TIMES[] = {0.1, 0.25, 0.5};

/* Two laws of one process, and the clock: that of the process, or that of pure spreading
 * (g = 1, f = 0: the variance itself). */
typedef struct pair {
    fk_line_mixture p, q;
    bool spreading;
} pair;

static pair at_time(const pair *start, double t)
{
    pair now = *start;
    now.p = start->spreading ? fk_line_diffused(&start->p, 1.0, t)
                             : fk_vp_law(&start->p, t);
    now.q = start->spreading ? fk_line_diffused(&start->q, 1.0, t)
                             : fk_vp_law(&start->q, t);
    return now;
}

typedef double quantity(double x, void *context);

static double entropy_density(double x, void *context)
{
    const pair *w = context;
    const fk_line_point p = fk_line_at(&w->p, x);
    return -exp(p.log_p) * p.log_p;
}

static double fisher_density(double x, void *context)
{
    const pair *w = context;
    const fk_line_point p = fk_line_at(&w->p, x);
    return exp(p.log_p) * p.score * p.score;
}

/* -p s', whose integral by parts is that of p s^2 */
static double slope_density(double x, void *context)
{
    const pair *w = context;
    const fk_line_point p = fk_line_at(&w->p, x);
    return -exp(p.log_p) * p.slope;
}

static double relative_density(double x, void *context)
{
    const pair *w = context;
    const fk_line_point p = fk_line_at(&w->p, x), q = fk_line_at(&w->q, x);
    return exp(p.log_p) * (p.log_p - q.log_p);
}

static double relative_fisher_density(double x, void *context)
{
    const pair *w = context;
    const fk_line_point p = fk_line_at(&w->p, x), q = fk_line_at(&w->q, x);
    return exp(p.log_p) * (p.score - q.score) * (p.score - q.score);
}

static double integral(quantity *q, const pair *start, double t, double *error)
{
    pair now = at_time(start, t);
    return fk_integral(q, &now, -FK_STANDARD_REACH, FK_STANDARD_REACH,
                       FK_STANDARD_PANELS, error);
}

typedef struct history {
    quantity *of;
    const pair *start;
} history;

static double over_time(double t, void *context)
{
    const history *h = context;
    return integral(h->of, h->start, t, NULL);
}

static void add_rate(fk_trial *t, quantity *of, const pair *start, double time,
                     double right, const char *name)
{
    double error;
    const double rate =
        fk_slope_of(over_time, &(history){of, start}, time, 2e-3, &error);
    fk_trial_add(
        t,
        (fk_evidence){.left = rate,
                      .right = right,
                      .discretisation = error,
                      .quadrature = 1e-11,
                      .origin =
                          "difference of order 4 in t, halved; integrals to 12 digits"},
        name, time);
}

typedef struct formula {
    pair start;
    double half;      /* of g^2 in front of the informations */
    double drift;     /* factor of E f_x */
    quantity *fisher; /* that relative entropy decays by */
} formula;

static double production(double time, void *context)
{
    const formula *f = context;
    const double beta = fk_vp_beta(time);
    return -0.5 * f->drift * beta +
           f->half * beta * integral(fisher_density, &f->start, time, NULL);
}

static double decay(double time, void *context)
{
    const formula *f = context;
    return -f->half * fk_vp_beta(time) * integral(f->fisher, &f->start, time, NULL);
}

static void add_fisher(fk_trial *t, const formula *f, double time)
{
    double error, other_error;
    const double I = integral(fisher_density, &f->start, time, &error);
    const double by_parts = integral(slope_density, &f->start, time, &other_error);
    fk_trial_add(t,
                 (fk_evidence){.left = I,
                               .right = by_parts,
                               .quadrature = error + other_error,
                               .origin = "parts of the integral halved"},
                 "I = E s^2 = -E s' at t = %g", time);
}

/* What a rate of change, integrated, brings. */
static void add_balance(fk_trial *t, formula *f, quantity *of, fk_integrand rate,
                        const char *name)
{
    const double to = 0.25;
    double before, after, change;
    const double first = integral(of, &f->start, 0.0, &before);
    const double last = integral(of, &f->start, to, &after);
    const double brought = fk_integral(rate, f, 0.0, to, 8, &change);
    fk_trial_add(t,
                 (fk_evidence){.left = last,
                               .right = first + brought,
                               .quadrature = before + after + change + 1e-11,
                               .effect = 1e-4,
                               .origin = "parts of the integrals halved"},
                 name, to);
}

static void add_entropies(fk_trial *t, formula *f)
{
    for (size_t i = 0; i < 3; i++)
        add_fisher(t, f, TIMES[i]);
    add_balance(t, f, entropy_density, production,
                "H at t = %g = H at 0 + int (E f_x + g^2 I / 2) dt");
    for (size_t i = 0; i < 3; i++)
        add_rate(t, entropy_density, &f->start, TIMES[i], production(TIMES[i], f),
                 "dH/dt = E f_x + g^2 I / 2 at t = %g");
    pair spread = f->start;
    spread.spreading = true;
    for (double tau = 0.25; tau <= 1.0; tau *= 2.0)
        add_rate(t, entropy_density, &spread, tau,
                 f->half * integral(fisher_density, &spread, tau, NULL),
                 "de Bruijn: dH/dv = I / 2, X + sqrt(v) Z, v = %g");
}

static void add_relative(fk_trial *t, formula *f)
{
    add_balance(t, f, relative_density, decay,
                "K at t = %g = K at 0 - int g^2 J / 2 dt");
    for (size_t i = 0; i < 3; i++)
        add_rate(t, relative_density, &f->start, TIMES[i], decay(TIMES[i], f),
                 "dK/dt = -g^2 J / 2 at t = %g");
}

enum { POINTS = 40 };

static void draw(fk_trial *t, formula *f)
{
    static double time[POINTS], H[POINTS], K[POINTS], rate[2][POINTS], right[2][POINTS];
    fk_spread(POINTS, 0.01, 0.6, time);
    for (size_t i = 0; i < POINTS; i++) {
        double error;
        H[i] = integral(entropy_density, &f->start, time[i], NULL);
        K[i] = integral(relative_density, &f->start, time[i], NULL);
        rate[0][i] = fk_slope_of(over_time, &(history){entropy_density, &f->start},
                                 time[i], 2e-3, &error);
        rate[1][i] = fk_slope_of(over_time, &(history){relative_density, &f->start},
                                 time[i], 2e-3, &error);
        right[0][i] = production(time[i], f);
        right[1][i] = decay(time[i], f);
    }
    fk_trial_curves(
        t,
        "Entropy may rise and fall, for the drift takes away what the noise "
        "brings; entropy relative to another law of the process only falls.",
        &(fk_curves){
            .name = "entropy-balance-values",
            .title = "Entropies of the standard density",
            .x_label = "t",
            .y_label = "nats",
            .n = 2,
            .curve = (const fk_curve[]){{.name = "H", .n = POINTS, .x = time, .y = H},
                                        {.name = "K relative to the law that began as "
                                                 "N(1/2, 1/2)",
                                         .n = POINTS,
                                         .x = time,
                                         .y = K}}});
    fk_trial_curves(
        t, "Rates of change by differences in time, and as the formulas have them.",
        &(fk_curves){
            .name = "entropy-balance-rates",
            .title = "Rates of change of the entropies",
            .x_label = "t",
            .y_label = "nats per unit of time",
            .n = 4,
            .curve = (const fk_curve[]){
                {.name = "dH/dt",
                 .n = POINTS,
                 .x = time,
                 .y = rate[0],
                 .pen = FK_PEN_POINTS},
                {.name = "E f_x + g^2 I / 2", .n = POINTS, .x = time, .y = right[0]},
                {.name = "dK/dt",
                 .n = POINTS,
                 .x = time,
                 .y = rate[1],
                 .pen = FK_PEN_RINGS},
                {.name = "-g^2 J / 2",
                 .n = POINTS,
                 .x = time,
                 .y = right[1],
                 .pen = FK_PEN_DASHES}}});
}

static fk_status run(fk_trial *t)
{
    formula f = {.start = {.p = fk_standard_density(), .q = {1, {1.0}, {0.5}, {0.5}}},
                 .half = fk_trial_broken(t, "factor") ? 1.0 : 0.5,
                 .drift = fk_trial_broken(t, "drift") ? 0.0 : 1.0,
                 .fisher = fk_trial_broken(t, "own-information")
                               ? fisher_density
                               : relative_fisher_density};
    add_entropies(t, &f);
    add_relative(t, &f);
    draw(t, &f);
    return FK_OK;
}

const fk_claim fk_claim_entropy_balance = {
    .name = "entropy-balance",
    .title = "Entropy, Fisher information and relative entropy",
    .statement =
        "Noise makes entropy at the rate g^2/2 times the Fisher information, drift at "
        "the mean of its divergence; the entropy of one law of a process relative to "
        "another falls at g^2/2 times their relative Fisher information.",
    .assumptions =
        "Densities are smooth and positive, and boundary terms at infinity vanish.",
    .source = "cover-thomas-2006, risken-1989",
    .falsifier =
        "A rate of change by differences in time that is not the formula's, or a total "
        "change that is not its integral.",
    .derivation =
        {{"Put the Fokker-Planck equation into the entropy; the constant 1 drops out "
          "with the mass.",
          "\\frac{dH}{dt} = -\\int (1 + \\log p)\\, \\partial_t p \\, dx"},
         {"Integrate by parts: the drift leaves its divergence, the noise the square "
          "of the score.",
          "\\frac{dH}{dt} = \\mathbb{E}[\\nabla \\cdot f] + \\frac{g^2}{2} "
          "\\mathbb{E} |s|^2"},
         {"Without drift this is de Bruijn's identity.",
          "\\frac{d}{dv} H(X + \\sqrt{v} Z) = \\frac{1}{2} I"},
         {"For two laws of the same process the drift cancels and a square is left: "
          "relative entropy can only fall.",
          "\\frac{d}{dt} \\int p \\log \\frac{p}{q} = -\\frac{g^2}{2} \\int p\\, "
          "|\\nabla \\log p - \\nabla \\log q|^2"}},
    .breaks = {{"factor", "g^2 in place of g^2 / 2"},
               {"drift", "the entropy balance without E div f"},
               {"own-information",
                "the Fisher information of p in the decay of the relative "
                "entropy"}},
    .run = run,
};
