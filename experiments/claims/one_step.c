/* One Euler-Maruyama step against the generator, without statistics: the expectation over
 * the step's noise is a Gauss-Hermite sum. */
#include <math.h>
#include <stdlib.h>

#include "experiments/claim.h"
#include "sampling/one_step.h"
#include "sde/sde_text.h"
#include "sde/weak_form.h"

enum { STEPS = 9 };

typedef struct model {
    fk_expr_pool *pool;
    fk_sde *sde;
    const fk_expr *phi;
    double x, value, rate; /* phi and L phi at x, L with the break */
    size_t nodes;
} model;

static double at(const model *m, const fk_expr *e)
{
    return fk_expr_value(e, 1, m->sde->variable, &m->x);
}

/* L phi by the formula under test: f phi' + (g^2/2) phi''. */
static const fk_expr *generator(const fk_trial *t, const model *m)
{
    fk_expr_pool *pool = m->pool;
    const fk_expr *x = m->sde->variable[0];
    const fk_expr *first = fk_expr_diff(pool, m->phi, x);
    const fk_expr *second = fk_expr_diff(pool, first, x);
    const double sign = fk_trial_broken(t, "drift-sign") ? -1.0 : 1.0;
    const double half = fk_trial_broken(t, "half-g2") ? 0.5 : 1.0;
    return fk_expr_add(pool,
                       fk_expr_mul(pool, fk_expr_number(pool, sign),
                                   fk_expr_mul(pool, m->sde->ito[0], first)),
                       fk_expr_mul(pool, fk_expr_number(pool, half),
                                   fk_expr_mul(pool, m->sde->diffusion[0], second)));
}

static fk_status make_model(const fk_trial *t, model *m)
{
    const fk_sde_text text = {
        .dim = 1, .noises = 1, .variables = "x", .drift = "-x", .noise = "sqrt(2)"};
    m->x = 0.7;
    m->nodes = fk_trial_whole(t, "nodes");
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, t->message));
    FK_TRY(fk_sde_expression(m->sde, "cos(2*x)", &m->phi, t->message));
    m->value = at(m, m->phi);
    m->rate = at(m, generator(t, m));
    return FK_OK;
}

/* R(h) = (E phi(x') - phi)/h - L phi */
static fk_status residual(const fk_trial *t, const model *m, fk_increments kind,
                          double h, double *r)
{
    const fk_one_step step = {.scheme = fk_scheme_find("euler-maruyama"),
                              .sde = m->sde,
                              .increments = kind,
                              .nodes = m->nodes,
                              .h = h};
    double mean;
    FK_TRY(fk_one_step_expectation(&step, &m->x, 1, &m->phi, &mean, t->message));
    *r = (mean - m->value) / h - m->rate;
    return FK_OK;
}

/* c of R = c h + O(h^2): 1/2 f^2 phi'' + 1/2 g^2 f phi''' + (g^4/24) <eps^4> phi'''' */
static double second_order(const model *m, double fourth)
{
    const fk_expr *d[5] = {m->phi};
    for (size_t k = 1; k < 5; k++)
        d[k] = fk_expr_diff(m->pool, d[k - 1], m->sde->variable[0]);
    const double f = -m->x, g2 = 2.0;
    return 0.5 * f * f * at(m, d[2]) + 0.5 * g2 * f * at(m, d[3]) +
           g2 * g2 / 24.0 * fourth * at(m, d[4]);
}

static fk_status add_residuals(fk_trial *t, const model *m)
{
    static const struct {
        fk_increments kind;
        double h, known;
    } test[] = {{FK_GAUSSIAN, 0.1, -0.3494804384},
                {FK_GAUSSIAN, 0.025, -0.1024234208},
                {FK_GAUSSIAN, 0.00625, -0.0266677074},
                {FK_RADEMACHER, 0.00625, -0.0325514904}};
    for (size_t i = 0; i < sizeof test / sizeof *test; i++) {
        double r;
        FK_TRY(residual(t, m, test[i].kind, test[i].h, &r));
        fk_trial_add(t,
                     (fk_evidence){.left = r,
                                   .right = test[i].known,
                                   .quadrature = 1e-10,
                                   .effect = 1e-4,
                                   .origin = "digits of the known value; Gauss-Hermite "
                                             "to rounding over h"},
                     "R(%g), %s", test[i].h, fk_increments_name[test[i].kind]);
    }
    return FK_OK;
}

