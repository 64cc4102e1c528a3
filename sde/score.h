/* Scores s(x, t) = grad log p_t(x), on a table of times fixed when the score is made.
 * One interface, several sources: the exact mixture of a linear process, the exact law of
 * noisy points, and a density on a grid (the Fokker-Planck solution itself). */
#ifndef FK_SDE_SCORE_H
#define FK_SDE_SCORE_H

#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "sde/mixture.h"
#include "sde/noise_schedule.h"
#include "sde/sde.h"
#include "solvers/point_tree.h"

typedef struct fk_score fk_score;
struct fk_score {
    size_t dim;
    size_t n_times;
    const double *time; /* [n_times], ascending */
    size_t scratch;     /* doubles that eval needs per thread */

    /* s[dim][FK_BLOCK] at time[k] from x[dim][FK_BLOCK]; finite for every finite x.
     * Safe from many threads. */
    void (*eval)(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch);
    /* How s changes along n directions at each point, J v with J_ij = ds_i/dx_j:
     * v[n][dim][FK_BLOCK] -> change[n][dim][FK_BLOCK].  NULL: not known. */
    void (*along)(const fk_score *score, size_t k, const double *const *x, size_t n,
                  const double *v, double *change, double *scratch);
    size_t (*along_scratch)(const fk_score *score, size_t n);
    /* The same, and log_p[FK_BLOCK] = log p at time[k] unless log_p is NULL.  NULL: there is
     * no density to the score. */
    void (*eval_log)(const fk_score *score, size_t k, const double *const *x,
                     double *const *s, double *log_p, double *scratch);
    void (*free)(fk_score *score);
};

/* J[dim][dim][FK_BLOCK] by columns, J[j][i] = ds_i/dx_j; needs `along`. */
void fk_score_jacobian(const fk_score *score, size_t k, const double *const *x,
                       double *J, double *scratch);
size_t fk_score_jacobian_scratch(const fk_score *score);

/* log_p[n] at time[k] of points x[n][dim]; needs `eval_log`.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_score_log_density(const fk_score *score, size_t k, size_t n,
                                            const double *x, double *log_p);

/* Exact: the law at t0 is the mixture m0, the SDE linear.  FK_ESINGULAR: a point (or
 * another degenerate Gaussian) at one of the times has no density, so no score. */
FK_NODISCARD fk_status fk_score_linear_new(const fk_sde *s, double t0,
                                           const fk_mixture *m0, size_t n_times,
                                           const double *time, fk_score **out);

/* The same where the process has a schedule: exact to rounding, and much cheaper to make. */
FK_NODISCARD fk_status fk_score_schedule_new(const fk_noise_schedule *schedule,
                                             const fk_mixture *m0, size_t n_times,
                                             const double *time, fk_score **out);

/* Exact: the law at the start is that of n points, each with probability 1/n, or of equal
 * Gaussians N(x_k, h^2 I) around them: h = bandwidth >= 0 [variable].  Borrows the points.
 * On one core of an AMD EPYC an evaluation of 1e5 points in the plane took 2.4 us where the
 * noise was 1/100 of the points' spread, 48 us at 1/10, 170 us from there on (1.7 ns a point;
 * in 16 variables 9 ns).
 * FK_ESINGULAR: no bandwidth, and no noise at one of the times. */
FK_NODISCARD fk_status fk_score_points_new(const fk_noise_schedule *schedule,
                                           const fk_point_tree *points,
                                           double bandwidth, size_t n_times,
                                           const double *time, fk_score **out);

/* From densities p[n_times][cells] of cell averages on a 1-D or 2-D grid: slopes of the
 * cubic (bicubic) spline of log p.  Where p falls below `floor` times its maximum the
 * Gaussian with the density's own mean and covariance takes over smoothly, so that stray
 * particles are led back, from beyond the grid too.  Copies what it needs.
 * FK_ELIMIT: more than two dimensions, or fewer than three cells along an axis;
 * FK_EDOMAIN: a density is zero everywhere or not finite. */
FK_NODISCARD fk_status fk_score_grid_new(const fk_grid *g, size_t n_times,
                                         const double *time, const double *const *p,
                                         double floor, fk_score **out);

void fk_score_free(fk_score *score); /* accepts NULL */

#endif
