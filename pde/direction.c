#include "pde/direction.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

static size_t gcd(size_t a, size_t b)
{
    while (b != 0) {
        const size_t r = a % b;
        a = b;
        b = r;
    }
    return a;
}

static bool periodic(const fk_domain *domain, size_t axis)
{
    return domain->face[axis][0] == FK_PERIODIC && axis < domain->grid.dim;
}

/* The two axes that are not the march, ascending. */
static void lane_axes(size_t march, size_t *fast, size_t *other)
{
    *fast = march == 0 ? 1 : 0;
    *other = march == 2 ? 1 : 2;
}

static size_t tiles_across(size_t lanes_fast, size_t lanes)
{
    return (lanes_fast + lanes - 1) / lanes;
}

size_t fk_direction_places(const fk_grid *g, size_t march)
{
    size_t fast, other;
    lane_axes(march, &fast, &other);
    const size_t lanes = g->dim == 1 ? 1 : FK_LANES;
    return g->axis[march].cells * lanes * tiles_across(g->axis[fast].cells, lanes) *
           g->axis[other].cells;
}

static void lay_out(fk_direction *d)
{
    const fk_grid *g = &d->domain.grid;
    const bool diagonal = d->sign != 0;
    const size_t n = g->axis[d->march].cells, m = g->axis[d->shift].cells;
    lane_axes(d->march, &d->fast, &d->other);
    d->shape.rows = n;
    d->shape.lanes = g->dim == 1 ? 1 : FK_LANES;
    d->shape.cyclic = periodic(&d->domain, d->march);
    d->lanes_fast = g->axis[d->fast].cells;
    size_t lanes_other = g->axis[d->other].cells;
    if (diagonal && d->shape.cyclic) {
        const size_t closed = gcd(n, m); /* both axes are periodic: see the header */
        d->shape.rows = n / closed * m;
        if (d->shift == d->fast)
            d->lanes_fast = closed;
        else
            lanes_other = closed;
    }
    d->tiles_fast = tiles_across(d->lanes_fast, d->shape.lanes);
    d->tiles = d->tiles_fast * lanes_other;
    d->tile = d->shape.rows * d->shape.lanes;

    for (size_t a = 0; a < FK_GRID_DIM; a++)
        d->width[a] = fk_axis_width(&g->axis[a]);
    d->delta[d->march] = d->width[d->march];
    if (diagonal)
        d->delta[d->shift] = d->sign * d->width[d->shift];
}

fk_cursor fk_direction_start(const fk_direction *d, size_t tile, size_t row)
{
    const fk_grid *g = &d->domain.grid;
    const size_t across = tile % d->tiles_fast, first = across * d->shape.lanes;
    fk_cursor c = {.row = row};
    c.lanes =
        d->lanes_fast - first < d->shape.lanes ? d->lanes_fast - first : d->shape.lanes;
    c.index[d->march] = row % g->axis[d->march].cells;
    c.index[d->fast] = first;
    c.index[d->other] = tile / d->tiles_fast;
    if (d->sign != 0) {
        const size_t m = g->axis[d->shift].cells, step = row % m;
        c.index[d->shift] = (c.index[d->shift] + (d->sign > 0 ? step : m - step)) % m;
    }
    return c;
}

void fk_direction_next(const fk_direction *d, fk_cursor *c)
{
    c->row++;
    if (++c->index[d->march] == d->domain.grid.axis[d->march].cells)
        c->index[d->march] = 0;
    if (d->sign == 0)
        return;
    size_t *i = &c->index[d->shift];
    const size_t m = d->domain.grid.axis[d->shift].cells;
    if (d->sign > 0)
        *i = *i + 1 == m ? 0 : *i + 1;
    else
        *i = *i == 0 ? m - 1 : *i - 1;
}

void fk_direction_cell(const fk_direction *d, const fk_cursor *c, size_t lane,
                       size_t index[FK_GRID_DIM])
{
    memcpy(index, c->index, sizeof c->index);
    index[d->fast] += lane;
    if (index[d->fast] >= d->domain.grid.axis[d->fast].cells)
        index[d->fast] -= d->domain.grid.axis[d->fast].cells;
}

/* The axes by which a step from the cell leaves the grid: bit i for axis i. */
static unsigned leaves(const fk_direction *d, const size_t index[FK_GRID_DIM], int way)
{
    unsigned axes = 0;
    for (size_t a = 0; a < FK_GRID_DIM; a++) {
        const bool moves = a == d->march || (d->sign != 0 && a == d->shift);
        if (!moves || periodic(&d->domain, a))
            continue;
        const int along = a == d->march ? way : way * d->sign;
        const size_t end = along > 0 ? d->domain.grid.axis[a].cells - 1 : 0;
        axes |= index[a] == end ? 1u << a : 0u;
    }
    return axes;
}

