/* The expansion of a density's change in moments of the increments: what they are for a
 * step of Euler and Maruyama, that only two are left as the step vanishes, and what comes of
 * stopping elsewhere (Pawula). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/claim.h"
#include "sampling/one_step.h"
#include "sde/sde_text.h"
#include "solvers/quadrature.h"

enum { MOMENTS = 4 };

/* ---- moments of one step ---- */

/* M_n = E (x' - x)^n / h of the scheme's own step. */
static fk_status step_moments(const fk_trial *t, double h, double M[MOMENTS])
{
    const fk_sde_text text = {
        .dim = 1, .noises = 1, .variables = "x", .drift = "-x", .noise = "sqrt(2)"};
    const double x = 0.7;
    fk_expr_pool *pool = NULL;
    fk_sde *sde = NULL;
    const fk_expr *power[MOMENTS];
    FK_TRY(fk_expr_pool_new(&pool));
    fk_status status = fk_sde_parse(pool, &text, &sde, t->message);
    for (size_t n = 0; status == FK_OK && n < MOMENTS; n++) {
        char phi[32];
        snprintf(phi, sizeof phi, "(x - 0.7)^%zu", n + 1);
        status = fk_sde_expression(sde, phi, &power[n], t->message);
    }
    const fk_one_step step = {
        .scheme = fk_scheme_find("euler-maruyama"), .sde = sde, .nodes = 16, .h = h};
    if (status == FK_OK)
        status = fk_one_step_expectation(&step, &x, MOMENTS, power, M, t->message);
    for (size_t n = 0; n < MOMENTS; n++)
        M[n] /= h;
    fk_sde_free(sde);
    fk_expr_pool_free(pool);
    return status;
}

static fk_status compare_moments(fk_trial *t)
{
    const double h = fk_trial_value(t, "step"), f = -0.7;
    const double g2 = fk_trial_broken(t, "double-noise") ? 4.0 : 2.0;
    const double drift = fk_trial_broken(t, "no-drift-square") ? 0.0 : f * f * h;
    const double exact[MOMENTS] = {f, g2 + drift, 3.0 * f * g2 * h + f * f * f * h * h,
                                   3.0 * g2 * g2 * h + 6.0 * f * f * g2 * h * h +
                                       f * f * f * f * h * h * h};
    double M[MOMENTS], small[MOMENTS];
    FK_TRY(step_moments(t, h, M));
    FK_TRY(step_moments(t, 1e-6, small));
    for (size_t n = 0; n < MOMENTS; n++)
        fk_trial_add(
            t,
            (fk_evidence){.left = M[n],
                          .right = exact[n],
                          .quadrature = 1e-12,
                          .origin = "Gauss and Hermite, exact for polynomials"},
            "M_%zu of a step of %g", n + 1, h);
    for (size_t n = 2; n < MOMENTS; n++)
        fk_trial_add(t,
                     (fk_evidence){.left = small[n],
                                   .discretisation = 2e-5,
                                   .effect = 1e-3,
                                   .origin = "the step of 1e-6"},
                     "M_%zu as the step vanishes", n + 1);
    return FK_OK;
}

/* ---- Pawula: jumps of size 1 at rate 1, and their expansion cut off ---- */

enum { NODES = 40, PIECES = 80, POINTS = 241 };

/* Density at x and t of exp(t sum_{n <= order} (i k)^n / n!), plus a little diffusion
 * that makes both laws smooth:  1/pi int_0^K Re(e^{-ikx} ...) dk. */
static fk_status law(size_t order, double time, double x, double *p)
{
    const double far = 40.0, blur = 0.02;
    double node[NODES], weight[NODES];
    FK_TRY(fk_gauss_legendre(NODES, node, weight));
    *p = 0.0;
    for (size_t piece = 0; piece < PIECES; piece++)
        for (size_t i = 0; i < NODES; i++) {
            const double k = far / PIECES * ((double)piece + 0.5 * (1.0 + node[i]));
            const double even = order == 0 ? cos(k) - 1.0 : -0.5 * k * k;
            const double odd = order == 0   ? sin(k)
                               : order == 3 ? k - k * k * k / 6.0
                                            : k;
            *p += 0.5 * far / PIECES * weight[i] / M_PI *
                  exp(time * even - 0.5 * blur * k * k) * cos(time * odd - k * x);
        }
    return FK_OK;
}

