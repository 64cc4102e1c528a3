/* The verdict in words. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "experiments/verdict.h"

typedef struct speech {
    char *text; /* [FK_SENTENCE] */
    size_t used;
    const fk_grid *grid;
    const char *const *variable;
    const fk_problem_compare *asked;
} speech;

FK_PRINTF(2, 3) static void say(speech *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int n =
        vsnprintf(s->text + s->used, FK_SENTENCE - s->used, format, arguments);
    va_end(arguments);
    if (n > 0)
        s->used =
            (size_t)n < FK_SENTENCE - s->used ? s->used + (size_t)n : FK_SENTENCE - 1;
}

/* "near x = 0.4", "near (x, y) = (0.4, -1)" */
static void say_place(speech *s, const double *at)
{
    if (s->grid->dim == 1) {
        say(s, "near %s = %.3g", s->variable[0], at[0]);
        return;
    }
    for (size_t i = 0; i < s->grid->dim; i++)
        say(s, "%s%s", i == 0 ? "near (" : ", ", s->variable[i]);
    for (size_t i = 0; i < s->grid->dim; i++)
        say(s, "%s%.3g", i == 0 ? ") = (" : ", ", at[i]);
    say(s, ")");
}

/* A count to one digit, upwards: "4000", "3 million". */
static void say_count(speech *s, double n)
{
    const double unit = pow(10.0, floor(log10(n)));
    const double rounded = ceil(n / unit * (1.0 - 1e-12)) * unit;
    if (rounded < 1e6)
        say(s, "%.0f", rounded);
    else if (rounded < 1e9)
        say(s, "%.0f million", rounded / 1e6);
    else
        say(s, "%.0e", rounded);
}

/* Orders the findings: -log p, and where p is too small for that, standard deviations
 * beyond the reach of -log p. */
static double severity(const fk_comparison *c)
{
    if (c->count == 0.0)
        return c->l1;
    if (c->p_least > 1e-200)
        return -log(c->p_least);
    const double dof =
        (double)c->chi.dof + c->count * c->chi.allowance * c->chi.allowance;
    double most = (c->chi.statistic - dof) / sqrt(2.0 * dof + 1.0);
    for (size_t k = 0; k < c->n_moments; k++)
        most = fmax(most, c->moment[k].sigmas);
    return 460.0 + fmin(most, 1e100);
}

static const fk_comparison *worst_of(size_t n, const fk_comparison *c, fk_word word)
{
    const fk_comparison *worst = NULL;
    for (size_t i = 0; i < n; i++)
        if (c[i].word == word &&
            (worst == NULL ||
             (word == FK_INCONCLUSIVE ? c[i].chi.detectable > worst->chi.detectable
                                      : severity(&c[i]) > severity(worst))))
            worst = &c[i];
    return worst;
}

static const fk_moment_line *worst_moment(const fk_comparison *c)
{
    const fk_moment_line *worst = NULL;
    for (size_t k = 0; k < c->n_moments; k++)
        if (worst == NULL || c->moment[k].sigmas > worst->sigmas)
            worst = &c->moment[k];
    return worst;
}

/* The test that speaks loudest. */
static void say_finding(speech *s, const fk_comparison *c)
{
    const fk_moment_line *m = worst_moment(c);
    const double p_moment = m == NULL ? 1.0 : erfc(m->sigmas * M_SQRT1_2);
    const double p_ks = c->has_ks ? c->ks.p_value : 1.0;
    if (c->chi.p_value <= p_ks && c->chi.p_value <= p_moment) {
        say(s, "%.1f standard deviations too %s in the bin ", fabs(c->chi.worst_sigma),
            c->chi.worst_sigma > 0.0 ? "many" : "few");
        say_place(s, c->linf_at);
        say(s, ", chi-square %.4g for %zu degrees of freedom", c->chi.statistic,
            c->chi.dof);
    } else if (p_moment <= p_ks) {
        say(s, "the %s is %.6g and should be %.6g, %.1f standard errors %sapart",
            m->name, m->sample, m->reference, m->sigmas,
            m->allowance > 0.0 ? "beyond known errors " : "");
    } else {
        say(s, "the distribution functions are %.2g apart near %s = %.3g",
            c->ks.distance, s->variable[0], c->ks.position);
    }
    say(s, " (L1 %.2g, of which noise explains %.2g)", c->l1, c->l1_floor);
}

/* A part of the budget that nobody measured may be what is behind a difference. */
static void say_unmeasured(speech *s, const fk_comparison *c)
{
    static const char *const part[] = {"time step", "grid", "ensemble"};
    static const char *const key[] = {"particles.halving", "pde.halving",
                                      "particles.halving"};
    for (size_t k = 0; k < FK_BUDGET_LINES; k++)
        for (size_t i = 0; c->budget[k].name != NULL && i < 3; i++)
            if (strcmp(c->budget[k].name, part[i]) == 0 &&
                strstr(c->budget[k].source, "not measured") != NULL)
                say(s, " The error of the %s was not measured (%s).", part[i], key[i]);
}

