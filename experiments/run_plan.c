/* The times of a run, and room for what is recorded at them. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/run_parts.h"
#include "sde/exact_moments.h"

/* Of stops at one time those at outputs first, where the steps may change. */
static int by_time(const void *a, const void *b)
{
    const fk_stop *s = a, *t = b;
    if (s->t < t->t || s->t > t->t)
        return s->t < t->t ? -1 : 1;
    return (t->snapshot != FK_NOWHERE) - (s->snapshot != FK_NOWHERE);
}

static int either(int a, int b)
{
    return a != FK_NOWHERE ? a : b;
}

static bool clash(int a, int b)
{
    return a != FK_NOWHERE && b != FK_NOWHERE;
}

/* Stops that are the same time up to rounding become one, unless both mean the same kind
 * of record: few steps lead through many frames. */
static bool one_stop(const fk_stop *a, const fk_stop *b, double span)
{
    return b->t - a->t <= 1e-12 * span && !clash(a->snapshot, b->snapshot) &&
           !clash(a->frame, b->frame) && !clash(a->exit, b->exit) &&
           !clash(a->kernel, b->kernel) && !clash(a->table, b->table);
}

static size_t merge(fk_stop *stop, size_t n, double span)
{
    size_t last = 0;
    for (size_t i = 1; i < n; i++) {
        if (!one_stop(&stop[last], &stop[i], span)) {
            stop[++last] = stop[i];
            continue;
        }
        stop[last].snapshot = either(stop[last].snapshot, stop[i].snapshot);
        stop[last].frame = either(stop[last].frame, stop[i].frame);
        stop[last].exit = either(stop[last].exit, stop[i].exit);
        stop[last].kernel = either(stop[last].kernel, stop[i].kernel);
        stop[last].table = either(stop[last].table, stop[i].table);
    }
    return last + 1;
}

/* The particles' steps between two outputs, which are all equal: their number on the way
 * to the output after t, *from to *to. */
static double steps_around(const fk_problem *p, double t, double *from, double *to)
{
    size_t i = 0;
    while (i + 1 < p->n_outputs && p->output[i] < t)
        i++;
    *from = i == 0 ? p->start : p->output[i - 1];
    *to = p->output[i];
    return fmax(ceil((*to - *from) / p->particles.step - 1e-9), 1.0);
}

/* The end of a step of the particles next to t, so that pictures taken there change no
 * path. */
static double step_end(const fk_problem *p, double t)
{
    double from, to;
    const double n = steps_around(p, t, &from, &to);
    return from + round((t - from) / (to - from) * n) / n * (to - from);
}

/* Where the step begins that ends at the output t. */
static double last_step(const fk_problem *p, double t)
{
    double from, to;
    const double n = steps_around(p, t, &from, &to);
    return n > 1.0 ? from + (n - 1.0) / n * (to - from) : from;
}

/* A time at which nothing is recorded yet. */
static fk_stop stop_at(double t)
{
    return (fk_stop){t, FK_NOWHERE, FK_NOWHERE, FK_NOWHERE, FK_NOWHERE, FK_NOWHERE};
}

/* n times from the start to the end, as even as steps of the particles end. */
static double even_time(const fk_problem *p, size_t i, size_t n)
{
    const double t = p->start + (p->end - p->start) * (double)i / (double)(n - 1);
    return p->particles.on ? step_end(p, t) : t;
}

/* Those of n even times that are not the same one: long steps have few ends. */
static size_t even_times(const fk_problem *p, size_t n, double *time)
{
    size_t made = 0;
    for (size_t i = 0; i < n; i++) {
        const double t = even_time(p, i, n);
        if (made == 0 || t - time[made - 1] > 1e-12 * (p->end - p->start))
            time[made++] = t;
    }
    return made;
}

/* A last-step kernel can be had. */
static bool kernels(const fk_run_state *run)
{
    const fk_problem *p = run->problem;
    return p->has_domain && !fk_domain_moves(&p->domain) && p->particles.on &&
           p->particles.kernel && run->dim <= 2 &&
           run->methods->scheme->transition != NULL && p->sde->noises > 0 &&
           fk_sde_continuous(p->sde) &&
           (p->domain.grid.axis[0].stretch == NULL || fk_sde_diagonal(p->sde));
}

