/* How a long computation tells its caller how far it is, and learns that it should
 * stop.  The library prints nothing: the program supplies the two functions. */
#ifndef FK_CORE_PROGRESS_H
#define FK_CORE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fk_progress {
    /* `done` of `total` units of work (particle-steps, time) of this phase; called
     * from one thread at a time. */
    void (*report)(void *context, double done, double total);
    /* True once the user asked to stop; may be called from any thread. */
    bool (*stopped)(void *context);
    void *context;
} fk_progress;

/* Both accept NULL and absent functions. */
static inline void fk_progress_report(const fk_progress *p, double done, double total)
{
    if (p != NULL && p->report != NULL)
        p->report(p->context, done, total);
}

static inline bool fk_progress_stopped(const fk_progress *p)
{
    return p != NULL && p->stopped != NULL && p->stopped(p->context);
}

#endif