static fk_status compare_pawula(fk_trial *t)
{
    static const size_t order[] = {0, 2, 3};
    static const char *const name[] = {"all orders: jumps", "two orders",
                                       "three orders"};
    double x[POINTS], p[3][POINTS], least[3];
    fk_curve curve[3];
    for (size_t c = 0; c < 3; c++) {
        least[c] = HUGE_VAL;
        for (size_t i = 0; i < POINTS; i++) {
            x[i] = -4.0 + 10.0 * (double)i / (POINTS - 1);
            FK_TRY(law(order[c], 1.0, x[i], &p[c][i]));
            least[c] = fmin(least[c], p[c][i]);
        }
        curve[c] = (fk_curve){.name = name[c],
                              .n = POINTS,
                              .x = x,
                              .y = p[c],
                              .pen = c == 1 ? FK_PEN_DASHES : FK_PEN_LINE};
    }
    for (size_t c = 0; c < 2; c++)
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_LEAST,
                                   .left = least[c],
                                   .quadrature = 1e-6,
                                   .effect = 1e-3,
                                   .origin = "Gauss and Legendre, and where it ends"},
                     "least density of a process that jumps, %s", name[c]);
    fk_trial_add(
        t,
        (fk_evidence){.relation = fk_trial_broken(t, "three-are-fine") ? FK_AT_LEAST
                                                                       : FK_AT_MOST,
                      .left = least[2],
                      .right = fk_trial_broken(t, "three-are-fine") ? 0.0 : -1e-3,
                      .quadrature = 1e-6,
                      .effect = 1e-4,
                      .origin = "Gauss and Legendre, and where it ends"},
        "least density with three orders: below zero, no density at all");
    fk_trial_curves(
        t,
        "A process that jumps by 1 at the rate 1, at t = 1, and its expansion "
        "cut off: two orders are a density (not the right one), three are "
        "none.",
        &(fk_curves){.name = "kramers_moyal",
                     .title = "Pawula: two orders or all",
                     .x_label = "x",
                     .y_label = "density",
                     .n = 3,
                     .curve = curve});
    return FK_OK;
}

/* Moments of jumps obey Cauchy and Schwarz, M_3^2 <= M_2 M_4: were M_4 zero, so were M_3. */
static fk_status run(fk_trial *t)
{
    FK_TRY(compare_moments(t));
    return compare_pawula(t);
}

const fk_claim fk_claim_kramers_moyal = {
    .name = "kramers-moyal",
    .title = "Of the moments of the increments two are left, or infinitely many",
    .statement =
        "The change of a density is a series in the moments of the increments "
        "over the step; for noise sqrt(h) times a normal number two survive as "
        "the step vanishes, which is the Fokker-Planck equation, and cutting a "
        "longer series after the third gives no density.",
    .assumptions =
        "Moments of all orders; read as distributions, against test functions.",
    .source = "su-9228, pawula-1967, risken-1989",
    .falsifier = "A third or fourth moment that does not vanish with the step, or a "
                 "positive density from three orders.",
    .derivation =
        {
            {"The density after a step is an average of delta functions, expanded in "
             "the "
             "increment:",
             "p_{t+h}(x) = \\mathbb{E}\\, \\delta(x - x_t - \\Delta) = \\sum_n "
             "\\frac{(-1)^n}{n!} "
             "\\partial_x^n \\left( \\mathbb{E}[\\Delta^n | x] \\, p_t \\right)"},
            {"with the moments per time",
             "M_n = \\frac{1}{h} \\mathbb{E}[\\Delta^n | x]"},
            {"For an increment f h + g sqrt(h) eps they are",
             "M_1 = f, \\quad M_2 = g^2 + f^2 h, \\quad M_3 = 3 f g^2 h + f^3 h^2, "
             "\\quad M_4 = "
             "3 g^4 h + 6 f^2 g^2 h^2 + f^4 h^3"},
            {"and as h vanishes only two are left:",
             "\\partial_t p = -\\partial_x (f p) + \\frac{1}{2} \\partial_x^2 (g^2 p)"},
            {"By Cauchy and Schwarz a fourth moment that vanishes takes all higher "
             "ones "
             "and the third with it: a series that ends does so at two, or its "
             "solution "
             "is negative somewhere.",
             "M_3^2 \\le M_2 M_4"},
        },
    .parameter = {{.name = "step",
                   .standard = 0.1,
                   .least = 1e-3,
                   .most = 1,
                   .meaning = "length of the step"}},
    .breaks = {{"double-noise", "twice g^2"},
               {"no-drift-square", "M_2 without f^2 h"},
               {"three-are-fine", "three orders give a density"}},
    .run = run,
};
