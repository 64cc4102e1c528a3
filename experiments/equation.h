/* The equations of a problem as text for people. */
#ifndef FK_EXPERIMENTS_EQUATION_H
#define FK_EXPERIMENTS_EQUATION_H

#include <stdio.h>

#include "sde/problem.h"

/* The SDE as stated, its Ito form if that differs, and the Fokker-Planck equation with
 * every coefficient derived symbolically. */
void fk_print_equations(const fk_problem *p, FILE *out);

/* The Fokker-Planck equation of the coordinates in which stretched axes are even; nothing
 * where there is no such axis. */
FK_NODISCARD fk_status fk_print_even_equation(const fk_problem *p, FILE *out);

#endif
