#include "experiments/moment_verdict.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LINES = sizeof((fk_comparison *)NULL)->moment / sizeof(fk_moment_line) };

static fk_moment_line mean_line(const fk_moments *m, size_t i, const char *name)
{
    fk_moment_line l = {.sample = m->mean[i],
                        .reference = m->exact_mean[i],
                        .error = m->mean_error[i],
                        .allowance = m->mean_allowance[i]};
    snprintf(l.name, sizeof l.name, "mean %s", name);
    return l;
}

static fk_moment_line cov_line(const fk_moments *m, size_t e, const char *x,
                               const char *y)
{
    fk_moment_line l = {.sample = m->cov[e],
                        .reference = m->exact_cov[e],
                        .error = m->cov_error[e],
                        .allowance = m->cov_allowance[e]};
    if (x == y)
        snprintf(l.name, sizeof l.name, "variance %s", x);
    else
        snprintf(l.name, sizeof l.name, "covariance %s %s", x, y);
    return l;
}

/* The lines stay sorted, the worst first. */
static void keep_worst(fk_comparison *c, const fk_moment_line *l)
{
    size_t at = c->n_moments;
    while (at > 0 && c->moment[at - 1].sigmas < l->sigmas)
        at--;
    if (at == LINES)
        return;
    c->n_moments += c->n_moments < LINES ? 1 : 0;
    memmove(&c->moment[at + 1], &c->moment[at],
            (c->n_moments - at - 1) * sizeof c->moment[0]);
    c->moment[at] = *l;
}

/* What the tests of one comparison share. */
typedef struct tests {
    double level; /* of each */
    double reach; /* standard errors that are found as often as asked */
    double least; /* p-value so far */
    fk_comparison *out;
} tests;

/* worth: L1 of a difference of one unit. */
static void test(tests *t, fk_moment_line *l, double worth)
{
    l->sigmas = fk_moment_sigmas(l->sample, l->reference, l->allowance, l->error);
    t->least = fmin(t->least, erfc(l->sigmas * M_SQRT1_2));
    const double found = (t->reach * l->error + l->allowance) * worth;
    t->out->chi.detectable = fmax(t->out->chi.detectable, found);
    keep_worst(t->out, l);
}

/* 1 / sqrt(exact variance); 0 for what does not vary: any difference is seen. */
static double unit(const fk_moments *m, size_t dim, size_t i)
{
    const double variance = m->exact_cov[i * (dim + 1)];
    return variance > 0.0 ? 1.0 / sqrt(variance) : 0.0;
}

static void run_tests(const fk_moments *m, size_t dim, const char *const *variable,
                      tests *t)
{
    const double shift = sqrt(2.0 / M_PI), spread = 2.0 / sqrt(2.0 * M_PI * M_E);
    for (size_t i = 0; i < dim; i++) {
        fk_moment_line l = mean_line(m, i, variable[i]);
        test(t, &l, shift * unit(m, dim, i));
        for (size_t k = 0; k <= i; k++) {
            const double both = unit(m, dim, i) * unit(m, dim, k);
            l = cov_line(m, i * dim + k, variable[i], variable[k]);
            test(t, &l, (i == k ? spread : 2.0 / M_PI) * both);
        }
    }
}

void fk_compare_moments(const fk_moments *m, size_t dim, const char *const *variable,
                        double t, const fk_problem_compare *asked, size_t comparisons,
                        fk_comparison *out)
{
    const double number = (double)(dim + dim * (dim + 1) / 2);
    *out = (fk_comparison){.sample = "particles",
                           .reference = "exact moments",
                           .t = t,
                           .count = m->count,
                           .l1 = NAN,
                           .l1_floor = NAN,
                           .l2 = NAN,
                           .kl = NAN,
                           .hellinger = NAN,
                           .w1 = NAN};
    tests all = {.level = asked->significance / (number * (double)comparisons),
                 .least = 1.0,
                 .out = out};
    all.reach =
        gsl_cdf_ugaussian_Qinv(0.5 * all.level) + gsl_cdf_ugaussian_Pinv(asked->power);
    run_tests(m, dim, variable, &all);
    out->p_least = fmin(1.0, number * all.least);
    out->word = all.least < all.level                    ? FK_DISAGREE
                : out->chi.detectable > asked->tolerance ? FK_INCONCLUSIVE
                                                         : FK_AGREE;
}

/* Of those with this word the one that differs most, or that could hide most. */
static const fk_comparison *worst_of(size_t n, const fk_comparison *c, fk_word word)
{
    const fk_comparison *worst = NULL;
    for (size_t i = 0; i < n; i++) {
        if (c[i].word != word)
            continue;
        const bool more =
            worst == NULL || word == FK_DISAGREE
                ? worst == NULL || c[i].moment[0].sigmas > worst->moment[0].sigmas
                : c[i].chi.detectable > worst->chi.detectable;
        worst = more ? &c[i] : worst;
    }
    return worst;
}

void fk_moment_sentence(size_t n, const fk_comparison *c,
                        const fk_problem_compare *asked, char text[FK_SENTENCE])
{
    const fk_word word = fk_verdict_word(n, c);
    const fk_comparison *w = worst_of(n, c, word);
    const fk_moment_line *m = &w->moment[0];
    if (word == FK_DISAGREE)
        snprintf(
            text, FK_SENTENCE,
            "At t = %g the %s of the particles is %.5g +- %.1g, exactly %.5g: %.3g "
            "standard errors beyond the known error of %.2g.",
            w->t, m->name, m->sample, m->error, m->reference, m->sigmas, m->allowance);
    else if (word == FK_INCONCLUSIVE)
        snprintf(
            text, FK_SENTENCE,
            "No mean or covariance is off, but at t = %g a difference worth %.2g "
            "in L1 (of Gaussians) could hide; you asked for %g. More particles or, "
            "for the error of the step, a smaller particles.step or more "
            "particles.halving would help.",
            w->t, w->chi.detectable, asked->tolerance);
    else
        snprintf(text, FK_SENTENCE,
                 "At %s the particles' means and covariances are the exact ones; a "
                 "difference worth %.2g in L1 (of Gaussians) would have been found. "
                 "Without a domain nothing else of the law is compared.",
                 n == 1 ? "the output time" : "all output times", w->chi.detectable);
}
