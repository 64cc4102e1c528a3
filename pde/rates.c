/* Filling the directions of an operator with rates, FK_BLOCK faces at a time. */
#include <math.h>
#include <omp.h>
#include <stdint.h>

#include "pde/fokker_planck_parts.h"

static bool reflects(const fk_domain *domain, size_t axis, size_t side)
{
    return axis < domain->grid.dim && fk_boundary_reflects(domain->face[axis][side]);
}

/* +1, -1 or 0: how a step of the line that goes `way` moves along an axis. */
static int motion(const fk_direction *d, size_t axis, int way)
{
    if (axis == d->march)
        return way;
    return d->sign != 0 && axis == d->shift ? way * d->sign : 0;
}

/* Middle of the step from a cell, and the reflecting walls its line runs along. */
static void place_face(const fk_direction *d, const size_t index[FK_GRID_DIM], int way,
                       fk_faces *f, size_t k)
{
    for (size_t a = 0; a < d->domain.grid.dim; a++) {
        const fk_axis *axis = &d->domain.grid.axis[a];
        const size_t i = index[a], last = axis->cells - 1;
        const int along = motion(d, a, way);
        f->x[a][k] = along > 0 && i == last
                         ? axis->hi
                         : axis->lo + ((double)i + 0.5 + 0.5 * along) * d->width[a];
        f->walls[a][k] = 0.0;
        if (along == 0 && i == 0 && reflects(&d->domain, a, 0))
            f->walls[a][k] += 1.0;
        if (along == 0 && i == last && reflects(&d->domain, a, 1))
            f->walls[a][k] += 1.0;
    }
}

/* The faces of the links in rows first .. of the direction's tiles laid end to end. */
static void place_links(const fk_direction *d, size_t first, size_t rows, fk_faces *f)
{
    const size_t w = d->shape.lanes;
    size_t tile = first / d->shape.rows;
    fk_cursor c = fk_direction_start(d, tile, first % d->shape.rows);
    f->n = rows * w;
    for (size_t r = 0; r < rows; r++) {
        for (size_t l = 0; l < w; l++) {
            const size_t k = r * w + l;
            size_t index[FK_GRID_DIM];
            const bool used = l < c.lanes;
            fk_direction_cell(d, &c, used ? l : 0, index);
            place_face(d, index, +1, f, k);
            f->reach[k] = used && fk_direction_linked(d, index) ? 1.0 : 0.0;
        }
        fk_direction_next(d, &c);
        if (c.row == d->shape.rows && ++tile < d->tiles)
            c = fk_direction_start(d, tile, 0);
    }
}

static size_t link_blocks(const fk_direction *d)
{
    const size_t rows_at_once = FK_BLOCK / d->shape.lanes;
    return (d->tiles * d->shape.rows + rows_at_once - 1) / rows_at_once;
}

static size_t exit_blocks(const fk_direction *d)
{
    return (d->n_exits + FK_BLOCK - 1) / FK_BLOCK;
}

/* Block b of links; false if it has a fault, whose place is left in *fault. */
static bool fill_links(const fk_fokker_planck *fp, fk_direction *d, double t, size_t b,
                       fk_faces *f, double *scratch, size_t *fault)
{
    const size_t at_once = FK_BLOCK / d->shape.lanes, first = b * at_once;
    const size_t left = d->tiles * d->shape.rows - first;
    place_links(d, first, left < at_once ? left : at_once, f);
    f->points = fp->flux->points;
    if (fk_coefficients_rates(fp->coefficients, t, d, f, scratch, fault) != FK_OK)
        return false;
    for (size_t k = 0; k < f->n; k++) {
        d->up[first * d->shape.lanes + k] = f->right[k];
        d->dn[first * d->shape.lanes + k] = f->left[k];
    }
    return true;
}

/* A partial face in series with the half cell before it, rates R out and L back from the
 * face: with p_w the density on it, per cell width h
 *
 *     J = R p - L p_w = (kappa / h) p_w,     J = R (kappa / h) / (L + kappa / h) p.  */
