/* The weak form of an equation on a density that lives on cells.  With L_h the operator of
 * the cells and L the generator of an equation, the same or another one,
 *
 *     rate      = <phi, L_h p>      how fast the integral of phi p changes
 *     adjoint   = <L_h^T phi, p>    by summation by parts: equal to it but for rounding
 *     generator = <L phi, p>        in closed form, at the cells' centres; phi is at rest
 *     bracket   = oint (phi J + p a grad phi) . n dS      what stays at the faces
 *
 * and rate = generator - bracket to the order of the cells, if L is the generator of the
 * equation that L_h is made of.  J leaves through exits alone; p on a face is
 * extrapolated from two cells, 0 where it absorbs.  [risken-1989] */
#ifndef FK_PDE_WEAK_BALANCE_H
#define FK_PDE_WEAK_BALANCE_H

#include <stddef.h>

#include "core/expr.h"
#include "core/status.h"
#include "pde/fokker_planck.h"
#include "sde/sde.h"

typedef struct fk_weak_balance {
    double rate;
    double adjoint; /* NaN for fluxes of more than two cells */
    double generator, bracket;
} fk_weak_balance;

/* out[n] for phi[n] over the claim's symbols, at the time t that the operator is set to;
 * p[cells].  The claim has as many variables as the operator and in the same order.
 * FK_EDOMAIN with a sentence: axes that are stretched, a function that is not finite. */
FK_NODISCARD fk_status fk_weak_balance_take(const fk_fokker_planck *fp, const double *p,
                                            const fk_sde *claim, double t, size_t n,
                                            const fk_expr *const *phi,
                                            fk_weak_balance *out, fk_message *message);

#endif