bool fk_direction_linked(const fk_direction *d, const size_t index[FK_GRID_DIM])
{
    return leaves(d, index, +1) == 0;
}

/* The exit of a step from the cell; false if there is none, or a wall reflects it.  What a
 * partial face takes leaves along its axis alone; to diagonals it is a wall. */
static bool exit_of(const fk_direction *d, const size_t index[FK_GRID_DIM], int way,
                    fk_exit *out)
{
    const unsigned axes = leaves(d, index, way);
    fk_boundary kind = FK_OPEN;
    size_t first = FK_GRID_DIM, side = 0;
    for (size_t a = FK_GRID_DIM; a-- > 0;) {
        if ((axes >> a & 1u) == 0)
            continue;
        const int along = a == d->march ? way : way * d->sign;
        const fk_boundary face = d->domain.face[a][along > 0];
        if (face == FK_REFLECTING || (face == FK_PARTIAL && d->sign != 0))
            return false;
        kind = face == FK_OPEN ? kind : face;
        first = a;
        side = along > 0;
    }
    *out = (fk_exit){first, side, way, kind, fk_grid_ravel(&d->domain.grid, index)};
    return first < FK_GRID_DIM;
}

/* Counts the exits of one tile, and lists them where there is room. */
static size_t list_exits(const fk_direction *d, size_t tile, fk_exit *exit,
                         fk_line_sink *sink)
{
    size_t n = 0;
    fk_cursor c = fk_direction_start(d, tile, 0);
    for (; c.row < d->shape.rows; fk_direction_next(d, &c))
        for (size_t l = 0; l < c.lanes; l++)
            for (int way = -1; way <= 1; way += 2) {
                size_t index[FK_GRID_DIM];
                fk_exit e;
                fk_direction_cell(d, &c, l, index);
                if (!exit_of(d, index, way, &e))
                    continue;
                if (exit != NULL) {
                    exit[n] = e;
                    sink[n] = (fk_line_sink){c.row * d->shape.lanes + l, 0.0};
                }
                n++;
            }
    return n;
}

static fk_status allocate(fk_direction *d)
{
    d->up = fk_alloc(d->tiles * d->tile, sizeof *d->up);
    d->dn = fk_alloc(d->tiles * d->tile, sizeof *d->dn);
    d->first_exit = fk_alloc(d->tiles + 1, sizeof *d->first_exit);
    if (d->up == NULL || d->dn == NULL || d->first_exit == NULL)
        return FK_ENOMEM;
    for (size_t t = 0; t < d->tiles; t++)
        d->first_exit[t + 1] = d->first_exit[t] + list_exits(d, t, NULL, NULL);
    d->n_exits = d->first_exit[d->tiles];
    d->exit = fk_alloc(d->n_exits, sizeof *d->exit);
    d->sink = fk_alloc(d->n_exits, sizeof *d->sink);
    if (d->exit == NULL || d->sink == NULL)
        return FK_ENOMEM;
    for (size_t t = 0; t < d->tiles; t++)
        list_exits(d, t, d->exit + d->first_exit[t], d->sink + d->first_exit[t]);
    return FK_OK;
}

static fk_status make(const fk_domain *domain, size_t march, size_t shift, int sign,
                      fk_direction *out)
{
    *out =
        (fk_direction){.march = march, .shift = shift, .sign = sign, .domain = *domain};
    lay_out(out);
    const fk_status status = allocate(out);
    if (status != FK_OK)
        fk_direction_clear(out);
    return status;
}

fk_status fk_direction_along(const fk_domain *domain, size_t axis, fk_direction *out)
{
    assert(axis < domain->grid.dim);
    return make(domain, axis, axis, 0, out);
}

/* The march must not close before the line does, so it is the axis that is not
 * periodic if there is one; otherwise the slower one in memory. */
fk_status fk_direction_diagonal(const fk_domain *domain, size_t a, size_t b, int sign,
                                fk_direction *out)
{
    assert(a < b && b < domain->grid.dim && (sign == 1 || sign == -1));
    if (periodic(domain, b) && !periodic(domain, a))
        return make(domain, a, b, sign, out);
    return make(domain, b, a, sign, out);
}

void fk_direction_clear(fk_direction *d)
{
    free(d->up);
    free(d->dn);
    free(d->first_exit);
    free(d->exit);
    free(d->sink);
    *d = (fk_direction){0};
}
