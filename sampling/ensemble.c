#include "sampling/ensemble.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/ensemble_state.h"

size_t fk_ensemble_memory(size_t rows, size_t count)
{
    return sizeof(fk_ensemble) + fk_block_count(count) * fk_ensemble_block_bytes(rows);
}

static const double *block_x(const void *context, size_t b)
{
    return fk_ensemble_x(context, b);
}

static const uint8_t *block_status(const void *context, size_t b)
{
    return fk_ensemble_status(context, b);
}

static void look_around(fk_ensemble *e)
{
    fk_crowd_look(&e->crowd, e->clock.time,
                  &(fk_crowd_members){e->count, e, block_x, block_status});
}

/* Initial states and streams of all blocks; each thread has `scratch` doubles. */
static fk_status start(fk_ensemble *e, const fk_law *law, const fk_ensemble_options *o)
{
    const size_t scratch = fk_walk_scratch(&e->walk);
    int short_of_memory = 0;
#pragma omp parallel default(none) shared(short_of_memory) \
    firstprivate(e, law, o, scratch)
    {
        double *own = fk_doubles(scratch);
        if (own == NULL) {
#pragma omp atomic write
            short_of_memory = 1;
        }
#pragma omp for schedule(static)
        for (size_t b = 0; b < e->n_blocks; b++) {
            if (own == NULL)
                continue;
            unsigned char *block = e->memory + b * e->block_bytes;
            const uint64_t first = o->first + b * FK_BLOCK;
            fk_streams_seed(fk_part_streams(block), o->seed, o->purpose, first);
            fk_walk_start(&e->walk, o->start, law, o->seed, FK_FOR_INITIAL, first,
                          fk_part_x(block), fk_part_status(block, e->walk.rows), own);
        }
        free(own);
    }
    return short_of_memory ? FK_ENOMEM : FK_OK;
}

