/* The exact score of points, or of equal round Gaussians around them, under a schedule.  With
 * y = x / alpha and v = h^2 + sigma^2 / alpha^2 the data stay where they are,
 *
 *     p(x) = alpha^-d / n sum_k N(y; x_k, v I),    s(x) = sum_k w_k (x_k - y) / (alpha v),
 *
 * so one tree of the points serves all times. */
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "sde/score.h"

typedef struct points_score {
    fk_score score;
    const fk_point_tree *tree;
    double *time, *alpha, *v; /* [n_times] */
} points_score;

static const double far = 1e150; /* squares of what is nearer are numbers */

static void eval_log(const fk_score *score, size_t k, const double *const *x,
                     double *const *s, double *log_p, double *scratch)
{
    const points_score *self = (const points_score *)(const void *)score;
    const size_t d = score->dim;
    const double alpha = self->alpha[k], v = self->v[k];
    const double norm = log((double)fk_point_tree_count(self->tree)) +
                        0.5 * (double)d * log(2.0 * M_PI * alpha * alpha * v);
    double *y = scratch, *offset = scratch + d, *rest = scratch + 2 * d;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        for (size_t i = 0; i < d; i++)
            y[i] = fmin(fmax(x[i][j] / alpha, -far), far);
        const double sum = fk_point_tree_gaussian(self->tree, y, v, offset, rest);
        for (size_t i = 0; i < d; i++)
            s[i][j] = offset[i] / (alpha * v);
        if (log_p != NULL)
            log_p[j] = sum - norm;
    }
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    eval_log(score, k, x, s, NULL, scratch);
}

static void release(fk_score *score)
{
    points_score *self = (points_score *)(void *)score;
    free(self->time);
    free(self);
}

fk_status fk_score_points_new(const fk_noise_schedule *schedule,
                              const fk_point_tree *points, double bandwidth,
                              size_t n_times, const double *time, fk_score **out)
{
    *out = NULL;
    points_score *self = calloc(1, sizeof *self);
    double *table = fk_doubles(3 * n_times);
    if (self == NULL || table == NULL) {
        free(self);
        free(table);
        return FK_ENOMEM;
    }
    *self = (points_score){.score = {.dim = fk_point_tree_dim(points),
                                     .n_times = n_times,
                                     .time = table,
                                     .eval = eval,
                                     .eval_log = eval_log,
                                     .free = release},
                           .tree = points,
                           .time = table,
                           .alpha = table + n_times,
                           .v = table + 2 * n_times};
    self->score.scratch = 2 * self->score.dim + fk_point_tree_scratch(points);
    fk_status status = FK_OK;
    for (size_t k = 0; k < n_times; k++) {
        const fk_noise_level l = fk_noise_at(schedule, time[k]);
        self->time[k] = time[k];
        self->alpha[k] = l.alpha;
        self->v[k] = bandwidth * bandwidth + pow(l.sigma / l.alpha, 2.0);
        if (!(self->v[k] > 0.0))
            status = FK_ESINGULAR;
    }
    if (status == FK_OK)
        *out = &self->score;
    else
        release(&self->score);
    return status;
}