/* R(h)/h extrapolated to h = 0 through four steps that halve. */
static fk_status add_coefficient(fk_trial *t, const model *m, fk_increments kind,
                                 double fourth)
{
    double a[4];
    for (int k = 0; k < 4; k++) {
        const double h = 0.004 * exp2(-k);
        FK_TRY(residual(t, m, kind, h, &a[k]));
        a[k] /= h;
    }
    for (int level = 1; level < 4; level++)
        for (int k = 3; k >= level; k--)
            a[k] += (a[k] - a[k - 1]) / (exp2(level) - 1.0);
    const double moment =
        kind == FK_RADEMACHER && fk_trial_broken(t, "gaussian-moments") ? 3.0 : fourth;
    fk_trial_add(t,
                 (fk_evidence){.left = a[3],
                               .right = second_order(m, moment),
                               .discretisation = 1e-6,
                               .quadrature = 1e-7,
                               .origin = "extrapolation from steps 0.004 to 0.0005"},
                 "R(h)/h at h = 0, %s", fk_increments_name[kind]);
    return FK_OK;
}

/* |R(h)| over h for three kinds of noise: the law of the noise enters at order h alone. */
static fk_status draw(fk_trial *t, const model *m)
{
    double h[STEPS], r[FK_INCREMENTS][STEPS];
    fk_curve curve[FK_INCREMENTS];
    for (size_t i = 0; i < STEPS; i++)
        h[i] = 0.1 * exp2(-(double)i);
    for (size_t k = 0; k < FK_INCREMENTS; k++) {
        for (size_t i = 0; i < STEPS; i++) {
            FK_TRY(residual(t, m, (fk_increments)k, h[i], &r[k][i]));
            r[k][i] = fabs(r[k][i]);
        }
        curve[k] = (fk_curve){fk_increments_name[k], STEPS, h, r[k],
                              k == FK_THREE_POINT ? FK_PEN_RINGS : FK_PEN_POINTS};
    }
    fk_trial_curves(t,
                    "What one Euler-Maruyama step misses of the generator, over its "
                    "length: it vanishes like h whatever the noise, and noise of equal "
                    "fourth moment is missed alike.",
                    &(fk_curves){.name = "one-step",
                                 .title = "cos 2x at x = 0.7 under dX = -X dt + √2 dW",
                                 .x_label = "step h",
                                 .y_label = "|(E φ(x') - φ)/h - Lφ|",
                                 .log_x = true,
                                 .log_y = true,
                                 .n = FK_INCREMENTS,
                                 .curve = curve});
    return FK_OK;
}

static fk_status verify(fk_trial *t, const model *m)
{
    fk_trial_add(t,
                 (fk_evidence){.left = m->rate,
                               .right = 0.69976105038,
                               .quadrature = 1e-11,
                               .origin = "digits of the known value"},
                 "L cos 2x at 0.7");
    FK_TRY(add_residuals(t, m));
    FK_TRY(add_coefficient(t, m, FK_GAUSSIAN, 3.0));
    FK_TRY(add_coefficient(t, m, FK_RADEMACHER, 1.0));
    return t->gallery != NULL ? draw(t, m) : FK_OK;
}

static fk_status run(fk_trial *t)
{
    model m = {.pool = NULL};
    fk_status status = make_model(t, &m);
    if (status == FK_OK)
        status = verify(t, &m);
    fk_sde_free(m.sde);
    fk_expr_pool_free(m.pool);
    return status;
}

const fk_claim fk_claim_one_step = {
    .name = "one-step",
    .title = "One step reproduces the generator, whatever the noise",
    .statement =
        "(E phi(x') - phi)/h of an Euler-Maruyama step tends to L phi like h, and "
        "only the first two moments of the noise enter the limit.",
    .assumptions = "phi has four bounded derivatives; the noise has mean 0, variance 1 "
                   "and third moment 0",
    .source = "su-2023, kloeden-platen-1992",
    .falsifier =
        "R(h)/h has another limit than the formula gives, or signs for noise lead "
        "to another L phi",
    .derivation =
        {{"Expand phi at the new point to the fourth order and average over the noise.",
          "\\mathbb{E} \\varphi(x') = \\varphi + h L \\varphi + h^2 c + O(h^3)"},
         {"What one step misses, divided by its length, is of first order.",
          "R(h) = \\frac{\\mathbb{E} \\varphi(x') - \\varphi}{h} - L \\varphi = c h + "
          "O(h^2)"},
         {"Its coefficient knows the fourth moment: 3 for Gaussian noise, 1 for signs.",
          "c = \\frac{1}{2} f^2 \\varphi'' + \\frac{1}{2} g^2 f \\varphi''' + "
          "\\frac{g^4}{24} \\mathbb{E}[\\varepsilon^4] \\varphi''''"},
         {"In the limit of short steps both give the same weak form, hence the same "
          "density.",
          NULL}},
    .parameter = {{"nodes", 80, 0, 4, 128, true, "nodes of the Gauss-Hermite rule"}},
    .breaks = {{"drift-sign", "L with the wrong sign of f"},
               {"half-g2", "L with g^2/4"},
               {"gaussian-moments", "fourth moment 3 for signs too"}},
    .run = run,
};
