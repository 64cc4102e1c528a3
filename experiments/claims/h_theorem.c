/* The H-theorem on cells: a step that is a Markov chain, mass and sign kept, brings any two
 * densities together.  Relative entropy falls at every step, whatever the step's error, for
 * each positive flux with each stepper whose step is such a chain:
 *
 *     K = sum p log(p/q) V,     K(M p, M q) <= K(p, q)
 *     dK/dt = -sum_(i to j) k_ij q_i (r_i log(r_i/r_j) - r_i + r_j) V,     r = p/q
 *
 * In a double well, with detailed balance, and on a ring with a constant push, without.
 * [cover-thomas-2006, section 4.4; schnakenberg-1976] */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/claim.h"
#include "pde/evolution.h"
#include "pde/generator.h"
#include "sde/sde_text.h"
#include "solvers/quadrature.h"

enum { PLACES = 2, STEPS = 40, LENGTHS = 2 };

/* Lengths of a step times the largest rate out of a cell. */
static const double lengths[LENGTHS] = {0.9, 9.0};

typedef struct place {
    const char *name, *drift, *noise;
    double lo, hi;
    fk_boundary face;
} place;

static const place places[PLACES] = {
    {"double well", "x - x^3", "sqrt(0.5)", -3.0, 3.0, FK_REFLECTING},
    {"pushed ring", "1 + sin(x)", "sqrt(0.6)", -M_PI, M_PI, FK_PERIODIC}};

typedef struct model {
    const place *is;
    fk_expr_pool *pool;
    fk_sde *sde;
    fk_domain domain;
    size_t cells;
    double *p, *q; /* [cells] two densities to begin with */
} model;

static double bump(double x, double at, double width)
{
    const double z = (x - at) / width;
    return exp(-0.5 * z * z);
}

static fk_status make_model(const fk_trial *t, const place *is, model *m)
{
    const fk_sde_text text = {.dim = 1,
                              .noises = 1,
                              .variables = "x",
                              .drift = is->drift,
                              .noise = is->noise};
    const size_t n = fk_trial_whole(t, "cells");
    const fk_axis axis = {is->lo, is->hi, n};
    *m = (model){.is = is, .cells = n, .domain = {.face = {{is->face, is->face}}}};
    m->domain.grid = fk_grid_make(1, &axis);
    m->p = fk_doubles(2 * n);
    if (m->p == NULL)
        return FK_ENOMEM;
    m->q = m->p + n;
    double mass[2] = {0.0, 0.0};
    for (size_t c = 0; c < n; c++) {
        const double x = fk_axis_centre(&axis, c);
        mass[0] += m->p[c] = 1e-3 + bump(x, -1.2, 0.2);
        mass[1] += m->q[c] = 0.05 + bump(x, 0.7, 0.5);
    }
    for (size_t c = 0; c < n; c++) {
        m->p[c] /= mass[0] * fk_grid_volume(&m->domain.grid);
        m->q[c] /= mass[1] * fk_grid_volume(&m->domain.grid);
    }
    FK_TRY(fk_expr_pool_new(&m->pool));
    return fk_sde_parse(m->pool, &text, &m->sde, t->message);
}

static void clear_model(model *m)
{
    free(m->p);
    fk_sde_free(m->sde);
    fk_expr_pool_free(m->pool);
}

/* sum p log(p/q) V, no number where either is negative; without q: sum p log p V */
static double relative_entropy(const model *m, const double *p, const double *q)
{
    double sum = 0.0;
    for (size_t c = 0; c < m->cells; c++)
        sum += p[c] != 0.0 ? p[c] * log(p[c] / (q != NULL ? q[c] : 1.0)) : 0.0;
    return sum * fk_grid_volume(&m->domain.grid);
}

/* ---- its rate of change ---- */

/* By the operator: sum (L p) log r - r L q, the mass of p being kept. */
static double rate_by_operator(const model *m, const fk_fokker_planck *fp, double *work)
{
    double *dp = work, *dq = work + m->cells, sum = 0.0;
    fk_fokker_planck_apply(fp, m->p, dp);
    fk_fokker_planck_apply(fp, m->q, dq);
    for (size_t c = 0; c < m->cells; c++)
        sum += dp[c] * log(m->p[c] / m->q[c]) - m->p[c] / m->q[c] * dq[c];
    return sum * fk_grid_volume(&m->domain.grid);
}

/* k q_i (r_i log(r_i/r_j) - r_i + r_j) >= 0 of one way along a link */
static double produced(const model *m, double rate, size_t i, size_t j)
{
    const double r = m->p[i] / m->q[i], s = m->p[j] / m->q[j];
    return rate * m->q[i] * (r * log(r / s) - r + s);
}

