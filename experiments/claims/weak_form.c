/* The weak form of the Fokker-Planck equation on the density that is known exactly: a
 * mixture of two Gaussians under the variance-preserving process with the linear schedule. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "sde/sde_text.h"
#include "sde/test_functions.h"
#include "sde/weak_form.h"

enum { FUNCTIONS = 10, TIMES = 41, CURVES = 4 };

/* p(x, t): weights 0.3, 0.7, means -1.5, 1, standard deviations 0.3, 0.5 at t = 0. */
static const char density_text[] = "0.3/sqrt(2*pi*(A^2*0.09 + 1 - A^2))"
                                   "*exp(-(x + 1.5*A)^2/(2*(A^2*0.09 + 1 - A^2)))"
                                   " + 0.7/sqrt(2*pi*(A^2*0.25 + 1 - A^2))"
                                   "*exp(-(x - A)^2/(2*(A^2*0.25 + 1 - A^2)))";

static const char *const name[FUNCTIONS] = {"x",    "x^2",      "x^4",    "He_4",
                                            "He_6", "Gaussian", "cos 2x", "sin x",
                                            "bump", "x - 3x^3"};

/* E phi and d/dt E phi at t = 1/4 to twelve digits, as computed once with other programs
 * by the trapezoidal rule; NaN where there is none. */
static const double known[FUNCTIONS][2] = {
    {0.180914296271, -0.459070026787}, {1.302163199318, -1.533478236540},
    {4.075214792940, -1.712560729114}, {-0.737764402968, 7.488308690127},
    {(double)NAN, (double)NAN},        {0.332485759148, 0.046697088173},
    {-0.033881012554, 1.421749682551}, {(double)NAN, (double)NAN},
    {0.241305060709, 0.192485965008},  {(double)NAN, (double)NAN}};

typedef struct model {
    fk_expr_pool *pool;
    fk_sde *sde; /* with the break, if any */
    const fk_expr *density;
    const fk_expr *phi[FUNCTIONS];
    fk_grid grid;
} model;

static void make_functions(model *m)
{
    fk_expr_pool *pool = m->pool;
    const fk_expr *x = m->sde->variable[0];
    const fk_expr *phi[FUNCTIONS] = {
        fk_test_monomial(pool, x, 1),    fk_test_monomial(pool, x, 2),
        fk_test_monomial(pool, x, 4),    fk_test_hermite(pool, x, 4),
        fk_test_hermite(pool, x, 6),     fk_test_gaussian(pool, x, 0.5, 0.4),
        fk_test_cosine(pool, x, 2.0),    fk_test_sine(pool, x, 1.0),
        fk_test_bump(pool, x, 0.0, 2.0), NULL};
    const fk_expr *three = fk_expr_number(pool, 3.0);
    phi[9] = fk_expr_sub(pool, phi[0],
                         fk_expr_mul(pool, three, fk_test_monomial(pool, x, 3)));
    for (size_t k = 0; k < FUNCTIONS; k++)
        m->phi[k] = phi[k];
}

static fk_status make_model(const fk_trial *t, model *m)
{
    const bool turned = fk_trial_broken(t, "drift-sign");
    const fk_sde_text text = {
        .dim = 1,
        .noises = 1,
        .variables = "x",
        .drift = turned ? "(0.1 + 19.9*t)*x/2" : "-(0.1 + 19.9*t)*x/2",
        .noise = fk_trial_broken(t, "full-g2")   ? "sqrt(2*(0.1 + 19.9*t))"
                 : fk_trial_broken(t, "half-g2") ? "sqrt((0.1 + 19.9*t)/2)"
                                                 : "sqrt(0.1 + 19.9*t)",
        .n_parameters = 1, /* stands for alpha(t) in the density */
        .parameter = (const char *const[]){"A"},
        .value = (const double[]){0.0}};
    const fk_axis axis = {-14.0, 14.0, fk_trial_whole(t, "points")};
    FK_TRY(fk_expr_pool_new(&m->pool));
    FK_TRY(fk_sde_parse(m->pool, &text, &m->sde, t->message));
    const fk_expr *alpha, *symbol = m->sde->parameter[0];
    FK_TRY(fk_sde_expression(m->sde, "exp(-(0.1*t + 9.95*t^2)/2)", &alpha, t->message));
    FK_TRY(fk_sde_expression(m->sde, density_text, &m->density, t->message));
    m->density = fk_expr_substitute(m->pool, m->density, 1, &symbol, &alpha);
    m->grid = fk_grid_make(1, &axis);
    make_functions(m);
    return FK_OK;
}

