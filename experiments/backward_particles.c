/* Particles from one place, beside the value function there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "experiments/backward.h"
#include "sampling/ensemble.h"

enum { CHUNK = 64 * FK_BLOCK };

typedef struct account {
    const fk_backward_request *b;
    const fk_program *payoff; /* NULL: none */
    double end, *scratch, *x; /* [CHUNK][dim] */
    double sum, square, count;
} account;

static double worth_of(const account *a, const fk_ensemble *e, size_t p,
                       const double *x)
{
    size_t axis, side;
    double value = 0.0;
    if (fk_ensemble_ended(e, p, &axis, &side))
        return a->b->worth[axis][side];
    if (!fk_ensemble_killed(e, p) && a->payoff != NULL)
        fk_program_point(a->payoff, a->end, x, &value, a->scratch);
    return value;
}

static void settle(account *a, const fk_ensemble *e, size_t dim)
{
    const size_t n = fk_ensemble_count(e);
    fk_ensemble_states(e, 0, n, a->x);
    for (size_t p = 0; p < n; p++) {
        if (fk_ensemble_lost(e, p))
            continue;
        const double value = worth_of(a, e, p, a->x + p * dim);
        a->sum += value;
        a->square += value * value;
        a->count += 1.0;
    }
}

static fk_status run_chunk(const fk_analysis_request *r, const fk_law *law,
                           size_t first, size_t n, account *a, fk_message *message)
{
    const fk_problem *p = r->problem;
    const fk_ensemble_options o = {.count = n,
                                   .first = first,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = p->particles.seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = r->methods->scheme,
                                   .rules = r->methods->rules,
                                   .faces = r->methods->faces};
    fk_ensemble *e = NULL;
    fk_status status = fk_ensemble_new(p->sde, &p->domain, law, &o, &e, message);
    if (status == FK_OK)
        status = fk_ensemble_advance(e, p->end, NULL, message);
    if (status == FK_OK)
        settle(a, e, p->sde->dim);
    fk_ensemble_free(e);
    return status;
}

static fk_status run(const fk_analysis_request *r, const double *x, account *a,
                     fk_message *message)
{
    const size_t count = r->problem->particles.count;
    const fk_progress progress = fk_terminal_progress(r->terminal);
    fk_law *law;
    FK_TRY(fk_law_points_new(r->problem->sde->dim, 1, x, &law));
    fk_status status = FK_OK;
    for (size_t first = 0; first < count && status == FK_OK; first += CHUNK) {
        status =
            fk_progress_stopped(&progress)
                ? fk_fail(message, FK_EINTERRUPTED, "stopped among the particles")
                : run_chunk(r, law, first,
                            count - first < CHUNK ? count - first : CHUNK, a, message);
    }
    fk_law_free(law);
    return status;
}

fk_status fk_backward_particles(const fk_analysis_request *r, const double *x,
                                fk_backward_sample *out, fk_message *message)
{
    const fk_binding binding = fk_sde_binding(r->problem->sde);
    fk_program *payoff = NULL;
    account a = {.b = r->backward, .end = r->problem->end};
    if (r->backward->payoff.expr != NULL)
        FK_TRY(fk_program_new(1, &r->backward->payoff.expr, &binding, &payoff));
    a.payoff = payoff;
    a.scratch = payoff != NULL ? fk_doubles(fk_program_scratch(payoff)) : NULL;
    a.x = fk_doubles(CHUNK * r->problem->sde->dim);
    fk_status status = a.x != NULL && (payoff == NULL || a.scratch != NULL)
                           ? run(r, x, &a, message)
                           : FK_ENOMEM;
    if (status == FK_OK) {
        const double mean = a.sum / a.count;
        out->mean = mean;
        out->error = sqrt(fmax(a.square / a.count - mean * mean, 0.0) /
                          fmax(a.count - 1.0, 1.0));
    }
    if (status == FK_OK && !isfinite(out->mean))
        status = fk_fail(message, FK_EDOMAIN, "the payoff is not finite on some path");
    free(a.scratch);
    free(a.x);
    fk_program_free(payoff);
    return status;
}
