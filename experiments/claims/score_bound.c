/* How far apart a model's samples are from the data when its score is wrong, for data
 * N(0, 1/4) under the standard noise, t = 1 .. 0, where all laws stay Gaussian:
 *
 *     W_2(p_0, q_0) <= int_0^1 I kappa g^2 (E |s - s^|^2)^1/2 dt,   I' = L I,
 *     KL(p_0 | q_0) <= 1/2 int_0^1 g^2 E |s - s^|^2 dt                        (SDE)
 *
 * kappa = 1/2 for the probability flow, 1 for the reverse SDE; L is the one-sided Lipschitz
 * constant of the model's drift in the direction in which it is run.  [kwon-fan-lee-2022] */
#include <math.h>

#include "experiments/claim.h"
#include "experiments/claims/standard.h"
#include "solvers/integrate.h"

/* Model score a s + c. */
typedef struct model {
    const char *name;
    double kappa, factor, shift;
    double weight; /* of g^2 in the bound: kappa */
} model;

static double variance(double t)
{
    const double alpha = fk_vp_alpha(t);
    return 0.25 * alpha * alpha + 1.0 - alpha * alpha;
}

/* Over r = 1 - t:  y = (mean and variance of the model, bound of W_2, bound of KL) */
static void along(double r, const double *y, double *dy, void *context)
{
    const model *m = context;
    const double t = 1.0 - r, beta = fk_vp_beta(t), V = variance(t);
    const double slope = 0.5 * beta - m->factor * m->kappa * beta / V;
    const double noise = m->kappa > 0.75 ? beta : 0.0, off = m->factor - 1.0;
    const double error = m->shift * m->shift + off * off / V; /* E |s - s^|^2 */
    dy[0] = slope * y[0] + m->kappa * beta * m->shift;
    dy[1] = 2.0 * slope * y[1] + noise;
    dy[2] = slope * y[2] + m->weight * beta * sqrt(error);
    dy[3] = 0.5 * beta * error;
}

static const char origin[] = "tolerance 1e-13 of the integrator";

static fk_status add_model(fk_trial *t, model m)
{
    double y[4] = {0.0, variance(1.0), 0.0, 0.0};
    FK_TRY(fk_integrate(4, along, &m, 0.0, 1.0, 1e-13, y));
    const double distance = hypot(y[0], sqrt(y[1]) - 0.5);
    const double divergence =
        0.5 * (0.25 / y[1] - 1.0 + y[0] * y[0] / y[1] + log(y[1] / 0.25));
    const bool tight = m.kappa < 0.75 || m.factor < 1.05;
    fk_trial_add(t,
                 (fk_evidence){.relation = tight ? FK_EQUAL : FK_AT_MOST,
                               .left = distance,
                               .right = y[2],
                               .quadrature = 1e-10,
                               .origin = origin},
                 "W_2 %s its bound: %s", tight ? "=" : "<=", m.name);
    fk_trial_add(t,
                 (fk_evidence){.relation = m.kappa > 0.75 ? FK_AT_MOST : FK_AT_LEAST,
                               .left = divergence,
                               .right = y[3],
                               .quadrature = 1e-10,
                               .origin = origin},
                 m.kappa > 0.75 ? "KL <= int g^2 E|s - s^|^2 / 2: %s"
                                : "no such bound without noise: %s",
                 m.name);
    return FK_OK;
}

static const double K = 2.0, C = 0.1;

static void apart(double r, const double *y, double *dy, void *context)
{
    const double rate = *(const double *)context;
    (void)r;
    dy[0] = rate * y[0] + C;
}

/* Forward fields -K x and -K x + c, run back from one point: the reversed field has the
 * constant L = +K.  With L = -K, the forward one, the "bound" is below the distance. */
static fk_status add_direction(fk_trial *t)
{
    double run = K, right = fk_trial_broken(t, "direction") ? -K : K, wrong = -K;
    double y = 0.0, bound = 0.0, published = 0.0;
    FK_TRY(fk_integrate(1, apart, &run, 0.0, 1.0, 1e-13, &y));
    FK_TRY(fk_integrate(1, apart, &right, 0.0, 1.0, 1e-13, &bound));
    FK_TRY(fk_integrate(1, apart, &wrong, 0.0, 1.0, 1e-13, &published));
    fk_trial_add(
        t,
        (fk_evidence){.left = y, .right = bound, .quadrature = 1e-11, .origin = origin},
        "W_2 = its bound with L of the reversed field, f = -2x, g = -2x + 0.1");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = y,
                               .right = published,
                               .quadrature = 1e-11,
                               .origin = origin},
                 "with L of the forward field the bound is too small");
    return FK_OK;
}

