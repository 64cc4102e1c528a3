/* Are these counts a sample of that density?  Tests with honest null distributions and
 * an allowance for known systematic error, and the distances people ask for with the
 * noise floor beside each.
 *
 * Chi-square with allowance.  Bins i = 1..k (cells merged until each expects at least
 * `least` counts; one further bin for what left the grid), N counts n_i, reference
 * probabilities q_i.  X2 = sum (n_i - N q_i)^2 / (N q_i) is chi-square with k - 1
 * degrees of freedom when the law is q.  If the law may differ from q by known errors of
 * chi-distance eps = sqrt(sum delta_i^2 / q_i), X2 is at worst noncentral with
 * parameter N eps^2: the p-value is taken from that law.  The detection limit is the
 * chi-distance that would have been found with probability `power`; an L1 distance never
 * exceeds its chi-distance (Cauchy-Schwarz), so it bounds what can hide in L1 too. */
#ifndef FK_CORE_GOODNESS_H
#define FK_CORE_GOODNESS_H

#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"

/* Cells grouped into bins; the same grouping serves every histogram of one moment. */
typedef struct fk_bins {
    size_t cells; /* of the grid, without the rest bin */
    size_t n;     /* bins, the rest bin included if there is one */
    size_t *bin;  /* [cells + 1] bin of each cell; [cells] is the rest */
    double *q;    /* [n] reference probability */
} fk_bins;

/* Groups neighbouring cells: the box is cut along its longest side, as near the middle
 * as both parts still expect at least `least` of `count`, and so on until no part can be
 * cut.  mass[cells + 1] are probabilities, the last one of the rest, which is a bin of
 * its own if it expects enough and else joins the smallest one; q is scaled to sum 1.
 * Deterministic; about cells * log(cells) additions.  FK_EDOMAIN: the mass is not finite
 * or nothing. */
FK_NODISCARD fk_status fk_bins_new(const fk_grid *g, const double *mass, double count,
                                   double least, fk_bins **out);
void fk_bins_free(fk_bins *b);

/* Sums of value[cells + 1] per bin. */
void fk_bins_sum(const fk_bins *b, const double *value, double *sum);
void fk_bins_count(const fk_bins *b, const uint64_t *count, uint64_t *sum);

typedef struct fk_chi_square {
    double statistic;
    size_t dof;
    double allowance;   /* eps, chi-distance of the known systematic errors */
    double p_value;     /* under the worst law the allowance admits */
    double p_strict;    /* with allowance 0 */
    double detectable;  /* chi-distance found with probability `power` at `level` */
    size_t worst_bin;   /* of the largest |n_i - N q_i| / sqrt(N q_i) */
    double worst_sigma; /* that number, signed */
} fk_chi_square;

/* count[n] per bin (fk_bins_count).  The finite-sample variance of the statistic is
 * allowed for, so that p is right in its tail too where bins expect few.  One bin alone
 * tells nothing: p-values 1, detectable infinite. */
void fk_chi_square_test(const fk_bins *b, const uint64_t *count, double allowance,
                        double level, double power, fk_chi_square *out);

/* The chi-distance that `count` draws show with probability `power` at `level`. */
double fk_chi_square_detectable(double dof, double count, double allowance,
                                double level, double power);

/* Upper tail P(X >= x) of the noncentral chi-square law, dof > 0, lambda >= 0, and the x
 * with that tail, 0 < tail < 1.  Relative error of the tail 1e-11 (lambda up to 1e8;
 * 1e-7 beyond) down to 1e-260; 1 ms at lambda = 1e8, growing as its root. */
double fk_noncentral_tail(double x, double dof, double lambda);
double fk_noncentral_quantile(double tail, double dof, double lambda);

/* Kolmogorov-Smirnov distance in 1-D between counts and mass per cell [cells + 1],
 * evaluated at the cell edges (so it is a lower bound of the unbinned one), and its
 * p-value, with the systematic difference `allowance` of the two distribution functions
 * subtracted from the distance first.  The rest counts as lying beyond hi.  Cells that
 * hold much make p larger than it need be, never smaller. */
typedef struct fk_ks {
    double distance;
    double position; /* where it is attained */
    double p_value;
} fk_ks;
void fk_ks_test(const fk_axis *axis, const uint64_t *count, const double *mass,
                double allowance, fk_ks *out);

/* P(sqrt(n) D >= x) for large n. */
double fk_kolmogorov_tail(double x);

#endif
