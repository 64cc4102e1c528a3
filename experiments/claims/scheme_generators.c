/* Every scheme in one step against the generator, without statistics: what its step adds to
 * the mean of a function is h L phi, then, for a scheme of weak order 2, h^2 L^2 phi / 2, with
 * each kind of increments that keeps its order.
 *
 *     P phi = E phi(x'),   (P phi - phi)/h -> L phi,
 *     P phi - sum_(k <= w) h^k L^k phi / k! = O(h^(w + 1)),    w its weak order, here to 2
 *
 * Each is given the hardest of these problems that it accepts.  The one that draws by
 * rejection, exact-cir, has no such sum and is compared with its moments by particles.
 * [kloeden-platen-1992, section 14.5] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "experiments/claims/carried.h"
#include "sampling/one_step.h"
#include "sde/sde_text.h"

enum { CASES = 7, STEPS = 7, MOST_NODES = 24 };

static const double TIME = 0.3;

typedef struct hardness {
    const char *name;
    size_t dim, noises;
    const char *drift, *noise; /* Stratonovich */
} hardness;

static const hardness cases[CASES] = {
    {"noise of x and t", 1, 1, "x*cos(t) - x^3", "(0.8 + 0.2*sin(x))*(1 + 0.3*t)"},
    {"noise of t", 1, 1, "x*cos(t) - x^3", "0.9*(1 + 0.3*t)"},
    {"constant noise", 1, 1, "x*cos(t) - x^3", "0.9"},
    {"a linear drift", 1, 1, "0.3 - x", "0.9"},
    {"geometric Brownian motion", 1, 1, "0.3*x", "0.4*x"},
    {"Langevin's equation", 2, 1, "2*y; sin(x)*(1 + t) - 1.5*y", "0; 0.4"},
    {"no noise", 1, 0, "x*cos(t) - x^3", "0"}};

static const double start_of[] = {0.7, -0.4};

typedef struct model {
    const hardness *is;
    fk_expr_pool *pool;
    fk_sde *sde;
    const fk_expr *phi[3]; /* phi, L phi, L^2 phi */
    double value[3];
} model;

/* L phi by the formula under test: phi_t + sum f_i phi_i + sum a_ij phi_ij, f Ito's drift. */
static const fk_expr *generator(const fk_trial *t, const fk_sde *s, const fk_expr *phi)
{
    fk_expr_pool *pool = s->pool;
    const double sign = fk_trial_broken(t, "drift-sign") ? -1.0 : 1.0;
    const double half = fk_trial_broken(t, "half-g2") ? 0.5 : 1.0;
    const fk_expr *const *f = fk_trial_broken(t, "no-noise-drift") ? s->drift : s->ito;
    const fk_expr *sum = fk_expr_diff(pool, phi, s->time);
    for (size_t i = 0; i < s->dim; i++) {
        const fk_expr *slope = fk_expr_diff(pool, phi, s->variable[i]);
        const fk_expr *along = fk_expr_mul(pool, f[i], slope);
        sum = fk_expr_add(pool, sum,
                          fk_expr_mul(pool, fk_expr_number(pool, sign), along));
        for (size_t j = 0; j < s->dim; j++)
            sum = fk_expr_add(
                pool, sum,
                fk_expr_mul(pool, fk_expr_number(pool, half),
                            fk_expr_mul(pool, s->diffusion[i * s->dim + j],
                                        fk_expr_diff(pool, slope, s->variable[j]))));
    }
    return sum;
}

static fk_status make_model(const fk_trial *t, const hardness *is, model *m)
{
    const fk_sde_text text = {.interpretation = FK_STRATONOVICH,
                              .dim = is->dim,
                              .noises = is->noises,
                              .variables = is->dim == 1 ? "x" : "x; y",
                              .drift = is->drift,
                              .noise = is->noise};
    *m = (model){.is = is};
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, t->message));
    FK_TRY(fk_sde_expression(m->sde, is->dim == 1 ? "cos(2*x)" : "cos(2*x + y)",
                             &m->phi[0], t->message));
    for (size_t k = 1; k < 3; k++)
        m->phi[k] = generator(t, m->sde, m->phi[k - 1]);
    for (size_t k = 0; k < 3; k++) {
        const fk_expr *symbol[] = {m->sde->time, m->sde->variable[0],
                                   m->sde->variable[is->dim - 1]};
        m->value[k] = fk_expr_value(m->phi[k], 1 + is->dim, symbol,
                                    (const double[]){TIME, start_of[0], start_of[1]});
    }
    return FK_OK;
}

static void clear_model(model *m)
{
    fk_sde_free(m->sde);
    fk_expr_pool_free(m->pool);
}

/* Whether the scheme takes this problem. */
static bool accepts(const fk_scheme *scheme, const model *m)
{
    fk_stepper *stepper = NULL;
    const bool yes = scheme->prepare(m->sde, &stepper, NULL) == FK_OK;
    scheme->release(stepper);
    return yes;
}

