/* Closed forms beside log-densities by the probability flow, and means over the points. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "experiments/likelihood_run.h"
#include "sde/linear.h"

/* ---- closed forms ---- */

/* log-densities at time t of the points, of the law that is m at the start; NaN where that
 * has none. */
static fk_status of_mixture(const fk_likelihood_run *r, const fk_mixture *m, double t,
                            const double *x, double *log_p)
{
    fk_score *score = NULL;
    fk_status status =
        fk_score_linear_new(r->problem->sde, r->problem->start, m, 1, &t, &score);
    if (status == FK_ESINGULAR)
        return FK_OK;
    if (status == FK_OK)
        status = fk_score_log_density(score, 0, r->count, x, log_p);
    fk_score_free(score);
    return status;
}

/* By the density that the problem states. */
static fk_status stated(const fk_likelihood_run *r, double t, double *log_p)
{
    const size_t d = r->problem->sde->dim;
    const fk_binding binding = fk_sde_binding(r->problem->sde);
    fk_program *program = NULL;
    FK_TRY(fk_program_new(1, &r->problem->exact, &binding, &program));
    double *scratch = fk_doubles(fk_program_scratch(program));
    for (size_t i = 0; i < r->count && scratch != NULL; i++) {
        double p = NAN;
        fk_program_point(program, t, r->x + i * d, &p, scratch);
        log_p[i] = p > 0.0 ? log(p) : NAN;
    }
    fk_program_free(program);
    const fk_status status = scratch != NULL ? FK_OK : FK_ENOMEM;
    free(scratch);
    return status;
}

static fk_status normal_law(size_t dim, fk_mixture **out)
{
    FK_TRY(fk_mixture_new(dim, 1, out));
    (*out)->weight[0] = 1.0;
    for (size_t i = 0; i < dim; i++)
        (*out)->cov[i * dim + i] = 1.0;
    return FK_OK;
}

static fk_status find_at_last(fk_likelihood_run *r)
{
    const double *last = r->found.last;
    fk_mixture *normal = NULL;
    if (!fk_sde_linear(r->problem->sde))
        return FK_OK;
    if (r->maker.law != NULL)
        FK_TRY(of_mixture(r, r->maker.law, r->problem->end, last, r->exact_last));
    FK_TRY(normal_law(r->problem->sde->dim, &normal));
    const fk_status status =
        of_mixture(r, normal, r->problem->end, last, r->normal_last);
    fk_mixture_free(normal);
    return status;
}

static fk_status find_closed_forms(fk_likelihood_run *r)
{
    const fk_problem *p = r->problem;
    const fk_mixture *m = fk_law_mixture(p->initial);
    double **array[] = {&r->at_first, &r->at_start, &r->exact_last, &r->normal_last};
    for (size_t k = 0; k < sizeof array / sizeof *array; k++) {
        *array[k] = fk_doubles(r->count);
        if (*array[k] == NULL)
            return FK_ENOMEM;
        for (size_t i = 0; i < r->count; i++)
            (*array[k])[i] = NAN;
    }
    if (m != NULL)
        FK_TRY(of_mixture(r, m, p->start, r->x, r->at_start));
    if (p->exact != NULL)
        FK_TRY(stated(r, r->first, r->at_first));
    else if (r->maker.law != NULL || (m != NULL && r->first <= p->start))
        FK_TRY(of_mixture(r, r->maker.law != NULL ? r->maker.law : m, r->first, r->x,
                          r->at_first));
    return find_at_last(r);
}

/* ---- the prior ---- */

fk_status fk_likelihood_prior(fk_likelihood_run *r, fk_message *message)
{
    const fk_problem *p = r->problem;
    const bool linear = fk_sde_linear(p->sde);
    fk_mixture *normal = NULL;
    if (r->o->normal_prior && !linear)
        return fk_fail(message, FK_ESYNTAX,
                       "%s: --prior=normal needs a drift linear in the variables",
                       p->name);
    if (!r->o->normal_prior && !(linear && r->maker.law != NULL))
        return r->o->score == FK_SCORE_NETWORK
                   ? fk_fail(message, FK_ESYNTAX,
                             "%s: the exact law at the end is not known: "
                             "--prior=normal is needed",
                             p->name)
                   : FK_OK;
    if (r->o->normal_prior)
        FK_TRY(normal_law(p->sde->dim, &normal));
    const fk_status status =
        fk_score_linear_new(p->sde, p->start, normal != NULL ? normal : r->maker.law, 1,
                            &p->end, &r->prior);
    fk_mixture_free(normal);
    return status;
}

