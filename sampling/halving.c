/* Pairs of paths with common noise: a step h of the coarse one goes with two steps h/2
 * of the fine one; the scheme joins their normals to those of the long step, increments
 * as
 *
 *     z = (z_1 + z_2) / sqrt(2),      sqrt(h) z = sqrt(h/2) z_1 + sqrt(h/2) z_2.
 *
 * Where paths depend on their own law that of the coarse members is theirs alone, and that
 * of the fine ones too. */
#include "sampling/halving.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/halving_state.h"

/* What of a step of the pairs is made. */
typedef enum phase {
    ALL,
    ALL_BUT_SECOND, /* half of the fine member's */
    SECOND,
} phase;

/* Normals that wait, behind the members. */
static double *part_normals(const fk_halving *h, unsigned char *block)
{
    return (double *)(void *)(block + FK_PAIR_STREAMS_BYTES +
                              FK_MEMBERS * fk_pair_member_bytes(h->walk->rows));
}

/* Normals of the fine steps, those of the coarse one, then the walk's. */
static size_t scratch_size(const fk_halving *h)
{
    return 3 * h->walk->draws * FK_BLOCK + fk_walk_scratch(h->walk);
}

static const double *coarse_x(const void *context, size_t b)
{
    return fk_pair_x(context, fk_pair_block(context, b), FK_COARSE);
}

static const double *fine_x(const void *context, size_t b)
{
    return fk_pair_x(context, fk_pair_block(context, b), FK_FINE);
}

static const uint8_t *coarse_status(const void *context, size_t b)
{
    return fk_pair_status(context, fk_pair_block(context, b), FK_COARSE);
}

static const uint8_t *fine_status(const void *context, size_t b)
{
    return fk_pair_status(context, fk_pair_block(context, b), FK_FINE);
}

static void look_at(fk_halving *h, size_t member, double t)
{
    const fk_crowd_members m[FK_MEMBERS] = {
        [FK_COARSE] = {h->count, h, coarse_x, coarse_status},
        [FK_FINE] = {h->count, h, fine_x, fine_status}};
    fk_crowd_look(&h->crowd[member], t, &m[member]);
}

static fk_status start(fk_halving *h, const fk_law *law, const fk_ensemble_options *o)
{
    double *scratch = fk_doubles(scratch_size(h));
    if (scratch == NULL)
        return FK_ENOMEM;
    for (size_t b = 0; b < h->n_blocks; b++) {
        unsigned char *block = fk_pair_block(h, b);
        const uint64_t first = o->first + b * FK_BLOCK;
        fk_streams_seed((fk_streams *)(void *)block, o->seed, FK_FOR_HALVING_NOISE,
                        first);
        fk_walk_start(&h->walk[FK_COARSE], h->clock.time, law, o->seed, FK_FOR_HALVING,
                      first, fk_pair_x(h, block, FK_COARSE),
                      fk_pair_status(h, block, FK_COARSE), scratch);
        memcpy(fk_pair_x(h, block, FK_FINE), fk_pair_x(h, block, FK_COARSE),
               fk_pair_member_bytes(h->walk->rows));
    }
    free(scratch);
    for (size_t m = 0; m < FK_MEMBERS; m++)
        look_at(h, m, h->clock.time);
    return FK_OK;
}

/* Both members' ways to step. */
static fk_status prepare(fk_halving *h, const fk_sde *sde, const fk_domain *domain,
                         const fk_ensemble_options *o, fk_message *message)
{
    const fk_walk_options walk = {o->scheme, o->faces, o->rules, 0.5 * o->step};
    for (size_t m = 0; m < FK_MEMBERS; m++) {
        FK_TRY(fk_crowd_init(&h->crowd[m], sde, domain));
        FK_TRY(fk_walk_init(&h->walk[m], &h->crowd[m].of.view, domain, &walk, message));
    }
    return FK_OK;
}

fk_status fk_halving_new(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                         const fk_ensemble_options *o, fk_halving **out,
                         fk_message *message)
{
    assert(o->count >= 1 && o->step > 0.0 && o->first % FK_BLOCK == 0);
    assert(fk_law_dim(law) == sde->dim);
    assert(domain == NULL || domain->grid.dim == sde->dim);
    *out = NULL;
    fk_halving *h = calloc(1, sizeof *h);
    if (h == NULL)
        return FK_ENOMEM;
    fk_status status = prepare(h, sde, domain, o, message);
    if (status != FK_OK)
        goto fail;

    h->count = o->count;
    h->n_blocks = fk_block_count(o->count);
    h->clock = (fk_clock){.time = o->start, .step = o->step};
    const size_t waiting = fk_crowd_interacts(&h->crowd[FK_FINE]) ? h->walk->draws : 0;
    h->block_bytes = FK_PAIR_STREAMS_BYTES +
                     FK_MEMBERS * fk_pair_member_bytes(h->walk->rows) +
                     waiting * FK_BLOCK * sizeof(double);
    h->memory = fk_alloc(h->n_blocks, h->block_bytes);
    h->lost_x = fk_doubles(sde->dim);
    status = h->memory == NULL || h->lost_x == NULL ? FK_ENOMEM : start(h, law, o);
    if (status != FK_OK) {
        fk_fail(message, status, "no memory for %zu pairs of particles", o->count);
        goto fail;
    }
    *out = h;
    return FK_OK;

fail:
    fk_halving_free(h);
    return status;
}

void fk_halving_free(fk_halving *h)
{
    if (h == NULL)
        return;
    for (size_t m = 0; m < FK_MEMBERS; m++) {
        fk_walk_clear(&h->walk[m]);
        fk_crowd_clear(&h->crowd[m]);
    }
    free(h->lost_x);
    free(h->memory);
    free(h);
}

