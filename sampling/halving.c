/* Pairs of paths with common noise: a step h of the coarse one goes with two steps h/2
 * of the fine one; the scheme joins their normals to those of the long step, increments
 * as
 *
 *     z = (z_1 + z_2) / sqrt(2),      sqrt(h) z = sqrt(h/2) z_1 + sqrt(h/2) z_2.
 *
 * A block is one piece: streams, then x[rows][FK_BLOCK] and status[FK_BLOCK] of the
 * coarse member, then of the fine one; where paths depend on their own law, then the
 * normals of the fine member's second step, which waits until all have made the first.
 * The law of the coarse members is theirs alone, that of the fine ones too. */
#include "sampling/halving.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/boundary.h"
#include "sampling/crowd.h"
#include "sampling/march.h"
#include "sampling/tally.h"
#include "sampling/walk.h"

/* What of a step of the pairs is made. */
typedef enum phase {
    ALL,
    ALL_BUT_SECOND, /* half of the fine member's */
    SECOND,
} phase;

enum {
    COARSE,
    FINE,
    MEMBERS,
    STREAMS_BYTES = (sizeof(fk_streams) + FK_ALIGN - 1) / FK_ALIGN * FK_ALIGN
};

struct fk_halving {
    fk_crowd crowd[MEMBERS];
    fk_walk walk[MEMBERS]; /* the same but for the mean values that they read */
    phase phase;
    size_t count, n_blocks;
    fk_clock clock;
    size_t block_bytes;
    unsigned char *memory;
    fk_losses losses;
    double *lost_x; /* [dim], of the losses */
};

static size_t member_bytes(size_t rows)
{
    return rows * FK_BLOCK * sizeof(double) + FK_BLOCK;
}

static double *part_x(const fk_halving *h, unsigned char *block, size_t member)
{
    return (double *)(void *)(block + STREAMS_BYTES +
                              member * member_bytes(h->walk->rows));
}

static uint8_t *part_status(const fk_halving *h, unsigned char *block, size_t member)
{
    return (uint8_t *)(part_x(h, block, member) + h->walk->rows * FK_BLOCK);
}

/* Normals that wait, behind the members. */
static double *part_normals(const fk_halving *h, unsigned char *block)
{
    return (double *)(void *)(block + STREAMS_BYTES +
                              MEMBERS * member_bytes(h->walk->rows));
}

static unsigned char *block_at(const fk_halving *h, size_t b)
{
    return h->memory + b * h->block_bytes;
}

/* Normals of the fine steps, those of the coarse one, then the walk's. */
static size_t scratch_size(const fk_halving *h)
{
    return 3 * h->walk->draws * FK_BLOCK + fk_walk_scratch(h->walk);
}

static const double *coarse_x(const void *context, size_t b)
{
    return part_x(context, block_at(context, b), COARSE);
}

static const double *fine_x(const void *context, size_t b)
{
    return part_x(context, block_at(context, b), FINE);
}

static const uint8_t *coarse_status(const void *context, size_t b)
{
    return part_status(context, block_at(context, b), COARSE);
}

static const uint8_t *fine_status(const void *context, size_t b)
{
    return part_status(context, block_at(context, b), FINE);
}

static void look_at(fk_halving *h, size_t member, double t)
{
    const fk_crowd_members m[MEMBERS] = {
        [COARSE] = {h->count, h, coarse_x, coarse_status},
        [FINE] = {h->count, h, fine_x, fine_status}};
    fk_crowd_look(&h->crowd[member], t, &m[member]);
}

static fk_status start(fk_halving *h, const fk_law *law, const fk_ensemble_options *o)
{
    double *scratch = fk_doubles(scratch_size(h));
    if (scratch == NULL)
        return FK_ENOMEM;
    for (size_t b = 0; b < h->n_blocks; b++) {
        unsigned char *block = block_at(h, b);
        const uint64_t first = o->first + b * FK_BLOCK;
        fk_streams_seed((fk_streams *)(void *)block, o->seed, FK_FOR_HALVING_NOISE,
                        first);
        fk_walk_start(&h->walk[COARSE], h->clock.time, law, o->seed, FK_FOR_HALVING,
                      first, part_x(h, block, COARSE), part_status(h, block, COARSE),
                      scratch);
        memcpy(part_x(h, block, FINE), part_x(h, block, COARSE),
               member_bytes(h->walk->rows));
    }
    free(scratch);
    for (size_t m = 0; m < MEMBERS; m++)
        look_at(h, m, h->clock.time);
    return FK_OK;
}

