/* The empirical law of a set of points. */
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/law_kind.h"

typedef struct points_law {
    fk_law law;
    size_t n;
    double *point; /* [n][dim] */
} points_law;

static void draw(const fk_law *law, fk_streams *streams, double *const *x)
{
    const points_law *self = (const points_law *)(const void *)law;
    _Alignas(FK_ALIGN) double u[FK_BLOCK];
    fk_streams_uniform(streams, u);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const size_t at = (size_t)(u[j] * (double)self->n);
        const size_t k = at < self->n ? at : self->n - 1;
        for (size_t i = 0; i < law->dim; i++)
            x[i][j] = self->point[k * law->dim + i];
    }
}

static fk_status project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    const points_law *self = (const points_law *)(const void *)law;
    const double each = 1.0 / ((double)self->n * fk_grid_volume(g));
    size_t beyond = 0;
    memset(p, 0, fk_grid_cells(g) * sizeof *p);
    for (size_t k = 0; k < self->n; k++) {
        size_t cell;
        if (fk_grid_find(g, self->point + k * law->dim, &cell))
            p[cell] += each;
        else
            beyond++;
    }
    *outside = (double)beyond / (double)self->n;
    return FK_OK;
}

static fk_status moments(const fk_law *law, double *mean, double *cov)
{
    const points_law *self = (const points_law *)(const void *)law;
    const size_t d = law->dim;
    memset(mean, 0, d * sizeof *mean);
    memset(cov, 0, d * d * sizeof *cov);
    for (size_t k = 0; k < self->n; k++)
        for (size_t i = 0; i < d; i++)
            mean[i] += self->point[k * d + i] / (double)self->n;
    for (size_t k = 0; k < self->n; k++) {
        const double *x = self->point + k * d;
        for (size_t i = 0; i < d * d; i++)
            cov[i] +=
                (x[i / d] - mean[i / d]) * (x[i % d] - mean[i % d]) / (double)self->n;
    }
    return FK_OK;
}

static void release(fk_law *law)
{
    points_law *self = (points_law *)(void *)law;
    free(self->point);
    free(self);
}

fk_status fk_law_points_new(size_t dim, size_t n, const double *points, fk_law **out)
{
    *out = NULL;
    points_law *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->law = (fk_law){.dim = dim,
                         .stated_mass = 1.0,
                         .draw = draw,
                         .project = project,
                         .moments = moments,
                         .free = release};
    self->n = n;
    self->point = fk_alloc(n * dim, sizeof *self->point);
    if (self->point == NULL) {
        release(&self->law);
        return FK_ENOMEM;
    }
    memcpy(self->point, points, n * dim * sizeof *points);
    *out = &self->law;
    return FK_OK;
}

const double *fk_law_points(const fk_law *law, size_t *n)
{
    const points_law *self = (const points_law *)(const void *)law;
    *n = law->draw == draw ? self->n : 0;
    return law->draw == draw ? self->point : NULL;
}