fk_status fk_ensemble_new(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                          const fk_ensemble_options *o, fk_ensemble **out,
                          fk_message *message)
{
    assert(o->count >= 1 && o->step > 0.0 && o->purpose != FK_FOR_INITIAL);
    assert(o->first % FK_BLOCK == 0);
    assert(fk_law_dim(law) == sde->dim);
    assert(domain == NULL || domain->grid.dim == sde->dim);
    *out = NULL;
    fk_ensemble *e = calloc(1, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    const fk_walk_options walk = {o->scheme, o->faces, o->rules, o->step};
    fk_status status = fk_crowd_init(&e->crowd, sde, domain);
    if (status == FK_OK)
        status = fk_walk_init(&e->walk, &e->crowd.of.view, domain, &walk, message);
    if (status != FK_OK)
        goto fail;

    e->count = o->count;
    e->n_blocks = fk_block_count(o->count);
    e->clock = (fk_clock){.time = o->start, .step = o->step};
    e->block_bytes = fk_ensemble_block_bytes(e->walk.rows);
    e->memory = fk_alloc(e->n_blocks, e->block_bytes);
    e->lost_x = fk_doubles(sde->dim);
    status = e->memory == NULL || e->lost_x == NULL ? FK_ENOMEM : start(e, law, o);
    if (status != FK_OK) {
        fk_fail(message, status, "no memory for %zu particles (%.3g GB)", o->count,
                1e-9 * (double)fk_ensemble_memory(e->walk.rows, o->count));
        goto fail;
    }
    look_around(e);
    *out = e;
    return FK_OK;

fail:
    fk_ensemble_free(e);
    return status;
}

void fk_ensemble_free(fk_ensemble *e)
{
    if (e == NULL)
        return;
    fk_walk_clear(&e->walk);
    fk_crowd_clear(&e->crowd);
    free(e->lost_x);
    free(e->memory);
    free(e);
}

static bool all_ended(const uint8_t *status)
{
    unsigned alive = 0;
    for (size_t j = 0; j < FK_BLOCK; j++)
        alive |= status[j] == FK_ALIVE;
    return alive == 0;
}

/* Doubles of scratch: normals of two steps, then the walk's. */
static size_t scratch_size(const fk_ensemble *e)
{
    return 2 * e->walk.draws * FK_BLOCK + fk_walk_scratch(&e->walk);
}

/* Normals are drawn for two steps at a time, so that no pair of rows is made twice
 * when a step takes an odd number of them. */
static void run(const void *context, const fk_pace *pace, uint64_t n,
                unsigned char *block, double *scratch)
{
    const fk_ensemble *e = context;
    const size_t m = e->walk.draws;
    fk_streams *streams = fk_part_streams(block);
    uint8_t *status = fk_part_status(block, e->walk.rows);
    if (all_ended(status))
        return;
    for (uint64_t k = 0; k < n;) {
        const uint64_t at_once = n - k >= 2 && streams->used == 0 ? 2 : 1;
        fk_walk_draw(&e->walk, streams, at_once, scratch, scratch + 2 * m * FK_BLOCK);
        for (uint64_t i = 0; i < at_once; i++, k++)
            fk_walk_step(&e->walk, fk_pace_time(pace, k), pace->h,
                         scratch + i * m * FK_BLOCK, fk_part_x(block), status,
                         scratch + 2 * m * FK_BLOCK);
    }
}

static size_t lose(const void *context, unsigned char *block, size_t n, size_t *first)
{
    const fk_ensemble *e = context;
    const double *x = fk_part_x(block);
    uint8_t *status = fk_part_status(block, e->walk.rows);
    size_t lost = 0, j;
    while ((j = fk_walk_lost(&e->walk, x, status, n)) < n) {
        if (lost++ == 0)
            *first = j;
        status[j] = FK_LOST;
    }
    return lost;
}

static void state(const void *context, const unsigned char *block, size_t lane,
                  double *x)
{
    const fk_ensemble *e = context;
    const double *from = (const double *)(const void *)(block + FK_STREAMS_BYTES);
    for (size_t i = 0; i < e->walk.dim; i++)
        x[i] = from[i * FK_BLOCK + lane];
}

/* So many steps of all. */
static fk_status march(fk_ensemble *e, uint64_t steps, const fk_progress *progress,
                       fk_message *message)
{
    const fk_march m = {.count = e->count,
                        .memory = e->memory,
                        .block_bytes = e->block_bytes,
                        .scratch = scratch_size(e),
                        .pace = e->clock.pace,
                        .steps = steps,
                        .context = e,
                        .run = run,
                        .lose = lose,
                        .state = state};
    const fk_status status = fk_march_run(&m, progress, &e->losses, e->lost_x);
    if (status != FK_OK)
        return fk_fail(message, status, "%s", fk_status_text(status));
    fk_clock_tick(&e->clock, steps);
    return FK_OK;
}

/* Paths that depend on each other go step by step together. */
fk_status fk_ensemble_advance_some(fk_ensemble *e, double t_end, uint64_t most,
                                   const fk_progress *progress, fk_message *message)
{
    const uint64_t steps = fk_clock_plan(&e->clock, t_end, most);
    if (!fk_crowd_interacts(&e->crowd))
        return march(e, steps, progress, message);
    for (uint64_t k = 0; k < steps; k++) {
        FK_TRY(march(e, 1, progress, message));
        look_around(e);
    }
    return FK_OK;
}

fk_status fk_ensemble_advance(fk_ensemble *e, double t_end, const fk_progress *progress,
                              fk_message *message)
{
    return fk_ensemble_advance_some(e, t_end, UINT64_MAX, progress, message);
}

void fk_ensemble_pace(fk_ensemble *e, double t_end)
{
    fk_pace_plan(&e->clock.pace, e->clock.time, t_end, e->clock.step);
}

double fk_ensemble_step(const fk_ensemble *e)
{
    return e->clock.pace.h;
}

double fk_ensemble_time(const fk_ensemble *e)
{
    return e->clock.time;
}

size_t fk_ensemble_count(const fk_ensemble *e)
{
    return e->count;
}

uint64_t fk_ensemble_steps(const fk_ensemble *e)
{
    return e->clock.steps;
}

bool fk_ensemble_ended(const fk_ensemble *e, size_t p, size_t *axis, size_t *side)
{
    const uint8_t status = fk_ensemble_status(e, p / FK_BLOCK)[p % FK_BLOCK];
    if (status == FK_ALIVE || status >= FK_KILLED)
        return false;
    *axis = (status - fk_status_of_face(0, 0)) / 2u;
    *side = (status - fk_status_of_face(0, 0)) % 2u;
    return true;
}

const fk_losses *fk_ensemble_losses(const fk_ensemble *e)
{
    return &e->losses;
}

bool fk_ensemble_lost(const fk_ensemble *e, size_t p)
{
    return fk_ensemble_status(e, p / FK_BLOCK)[p % FK_BLOCK] == FK_LOST;
}

bool fk_ensemble_killed(const fk_ensemble *e, size_t p)
{
    return fk_ensemble_status(e, p / FK_BLOCK)[p % FK_BLOCK] == FK_KILLED;
}

void fk_ensemble_states(const fk_ensemble *e, size_t first, size_t n, double *x)
{
    assert(first <= e->count && n <= e->count - first);
    for (size_t p = first; p < first + n; p++) {
        const double *from = fk_ensemble_x(e, p / FK_BLOCK) + p % FK_BLOCK;
        for (size_t i = 0; i < e->walk.dim; i++)
            *x++ = from[i * FK_BLOCK];
    }
}

bool fk_ensemble_keep(fk_ensemble *e, const fk_keeper *keeper)
{
    return fk_keep(keeper, &e->clock, sizeof e->clock) &&
           fk_crowd_keep(&e->crowd, keeper) &&
           fk_losses_keep(&e->losses, e->lost_x, e->walk.dim, keeper) &&
           fk_keep(keeper, e->memory, e->n_blocks * e->block_bytes);
}
