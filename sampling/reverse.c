#include "sampling/reverse.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/tally.h"
#include "sampling/walker.h"

/* Everything the threads read. */
typedef struct sampler {
    const fk_recipe *recipe;
    const fk_reverse_options *o;
    const fk_progress *progress;
    fk_reverse_result *out;
    fk_field field;
    size_t *after; /* [n_frames] steps done when the frame is taken */
    size_t dim, n_blocks, cells;
} sampler;

/* ... and what they share. */
typedef struct team {
    double done; /* particle-steps */
    int stop;    /* the user asked */
    size_t lost; /* first particle that is not finite; count if none */
} team;

/* One block on its way. */
typedef struct traveller {
    fk_walker near, far; /* by the recipe and by the coarse one */
    double **start;      /* rows of near's state */
    fk_streams streams;
} traveller;

static size_t scratch_size(const sampler *s)
{
    return fk_padded(2 * fk_walker_scratch(&s->field) + fk_rows_scratch(s->dim));
}

static traveller place(const sampler *s, double *scratch)
{
    const size_t own = fk_walker_scratch(&s->field);
    traveller c = {.near = fk_walker_place(&s->field, scratch),
                   .far = fk_walker_place(&s->field, scratch + own)};
    c.start = fk_rows(fk_walker_state(&c.near), s->dim, scratch + 2 * own);
    return c;
}

/* ---- counting ---- */

static void add_count(uint64_t *count)
{
#pragma omp atomic
    ++*count;
}

static void record_frame(const sampler *s, const traveller *c, size_t frame, size_t b,
                         size_t lanes)
{
    uint64_t *count = s->out->frames + frame * (s->cells + 1);
    const double *x = fk_walker_state(&c->near);
    uint32_t cell[FK_BLOCK];
    if (s->o->histogram != NULL)
        fk_tally_cells(s->o->histogram, x, cell);
    for (size_t j = 0; j < lanes; j++) {
        const size_t sample = b * FK_BLOCK + j;
        if (s->o->histogram != NULL)
            add_count(count + cell[j]);
        if (sample >= s->o->followed)
            continue;
        double *to = s->out->followed + (frame * s->o->followed + sample) * s->dim;
        for (size_t i = 0; i < s->dim; i++)
            to[i] = x[i * FK_BLOCK + j];
    }
}

static void record_pairs(const sampler *s, const traveller *c, size_t b, size_t lanes)
{
    uint32_t coarse[FK_BLOCK], fine[FK_BLOCK];
    if (b * FK_BLOCK >= s->o->pairs)
        return;
    for (size_t j = 0; j < lanes && b * FK_BLOCK + j < s->o->pairs; j++)
        for (size_t i = 0; i < s->dim; i++)
            s->out->coarse_x[(b * FK_BLOCK + j) * s->dim + i] =
                fk_walker_state(&c->far)[i * FK_BLOCK + j];
    if (s->o->histogram == NULL)
        return;
    fk_tally_cells(s->o->histogram, fk_walker_state(&c->far), coarse);
    fk_tally_cells(s->o->histogram, fk_walker_state(&c->near), fine);
    for (size_t j = 0; j < lanes && b * FK_BLOCK + j < s->o->pairs; j++) {
        add_count(s->out->coarse + coarse[j]);
        add_count(s->out->fine + fine[j]);
        if (coarse[j] == fine[j])
            continue;
        add_count(s->out->moved + coarse[j]);
        add_count(s->out->moved + fine[j]);
    }
}

static size_t first_lost(const sampler *s, const double *x, size_t lanes)
{
    for (size_t j = 0; j < lanes; j++)
        for (size_t i = 0; i < s->dim; i++)
            if (!isfinite(x[i * FK_BLOCK + j]))
                return j;
    return lanes;
}

