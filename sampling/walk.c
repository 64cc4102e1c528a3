#include "sampling/walk.h"

#include <math.h>
#include <string.h>

#include "sampling/boundary.h"
#include "sampling/crowd.h"
#include "sampling/increments.h"
#include "sampling/rows.h"

static fk_status check_increments(const fk_walk *w, fk_message *message)
{
    if (w->increments == FK_GAUSSIAN || w->draws == 0)
        return FK_OK;
    if (w->increments > w->scheme->coarsest)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.increments: %s accepts gaussian%s%s ones, not %s",
                       w->scheme->name,
                       w->scheme->coarsest == FK_GAUSSIAN ? "" : " or ",
                       w->scheme->coarsest == FK_GAUSSIAN
                           ? ""
                           : fk_increments_name[w->scheme->coarsest],
                       fk_increments_name[w->increments]);
    if (w->faces.partial.n > 0)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.increments: partial faces need gaussian ones");
    if (w->faces.bridges)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.increments: the bridge to absorbing faces needs "
                       "gaussian ones; particles.bridge: false does without it");
    if (w->sde->n_stables > 0)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.increments: stable noise needs gaussian ones");
    return FK_OK;
}

static fk_status init_events(fk_walk *w, fk_message *message)
{
    if (w->faces.partial.n > 0 && !fk_sde_continuous(w->sde))
        return fk_fail(message, FK_EDOMAIN,
                       "faces that absorb in part are for continuous paths: jumps and "
                       "stable noise step over them");
    if (w->sde->killing != NULL) {
        FK_TRY(fk_killing_init(&w->killing, w->sde, message));
        w->rows += FK_KILLING_ROWS;
    }
    if (w->sde->n_jumps > 0) {
        FK_TRY(fk_jumps_init(&w->jumps, w->sde, message));
        w->rows += FK_JUMP_ROWS;
    }
    if (w->sde->n_stables > 0 && fk_walk_splits(w))
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: %s does not take stable noise; heun does",
                       w->scheme->name);
    if (w->sde->n_stables > 0) {
        FK_TRY(fk_stable_noise_init(&w->stable, w->sde));
        w->draws += fk_stable_noise_draws(&w->stable);
    }
    return FK_OK;
}

fk_status fk_walk_init(fk_walk *w, const fk_sde *sde, const fk_domain *domain,
                       const fk_walk_options *o, fk_message *message)
{
    const fk_scheme *scheme = o->scheme;
    *w = (fk_walk){.sde = sde,
                   .scheme = scheme,
                   .increments = o->rules.increments,
                   .dim = sde->dim};
    if (fk_sde_interacts(sde) && sde->field == NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the equation depends on the law of its own solution: its paths "
                       "move together and none can be followed alone");
    FK_TRY(scheme->prepare(sde, &w->stepper, message));
    if (scheme->tune != NULL)
        scheme->tune(w->stepper, o->step, o->rules);
    FK_TRY(fk_enclosure_init(&w->faces, sde, domain, o->faces));
    w->scheme_draws = scheme->draws != NULL ? scheme->draws(w->stepper) : sde->noises;
    w->draws = w->scheme_draws + fk_enclosure_draws(&w->faces);
    w->rows = w->dim + (scheme->memory != NULL ? scheme->memory(w->stepper) : 0);
    FK_TRY(check_increments(w, message));
    return init_events(w, message);
}

fk_status fk_scheme_fits(const fk_scheme *s, const fk_sde *sde, const fk_domain *domain,
                         fk_face_rules faces, fk_step_rules rules, fk_message *message)
{
    fk_walk walk = {.scheme = NULL};
    fk_crowd crowd;
    const fk_walk_options o = {s, faces, rules, 1.0};
    fk_status status = fk_crowd_init(&crowd, sde, domain);
    if (status == FK_OK)
        status = fk_walk_init(&walk, &crowd.of.view, domain, &o, message);
    fk_walk_clear(&walk);
    fk_crowd_clear(&crowd);
    return status;
}

void fk_walk_clear(fk_walk *w)
{
    if (w->scheme != NULL)
        w->scheme->release(w->stepper);
    fk_enclosure_clear(&w->faces);
    fk_killing_clear(&w->killing);
    fk_jumps_clear(&w->jumps);
    fk_stable_noise_clear(&w->stable);
    *w = (fk_walk){0};
}

/* Whether a path may end, so that the state before a move is needed. */
static bool ends(const fk_walk *w)
{
    return w->faces.absorbs || w->sde->killing != NULL;
}

/* Scratch: pointers to the rows of x, the state before a move, then in turn the
 * scheme's, the faces', the jumps', the stable noise's and the killing's. */
