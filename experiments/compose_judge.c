/* Every number of the composition, as it is, without weights and with them; groups of paths
 * give the standard errors, steps of twice the length what the steps may still do. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/compose.h"

static const double SIGMAS = 4.0;
static const double ROUNDING = 1e-9; /* and quadrature, of what is exact */

/* ---- numbers ---- */

/* A function of variable i: x, (x - centre)^2, or whether x is above the edge. */
typedef enum kind { MEAN, VARIANCE, ABOVE } kind;

typedef struct question {
    kind kind;
    size_t i;
    double edge;
} question;

static fk_weighted_mean ask(const fk_weighted_result *r, const question *q, double *phi)
{
    const size_t n = r->groups * r->count;
    for (size_t j = 0; j < n; j++) {
        const double x = r->x[j * r->dim + q->i];
        phi[j] = q->kind == ABOVE ? (x > q->edge ? 1.0 : 0.0) : x;
    }
    const fk_weighted_mean mean = fk_weighted_mean_of(r, phi);
    for (size_t j = 0; q->kind == VARIANCE && j < n; j++)
        phi[j] = (phi[j] - mean.value) * (phi[j] - mean.value);
    return q->kind == VARIANCE ? fk_weighted_mean_of(r, phi) : mean;
}

static fk_compose_number *add(fk_compose *c, const question *q, double *phi,
                              double exact, double scale)
{
    fk_compose_number *number = &c->numbers[c->n_numbers++];
    *number = (fk_compose_number){.exact = exact,
                                  .scale = scale,
                                  .plain = ask(&c->plain, q, phi),
                                  .found = ask(&c->found, q, phi)};
    number->step = fabs(ask(&c->coarse, q, phi).value - number->found.value);
    return number;
}

/* The edge of the cells that is nearest to the place. */
static double edge_near(const fk_axis *a, double place)
{
    const size_t k = fk_axis_cell(a, place);
    const double lower = fk_axis_edge(a, k), upper = fk_axis_edge(a, k + 1);
    return place - lower > upper - place ? upper : lower;
}

/* Mean and variance of a density, and what it has above the edge. */
typedef struct answers {
    double mean, variance, above;
} answers;

static answers ask_density(const fk_grid *g, const double *p, size_t i, double edge)
{
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM * FK_GRID_DIM], x[FK_GRID_DIM];
    double above = 0.0;
    fk_density_moments(g, p, mean, cov);
    for (size_t cell = 0; cell < fk_grid_cells(g); cell++) {
        fk_grid_centre(g, cell, x);
        above += x[i] > edge ? p[cell] * fk_grid_volume(g) : 0.0;
    }
    return (answers){mean[i], cov[i * g->dim + i], above};
}

static void ask_variable(fk_compose *c, size_t i, const char *name, double mean,
                         double *phi)
{
    const fk_grid *g = &c->problem->domain.grid;
    question q = {MEAN, i, edge_near(&g->axis[i], mean)};
    const answers exact = ask_density(&c->wide, c->whole, i, q.edge);
    const answers law = c->equation != NULL
                            ? ask_density(g, c->equation, i, q.edge)
                            : (answers){(double)NAN, (double)NAN, (double)NAN};
    fk_compose_number *number = add(c, &q, phi, exact.mean, sqrt(exact.variance));
    snprintf(number->name, sizeof number->name, "mean %.20s", name);
    number->equation = law.mean;
    q.kind = VARIANCE;
    number = add(c, &q, phi, exact.variance, exact.variance);
    snprintf(number->name, sizeof number->name, "variance %.20s", name);
    number->equation = law.variance;
    q.kind = ABOVE;
    number = add(c, &q, phi, exact.above, 1.0);
    snprintf(number->name, sizeof number->name, "P(%.20s > %.4g)", name, q.edge);
    number->equation = law.above;
}

/* The mean weight is Z, whatever is asked. */
static void ask_mass(fk_compose *c)
{
    fk_compose_number *number = &c->numbers[c->n_numbers++];
    *number = (fk_compose_number){.name = "log Z",
                                  .exact = c->log_z,
                                  .scale = 1.0,
                                  .equation = (double)NAN,
                                  .plain = {(double)NAN, (double)NAN},
                                  .found = {c->found.log_mass, c->found.mass_error},
                                  .step = fabs(c->coarse.log_mass - c->found.log_mass)};
}

