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

/* What the threads share; `first_lost` is a block, `count` of blocks if none. */
typedef struct team {
    const fk_march *m;
    const fk_progress *progress;
    fk_lost *lost;
    size_t first_lost;
    double done; /* particle-steps */
    int stop;
} team;

/* The portion that begins at step k went wrong: repeats it one step at a time from the
 * block's state before it. */
static void find_lost(team *t, size_t b, uint64_t k, const unsigned char *before,
                      unsigned char *backup, double *scratch)
{
    const fk_march *m = t->m;
    const size_t lanes = fk_block_lanes(m->count, b);
    unsigned char *block = m->memory + b * m->block_bytes;
    memcpy(block, before, m->block_bytes);
    size_t lane = lanes;
    fk_pace pace = m->pace;
    for (pace.first += k; lane == lanes; pace.first++) {
        memcpy(backup, block, m->block_bytes);
        m->run(m->context, &pace, 1, block, scratch);
        lane = m->lost(m->context, block, lanes);
        if (lane < lanes)
            break;
    }
    memcpy(block, backup, m->block_bytes);

#pragma omp critical(fk_march_lost)
    if (b < t->first_lost) {
#pragma omp atomic write
        t->first_lost = b;
        *t->lost = (fk_lost){b * FK_BLOCK + lane, fk_pace_time(&pace, 0)};
    }
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

static int behind_a_lost_block(team *t, size_t b)
{
    size_t first;
#pragma omp atomic read
    first = t->first_lost;
    return b > first;
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

/* All steps of block b.  spare: two blocks of memory. */
static void run_block(team *t, size_t b, unsigned char *spare, double *scratch)
{
    const fk_march *m = t->m;
    const size_t lanes = fk_block_lanes(m->count, b);
    unsigned char *block = m->memory + b * m->block_bytes;
    for (uint64_t k = 0, n; k < m->steps; k += n) {
        if (stopped(t) || behind_a_lost_block(t, b))
            return;
        n = m->steps - k < FK_PORTION ? m->steps - k : FK_PORTION;
        fk_pace pace = m->pace;
        pace.first += k;
        memcpy(spare, block, m->block_bytes);
        m->run(m->context, &pace, n, block, scratch);
        if (m->lost(m->context, block, lanes) < lanes) {
            find_lost(t, b, k, spare, spare + m->block_bytes, scratch);
            return;
        }
        tell(t, (double)lanes * (double)n);
    }
}

fk_status fk_march_run(const fk_march *m, const fk_progress *progress, fk_lost *lost)
{
    const size_t n_blocks = fk_block_count(m->count);
    const size_t threads = (size_t)omp_get_max_threads();
    const size_t own =
        2 * m->block_bytes + (m->scratch * sizeof(double) / FK_ALIGN + 1) * FK_ALIGN;
    unsigned char *memory = fk_alloc(threads, own);
    if (memory == NULL)
        return FK_ENOMEM;

    team t = {.m = m, .progress = progress, .lost = lost, .first_lost = n_blocks};
#pragma omp parallel for default(none) shared(t, memory) \
    firstprivate(m, n_blocks, own) schedule(dynamic, 4)
    for (size_t b = 0; b < n_blocks; b++) {
        unsigned char *spare = memory + (size_t)omp_get_thread_num() * own;
        run_block(&t, b, spare, (double *)(void *)(spare + 2 * m->block_bytes));
    }
    free(memory);

    if (t.stop)
        return FK_EINTERRUPTED;
    if (t.first_lost < n_blocks)
        return FK_EDOMAIN;
    fk_progress_report(progress, (double)m->count * (double)m->steps,
                       (double)m->count * (double)m->steps);
    return FK_OK;
}