/* Integrals at one time: of phi p, phi d_t p, p L phi and phi L* p. */
typedef struct sides {
    double mean[FUNCTIONS], rate[FUNCTIONS], generator[FUNCTIONS], adjoint[FUNCTIONS];
} sides;

static fk_status integrate(const model *m, double t, sides *out)
{
    fk_expr_pool *pool = m->pool;
    const fk_expr *e[4][FUNCTIONS];
    const fk_expr *slope = fk_expr_diff(pool, m->density, m->sde->time);
    const fk_expr *adjoint = fk_weak_adjoint(m->sde, m->density);
    double *const to[] = {out->mean, out->rate, out->generator, out->adjoint};
    for (size_t k = 0; k < FUNCTIONS; k++) {
        e[0][k] = fk_expr_mul(pool, m->phi[k], m->density);
        e[1][k] = fk_expr_mul(pool, m->phi[k], slope);
        e[2][k] = fk_expr_mul(pool, fk_weak_generator(m->sde, m->phi[k]), m->density);
        e[3][k] = fk_expr_mul(pool, m->phi[k], adjoint);
    }
    for (size_t i = 0; i < 4; i++)
        FK_TRY(fk_weak_integrals(m->sde, FUNCTIONS, e[i], t, &m->grid, to[i]));
    return FK_OK;
}

/* Spectral where integrands and their derivatives vanish at the ends; what is left is
 * rounding, in proportion to the integrand's size. */
static fk_evidence row(double left, double right)
{
    return (fk_evidence){.left = left,
                         .right = right,
                         .quadrature = 2e-11,
                         .effect = 1e-6,
                         .origin = "midpoint rule on [-14, 14], rounding of its sum"};
}

static void add_rows(fk_trial *t, const sides *s)
{
    for (size_t k = 0; k < FUNCTIONS; k++)
        fk_trial_add(t, row(s->rate[k], s->generator[k]), "d/dt E phi = E L phi, %s",
                     name[k]);
    for (size_t k = 0; k < FUNCTIONS; k++)
        fk_trial_add(t, row(s->rate[k], s->adjoint[k]), "int phi (p_t - L* p), %s",
                     name[k]);
    for (size_t k = 0; k < FUNCTIONS; k++)
        if (isfinite(known[k][0])) {
            fk_trial_add(t, row(s->mean[k], known[k][0]), "E phi known, %s", name[k]);
            fk_trial_add(t, row(s->generator[k], known[k][1]), "E L phi known, %s",
                         name[k]);
        }
}

/* He_n is an eigenfunction: E He_n(x_t) = A^n E He_n(x_0) for every initial law. */
static fk_status add_hermite(fk_trial *t, const model *m, double time)
{
    sides s;
    const double A = exp(-(0.1 * time + 9.95 * time * time) / 2.0);
    const double start[] = {-2.69021, 10.5627805};
    FK_TRY(integrate(m, time, &s));
    fk_trial_add(t,
                 (fk_evidence){.left = s.mean[3],
                               .right = start[0] * pow(A, 4.0),
                               .quadrature = 5e-9,
                               .origin = "the initial moment to its digits"},
                 "E He_4 = A^4 E_0 He_4, t=%g", time);
    fk_trial_add(t,
                 (fk_evidence){.left = s.mean[4],
                               .right = start[1] * pow(A, 6.0),
                               .quadrature = 5e-8,
                               .origin = "the initial moment to its digits"},
                 "E He_6 = A^6 E_0 He_6, t=%g", time);
    return FK_OK;
}

