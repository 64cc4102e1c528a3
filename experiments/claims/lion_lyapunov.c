/* Lion in continuous time, with a smooth K in place of |m|_1, descends a function.  Along
 * orbits of two parameters the derivative of H that the flow gives, by the chain rule, is
 * set beside the formula whose two terms have signs. */
#include <math.h>
#include <string.h>

#include "experiments/claim.h"
#include "solvers/integrate.h"

enum { DIM = 2, STATE = 2 * DIM, POINTS = 121 };

static const double ALPHA = 1.0, GAMMA = 1.0, EPSILON = 0.8, E = 0.05, END = 12.0;
static const double A[DIM][DIM] = {{3.0, 1.0}, {1.0, 2.0}}, least[DIM] = {2.0, 0.3};
static const double start[STATE] = {-0.9, 0.7, 0.4, -1.2}; /* x, then m */

typedef struct lion {
    double lambda, c; /* decay; (1 - epsilon gamma) / (1 + epsilon lambda) */
    bool sign;        /* the momentum is pulled the wrong way */
    bool one_term;    /* the formula without its second term */
    bool no_dual;     /* H without K* of the decay */
} lion;

/* ---- the loss, K and its conjugate ---- */

static double slope(const double *x, size_t i)
{
    double g = 0.0;
    for (size_t j = 0; j < DIM; j++)
        g += A[i][j] * (x[j] - least[j]);
    return g;
}

static double kinetic_slope(double m)
{
    return m / sqrt(m * m + E * E);
}

static double dual(double y)
{
    return -E * sqrt(1.0 - y * y);
}

static double dual_slope(double y)
{
    return E * y / sqrt(1.0 - y * y);
}

/* ---- the flow ---- */

/* The momentum as the update sees it: ahead by epsilon. */
static double ahead(const double *x, const double *m, size_t i)
{
    return m[i] - EPSILON * (ALPHA * slope(x, i) + GAMMA * m[i]);
}

static void flow(double t, const double *s, double *ds, void *context)
{
    const lion *l = context;
    const double *x = s, *m = s + DIM;
    (void)t;
    for (size_t i = 0; i < DIM; i++) {
        ds[i] = kinetic_slope(ahead(x, m, i)) - l->lambda * x[i];
        ds[DIM + i] = (l->sign ? ALPHA : -ALPHA) * slope(x, i) - GAMMA * m[i];
    }
}

/* ---- the function ---- */

static double height(const lion *l, const double *s)
{
    const double *x = s, *m = s + DIM;
    double h = 0.0;
    for (size_t i = 0; i < DIM; i++) {
        const double y = l->lambda * x[i], conjugate = l->no_dual ? 0.0 : dual(y);
        h += 0.5 * ALPHA * (x[i] - least[i]) * slope(x, i);
        h += GAMMA / l->lambda * conjugate;
        h += l->c * (conjugate + sqrt(m[i] * m[i] + E * E) - m[i] * y);
    }
    return h;
}

/* Its derivative along the flow by the chain rule. */
static double by_chain_rule(lion *l, const double *s)
{
    const double *x = s, *m = s + DIM;
    double ds[STATE], sum = 0.0;
    flow(0.0, s, ds, l);
    for (size_t i = 0; i < DIM; i++) {
        const double conjugate =
            l->no_dual ? 0.0
                       : dual_slope(l->lambda * x[i]) * (GAMMA + l->c * l->lambda);
        sum += (ALPHA * slope(x, i) + conjugate - l->c * l->lambda * m[i]) * ds[i];
        sum += l->c * (kinetic_slope(m[i]) - l->lambda * x[i]) * ds[DIM + i];
    }
    return sum;
}

/* And by the formula: two products of monotone differences. */
static double by_formula(const lion *l, const double *s)
{
    const double *x = s, *m = s + DIM;
    double sum = 0.0;
    for (size_t i = 0; i < DIM; i++) {
        const double n = ahead(x, m, i), decay = l->lambda * x[i];
        sum -= (1.0 - l->c) / EPSILON * (n - dual_slope(decay)) *
               (kinetic_slope(n) - decay);
        if (!l->one_term)
            sum -=
                l->c / EPSILON * (m[i] - n) * (kinetic_slope(m[i]) - kinetic_slope(n));
    }
    return sum;
}

/* ---- evidence ---- */

typedef struct orbit {
    double t[POINTS], height[POINTS], chain[POINTS], formula[POINTS];
    double end[STATE];
    double limit; /* H long after the end */
} orbit;

static fk_status follow(lion *l, orbit *o)
{
    double s[STATE];
    memcpy(s, start, sizeof s);
    for (size_t k = 0; k < POINTS; k++) {
        o->t[k] = END * (double)k / (POINTS - 1);
        if (k > 0)
            FK_TRY(fk_integrate(STATE, flow, l, o->t[k - 1], o->t[k], 1e-12, s));
        o->height[k] = height(l, s);
        o->chain[k] = by_chain_rule(l, s);
        o->formula[k] = by_formula(l, s);
    }
    memcpy(o->end, s, sizeof s);
    FK_TRY(fk_integrate(STATE, flow, l, END, 5.0 * END, 1e-12, s));
    o->limit = height(l, s);
    return FK_OK;
}

