/* For Gaussian data every score is linear, and what a sampler returns is Gaussian too: its
 * means and variances along the principal axes of the data, without sampling. */
#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/sample.h"
#include "sampling/recipe_law.h"

/* Variances v[d] and means m[d] along the principal axes E[d][d] (columns). */
static fk_status principal(const fk_mixture *g, gsl_matrix *E, double *v)
{
    const size_t d = g->dim;
    gsl_matrix *S = gsl_matrix_alloc(d, d);
    gsl_vector *values = gsl_vector_alloc(d);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(d);
    fk_status status = FK_ENOMEM;
    if (S != NULL && values != NULL && work != NULL) {
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                gsl_matrix_set(S, i, j, g->cov[i * d + j]);
        status = gsl_eigen_symmv(S, values, E, work) == 0 ? FK_OK : FK_ECONVERGE;
        for (size_t i = 0; i < d; i++)
            v[i] = fmax(gsl_vector_get(values, i), 0.0);
    }
    gsl_eigen_symmv_free(work);
    gsl_vector_free(values);
    gsl_matrix_free(S);
    return status;
}

static double along(const gsl_matrix *E, size_t axis, const double *x)
{
    double sum = 0.0;
    for (size_t i = 0; i < E->size1; i++)
        sum += gsl_matrix_get(E, i, axis) * x[i];
    return sum;
}

/* The start along one axis: of the prior, an isotropic Gaussian or the law itself. */
static fk_normal start_of(const fk_sample_run *r, double mean, double variance)
{
    const fk_mixture *m = fk_law_mixture(r->plan.prior);
    const fk_noise_level l = fk_noise_at(r->plan.schedule, r->plan.last);
    return r->problem->sampler.prior[0] == 'e'
               ? (fk_normal){l.alpha * mean,
                             l.alpha * l.alpha * variance + l.sigma * l.sigma}
               : (fk_normal){0.0, m->cov[0]};
}

/* table[2][n_times] */
static fk_normal result_of(const fk_sample_run *r, const fk_recipe *recipe, double mean,
                           double variance, double *table)
{
    double *centre = table, *precision = table + recipe->n_times;
    for (size_t k = 0; k < recipe->n_times; k++) {
        const fk_noise_level l = fk_noise_at(r->plan.schedule, recipe->time[k]);
        centre[k] = l.alpha * mean;
        precision[k] = 1.0 / (l.alpha * l.alpha * variance + l.sigma * l.sigma);
    }
    return fk_recipe_law(recipe, centre, precision, start_of(r, mean, variance));
}

static fk_status find(const fk_sample_run *r, const fk_recipe *recipe, gsl_matrix *E,
                      double *v, double *table, fk_sample_law *out)
{
    const fk_mixture *g = r->plan.data;
    const fk_noise_level l = fk_noise_at(r->plan.schedule, r->plan.first);
    double square = 0.0;
    FK_TRY(principal(g, E, v));
    for (size_t i = 0; i < g->dim; i++) {
        const double mean = along(E, i, g->mean);
        const fk_normal law = result_of(r, recipe, mean, v[i], table);
        out->mean[i] = law.mean;
        out->sd[i] = sqrt(law.variance);
        square +=
            pow(law.mean - l.alpha * mean, 2.0) +
            pow(out->sd[i] - sqrt(l.alpha * l.alpha * v[i] + l.sigma * l.sigma), 2.0);
    }
    out->w2 = sqrt(square);
    out->known = true;
    return FK_OK;
}

fk_status fk_sample_find_law(const fk_sample_run *r, const fk_recipe *recipe,
                             fk_sample_law *out)
{
    const size_t d = r->plan.dim;
    *out = (fk_sample_law){.known = false};
    if (r->plan.source != FK_SCORE_EXACT || r->plan.data->components > 1 ||
        r->plan.schedule == NULL || recipe->drifts || recipe->matrix)
        return FK_OK;
    gsl_matrix *E = gsl_matrix_alloc(d, d);
    double *v = fk_doubles(d), *table = fk_doubles(2 * recipe->n_times);
    out->mean = fk_doubles(2 * d);
    fk_status status = FK_ENOMEM;
    if (E != NULL && v != NULL && table != NULL && out->mean != NULL) {
        out->sd = out->mean + d;
        status = find(r, recipe, E, v, table, out);
    }
    gsl_matrix_free(E);
    free(v);
    free(table);
    return status;
}
