/* Time steps for one direction's lines; directions are joined by symmetric (Strang)
 * splitting, which keeps second order, sign, mass and any equilibrium that every
 * direction shares.  One file each in pde/steppers/, one line in pde/steppers.def.
 *
 * Every stepper here has one real pole, so one factorisation A = I - theta h L serves
 * all its stages, and a step is a sum of repeated solves:
 *
 *     p+ = sum_k weight_k A^-k p,     sum_k weight_k = 1,  theta sum_k k weight_k = 1
 *
 *   implicit-euler   order 1, positive for every step:   A^-1,  theta = 1
 *   crank-nicolson   order 2:  2 A^-1 - 1,  theta = 1/2; A^-2 first (Rannacher)
 *   tr-bdf2          order 2, L-stable:  (1 + sqrt 2) A^-2 - sqrt 2 A^-1,
 *                    theta = 1 - sqrt 2 / 2
 *
 * Second-order one-step methods cannot be positive for every step (Bolley and Crouzeix,
 * 1978), so with a positive flux the second-order steps are limited: on a line where
 * the result would be negative, the face currents fall back towards those of a positive
 * first-order combination of the same solves, just as far as needed (flux-corrected
 * transport), which keeps mass and sign.
 * [bank-1985, rannacher-1984, bolley-crouzeix-1978, zalesak-1979] */
#ifndef FK_PDE_STEPPER_H
#define FK_PDE_STEPPER_H

#include <stddef.h>

#include "core/status.h"

enum { FK_STEPPER_SOLVES = 4 };

typedef struct fk_pde_stepper {
    const char *name;
    const char *summary;
    const char *reference;
    double order;
    double theta;
    double weight[FK_STEPPER_SOLVES + 1];
    /* the same with weights >= 0, of order 1 */
    double fallback[FK_STEPPER_SOLVES + 1];
    size_t start; /* steps taken with the fallback weights first, to damp a rough p */
} fk_pde_stepper;

extern const fk_pde_stepper *const fk_pde_steppers[];        /* NULL-terminated */
const fk_pde_stepper *fk_pde_stepper_find(const char *name); /* NULL if there is none */

#endif