static void draw(fk_trial *t, const orbit *o)
{
    double above[POINTS], fall[POINTS];
    for (size_t k = 0; k < POINTS; k++) {
        above[k] = o->height[k] - o->limit;
        fall[k] = -o->formula[k];
    }
    const fk_curve curve[] = {
        {"H less its limit", POINTS, o->t, above, FK_PEN_LINE},
        {"-dH/dt, formula", POINTS, o->t, fall, FK_PEN_DASHES},
    };
    fk_trial_curves(t, "H falls all the way to its limit, as fast as the formula says.",
                    &(fk_curves){.name = "lion_lyapunov",
                                 .title = "Lion in continuous time goes downhill",
                                 .x_label = "time",
                                 .y_label = "height, and its rate of fall",
                                 .log_y = true,
                                 .n = 2,
                                 .curve = curve});
}

static fk_status run(fk_trial *t)
{
    const double lambda = fk_trial_value(t, "lambda");
    lion l = {.lambda = lambda,
              .c = (1.0 - EPSILON * GAMMA) / (1.0 + EPSILON * lambda),
              .sign = fk_trial_broken(t, "gradient-sign"),
              .one_term = fk_trial_broken(t, "one-term"),
              .no_dual = fk_trial_broken(t, "no-dual")};
    orbit o;
    FK_TRY(follow(&l, &o));
    double steepest = 0.0, rise = -HUGE_VAL, highest_rate = -HUGE_VAL;
    for (size_t k = 0; k < POINTS; k++) {
        steepest = fmax(steepest, fabs(o.chain[k] - o.formula[k]));
        highest_rate = fmax(highest_rate, o.chain[k]);
        rise = k > 0 ? fmax(rise, o.height[k] - o.height[k - 1]) : rise;
    }
    for (size_t k = 2; k <= 30; k += k == 2 ? 8 : 20)
        fk_trial_add(t,
                     (fk_evidence){.left = o.chain[k],
                                   .right = o.formula[k],
                                   .quadrature = 1e-11,
                                   .origin = "rounding"},
                     "dH/dt at t = %g, by the chain rule and by the formula", o.t[k]);
    fk_trial_add(t,
                 (fk_evidence){.left = steepest,
                               .quadrature = 1e-10,
                               .effect = 1e-3,
                               .origin = "rounding"},
                 "the largest difference of the two along the orbit");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_MOST,
                               .left = highest_rate,
                               .quadrature = 1e-12,
                               .origin = "rounding"},
                 "dH/dt nowhere above 0");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_MOST,
                               .left = rise,
                               .quadrature = 1e-11,
                               .origin = "integration to 1e-12"},
                 "H from one time to the next");
    for (size_t i = 0; i < DIM; i++)
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_MOST,
                                   .left = fabs(l.lambda * o.end[i]),
                                   .right = 1.0,
                                   .quadrature = 1e-12,
                                   .origin = "rounding"},
                     "the box: |lambda x%zu| at the end", i + 1);
    draw(t, &o);
    return FK_OK;
}

const fk_claim fk_claim_lion_lyapunov = {
    .name = "lion-lyapunov",
    .title = "Lion minimises f inside a box",
    .statement =
        "In continuous time the optimizer Lion with weight decay lambda descends a "
        "function H whose minimum is that of f under |lambda x| <= 1.",
    .assumptions = "K convex with conjugate K*, epsilon gamma <= 1; here a smooth K, "
                   "sqrt(m^2 + e^2) for |m|.",
    .source = "chen-2024",
    .falsifier = "An orbit along which H rises, or a point where the two expressions "
                 "of dH/dt differ.",
    .derivation =
        {
            {"Momentum m (minus an average gradient) and parameters x move by",
             "\\dot m = -\\alpha \\nabla f - \\gamma m, \\quad \\dot x = \\nabla K(n) "
             "- "
             "\\lambda x, \\quad n = m - \\varepsilon(\\alpha \\nabla f + \\gamma m)"},
            {"Consider, with the conjugate K*, the function",
             "H = \\alpha f + \\frac{\\gamma}{\\lambda} K^*(\\lambda x) + c \\left( "
             "K^*(\\lambda x) + K(m) - \\lambda m \\cdot x \\right), \\quad c = "
             "\\frac{1 - "
             "\\varepsilon \\gamma}{1 + \\varepsilon \\lambda}"},
            {"The chain rule gives, with y the gradient of K* at lambda x,",
             "\\frac{dH}{dt} = -\\frac{1 - c}{\\varepsilon} (n - y) \\cdot (\\nabla "
             "K(n) - "
             "\\lambda x) - \\frac{c}{\\varepsilon} (m - n) \\cdot (\\nabla K(m) - "
             "\\nabla "
             "K(n))"},
            {"The gradient of a convex function is monotone, so that both products are "
             "positive and H cannot rise.",
             NULL},
            {"The bracket behind c is not negative (Fenchel and Young), so that H is "
             "least where f plus the indicator of the box is.",
             "\\min f(x) \\quad \\text{where} \\quad |\\lambda x|_\\infty \\le 1"},
        },
    .parameter = {{.name = "lambda",
                   .standard = 0.9,
                   .least = 0.2,
                   .most = 1.1,
                   .meaning = "weight decay"}},
    .breaks = {{"gradient-sign", "the momentum follows the gradient uphill"},
               {"one-term", "the formula without the product of m and n"},
               {"no-dual", "H without the conjugate of the decay"}},
    .run = run,
};
