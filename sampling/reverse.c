#include "sampling/reverse.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "sampling/march.h"
#include "sampling/reverse_parts.h"
#include "sampling/tally.h"

/* What the threads share. */
typedef struct team {
    double done; /* particle-steps */
    int stop;    /* the user asked */
    size_t lost; /* first particle that is not finite; count if none */
} team;

static fk_status check(const fk_sde *sde, fk_message *message)
{
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "sampling backwards needs paths without jumps and stable noise");
    for (size_t e = 0; e < sde->dim * sde->noises; e++)
        if (fk_sde_varies(sde, sde->noise[e]))
            return fk_fail(message, FK_EDOMAIN,
                           "noise entry (%zu, %zu) depends on the variables: sampling "
                           "backwards needs noise that depends on time alone",
                           e / sde->noises + 1, e % sde->noises + 1);
    return FK_OK;
}

/* G and a at all times of the table. */
static fk_status tabulate(const fk_sde *sde, fk_sampler *s)
{
    const fk_binding binding = fk_sde_binding(sde);
    const size_t d = s->dim, m = s->noises, n = s->score->n_times;
    s->g = fk_doubles(n * d * m);
    s->a = fk_doubles(n * d * d);
    if (s->g == NULL || s->a == NULL)
        return FK_ENOMEM;
    if (m == 0)
        return FK_OK;

    fk_program *noise = NULL;
    FK_TRY(fk_program_new(d * m, sde->noise, &binding, &noise));
    double *scratch = fk_doubles(fk_program_scratch(noise) + d);
    if (scratch == NULL) {
        fk_program_free(noise);
        return FK_ENOMEM;
    }
    double *x = scratch + fk_program_scratch(noise);
    for (size_t k = 0; k < n; k++) {
        double *g = s->g + k * d * m, *a = s->a + k * d * d;
        fk_program_point(noise, s->score->time[k], x, g, scratch);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                for (size_t q = 0; q < m; q++)
                    a[i * d + j] += 0.5 * g[i * m + q] * g[j * m + q];
    }
    free(scratch);
    fk_program_free(noise);
    return FK_OK;
}

static void add_count(uint64_t *count)
{
#pragma omp atomic
    ++*count;
}

static void record_frame(const fk_sampler *s, const fk_traveller *c, size_t frame,
                         size_t b, size_t lanes)
{
    uint64_t *count = s->out->frames + frame * (s->cells + 1);
    uint32_t cell[FK_BLOCK];
    fk_tally_cells(s->o->histogram, c->x, cell);
    for (size_t j = 0; j < lanes; j++) {
        const size_t sample = b * FK_BLOCK + j;
        add_count(count + cell[j]);
        if (sample >= s->o->followed)
            continue;
        double *to = s->out->followed + (frame * s->o->followed + sample) * s->dim;
        for (size_t i = 0; i < s->dim; i++)
            to[i] = c->x_rows[i][j];
    }
}

static void record_pairs(const fk_sampler *s, const fk_traveller *c, size_t b,
                         size_t lanes)
{
    uint32_t coarse[FK_BLOCK], fine[FK_BLOCK];
    if (b * FK_BLOCK >= s->o->pairs)
        return;
    fk_tally_cells(s->o->histogram, c->far, coarse);
    fk_tally_cells(s->o->histogram, c->x, fine);
    for (size_t j = 0; j < lanes && b * FK_BLOCK + j < s->o->pairs; j++) {
        add_count(s->out->coarse + coarse[j]);
        add_count(s->out->fine + fine[j]);
        if (coarse[j] == fine[j])
            continue;
        add_count(s->out->moved + coarse[j]);
        add_count(s->out->moved + fine[j]);
    }
}

static size_t first_lost(const fk_sampler *s, const fk_traveller *c, size_t lanes)
{
    for (size_t j = 0; j < lanes; j++)
        for (size_t i = 0; i < s->dim; i++)
            if (!isfinite(c->x_rows[i][j]))
                return j;
    return lanes;
}

static void finish(const fk_sampler *s, const fk_traveller *c, size_t b, size_t lanes,
                   team *t)
{
    const size_t lane = first_lost(s, c, lanes), particle = b * FK_BLOCK + lane;
    for (size_t j = 0; j < lanes; j++)
        for (size_t i = 0; i < s->dim; i++)
            s->out->x[(b * FK_BLOCK + j) * s->dim + i] = c->x_rows[i][j];
    double done;
#pragma omp atomic capture
    done = t->done += (double)lanes * (double)(s->score->n_times - 1);
    if (lane < lanes) {
#pragma omp critical(fk_reverse_lost)
        t->lost = particle < t->lost ? particle : t->lost;
    }
    if (omp_get_thread_num() == 0)
        fk_progress_report(s->progress, done,
                           (double)s->o->count * (double)(s->score->n_times - 1));
}