/* Snapshots at the start and the outputs; frames evenly; the reverse samplers' table
 * denser towards the start, t_k = start + span (k / n)^2, where the density is narrow. */
static fk_status plan_stops(fk_run_state *run)
{
    const fk_problem *p = run->problem;
    const size_t n_frames = run->result->n_frames;
    const double span = p->end - p->start;
    fk_exits *exits = &run->result->exits;
    const size_t most = 2 * p->n_outputs + 1 + n_frames + exits->n_times + run->n_table;
    run->stop = fk_alloc(most, sizeof *run->stop);
    if (run->stop == NULL)
        return FK_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i <= p->n_outputs; i++, n++) {
        run->stop[n] = stop_at(i == 0 ? p->start : p->output[i - 1]);
        run->stop[n].snapshot = (int)i;
    }
    for (size_t i = 1; kernels(run) && i <= p->n_outputs; i++, n++) {
        run->stop[n] = stop_at(last_step(p, p->output[i - 1]));
        run->stop[n].kernel = (int)i;
    }
    for (size_t i = 0; i < n_frames; i++, n++) {
        run->stop[n] = stop_at(run->result->frame_time[i]);
        run->stop[n].frame = (int)i;
    }
    for (size_t i = 0; i < exits->n_times; i++, n++) {
        run->stop[n] = stop_at(exits->time[i]);
        run->stop[n].exit = (int)i;
    }
    for (size_t i = 0; i < run->n_table; i++, n++) {
        const double share = (double)i / (double)(run->n_table - 1);
        run->table_time[i] = p->start + span * share * share;
        run->stop[n] = stop_at(run->table_time[i]);
        run->stop[n].table = (int)i;
    }
    qsort(run->stop, n, sizeof *run->stop, by_time);
    run->n_stops = merge(run->stop, n, span);
    return FK_OK;
}

enum { FOLLOWED = 1500 }; /* particles drawn in every frame */

static uint64_t *counts(size_t n)
{
    return fk_alloc(n, sizeof(uint64_t));
}

/* Room for n arrays of `each` numbers. */
static double **rows(size_t n, size_t each)
{
    double **row = fk_alloc(n, sizeof *row);
    for (size_t i = 0; row != NULL && i < n; i++)
        if ((row[i] = fk_doubles(each)) == NULL) {
            while (i-- > 0)
                free(row[i]);
            free(row);
            return NULL;
        }
    return row;
}

static fk_status plan_frames(fk_run_state *run, size_t n)
{
    fk_result *r = run->result;
    const fk_problem *p = run->problem;
    const size_t count = p->particles.count;
    r->frame_time = fk_doubles(n);
    if (r->frame_time == NULL)
        return FK_ENOMEM;
    r->n_frames = n = even_times(p, n, r->frame_time);
    if (p->pde.on && (r->frame_pde = rows(n, run->cells)) == NULL)
        return FK_ENOMEM;
    if (!p->particles.on)
        return FK_OK;
    r->n_paths = count < FOLLOWED ? count : FOLLOWED;
    r->frame_particles = fk_alloc(n, sizeof *r->frame_particles);
    r->frame_points = rows(n, r->n_paths * run->dim);
    run->frame = fk_alloc(n, sizeof *run->frame);
    if (r->frame_particles == NULL || r->frame_points == NULL || run->frame == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++)
        if ((run->frame[i] = counts(run->cells + FK_ELSEWHERE)) == NULL)
            return FK_ENOMEM;
    return FK_OK;
}

enum { SHOWN = 2000 }; /* particles kept for scatter plots */

static fk_status plan_record(fk_run_state *run, size_t i)
{
    fk_record *r = &run->record[i];
    fk_snapshot *s = &run->result->snapshot[i];
    bool whole = (s->points = fk_doubles(run->n_shown * run->dim)) != NULL;
    if (!run->problem->has_domain)
        return whole ? fk_run_moments_plan(run, i) : FK_ENOMEM;
    whole = (r->count = counts(run->cells + FK_ELSEWHERE)) != NULL && whole;
    if (kernels(run) && i > 0) {
        whole = (s->kernel = fk_doubles(run->cells)) != NULL && whole;
        whole = (s->kernel_error = fk_doubles(run->cells)) != NULL && whole;
    }
    if (fk_run_halves(run) && i > 0) {
        whole = (r->coarse = counts(run->cells + 1)) != NULL && whole;
        whole = (r->fine = counts(run->cells + 1)) != NULL && whole;
        whole = (r->moved = counts(run->cells + 1)) != NULL && whole;
        if (fk_run_groups(run->problem) > 0)
            whole =
                (r->groups = counts(fk_run_groups(run->problem) * (run->cells + 1))) !=
                    NULL &&
                whole;
    }
    return whole ? FK_OK : FK_ENOMEM;
}