enum { POINTS = 61 };

static fk_status draw(fk_trial *t, const model *m)
{
    static double time[POINTS], W[2][POINTS], bound[2][POINTS];
    fk_spread(POINTS, 0.0, 1.0, time);
    for (size_t k = 0; k < 2; k++) {
        model now = m[2 + k];
        double y[4] = {0.0, variance(1.0), 0.0, 0.0};
        for (size_t i = 0; i < POINTS; i++) {
            if (i > 0)
                FK_TRY(fk_integrate(4, along, &now, time[i - 1], time[i], 1e-10, y));
            W[k][i] = hypot(y[0], sqrt(y[1]) - sqrt(variance(1.0 - time[i])));
            bound[k][i] = y[2];
        }
    }
    fk_trial_curves(
        t,
        "Distance of a model whose score is a tenth too large, and its bound: tight "
        "for "
        "the probability flow, not for the reverse SDE, whose noise repairs.",
        &(fk_curves){.name = "score-bound-distance",
                     .title = "Model score 1.1 s",
                     .x_label = "reverse time 1 - t",
                     .y_label = "W_2",
                     .from_zero = true,
                     .n = 4,
                     .curve = (const fk_curve[]){
                         {.name = "flow", .n = POINTS, .x = time, .y = W[0]},
                         {.name = "flow, bound",
                          .n = POINTS,
                          .x = time,
                          .y = bound[0],
                          .pen = FK_PEN_DASHES},
                         {.name = "SDE", .n = POINTS, .x = time, .y = W[1]},
                         {.name = "SDE, bound",
                          .n = POINTS,
                          .x = time,
                          .y = bound[1],
                          .pen = FK_PEN_DASHES}}});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    const double flow = fk_trial_broken(t, "factor") ? 1.0 : 0.5;
    const model m[] = {{"flow, s + 0.3", 0.5, 1.0, 0.3, flow},
                       {"SDE, s + 0.3", 1.0, 1.0, 0.3, 1.0},
                       {"flow, 1.1 s", 0.5, 1.1, 0.0, flow},
                       {"SDE, 1.1 s", 1.0, 1.1, 0.0, 1.0}};
    for (size_t i = 0; i < sizeof m / sizeof *m; i++)
        FK_TRY(add_model(t, m[i]));
    FK_TRY(add_direction(t));
    return draw(t, m);
}

const fk_claim fk_claim_score_bound = {
    .name = "score-bound",
    .title = "Distance of samples against error of the score",
    .statement =
        "An error of the score moves samples in W_2 by no more than its integral, "
        "with the factor g^2 / 2 for the flow and g^2 for the SDE, times the growth "
        "that the one-sided Lipschitz constant of the reversed drift allows; for the "
        "SDE it bounds the relative entropy too.",
    .assumptions = "Both start from p_1; the same noise drives both SDEs.",
    .source = "kwon-fan-lee-2022",
    .falsifier = "A distance above its bound.",
    .derivation =
        {{"Run data and model backward from one point with the same noise, which "
          "cancels in the difference.",
          "\\frac{d}{dr} |x - y| \\le L |x - y| + \\kappa g^2 |s - \\hat{s}|"},
         {"Gronwall's lemma.",
          "W_2(p_0, q_0) \\le \\int I_t\\, \\kappa g_t^2 \\left( \\mathbb{E} |s - "
          "\\hat{s}|^2 \\right)^{1/2} dt"},
         {"For the laws of whole paths Girsanov's theorem gives the entropy.",
          "\\mathrm{KL}(p_0 \\mid q_0) \\le \\frac{1}{2} \\int g_t^2\\, \\mathbb{E} "
          "|s - \\hat{s}|^2 dt"}},
    .breaks = {{"factor", "g^2 in place of g^2 / 2 for the flow"},
               {"direction", "the Lipschitz constant of the forward field"}},
    .run = run,
};