/* Both members' ways to step. */
static fk_status prepare(fk_halving *h, const fk_sde *sde, const fk_domain *domain,
                         const fk_ensemble_options *o, fk_message *message)
{
    const fk_walk_options walk = {o->scheme, o->faces, o->rules, 0.5 * o->step};
    for (size_t m = 0; m < MEMBERS; m++) {
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
    const size_t waiting = fk_crowd_interacts(&h->crowd[FINE]) ? h->walk->draws : 0;
    h->block_bytes = STREAMS_BYTES + MEMBERS * member_bytes(h->walk->rows) +
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
    for (size_t m = 0; m < MEMBERS; m++) {
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
    double *coarse = part_x(h, block, COARSE), *fine = part_x(h, block, FINE);
    uint8_t *status = part_status(h, block, COARSE);
    uint8_t *fine_status = part_status(h, block, FINE);
    for (uint64_t k = 0; k < n; k++) {
        const double t = fk_pace_time(pace, k), half = 0.5 * pace->h;
        if (h->phase != SECOND) {
            fk_walk_pair(&h->walk[COARSE], (fk_streams *)(void *)block, half, z1, z2, z,
                         rest);
            fk_walk_step(&h->walk[COARSE], t, pace->h, z, coarse, status, rest);
            fk_walk_step(&h->walk[FINE], t, half, z1, fine, fine_status, rest);
        }
        if (h->phase == ALL_BUT_SECOND)
            memcpy(part_normals(h, block), z2, m * sizeof *z2);
        else
            fk_walk_step(&h->walk[FINE], t + half, half,
                         h->phase == ALL ? z2 : part_normals(h, block), fine,
                         fine_status, rest);
    }
}

/* Who loses one member is lost with both. */
static size_t lose(const void *context, unsigned char *block, size_t n, size_t *first)
{
    const fk_halving *h = context;
    uint8_t *coarse = part_status(h, block, COARSE);
    uint8_t *fine = part_status(h, block, FINE);
    for (size_t lost = 0;; lost++) {
        const size_t a =
            fk_walk_lost(&h->walk[COARSE], part_x(h, block, COARSE), coarse, n);
        const size_t b =
            fk_walk_lost(&h->walk[COARSE], part_x(h, block, FINE), fine, n);
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
    const double *from = (const double *)(const void *)(block + STREAMS_BYTES);
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
    look_at(h, FINE, t + 0.5 * h->clock.pace.h);
    FK_TRY(march(h, SECOND, 1, progress, message));
    fk_clock_tick(&h->clock, 1);
    look_at(h, COARSE, h->clock.time);
    look_at(h, FINE, h->clock.time);
    return FK_OK;
}

fk_status fk_halving_advance_some(fk_halving *h, double t_end, uint64_t most,
                                  const fk_progress *progress, fk_message *message)
{
    const uint64_t steps = fk_clock_plan(&h->clock, t_end, most);
    if (!fk_crowd_interacts(&h->crowd[FINE])) {
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

typedef struct histogram {
    const fk_halving *h;
    const fk_grid *g;
    size_t cells; /* of g; the index of the rest */
} histogram;

static size_t find_member(const histogram *t, size_t b, size_t member, uint32_t *cell)
{
    unsigned char *block = block_at(t->h, b);
    const uint8_t *status = part_status(t->h, block, member);
    const size_t lanes = fk_block_lanes(t->h->count, b);
    fk_tally_cells(t->g, part_x(t->h, block, member), cell);
    for (size_t j = 0; j < lanes; j++)
        if (status[j] != FK_ALIVE)
            cell[j] = (uint32_t)t->cells;
    return lanes;
}

static size_t find_coarse(const void *context, size_t b, uint32_t *index)
{
    return find_member(context, b, COARSE, index);
}

static size_t find_fine(const void *context, size_t b, uint32_t *index)
{
    return find_member(context, b, FINE, index);
}

static size_t find_moved(const void *context, size_t b, uint32_t *index)
{
    uint32_t from[FK_BLOCK], to[FK_BLOCK];
    size_t n = 0;
    const size_t lanes = find_member(context, b, COARSE, from);
    find_member(context, b, FINE, to);
    for (size_t j = 0; j < lanes; j++)
        if (from[j] != to[j]) {
            index[n++] = from[j];
            index[n++] = to[j];
        }
    return n;
}

void fk_halving_tally(const fk_halving *h, const fk_grid *g, uint64_t *coarse,
                      uint64_t *fine, uint64_t *moved)
{
    assert(g->dim == h->walk->dim);
    const histogram t = {h, g, fk_grid_cells(g)};
    fk_tally(h->n_blocks, t.cells + 1, coarse, find_coarse, &t);
    fk_tally(h->n_blocks, t.cells + 1, fine, find_fine, &t);
    fk_tally(h->n_blocks, t.cells + 1, moved, find_moved, &t);
}

size_t fk_halving_differences(size_t dim)
{
    return 1 + 2 * dim * (1 + dim);
}

static void add(double *sum, double value)
{
    sum[0] += value;
    sum[1] += value * value;
}

/* One pair, lane j of x and y; blocks are added to the whole one by one, so that rounding
 * grows with the number of blocks at worst. */
static void add_pair(size_t d, const double *x, const double *y, size_t j,
                     const double *centre, double *sums)
{
    *sums++ += 1.0;
    for (size_t i = 0; i < d; i++, sums += 2)
        add(sums, x[i * FK_BLOCK + j] - y[i * FK_BLOCK + j]);
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k < d; k++, sums += 2)
            add(sums,
                (x[i * FK_BLOCK + j] - centre[i]) * (x[k * FK_BLOCK + j] - centre[k]) -
                    (y[i * FK_BLOCK + j] - centre[i]) *
                        (y[k * FK_BLOCK + j] - centre[k]));
}

fk_status fk_halving_add_differences(const fk_halving *h, const double *centre,
                                     double *sums)
{
    const size_t d = h->walk->dim, n = fk_halving_differences(d);
    double *own = fk_doubles(n);
    if (own == NULL)
        return FK_ENOMEM;
    for (size_t b = 0; b < h->n_blocks; b++) {
        unsigned char *block = block_at(h, b);
        const uint8_t *alive = part_status(h, block, COARSE);
        const uint8_t *fine_alive = part_status(h, block, FINE);
        memset(own, 0, n * sizeof *own);
        for (size_t j = 0; j < fk_block_lanes(h->count, b); j++)
            if (alive[j] == FK_ALIVE && fine_alive[j] == FK_ALIVE)
                add_pair(d, part_x(h, block, COARSE), part_x(h, block, FINE), j, centre,
                         own);
        for (size_t i = 0; i < n; i++)
            sums[i] += own[i];
    }
    free(own);
    return FK_OK;
}

/* Of n values, of which sum[0] is the sum and sum[1] that of the squares. */
static void mean_and_error(double n, const double *sum, double *mean, double *error)
{
    *mean = n > 0.0 ? sum[0] / n : 0.0;
    const double spread = fmax(sum[1] - sum[0] * *mean, 0.0);
    *error = n > 1.0 ? sqrt(spread / (n - 1.0) / n) : 0.0;
}

void fk_halving_read_differences(size_t dim, const double *sums, double *mean,
                                 double *mean_error, double *product,
                                 double *product_error)
{
    const double n = *sums++;
    for (size_t i = 0; i < dim; i++, sums += 2)
        mean_and_error(n, sums, &mean[i], &mean_error[i]);
    for (size_t e = 0; e < dim * dim; e++, sums += 2)
        mean_and_error(n, sums, &product[e], &product_error[e]);
}

void fk_halving_moments(const fk_halving *h, const double *centre, double *mean,
                        double *mean_error, double *square, double *square_error)
{
    const size_t d = h->walk->dim, n = fk_halving_differences(d);
    double *sums = fk_doubles(n + 2 * d * d), *product = sums + n;
    if (sums != NULL && fk_halving_add_differences(h, centre, sums) == FK_OK) {
        fk_halving_read_differences(d, sums, mean, mean_error, product,
                                    product + d * d);
        for (size_t i = 0; i < d; i++) {
            square[i] = product[i * (d + 1)];
            square_error[i] = product[d * d + i * (d + 1)];
        }
    }
    free(sums);
}

bool fk_halving_keep(fk_halving *h, const fk_keeper *keeper)
{
    return fk_keep(keeper, &h->clock, sizeof h->clock) &&
           fk_crowd_keep(&h->crowd[COARSE], keeper) &&
           fk_crowd_keep(&h->crowd[FINE], keeper) &&
           fk_losses_keep(&h->losses, h->lost_x, h->walk->dim, keeper) &&
           fk_keep(keeper, h->memory, h->n_blocks * h->block_bytes);
}
