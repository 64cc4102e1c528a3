/* Moving tiles between a direction's own order and the grid's. */
#include <string.h>

#include "pde/direction.h"

/* Memory distance of neighbours along an axis. */
static size_t stride(const fk_direction *d, size_t axis)
{
    size_t s = 1;
    for (size_t a = 0; a < axis; a++)
        s *= d->domain.grid.axis[a].cells;
    return s;
}

/* The lanes of a row that follow each other on the grid: they begin at cell `first` of
 * the fast axis, and where that axis ends the rest begin at its cell 0. */
typedef struct runs {
    size_t base, before; /* cell of lane 0; lanes before the wrap */
    size_t start;        /* cell of the first lane after the wrap */
} runs;

static runs row_runs(const fk_direction *d, const fk_cursor *c)
{
    const fk_axis *axis = d->domain.grid.axis;
    const size_t n_fast = axis[d->fast].cells, first = c->index[d->fast];
    size_t base = 0;
    for (size_t a = FK_GRID_DIM; a-- > 0;)
        base = base * axis[a].cells + c->index[a];
    const size_t room = n_fast - first;
    return (runs){base, c->lanes < room ? c->lanes : room,
                  base - first * stride(d, d->fast)};
}

/* Lines along axis 0: a tile is the transpose of its rows on the grid. */
static bool transposes(const fk_direction *d)
{
    return d->march == 0 && d->sign == 0;
}

enum { STRIP = 8 }; /* rows moved at once: a cache line of each lane */

static void load_transposed(const fk_direction *d, size_t tile, const double *u,
                            double *out)
{
    const size_t n = d->shape.rows, w = d->shape.lanes;
    const fk_cursor c = fk_direction_start(d, tile, 0);
    const double *first = u + row_runs(d, &c).base;
    if (c.lanes < w)
        memset(out, 0, n * w * sizeof *out);
    for (size_t i = 0; i < n; i += STRIP) {
        const size_t end = i + STRIP < n ? i + STRIP : n;
        for (size_t l = 0; l < c.lanes; l++)
            for (size_t k = i; k < end; k++)
                out[k * w + l] = first[l * n + k];
    }
}

static void store_transposed(const fk_direction *d, size_t tile, const double *in,
                             double *u)
{
    const size_t n = d->shape.rows, w = d->shape.lanes;
    const fk_cursor c = fk_direction_start(d, tile, 0);
    double *first = u + row_runs(d, &c).base;
    for (size_t i = 0; i < n; i += STRIP) {
        const size_t end = i + STRIP < n ? i + STRIP : n;
        for (size_t l = 0; l < c.lanes; l++)
            for (size_t k = i; k < end; k++)
                first[l * n + k] = in[k * w + l];
    }
}

/* True if the row's lanes are one run of FK_LANES neighbours in memory: most rows. */
static bool whole(const fk_direction *d, runs r)
{
    return d->fast == 0 && r.before == FK_LANES;
}

void fk_direction_load(const fk_direction *d, size_t tile, const double *u, double *out)
{
    if (transposes(d)) {
        load_transposed(d, tile, u, out);
        return;
    }
    const size_t w = d->shape.lanes, s = stride(d, d->fast);
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c)) {
        const runs r = row_runs(d, &c);
        double *row = out + c.row * w;
        if (whole(d, r)) {
            memcpy(row, u + r.base, FK_LANES * sizeof *row);
            continue;
        }
        for (size_t l = 0; l < r.before; l++)
            row[l] = u[r.base + l * s];
        for (size_t l = r.before; l < c.lanes; l++)
            row[l] = u[r.start + (l - r.before) * s];
        for (size_t l = c.lanes; l < w; l++)
            row[l] = 0.0;
    }
}

void fk_direction_store(const fk_direction *d, size_t tile, const double *in, double *u)
{
    if (transposes(d)) {
        store_transposed(d, tile, in, u);
        return;
    }
    const size_t w = d->shape.lanes, s = stride(d, d->fast);
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c)) {
        const runs r = row_runs(d, &c);
        const double *row = in + c.row * w;
        if (whole(d, r)) {
            memcpy(u + r.base, row, FK_LANES * sizeof *row);
            continue;
        }
        for (size_t l = 0; l < r.before; l++)
            u[r.base + l * s] = row[l];
        for (size_t l = r.before; l < c.lanes; l++)
            u[r.start + (l - r.before) * s] = row[l];
    }
}

void fk_direction_add(const fk_direction *d, size_t tile, double scale,
                      const double *in, double *u)
{
    const size_t w = d->shape.lanes, s = stride(d, d->fast);
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c)) {
        const runs r = row_runs(d, &c);
        const double *row = in + c.row * w;
        for (size_t l = 0; l < r.before; l++)
            u[r.base + l * s] += scale * row[l];
        for (size_t l = r.before; l < c.lanes; l++)
            u[r.start + (l - r.before) * s] += scale * row[l];
    }
}
