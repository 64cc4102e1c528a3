/* The step-halving pairs beside the ensemble. */
#include <math.h>

#include "experiments/run_parts.h"

/* The step of an exact scheme has no error to measure. */
bool fk_run_halves(const fk_run_state *run)
{
    const fk_problem *p = run->problem;
    return p->particles.on && (p->has_domain || run->moments_known) &&
           p->particles.halving > 0.0 && !isinf(fk_run_weak_order(run));
}

double fk_run_weak_order(const fk_run_state *run)
{
    const fk_problem *p = run->problem;
    return fk_scheme_weak_order(run->methods->scheme, p->sde,
                                p->has_domain ? &p->domain : NULL, run->methods->faces);
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
    return fk_halving_new(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                          &run->halving, message);
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
    if (s->snapshot <= 0)
        return FK_OK;
    const fk_record *r = &run->record[s->snapshot];
    const size_t pairs = fk_run_pairs(run->problem);
    if (!run->problem->has_domain)
        return fk_halving_add_differences(
            run->halving, run->result->snapshot[s->snapshot].moments.mean, r->changes);
    uint64_t *coarse = r->coarse;
    if (r->groups != NULL)
        coarse = r->groups + run->first / fk_run_chunk(run->problem, pairs, true) *
                                 (run->cells + 1);
    fk_halving_tally(run->halving, &run->problem->domain.grid, coarse, r->fine,
                     r->moved);
    for (size_t c = 0; r->groups != NULL && c <= run->cells; c++)
        r->coarse[c] += coarse[c];
    return FK_OK;
}

static bool keep(fk_run_state *run, const fk_keeper *keeper)
{
    return fk_halving_keep(run->halving, keeper);
}

static void end(fk_run_state *run)
{
    if (run->halving != NULL)
        fk_run_lose(run, FK_PAIRS, fk_halving_losses(run->halving));
    fk_halving_free(run->halving);
    run->halving = NULL;
}

fk_status fk_run_halving(fk_run_state *run, fk_message *message)
{
    const fk_troop pairs = {.which = FK_PAIRS,
                            .name = "step halved",
                            .timing = "step-halving pairs",
                            .count = fk_run_pairs(run->problem),
                            .work = 3.0,
                            .stops = stops,
                            .begin = begin,
                            .advance = advance,
                            .record = record,
                            .keep = keep,
                            .end = end};
    return fk_run_march(run, &pairs, message);
}
