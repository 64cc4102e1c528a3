/* The uniform law on a box. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/law_kind.h"

typedef struct uniform_law {
    fk_law law;
    double *lo, *hi; /* [dim] */
    double *last;    /* [dim] largest number below hi */
} uniform_law;

static void draw(const fk_law *law, fk_streams *streams, double *const *x)
{
    const uniform_law *self = (const uniform_law *)(const void *)law;
    for (size_t i = 0; i < law->dim; i++) {
        fk_streams_uniform(streams, x[i]);
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = fmin(self->lo[i] + (self->hi[i] - self->lo[i]) * x[i][j],
                           self->last[i]);
    }
}

/* Share of the box's side that lies in cell c of the axis. */
static double share(const fk_axis *a, size_t c, double lo, double hi)
{
    const double from = fmax(fk_axis_edge(a, c), lo);
    const double to = fmin(fk_axis_edge(a, c + 1), hi);
    return to > from ? (to - from) / (hi - lo) : 0.0;
}

static fk_status project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    assert(law->dim == g->dim);
    const uniform_law *self = (const uniform_law *)(const void *)law;
    const double volume = fk_grid_volume(g);
    double inside = 0.0;
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        size_t index[FK_GRID_DIM];
        double mass = 1.0;
        fk_grid_unravel(g, c, index);
        for (size_t i = 0; i < law->dim; i++)
            mass *= share(&g->axis[i], index[i], self->lo[i], self->hi[i]);
        p[c] = mass / volume;
        inside += mass;
    }
    *outside = fmax(1.0 - inside, 0.0);
    return FK_OK;
}

static fk_status moments(const fk_law *law, double *mean, double *cov)
{
    const uniform_law *self = (const uniform_law *)(const void *)law;
    memset(cov, 0, law->dim * law->dim * sizeof *cov);
    for (size_t i = 0; i < law->dim; i++) {
        const double width = self->hi[i] - self->lo[i];
        mean[i] = self->lo[i] + 0.5 * width;
        cov[i * law->dim + i] = width * width / 12.0;
    }
    return FK_OK;
}

static void release(fk_law *law)
{
    uniform_law *self = (uniform_law *)(void *)law;
    free(self->lo);
    free(self->hi);
    free(self->last);
    free(self);
}

fk_status fk_law_uniform_new(size_t dim, const double *lo, const double *hi,
                             fk_law **out)
{
    *out = NULL;
    uniform_law *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->law = (fk_law){.dim = dim,
                         .stated_mass = 1.0,
                         .draw = draw,
                         .project = project,
                         .moments = moments,
                         .free = release};
    self->lo = fk_doubles(dim);
    self->hi = fk_doubles(dim);
    self->last = fk_doubles(dim);
    if (self->lo == NULL || self->hi == NULL || self->last == NULL) {
        release(&self->law);
        return FK_ENOMEM;
    }
    memcpy(self->lo, lo, dim * sizeof *lo);
    memcpy(self->hi, hi, dim * sizeof *hi);
    for (size_t i = 0; i < dim; i++)
        self->last[i] = nextafter(hi[i], lo[i]);
    *out = &self->law;
    return FK_OK;
}
