/* Pictures of curves and of fields on a problem's grid, for commands that find such
 * things: DIR/NAME.png and NAME.svg, each with its gnuplot script and data.
 *
 *     fk_gallery_open(dir, problem, &g, message);
 *     fk_gallery_curves(g, &(fk_curves){.name = "survival", ...});
 *     fk_gallery_maps(g, &(fk_maps){.name = "modes", ...});
 *     fk_gallery_close(g, progress, message);                  draws them all */
#ifndef FK_PLOTS_GALLERY_H
#define FK_PLOTS_GALLERY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/progress.h"
#include "core/status.h"
#include "sde/problem.h"

enum { FK_GALLERY_CURVES = 12, FK_GALLERY_MAPS = 12 };

typedef enum fk_pen { FK_PEN_LINE, FK_PEN_DASHES, FK_PEN_POINTS, FK_PEN_RINGS } fk_pen;

typedef struct fk_curve {
    const char *name; /* in the key; NULL: not there, and in the colour of the last one
                         that is */
    size_t n;
    const double *x, *y; /* [n]; what is not finite is left out */
    fk_pen pen;
    bool
        density; /* of the even coordinate, at the cells of the axis: shown as one of the
                     variable */
} fk_curve;

/* Several curves over one axis. */
typedef struct fk_curves {
    const char *name; /* of the files */
    const char *title, *x_label, *y_label;
    const char *caption; /* what it shows, for a report; NULL: the title says it */
    const fk_axis *axis; /* x are places on it; NULL: plain numbers */
    bool from_zero, log_x, log_y;
    size_t n; /* at most FK_GALLERY_CURVES */
    const fk_curve *curve;
    const double *const
        *error; /* [n] bars up and down for each curve, NULL: for none; an
                                   entry may be NULL too */
} fk_curves;

typedef struct fk_map {
    const char *label;
    const double *field; /* [cells] */
    bool difference;     /* of either sign: blue and red about 0 */
    bool density;        /* of the even coordinates: shown as one of the variables */
} fk_map;

/* Several fields of two variables side by side; of three the section through the middle of
 * the third, as the title then says. */
typedef struct fk_maps {
    const char *name, *title;
    const char *caption;
    const char *x_label, *y_label; /* NULL: those of the problem's axes */
    const fk_grid *grid;           /* of two variables, or with a problem of three */
    size_t n;                      /* at most FK_GALLERY_MAPS */
    const fk_map *map;
    const double *const *arrows; /* [2][cells] over the first map; NULL: none */
} fk_maps;

typedef struct fk_gallery fk_gallery;

/* Makes DIR if it is not there; borrows the problem, for names and units.  NULL: there is
 * none, and maps bring their labels. */
FK_NODISCARD fk_status fk_gallery_open(const char *dir, const fk_problem *p,
                                       fk_gallery **out, fk_message *message);

/* Data and script of one picture.  Failures are told when it is drawn. */
void fk_gallery_curves(fk_gallery *g, const fk_curves *picture);
void fk_gallery_maps(fk_gallery *g, const fk_maps *picture);

/* Draws all of them; accepts NULL.  FK_EIO with a sentence when files cannot be written or
 * gnuplot is missing or fails. */
FK_NODISCARD fk_status fk_gallery_draw(const fk_gallery *g, const fk_progress *progress,
                                       fk_message *message);

/* Name and caption of picture i; false beyond the last. */
bool fk_gallery_picture(const fk_gallery *g, size_t i, const char **name,
                        const char **caption);

/* Ends it; accepts NULL. */
void fk_gallery_discard(fk_gallery *g);

/* Both: draws all of them and ends the gallery. */
FK_NODISCARD fk_status fk_gallery_close(fk_gallery *g, const fk_progress *progress,
                                        fk_message *message);

#endif