static void finish(const sampler *s, const traveller *c, size_t b, size_t lanes,
                   team *t)
{
    const double *x = fk_walker_state(&c->near);
    const size_t lane = first_lost(s, x, lanes), particle = b * FK_BLOCK + lane;
    const double steps = (double)s->recipe->n_steps;
    for (size_t j = 0; j < lanes; j++)
        for (size_t i = 0; i < s->dim; i++)
            s->out->x[(b * FK_BLOCK + j) * s->dim + i] = x[i * FK_BLOCK + j];
    uint64_t taken = 0;
    for (size_t j = 0; j < lanes; j++)
        taken += (uint64_t)c->near.taken[j];
#pragma omp atomic
    s->out->taken += taken;
    double done;
#pragma omp atomic capture
    done = t->done += (double)lanes * steps;
    if (lane < lanes) {
#pragma omp critical(fk_reverse_lost)
        t->lost = particle < t->lost ? particle : t->lost;
    }
    if (omp_get_thread_num() == 0)
        fk_progress_report(s->progress, done, (double)s->o->count * steps);
}

static bool stopped(const sampler *s, team *t)
{
    int stop;
#pragma omp atomic read
    stop = t->stop;
    if (!stop && fk_progress_stopped(s->progress)) {
        stop = 1;
#pragma omp atomic write
        t->stop = 1;
    }
    return stop != 0;
}

/* ---- walking ---- */

/* The noises of the long step are those of its parts, weighted with the roots of their
 * lengths: N(0, 1) again, and the increment of the same path where noises are such. */
static void add_noise(const sampler *s, traveller *c, const fk_step *part,
                      const fk_step *whole, bool first)
{
    const double share = sqrt((part->from - part->to) / (whole->from - whole->to));
    const size_t n = s->field.noises * FK_BLOCK;
    memcpy(c->far.chance, c->near.chance, FK_BLOCK * sizeof *c->far.chance);
    for (size_t q = 0; q < s->recipe->noises; q++) {
        if (first)
            memset(c->far.raw[q], 0, n * sizeof *c->far.raw[q]);
        for (size_t j = 0; j < n; j++)
            c->far.raw[q][j] += share * c->near.raw[q][j];
    }
}

/* Step k, and the long one that ends with it, if any. */
static void walk(const sampler *s, traveller *c, size_t k, bool paired)
{
    const fk_step *step = &s->recipe->step[k];
    fk_walker_draw(&s->field, s->recipe, &c->streams, &c->near);
    if (paired) {
        const fk_step *whole = &s->o->coarse->step[k / 2];
        add_noise(s, c, step, whole, k % 2 == 0);
        if (k % 2 == 1 || k + 1 == s->recipe->n_steps)
            fk_walker_step(&s->field, s->o->coarse, whole, &c->far);
    }
    fk_walker_step(&s->field, s->recipe, step, &c->near);
}

static void begin(const sampler *s, size_t b, size_t lanes, const traveller *c)
{
    if (s->o->latent == NULL) {
        fk_law_draw(s->o->start, s->o->seed, FK_FOR_REVERSE, b * FK_BLOCK, c->start);
        return;
    }
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const size_t sample = b * FK_BLOCK + (j < lanes ? j : lanes - 1);
        for (size_t i = 0; i < s->dim; i++)
            c->start[i][j] = s->o->latent[sample * s->dim + i];
    }
}

/* One block from the last time of the table to the first. */
static void travel(const sampler *s, size_t b, double *scratch, team *t)
{
    traveller c = place(s, scratch);
    const size_t lanes = fk_block_lanes(s->o->count, b), n = s->recipe->n_steps;
    const bool paired = b * FK_BLOCK < s->o->pairs;
    fk_streams_seed(&c.streams, s->o->seed, FK_FOR_REVERSE_NOISE, b * FK_BLOCK);
    begin(s, b, lanes, &c);
    memset(c.near.taken, 0, FK_BLOCK * sizeof *c.near.taken);
    memcpy(fk_walker_state(&c.far), fk_walker_state(&c.near),
           s->dim * FK_BLOCK * sizeof(double));

    size_t frame = s->o->n_frames;
    for (size_t k = 0; k <= n; k++) {
        while (frame > 0 && s->after[frame - 1] == k)
            record_frame(s, &c, --frame, b, lanes);
        if (k == n)
            break;
        if (stopped(s, t))
            return;
        walk(s, &c, k, paired);
    }
    record_pairs(s, &c, b, lanes);
    finish(s, &c, b, lanes, t);
}

