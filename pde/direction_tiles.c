/* Moving tiles between a direction's own order and the grid's. */
#include <string.h>

#include "core/block.h"
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

typedef double quad __attribute__((vector_size(4 * sizeof(double)),
                                   aligned(sizeof(double)), may_alias));

/* out[k][l] = in[l][k] for 4 x 4 numbers, rows `from` and `to` numbers apart */
static inline void transpose_4(const double *in, size_t from, double *out, size_t to)
{
    const quad a = *(const quad *)in, b = *(const quad *)(in + from);
    const quad c = *(const quad *)(in + 2 * from), d = *(const quad *)(in + 3 * from);
    const quad ab = __builtin_shufflevector(a, b, 0, 4, 2, 6);
    const quad cd = __builtin_shufflevector(c, d, 0, 4, 2, 6);
    const quad ba = __builtin_shufflevector(a, b, 1, 5, 3, 7);
    const quad dc = __builtin_shufflevector(c, d, 1, 5, 3, 7);
    *(quad *)out = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(quad *)(out + to) = __builtin_shufflevector(ba, dc, 0, 1, 4, 5);
    *(quad *)(out + 2 * to) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(quad *)(out + 3 * to) = __builtin_shufflevector(ba, dc, 2, 3, 6, 7);
}

/* out[k][l] = in[l][k], l < rows, k < columns */
FK_CLONES
static void transpose(size_t rows, size_t columns, const double *in, size_t from,
                      double *out, size_t to)
{
    const size_t r4 = rows - rows % 4, c4 = columns - columns % 4;
    for (size_t k = 0; k < c4; k += 4)
        for (size_t l = 0; l < r4; l += 4)
            transpose_4(in + l * from + k, from, out + k * to + l, to);
    for (size_t l = 0; l < rows; l++)
        for (size_t k = l < r4 ? c4 : 0; k < columns; k++)
            out[k * to + l] = in[l * from + k];
}

static void load_transposed(const fk_direction *d, size_t tile, const double *u,
                            double *out)
{
    const size_t n = d->shape.rows, w = d->shape.lanes;
    const fk_cursor c = fk_direction_start(d, tile, 0);
    if (c.lanes < w)
        memset(out, 0, n * w * sizeof *out);
    transpose(c.lanes, n, u + row_runs(d, &c).base, n, out, w);
}

static void store_transposed(const fk_direction *d, size_t tile, const double *in,
                             double *u)
{
    const size_t n = d->shape.rows, w = d->shape.lanes;
    const fk_cursor c = fk_direction_start(d, tile, 0);
    transpose(n, c.lanes, in, w, u + row_runs(d, &c).base, n);
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

/* u += scale * tile, in pieces that are transposed on the way */
FK_CLONES
static void add_transposed(size_t rows, size_t lanes, double scale, const double *in,
                           size_t width, double *u)
{
    enum { PIECE = 64 };
    double piece[FK_LANES * PIECE];
    for (size_t first = 0; first < rows; first += PIECE) {
        const size_t n = rows - first < PIECE ? rows - first : PIECE;
        transpose(n, lanes, in + first * width, width, piece, PIECE);
        for (size_t l = 0; l < lanes; l++)
            for (size_t k = 0; k < n; k++)
                u[l * rows + first + k] += scale * piece[l * PIECE + k];
    }
}

void fk_direction_add(const fk_direction *d, size_t tile, double scale,
                      const double *in, double *u)
{
    if (transposes(d)) {
        const fk_cursor c = fk_direction_start(d, tile, 0);
        add_transposed(d->shape.rows, c.lanes, scale, in, d->shape.lanes,
                       u + row_runs(d, &c).base);
        return;
    }
    const size_t w = d->shape.lanes, s = stride(d, d->fast);
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c)) {
        const runs r = row_runs(d, &c);
        const double *row = in + c.row * w;
        if (whole(d, r)) {
            for (size_t l = 0; l < FK_LANES; l++)
                u[r.base + l] += scale * row[l];
            continue;
        }
        for (size_t l = 0; l < r.before; l++)
            u[r.base + l * s] += scale * row[l];
        for (size_t l = r.before; l < c.lanes; l++)
            u[r.start + (l - r.before) * s] += scale * row[l];
    }
}
