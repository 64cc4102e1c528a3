#include "sde/powers.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/cholesky.h"
#include "solvers/quadrature.h"

/* ---- the Gaussian ---- */

/* P += w S^-1 and v += w S^-1 m for the moments of one law; work[2 dim^2 + dim] after m. */
static fk_status add_gaussian(const fk_mixture *law, double w, double *P, double *v,
                              double *work)
{
    const size_t d = law->dim;
    double *mean = work, *cov = mean + d, *factor = cov + d * d;
    fk_mixture_moments(law, mean, cov);
    if (!fk_cholesky(d, cov, factor))
        return FK_ESINGULAR;
    fk_cholesky_inverse(d, factor, cov);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            P[i * d + j] += w * cov[i * d + j];
            v[i] += w * cov[i * d + j] * mean[j];
        }
    return FK_OK;
}

static fk_status solve(size_t d, const double *P, const double *v, double *factor,
                       fk_mixture *m, fk_message *message)
{
    if (!fk_cholesky(d, P, factor))
        return fk_fail(
            message, FK_EDOMAIN,
            "the weighted sum of inverse covariances is not positive definite: "
            "such a composition is no probability density; smaller negative "
            "weights are needed");
    fk_cholesky_inverse(d, factor, m->cov);
    m->weight[0] = 1.0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            m->mean[i] += m->cov[i * d + j] * v[j];
    return FK_OK;
}

fk_status fk_powers_gaussian(const fk_powers *p, fk_mixture **out, fk_message *message)
{
    const size_t d = p->law[0]->dim;
    fk_mixture *m = NULL;
    *out = NULL;
    FK_TRY(fk_mixture_new(d, 1, &m));
    double *P = fk_doubles(3 * d * d + 2 * d);
    fk_status status = P == NULL ? FK_ENOMEM : FK_OK;
    double *v = P + d * d, *work = v + d;
    for (size_t k = 0; status == FK_OK && k < p->n; k++)
        status = add_gaussian(p->law[k], p->weight[k], P, v, work);
    if (status == FK_OK)
        status = solve(d, P, v, work, m, message);
    free(P);
    if (status == FK_OK)
        *out = m;
    else
        fk_mixture_free(m);
    return status;
}

/* ---- the logarithm ---- */

struct fk_powers_log {
    size_t n, dim;
    double *weight;
    fk_mixture_score **part; /* [n] */
};

fk_status fk_powers_log_new(const fk_powers *p, fk_powers_log **out)
{
    *out = NULL;
    fk_powers_log *l = calloc(1, sizeof *l);
    if (l == NULL)
        return FK_ENOMEM;
    l->n = p->n;
    l->dim = p->law[0]->dim;
    l->weight = fk_doubles(p->n);
    l->part = fk_alloc(p->n, sizeof(fk_mixture_score *));
    fk_status status = l->weight == NULL || l->part == NULL ? FK_ENOMEM : FK_OK;
    for (size_t k = 0; status == FK_OK && k < p->n; k++) {
        assert(p->law[k]->dim == l->dim);
        l->weight[k] = p->weight[k];
        status = fk_mixture_score_new(p->law[k], &l->part[k]);
    }
    if (status == FK_OK)
        *out = l;
    else
        fk_powers_log_free(l);
    return status;
}

void fk_powers_log_free(fk_powers_log *l)
{
    if (l == NULL)
        return;
    for (size_t k = 0; l->part != NULL && k < l->n; k++)
        fk_mixture_score_free(l->part[k]);
    free(l->part);
    free(l->weight);
    free(l);
}

/* Rows of the scores, which nobody wants here, and of one logarithm. */
size_t fk_powers_log_scratch(const fk_powers_log *l)
{
    size_t most = 0;
    for (size_t k = 0; k < l->n; k++) {
        const size_t own = fk_mixture_score_scratch(l->part[k]);
        most = own > most ? own : most;
    }
    return (l->dim + 1) * FK_BLOCK + FK_BLOCK * (l->dim / FK_BLOCK + 1) + most;
}