static fk_status travel_all(const sampler *s, fk_message *message)
{
    const size_t own = scratch_size(s);
    double *scratch = fk_alloc((size_t)omp_get_max_threads() * own, sizeof *scratch);
    if (scratch == NULL)
        return FK_ENOMEM;
    team t = {.lost = s->o->count};
    const size_t n_blocks = s->n_blocks;
#pragma omp parallel for default(none) shared(t) \
    firstprivate(s, scratch, own, n_blocks) schedule(dynamic, 1)
    for (size_t b = 0; b < n_blocks; b++)
        travel(s, b, scratch + (size_t)omp_get_thread_num() * own, &t);
    free(scratch);

    if (t.stop)
        return fk_fail(message, FK_EINTERRUPTED, "%s", fk_status_text(FK_EINTERRUPTED));
    if (t.lost < s->o->count)
        return fk_fail(message, FK_EDOMAIN,
                       "particle %zu on its way back from t = %.6g to t = %.6g is not "
                       "finite: the score's table of times needs more steps",
                       t.lost, s->recipe->time[s->recipe->n_times - 1],
                       s->recipe->time[0]);
    return FK_OK;
}

/* A frame is taken after the last step that ends at its time. */
static fk_status time_frames(sampler *s)
{
    s->after = fk_alloc(s->o->n_frames, sizeof *s->after);
    if (s->after == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < s->o->n_frames; i++)
        for (size_t k = 0; k < s->recipe->n_steps; k++)
            if (s->recipe->step[k].to == s->recipe->time[s->o->frame[i]])
                s->after[i] = k + 1;
    return FK_OK;
}

static fk_status make_result(const sampler *s, fk_reverse_result *out)
{
    out->x = fk_alloc(s->o->count * s->dim, sizeof *out->x);
    out->frames = fk_alloc(s->o->n_frames * (s->cells + 1), sizeof *out->frames);
    out->followed = fk_alloc(s->o->n_frames * s->o->followed * s->dim, sizeof(double));
    out->coarse_x = fk_alloc(s->o->pairs * s->dim, sizeof *out->coarse_x);
    out->coarse = fk_alloc(s->cells + 1, sizeof *out->coarse);
    out->fine = fk_alloc(s->cells + 1, sizeof *out->fine);
    out->moved = fk_alloc(s->cells + 1, sizeof *out->moved);
    out->evaluations = s->recipe->evaluations;
    return out->x == NULL || out->frames == NULL || out->followed == NULL ||
                   out->coarse_x == NULL || out->coarse == NULL || out->fine == NULL ||
                   out->moved == NULL
               ? FK_ENOMEM
               : FK_OK;
}

fk_status fk_reverse_sample(const fk_sde *sde, const fk_score *score,
                            const fk_recipe *recipe, const fk_reverse_options *o,
                            const fk_progress *progress, fk_reverse_result *out,
                            fk_message *message)
{
    assert(o->count >= 1);
    assert(o->latent != NULL || fk_law_dim(o->start) == sde->dim);
    assert(o->followed <= o->count && o->pairs <= o->count);
    assert(o->pairs == 0 || (o->coarse != NULL && recipe->even && o->coarse->even));
    *out = (fk_reverse_result){0};
    sampler s = {.recipe = recipe,
                 .o = o,
                 .progress = progress,
                 .out = out,
                 .dim = sde->dim,
                 .n_blocks = fk_block_count(o->count),
                 .cells = o->histogram == NULL ? 0 : fk_grid_cells(o->histogram)};
    FK_TRY(fk_field_new(sde, score, recipe, &s.field, message));
    fk_status status = time_frames(&s);
    if (status == FK_OK)
        status = make_result(&s, out);
    if (status == FK_OK)
        status = travel_all(&s, message);
    fk_field_clear(&s.field);
    free(s.after);
    if (status != FK_OK)
        fk_reverse_result_free(out);
    return status;
}

void fk_reverse_result_free(fk_reverse_result *r)
{
    free(r->x);
    free(r->frames);
    free(r->followed);
    free(r->coarse_x);
    free(r->coarse);
    free(r->fine);
    free(r->moved);
    *r = (fk_reverse_result){0};
}
