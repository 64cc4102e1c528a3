/* The operator, its transpose and its currents applied to fields on the grid. */
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/block.h"
#include "pde/fokker_planck_parts.h"

/* F[k] = up[k] p[k] - dn[k] p[k + w], current from each place to the next */
FK_CLONES
static void currents(size_t n, size_t w, const double *restrict up,
                     const double *restrict dn, const double *restrict p,
                     double *restrict F)
{
    for (size_t k = 0; k + w < n; k++)
        F[k] = up[k] * p[k] - dn[k] * p[k + w];
    for (size_t l = 0; l < w; l++) {
        const size_t k = n - w + l;
        F[k] = up[k] * p[k] - dn[k] * p[l];
    }
}

/* out[k] = F[k - w] - F[k] */
FK_CLONES
static void gains(size_t n, size_t w, const double *restrict F, double *restrict out)
{
    for (size_t l = 0; l < w; l++)
        out[l] = F[n - w + l] - F[l];
    for (size_t k = w; k < n; k++)
        out[k] = F[k - w] - F[k];
}

/* One tile's share of a field: in[tile] -> out[tile], with link and other buffers, each of
 * fp->tile doubles, for work. */
typedef void tile_work(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                       const double *in, double *link, double *out);

/* out += scale * work(u) over all tiles; tiles of a direction share no cell. */
static void add_tiles(const fk_fokker_planck *fp, const fk_direction *d,
                      tile_work *work, double scale, const double *u, double *out)
{
#pragma omp parallel for schedule(static) \
    num_threads((int)fp->n_threads) if (d->tiles * d->tile >= FK_PARALLEL_PLACES)
    for (size_t t = 0; t < d->tiles; t++) {
        double *in =
            fp->tiles + FK_TILE_BUFFERS * fp->tile * (size_t)omp_get_thread_num();
        double *link = in + fp->tile, *result = in + 2 * fp->tile;
        fk_direction_load(d, t, u, in);
        work(fp, d, t, in, link, result);
        fk_direction_add(d, t, scale, result, out);
    }
}

/* ghost <- rows before the first (way -1) or behind the last (way +1) of a line that does
 * not close: its end's value, or the cubic through the last four averages. */
static void continue_line(const fk_flux *flux, size_t w, ptrdiff_t way, double *end)
{
    const ptrdiff_t step = way * (ptrdiff_t)w;
    for (ptrdiff_t r = 1; r <= (ptrdiff_t)flux->reach; r++)
        for (size_t l = 0; l < w; l++) {
            double *ghost = end + (ptrdiff_t)l + r * step;
            *ghost = ghost[-step];
            if (flux->extrapolate)
                *ghost = 4.0 * ghost[-step] - 6.0 * ghost[-2 * step] +
                         4.0 * ghost[-3 * step] - ghost[-4 * step];
        }
}

/* F += the flux's correction; padded, low, high: buffers */
static void correct(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                    const double *in, double *buffer, double *F)
{
    const size_t n = d->tile, w = d->shape.lanes, pad = fp->flux->reach * w;
    double *p = buffer + FK_FLUX_REACH * FK_LANES;
    memcpy(p, in, n * sizeof *p);
    if (d->shape.cyclic) {
        memcpy(p - pad, in + n - pad, pad * sizeof *p);
        memcpy(p + n, in, pad * sizeof *p);
    } else {
        continue_line(fp->flux, w, -1, p);
        continue_line(fp->flux, w, +1, p + n - w);
    }
    const fk_flux_lines lines = {
        d->shape.rows,    w, d->up + tile * n,
        d->dn + tile * n, p, {buffer + fp->tile, buffer + 2 * fp->tile}};
    fp->flux->correct(&lines, F);
}

