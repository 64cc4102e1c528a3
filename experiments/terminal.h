/* What a person sees while a run goes on: on a terminal one line that is redrawn, with
 * a bar, the rate and the time left; elsewhere one plain line a phase; nothing when
 * quiet.  All of it on stderr.  Also the one place that listens to Ctrl-C. */
#ifndef FK_EXPERIMENTS_TERMINAL_H
#define FK_EXPERIMENTS_TERMINAL_H

#include <stdbool.h>

#include "core/progress.h"

typedef struct fk_terminal {
    bool quiet;
    bool interactive;    /* stderr is a terminal */
    char phase[64];      /* "particles", ... */
    const char *unit;    /* of the work done, "particle-steps"; NULL: no rate */
    double scale;        /* units of work per unit of progress */
    double began, drawn; /* seconds on the monotonic clock */
    double done;
} fk_terminal;

fk_terminal fk_terminal_make(bool quiet);

/* Begin and end a phase; between them progress goes through fk_terminal_progress. */
void fk_terminal_begin(fk_terminal *t, const char *phase, const char *unit,
                       double scale);
void fk_terminal_end(fk_terminal *t);

/* Callbacks that draw on t, which must outlive them. */
fk_progress fk_terminal_progress(fk_terminal *t);

/* From now on SIGINT and SIGTERM set a flag; a second one ends the program at once. */
void fk_terminal_catch_interrupts(void);
bool fk_terminal_interrupted(void);

/* From `when` on the monotonic clock on, work is asked to stop as if interrupted. */
void fk_terminal_stop_at(double when);
/* Is less than `reserve` seconds left? */
bool fk_terminal_late(double reserve);

double fk_seconds(void); /* monotonic clock */

#endif
