#include "sampling/distances.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/sort.h"

struct fk_yardstick {
    size_t dim, n, views, points;
    double *direction; /* [views][dim]: the axes, and then directions */
    double *sorted;    /* [views][n] */
    double *point;     /* [points][dim] */
    double width;
    double distance, kernel; /* means over pairs of its own points */
};

/* ---- along lines ---- */

static void look(const fk_yardstick *s, size_t view, const double *x, double *out)
{
    const double *e = s->direction + view * s->dim;
    for (size_t i = 0; i < s->n; i++) {
        out[i] = 0.0;
        for (size_t k = 0; k < s->dim; k++)
            out[i] += e[k] * x[i * s->dim + k];
    }
    fk_sort(s->n, out);
}

/* Normal numbers, made unit vectors. */
static void choose_directions(fk_yardstick *s, uint64_t seed)
{
    double z[FK_BLOCK] __attribute__((aligned(FK_ALIGN)));
    fk_streams streams;
    for (size_t k = 0; k < s->dim; k++)
        s->direction[k * s->dim + k] = 1.0;
    fk_streams_seed(&streams, seed, FK_FOR_DIRECTIONS, 0);
    double *e = s->direction + s->dim * s->dim;
    for (size_t k = 0; k < s->dim; k++) {
        fk_streams_normal(&streams, 1, z);
        for (size_t v = 0; v + s->dim < s->views; v++)
            e[v * s->dim + k] = z[v];
    }
    for (size_t v = 0; v + s->dim < s->views; v++, e += s->dim) {
        double square = 0.0;
        for (size_t k = 0; k < s->dim; k++)
            square += e[k] * e[k];
        for (size_t k = 0; k < s->dim; k++)
            e[k] /= sqrt(square);
    }
}

/* ---- between pairs ---- */

typedef struct pair_means {
    double distance, kernel;
} pair_means;

static pair_means row(const fk_yardstick *s, const double *x, const double *y,
                      size_t skip)
{
    pair_means sum = {0.0, 0.0};
    const double scale = -0.5 / (s->width * s->width);
    for (size_t j = 0; j < s->points; j++) {
        double square = 0.0;
        for (size_t k = 0; k < s->dim; k++) {
            const double gap = x[k] - y[j * s->dim + k];
            square += gap * gap;
        }
        if (j == skip)
            continue;
        sum.distance += sqrt(square);
        sum.kernel += exp(scale * square);
    }
    return sum;
}

/* Over all pairs; of points with others of the same set if y is x.  rows[points]. */
static pair_means over_pairs(const fk_yardstick *s, const double *x, const double *y,
                             pair_means *rows)
{
    const size_t n = s->points;
    const size_t others = x == y ? n - 1 : n;
    pair_means mean = {0.0, 0.0};
#pragma omp parallel for default(none) firstprivate(s, x, y, rows, n)
    for (size_t i = 0; i < n; i++)
        rows[i] = row(s, x + i * s->dim, y, x == y ? i : n);
    for (size_t i = 0; i < n; i++) {
        mean.distance += rows[i].distance / ((double)n * (double)others);
        mean.kernel += rows[i].kernel / ((double)n * (double)others);
    }
    return mean;
}

/* Half the mean squared distance is the sum of the variances. */
static double kernel_width(const fk_yardstick *s)
{
    double variance = 0.0;
    for (size_t k = 0; k < s->dim; k++) {
        double mean = 0.0;
        for (size_t i = 0; i < s->points; i++)
            mean += s->point[i * s->dim + k] / (double)s->points;
        for (size_t i = 0; i < s->points; i++)
            variance +=
                pow(s->point[i * s->dim + k] - mean, 2.0) / (double)(s->points - 1);
    }
    return variance > 0.0 ? sqrt(variance) : 1.0;
}