static fk_status plan_particles(fk_run_state *run)
{
    const size_t count = run->problem->particles.count;
    run->n_shown = count < SHOWN ? count : SHOWN;
    run->lost_x = fk_doubles(FK_TROOPS * run->dim);
    run->exit = counts(run->result->exits.n_times * FK_ELSEWHERE);
    run->unbridged = counts(run->result->exits.n_times * FK_ELSEWHERE);
    if (run->lost_x == NULL || run->exit == NULL || run->unbridged == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < run->result->n_snapshots; i++)
        FK_TRY(plan_record(run, i));
    return FK_OK;
}

enum { EXIT_TIMES = 101 };

/* One account for each face that absorbs. */
static fk_status plan_exits(fk_run_state *run)
{
    const fk_problem *p = run->problem;
    fk_exits *e = &run->result->exits;
    for (size_t i = 0; i < run->dim; i++)
        for (size_t side = 0; side < 2; side++)
            if (fk_boundary_absorbs(p->domain.face[i][side]))
                e->face[e->n_faces++] = (fk_face_exits){.axis = i, .side = side};
    if (e->n_faces == 0)
        return FK_OK;
    if (p->particles.on && p->particles.bridge && p->sde->noises > 0)
        e->n_unbridged = fk_run_pairs(p);
    e->time = fk_doubles(EXIT_TIMES);
    if (e->time == NULL)
        return FK_ENOMEM;
    e->n_times = even_times(p, EXIT_TIMES, e->time);
    bool whole = true;
    for (size_t k = 0; k < e->n_faces; k++) {
        fk_face_exits *f = &e->face[k];
        if (p->particles.on)
            whole = (f->particles = fk_doubles(e->n_times)) != NULL && whole;
        if (e->n_unbridged > 0)
            whole = (f->unbridged = fk_doubles(e->n_times)) != NULL && whole;
        if (p->pde.on)
            whole = (f->pde = fk_doubles(e->n_times)) != NULL && whole;
    }
    return whole ? FK_OK : FK_ENOMEM;
}

static fk_status plan_table(fk_run_state *run)
{
    run->n_table = run->problem->reverse.steps + 1;
    run->table_time = fk_doubles(run->n_table);
    run->table = rows(run->n_table, run->cells);
    return run->table_time != NULL && run->table != NULL ? FK_OK : FK_ENOMEM;
}

fk_status fk_run_plan(fk_run_state *run, fk_message *message)
{
    fk_result *r = run->result;
    const fk_problem *p = run->problem;
    const bool frames = p->result.plots && p->result.animation && p->has_domain &&
                        run->dim <= 2 && p->result.frames >= 2;
    const size_t n_frames = frames ? p->result.frames : 0;
    const size_t n_snapshots = p->n_outputs + 1;
    run->moments_known = !p->has_domain && fk_sde_moments_close(p->sde);
    FK_TRY(fk_run_memory(run, n_frames, message));
    r->snapshot = fk_alloc(n_snapshots, sizeof *r->snapshot);
    run->record = fk_alloc(n_snapshots, sizeof *run->record);
    if (r->snapshot == NULL || run->record == NULL)
        return FK_ENOMEM;
    r->n_snapshots = n_snapshots;
    for (size_t i = 0; i < n_snapshots; i++)
        r->snapshot[i].t = i == 0 ? p->start : p->output[i - 1];
    if (n_frames > 0)
        FK_TRY(plan_frames(run, n_frames));
    if (p->has_domain)
        FK_TRY(plan_exits(run));
    if (p->particles.on)
        FK_TRY(plan_particles(run));
    if (p->reverse.steps > 0 && p->pde.on)
        FK_TRY(plan_table(run));
    return plan_stops(run);
}
