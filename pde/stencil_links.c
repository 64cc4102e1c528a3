#include "pde/stencil_links.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* True if all lines have the rates of the first one. */
static bool same_on_lines(const fk_direction *d, const double *rate)
{
    const size_t w = d->shape.lanes;
    for (size_t t = 0; t < d->tiles; t++) {
        const size_t used = fk_direction_start(d, t, 0).lanes;
        for (size_t r = 0; r < d->shape.rows; r++)
            for (size_t l = 0; l < used; l++)
                if (rate[t * d->tile + r * w + l] != rate[r * w])
                    return false;
    }
    return true;
}

static ptrdiff_t stride(const fk_direction *d, size_t axis)
{
    size_t s = 1;
    for (size_t a = 0; a < axis; a++)
        s *= d->domain.grid.axis[a].cells;
    return (ptrdiff_t)s;
}

/* i -> i + step on an axis; true if that closes it */
static bool passes_end(const fk_direction *d, size_t axis, int step, size_t *i)
{
    const size_t n = d->domain.grid.axis[axis].cells;
    const bool end = step > 0 ? *i + 1 == n : *i == 0;
    *i = step > 0 ? (end ? 0 : *i + 1) : (end ? n : *i) - 1;
    return end;
}

/* Counts the links that close lines, and lists them where there is room. */
static size_t list_closing(const fk_direction *d, fk_closing *out)
{
    const fk_grid *g = &d->domain.grid;
    size_t n = 0, index[FK_GRID_DIM];
    for (size_t t = 0; t < d->tiles; t++) {
        fk_cursor c = fk_direction_start(d, t, 0);
        for (; c.row < d->shape.rows; fk_direction_next(d, &c))
            for (size_t l = 0; l < c.lanes; l++) {
                fk_direction_cell(d, &c, l, index);
                if (!fk_direction_linked(d, index))
                    continue;
                const size_t from = fk_grid_ravel(g, index);
                bool closes = passes_end(d, d->march, 1, &index[d->march]);
                if (d->sign != 0)
                    closes |= passes_end(d, d->shift, d->sign, &index[d->shift]);
                if (closes && out != NULL)
                    out[n] = (fk_closing){from, fk_grid_ravel(g, index),
                                          t * d->tile + c.row * d->shape.lanes + l};
                n += closes;
            }
    }
    return n;
}

fk_status fk_stencil_links_make(const fk_direction *d, bool steady,
                                fk_stencil_links *out)
{
    *out = (fk_stencil_links){.d = d};
    const ptrdiff_t o = stride(d, d->march) + d->sign * stride(d, d->shift);
    out->turned = o < 0;
    out->offset = (size_t)(o < 0 ? -o : o);
    out->line =
        steady && d->sign == 0 && same_on_lines(d, d->up) && same_on_lines(d, d->dn);
    out->pad = out->line ? 1 : out->offset;
    const size_t n = out->line ? d->shape.rows : fk_grid_cells(&d->domain.grid);
    out->up = fk_doubles(out->pad + n);
    out->dn = fk_doubles(out->pad + n);
    out->n_closing = list_closing(d, NULL);
    out->closing = fk_alloc(out->n_closing, sizeof *out->closing);
    if (out->up == NULL || out->dn == NULL || out->closing == NULL)
        return FK_ENOMEM;
    (void)list_closing(d, out->closing);
    fk_stencil_links_take(out);
    return FK_OK;
}

void fk_stencil_links_clear(fk_stencil_links *l)
{
    free(l->up);
    free(l->dn);
    free(l->closing);
}

static void take_line(fk_stencil_links *l)
{
    const fk_direction *d = l->d;
    for (size_t r = 0; r < d->shape.rows; r++) {
        l->up[r + 1] = d->up[r * d->shape.lanes];
        l->dn[r + 1] = d->dn[r * d->shape.lanes];
    }
    l->up[d->shape.rows] = l->dn[d->shape.rows] = 0.0; /* closing, or no link */
}

/* rate[c] = what it was at c + offset */
static void move_down(double *rate, size_t offset, size_t cells)
{
    memmove(rate, rate + offset, (cells - offset) * sizeof *rate);
    memset(rate + cells - offset, 0, offset * sizeof *rate);
}

void fk_stencil_links_take(fk_stencil_links *l)
{
    const fk_direction *d = l->d;
    if (l->line) {
        take_line(l);
        return;
    }
    double *up = (l->turned ? l->dn : l->up) + l->pad;
    double *dn = (l->turned ? l->up : l->dn) + l->pad;
    for (size_t t = 0; t < d->tiles; t++) {
        fk_direction_store(d, t, d->up + t * d->tile, up);
        fk_direction_store(d, t, d->dn + t * d->tile, dn);
    }
    for (size_t i = 0; i < l->n_closing; i++)
        up[l->closing[i].from] = dn[l->closing[i].from] = 0.0;
    if (l->turned) {
        const size_t cells = fk_grid_cells(&d->domain.grid);
        move_down(up, l->offset, cells);
        move_down(dn, l->offset, cells);
    }
}