static fk_status measure_itself(fk_yardstick *s)
{
    pair_means *rows = fk_alloc(s->points, sizeof *rows);
    if (rows == NULL)
        return FK_ENOMEM;
    s->width = kernel_width(s);
    const pair_means own = over_pairs(s, s->point, s->point, rows);
    s->distance = own.distance;
    s->kernel = own.kernel;
    free(rows);
    return FK_OK;
}

/* ---- the whole ---- */

fk_status fk_yardstick_new(size_t dim, size_t n, const double *y, uint64_t seed,
                           fk_yardstick **out)
{
    fk_yardstick *s = *out = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->dim = dim, s->n = n;
    s->views = dim + (dim > 1 ? FK_DIRECTIONS : 0);
    s->points = n < FK_DISTANCE_POINTS ? n : FK_DISTANCE_POINTS;
    s->direction = fk_doubles(s->views * dim);
    s->sorted = fk_doubles(s->views * n);
    s->point = fk_doubles(s->points * dim);
    fk_status status = FK_ENOMEM;
    if (s->direction != NULL && s->sorted != NULL && s->point != NULL) {
        choose_directions(s, seed);
        const size_t views = s->views;
#pragma omp parallel for default(none) firstprivate(s, y, n, views) schedule(dynamic, 1)
        for (size_t v = 0; v < views; v++)
            look(s, v, y, s->sorted + v * n);
        memcpy(s->point, y, s->points * dim * sizeof *y);
        status = measure_itself(s);
    }
    if (status != FK_OK) {
        fk_yardstick_free(s);
        *out = NULL;
    }
    return status;
}

void fk_yardstick_free(fk_yardstick *s)
{
    if (s == NULL)
        return;
    free(s->direction);
    free(s->sorted);
    free(s->point);
    free(s);
}

/* W1 and W2^2 along a line; work[n]. */
static void along(const fk_yardstick *s, size_t view, const double *x, double *work,
                  double *w1, double *square)
{
    const double *y = s->sorted + view * s->n;
    look(s, view, x, work);
    *w1 = *square = 0.0;
    for (size_t i = 0; i < s->n; i++) {
        const double gap = work[i] - y[i];
        *w1 += fabs(gap) / (double)s->n;
        *square += gap * gap / (double)s->n;
    }
}

static fk_status along_lines(const fk_yardstick *s, const double *x, fk_distances *out)
{
    double *work = fk_doubles(s->views * s->n), *w1 = fk_doubles(2 * s->views);
    double *square = w1 + s->views;
    const size_t views = s->views;
    fk_status status = FK_ENOMEM;
    if (work != NULL && w1 != NULL) {
#pragma omp parallel for default(none) firstprivate(s, x, work, w1, square, views) \
    schedule(dynamic, 1)
        for (size_t v = 0; v < views; v++)
            along(s, v, x, work + v * s->n, &w1[v], &square[v]);
        double sum = 0.0;
        for (size_t v = 0; v < s->dim; v++) {
            out->w1 = fmax(out->w1, w1[v]);
            out->w2 = fmax(out->w2, sqrt(square[v]));
        }
        for (size_t v = s->dim; v < views; v++)
            sum += square[v] / FK_DIRECTIONS;
        out->sliced_w2 = s->dim == 1 ? out->w2 : sqrt(sum);
        status = FK_OK;
    }
    free(work);
    free(w1);
    return status;
}

fk_status fk_distances_measure(const fk_yardstick *s, const double *x,
                               fk_distances *out)
{
    *out = (fk_distances){0};
    pair_means *rows = fk_alloc(s->points, sizeof *rows);
    if (rows == NULL)
        return FK_ENOMEM;
    const pair_means own = over_pairs(s, x, x, rows);
    const pair_means mixed = over_pairs(s, x, s->point, rows);
    free(rows);
    out->energy = 2.0 * mixed.distance - own.distance - s->distance;
    out->mmd = own.kernel + s->kernel - 2.0 * mixed.kernel;
    return along_lines(s, x, out);
}
