/* Private to plots/.
 * Pictures are drawn over the even coordinates of axes (core/stretch.h), as a logarithmic
 * axis is; numbers at their tics are those of the variable. */
#ifndef FK_PLOTS_TICS_H
#define FK_PLOTS_TICS_H

#include <stdio.h>

#include "core/grid.h"

/* Where x lies on the picture of an axis; NaN beyond its ends. */
double fk_tics_place(const fk_axis *a, double x);

/* LETTER_tics and LETTER_bare, for gnuplot's eval 'set x'.x_tics: of even axes what
 * gnuplot chooses, else zero, infinities and 1, 2, 5 times powers of ten with room in
 * between. */
void fk_tics_write(FILE *out, const char *letter, const fk_axis *a);

#endif