static bool stopped(const fk_sampler *s, team *t)
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

/* One block from the last time of the table to the first. */
static void travel(const fk_sampler *s, size_t b, double *scratch, team *t)
{
    const fk_traveller c = fk_traveller_place(s, scratch);
    const size_t lanes = fk_block_lanes(s->o->count, b);
    const bool paired = b * FK_BLOCK < s->o->pairs;
    fk_streams streams;
    fk_streams_seed(&streams, s->o->seed, FK_FOR_REVERSE_NOISE, b * FK_BLOCK);
    fk_law_draw(s->o->start, s->o->seed, FK_FOR_REVERSE, b * FK_BLOCK, c.x_rows);
    memcpy(c.far, c.x, s->dim * FK_BLOCK * sizeof *c.x);

    size_t frame = s->o->n_frames;
    for (size_t k = s->score->n_times; k-- > 0;) {
        while (frame > 0 && s->o->frame[frame - 1] == k)
            record_frame(s, &c, --frame, b, lanes);
        if (k == 0)
            break;
        if (stopped(s, t))
            return;
        fk_traveller_step(s, &c, &streams, k, paired);
    }
    record_pairs(s, &c, b, lanes);
    finish(s, &c, b, lanes, t);
}

static fk_status travel_all(const fk_sampler *s, fk_message *message)
{
    const size_t own = (fk_traveller_scratch(s) + 7) / 8 * 8;
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
                       t.lost, s->score->time[s->score->n_times - 1],
                       s->score->time[0]);
    return FK_OK;
}

static fk_status make_result(const fk_sampler *s, fk_reverse_result *out)
{
    out->x = fk_alloc(s->o->count * s->dim, sizeof *out->x);
    out->frames = fk_alloc(s->o->n_frames * (s->cells + 1), sizeof *out->frames);
    out->followed = fk_alloc(s->o->n_frames * s->o->followed * s->dim, sizeof(double));
    out->coarse = fk_alloc(s->cells + 1, sizeof *out->coarse);
    out->fine = fk_alloc(s->cells + 1, sizeof *out->fine);
    out->moved = fk_alloc(s->cells + 1, sizeof *out->moved);
    out->evaluations = (s->o->lambda > 0.0 ? 1 : 2) * (s->score->n_times - 1);
    return out->x == NULL || out->frames == NULL || out->followed == NULL ||
                   out->coarse == NULL || out->fine == NULL || out->moved == NULL
               ? FK_ENOMEM
               : FK_OK;
}

fk_status fk_reverse_sample(const fk_sde *sde, const fk_score *score,
                            const fk_reverse_options *o, const fk_progress *progress,
                            fk_reverse_result *out, fk_message *message)
{
    assert(o->count >= 1 && o->lambda >= 0.0 && score->n_times >= 1);
    assert(score->dim == sde->dim && fk_law_dim(o->start) == sde->dim);
    assert((o->n_frames == 0 && o->pairs == 0) || o->histogram != NULL);
    assert(o->followed <= o->count && o->pairs <= o->count);
    *out = (fk_reverse_result){0};
    FK_TRY(check(sde, message));

    fk_sampler s = {.score = score,
                    .o = o,
                    .progress = progress,
                    .out = out,
                    .dim = sde->dim,
                    .noises = sde->noises,
                    .n_blocks = fk_block_count(o->count),
                    .cells = o->histogram == NULL ? 0 : fk_grid_cells(o->histogram)};
    const fk_binding binding = fk_sde_binding(sde);
    fk_status status = fk_program_new(sde->dim, sde->ito, &binding, &s.drift);
    if (status == FK_OK)
        status = tabulate(sde, &s);
    if (status == FK_OK)
        status = make_result(&s, out);
    if (status == FK_OK)
        status = travel_all(&s, message);
    fk_program_free(s.drift);
    free(s.g);
    free(s.a);
    if (status != FK_OK)
        fk_reverse_result_free(out);
    return status;
}

void fk_reverse_result_free(fk_reverse_result *r)
{
    free(r->x);
    free(r->frames);
    free(r->followed);
    free(r->coarse);
    free(r->fine);
    free(r->moved);
    *r = (fk_reverse_result){0};
}
