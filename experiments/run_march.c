/* Particles and pairs in chunks through the stops of a run. */
#include <math.h>

#include "experiments/run_parts.h"

enum { CHUNK_BYTES = 8 << 20 };

/* Seconds between two looks at the clock and at the keyboard, about. */
static const double SLICE = 0.25;

enum { GROUPS = 16 };

size_t fk_run_chunk(const fk_problem *p, size_t count, bool pairs)
{
    const size_t unit = 64 * FK_BLOCK;
    const size_t units = CHUNK_BYTES / fk_ensemble_memory(p->sde->dim, unit);
    if (!fk_sde_interacts(p->sde))
        return (units > 0 ? units : 1) * unit;
    const size_t blocks = (count / GROUPS + FK_BLOCK - 1) / FK_BLOCK;
    return !pairs ? count : (blocks > 0 ? blocks : 1) * FK_BLOCK;
}

size_t fk_run_groups(const fk_problem *p)
{
    const size_t pairs = fk_run_pairs(p), chunk = fk_run_chunk(p, pairs, true);
    return fk_sde_interacts(p->sde) ? (pairs + chunk - 1) / chunk : 0;
}

size_t fk_run_chunk_memory(const fk_problem *p)
{
    const size_t count = p->particles.count, chunk = fk_run_chunk(p, count, false);
    return fk_ensemble_memory(p->sde->dim, count < chunk ? count : chunk);
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
    double seconds; /* that the last slice took */
    double share;   /* of all particle time that lies behind */
} march;

static void report(march *m, double t)
{
    const fk_problem *p = m->run->problem;
    const fk_progress progress = fk_terminal_progress(m->run->terminal);
    const double way = (t - p->start) / (p->end - p->start);
    m->share = ((double)m->run->first + way * (double)m->n) / (double)m->troop->count;
    fk_progress_report(&progress, m->share, 1.0);
}

/* Slices grow to the length wanted, whatever a step costs. */
static void resize(march *m)
{
    const double wanted = (double)m->slice * SLICE / fmax(m->seconds, 1e-3 * SLICE);
    m->slice = (uint64_t)fmax(fmin(wanted, 8.0 * (double)m->slice), 1.0);
}

/* Asked to stop, or out of time for another slice and a checkpoint?  Puts everything away
 * then, and every now and then. */
static fk_status look_up(march *m, fk_message *message)
{
    fk_checkpoint *c = m->run->checkpoint;
    const double reserve = 2.0 * m->seconds + (c != NULL ? 0.25 + 2.0 * c->cost : 0.0);
    const bool late = fk_terminal_late(reserve);
    const bool stop = late || fk_terminal_interrupted();
    if (c != NULL) {
        const bool due = fk_seconds() - c->written >= c->interval;
        if (due || late || (stop && c->exists))
            FK_TRY(fk_checkpoint_write(m->run, m->troop, message));
    }
    return stop ? FK_EINTERRUPTED : FK_OK;
}

static fk_status advance(march *m, double t, fk_message *message)
{
    for (double now = -INFINITY; now < t;) {
        FK_TRY(look_up(m, message));
        const double began = fk_seconds();
        FK_TRY(m->troop->advance(m->run, t, m->slice, &now, message));
        m->seconds = fk_seconds() - began;
        if (now < t)
            resize(m);
        report(m, now);
    }
    return FK_OK;
}

static fk_status march_chunk(march *m, fk_message *message)
{
    fk_run_state *run = m->run;
    FK_TRY(m->troop->begin(run, m->n, message));
    FK_TRY(fk_checkpoint_chunk(run, m->troop, message));
    for (; run->next < run->n_stops; run->next++) {
        const fk_stop *stop = &run->stop[run->next];
        if (!m->troop->stops(stop))
            continue;
        FK_TRY(advance(m, stop->t, message));
        FK_TRY(m->troop->record(run, stop, message));
    }
    return FK_OK;
}

static void tell_times(fk_run_state *run, const fk_troop *troop, double share)
{
    fk_terminal_end(run->terminal);
    fk_run_timing(run, troop->timing,
                  fk_seconds() - run->terminal->began - run->kernel_seconds,
                  share * troop->work * (double)troop->count * (double)run->steps,
                  "particle-steps/s");
    if (run->kernel_seconds > 0.0)
        fk_run_timing(run, "last-step kernel", run->kernel_seconds, 0.0, "");
    run->kernel_seconds = 0.0;
}

fk_status fk_run_march(fk_run_state *run, const fk_troop *troop, fk_message *message)
{
    march m = {.run = run, .troop = troop, .slice = 1};
    const size_t chunk =
        fk_run_chunk(run->problem, troop->count, troop->which == FK_PAIRS);
    if (run->troop > troop->which)
        return FK_OK;
    if (run->troop < troop->which)
        run->first = run->next = 0;
    run->troop = troop->which;
    const double behind = (double)run->first / (double)troop->count;
    fk_terminal_begin(run->terminal, troop->name, "particle-steps",
                      troop->work * (double)troop->count *
                          (run->problem->end - run->problem->start) /
                          run->problem->particles.step);
    for (; run->first < troop->count; run->first += m.n, run->next = 0) {
        const size_t left = troop->count - run->first;
        m.n = left < chunk ? left : chunk;
        const fk_status status = march_chunk(&m, message);
        troop->end(run);
        FK_TRY(status);
    }
    tell_times(run, troop, 1.0 - behind);
    return FK_OK;
}

void fk_run_lose(fk_run_state *run, int troop, const fk_losses *losses)
{
    fk_losses_join(&run->losses[troop], losses, run->first, run->dim,
                   run->lost_x + (size_t)troop * run->dim);
}
