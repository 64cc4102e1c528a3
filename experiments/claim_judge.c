/* The one place where rows of evidence become words. */
#include <math.h>
#include <stdlib.h>

#include "experiments/claim.h"

static const double level = 1e-4;
/* Standard normal quantile of the power 0.95 with which an effect must be seen. */
static const double power_sigmas = 1.645;

const char *fk_finding_word_text(fk_finding_word w)
{
    static const char *const text[] = {
        [FK_HOLDS] = "holds", [FK_UNDECIDED] = "inconclusive", [FK_FAILS] = "fails"};
    return text[w];
}

static double bound(const fk_evidence *e)
{
    return e->quadrature + e->discretisation;
}

/* How far the sides contradict the relation, in the direction it forbids; for FK_DIFFERENT
 * how far they contradict equality. */
static double contradiction(const fk_evidence *e)
{
    const double d = e->left - e->right;
    return e->relation == FK_AT_MOST ? d : e->relation == FK_AT_LEAST ? -d : fabs(d);
}

static bool two_sided(const fk_evidence *e)
{
    return e->relation == FK_EQUAL || e->relation == FK_DIFFERENT;
}

static double p_value(const fk_evidence *e)
{
    return (two_sided(e) ? 1.0 : 0.5) * erfc(e->sigmas / M_SQRT2);
}

/* The z with P(|Z| > z) = tail, by bisection. */
static double sigmas_of(double tail)
{
    double lo = 0.0, hi = 40.0;
    for (int i = 0; i < 100; i++) {
        const double z = 0.5 * (lo + hi);
        *(erfc(z / M_SQRT2) > tail ? &lo : &hi) = z;
    }
    return hi;
}

static double effect(const fk_evidence *e)
{
    return e->effect > 0.0 ? e->effect : 0.1 * fmax(fabs(e->left), fabs(e->right));
}

/* Whether a wrong side could pass: of inequalities only effects that were stated count,
 * since true ones may be as far from equality as they like. */
static bool hides(const fk_evidence *e)
{
    if (!two_sided(e) && !(e->effect > 0.0))
        return false;
    return bound(e) + e->allowed + power_sigmas * e->statistical > effect(e);
}

static fk_finding_word decide(const fk_evidence *e, bool rejected)
{
    if (!isfinite(e->left) || !isfinite(e->right) || !isfinite(e->allowed))
        return FK_UNDECIDED;
    if (e->relation == FK_DIFFERENT)
        return rejected ? FK_HOLDS : hides(e) ? FK_UNDECIDED : FK_FAILS;
    return rejected ? FK_FAILS : hides(e) ? FK_UNDECIDED : FK_HOLDS;
}

static int by_p_value(const void *a, const void *b)
{
    const fk_evidence *const *x = a, *const *y = b;
    const double p = p_value(*x), q = p_value(*y);
    return (p > q) - (p < q);
}

/* Holm: the least p-value first, the k-th of m against level / (m - k), until one passes. */
static void judge_random(size_t m, fk_evidence **row)
{
    bool rejected = true;
    qsort(row, m, sizeof *row, by_p_value);
    for (size_t k = 0; k < m; k++) {
        const double share = level / (double)(m - k);
        rejected = rejected && p_value(row[k]) < share;
        row[k]->allowed =
            bound(row[k]) +
            sigmas_of(two_sided(row[k]) ? share : 2.0 * share) * row[k]->statistical;
        row[k]->word = decide(row[k], rejected);
    }
}

void fk_trial_judge(fk_trial *t)
{
    fk_evidence *random[FK_CLAIM_ROWS];
    size_t m = 0;
    t->word = FK_HOLDS;
    for (size_t i = 0; i < t->n_rows; i++) {
        fk_evidence *e = &t->row[i];
        const double excess = contradiction(e) - bound(e);
        e->sigmas = e->statistical > 0.0 ? fmax(excess, 0.0) / e->statistical : 0.0;
        e->allowed = bound(e);
        if (e->statistical > 0.0 && isfinite(e->sigmas))
            random[m++] = e;
        else
            e->word = decide(e, excess > 0.0);
    }
    judge_random(m, random);
    for (size_t i = 0; i < t->n_rows; i++)
        t->word = t->row[i].word > t->word ? t->row[i].word : t->word;
}
