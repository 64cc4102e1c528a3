/* Words for the axes: symbols with their units, as they stand in figures, tables and
 * files.  Values, so that one may write  fk_label_axis(p, 0).text. */
#ifndef FK_PLOTS_LABEL_H
#define FK_PLOTS_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "sde/problem.h"

typedef struct fk_label {
    char text[192]; /* one line of printable UTF-8; cut, never overrun */
} fk_label;

/* True for a unit that says something: not "1", not "". */
bool fk_unit_matters(const char *unit);

/* Control characters and line ends become blanks, bytes that are no UTF-8 U+FFFD. */
fk_label fk_label_clean(const char *text);

/* "rate [1/s]", "rate" without a unit that says something. */
fk_label fk_label_unit(const char *symbol, const char *unit);

fk_label fk_label_variable(const fk_problem *p, size_t i);          /* "x" */
fk_label fk_label_axis(const fk_problem *p, size_t i);              /* "x [mm]" */
fk_label fk_label_time_axis(const fk_problem *p);                   /* "t [s]" */
fk_label fk_label_time(const fk_problem *p, double t);              /* "t = 0.5 s" */
fk_label fk_label_end(const fk_problem *p, size_t i, size_t side);  /* "-2", "1 - t" */
fk_label fk_label_face(const fk_problem *p, size_t i, size_t side); /* "x = -2" */

/* Unit of a density over the n variables axis[n]: "1/(mm mm/s)", "1" if pure. */
fk_label fk_label_density_unit(const fk_problem *p, size_t n, const size_t *axis);

/* "p(x, v, t) [1/(mm mm/s)]" */
fk_label fk_label_density(const fk_problem *p, size_t n, const size_t *axis);

#endif