const char *fk_prior_name(const fk_likelihood_run *r)
{
    return r->o->normal_prior ? "the law of N(0, 1) data"
           : r->prior != NULL ? "the exact law"
                              : "the density on the grid";
}

/* ---- means ---- */

/* Of value(i), with its standard error. */
static fk_judged mean_of(const fk_likelihood_run *r,
                         double (*value)(const fk_likelihood_run *r, size_t i))
{
    const double n = (double)r->count;
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < r->count; i++)
        mean += value(r, i) / n;
    for (size_t i = 0; i < r->count; i++)
        square += pow(value(r, i) - mean, 2.0);
    return (fk_judged){mean, r->count > 1 ? sqrt(square / (n * (n - 1.0))) : NAN};
}

static double most_of(const fk_likelihood_run *r,
                      double (*value)(const fk_likelihood_run *r, size_t i))
{
    double most = 0.0;
    for (size_t i = 0; i < r->count; i++)
        most = isnan(value(r, i)) ? NAN : fmax(most, fabs(value(r, i)));
    return most;
}

static double prior(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].prior;
}

static double drift(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].drift;
}

static double score(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].score;
}

static double total(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].total;
}

static double bits(const fk_likelihood_run *r, size_t i)
{
    return -total(r, i) / (M_LN2 * (double)r->problem->sde->dim);
}

static double probes(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].estimate - total(r, i);
}

static double variance(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].variance;
}

static double normal(const fk_likelihood_run *r, size_t i)
{
    return r->normal_last[i] - r->exact_last[i];
}

static double truncation(const fk_likelihood_run *r, size_t i)
{
    return r->at_start[i] - r->at_first[i];
}

static double rest(const fk_likelihood_run *r, size_t i)
{
    return r->at_first[i] - total(r, i);
}

/* log q/p at the start */
static double log_ratio(const fk_likelihood_run *r, size_t i)
{
    return total(r, i) - r->at_start[i];
}

static double ratio(const fk_likelihood_run *r, size_t i)
{
    return exp(log_ratio(r, i));
}

/* E_p[-log q/p] with what E_p[q/p] = 1 knows of it: never negative, and of little variance
 * where q is near p. */
static double divergence(const fk_likelihood_run *r, size_t i)
{
    return expm1(log_ratio(r, i)) - log_ratio(r, i);
}

static void find_means(fk_likelihood_run *r)
{
    r->mean = (fk_likelihood_means){
        .prior = mean_of(r, prior),
        .drift = mean_of(r, drift),
        .score = mean_of(r, score),
        .total = mean_of(r, total),
        .bits = mean_of(r, bits),
        .probes = mean_of(r, probes),
        .deviation = sqrt(mean_of(r, variance).mean),
        .normal = mean_of(r, normal),
        .truncation = mean_of(r, truncation),
        .rest = mean_of(r, rest),
        .divergence = mean_of(r, divergence),
        .ratio = mean_of(r, ratio),
        .most_normal = most_of(r, normal),
        .most_truncation = most_of(r, truncation),
        .most_rest = most_of(r, rest),
    };
}

/* ---- the verdict ---- */

const double fk_likelihood_allowed = 1e-8;

static fk_likelihood_verdict judge(const fk_likelihood_run *r)
{
    const double most = r->mean.most_rest;
    if (r->o->score != FK_SCORE_EXACT || r->o->normal_prior || isnan(most))
        return FK_LIKELIHOOD_NONE;
    if (most <= fk_likelihood_allowed)
        return FK_LIKELIHOOD_AGREE;
    return most <= r->found.level[r->found.n_levels - 1].change
               ? FK_LIKELIHOOD_COARSE
               : FK_LIKELIHOOD_DISAGREE;
}

fk_status fk_likelihood_compare(fk_likelihood_run *r)
{
    FK_TRY(find_closed_forms(r));
    find_means(r);
    r->verdict = judge(r);
    return FK_OK;
}