void fk_powers_log_eval(const fk_powers_log *l, const double *const *x, double *log_q,
                        double *scratch)
{
    double *log_p = scratch + l->dim * FK_BLOCK;
    double **score = (double **)(void *)(log_p + FK_BLOCK);
    double *rest = log_p + FK_BLOCK + FK_BLOCK * (l->dim / FK_BLOCK + 1);
    for (size_t i = 0; i < l->dim; i++)
        score[i] = scratch + i * FK_BLOCK;
    memset(log_q, 0, FK_BLOCK * sizeof *log_q);
    for (size_t k = 0; k < l->n; k++) {
        fk_mixture_score_eval(l->part[k], x, score, log_p, rest);
        for (size_t j = 0; j < FK_BLOCK; j++)
            log_q[j] += l->weight[k] * log_p[j];
    }
}

/* ---- cell averages ---- */

enum { NODES = 4 };

typedef struct projection {
    const fk_grid *g;
    const fk_powers_log *log;
    double node[NODES], weight[NODES];
    size_t per_cell; /* nodes of one */
    double *x, **rows, *value, *rest;
} projection;

/* Node q of the cell: where, and the part of the cell that it stands for. */
static double place(const projection *p, size_t cell, size_t q, size_t lane)
{
    size_t index[FK_GRID_DIM];
    double share = 1.0;
    fk_grid_unravel(p->g, cell, index);
    for (size_t i = 0; i < p->g->dim; i++, q /= NODES) {
        const fk_axis *a = &p->g->axis[i];
        const double s = (double)index[i] + 0.5 * (1.0 + p->node[q % NODES]);
        p->x[i * FK_BLOCK + lane] = fk_axis_at(a, s);
        share *= 0.5 * p->weight[q % NODES] * fk_axis_slope(a, s);
    }
    return share;
}

/* Runs over all nodes, block by block: raises *largest, or adds exp(log q - *largest) to the
 * cells of out, unless NULL. */
static void sweep(const projection *p, double *largest, double *out)
{
    const size_t total = fk_grid_cells(p->g) * p->per_cell;
    for (size_t first = 0; first < total; first += FK_BLOCK) {
        const size_t left = total - first, lanes = left < FK_BLOCK ? left : FK_BLOCK;
        double share[FK_BLOCK];
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const size_t at = first + (j < lanes ? j : lanes - 1);
            share[j] = place(p, at / p->per_cell, at % p->per_cell, j);
        }
        fk_powers_log_eval(p->log, (const double *const *)p->rows, p->value, p->rest);
        for (size_t j = 0; j < lanes; j++)
            if (out == NULL)
                *largest = fmax(*largest, p->value[j]);
            else
                out[(first + j) / p->per_cell] +=
                    share[j] * exp(p->value[j] - *largest);
    }
}

static fk_status normalise(const fk_grid *g, double largest, double *out, double *log_z,
                           fk_message *message)
{
    const size_t cells = fk_grid_cells(g);
    double mass = 0.0;
    for (size_t c = 0; c < cells; c++)
        mass += out[c] * fk_grid_volume(g);
    if (!isfinite(largest) || !(mass > 0.0) || !isfinite(mass))
        return fk_fail(message, FK_EDOMAIN,
                       "the composition has no finite mass in the domain");
    for (size_t c = 0; c < cells; c++)
        out[c] /= mass;
    if (log_z != NULL)
        *log_z = largest + log(mass);
    return FK_OK;
}

fk_status fk_powers_project(const fk_powers *powers, const fk_grid *g, double *out,
                            double *log_z, fk_message *message)
{
    assert(powers->law[0]->dim == g->dim);
    projection p = {.g = g, .per_cell = 1};
    fk_powers_log *log_q = NULL;
    double *row[FK_GRID_DIM], largest = -INFINITY;
    FK_TRY(fk_gauss_legendre(NODES, p.node, p.weight));
    FK_TRY(fk_powers_log_new(powers, &log_q));
    double *work = fk_doubles((g->dim + 1) * FK_BLOCK + fk_powers_log_scratch(log_q));
    if (work == NULL) {
        fk_powers_log_free(log_q);
        return FK_ENOMEM;
    }
    p.log = log_q;
    p.x = work;
    p.rows = row;
    for (size_t i = 0; i < g->dim; i++) {
        p.per_cell *= NODES;
        row[i] = work + i * FK_BLOCK;
    }
    p.value = work + g->dim * FK_BLOCK;
    p.rest = p.value + FK_BLOCK;
    memset(out, 0, fk_grid_cells(g) * sizeof *out);
    sweep(&p, &largest, NULL);
    sweep(&p, &largest, out);
    free(work);
    fk_powers_log_free(log_q);
    return normalise(g, largest, out, log_z, message);
}
