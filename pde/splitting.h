/* Private to pde/.
 * The family of steppers with line solves: a symmetric (Strang) splitting into killing and
 * source, and steps along the operator's directions, with the factorisations it uses again and the threads' work
 * arrays.  Coefficients that depend on t are taken in the middle of the step. */
#ifndef FK_PDE_SPLITTING_H
#define FK_PDE_SPLITTING_H

#include "pde/integrator.h"

extern const fk_integrator_kind fk_splitting;

#endif