/* P phi - phi - h L phi - ... up to the power `terms` of h. */
static fk_status missing(const fk_trial *t, const fk_scheme *scheme, const model *m,
                         fk_increments kind, double h, int terms, double *out)
{
    const fk_one_step step = {.scheme = scheme,
                              .sde = m->sde,
                              .increments = kind,
                              .nodes = MOST_NODES,
                              .t = TIME,
                              .h = h};
    FK_TRY(fk_one_step_expectation(&step, start_of, 1, m->phi, out, t->message));
    *out -= m->value[0] + (terms > 0 ? h * m->value[1] : 0.0) +
            (terms > 1 ? 0.5 * h * h * m->value[2] : 0.0);
    return FK_OK;
}

/* (P phi - phi)/h at h = 0, through four steps that halve. */
static fk_status limit(const fk_trial *t, const fk_scheme *scheme, const model *m,
                       fk_increments kind, double *out)
{
    double a[4];
    for (int k = 0; k < 4; k++) {
        const double h = 0.004 * exp2(-k);
        FK_TRY(missing(t, scheme, m, kind, h, 0, &a[k]));
        a[k] /= h;
    }
    for (int level = 1; level < 4; level++)
        for (int k = 3; k >= level; k--)
            a[k] += (a[k] - a[k - 1]) / (exp2(level) - 1.0);
    *out = a[3];
    return FK_OK;
}

static fk_status add_scheme(fk_trial *t, const fk_scheme *scheme, const model *m,
                            fk_increments kind)
{
    const double order = fmin(scheme->weak_order, 2.0), h = 0.01;
    const int terms = order > 1.0 ? 2 : 1;
    double rate, coarse, fine;
    FK_TRY(limit(t, scheme, m, kind, &rate));
    FK_TRY(missing(t, scheme, m, kind, h, terms, &coarse));
    FK_TRY(missing(t, scheme, m, kind, 0.5 * h, terms, &fine));
    fk_trial_add(t,
                 (fk_evidence){.left = rate,
                               .right = m->value[1],
                               .discretisation = 2e-6,
                               .effect = 1e-3,
                               .origin = "extrapolation from steps 0.004 to 0.0005"},
                 "(P phi - phi)/h at h = 0 is L phi: %s, %s, %s", scheme->name,
                 fk_increments_name[kind], m->is->name);
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = log2(fabs(coarse / fine)),
                               .right = order + 1.0,
                               .discretisation = 0.08,
                               .origin = "steps 0.01 and 0.005"},
                 "order of what one step misses: %s, %s, %s", scheme->name,
                 fk_increments_name[kind], m->is->name);
    return FK_OK;
}

/* dX = (1 - X) dt + 0.6 sqrt(X) dW, one step of 1/2 from 0.7 by particles:
 * m1' = 1 - m1,  m2' = 2 m1 + 0.36 m1 - 2 m2 */
static fk_status add_rejection(fk_trial *t)
{
    const size_t n = fk_trial_whole(t, "particles");
    const double h = 0.5, x0 = 0.7, e = exp(-h), k = 2.36;
    const double m1 = 1.0 + (x0 - 1.0) * e;
    const double m2 =
        x0 * x0 * e * e + 0.5 * k * (1.0 - e * e) + k * (x0 - 1.0) * (e - e * e);
    fk_carried c;
    fk_ensemble *ensemble = NULL;
    double *x = fk_doubles(2 * n);
    fk_status status =
        fk_carried_init(&c, 1, "x", "1 - x", "0.6*sqrt(x)", x0, h, t->message);
    c.scheme = fk_scheme_find("exact-cir");
    if (status == FK_OK)
        status = x != NULL ? fk_carried_particles(t, &c, n, &ensemble) : FK_ENOMEM;
    if (status == FK_OK)
        status = fk_ensemble_advance(ensemble, h, t->progress, t->message);
    if (status == FK_OK) {
        fk_ensemble_states(ensemble, 0, n, x);
        for (size_t p = 0; p < n; p++)
            x[n + p] = x[p] * x[p];
        for (size_t power = 1; power <= 2; power++) {
            const fk_sample s = fk_sample_of(n, x + (power - 1) * n);
            fk_trial_add(t,
                         (fk_evidence){.left = s.mean,
                                       .right = power == 1 ? m1 : m2,
                                       .statistical = s.error,
                                       .effect = 0.05,
                                       .origin = "standard error of the particles"},
                         "one step of exact-cir, drawn by rejection: E x^%zu", power);
        }
    }
    fk_ensemble_free(ensemble);
    fk_carried_clear(&c);
    free(x);
    return status;
}

/* Every scheme with the first problem that it takes. */
static fk_status add_schemes(fk_trial *t, const model *m)
{
    size_t listed = 0, tried = 0;
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++, listed++) {
        size_t k = 0;
        const bool rejects = (*s)->strong_order == 0.0; /* no function of normals */
        while (k < CASES && (rejects || !accepts(*s, &m[k])))
            k++;
        if (k == CASES)
            continue;
        tried++;
        for (fk_increments kind = FK_GAUSSIAN; kind <= (*s)->coarsest; kind++)
            FK_TRY(add_scheme(t, *s, &m[k], kind));
    }
    fk_trial_add(t,
                 (fk_evidence){.left = (double)tried,
                               .right = (double)listed - 1.0,
                               .quadrature = 1e-9,
                               .origin = "counted"},
                 "schemes that are tried so, and all of the list but exact-cir");
    return FK_OK;
}

