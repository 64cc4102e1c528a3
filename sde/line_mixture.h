/* Gaussian mixtures on the line, a point at a time:  p(x) = sum_k w_k N(x; m_k, v_k).
 * Plain values, for formulas that are followed along a trajectory or under an integral; blocks
 * of points and more dimensions are in sde/mixture.h. */
#ifndef FK_SDE_LINE_MIXTURE_H
#define FK_SDE_LINE_MIXTURE_H

#include <stddef.h>

enum { FK_LINE_COMPONENTS = 4 };

typedef struct fk_line_mixture {
    size_t n; /* 1 to FK_LINE_COMPONENTS */
    double weight[FK_LINE_COMPONENTS], mean[FK_LINE_COMPONENTS],
        variance[FK_LINE_COMPONENTS]; /* w > 0 with sum 1, v > 0 */
} fk_line_mixture;

/* The law of  factor X + sqrt(variance) Z,  Z ~ N(0, 1). */
fk_line_mixture fk_line_diffused(const fk_line_mixture *m, double factor,
                                 double variance);

/* By log-sum-exp, right in far tails too. */
typedef struct fk_line_point {
    double log_p;
    double score; /* s = (log p)' */
    double slope; /* s' */
} fk_line_point;
fk_line_point fk_line_at(const fk_line_mixture *m, double x);

double fk_line_density(const fk_line_mixture *m, double x);

/* F(x) = int_-oo^x p, and its inverse for 0 < u < 1: to rounding of F. */
double fk_line_cdf(const fk_line_mixture *m, double x);
double fk_line_quantile(const fk_line_mixture *m, double u);

double fk_line_mean(const fk_line_mixture *m);
double fk_line_variance(const fk_line_mixture *m);

#endif
