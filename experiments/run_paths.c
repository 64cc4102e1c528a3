/* The paths of particles that output.paths names, each alone as the run has it. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/ranges.h"
#include "experiments/follow.h"
#include "experiments/run_parts.h"

enum { POINTS = 1000 }; /* of a path, where output.every does not say */

typedef struct recorder {
    fk_path *path;
    size_t dim, room;
} recorder;

static fk_status see(void *context, double t, const double *x)
{
    const recorder *r = context;
    fk_path *p = r->path;
    if (p->n == r->room)
        return FK_ELIMIT;
    p->t[p->n] = t;
    memcpy(p->x + p->n++ * r->dim, x, r->dim * sizeof *x);
    return FK_OK;
}

/* The start, each `every`-th step, the outputs and the end. */
static size_t points(const fk_problem *p, size_t every)
{
    return fk_follow_steps(p) / every + p->n_outputs + 2;
}

size_t fk_run_path_every(const fk_problem *p)
{
    return p->result.every > 0 ? p->result.every
                               : (fk_follow_steps(p) + POINTS - 1) / POINTS;
}

double fk_run_paths_memory(const fk_problem *p)
{
    if (p->result.paths == NULL)
        return 0.0;
    return (double)fk_ranges_count(p->result.paths, p->particles.count) *
           (double)points(p, fk_run_path_every(p)) * 8.0 * (1.0 + (double)p->sde->dim);
}

static fk_status record(const fk_run_state *run, size_t particle, fk_path *path,
                        fk_message *message)
{
    const fk_problem *p = run->problem;
    const size_t every = fk_run_path_every(p), room = points(p, every);
    recorder r = {path, run->dim, room};
    const fk_follower f = {see, &r};
    path->t = fk_doubles(room);
    path->x = fk_doubles(room * run->dim);
    if (path->t == NULL || path->x == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for paths");
    return fk_follow(p, run->methods, particle, every, &f, path, message);
}

fk_status fk_run_paths(fk_run_state *run, fk_message *message)
{
    const fk_problem *p = run->problem;
    fk_result *r = run->result;
    const char *rest = p->result.paths;
    size_t from, to;
    if (rest == NULL)
        return FK_OK;
    const double began = fk_seconds();
    r->traced = fk_alloc(fk_ranges_count(rest, p->particles.count), sizeof *r->traced);
    if (r->traced == NULL)
        return FK_ENOMEM;
    while (*rest != '\0' && fk_ranges_next(&rest, p->particles.count, &from, &to))
        for (size_t k = from; k <= to; k++) {
            FK_TRY(record(run, k, &r->traced[r->n_traced++], message));
            if (fk_terminal_interrupted() || fk_terminal_late(0.0))
                return FK_EINTERRUPTED;
        }
    fk_run_timing(run, "paths", fk_seconds() - began, 0.0, "");
    return FK_OK;
}
