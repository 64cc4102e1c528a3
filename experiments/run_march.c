/* Particles and pairs in chunks through the stops of a run. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/run_parts.h"

enum { CHUNK_BYTES = 32 << 20 };

/* Seconds between two looks at the clock and at the keyboard, about. */
static const double SLICE = 0.25;

static size_t chunk_size(size_t dim)
{
    const size_t unit = 64 * FK_BLOCK;
    const size_t units = CHUNK_BYTES / fk_ensemble_memory(dim, unit);
    return (units > 0 ? units : 1) * unit;
}

fk_ensemble_options fk_run_options(const fk_run_state *run, size_t count,
                                   fk_purpose purpose)
{
    return (fk_ensemble_options){.count = count,
                                 .first = run->first,
                                 .start = run->problem->start,
                                 .step = run->problem->particles.step,
                                 .seed = run->problem->particles.seed,
                                 .purpose = purpose,
                                 .scheme = run->methods->scheme,
                                 .faces = run->methods->faces,
                                 .rules = run->methods->rules};
}

/* Where a march is, and how many steps it takes before it looks up. */
typedef struct march {
    fk_run_state *run;
    const fk_troop *troop;
    size_t n; /* of the chunk */
    uint64_t slice;
} march;

/* The share of all particle time that lies behind. */
static void report(const march *m, double t)
{
    const fk_problem *p = m->run->problem;
    const fk_progress progress = fk_terminal_progress(m->run->terminal);
    const double way = (t - p->start) / (p->end - p->start);
    fk_progress_report(&progress, (double)m->run->first + way * (double)m->n,
                       (double)m->troop->count);
}

/* Slices grow to the length wanted, whatever a step costs. */
static void resize(march *m, double seconds)
{
    const double wanted = (double)m->slice * SLICE / fmax(seconds, 1e-3 * SLICE);
    m->slice = (uint64_t)fmax(fmin(wanted, 8.0 * (double)m->slice), 1.0);
}

static fk_status advance(march *m, double t, fk_message *message)
{
    for (double now = -INFINITY; now < t;) {
        const double began = fk_seconds();
        if (fk_terminal_interrupted())
            return FK_EINTERRUPTED;
        FK_TRY(m->troop->advance(m->run, t, m->slice, &now, message));
        if (now < t)
            resize(m, fk_seconds() - began);
        report(m, now);
    }
    return FK_OK;
}

static fk_status march_chunk(march *m, fk_message *message)
{
    fk_run_state *run = m->run;
    FK_TRY(m->troop->begin(run, m->n, message));
    for (size_t i = 0; i < run->n_stops; i++) {
        if (!m->troop->stops(&run->stop[i]))
            continue;
        FK_TRY(advance(m, run->stop[i].t, message));
        FK_TRY(m->troop->record(run, &run->stop[i], message));
    }
    return FK_OK;
}

fk_status fk_run_march(fk_run_state *run, const fk_troop *troop, fk_message *message)
{
    march m = {.run = run, .troop = troop, .slice = 1};
    const size_t chunk = chunk_size(run->dim);
    fk_status status = FK_OK;
    fk_terminal_begin(run->terminal, troop->name, "particle-steps",
                      troop->work * (run->problem->end - run->problem->start) /
                          run->problem->particles.step);
    for (run->first = 0; run->first < troop->count && status == FK_OK;
         run->first += m.n) {
        const size_t left = troop->count - run->first;
        m.n = left < chunk ? left : chunk;
        status = march_chunk(&m, message);
        troop->end(run);
    }
    FK_TRY(status);
    fk_terminal_end(run->terminal);
    return FK_OK;
}

fk_status fk_run_losses(fk_run_state *run, uint64_t total, const char *what)
{
    fk_result *r = run->result;
    const fk_losses l = run->losses;
    run->losses = (fk_losses){0};
    if (l.count == 0 || r->lost.x != NULL)
        return FK_OK;
    fk_message message;
    fk_losses_tell(&l, run->problem->sde, what, total, &message);
    snprintf(r->lost.sentence, sizeof r->lost.sentence, "%.500s.", message.text);
    r->lost.x = fk_doubles(run->dim);
    if (r->lost.x == NULL)
        return FK_ENOMEM;
    memcpy(r->lost.x, l.x, run->dim * sizeof *l.x);
    r->lost.particle = l.particle;
    r->lost.t = l.time;
    return FK_OK;
}
