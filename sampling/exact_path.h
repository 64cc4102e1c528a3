/* Private to sampling/.
 * The exact solution of an SDE along the Brownian path that a scheme steps on, where there
 * is one:
 *
 *     dX_i = g_i(X_i) o dY_i,    dY = (A Y + c(X_0)) dt + S dW,    Y_0 = 0,
 *
 * in Stratonovich's sense, with constant A and S: X_i(t) is where the flow of dx/du = g_i(x)
 * leads from X_i(0) in u = Y_i(t).  Linear SDEs with additive noise are of this kind
 * (g_i = 1), geometric Brownian motions (g_i = x_i, A = 0) and what else a change of
 * variables makes linear, with coefficients free of t.
 *
 * Unless A S = 0, Y is no function of the increments of W.  Its law given them, and given
 * the time integrals that schemes of strong order 3/2 draw, is Gaussian: what they leave
 * open is drawn, so that path and solution have their joint law.
 * [kloeden-platen-1992, section 4.4] */
#ifndef FK_SAMPLING_EXACT_PATH_H
#define FK_SAMPLING_EXACT_PATH_H

#include <stddef.h>

#include "core/status.h"
#include "sampling/scheme.h"
#include "sde/sde.h"

typedef struct fk_exact_path fk_exact_path;

/* FK_EDOMAIN with the reason, a clause, if there is no such solution or the scheme's rows do
 * not tell of W. */
FK_NODISCARD fk_status fk_exact_path_new(const fk_sde *sde, const fk_scheme *scheme,
                                         fk_exact_path **out, fk_message *why);
void fk_exact_path_free(fk_exact_path *p); /* accepts NULL */

/* Rows of FK_BLOCK doubles: of y, which is zero at the start, and of the normals that a step
 * takes beside the scheme's. */
size_t fk_exact_path_rows(const fk_exact_path *p);
size_t fk_exact_path_draws(const fk_exact_path *p);
size_t fk_exact_path_scratch(const fk_exact_path *p); /* doubles, aligned to FK_ALIGN */

/* y over a step of h with the scheme's rows z and others of N(0, 1), own. */
void fk_exact_path_step(const fk_exact_path *p, double h, const double *z,
                        const double *own, double *y, double *scratch);

/* x[dim][FK_BLOCK] from X(0) to X(span); y is used up.  Flows are taken by 512 Runge-Kutta
 * steps: to 1e-9 where they stretch by e^5.  Not finite where g_i has an end. */
void fk_exact_path_end(const fk_exact_path *p, double span, double *y, double *x,
                       double *scratch);

#endif