static bool partial_rates(const fk_fokker_planck *fp, fk_direction *d, double t,
                          size_t first, fk_faces *f, double *scratch, size_t *fault)
{
    double kappa[FK_BLOCK];
    f->alone = true;
    fk_status status = fk_coefficients_rates(fp->coefficients, t, d, f, scratch, fault);
    f->alone = false;
    if (status == FK_OK)
        status = fk_reactivity_eval(&fp->reactivity, t, d->exit + first, f, scratch,
                                    kappa, fault);
    for (size_t k = 0; status == FK_OK && k < f->n; k++) {
        if (d->exit[first + k].kind != FK_PARTIAL)
            continue;
        const bool right = d->exit[first + k].way > 0;
        const double out = right ? f->right[k] : f->left[k];
        const double back = right ? f->left[k] : f->right[k];
        const double through = kappa[k] / d->width[d->march];
        d->sink[first + k].rate =
            out > 0.0 && through > 0.0 ? out * through / (back + through) : 0.0;
    }
    return status == FK_OK;
}

/* Block b of exits, likewise.  Coefficients beyond the walls are not asked for. */
static bool fill_exits(const fk_fokker_planck *fp, fk_direction *d, double t, size_t b,
                       fk_faces *f, double *scratch, size_t *fault)
{
    const size_t first = b * FK_BLOCK, left = d->n_exits - first;
    f->n = left < FK_BLOCK ? left : FK_BLOCK;
    f->points = 1;
    size_t tile = 0;
    bool partial = false;
    for (size_t k = 0; k < f->n; k++) {
        const size_t e = first + k, w = d->shape.lanes;
        while (d->first_exit[tile + 1] <= e)
            tile++;
        const fk_cursor c = fk_direction_start(d, tile, d->sink[e].place / w);
        size_t index[FK_GRID_DIM];
        fk_direction_cell(d, &c, d->sink[e].place % w, index);
        place_face(d, index, d->exit[e].way, f, k);
        f->reach[k] = d->exit[e].kind == FK_OPEN ? 1.0 : 0.5;
        partial = partial || d->exit[e].kind == FK_PARTIAL;
    }
    if (fk_coefficients_rates(fp->coefficients, t, d, f, scratch, fault) != FK_OK)
        return false;
    for (size_t k = 0; k < f->n; k++) {
        const double rate = d->exit[first + k].way > 0 ? f->right[k] : f->left[k];
        d->sink[first + k].rate = rate > 0.0 ? rate : 0.0;
    }
    return !partial || partial_rates(fp, d, t, first, f, scratch, fault);
}

static bool fill(const fk_fokker_planck *fp, fk_direction *d, double t, size_t b,
                 fk_faces *f, double *scratch, size_t *fault)
{
    const size_t links = link_blocks(d);
    return b < links ? fill_links(fp, d, t, b, f, scratch, fault)
                     : fill_exits(fp, d, t, b - links, f, scratch, fault);
}

enum { FEW_BLOCKS = 8 }; /* not worth waking other threads for */

/* One direction; the number of the first faulty block, or of all blocks. */
static size_t fill_direction(fk_fokker_planck *fp, fk_direction *d, double t)
{
    const size_t blocks = link_blocks(d) + exit_blocks(d);
    size_t bad = blocks;
#pragma omp parallel for schedule(static) num_threads((int)fp->n_threads) \
    reduction(min                                                         \
              : bad) if (blocks > FEW_BLOCKS)
    for (size_t b = 0; b < blocks; b++) {
        const size_t me = (size_t)omp_get_thread_num();
        size_t fault;
        if (!fill(fp, d, t, b, &fp->faces[me], fp->scratch + me * fp->scratch_size,
                  &fault))
            bad = b < bad ? b : bad;
    }
    return bad < blocks ? bad : SIZE_MAX;
}

fk_status fk_fokker_planck_rates(fk_fokker_planck *fp, double t, fk_message *message)
{
    fp->revision++;
    for (size_t i = 0; i < fp->n_directions; i++) {
        fk_direction *d = &fp->direction[i];
        const size_t bad = fill_direction(fp, d, t);
        if (bad == SIZE_MAX)
            continue;
        size_t k;
        double x[FK_GRID_DIM], place[FK_GRID_DIM];
        (void)fill(fp, d, t, bad, fp->faces, fp->scratch, &k);
        for (size_t a = 0; a < fp->domain.grid.dim; a++) {
            const fk_axis *even = &fp->even.grid.axis[a];
            x[a] = fp->faces->x[a][k];
            place[a] = fk_axis_at(&fp->domain.grid.axis[a],
                                  (x[a] - even->lo) / fk_axis_width(even));
        }
        FK_TRY(fk_reactivity_explain(&fp->reactivity, t, x, fp->scratch, message));
        return fk_coefficients_explain(fp->coefficients, t, x, place, fp->scratch,
                                       message);
    }
    if (fp->stencil != NULL)
        fk_stencil_take(fp->stencil);
    return FK_OK;
}
