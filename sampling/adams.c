#include "sampling/adams.h"

#include <assert.h>
#include <math.h>

#include "solvers/quadrature.h"

enum { NODES = 24, FEW_STEPS = 15 };

/* L_j at u through x[n]. */
static double lagrange(size_t n, const double *x, size_t j, double u)
{
    double product = 1.0;
    for (size_t i = 0; i < n; i++)
        if (i != j)
            product *= (u - x[i]) / (x[j] - x[i]);
    return product;
}

void fk_adams_weights(const fk_plan *p, size_t n, const fk_noise_level *const *l,
                      const fk_noise_level *s, const fk_noise_level *t, double kappa,
                      bool in_time, double *w)
{
    double x[FK_ADAMS_MOST] = {0.0}, node[NODES], weight[NODES];
    const double middle = 0.5 * (s->lambda + t->lambda), half = t->lambda - middle;
    assert(n <= FK_ADAMS_MOST);
    if (fk_gauss_legendre(NODES, node, weight) != FK_OK)
        p->recipe->status = FK_ENOMEM;
    for (size_t j = 0; j < n; j++) {
        x[j] = in_time ? l[j]->t : l[j]->lambda;
        w[j] = 0.0;
    }
    for (size_t i = 0; i < NODES && p->recipe->status == FK_OK; i++) {
        const double lambda = middle + half * node[i];
        const double u = in_time ? fk_noise_at_lambda(p->schedule, lambda).t : lambda;
        const double share = half * weight[i] * exp(kappa * (lambda - t->lambda));
        for (size_t j = 0; j < n; j++)
            w[j] += share * lagrange(n, x, j, u);
    }
}

void fk_adams_data(const fk_plan *p, fk_combination *c, size_t n,
                   const fk_noise_level *const *l, const unsigned *source,
                   const fk_noise_level *s, const fk_noise_level *t, double lambda)
{
    double w[FK_ADAMS_MOST];
    const double l2 = lambda * lambda, h = t->lambda - s->lambda;
    fk_adams_weights(p, n, l, s, t, 1.0 + l2, false, w);
    fk_combine(c, FK_THE_STATE, t->sigma / s->sigma * exp(-l2 * h));
    for (size_t j = 0; j < n; j++)
        fk_combine(c, source[j], (1.0 + l2) * t->alpha * w[j]);
    fk_combine(c, FK_A_NOISE, t->sigma * sqrt(-expm1(-2.0 * l2 * h)));
}

size_t fk_adams_points(const fk_plan *p, size_t k, size_t order)
{
    size_t n = k + 1 < order ? k + 1 : order;
    if (p->options->lower_final && p->n < FEW_STEPS && p->n - k < n)
        n = p->n - k;
    return n;
}

void fk_plan_adams_data(const fk_plan *p, size_t order, double lambda)
{
    for (size_t k = 0; k < p->n; k++) {
        const fk_noise_level *known[FK_ADAMS_MOST];
        unsigned source[FK_ADAMS_MOST];
        const size_t n = fk_adams_points(p, k, order);
        fk_step *step = fk_grid_step(p, k);
        fk_combine(&fk_ask_data(step, &p->level[k])->at, FK_THE_STATE, 1.0);
        for (size_t j = 0; j < n; j++) {
            known[j] = &p->level[k - j];
            source[j] = j == 0 ? FK_AN_EVALUATION : FK_THE_KEPT + (unsigned)j - 1;
        }
        fk_adams_data(p, &step->result, n, known, source, &p->level[k],
                      &p->level[k + 1], lambda);
        step->keep = 0;
    }
}

/* The data at the start of step k: found at the end of the one before, or asked for. */
static void start_points(const fk_plan *p, fk_step *step, size_t k, size_t n,
                         const fk_noise_level **known, unsigned *source)
{
    if (k == 0)
        fk_combine(&fk_ask_data(step, p->level)->at, FK_THE_STATE, 1.0);
    for (size_t j = 0; j < n; j++) {
        known[j] = &p->level[k - j];
        source[j] = k == 0 ? FK_AN_EVALUATION : FK_THE_KEPT + (unsigned)j;
    }
}

void fk_plan_adams_corrected(const fk_plan *p, size_t order, size_t corrector,
                             double lambda)
{
    for (size_t k = 0; k < p->n; k++) {
        /* behind the point at the end: those of the predictor */
        const fk_noise_level *known[FK_ADAMS_MOST + 1], *s = &p->level[k], *t = s + 1;
        unsigned source[FK_ADAMS_MOST + 1];
        const size_t n = fk_adams_points(p, k, order);
        fk_step *step = fk_grid_step(p, k);
        fk_combination ahead = {0};
        start_points(p, step, k, n, known + 1, source + 1);
        fk_adams_data(p, &ahead, n, known + 1, source + 1, s, t, lambda);
        if (k + 1 == p->n) {
            step->result = ahead;
            return;
        }
        fk_ask_data(step, t)->at = ahead;
        known[0] = t;
        source[0] = fk_latest(step);
        fk_adams_data(p, &step->result, n + 1 < corrector ? n + 1 : corrector, known,
                      source, s, t, lambda);
        step->keep = (int)step->n - 1;
    }
}