/* F[k] from each place to the next */
static void tile_currents(const fk_fokker_planck *fp, const fk_direction *d,
                          size_t tile, const double *in, double *F)
{
    const size_t n = d->tile, w = d->shape.lanes;
    currents(n, w, d->up + tile * n, d->dn + tile * n, in, F);
    if (fp->flux->correct != NULL)
        correct(fp, d, tile, in,
                fp->tiles +
                    (FK_TILE_BUFFERS * (size_t)omp_get_thread_num() + 3) * fp->tile,
                F);
}

/* (L p)_k = F_{k-1} - F_k - sink_k p_k */
static void forward(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                    const double *in, double *link, double *out)
{
    const size_t n = d->tile, w = d->shape.lanes;
    tile_currents(fp, d, tile, in, link);
    gains(n, w, link, out);
    for (size_t e = d->first_exit[tile]; e < d->first_exit[tile + 1]; e++)
        out[d->sink[e].place] -= d->sink[e].rate * in[d->sink[e].place];
}

/* (L^T u)_k = up_k (u_{k+1} - u_k) - dn_{k-1} (u_k - u_{k-1}) - sink_k u_k */
static void backward(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                     const double *in, double *link, double *out)
{
    (void)fp;
    const size_t n = d->tile, w = d->shape.lanes;
    const double *up = d->up + tile * n, *dn = d->dn + tile * n;
    for (size_t k = 0; k < n; k++)
        link[k] = in[k + w < n ? k + w : k + w - n] - in[k];
    for (size_t k = 0; k < n; k++) {
        const size_t before = k >= w ? k - w : k + n - w;
        out[k] = up[k] * link[k] - dn[before] * link[before];
    }
    for (size_t e = d->first_exit[tile]; e < d->first_exit[tile + 1]; e++)
        out[d->sink[e].place] -= d->sink[e].rate * in[d->sink[e].place];
}

/* Rate out of each cell, whatever `in` is. */
static void departures(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                       const double *in, double *link, double *out)
{
    (void)fp;
    (void)in;
    (void)link;
    const size_t n = d->tile, w = d->shape.lanes;
    const double *up = d->up + tile * n, *dn = d->dn + tile * n;
    for (size_t k = 0; k < n; k++)
        out[k] = fabs(up[k]) + fabs(dn[k >= w ? k - w : k + n - w]);
    for (size_t e = d->first_exit[tile]; e < d->first_exit[tile + 1]; e++)
        out[d->sink[e].place] += d->sink[e].rate;
}

/* (F_{k-1} + F_k) / 2, with the currents through exits at the ends */
static void mean_current(const fk_fokker_planck *fp, const fk_direction *d, size_t tile,
                         const double *in, double *link, double *out)
{
    const size_t n = d->tile, w = d->shape.lanes;
    tile_currents(fp, d, tile, in, link);
    for (size_t k = 0; k < n; k++)
        out[k] = 0.5 * (link[k] + link[k >= w ? k - w : k + n - w]);
    for (size_t e = d->first_exit[tile]; e < d->first_exit[tile + 1]; e++) {
        const fk_line_sink *s = &d->sink[e];
        out[s->place] += 0.5 * d->exit[e].way * s->rate * in[s->place];
    }
}

/* left[axis][side] += currents of mass out through the exits */
static void book_exits(const fk_fokker_planck *fp, const fk_direction *d,
                       const double *p, double *left)
{
    const double volume = fk_grid_volume(&fp->domain.grid);
    for (size_t e = 0; e < d->n_exits; e++) {
        const fk_exit *exit = &d->exit[e];
        left[2 * exit->axis + exit->side] += volume * d->sink[e].rate * p[exit->cell];
    }
}

/* out += what the ways out lead to, by their rates: worth[axis][side] */
static void pay_exits(const fk_direction *d, const double *worth, double *out)
{
    for (size_t e = 0; e < d->n_exits; e++) {
        const fk_exit *exit = &d->exit[e];
        out[exit->cell] += d->sink[e].rate * worth[2 * exit->axis + exit->side];
    }
}

static void clear(const fk_fokker_planck *fp, double *u)
{
    memset(u, 0, fk_grid_cells(&fp->domain.grid) * sizeof *u);
}

