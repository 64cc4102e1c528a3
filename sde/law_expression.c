/* A density given as an expression.  A particle draws its cell by the cells' masses, then
 * its place within by rejection against the expression itself: uniform points are
 * accepted with probability value / bound.
 *
 * The bound is half again the largest value met in the cell, at the quadrature nodes and
 * from corner to corner, so it holds for what is monotone in the cell and for humps of
 * standard deviation down to a third of a cell.  Of what is steeper (a spike between the
 * points, a pole at a face) the excess over the bound is cut off within its cell, and a
 * lane that ROUNDS points do not serve keeps the last one; the cells' masses, and with
 * them what is compared on the grid, do not change. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "core/program.h"
#include "sde/cell_average.h"
#include "sde/law_kind.h"
#include "sde/stretched.h"

enum { ROUNDS = 2000 };

static const double MARGIN = 1.5; /* of the bound over the largest value met */

typedef struct expression_law {
    fk_law law;
    const fk_sde *sde;
    const fk_expr *density;
    fk_grid grid, even;  /* as given, and of the even coordinates */
    fk_program *program; /* the density in those */
    fk_program *map;     /* the variables from them; NULL: the same */
    double *cumulative;  /* [cells + 1] */
    double *bound;       /* [cells] */
} expression_law;

/* One round: a uniform point in each lane's cell and the expression there. */
typedef struct attempt {
    double *x[FK_GRID_DIM], *value, *threshold, *scratch;
} attempt;

static void propose(const expression_law *self, fk_streams *streams, const size_t *cell,
                    const attempt *a)
{
    for (size_t i = 0; i < self->law.dim; i++) {
        const fk_axis *axis = &self->even.axis[i];
        fk_streams_uniform(streams, a->x[i]);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            size_t index[FK_GRID_DIM];
            fk_grid_unravel(&self->even, cell[j], index);
            const double lo = fk_axis_edge(axis, index[i]);
            const double hi = fk_axis_edge(axis, index[i] + 1);
            const double at = lo + (hi - lo) * a->x[i][j];
            a->x[i][j] = at < hi ? at : lo; /* rounding must not leave the cell */
        }
    }
    fk_streams_uniform(streams, a->threshold);
    fk_program_run(self->program, 0.0, (const double *const *)a->x, &a->value,
                   a->scratch);
}

static void draw_with(const expression_law *self, fk_streams *streams, const attempt *a,
                      double *const *x)
{
    size_t cell[FK_BLOCK], waiting = FK_BLOCK;
    bool done[FK_BLOCK] = {false};
    fk_streams_uniform(streams, a->threshold);
    for (size_t j = 0; j < FK_BLOCK; j++)
        cell[j] = fk_law_choose(self->cumulative, fk_grid_cells(&self->grid),
                                a->threshold[j]);
    for (int round = 0; round < ROUNDS && waiting > 0; round++) {
        propose(self, streams, cell, a);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            if (done[j])
                continue;
            for (size_t i = 0; i < self->law.dim; i++)
                x[i][j] = a->x[i][j];
            done[j] = a->threshold[j] * self->bound[cell[j]] <= a->value[j];
            waiting -= done[j] ? 1 : 0;
        }
    }
    if (self->map == NULL)
        return;
    for (size_t i = 0; i < self->law.dim; i++)
        memcpy(a->x[i], x[i], FK_BLOCK * sizeof *x[i]);
    fk_program_run(self->map, 0.0, (const double *const *)a->x, x, a->scratch);
}

/* Doubles for either program. */
static size_t scratch_size(const expression_law *self)
{
    const size_t own = fk_program_scratch(self->program);
    const size_t map = self->map != NULL ? fk_program_scratch(self->map) : 0;
    return own > map ? own : map;
}

static void draw(const fk_law *law, fk_streams *streams, double *const *x)
{
    const expression_law *self = (const expression_law *)(const void *)law;
    double *rows = fk_doubles((FK_GRID_DIM + 2) * FK_BLOCK + scratch_size(self));
    for (size_t i = 0; rows == NULL && i < law->dim; i++)
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = NAN; /* the caller's check for lost particles stops the run */
    if (rows == NULL)
        return;
    attempt a = {.value = rows + FK_GRID_DIM * FK_BLOCK,
                 .threshold = rows + (FK_GRID_DIM + 1) * FK_BLOCK,
                 .scratch = rows + (FK_GRID_DIM + 2) * FK_BLOCK};
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        a.x[i] = rows + i * FK_BLOCK;
    draw_with(self, streams, &a, x);
    free(rows);
}

static bool same_box(const fk_grid *g, const fk_grid *own)
{
    bool same = g->dim == own->dim;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        same = same && g->axis[i].lo == own->axis[i].lo &&
               g->axis[i].hi == own->axis[i].hi &&
               g->axis[i].stretch == own->axis[i].stretch;
    return same;
}

/* Scaled to mass 1 on this grid: the quadrature of another resolution gives the
 * expression a slightly different mass, and none may be gained or lost. */
static fk_status project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    const expression_law *self = (const expression_law *)(const void *)law;
    if (!same_box(g, &self->grid))
        return FK_EDOMAIN;
    FK_TRY(fk_cell_averages(self->sde, self->density, 0.0, g, p, NULL));
    double mass = 0.0;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        mass += p[c];
    mass *= fk_grid_volume(g);
    if (!(mass > 0.0) || !isfinite(mass))
        return FK_EDOMAIN;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        p[c] /= mass;
    *outside = 0.0;
    return FK_OK;
}

