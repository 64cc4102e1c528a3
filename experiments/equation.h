/* The equations of a problem as text for people. */
#ifndef FK_EXPERIMENTS_EQUATION_H
#define FK_EXPERIMENTS_EQUATION_H

#include <stdio.h>

#include "sde/problem.h"

/* The SDE as stated, its Ito form if that differs, and the Fokker-Planck equation with
 * every coefficient derived symbolically. */
void fk_print_equations(const fk_problem *p, FILE *out);

#endif
