#include "sampling/metropolis.h"

#include <math.h>
#include <string.h>

/* What the proposal of each lane weighs; rows of the walker. */
typedef struct proposal {
    const double *x, *y;   /* [dim] */
    const double *at, *to; /* evaluations there: u s, u the factor below */
    double e, u;
    double *log_x, *log_y; /* log p */
} proposal;

/* log r at lane j */
static double log_ratio(const proposal *p, size_t dim, size_t j)
{
    double ahead = 0.0, back = 0.0;
    for (size_t i = j; i < dim * FK_BLOCK; i += FK_BLOCK) {
        const double way = p->y[i] - p->x[i];
        ahead += pow(way - p->e * p->at[i] / p->u, 2.0);
        back += pow(way + p->e * p->to[i] / p->u, 2.0);
    }
    return p->log_y[j] - p->log_x[j] + (ahead - back) / (4.0 * p->e);
}

static void choose(const proposal *p, size_t dim, fk_walker *w)
{
    double *state = fk_walker_state(w);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const bool taken = log(w->chance[j]) < log_ratio(p, dim, j);
        w->taken[j] += taken ? 1.0 : 0.0;
        for (size_t i = j; i < dim * FK_BLOCK; i += FK_BLOCK)
            state[i] = taken ? p->y[i] : p->x[i];
    }
}

void fk_metropolis_step(const fk_field *f, const fk_step *step, fk_walker *w)
{
    double *x = w->source[FK_AN_EVALUATION + 2], *y = w->source[FK_AN_EVALUATION + 3];
    const proposal p = {.x = x,
                        .y = y,
                        .at = w->source[FK_AN_EVALUATION],
                        .to = w->source[FK_AN_EVALUATION + 1],
                        .e = step->adjusted,
                        .u = step->evaluation[0].of_score,
                        .log_x = w->log_p,
                        .log_y = w->log_p + FK_BLOCK};
    const size_t bytes = f->dim * FK_BLOCK * sizeof(double);
    fk_walker_evaluate(f, &step->evaluation[0], w, 0, p.log_x);
    memcpy(x, w->y, bytes);
    fk_walker_evaluate(f, &step->evaluation[1], w, 1, p.log_y);
    memcpy(y, w->y, bytes);
    choose(&p, f->dim, w);
}