static fk_status add_rate(fk_trial *t, const model *m, const fk_fokker_planck *fp,
                          const fk_flux *flux)
{
    fk_generator *g = NULL;
    double sum = 0.0, *work = fk_doubles(2 * m->cells);
    fk_status status = work != NULL ? fk_generator_new(fp, &g, t->message) : FK_ENOMEM;
    if (status == FK_OK) {
        const bool one_way = fk_trial_broken(t, "one-way");
        for (size_t l = 0; l < g->n_links; l++) {
            const fk_link *k = &g->link[l];
            sum += produced(m, k->up, k->from, k->to) +
                   (one_way ? 0.0 : produced(m, k->dn, k->to, k->from));
        }
        const double left = rate_by_operator(m, fp, work);
        fk_trial_add(t,
                     (fk_evidence){.left = left,
                                   .right = -sum * fk_grid_volume(&m->domain.grid),
                                   .quadrature = 1e-11 * fabs(left),
                                   .origin = "rounding"},
                     "dK/dt by the operator and by its links, %s, %s", flux->name,
                     m->is->name);
    }
    fk_generator_free(g);
    free(work);
    return status;
}

/* ---- step by step ---- */

typedef struct history {
    double value[STEPS + 1];
    double rise;    /* largest from one step to the next */
    double minimum; /* of p */
} history;

static fk_status follow(const fk_trial *t, const model *m, fk_evolution *p,
                        fk_evolution *q, double h, history *out)
{
    const bool plain = fk_trial_broken(t, "plain-entropy");
    fk_ledger ledger;
    *out = (history){.rise = -HUGE_VAL};
    for (size_t k = 0; k <= STEPS; k++) {
        FK_TRY(fk_evolution_advance(p, (double)k * h, NULL, t->message));
        FK_TRY(fk_evolution_advance(q, (double)k * h, NULL, t->message));
        out->value[k] = relative_entropy(m, fk_evolution_density(p),
                                         plain ? NULL : fk_evolution_density(q));
        if (k > 0)
            out->rise = fmax(out->rise, out->value[k] - out->value[k - 1]);
    }
    fk_evolution_ledger(p, &ledger);
    out->minimum = ledger.minimum;
    return FK_OK;
}

static fk_status march(const fk_trial *t, const model *m, fk_fokker_planck *fp,
                       const fk_pde_stepper *stepper, double h, history *out)
{
    const fk_evolution_options o = {.stepper = stepper, .step = h, .span = STEPS * h};
    fk_evolution *p = NULL, *q = NULL;
    fk_status status = fk_evolution_new(fp, 0.0, m->p, &o, &p);
    if (status == FK_OK)
        status = fk_evolution_new(fp, 0.0, m->q, &o, &q);
    if (status == FK_OK)
        status = follow(t, m, p, q, h, out);
    fk_evolution_free(p);
    fk_evolution_free(q);
    return status;
}

/* Every positive stepper, with steps as long as it stands. */
static fk_status add_steps(fk_trial *t, const model *m, fk_fokker_planck *fp,
                           const fk_flux *flux)
{
    const double R = fk_fokker_planck_max_rate(fp);
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        for (size_t i = 0; i < LENGTHS && (*s)->positive; i++) {
            history k;
            if (*s == fk_pde_stepper_find("ssp-rk3") && lengths[i] > 1.0)
                continue;
            FK_TRY(march(t, m, fp, *s, lengths[i] / R, &k));
            fk_trial_add(t,
                         (fk_evidence){.relation = FK_AT_MOST,
                                       .left = k.rise,
                                       .quadrature = 1e-13,
                                       .effect = 1e-4,
                                       .origin = "rounding"},
                         "largest rise of K in a step of %g/R, %s, %s, %s", lengths[i],
                         (*s)->name, flux->name, m->is->name);
        }
    return FK_OK;
}

static fk_status add_flux(fk_trial *t, const model *m, const fk_flux *flux)
{
    fk_fokker_planck *fp = NULL;
    FK_TRY(fk_fokker_planck_new(m->sde, &m->domain, flux, &fp, t->message));
    fk_status status = add_rate(t, m, fp, flux);
    if (status == FK_OK)
        status = add_steps(t, m, fp, flux);
    fk_fokker_planck_free(fp);
    return status;
}

/* What is not positive leaves where K is defined. */
static fk_status add_signs(fk_trial *t, const model *m, const char *flux,
                           const char *stepper)
{
    fk_fokker_planck *fp = NULL;
    history k;
    FK_TRY(
        fk_fokker_planck_new(m->sde, &m->domain, fk_flux_find(flux), &fp, t->message));
    const fk_status status = march(t, m, fp, fk_pde_stepper_find(stepper),
                                   lengths[1] / fk_fokker_planck_max_rate(fp), &k);
    if (status == FK_OK)
        fk_trial_add(t,
                     (fk_evidence){.relation = FK_AT_MOST,
                                   .left = k.minimum,
                                   .right = -1e-5,
                                   .quadrature = 1e-13,
                                   .origin = "rounding"},
                     "least density with %s, %s, %s: negative, so that K is no number",
                     stepper, flux, m->is->name);
    fk_fokker_planck_free(fp);
    return status;
}

/* ---- the picture ---- */