static fk_status ask_all(fk_compose *c)
{
    const fk_problem *p = c->problem;
    const size_t d = p->sde->dim;
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM * FK_GRID_DIM];
    double *phi = fk_doubles(c->found.groups * c->found.count);
    if (phi == NULL)
        return FK_ENOMEM;
    fk_density_moments(&c->wide, c->whole, mean, cov);
    fk_status status = FK_OK;
    for (size_t i = 0; i < d && status == FK_OK; i++) {
        char *name = fk_expr_print(p->sde->variable[i], FK_EXPR_TEXT);
        if (name != NULL)
            ask_variable(c, i, name, mean[i], phi);
        else
            status = FK_ENOMEM;
        free(name);
    }
    free(phi);
    ask_mass(c);
    return status;
}

/* ---- cells ---- */

/* For a normal error e of a cell E|error| = e sqrt(2/pi). */
static fk_status fill_cells(const fk_compose *c, const fk_weighted_result *r,
                            fk_compose_cells *out)
{
    const fk_grid *g = &c->problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    out->mass = fk_doubles(cells + 1);
    out->error = fk_doubles(cells + 1);
    if (out->mass == NULL || out->error == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_weighted_cells(r, g, out->mass, out->error));
    double outside = 1.0;
    for (size_t k = 0; k < cells; k++) {
        const double exact = c->target[k] * fk_grid_volume(g);
        out->l1 += fabs(out->mass[k] - exact);
        outside -= exact;
        out->chance += out->error[k] * sqrt(2.0 / M_PI);
    }
    out->l1 += fabs(out->mass[cells] - outside);
    return FK_OK;
}

/* ---- the verdict ---- */

static double limit_of(const fk_compose_number *n)
{
    return SIGMAS * n->found.error + n->step + ROUNDING * n->scale;
}

/* The number whose gap is largest in units of what it may be, and the one that says
 * least. */
static void decide(fk_compose *c)
{
    const fk_compose_number *worst = &c->numbers[0], *vaguest = &c->numbers[0];
    for (size_t k = 1; k < c->n_numbers; k++) {
        const fk_compose_number *n = &c->numbers[k];
        if (fabs(n->found.value - n->exact) * limit_of(worst) >
            fabs(worst->found.value - worst->exact) * limit_of(n))
            worst = n;
        if (limit_of(n) * vaguest->scale > limit_of(vaguest) * n->scale)
            vaguest = n;
    }
    const double tolerance = c->problem->compare.tolerance;
    const double gap = fabs(worst->found.value - worst->exact);
    const double hidden = limit_of(vaguest) / vaguest->scale;
    c->word = gap > limit_of(worst)    ? FK_DISAGREE
              : !(hidden <= tolerance) ? FK_INCONCLUSIVE
                                       : FK_AGREE;
    if (c->word == FK_DISAGREE)
        snprintf(c->sentence, sizeof c->sentence,
                 "with weights %s is off by %.3g, more than chance and steps explain "
                 "(%.3g)",
                 worst->name, gap, limit_of(worst));
    else
        snprintf(c->sentence, sizeof c->sentence,
                 "with weights no difference was found; in %s one of %.2g of its scale "
                 "could hide%s",
                 vaguest->name, hidden,
                 c->word == FK_INCONCLUSIVE
                     ? ", more than compare.tolerance: more paths or steps would help"
                     : "");
}

/* Appends how wrong the sampler is without weights. */
static void tell_plain(fk_compose *c)
{
    const fk_compose_number *worst = NULL;
    double most = 0.0;
    for (size_t k = 0; k < c->n_numbers; k++) {
        const fk_compose_number *n = &c->numbers[k];
        const double sigmas = fabs(n->plain.value - n->exact) / n->plain.error;
        if (sigmas > most)
            worst = n, most = sigmas;
    }
    const size_t used = strlen(c->sentence);
    if (worst != NULL && most > SIGMAS)
        snprintf(c->sentence + used, sizeof c->sentence - used,
                 "; without them %s is %.4g in place of %.4g, %.0f standard errors off",
                 worst->name, worst->plain.value, worst->exact, most);
    else
        snprintf(c->sentence + used, sizeof c->sentence - used,
                 "; nor was one found without them");
}

fk_status fk_compose_judge(fk_compose *c)
{
    FK_TRY(ask_all(c));
    FK_TRY(fill_cells(c, &c->plain, &c->plain_cells));
    FK_TRY(fill_cells(c, &c->found, &c->found_cells));
    if (c->equation != NULL)
        c->equation_l1 =
            fk_density_l1(&c->problem->domain.grid, c->equation, c->target);
    decide(c);
    tell_plain(c);
    return FK_OK;
}
