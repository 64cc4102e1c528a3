#include "sampling/walk.h"

#include <math.h>
#include <string.h>

#include "sampling/boundary.h"
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
    FK_TRY(scheme->prepare(sde, &w->stepper, message));
    if (scheme->tune != NULL)
        scheme->tune(w->stepper, o->step);
    FK_TRY(fk_enclosure_init(&w->faces, sde, domain, o->faces));
    w->scheme_draws = scheme->draws != NULL ? scheme->draws(w->stepper) : sde->noises;
    w->draws = w->scheme_draws + fk_enclosure_draws(&w->faces);
    w->rows = w->dim + (scheme->memory != NULL ? scheme->memory(w->stepper) : 0);
    FK_TRY(check_increments(w, message));
    return FK_OK;
}

fk_status fk_scheme_fits(const fk_scheme *s, const fk_sde *sde, const fk_domain *domain,
                         fk_face_rules faces, fk_step_rules rules, fk_message *message)
{
    fk_walk walk;
    const fk_walk_options o = {s, faces, rules, 1.0};
    const fk_status status = fk_walk_init(&walk, sde, domain, &o, message);
    fk_walk_clear(&walk);
    return status;
}

void fk_walk_clear(fk_walk *w)
{
    if (w->scheme != NULL)
        w->scheme->release(w->stepper);
    fk_enclosure_clear(&w->faces);
    *w = (fk_walk){0};
}

/* Scratch: pointers to the rows of x, pointers to the rows of old, old, then in turn the
 * scheme's and the faces'. */
size_t fk_walk_scratch(const fk_walk *w)
{
    const size_t old = w->faces.absorbs ? w->dim * FK_BLOCK : 0;
    const size_t scheme = w->scheme->scratch(w->stepper);
    const size_t faces = fk_enclosure_scratch(&w->faces);
    return 2 * fk_rows_scratch(w->rows) + old + (scheme > faces ? scheme : faces);
}

void fk_walk_start(const fk_walk *w, double t, const fk_law *law, uint64_t seed,
                   fk_purpose purpose, uint64_t first, double *x, uint8_t *status,
                   double *scratch)
{
    fk_law_draw(law, seed, purpose, first, fk_rows(x, w->dim, scratch));
    fk_walk_enter(w, t, x, status, scratch);
}

void fk_walk_enter(const fk_walk *w, double t, double *x, uint8_t *status,
                   double *scratch)
{
    double *const *rows = fk_rows(x, w->dim, scratch);
    for (size_t j = w->dim * FK_BLOCK; j < w->rows * FK_BLOCK; j++)
        x[j] = HUGE_VAL;
    if (w->faces.domain != NULL)
        fk_enclosure_enter(&w->faces, t, rows, status,
                           scratch + fk_rows_scratch(w->dim));
    else
        memset(status, FK_ALIVE, FK_BLOCK);
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

void fk_walk_draw(const fk_walk *w, fk_streams *streams, size_t steps, double *z)
{
    if (w->increments == FK_GAUSSIAN)
        fk_streams_normal(streams, steps * w->draws, z);
    for (; steps > 0; steps--, z += w->draws * FK_BLOCK)
        if (w->increments == FK_GAUSSIAN)
            fk_walk_shape(w, z);
        else
            draw_bits(w, streams, z);
}

void fk_walk_shape(const fk_walk *w, double *z)
{
    if (w->scheme->shape != NULL)
        w->scheme->shape(w->stepper, z);
}

void fk_walk_join(const fk_walk *w, double h, const double *first, const double *second,
                  double *z)
{
    const size_t own = w->scheme_draws;
    if (w->increments != FK_GAUSSIAN) {
        memcpy(z, first, w->draws * FK_BLOCK * sizeof *z);
        return;
    }
    if (w->scheme->join != NULL)
        w->scheme->join(w->stepper, h, first, second, z);
    else
        fk_increments_join(own, first, second, z);
    fk_increments_join(w->draws - own, first + own * FK_BLOCK, second + own * FK_BLOCK,
                       z + own * FK_BLOCK);
}

void fk_walk_step(const fk_walk *w, double t, double h, const double *z, double *x,
                  uint8_t *status, double *scratch)
{
    double *const *rows = fk_rows(x, w->rows, scratch);
    double *const *old = NULL;
    scratch += fk_rows_scratch(w->rows);
    if (w->faces.absorbs) {
        double *values = scratch + fk_rows_scratch(w->dim);
        old = fk_rows(values, w->dim, scratch);
        memcpy(values, x, w->dim * FK_BLOCK * sizeof *x);
        scratch = values + w->dim * FK_BLOCK;
    }
    w->scheme->step(w->stepper, t, h, z, rows, scratch);
    if (w->faces.domain != NULL)
        fk_enclosure_meet(&w->faces, t, h, z + w->scheme_draws * FK_BLOCK,
                          (const double *const *)old, rows, status, scratch);
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