/* |P phi - phi - h L phi - h^2 L^2 phi / 2| / h of some that take the hardest problem. */
static fk_status draw(fk_trial *t, const model *m)
{
    static const char *const shown[] = {"euler-maruyama", "tamed-euler", "end-point",
                                        "midpoint",       "platen",      "sriw1"};
    enum { SHOWN = sizeof shown / sizeof *shown };
    double h[STEPS], error[SHOWN][STEPS];
    fk_curve curve[SHOWN];
    for (size_t i = 0; i < STEPS; i++)
        h[i] = 0.1 * exp2(-(double)i);
    for (size_t k = 0; k < SHOWN; k++) {
        const fk_scheme *s = fk_scheme_find(shown[k]);
        for (size_t i = 0; i < STEPS; i++) {
            FK_TRY(missing(t, s, m, FK_GAUSSIAN, h[i], 2, &error[k][i]));
            error[k][i] = fabs(error[k][i]) / h[i];
        }
        const fk_pen pen = s->weak_order > 1.0 ? FK_PEN_DASHES : FK_PEN_LINE;
        curve[k] = (fk_curve){shown[k], STEPS, h, error[k], pen};
    }
    fk_trial_curves(
        t,
        "What one step misses of the mean of cos 2x, divided by its length, "
        "with noise that depends on x and t: like h for weak order 1 "
        "(lines), like h^2 for platen and sriw1 (dashes).",
        &(fk_curves){.name = "scheme-generators",
                     .title = "One step of six schemes, without statistics",
                     .x_label = "step h",
                     .y_label = "|P φ - φ - h Lφ - h²/2 L²φ| / h",
                     .log_x = true,
                     .log_y = true,
                     .n = SHOWN,
                     .curve = curve});
    return FK_OK;
}

static fk_status run(fk_trial *t)
{
    model m[CASES] = {{.is = NULL}};
    fk_status status = FK_OK;
    for (size_t k = 0; k < CASES && status == FK_OK; k++)
        status = make_model(t, &cases[k], &m[k]);
    if (status == FK_OK)
        status = add_schemes(t, m);
    if (status == FK_OK)
        status = add_rejection(t);
    if (status == FK_OK && t->gallery != NULL)
        status = draw(t, &m[0]);
    for (size_t k = 0; k < CASES; k++)
        clear_model(&m[k]);
    return status;
}

const fk_claim fk_claim_scheme_generators = {
    .name = "scheme-generators",
    .title = "Every scheme steps by the generator, to its weak order",
    .statement = "For each scheme and each kind of increments that it allows (E "
                 "phi(x') - phi)/h "
                 "tends to L phi, and what a step misses is of the order h^(w + 1) "
                 "with its weak "
                 "order w.",
    .assumptions =
        "phi and the coefficients are smooth; steps are shorter than what the "
        "drift turns around in",
    .source = "kloeden-platen-1992",
    .falsifier = "a scheme with another limit than L phi, or one that misses more than "
                 "its order allows",
    .derivation =
        {{"The exact mean grows by the generator's exponential.",
          "\\mathbb{E} \\varphi(X_{t + h}) = e^{h L} \\varphi = \\varphi + h L "
          "\\varphi + "
          "\\frac{h^2}{2} L^2 \\varphi + \\ldots"},
         {"A scheme's step is a polynomial of its increments to each order in the root "
          "of h, so that only their moments enter its mean.",
          "P \\varphi = \\mathbb{E} \\varphi(x'(h, \\varepsilon))"},
         {"It has weak order w if both agree in all powers up to w, which needs the "
          "moments of the increments up to 2 w + 1.",
          "P \\varphi - e^{h L} \\varphi = O(h^{w + 1})"},
         {"Signs have the first three moments of a normal, three points the first "
          "five.",
          "\\mathbb{E} \\varepsilon^2 = 1, \\quad \\mathbb{E} \\varepsilon^3 = 0, "
          "\\quad "
          "\\mathbb{E} \\varepsilon^4 = 3, \\quad \\mathbb{E} \\varepsilon^5 = 0"},
         {"Many steps add up what single ones miss, a power less.",
          "|\\mathbb{E} \\varphi(X_T) - \\mathbb{E} \\varphi(X_T^h)| = O(h^w)"}},
    .parameter = {{"particles", 100000, 40000, 10000, 1e8, true,
                   "of the step that draws by rejection"}},
    .breaks = {{"drift-sign", "L with the wrong sign of f"},
               {"half-g2", "L with g^2/4"},
               {"no-noise-drift", "L without the drift that Stratonovich noise makes"}},
    .run = run,
};
