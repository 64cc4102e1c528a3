#include "experiments/sampler_law.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/sampler_score.h"
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

/* The law at time t along one axis of the data. */
static fk_normal law_at(const fk_sampler_problem *p, double t, double mean,
                        double variance)
{
    const fk_noise_level l = fk_noise_at(p->schedule, t);
    return (fk_normal){l.alpha * mean,
                       l.alpha * l.alpha * variance + l.sigma * l.sigma};
}

/* Of the start: an isotropic Gaussian, or the law itself. */
static fk_normal start_of(const fk_sampler_problem *p, double mean, double variance)
{
    return p->from_law ? law_at(p, p->last, mean, variance)
                       : (fk_normal){0.0, fk_law_mixture(p->prior)->cov[0]};
}

/* table[2][n_times] */
static fk_normal result_of(const fk_sampler_problem *p, const fk_recipe *recipe,
                           double mean, double variance, double *table)
{
    double *centre = table, *precision = table + recipe->n_times;
    for (size_t k = 0; k < recipe->n_times; k++) {
        const fk_normal l = law_at(p, recipe->time[k], mean, variance);
        centre[k] = l.mean;
        precision[k] = 1.0 / l.variance;
    }
    return fk_recipe_law(recipe, centre, precision, start_of(p, mean, variance));
}

static void fill_axis(const fk_sampler_problem *p, const fk_recipe *recipe, double mean,
                      double variance, double *table, size_t i, fk_sampler_law *out)
{
    const fk_normal law = result_of(p, recipe, mean, variance, table);
    const fk_normal start = start_of(p, mean, variance);
    const fk_normal last = law_at(p, p->last, mean, variance),
                    goal = law_at(p, p->first, mean, variance);
    const double squeeze = sqrt(goal.variance / last.variance);
    out->mean[i] = law.mean;
    out->sd[i] = sqrt(law.variance);
    out->goal_mean[i] = goal.mean;
    out->goal_sd[i] = sqrt(goal.variance);
    out->flow_mean[i] = goal.mean + squeeze * (start.mean - last.mean);
    out->flow_sd[i] = squeeze * sqrt(start.variance);
    out->w2 = hypot(
        out->w2, hypot(out->mean[i] - out->goal_mean[i], out->sd[i] - out->goal_sd[i]));
}

/* Six arrays in one block. */
static fk_status make_room(size_t d, fk_sampler_law *out)
{
    double **array[] = {&out->mean,    &out->sd,        &out->flow_mean,
                        &out->flow_sd, &out->goal_mean, &out->goal_sd};
    double *block = fk_doubles(6 * d);
    for (size_t i = 0; i < 6; i++)
        *array[i] = block != NULL ? block + i * d : NULL;
    return block != NULL ? FK_OK : FK_ENOMEM;
}

fk_status fk_sampler_law_find(const fk_sampler_problem *p, const fk_recipe *recipe,
                              fk_sampler_law *out)
{
    const size_t d = p->dim;
    *out = (fk_sampler_law){.known = false};
    if (!fk_sampler_score_exact(p) || p->data->components > 1 || p->schedule == NULL ||
        recipe->drifts || recipe->matrix || recipe->adjusted)
        return FK_OK;
    gsl_matrix *E = gsl_matrix_alloc(d, d);
    double *v = fk_doubles(d), *table = fk_doubles(2 * recipe->n_times);
    fk_status status = make_room(d, out);
    if (E == NULL || v == NULL || table == NULL)
        status = FK_ENOMEM;
    if (status == FK_OK)
        status = principal(p->data, E, v);
    for (size_t i = 0; i < d && status == FK_OK; i++)
        fill_axis(p, recipe, along(E, i, p->data->mean), v[i], table, i, out);
    out->known = status == FK_OK;
    gsl_matrix_free(E);
    free(v);
    free(table);
    return status;
}

void fk_sampler_law_clear(fk_sampler_law *l)
{
    free(l->mean); /* where the one block begins */
    *l = (fk_sampler_law){.known = false};
}
