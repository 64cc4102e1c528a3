#include "sde/line_mixture.h"

#include <assert.h>
#include <math.h>

fk_line_mixture fk_line_diffused(const fk_line_mixture *m, double factor,
                                 double variance)
{
    fk_line_mixture out = *m;
    for (size_t k = 0; k < m->n; k++) {
        out.mean[k] *= factor;
        out.variance[k] = factor * factor * m->variance[k] + variance;
    }
    return out;
}

/* With responsibilities r_k and slopes q_k = (m_k - x) / v_k of the components:
 *     s = sum r_k q_k,    s' = sum r_k (q_k^2 - 1 / v_k) - s^2,
 * the latter as sum r_k ((q_k - s)^2 - 1 / v_k), in which nothing cancels. */
fk_line_point fk_line_at(const fk_line_mixture *m, double x)
{
    double log_part[FK_LINE_COMPONENTS], pull[FK_LINE_COMPONENTS], largest = -HUGE_VAL;
    for (size_t k = 0; k < m->n; k++) {
        const double v = m->variance[k], offset = m->mean[k] - x;
        pull[k] = offset / v;
        log_part[k] =
            log(m->weight[k]) - 0.5 * (log(2.0 * M_PI * v) + offset * pull[k]);
        largest = fmax(largest, log_part[k]);
    }
    double sum = 0.0, score = 0.0, slope = 0.0;
    for (size_t k = 0; k < m->n; k++) {
        log_part[k] = exp(log_part[k] - largest);
        sum += log_part[k];
        score += log_part[k] * pull[k];
    }
    score /= sum;
    for (size_t k = 0; k < m->n; k++) {
        const double away = pull[k] - score;
        slope += log_part[k] / sum * (away * away - 1.0 / m->variance[k]);
    }
    return (fk_line_point){largest + log(sum), score, slope};
}

double fk_line_density(const fk_line_mixture *m, double x)
{
    return exp(fk_line_at(m, x).log_p);
}

double fk_line_cdf(const fk_line_mixture *m, double x)
{
    double sum = 0.0;
    for (size_t k = 0; k < m->n; k++)
        sum += 0.5 * m->weight[k] * erfc((m->mean[k] - x) / sqrt(2.0 * m->variance[k]));
    return sum;
}

/* Newton's method for log F = log u, in an interval that holds the root and is halved
 * whenever a step would leave it. */
double fk_line_quantile(const fk_line_mixture *m, double u)
{
    assert(u > 0.0 && u < 1.0);
    double lo = HUGE_VAL, hi = -HUGE_VAL, x = fk_line_mean(m);
    for (size_t k = 0; k < m->n; k++) {
        const double reach = 40.0 * sqrt(m->variance[k]);
        lo = fmin(lo, m->mean[k] - reach);
        hi = fmax(hi, m->mean[k] + reach);
    }
    for (int step = 0; step < 200 && nextafter(lo, hi) < hi; step++) {
        const double F = fk_line_cdf(m, x);
        if (F < u)
            lo = x;
        else
            hi = x;
        const double next = x - F * log(F / u) / fk_line_density(m, x);
        if (next == x)
            break;
        x = next > lo && next < hi ? next : 0.5 * (lo + hi);
    }
    return x;
}

double fk_line_mean(const fk_line_mixture *m)
{
    double mean = 0.0;
    for (size_t k = 0; k < m->n; k++)
        mean += m->weight[k] * m->mean[k];
    return mean;
}

double fk_line_variance(const fk_line_mixture *m)
{
    const double mean = fk_line_mean(m);
    double sum = 0.0;
    for (size_t k = 0; k < m->n; k++) {
        const double away = m->mean[k] - mean;
        sum += m->weight[k] * (m->variance[k] + away * away);
    }
    return sum;
}
