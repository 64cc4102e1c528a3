/* The step-halving pairs beside the ensemble. */
#include <math.h>

#include "experiments/run_parts.h"

/* The step of an exact scheme has no error to measure. */
bool fk_run_halves(const fk_run_state *run)
{
    const fk_problem *p = run->problem;
    return p->particles.on && p->has_domain && p->particles.halving > 0.0 &&
           !isinf(fk_scheme_weak_order(run->methods->scheme, &p->domain,
                                       run->methods->faces));
}

/* Between two outputs all steps are equal: those of the particles. */
static bool stops(const fk_stop *s)
{
    return s->snapshot != FK_NOWHERE;
}

static fk_status begin(fk_run_state *run, size_t n, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_ensemble_options o = fk_run_options(run, n, FK_FOR_HALVING);
    return fk_halving_new(p->sde, &p->domain, p->initial, &o, &run->halving, message);
}

static fk_status advance(fk_run_state *run, double t, uint64_t steps, double *now,
                         fk_message *message)
{
    FK_TRY(fk_halving_advance_some(run->halving, t, steps, NULL, message));
    *now = fk_halving_time(run->halving);
    return FK_OK;
}

static fk_status record(fk_run_state *run, const fk_stop *s, fk_message *message)
{
    (void)message;
    if (s->snapshot > 0) {
        const fk_record *r = &run->record[s->snapshot];
        fk_halving_tally(run->halving, &run->problem->domain.grid, r->coarse, r->fine,
                         r->moved);
    }
    return FK_OK;
}

static void end(fk_run_state *run)
{
    if (run->halving != NULL)
        fk_losses_join(&run->losses, fk_halving_losses(run->halving), run->first,
                       run->dim, run->lost_x);
    fk_halving_free(run->halving);
    run->halving = NULL;
}

fk_status fk_run_halving(fk_run_state *run, fk_message *message)
{
    const fk_problem *p = run->problem;
    const fk_troop pairs = {.name = "step halved",
                            .count = fk_run_pairs(p),
                            .work = 3.0,
                            .stops = stops,
                            .begin = begin,
                            .advance = advance,
                            .record = record,
                            .end = end};
    FK_TRY(fk_run_march(run, &pairs, message));
    fk_run_timing(run, "step-halving pairs", fk_seconds() - run->terminal->began,
                  pairs.work * (double)pairs.count * (double)run->steps,
                  "particle-steps/s");
    run->result->lost.pairs = run->losses.count;
    return fk_run_losses(run, pairs.count, "step-halving pairs");
}
