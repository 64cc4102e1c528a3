#include "sampling/march.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

uint64_t fk_pace_plan(fk_pace *pace, double now, double t_end, double step)
{
    assert(t_end >= now && step > 0.0);
    const double ratio = (t_end - now) / step;
    const double n = ceil(ratio - 1e-9);
    if (n < 1.0)
        return 0;
    const double h = fabs(ratio - n) <= 1e-9 * n ? step : (t_end - now) / n;
    const double here = fk_pace_time(pace, 0);
    if (fabs(h - pace->h) > 1e-9 * h || fabs(here - now) > 1e-9 * h)
        *pace = (fk_pace){.start = now, .h = h};
    return (uint64_t)n;
}

uint64_t fk_clock_plan(fk_clock *clock, double t_end, uint64_t most)
{
    if (clock->left == 0 || clock->goal != t_end)
        clock->left = fk_pace_plan(&clock->pace, clock->time, t_end, clock->step);
    clock->goal = t_end;
    return clock->left < most ? clock->left : most;
}

void fk_clock_tick(fk_clock *clock, uint64_t steps)
{
    clock->pace.first += steps;
    clock->steps += steps;
    clock->left -= steps;
    clock->time = clock->left == 0 ? clock->goal : fk_pace_time(&clock->pace, 0);
}

/* What the threads share.  The first particle lost: step (the number of steps if there
 * is none) and particle; its state is in x. */
typedef struct team {
    const fk_march *m;
    const fk_progress *progress;
    uint64_t first_step;
    size_t first_particle;
    double *x;
    uint64_t lost;
    double done; /* particle-steps */
    int stop;
} team;

/* Each has room for a block as it was before a portion, before a step, and after it. */
enum { SPARES = 3 };

static uint64_t earliest(team *t)
{
    uint64_t step;
#pragma omp atomic read
    step = t->first_step;
    return step;
}

static void remember(team *t, uint64_t step, size_t particle,
                     const unsigned char *block, size_t lane)
{
#pragma omp critical(fk_march_lost)
    if (step < t->first_step ||
        (step == t->first_step && particle < t->first_particle)) {
#pragma omp atomic write
        t->first_step = step;
        t->first_particle = particle;
        t->m->state(t->m->context, block, lane, t->x);
    }
}

/* The portion that began at step k lost somebody: repeats it one step at a time from
 * the block before it, spare[0], unless an earlier loss is known. */
static void find_first(team *t, size_t b, uint64_t k, unsigned char *spare,
                       double *scratch)
{
    const fk_march *m = t->m;
    const size_t lanes = fk_block_lanes(m->count, b);
    unsigned char *before = spare + m->block_bytes, *block = before + m->block_bytes;
    memcpy(block, spare, m->block_bytes);
    fk_pace pace = m->pace;
    size_t lane = 0, n = 0;
    for (pace.first += k; k <= earliest(t) && k < m->steps; pace.first++, k++) {
        memcpy(before, block, m->block_bytes);
        m->run(m->context, &pace, 1, block, scratch);
        n = m->lose(m->context, block, lanes, &lane);
        if (n > 0) {
            remember(t, k, b * FK_BLOCK + lane, before, lane);
            return;
        }
    }
}

static void look_for_lost(team *t, size_t b, uint64_t k, unsigned char *spare,
                          double *scratch)
{
    const fk_march *m = t->m;
    size_t lane;
    const size_t n = m->lose(m->context, m->memory + b * m->block_bytes,
                             fk_block_lanes(m->count, b), &lane);
    if (n == 0)
        return;
#pragma omp atomic update
    t->lost += n;
    find_first(t, b, k, spare, scratch);
}

static int stopped(team *t)
{
    int stop;
#pragma omp atomic read
    stop = t->stop;
    if (!stop && fk_progress_stopped(t->progress)) {
        stop = 1;
#pragma omp atomic write
        t->stop = 1;
    }
    return stop;
}

static void tell(team *t, double work)
{
    double done;
#pragma omp atomic capture
    done = t->done += work;
    if (omp_get_thread_num() == 0)
        fk_progress_report(t->progress, done,
                           (double)t->m->count * (double)t->m->steps);
}

/* All steps of block b. */
static void run_block(team *t, size_t b, unsigned char *spare, double *scratch)
{
    const fk_march *m = t->m;
    unsigned char *block = m->memory + b * m->block_bytes;
    for (uint64_t k = 0, n; k < m->steps; k += n) {
        if (stopped(t))
            return;
        n = m->steps - k < FK_PORTION ? m->steps - k : FK_PORTION;
        fk_pace pace = m->pace;
        pace.first += k;
        memcpy(spare, block, m->block_bytes);
        m->run(m->context, &pace, n, block, scratch);
        look_for_lost(t, b, k, spare, scratch);
        tell(t, (double)fk_block_lanes(m->count, b) * (double)n);
    }
}

static void add_losses(const team *t, fk_losses *losses)
{
    if (t->lost > 0 && losses->count == 0) {
        losses->particle = t->first_particle;
        losses->time = fk_pace_time(&t->m->pace, t->first_step);
        losses->step = t->m->pace.h;
        losses->x = t->x;
    }
    losses->count += t->lost;
}

fk_status fk_march_run(const fk_march *m, const fk_progress *progress,
                       fk_losses *losses, double *x)
{
    const size_t n_blocks = fk_block_count(m->count);
    const size_t threads = (size_t)omp_get_max_threads();
    const bool few = n_blocks <= FK_FEW_BLOCKS && m->steps == 1;
    const size_t spares = SPARES * m->block_bytes;
    const size_t own = spares + (m->scratch * sizeof(double) / FK_ALIGN + 1) * FK_ALIGN;
    unsigned char *memory = fk_alloc(threads, own);
    if (memory == NULL)
        return FK_ENOMEM;

    /* a loss before this march is earlier than any in it */
    team t = {.m = m,
              .progress = progress,
              .first_step = losses->count > 0 ? 0 : m->steps,
              .x = x};
#pragma omp parallel for default(none) shared(t, memory) \
    firstprivate(n_blocks, own, spares) schedule(dynamic, 4) if (!few)
    for (size_t b = 0; b < n_blocks; b++) {
        unsigned char *spare = memory + (size_t)omp_get_thread_num() * own;
        run_block(&t, b, spare, (double *)(void *)(spare + spares));
    }
    free(memory);

    if (t.stop)
        return FK_EINTERRUPTED;
    add_losses(&t, losses);
    fk_progress_report(progress, (double)m->count * (double)m->steps,
                       (double)m->count * (double)m->steps);
    return FK_OK;
}