/* The mean of u_i u_k, u = x - lo >= 0, with u_d = 1. */
static fk_status mean_of(const expression_law *self, size_t i, size_t k, double *cell,
                         double *mean)
{
    fk_expr_pool *pool = self->sde->pool;
    const size_t of[] = {i, k};
    const fk_expr *e = self->density;
    for (size_t f = 0; f < 2 && of[f] < self->law.dim; f++)
        e = fk_expr_mul(pool, e,
                        fk_expr_sub(pool, self->sde->variable[of[f]],
                                    fk_expr_number(pool, self->grid.axis[of[f]].lo)));
    FK_TRY(fk_cell_averages(self->sde, e, 0.0, &self->grid, cell, NULL));
    *mean = 0.0;
    for (size_t c = 0; c < fk_grid_cells(&self->grid); c++)
        *mean += cell[c];
    *mean *= fk_grid_volume(&self->grid) / self->law.stated_mass;
    return FK_OK;
}

/* By the quadrature of the cells' masses; on stretched axes, which may have no least x,
 * with lines in the cells. */
static fk_status moments(const fk_law *law, double *mean, double *cov)
{
    const expression_law *self = (const expression_law *)(const void *)law;
    const size_t d = law->dim;
    double *cell = fk_doubles(fk_grid_cells(&self->grid)), outside;
    fk_status status = cell == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK && self->map != NULL) {
        status = project(law, &self->grid, cell, &outside);
        if (status == FK_OK)
            fk_density_moments(&self->grid, cell, mean, cov);
        free(cell);
        return status;
    }
    for (size_t i = 0; i < d && status == FK_OK; i++)
        status = mean_of(self, i, d, cell, &mean[i]);
    for (size_t i = 0; i < d; i++)
        for (size_t k = 0; k <= i && status == FK_OK; k++) {
            status = mean_of(self, i, k, cell, &cov[i * d + k]);
            cov[k * d + i] = cov[i * d + k] -= mean[i] * mean[k];
        }
    for (size_t i = 0; i < d; i++)
        mean[i] += self->grid.axis[i].lo;
    free(cell);
    return status;
}

static void release(fk_law *law)
{
    expression_law *self = (expression_law *)(void *)law;
    fk_program_free(self->program);
    fk_program_free(self->map);
    free(self->cumulative);
    free(self->bound);
    free(self);
}

/* The sentence for a cell where the expression is no density. */
static fk_status refuse_cell(const fk_sde *sde, const fk_grid *g, size_t cell,
                             fk_message *message)
{
    char place[200] = "";
    double x[FK_GRID_DIM];
    fk_grid_centre(g, cell, x);
    for (size_t i = 0; i < g->dim; i++) {
        char *name = fk_expr_print(sde->variable[i], FK_EXPR_TEXT);
        const size_t used = strlen(place);
        snprintf(place + used, sizeof place - used, "%s%s = %.6g", i > 0 ? ", " : "",
                 name != NULL ? name : "?", x[i]);
        free(name);
    }
    return fk_fail(message, FK_EDOMAIN,
                   "the density is negative or not finite in the cell around %s",
                   place);
}

static fk_status fill(expression_law *self, fk_message *message)
{
    const fk_binding binding = fk_sde_binding(self->sde);
    const size_t cells = fk_grid_cells(&self->grid);
    const fk_expr *q = fk_stretched_density(self->sde, &self->grid, self->density);
    FK_TRY(fk_program_new(1, &q, &binding, &self->program));
    if (fk_grid_stretched(&self->grid)) {
        const fk_expr *x[FK_GRID_DIM];
        for (size_t i = 0; i < self->law.dim; i++)
            x[i] =
                fk_stretched_function(self->sde, &self->grid, self->sde->variable[i]);
        FK_TRY(fk_program_new(self->law.dim, x, &binding, &self->map));
    }
    self->cumulative = fk_doubles(cells + 1);
    self->bound = fk_doubles(cells);
    if (self->cumulative == NULL || self->bound == NULL)
        return FK_ENOMEM;
    double *mass = self->cumulative + 1, sum = 0.0;
    FK_TRY(fk_cell_averages(self->sde, self->density, 0.0, &self->grid, mass,
                            self->bound));
    for (size_t c = 0; c < cells; c++) {
        if (isnan(mass[c]))
            return refuse_cell(self->sde, &self->grid, c, message);
        self->bound[c] *= MARGIN;
        sum += mass[c];
        mass[c] = sum;
    }
    if (!(sum > 0.0))
        return fk_fail(message, FK_EDOMAIN,
                       "the density is zero everywhere on the grid");
    if (!isfinite(sum * fk_grid_volume(&self->grid)))
        return fk_fail(message, FK_EDOMAIN,
                       "the integral of the density over the grid is not finite");
    self->law.stated_mass = sum * fk_grid_volume(&self->grid);
    for (size_t c = 0; c < cells; c++)
        mass[c] /= sum;
    mass[cells - 1] = 1.0;
    return FK_OK;
}

fk_status fk_law_expression_new(const fk_sde *sde, const fk_expr *density,
                                const fk_grid *g, fk_law **out, fk_message *message)
{
    *out = NULL;
    expression_law *self = calloc(1, sizeof *self);
    if (self == NULL)
        return FK_ENOMEM;
    self->law = (fk_law){.dim = g->dim,
                         .draw = draw,
                         .project = project,
                         .moments = moments,
                         .free = release};
    self->sde = sde;
    self->density = density;
    self->grid = *g;
    self->even = fk_grid_even(g);
    const fk_status status = fill(self, message);
    if (status == FK_OK)
        *out = &self->law;
    else
        release(&self->law);
    return status;
}