size_t fk_walk_scratch(const fk_walk *w)
{
    const size_t old = ends(w) ? fk_state_scratch(w->dim) : 0;
    const size_t turn[] = {
        w->scheme->scratch(w->stepper), fk_enclosure_scratch(&w->faces),
        w->sde->n_jumps > 0 ? fk_jumps_scratch(&w->jumps) : 0,
        w->sde->n_stables > 0 ? fk_stable_noise_scratch(&w->stable) : 0,
        w->sde->killing != NULL ? fk_killing_scratch(&w->killing) : 0};
    size_t most = 0;
    for (size_t k = 0; k < sizeof turn / sizeof *turn; k++)
        most = turn[k] > most ? turn[k] : most;
    return fk_rows_scratch(w->rows) + old + most;
}

/* The last rows of a state, if there are jumps; before them those of killing. */
static double *jump_memory(const fk_walk *w, double *x)
{
    return x + (w->rows - FK_JUMP_ROWS) * FK_BLOCK;
}

static double *killing_memory(const fk_walk *w, double *x)
{
    const size_t behind = w->sde->n_jumps > 0 ? FK_JUMP_ROWS : 0;
    return x + (w->rows - behind - FK_KILLING_ROWS) * FK_BLOCK;
}

void fk_walk_start(const fk_walk *w, double t, const fk_law *law, uint64_t seed,
                   fk_purpose purpose, uint64_t first, double *x, uint8_t *status,
                   double *scratch)
{
    fk_law_draw(law, seed, purpose, first, fk_rows(x, w->dim, scratch));
    fk_walk_enter(w, t, seed, purpose, first, x, status, scratch);
}

void fk_walk_enter(const fk_walk *w, double t, uint64_t seed, fk_purpose purpose,
                   uint64_t first, double *x, uint8_t *status, double *scratch)
{
    double *const *rows = fk_rows(x, w->dim, scratch);
    for (size_t j = w->dim * FK_BLOCK; j < w->rows * FK_BLOCK; j++)
        x[j] = HUGE_VAL;
    if (w->sde->n_jumps > 0)
        fk_jumps_start(seed, purpose, first, jump_memory(w, x));
    if (w->faces.domain != NULL)
        fk_enclosure_enter(&w->faces, t, rows, status,
                           scratch + fk_rows_scratch(w->dim));
    else
        memset(status, FK_ALIVE, FK_BLOCK);
    if (w->sde->killing != NULL)
        fk_killing_start(&w->killing, t, seed, purpose, first, rows,
                         killing_memory(w, x), scratch + fk_rows_scratch(w->dim));
}

/* Increments of another kind, and signs where the scheme draws more. */
static void draw_bits(const fk_walk *w, fk_streams *streams, double *z)
{
    const size_t m = w->sde->noises;
    if (w->increments == FK_RADEMACHER)
        fk_streams_signs(streams, m, z);
    else
        fk_streams_three_point(streams, m, z);
    fk_streams_signs(streams, w->draws - m, z + m * FK_BLOCK);
}

void fk_walk_draw(const fk_walk *w, fk_streams *streams, size_t steps, double *z,
                  double *scratch)
{
    if (w->increments == FK_GAUSSIAN)
        fk_streams_normal(streams, steps * w->draws, z);
    for (; steps > 0; steps--, z += w->draws * FK_BLOCK)
        if (w->increments == FK_GAUSSIAN)
            fk_walk_shape(w, z, scratch);
        else
            draw_bits(w, streams, z);
}

/* Where the rows of the stable noise begin: they are the last. */
static size_t stable_row(const fk_walk *w)
{
    return w->draws - 2 * w->sde->n_stables;
}

void fk_walk_shape(const fk_walk *w, double *z, double *scratch)
{
    if (w->scheme->shape != NULL)
        w->scheme->shape(w->stepper, z);
    if (w->sde->n_stables > 0)
        fk_stable_noise_shape(&w->stable, z + stable_row(w) * FK_BLOCK, scratch);
}

void fk_walk_join(const fk_walk *w, double h, const double *first, const double *second,
                  double *z)
{
    const size_t own = w->scheme_draws, stable = stable_row(w) * FK_BLOCK;
    if (w->increments != FK_GAUSSIAN) {
        memcpy(z, first, w->draws * FK_BLOCK * sizeof *z);
        return;
    }
    if (w->scheme->join != NULL)
        w->scheme->join(w->stepper, h, first, second, z);
    else
        fk_increments_join(own, first, second, z);
    fk_increments_join(stable_row(w) - own, first + own * FK_BLOCK,
                       second + own * FK_BLOCK, z + own * FK_BLOCK);
    if (w->sde->n_stables > 0)
        fk_stable_noise_join(&w->stable, first + stable, second + stable, z + stable);
}

/* A copy of the state, with pointers to its rows, at the front of *scratch; nothing where
 * no path ends. */