/* d/dt E phi by differences of means (rings) on E L phi (lines), over time. */
static fk_status draw(fk_trial *t, const model *m)
{
    static const size_t shown[CURVES] = {1, 5, 6, 8};
    double *time = fk_doubles(TIMES * (1 + 2 * CURVES));
    fk_curve curve[2 * CURVES];
    fk_status status = time != NULL ? FK_OK : FK_ENOMEM;
    for (size_t i = 0; i < TIMES && status == FK_OK; i++) {
        sides s = {.mean = {0.0}};
        time[i] = 0.02 + 0.58 * (double)i / (TIMES - 1);
        status = integrate(m, time[i], &s);
        for (size_t k = 0; k < CURVES; k++) {
            time[(1 + k) * TIMES + i] = s.generator[shown[k]];
            time[(1 + CURVES + k) * TIMES + i] =
                i % 4 == 0 ? s.rate[shown[k]] : (double)NAN;
        }
    }
    for (size_t k = 0; k < CURVES && status == FK_OK; k++) {
        curve[2 * k] = (fk_curve){name[shown[k]], TIMES, time, time + (1 + k) * TIMES,
                                  FK_PEN_LINE};
        curve[2 * k + 1] = (fk_curve){NULL, TIMES, time,
                                      time + (1 + CURVES + k) * TIMES, FK_PEN_RINGS};
    }
    if (status == FK_OK)
        fk_trial_curves(t,
                        "Both sides of the weak form over time for four test "
                        "functions: E L phi (lines) and the change of E phi (rings), "
                        "by quadrature on the exact density.",
                        &(fk_curves){.name = "weak-form",
                                     .title = "d/dt E φ (rings) = E Lφ (lines)",
                                     .x_label = "t",
                                     .y_label = "d/dt E φ(X_t)",
                                     .n = 2 * CURVES,
                                     .curve = curve});
    free(time);
    return status;
}

static fk_status verify(fk_trial *t, const model *m)
{
    sides s;
    FK_TRY(integrate(m, 0.25, &s));
    add_rows(t, &s);
    FK_TRY(add_hermite(t, m, 0.25));
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

const fk_claim fk_claim_weak_form = {
    .name = "weak-form",
    .title = "From test functions to the Fokker-Planck equation",
    .statement =
        "For dX = f dt + g dW and every smooth test function phi, the "
        "expectation of phi changes at the rate E[f phi' + (g^2/2) phi''], and "
        "the density obeys p_t = -(f p)' + (g^2/2) p''.",
    .assumptions = "phi is twice differentiable and of moderate growth; terms at the "
                   "boundary vanish, because phi is compact or because p and p' decay",
    .source = "su-2023, risken-1989",
    .falsifier = "the rate of change of E phi, differentiated from the exact density, "
                 "differs from E L phi by more than rounding for one test function",
    .derivation =
        {{"One step of length h, with noise of mean 0 and variance 1.",
          "x' = x + f h + g \\sqrt{h} \\, \\varepsilon, \\quad "
          "\\mathbb{E} \\varepsilon = 0, \\quad \\mathbb{E} \\varepsilon^2 = 1"},
         {"Taylor's expansion of a test function at the new point.",
          "\\varphi(x') = \\varphi + (f h + g \\sqrt{h} \\, \\varepsilon) \\varphi' + "
          "\\frac{g^2 h}{2} \\varepsilon^2 \\varphi'' + O(h^{3/2})"},
         {"The terms of order 3/2 are odd in the noise: its mean leaves order 2.",
          "\\mathbb{E} \\varphi(x') = \\mathbb{E} \\varphi + h \\, \\mathbb{E}[L "
          "\\varphi] + O(h^2), \\quad L \\varphi = f \\varphi' + \\frac{g^2}{2} "
          "\\varphi''"},
         {"With h to 0 this is the weak form.",
          "\\frac{d}{dt} \\mathbb{E}[\\varphi(X_t)] = \\mathbb{E}[L \\varphi(X_t)]"},
         {"Written with the density and integrated by parts, twice, with nothing left "
          "at the boundary.",
          "\\int \\varphi \\, \\partial_t p \\, dx = \\int \\varphi \\left[ "
          "-\\partial_x "
          "(f p) + \\frac{g^2}{2} \\partial_x^2 p \\right] dx"},
         {"It holds for every test function, so the integrands are equal.",
          "\\partial_t p = -\\partial_x (f p) + \\frac{g^2}{2} \\partial_x^2 p"}},
    .parameter = {{"points", 28000, 4000, 500, 1e6, true,
                   "points of the rule on [-14, 14]"}},
    .breaks = {{"drift-sign", "f with the wrong sign"},
               {"half-g2", "g^2/4 in place of g^2/2"},
               {"full-g2", "g^2 in place of g^2/2: the half is forgotten"}},
    .run = run,
};
