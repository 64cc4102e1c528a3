/* Time steps for one direction's lines; directions are joined by symmetric (Strang)
 * splitting, which keeps second order, sign, mass and any equilibrium that every
 * direction shares.  One file each in pde/steppers/, one line in pde/steppers.def.
 *
 *   implicit-euler   order 1, positive for every step
 *   crank-nicolson   order 2, four implicit Euler half steps first (Rannacher)
 *   tr-bdf2          order 2, L-stable
 *
 * Second-order one-step methods cannot be positive for every step (Bolley and Crouzeix,
 * 1978), so with a positive flux the second-order steps are limited: on a line where
 * the result would be negative, the face currents fall back towards implicit Euler's
 * just as far as needed (flux-corrected transport), which keeps mass and sign.
 * [bank-1985, rannacher-1984, bolley-crouzeix-1978, zalesak-1979] */
#ifndef FK_PDE_STEPPER_H
#define FK_PDE_STEPPER_H

#include "core/status.h"

typedef struct fk_pde_stepper {
    const char *name;
    const char *summary;
    const char *reference;
    double order;
    /* further members belong to the implementation */
    int kind;
} fk_pde_stepper;

extern const fk_pde_stepper *const fk_pde_steppers[]; /* NULL-terminated */
const fk_pde_stepper *fk_pde_stepper_find(const char *name);

#endif