static double *const *keep(const fk_walk *w, const double *x, double **scratch)
{
    if (!ends(w))
        return NULL;
    double *const *old = fk_state_carve(w->dim, scratch);
    memcpy(old[0], x, w->dim * FK_BLOCK * sizeof *x);
    return old;
}

/* The jumps of half a step h around t. */
static void jump(const fk_walk *w, double t, double h, double *x, uint8_t *status,
                 double *scratch)
{
    double *const *rows = fk_rows(x, w->dim, scratch);
    scratch += fk_rows_scratch(w->dim);
    double *const *old = keep(w, x, &scratch);
    if (fk_jumps_run(&w->jumps, t, h, rows, jump_memory(w, x), status, scratch))
        fk_enclosure_land(&w->faces, t, (const double *const *)old, rows, status,
                          scratch);
}

/* The rate of killing where jumps or stable noise have led. */
static void look_anew(const fk_walk *w, double t, double *x, double *scratch)
{
    if (w->sde->killing != NULL)
        fk_killing_look(&w->killing, t, fk_rows(x, w->dim, scratch),
                        killing_memory(w, x), scratch + fk_rows_scratch(w->dim));
}

static void diffuse(const fk_walk *w, double t, double h, const double *z, double *x,
                    uint8_t *status, double *scratch)
{
    double *const *rows = fk_rows(x, w->rows, scratch);
    scratch += fk_rows_scratch(w->rows);
    double *const *old = keep(w, x, &scratch);
    w->scheme->step(w->stepper, t, h, z, rows, scratch);
    if (w->faces.domain != NULL)
        fk_enclosure_meet(&w->faces, t, h, z + w->scheme_draws * FK_BLOCK,
                          (const double *const *)old, rows, status, scratch);
    if (w->sde->killing != NULL)
        fk_killing_run(&w->killing, t + h, h, (const double *const *)old, rows,
                       killing_memory(w, x), status, scratch);
}

static void fly(const fk_walk *w, double t, double h, const double *z, double *x,
                uint8_t *status, double *scratch)
{
    double *const *rows = fk_rows(x, w->dim, scratch);
    scratch += fk_rows_scratch(w->dim);
    double *const *old = keep(w, x, &scratch);
    fk_stable_noise_step(&w->stable, t, h, z + stable_row(w) * FK_BLOCK, rows, scratch);
    fk_enclosure_land(&w->faces, t + h, (const double *const *)old, rows, status,
                      scratch);
}

bool fk_walk_splits(const fk_walk *w)
{
    return w->scheme->split != NULL;
}

/* The faces' rows are halved with normals of their own. */
void fk_walk_split(const fk_walk *w, fk_streams *streams, const double *z,
                   double *first, double *second)
{
    const size_t own = w->scheme_draws * FK_BLOCK, rest = w->draws - w->scheme_draws;
    w->scheme->split(w->stepper, z, first, second);
    fk_streams_normal(streams, rest, second + own);
    fk_increments_split(rest, z + own, first + own, second + own);
}

void fk_walk_pair(const fk_walk *w, fk_streams *streams, double h, double *first,
                  double *second, double *z, double *scratch)
{
    if (fk_walk_splits(w)) {
        fk_walk_draw(w, streams, 1, z, scratch);
        fk_walk_split(w, streams, z, first, second);
    } else {
        fk_walk_draw(w, streams, 2, first, scratch);
        fk_walk_join(w, h, first, second, z);
    }
}

void fk_walk_step(const fk_walk *w, double t, double h, const double *z, double *x,
                  uint8_t *status, double *scratch)
{
    if (w->sde->n_jumps > 0)
        jump(w, t + 0.25 * h, 0.5 * h, x, status, scratch);
    if (!fk_sde_continuous(w->sde))
        look_anew(w, t, x, scratch);
    diffuse(w, t, h, z, x, status, scratch);
    if (w->sde->n_stables > 0)
        fly(w, t, h, z, x, status, scratch);
    if (w->sde->n_jumps > 0)
        jump(w, t + 0.75 * h, 0.5 * h, x, status, scratch);
}

/* 0 x is 0 for finite x and NaN for others: one sum tells of a whole block. */
static bool all_finite(const fk_walk *w, const double *x)
{
    double sum = 0.0;
    for (size_t j = 0; j < w->dim * FK_BLOCK; j++)
        sum += 0.0 * x[j];
    return sum == 0.0;
}

static bool lane_finite(const fk_walk *w, const double *x, size_t j)
{
    for (size_t i = 0; i < w->dim; i++)
        if (!isfinite(x[i * FK_BLOCK + j]))
            return false;
    return true;
}

size_t fk_walk_lost(const fk_walk *w, const double *x, const uint8_t *status, size_t n)
{
    if (all_finite(w, x))
        return n;
    for (size_t j = 0; j < n; j++)
        if (status[j] == FK_ALIVE && !lane_finite(w, x, j))
            return j;
    return n;
}
