/* Dynkin's formula, held by paths against an equation: the weak form, tested without a
 * density and without an error of the step.
 *
 * The paths are those of one SDE under a scheme, the equation is another SDE (or the same)
 * under the same scheme with P_h phi(x) = E phi(X_{t+h} | X_t = x).  Whatever phi is,
 *
 *     m = sum_n phi(X_{n+1}) - P_h phi(X_n)                               has mean 0
 *     s = sum_n (phi(X_{n+1}) - P_h phi(X_n))^2 - Var_h phi(X_n)          has mean 0
 *
 * exactly, for any h, if and only if the steps have the law that the equation claims, as
 * far as phi can see: m asks for L phi = f phi' + a phi'', s for the variance of the
 * martingale, 2 a phi'^2, which knows nothing of the drift but for terms of order h.  With
 * L in the place of (P_h - 1)/h there is an error of order h instead.
 *
 * Any steps may be left out by where or when they begin.  Those that could touch a face of
 * the domain are: there the law is that of the face.  [risken-1989, ethier-kurtz-1986] */
#ifndef FK_SAMPLING_WEAK_RESIDUAL_H
#define FK_SAMPLING_WEAK_RESIDUAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/expr.h"
#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "sampling/scheme.h"
#include "sde/law.h"
#include "sde/sde.h"

enum { FK_WEAK_FUNCTIONS = 64 };

/* The paths; borrowed. */
typedef struct fk_weak_paths {
    const fk_sde *sde;
    const fk_domain *domain; /* NULL: free space */
    const fk_law *law;       /* at start */
    size_t count;            /* paths, >= 2; rounded up to blocks of FK_BLOCK */
    size_t steps;            /* of one path, >= 1 */
    size_t every;            /* looks at one step in so many; 0 as 1: at all */
    const double *box; /* [dim][2]: looks at steps that begin in it; NULL: everywhere */
    double start, end;
    uint64_t seed;
    const fk_scheme *scheme;
    fk_step_rules rules;
    fk_face_rules faces;
    size_t nodes; /* of the rule for a Gaussian row, 2 to 64 */
} fk_weak_paths;

/* Means over paths of sums over steps.  Row k < n is m of function k, row n + k its s. */
typedef struct fk_weak_residual {
    size_t n;
    double paths, steps; /* how many; the steps of one path that were looked at */
    double used;         /* share of these that began in the box, away from faces */
    double *change;      /* [2n] of phi(X_{n+1}) - phi(X_n), and of the squares in s */
    double *forecast;    /* [2n] what the equation expects of these */
    double *generator;   /* [n] of h L phi(X_n) */
    double *residual;    /* [2n] change - forecast */
    double *covariance;  /* [2n][2n] of the residuals, as means: divided by the paths */
} fk_weak_residual;

/* claim: the equation, with as many variables as the paths' and in the same order; phi[n]:
 * over its symbols, n <= FK_WEAK_FUNCTIONS.  With a sentence FK_EDOMAIN: what is not
 * covered (jumps, stable noise, killing, the law in the equation, walls that move,
 * schemes that choose their steps), a scheme that refuses, values that are not finite;
 * FK_ELIMIT; FK_ENOMEM, FK_EINTERRUPTED.  The same bits for any number of threads. */
FK_NODISCARD fk_status fk_weak_residual_measure(const fk_weak_paths *paths,
                                                const fk_sde *claim, size_t n,
                                                const fk_expr *const *phi,
                                                const fk_progress *progress,
                                                fk_weak_residual *out,
                                                fk_message *message);
void fk_weak_residual_clear(fk_weak_residual *r); /* accepts one of zeros */

#endif
