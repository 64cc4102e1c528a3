/* What an analysis found, as plain data, and its report: DIR/report.html like that of a
 * run, with the numbers and their errors, the equations, the pictures of a gallery. */
#ifndef FK_PLOTS_STUDY_H
#define FK_PLOTS_STUDY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "plots/gallery.h"
#include "sde/problem.h"

typedef struct fk_study_number {
    const char *name, *unit; /* unit: "1" if pure */
    double value;            /* extrapolated to cells of no width; may be infinite */
    double error, order;     /* NaN: not known */
    bool estimate;           /* by a formula, not on the grid */
} fk_study_number;

typedef struct fk_study {
    const fk_problem *problem;
    const char *name;     /* "spectrum" */
    const char *summary;  /* one line */
    const char *equation; /* what is solved, one line: "L p = 0" */
    const char *grids;    /* on which grids, and how the numbers come from them */
    size_t n_numbers, n_notes;
    const fk_study_number *number;
    const char *const *note; /* sentences */
    const char *command, *version, *revision, *created;
} fk_study;

/* gallery: NULL without pictures; those that were not drawn are left out.  FK_EIO,
 * FK_ENOMEM. */
FK_NODISCARD fk_status fk_write_study(const fk_study *s, const fk_gallery *gallery,
                                      const char *dir, fk_message *message);

#endif
