/* Private to plots/.
 * Pages report.html that need nothing else: head and look, notes, pictures inside the
 * page, how it was made. */
#ifndef FK_PLOTS_PAGE_H
#define FK_PLOTS_PAGE_H

#include <stdio.h>

#include "core/status.h"
#include "sde/problem.h"

/* What made a result; NULL and "" are left out. */
typedef struct fk_provenance {
    const char *command, *version, *revision, *created;
    const char *seed, *threads;
} fk_provenance;

/* Writes DIR/report.html, whole or not at all: `body` stands between the title with what
 * the problem is about and the end.  FK_EIO or FK_ENOMEM with a sentence. */
FK_NODISCARD fk_status fk_page_write(const char *dir, const fk_problem *p,
                                     const char *title,
                                     fk_status (*body)(FILE *out, const void *context),
                                     const void *context, fk_message *message);

/* A line of its own in small print, or nothing. */
void fk_page_small(FILE *out, const char *text);

/* DIR/plots/NAME.png (.gif if it moves) inside the page up to where its caption begins;
 * *there tells whether it was drawn.  After the caption: end. */
FK_NODISCARD fk_status fk_page_picture(FILE *out, const char *dir, const char *name,
                                       bool moves, bool *there);
void fk_page_picture_end(FILE *out);

/* A cell of a table; NaN is a dash. */
void fk_page_cell(FILE *out, int digits, double value);

void fk_page_provenance(FILE *out, const fk_problem *p, const fk_provenance *made);

#endif
