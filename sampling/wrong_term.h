/* Which term of an equation is wrong, from the pattern of the residuals that paths leave
 * over a family of test functions (sampling/weak_residual.h).
 *
 * Each correction (sde/correction.h) is a family of equations with one amount.  The amount
 * that explains the residuals best is found by Gauss and Newton's method, with their
 * covariance C for weights and the corrected equation measured anew at every step, so that
 * nothing is linear but the last step:
 *
 *     r(q)^T C^-1 r(q) -> min,          at the minimum chi-square of rank(C) - 1
 *
 * A correction explains what was seen if the equation with it is not contradicted any more.
 * Several may: then these functions cannot tell them apart.  [rao-1973] */
#ifndef FK_SAMPLING_WRONG_TERM_H
#define FK_SAMPLING_WRONG_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"
#include "core/progress.h"
#include "core/status.h"
#include "sampling/weak_residual.h"
#include "sde/correction.h"

/* How the residuals r[2n] of the equation answer to each correction's amount:
 * slope[corrections][2n], from a few hundred paths, whose residuals are put into *base;
 * NaN where the scheme does not take the corrected equation. */
FK_NODISCARD fk_status fk_weak_slopes(const fk_weak_paths *paths, const fk_sde *claim,
                                      fk_corrections *c, size_t n,
                                      const fk_expr *const *phi, double *slope,
                                      fk_weak_residual *base, fk_message *message);

/* The smallest deviation of the amount that some row shows at `sigmas` standard errors;
 * infinite where none can. */
double fk_weak_blindness(const fk_weak_residual *r, const double *slope, double sigmas);

/* Chi-square of all residuals together, the allowances [2n] (NULL: none) counted as
 * standard errors; *p the probability of more.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_weak_chi_square(const fk_weak_residual *r,
                                          const double *allowance, double *statistic,
                                          double *p);

typedef struct fk_suspect {
    bool tried;           /* false: the scheme does not take the corrected equation */
    double amount, error; /* and its standard error */
    double statistic, p;  /* chi-square of what the correction leaves */
    bool explains;        /* p is at least FK_EXPLAINS */
} fk_suspect;

static const double FK_EXPLAINS = 1e-5;

/* The best amount of one correction, from the residuals of the equation as it is and its
 * row of the slopes.  FK_EINTERRUPTED, FK_ENOMEM. */
FK_NODISCARD fk_status fk_suspect_examine(const fk_weak_paths *paths, fk_correction *c,
                                          size_t n, const fk_expr *const *phi,
                                          const fk_weak_residual *before,
                                          const double *allowance, const double *slope,
                                          const fk_progress *progress, fk_suspect *out,
                                          fk_message *message);

#endif
