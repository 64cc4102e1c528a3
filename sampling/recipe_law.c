#include "sampling/recipe_law.h"

#include <assert.h>
#include <string.h>

/* What is random: the state and what is kept, jointly; the noises of a step, independent;
 * and behind them the constant 1. */
enum {
    JOINT = 1 + FK_RECIPE_KEPT,
    NOISE = JOINT,
    ONE = NOISE + FK_RECIPE_NOISES,
    BASIS = ONE + 1
};

typedef struct linear {
    double of[BASIS];
} linear;

static void add(linear *to, double factor, const linear *from)
{
    for (size_t i = 0; i < BASIS; i++)
        to->of[i] += factor * from->of[i];
}

static linear combine(const fk_combination *c, const linear *source)
{
    linear sum = {{0.0}};
    for (size_t i = 0; i < c->n; i++)
        add(&sum, c->factor[i], &source[c->source[i]]);
    return sum;
}

/* m = u y - w P (y - c) */
static linear evaluate(const fk_evaluation *e, const linear *source, double centre,
                       double precision)
{
    const linear y = combine(&e->at, source);
    linear m = {{0.0}};
    add(&m, e->of_state - e->of_score * precision, &y);
    m.of[ONE] += e->of_score * precision * centre;
    return m;
}

/* The joint law after a step that takes it to `after`[JOINT]. */
static void advance(const linear *after, double *mean, double C[JOINT][JOINT])
{
    double old[JOINT][JOINT], was[JOINT];
    memcpy(old, C, sizeof old);
    memcpy(was, mean, sizeof was);
    for (size_t i = 0; i < JOINT; i++) {
        mean[i] = after[i].of[ONE];
        for (size_t p = 0; p < JOINT; p++)
            mean[i] += after[i].of[p] * was[p];
        for (size_t j = 0; j < JOINT; j++) {
            C[i][j] = 0.0;
            for (size_t p = 0; p < JOINT; p++)
                for (size_t q = 0; q < JOINT; q++)
                    C[i][j] += after[i].of[p] * old[p][q] * after[j].of[q];
            for (size_t q = NOISE; q < ONE; q++)
                C[i][j] += after[i].of[q] * after[j].of[q];
        }
    }
}

fk_normal fk_recipe_law(const fk_recipe *r, const double *centre,
                        const double *precision, fk_normal start)
{
    double mean[JOINT] = {start.mean}, C[JOINT][JOINT] = {{start.variance}};
    assert(!r->drifts && !r->matrix && !r->adjusted);
    for (size_t k = 0; k < r->n_steps; k++) {
        const fk_step *s = &r->step[k];
        linear source[FK_SOURCES] = {{{0.0}}}, after[JOINT];
        for (size_t i = 0; i < JOINT; i++)
            source[FK_THE_STATE + i].of[i] = 1.0;
        for (size_t q = 0; q < FK_RECIPE_NOISES; q++)
            source[FK_A_NOISE + q].of[NOISE + q] = 1.0;
        for (size_t i = 0; i < s->n; i++) {
            const fk_evaluation *e = &s->evaluation[i];
            source[FK_AN_EVALUATION + i] =
                evaluate(e, source, centre[e->time], precision[e->time]);
        }
        memcpy(after, source, sizeof after);
        after[FK_THE_STATE] = combine(&s->result, source);
        if (s->keep >= 0) {
            memcpy(after + FK_THE_KEPT + 1, source + FK_THE_KEPT,
                   (FK_RECIPE_KEPT - 1) * sizeof *after);
            after[FK_THE_KEPT] = source[FK_AN_EVALUATION + s->keep];
        }
        advance(after, mean, C);
    }
    return (fk_normal){mean[0], C[0][0]};
}
