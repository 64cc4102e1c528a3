/* Private to plots/.
 * A figure of a run: text and binary data files, and a gnuplot script that draws them.
 * One file each in plots/figures/, one line each in plots/figures.def.
 *
 *     DIR/plots/style.gp        the look of all figures
 *     DIR/plots/NAME.gp         draws NAME.png and NAME.svg, or NAME.gif
 *     DIR/plots/data/...        what it draws
 *
 * Scripts are complete and use relative paths:  cd DIR/plots && gnuplot NAME.gp */
#ifndef FK_PLOTS_FIGURE_H
#define FK_PLOTS_FIGURE_H

#include <stdbool.h>
#include <stdio.h>

#include "core/status.h"
#include "plots/result.h"

/* Where a figure's files go while they are written. */
typedef struct fk_canvas {
    const char *dir;  /* DIR/plots, with its folder data */
    fk_status status; /* the first failure; after one nothing more is written */
    fk_message *message;
} fk_canvas;

typedef enum fk_figure_kind { FK_STILL, FK_ANIMATION } fk_figure_kind;

typedef struct fk_figure {
    const char *name;
    fk_figure_kind kind;
    bool anywhere; /* needs no grid */
    bool (*applies)(const fk_result *r);
    /* Data files and NAME.gp; failures are kept in the canvas. */
    void (*write)(const fk_result *r, fk_canvas *c);
    /* What it shows, in one to three sentences of plain text. */
    void (*caption)(const fk_result *r, FILE *out);
} fk_figure;

/* Every figure of figures.def in the order of a report, NULL-terminated. */
extern const fk_figure *const fk_figures[];

/* True if the figure can be made of this result and the problem asks for it. */
bool fk_figure_wanted(const fk_figure *f, const fk_result *r);

#endif
