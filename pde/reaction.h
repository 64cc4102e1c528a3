/* Private to pde/.
 * Mass that appears and disappears in the cells:
 *
 *     dp/dt = L p - kappa(x, t) p + s(x, t)
 *
 * kappa is the rate at which paths are killed (where it is negative they multiply), s a
 * source, and a cost c(x, t) adds up, int <c, p> dt, without a part in it.  All enter as
 * averages over cells by Gauss-Legendre with three points an axis.  What they did goes into
 * the books.  The transposes are those of the linear maps of densities with their books. */
#ifndef FK_PDE_REACTION_H
#define FK_PDE_REACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "pde/fokker_planck.h"

/* killing, source, cost: expressions in the SDE's variables and t; NULL: none.  Borrows sde. */
FK_NODISCARD fk_status fk_reaction_new(const fk_sde *sde, const fk_grid *g,
                                       const fk_expr *killing, const fk_expr *source,
                                       const fk_expr *cost, fk_reaction **out);
void fk_reaction_free(fk_reaction *r); /* accepts NULL */

bool fk_reaction_steady(const fk_reaction *r);

/* kappa, s and the cost at time t.  FK_EDOMAIN with a sentence where one is not finite. */
FK_NODISCARD fk_status fk_reaction_set(fk_reaction *r, double t, fk_message *message);

/* rate[cells] += |kappa|. */
void fk_reaction_add_rate(const fk_reaction *r, double *rate);

/* dudt += -kappa u + s, and what they move into the books (both [cells + FK_BOOKS]). */
void fk_reaction_flow(const fk_reaction *r, const double *u, double *dudt);
void fk_reaction_flow_transpose(const fk_reaction *r, const double *u, double *dudt);

/* u after the time tau of this alone, exactly for the present kappa, s and cost. */
void fk_reaction_step(const fk_reaction *r, double tau, double *u);
void fk_reaction_step_transpose(const fk_reaction *r, double tau, double *u);

#endif