/* Steps of both members, or what the phase asks for of one of them. */
static void run(const void *context, const fk_pace *pace, uint64_t n,
                unsigned char *block, double *scratch)
{
    const fk_halving *h = context;
    const size_t m = h->walk->draws * FK_BLOCK;
    double *z1 = scratch, *z2 = z1 + m, *z = z2 + m, *rest = z + m;
    double *coarse = fk_pair_x(h, block, FK_COARSE),
           *fine = fk_pair_x(h, block, FK_FINE);
    uint8_t *status = fk_pair_status(h, block, FK_COARSE);
    uint8_t *fine_status = fk_pair_status(h, block, FK_FINE);
    for (uint64_t k = 0; k < n; k++) {
        const double t = fk_pace_time(pace, k), half = 0.5 * pace->h;
        if (h->phase != SECOND) {
            fk_walk_pair(&h->walk[FK_COARSE], (fk_streams *)(void *)block, half, z1, z2,
                         z, rest);
            fk_walk_step(&h->walk[FK_COARSE], t, pace->h, z, coarse, status, rest);
            fk_walk_step(&h->walk[FK_FINE], t, half, z1, fine, fine_status, rest);
        }
        if (h->phase == ALL_BUT_SECOND)
            memcpy(part_normals(h, block), z2, m * sizeof *z2);
        else
            fk_walk_step(&h->walk[FK_FINE], t + half, half,
                         h->phase == ALL ? z2 : part_normals(h, block), fine,
                         fine_status, rest);
    }
}

/* Who loses one member is lost with both. */
static size_t lose(const void *context, unsigned char *block, size_t n, size_t *first)
{
    const fk_halving *h = context;
    uint8_t *coarse = fk_pair_status(h, block, FK_COARSE);
    uint8_t *fine = fk_pair_status(h, block, FK_FINE);
    for (size_t lost = 0;; lost++) {
        const size_t a = fk_walk_lost(&h->walk[FK_COARSE],
                                      fk_pair_x(h, block, FK_COARSE), coarse, n);
        const size_t b =
            fk_walk_lost(&h->walk[FK_COARSE], fk_pair_x(h, block, FK_FINE), fine, n);
        const size_t j = a < b ? a : b;
        if (j == n)
            return lost;
        if (lost == 0)
            *first = j;
        coarse[j] = fine[j] = FK_LOST;
    }
}

/* Of the coarse member. */
static void state(const void *context, const unsigned char *block, size_t lane,
                  double *x)
{
    const fk_halving *h = context;
    const double *from = (const double *)(const void *)(block + FK_PAIR_STREAMS_BYTES);
    for (size_t i = 0; i < h->walk->dim; i++)
        x[i] = from[i * FK_BLOCK + lane];
}

/* So many steps, or a phase of them. */
static fk_status march(fk_halving *h, phase which, uint64_t steps,
                       const fk_progress *progress, fk_message *message)
{
    h->phase = which;
    const fk_march m = {.count = h->count,
                        .memory = h->memory,
                        .block_bytes = h->block_bytes,
                        .scratch = scratch_size(h),
                        .pace = h->clock.pace,
                        .steps = steps,
                        .context = h,
                        .run = run,
                        .lose = lose,
                        .state = state};
    const fk_status status = fk_march_run(&m, progress, &h->losses, h->lost_x);
    if (status != FK_OK)
        return fk_fail(message, status, "%s", fk_status_text(status));
    return FK_OK;
}

/* One step of pairs that depend on their law, which is looked at whenever all are at the
 * same time. */
static fk_status step_together(fk_halving *h, const fk_progress *progress,
                               fk_message *message)
{
    const double t = fk_pace_time(&h->clock.pace, 0);
    FK_TRY(march(h, ALL_BUT_SECOND, 1, progress, message));
    look_at(h, FK_FINE, t + 0.5 * h->clock.pace.h);
    FK_TRY(march(h, SECOND, 1, progress, message));
    fk_clock_tick(&h->clock, 1);
    look_at(h, FK_COARSE, h->clock.time);
    look_at(h, FK_FINE, h->clock.time);
    return FK_OK;
}

fk_status fk_halving_advance_some(fk_halving *h, double t_end, uint64_t most,
                                  const fk_progress *progress, fk_message *message)
{
    const uint64_t steps = fk_clock_plan(&h->clock, t_end, most);
    if (!fk_crowd_interacts(&h->crowd[FK_FINE])) {
        FK_TRY(march(h, ALL, steps, progress, message));
        fk_clock_tick(&h->clock, steps);
        return FK_OK;
    }
    for (uint64_t k = 0; k < steps; k++)
        FK_TRY(step_together(h, progress, message));
    return FK_OK;
}

fk_status fk_halving_advance(fk_halving *h, double t_end, const fk_progress *progress,
                             fk_message *message)
{
    return fk_halving_advance_some(h, t_end, UINT64_MAX, progress, message);
}

double fk_halving_time(const fk_halving *h)
{
    return h->clock.time;
}

const fk_losses *fk_halving_losses(const fk_halving *h)
{
    return &h->losses;
}

bool fk_halving_keep(fk_halving *h, const fk_keeper *keeper)
{
    return fk_keep(keeper, &h->clock, sizeof h->clock) &&
           fk_crowd_keep(&h->crowd[FK_COARSE], keeper) &&
           fk_crowd_keep(&h->crowd[FK_FINE], keeper) &&
           fk_losses_keep(&h->losses, h->lost_x, h->walk->dim, keeper) &&
           fk_keep(keeper, h->memory, h->n_blocks * h->block_bytes);
}