static double *clear_books(const fk_fokker_planck *fp, double *u)
{
    double *books = u + fk_grid_cells(&fp->domain.grid);
    memset(books, 0, FK_BOOKS * sizeof *books);
    return books;
}

/* out = L p or L^T p of directions first .. last - 1 */
static void sweep(const fk_fokker_planck *fp, size_t first, size_t last,
                  bool transposed, const double *p, double *out)
{
    assert(fp->revision > 0 && (!transposed || fp->flux->reach == 1));
    if (fp->stencil != NULL) {
        fk_stencil_apply(fp->stencil, first, last, transposed, p, out);
        return;
    }
    clear(fp, out);
    for (size_t i = first; i < last; i++)
        add_tiles(fp, &fp->direction[i], transposed ? backward : forward, 1.0, p, out);
}

void fk_fokker_planck_apply(const fk_fokker_planck *fp, const double *p, double *dpdt)
{
    sweep(fp, 0, fp->n_directions, false, p, dpdt);
}

void fk_fokker_planck_flow(const fk_fokker_planck *fp, const double *u, double *dudt)
{
    double *left = clear_books(fp, dudt);
    fk_fokker_planck_apply(fp, u, dudt);
    for (size_t i = 0; i < fp->n_directions; i++)
        book_exits(fp, &fp->direction[i], u, left);
    if (fp->reaction != NULL)
        fk_reaction_flow(fp->reaction, u, dudt);
}

void fk_fokker_planck_part_flow(const fk_fokker_planck *fp, size_t i, const double *u,
                                double *dudt)
{
    double *left = clear_books(fp, dudt);
    sweep(fp, i, i + 1, false, u, dudt);
    book_exits(fp, &fp->direction[i], u, left);
}

void fk_fokker_planck_apply_transpose(const fk_fokker_planck *fp, const double *u,
                                      double *out)
{
    sweep(fp, 0, fp->n_directions, true, u, out);
}

void fk_fokker_planck_flow_transpose(const fk_fokker_planck *fp, const double *u,
                                     double *out)
{
    clear_books(fp, out);
    fk_fokker_planck_apply_transpose(fp, u, out);
    for (size_t i = 0; i < fp->n_directions; i++)
        pay_exits(&fp->direction[i], u + fk_grid_cells(&fp->domain.grid), out);
    if (fp->reaction != NULL)
        fk_reaction_flow_transpose(fp->reaction, u, out);
}

void fk_fokker_planck_part_flow_transpose(const fk_fokker_planck *fp, size_t i,
                                          const double *u, double *out)
{
    clear_books(fp, out);
    sweep(fp, i, i + 1, true, u, out);
    pay_exits(&fp->direction[i], u + fk_grid_cells(&fp->domain.grid), out);
}

double fk_fokker_planck_max_rate(const fk_fokker_planck *fp)
{
    assert(fp->revision > 0);
    clear(fp, fp->cells);
    for (size_t i = 0; i < fp->n_directions; i++)
        add_tiles(fp, &fp->direction[i], departures, 1.0, fp->cells, fp->cells);
    if (fp->reaction != NULL)
        fk_reaction_add_rate(fp->reaction, fp->cells);
    double most = 0.0;
    const size_t n = fk_grid_cells(&fp->domain.grid);
    for (size_t c = 0; c < n; c++)
        most = fmax(most, fp->cells[c]);
    return most;
}

void fk_fokker_planck_current(const fk_fokker_planck *fp, const double *p,
                              double *const *current)
{
    assert(fp->revision > 0);
    for (size_t a = 0; a < fp->domain.grid.dim; a++) {
        clear(fp, current[a]);
        for (size_t i = 0; i < fp->n_directions; i++) {
            const fk_direction *d = &fp->direction[i];
            if (d->delta[a] != 0.0)
                add_tiles(fp, d, mean_current, d->delta[a], p, current[a]);
        }
    }
}
