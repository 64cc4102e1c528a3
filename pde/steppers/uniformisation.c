#include <math.h>
#include <string.h>

#include "pde/explicit.h"

/* With R the largest rate out of a cell, I + L / R is the transition matrix of a Markov
 * chain, and a chain that jumps at the times of a Poisson process of rate R has the law
 *
 *     e^{h L} u = sum_k w_k (I + L / R)^k u,    w_k = e^{-m} m^k / k!,  m = h R
 *
 * The weights within +- (9 sqrt(m) + 40) of m are all but 1e-17 of the sum; they follow
 * from each other, w_k = w_{k-1} m / k, and are scaled to sum one.  Long steps are taken
 * in parts of at most MEAN jumps on average. */
static const double MEAN = 4096.0;

typedef struct poisson {
    double mean, first, last; /* of the jumps that count */
    double scale;             /* weight of the first of them */
} poisson;

static poisson poisson_law(double mean)
{
    const double half_width = 9.0 * sqrt(mean) + 40.0;
    poisson p = {mean, fmax(ceil(mean - half_width), 0.0), ceil(mean + half_width),
                 1.0};
    double w = 1.0, sum = 1.0;
    for (double k = p.first + 1.0; k <= p.last; k += 1.0) {
        w *= mean / k;
        sum += w;
    }
    p.scale = 1.0 / sum;
    return p;
}

/* u -> e^{part L} u, or by the transpose; field 0: the chain's law, 1: L of it, 2: the sum */
static void jump(fk_explicit *e, const fk_time_step *s, const poisson *p, double *u)
{
    const size_t bytes = e->n * sizeof *u;
    double *v = e->field[0], *flow = e->field[1], *sum = e->field[2];
    double w = p->scale;
    memcpy(v, u, bytes);
    memset(sum, 0, bytes);
    for (double k = 0.0; k <= p->last; k += 1.0) {
        w *= k > p->first ? p->mean / k : 1.0;
        if (k >= p->first)
            fk_explicit_sum(e, 2, (double[]){1.0, w}, (const double *[]){sum, v}, sum);
        fk_explicit_flow(e, s, v, flow);
        fk_explicit_sum(e, 2, (double[]){1.0, 1.0 / e->rate},
                        (const double *[]){v, flow}, v);
    }
    memcpy(u, sum, bytes);
}

static fk_status step(fk_integrator *i, const fk_time_step *s, double *u,
                      fk_step_report *report, fk_message *message)
{
    fk_explicit *e = (fk_explicit *)i;
    FK_TRY(fk_explicit_set(e, s->t, HUGE_VAL, s, report, message));
    const double jumps = s->h * e->rate, parts = ceil(jumps / MEAN);
    const poisson p = poisson_law(jumps / fmax(parts, 1.0));
    for (double k = 0.0; k < parts; k += 1.0)
        jump(e, s, &p, u);
    return FK_OK;
}

static const fk_integrator_kind chain = {
    .make = fk_explicit_make,
    .free = fk_explicit_free,
    .memory = fk_explicit_memory,
    .step = step,
};

const fk_pde_stepper fk_pde_stepper_uniformisation = {
    .name = "uniformisation",
    .summary = "exact e^{t L} as a Poisson mixture, positive; coefficients free of t",
    .formula =
        "p+ = sum_k e^-m m^k / k! (1 + L / R)^k p,  m = h R,  R the largest rate\n"
        "R(z) = exp(z)",
    .regime =
        "coefficients free of t: no error of the step at all, for m products with L",
    .reference = "jensen-1953",
    .order = HUGE_VAL,
    .positive = true,
    .steady = true,
    .kind = &chain,
    .fields = 3,
};