static fk_status draw(fk_trial *t, const model *m)
{
    static const char *const flux[] = {"chang-cooper", "upwind"};
    static const char *const name[] = {"chang-cooper, tr-bdf2",
                                       "chang-cooper, implicit-euler",
                                       "upwind, tr-bdf2", "upwind, implicit-euler"};
    enum { FLUXES = sizeof flux / sizeof *flux };
    history k[2 * FLUXES];
    double time[2 * FLUXES][STEPS + 1];
    fk_curve curve[2 * FLUXES];
    for (size_t i = 0; i < 2 * FLUXES; i++) {
        const fk_pde_stepper *stepper =
            fk_pde_stepper_find(i % 2 == 0 ? "tr-bdf2" : "implicit-euler");
        fk_fokker_planck *fp = NULL;
        FK_TRY(fk_fokker_planck_new(m->sde, &m->domain, fk_flux_find(flux[i / 2]), &fp,
                                    t->message));
        const double h = 90.0 / fk_fokker_planck_max_rate(fp);
        const fk_status status = march(t, m, fp, stepper, h, &k[i]);
        fk_fokker_planck_free(fp);
        FK_TRY(status);
        for (size_t j = 0; j <= STEPS; j++)
            time[i][j] = (double)j * h;
        curve[i] = (fk_curve){name[i], STEPS + 1, time[i], k[i].value,
                              i % 2 == 0 ? FK_PEN_DASHES : FK_PEN_LINE};
    }
    fk_trial_curves(t,
                    "The entropy of one density relative to another, both moved by the "
                    "same steps of 90/R, R the largest rate out of a cell: the schemes "
                    "differ, and under each of them it falls at every step.",
                    &(fk_curves){.name = "h-theorem",
                                 .title = "A double well forgets where it began",
                                 .x_label = "t",
                                 .y_label = "relative entropy K, nats",
                                 .log_y = true,
                                 .n = 2 * FLUXES,
                                 .curve = curve});
    return FK_OK;
}

static fk_status verify(fk_trial *t, const model *m)
{
    for (size_t i = 0; i < PLACES; i++)
        for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
            if ((*f)->positive && (*f)->reach == 1)
                FK_TRY(add_flux(t, &m[i], *f));
    FK_TRY(add_signs(t, &m[0], "central", "tr-bdf2"));
    FK_TRY(add_signs(t, &m[0], "chang-cooper", "hundsdorfer-verwer"));
    return t->gallery != NULL ? draw(t, &m[0]) : FK_OK;
}

static fk_status run(fk_trial *t)
{
    model m[PLACES] = {{.is = NULL}};
    fk_status status = FK_OK;
    for (size_t i = 0; i < PLACES && status == FK_OK; i++)
        status = make_model(t, &places[i], &m[i]);
    if (status == FK_OK)
        status = verify(t, m);
    for (size_t i = 0; i < PLACES; i++)
        clear_model(&m[i]);
    return status;
}

const fk_claim fk_claim_h_theorem = {
    .name = "h-theorem",
    .title = "On cells, too, relative entropy falls at every step",
    .statement =
        "Two densities moved by one positive scheme come closer in relative entropy at "
        "every step, however long and wrong it is, with detailed balance or without; "
        "the rate is a sum over links of terms that are not negative.",
    .assumptions = "a flux with positive rates, and steps that keep mass and sign; the "
                   "second-order steppers do so by a limiter that depends on the "
                   "density: of them it is measured here, not proved",
    .source = "cover-thomas-2006, schnakenberg-1976",
    .falsifier = "one step of one positive scheme after which the relative entropy is "
                 "larger",
    .derivation =
        {{"A step is a matrix of chances of going from cell to cell.",
          "p' = M p, \\quad M \\ge 0, \\quad \\sum_j M_{ji} = 1"},
         {"The logarithm is concave: what is mixed is harder to tell apart.",
          "\\sum_j p'_j \\log \\frac{p'_j}{q'_j} \\le \\sum_{ij} M_{ji} p_i \\log "
          "\\frac{M_{ji} p_i}{M_{ji} q_i} = \\sum_i p_i \\log \\frac{p_i}{q_i}"},
         {"For short steps every link adds its share, with the ratio r of the two "
          "densities at its ends.",
          "\\frac{dK}{dt} = -\\sum_{i \\to j} k_{ij} q_i \\left( r_i \\log "
          "\\frac{r_i}{r_j} - r_i + r_j \\right)"},
         {"Each bracket is the distance of a convex function from its tangent, so not "
          "negative; nothing was said of balance.",
          "u \\log \\frac{u}{v} - u + v \\ge 0"},
         {"The entropy of one density alone may rise or fall: noise raises it, a drift "
          "that gathers takes it away.",
          NULL}},
    .parameter = {{"cells", 80, 50, 40, 400, true, "of each problem"}},
    .breaks = {{"one-way", "links counted in one direction only"},
               {"plain-entropy", "the negative entropy of p alone"}},
    .run = run,
};