static void say_disagreement(speech *s, size_t n, const fk_comparison *all)
{
    const fk_comparison *c = worst_of(n, all, FK_DISAGREE);
    size_t how_many = 0;
    for (size_t i = 0; i < n; i++)
        how_many += all[i].word == FK_DISAGREE;
    say(s, "%s and %s disagree at t = %.4g: ", c->sample, c->reference, c->t);
    if (c->count > 0.0) {
        say_finding(s, c);
    } else {
        say(s, "their L1 distance %.2g is beyond the tolerance %.2g, most ", c->l1,
            s->asked->tolerance);
        say_place(s, c->linf_at);
    }
    say(s, ".");
    if (c->count > 0.0)
        say_unmeasured(s, c);
    if (how_many > 1)
        say(s, " So do %zu of %zu comparisons in all.", how_many, n);
}

/* Particles with which the detection limit would be the tolerance, by bisection; the
 * bins grow with the particles up to the number of cells. */
static double enough_particles(const speech *s, size_t n_comparisons,
                               const fk_comparison *c)
{
    const double tests = 1.0 + (c->has_ks ? 1.0 : 0.0) + (double)c->n_moments;
    const double level = s->asked->significance / (tests * (double)n_comparisons);
    const double most = (double)fk_grid_cells(s->grid);
    const double bins = fmax(2.0, (double)c->n_bins);
    double low = log(fmax(c->count, 1.0)), high = log(1e15);
    while (high - low > 1e-3) {
        const double n = exp(0.5 * (low + high));
        const double k = fmin(most, fmax(bins, n / (1.5 * s->asked->least)));
        if (fk_chi_square_detectable(k - 1.0, n, c->chi.allowance, level,
                                     s->asked->power) > s->asked->tolerance)
            low = log(n);
        else
            high = log(n);
    }
    return exp(high);
}

static void say_help(speech *s, size_t n, const fk_comparison *c)
{
    const char *knob[FK_BUDGET_LINES] = {"", "a smaller particles.step", "more cells",
                                         "a wider domain", "more particles"};
    size_t largest = 1;
    for (size_t k = 2; k < FK_BUDGET_LINES; k++)
        if (!(c->budget[largest].chi > c->budget[k].chi) && c->budget[k].chi > 0.0)
            largest = k;
    const fk_budget_line *part = &c->budget[largest];
    if (c->chi.allowance < 0.8 * s->asked->tolerance) {
        say(s, "; about ");
        say_count(s, enough_particles(s, n, c));
        say(s, " particles would show it");
    } else if (largest == 1 && part->l1 < part->chi / 3.0) {
        say(s,
            "; the time step is known too roughly (%.2g): more pairs "
            "(particles.halving, particles.count) would help",
            part->chi);
    } else {
        say(s, "; the %s alone accounts for %.2g: %s would help", part->name, part->chi,
            knob[largest]);
    }
}

static void say_doubt(speech *s, size_t n, const fk_comparison *all)
{
    const fk_comparison *c = worst_of(n, all, FK_INCONCLUSIVE);
    say(s, "No difference between %s and %s was found, but at t = %.4g ", c->sample,
        c->reference, c->t);
    if (c->chi.detectable < 2.0)
        say(s, "one of up to L1 %.2g could hide, more than the tolerance %.2g",
            c->chi.detectable, s->asked->tolerance);
    else
        say(s, "there are too few particles (%.0f) to find any", c->count);
    say_help(s, n, c);
    say(s, ".");
}

static void say_agreement(speech *s, size_t n, const fk_comparison *all)
{
    const fk_comparison *c = NULL;
    for (size_t i = 0; i < n; i++)
        if (all[i].count > 0.0 &&
            (c == NULL || all[i].chi.detectable > c->chi.detectable))
            c = &all[i];
    if (n == 0) {
        say(s, "Nothing was compared.");
        return;
    }
    if (c == NULL) {
        c = worst_of(n, all, FK_AGREE);
        say(s, "%s and %s agree: L1 distance %.2g, tolerance %.2g.", c->sample,
            c->reference, c->l1, s->asked->tolerance);
        return;
    }
    say(s,
        "%s and %s agree: no difference beyond noise and known errors, and one of L1 "
        "%.2g would have been found (tolerance %.2g).",
        c->sample, c->reference, c->chi.detectable, s->asked->tolerance);
}

void fk_verdict_sentence(size_t n, const fk_comparison *c, const fk_domain *domain,
                         const char *const *variable, const fk_problem_compare *asked,
                         char text[FK_SENTENCE])
{
    speech s = {
        .text = text, .grid = &domain->grid, .variable = variable, .asked = asked};
    text[0] = '\0';
    switch (fk_verdict_word(n, c)) {
    case FK_DISAGREE:
        say_disagreement(&s, n, c);
        break;
    case FK_INCONCLUSIVE:
        say_doubt(&s, n, c);
        break;
    case FK_AGREE:
        say_agreement(&s, n, c);
        break;
    }
    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
}
