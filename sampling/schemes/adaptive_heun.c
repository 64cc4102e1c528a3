/* Heun's steps, bisected where a path needs it.  A step of h is taken once as a whole and
 * once as two halves along the same Brownian path; where the two differ by more than
 *
 *     tolerance h sqrt(l),    l the length of the piece (h at first),
 *
 * in some variable, the halves are bisected in their turn, particle by particle; errors
 * of the pieces of a step add up like independent ones, to tolerance h^(3/2).  As whole and
 * halves may agree by luck, a step is bisected once in any case and a piece is held to have
 * at least 2^(-3/2) of the error of the one that it is a half of.
 *
 * The path is a tree: given its increment over a piece, that over the first half is
 * (dW + sqrt(l) xi) / 2 with a normal xi that depends on the piece alone, through a key that
 * the piece inherits.  Pieces that are rejected are looked at again more closely, never drawn
 * anew, so that choosing steps by what the noise did has no bias.  The noises must commute:
 * otherwise pieces chosen so would not add up to the areas that are missing.
 * [gaines-lyons-1997] */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/random.h"
#include "sampling/heun_step.h"
#include "sampling/increments.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_adaptive_heun;

enum { DEEPEST = 12, KEYS = 2 }; /* pieces of h / 4096 are taken as they are */

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    if (!fk_sde_commutes(sde))
        return fk_fail(
            message, FK_EDOMAIN,
            "particles.scheme: adaptive-heun needs noises that commute; heun "
            "and milstein accept any");
    return fk_motion_stratonovich(sde, out, message);
}

static void tune(fk_stepper *s, double step, fk_step_rules rules)
{
    (void)step;
    s->tolerance = rules.tolerance;
}

/* Increments, and the key of what is between their ends. */
static size_t draws(const fk_stepper *s)
{
    return s->noises + KEYS;
}

static void split(const fk_stepper *s, const double *z, double *first, double *second)
{
    const size_t m = s->noises, own = m * FK_BLOCK;
    const double *key = z + own, *more = key + FK_BLOCK;
    for (size_t k = 0; k < m; k += 2) {
        double *xi = second + k * FK_BLOCK;
        fk_hashed_normals(key, more, k, xi, k + 1 < m ? xi + FK_BLOCK : first);
    }
    fk_increments_split(m, z, first, second);
    fk_hashed_words(key, more, 0, first + own, first + own + FK_BLOCK);
    fk_hashed_words(key, more, 1, second + own, second + own + FK_BLOCK);
}

/* Room for the bisection of a piece: rows of its halves; states in the middle, at the end
 * of both halves, at the end of what replaces them; who is bisected further. */
typedef struct level {
    double *first, *second;
    double *const *middle, *const *end, *const *better;
    double *error; /* of this piece, as found or inherited */
    bool *open;
} level;

static size_t level_scratch(const fk_stepper *s)
{
    return (2 * draws(s) + 1) * FK_BLOCK + 3 * fk_state_scratch(s->dim) +
           fk_padded(FK_BLOCK * sizeof(bool) / sizeof(double));
}

static level carve(const fk_stepper *s, double **scratch)
{
    const size_t rows = draws(s) * FK_BLOCK;
    level v = {.first = *scratch, .second = *scratch + rows};
    *scratch += 2 * rows;
    v.middle = fk_state_carve(s->dim, scratch);
    v.end = fk_state_carve(s->dim, scratch);
    v.better = fk_state_carve(s->dim, scratch);
    v.error = *scratch;
    v.open = (bool *)(v.error + FK_BLOCK);
    *scratch += FK_BLOCK + fk_padded(FK_BLOCK * sizeof(bool) / sizeof(double));
    return v;
}

/* The step as a whole, then the levels, then Heun's own. */
static size_t scratch_size(const fk_stepper *s)
{
    return fk_state_scratch(s->dim) + DEEPEST * level_scratch(s) + fk_heun_scratch(s);
}

typedef struct work {
    const fk_stepper *s;
    double limit; /* of the error, over sqrt(l) */
    level level[DEEPEST];
    double *scratch;
} work;

/* The difference of whole and halves, or what is inherited if that is more; what is not a
 * number is infinitely wrong. */
static void measure(const fk_stepper *s, double *const *whole, double *const *end,
                    const double *inherited, double *error)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        error[j] = inherited != NULL ? M_SQRT1_2 * 0.5 * inherited[j] : 0.0;
        if (isinf(error[j]))
            error[j] = 0.0;
        for (size_t i = 0; i < s->dim; i++) {
            const double d = fabs(whole[i][j] - end[i][j]);
            error[j] = d <= error[j] ? error[j] : isfinite(d) ? d : HUGE_VAL;
        }
    }
}

/* Who of those asked for is bisected further; whether anybody is. */
static bool choose(const work *w, size_t depth, double l, const bool *asked)
{
    const level *v = &w->level[depth];
    const double limit = w->limit * sqrt(l);
    bool any = false;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        v->open[j] =
            asked[j] && (depth == 0 || v->error[j] > limit) && depth + 1 < DEEPEST;
        any = v->open[j] || any;
    }
    return any;
}

/* x of those asked for from t to t + l; whole is where one step leads. */
static void bisect(const work *w, size_t depth, double t, double l, const double *z,
                   double *const *x, double *const *whole, const bool *asked)
{
    const fk_stepper *s = w->s;
    const level *v = &w->level[depth];
    const double half = 0.5 * l;
    split(s, z, v->first, v->second);
    fk_state_copy(s->dim, x, v->middle);
    fk_heun_step(s, t, half, v->first, v->middle, w->scratch);
    fk_state_copy(s->dim, v->middle, v->end);
    fk_heun_step(s, t + half, half, v->second, v->end, w->scratch);

    measure(s, whole, v->end, depth > 0 ? v[-1].error : NULL, v->error);
    if (choose(w, depth, l, asked)) {
        fk_state_copy(s->dim, x, v->better);
        bisect(w, depth + 1, t, half, v->first, v->better, v->middle, v->open);
        fk_state_copy(s->dim, v->better, v->middle);
        fk_heun_step(s, t + half, half, v->second, v->middle, w->scratch);
        bisect(w, depth + 1, t + half, half, v->second, v->better, v->middle, v->open);
    }
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            if (asked[j])
                x[i][j] = v->open[j] ? v->better[i][j] : v->end[i][j];
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    if (s->tolerance == 0.0) {
        fk_heun_step(s, t, h, z, x, scratch);
        return;
    }
    bool all[FK_BLOCK];
    work w = {.s = s, .limit = s->tolerance * h};
    double *const *whole = fk_state_carve(s->dim, &scratch);
    for (size_t k = 0; k < DEEPEST; k++)
        w.level[k] = carve(s, &scratch);
    w.scratch = scratch;
    memset(all, 1, sizeof all);
    fk_state_copy(s->dim, x, whole);
    fk_heun_step(s, t, h, z, whole, scratch);
    bisect(&w, 0, t, h, z, x, whole, all);
}

const fk_scheme fk_scheme_adaptive_heun = {
    .name = "adaptive-heun",
    .summary =
        "Heun's steps, bisected along the path where it needs that, without bias",
    .reference = "gaines-lyons-1997",
    .interpretation = FK_STRATONOVICH,
    .noise = FK_COMMUTATIVE_NOISE,
    .strong_order = 1.0,
    .weak_order = 1.0, /* 2 for additive noise */
    .path = FK_TREE_PATH,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .tune = tune,
    .draws = draws,
    .split = split,
    .step = step,
};
