/* Private to plots/.
 * Writing data files and gnuplot scripts.  A failed canvas stays failed: functions then
 * hand back NULL or do nothing, so that a figure is written without a test per line. */
#ifndef FK_PLOTS_CANVAS_H
#define FK_PLOTS_CANVAS_H

#include <stddef.h>
#include <stdio.h>

#include "plots/figure.h"

/* Makes the canvas's folder and its folder data, where they are not there, and writes
 * style.gp. */
void fk_canvas_prepare(fk_canvas *c);

/* ---- data ---- */

/* DIR/plots/data/NAME for writing; NULL if the canvas has failed.  End with close. */
FILE *fk_canvas_data(fk_canvas *c, const char *name);
void fk_canvas_close(fk_canvas *c, FILE *file);

/* fk_doubles; a failure is kept in the canvas. */
double *fk_canvas_doubles(fk_canvas *c, size_t n);

/* z[y.cells][x.cells], values at the cell centres, in gnuplot's `binary matrix` format
 * (single precision, even coordinates included). */
void fk_canvas_matrix(fk_canvas *c, const char *name, const fk_axis *x,
                      const fk_axis *y, const double *z);

/* ---- scripts ---- */

/* A script and the plot command that is being written into it. */
typedef struct fk_script {
    FILE *out; /* NULL if the canvas has failed */
    size_t items;
} fk_script;

/* Opens DIR/plots/NAME.gp and writes its head: pictures of width x height pixels in the
 * look of style.gp. */
fk_script fk_script_open(fk_canvas *c, const fk_figure *f, int width, int height);

/* Ends it; a still draws itself once more for the SVG. */
void fk_script_close(fk_canvas *c, const fk_figure *f, fk_script *s);

/* Any commands. */
void fk_script_add(fk_script *s, const char *format, ...) FK_PRINTF(2, 3);

/* name = 'text', safe for any text; name = number. */
void fk_script_text(fk_script *s, const char *name, const char *text);
void fk_script_number(fk_script *s, const char *name, double value);

/* array name[n] = ['...', ...] */
void fk_script_texts(fk_script *s, const char *name, size_t n, const char *const *text);
void fk_script_numbers(fk_script *s, const char *name, size_t n, const double *value);

/* LETTER_label, LETTER_lo and LETTER_hi of axis i: what "x" or "y" shows; and LETTER_tics
 * and LETTER_bare, tics with and without numbers as gnuplot's  eval 'set x'.x_tics . */
void fk_script_own_axis(fk_script *s, const fk_axis *a, const char *label,
                        const char *letter);
void fk_script_axis(fk_script *s, const fk_problem *p, size_t i, const char *letter);

/* time_label[n]: "t = 0.5 s" ... */
void fk_script_times(fk_script *s, const fk_problem *p, size_t n, const double *t);

/* One item of a plot command; the first one writes `plot`, the others a comma. */
void fk_script_item(fk_script *s, const char *format, ...) FK_PRINTF(2, 3);
void fk_script_end_plot(fk_script *s);

#endif
