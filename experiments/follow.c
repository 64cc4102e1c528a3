#include "experiments/follow.h"

#include <math.h>
#include <stdlib.h>

#include "core/block.h"
#include "core/memory.h"
#include "sampling/ensemble.h"

typedef struct walk {
    const fk_follower *follower;
    fk_ensemble *e; /* the particle's block, or all on whose law it depends */
    size_t lane, every;
    fk_path *path;
    double *x;
} walk;

static fk_status show(const walk *w)
{
    fk_ensemble_states(w->e, w->lane, 1, w->x);
    return w->follower->see(w->follower->context, fk_ensemble_time(w->e), w->x);
}

/* How the path ended, if it did. */
static bool ended(const walk *w)
{
    fk_path *p = w->path;
    p->t_end = fk_ensemble_time(w->e);
    if (fk_ensemble_lost(w->e, w->lane))
        p->end = FK_PATH_LOST;
    else if (fk_ensemble_killed(w->e, w->lane))
        p->end = FK_PATH_KILLED;
    else if (fk_ensemble_ended(w->e, w->lane, &p->axis, &p->side))
        p->end = FK_PATH_LEFT;
    return p->end != FK_PATH_GOES_ON;
}

/* Step by step to t_end, at the pace of a run. */
static fk_status advance(const walk *w, double t_end, fk_message *message)
{
    const double start = fk_ensemble_time(w->e);
    fk_ensemble_pace(w->e, t_end);
    const double h = fk_ensemble_step(w->e);
    const size_t n = (size_t)round((t_end - start) / h);
    for (size_t k = 1; k <= n; k++) {
        const double t = k == n ? t_end : start + (double)k * h;
        FK_TRY(fk_ensemble_advance(w->e, t, NULL, message));
        const bool over = ended(w);
        if (w->path->end == FK_PATH_LOST)
            return FK_OK;
        if (over || k == n || fk_ensemble_steps(w->e) % w->every == 0)
            FK_TRY(show(w));
        if (over)
            return FK_OK;
    }
    return FK_OK;
}

fk_status fk_follow(const fk_problem *p, const fk_methods *methods, size_t particle,
                    size_t every, const fk_follower *follower, fk_path *path,
                    fk_message *message)
{
    const bool all = fk_sde_interacts(p->sde);
    const size_t first = all ? 0 : particle / FK_BLOCK * FK_BLOCK;
    const fk_ensemble_options o = {.count = all ? p->particles.count : FK_BLOCK,
                                   .first = first,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = p->particles.seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = methods->scheme,
                                   .faces = methods->faces,
                                   .rules = methods->rules};
    walk w = {.follower = follower,
              .lane = particle - first,
              .every = every,
              .path = path,
              .x = fk_doubles(p->sde->dim)};
    path->particle = particle;
    path->end = FK_PATH_GOES_ON;
    if (w.x == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    fk_status status = fk_ensemble_new(p->sde, p->has_domain ? &p->domain : NULL,
                                       p->initial, &o, &w.e, message);
    if (status == FK_OK)
        status = show(&w);
    bool over = status == FK_OK && ended(&w);
    for (size_t i = 0; i < p->n_outputs && status == FK_OK && !over; i++) {
        status = advance(&w, p->output[i], message);
        over = path->end != FK_PATH_GOES_ON;
    }
    fk_ensemble_free(w.e);
    free(w.x);
    return status;
}

size_t fk_follow_steps(const fk_problem *p)
{
    double steps = 0.0, from = p->start;
    for (size_t i = 0; i < p->n_outputs; from = p->output[i++])
        steps += fmax(ceil((p->output[i] - from) / p->particles.step - 1e-9), 1.0);
    return (size_t)steps;
}
