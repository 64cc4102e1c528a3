/* A run without a grid: moments and quantiles of the particles at the output times, and
 * the exact moments beside them where they are known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/moment_verdict.h"
#include "experiments/run_parts.h"
#include "sde/exact_moments.h"

fk_status fk_run_moments_plan(fk_run_state *run, size_t i)
{
    fk_record *r = &run->record[i];
    FK_TRY(fk_moment_sums_new(run->dim, &r->sums));
    FK_TRY(fk_quantiles_new(run->dim, &r->quantiles));
    if (fk_run_halves(run)) {
        r->changes = fk_doubles(fk_halving_differences(run->dim));
        if (r->changes == NULL)
            return FK_ENOMEM;
    }
    return fk_moments_new(run->dim, &run->result->snapshot[i].moments);
}

void fk_run_moments_read(fk_run_state *run)
{
    for (size_t i = 0; i < run->result->n_snapshots; i++) {
        const fk_record *r = &run->record[i];
        fk_moments *m = &run->result->snapshot[i].moments;
        m->count = (double)fk_moment_sums_read(r->sums, m->mean, m->mean_error, m->cov,
                                               m->cov_error);
        for (size_t k = 0; k < FK_QUANTILES; k++)
            for (size_t v = 0; v < run->dim; v++)
                m->quantile[k * run->dim + v] =
                    fk_quantiles_read(r->quantiles, v, fk_quantile_level[k],
                                      &m->quantile_error[k * run->dim + v]);
    }
}

/* The whole error of the step, from what halving it changes, and two standard errors of
 * that. */
static double allowance(double factor, double change, double error)
{
    return factor * (fabs(change) + 2.0 * error);
}

static fk_status fill_allowances(const fk_run_state *run, size_t i)
{
    const size_t d = run->dim, pairs = d * d;
    const fk_record *r = &run->record[i];
    fk_moments *m = &run->result->snapshot[i].moments;
    const double factor = 1.0 / (1.0 - exp2(-fk_run_weak_order(run)));
    if (r->changes == NULL)
        return FK_OK;
    double *error = fk_doubles(d + pairs);
    if (error == NULL)
        return FK_ENOMEM;
    fk_halving_read_differences(d, r->changes, m->mean_allowance, error,
                                m->cov_allowance, error + d);
    for (size_t k = 0; k < d; k++)
        m->mean_allowance[k] = allowance(factor, m->mean_allowance[k], error[k]);
    for (size_t e = 0; e < pairs; e++)
        m->cov_allowance[e] = allowance(factor, m->cov_allowance[e], error[d + e]);
    free(error);
    return FK_OK;
}

/* Exact moments at all snapshots; *known is false where the integration gives up. */
static fk_status fill_exact(fk_run_state *run, bool *known)
{
    const fk_problem *p = run->problem;
    const size_t d = run->dim;
    fk_result *r = run->result;
    const fk_moments *first = &r->snapshot[0].moments;
    *known = true;
    FK_TRY(fk_law_moments(p->initial, first->exact_mean, first->exact_cov));
    for (size_t i = 1; i < r->n_snapshots && *known; i++) {
        const fk_moments *m = &r->snapshot[i].moments,
                         *last = &r->snapshot[i - 1].moments;
        memcpy(m->exact_mean, last->exact_mean, d * sizeof *m->exact_mean);
        memcpy(m->exact_cov, last->exact_cov, d * d * sizeof *m->exact_cov);
        const fk_status status =
            fk_sde_moments(p->sde, r->snapshot[i - 1].t, r->snapshot[i].t,
                           m->exact_mean, m->exact_cov);
        *known = status == FK_OK;
        if (status != FK_OK && status != FK_ECONVERGE)
            return status;
    }
    return FK_OK;
}

static fk_status compare(fk_run_state *run)
{
    const fk_problem *p = run->problem;
    fk_result *r = run->result;
    r->comparison = fk_alloc(p->n_outputs, sizeof *r->comparison);
    if (r->comparison == NULL)
        return FK_ENOMEM;
    for (size_t i = 1; i < r->n_snapshots; i++)
        if (r->snapshot[i].moments.count >= 2.0)
            fk_compare_moments(&r->snapshot[i].moments, run->dim,
                               (const char *const *)run->variable, r->snapshot[i].t,
                               &p->compare, p->n_outputs,
                               &r->comparison[r->n_comparisons++]);
    if (r->n_comparisons == 0)
        return FK_OK;
    r->word = fk_verdict_word(r->n_comparisons, r->comparison);
    fk_moment_sentence(r->n_comparisons, r->comparison, &p->compare, r->sentence);
    return FK_OK;
}

static void forget_exact(fk_result *r)
{
    for (size_t i = 0; i < r->n_snapshots; i++)
        r->snapshot[i].moments.exact_mean = r->snapshot[i].moments.exact_cov = NULL;
}

static bool flies(const fk_sde *s)
{
    for (size_t k = 0; k < s->n_stables; k++)
        if (s->stable[k].alpha < 2.0)
            return true;
    return false;
}

fk_status fk_run_moments_compare(fk_run_state *run)
{
    fk_result *r = run->result;
    bool known = false;
    if (run->moments_known)
        FK_TRY(fill_exact(run, &known));
    for (size_t i = 1; i < r->n_snapshots && known; i++)
        FK_TRY(fill_allowances(run, i));
    if (flies(run->problem->sde))
        snprintf(r->scheme_note, sizeof r->scheme_note,
                 "noise with alpha < 2 has no variance: of what it moves, means and "
                 "covariances say nothing and quantiles do.");
    if (known)
        return compare(run);
    forget_exact(r);
    return FK_OK;
}
