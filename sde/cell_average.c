#include "sde/cell_average.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/stretched.h"
#include "solvers/quadrature.h"

enum { AXIS = FK_CELL_POINTS };

/* Points of one cell: offsets from its centre in cell widths, weights of sum 1. */
typedef struct stencil {
    size_t points; /* AXIS^dim, a divisor of FK_BLOCK */
    double offset[FK_GRID_DIM][AXIS * AXIS * AXIS];
    double weight[AXIS * AXIS * AXIS];
} stencil;

/* The product of one rule on [-1, 1] for each axis. */
static void make_stencil(size_t dim, const double node[AXIS], const double weight[AXIS],
                         stencil *s)
{
    s->points = 1;
    for (size_t i = 0; i < dim; i++)
        s->points *= AXIS;
    for (size_t q = 0; q < s->points; q++) {
        s->weight[q] = 1.0;
        for (size_t i = 0, rest = q; i < dim; i++, rest /= AXIS) {
            s->offset[i][q] = 0.5 * node[rest % AXIS];
            s->weight[q] *= 0.5 * weight[rest % AXIS];
        }
    }
}

/* The nodes of the cells from `first` on; lanes without a cell repeat the last one. */
static void place(const fk_grid *g, const stencil *s, size_t first, double *const *x)
{
    const size_t cells = fk_grid_cells(g);
    for (size_t c = 0; c < FK_BLOCK / s->points; c++) {
        double centre[FK_GRID_DIM];
        fk_grid_centre(g, first + c < cells ? first + c : cells - 1, centre);
        for (size_t i = 0; i < g->dim; i++)
            for (size_t q = 0; q < s->points; q++)
                x[i][c * s->points + q] =
                    centre[i] + s->offset[i][q] * fk_axis_width(&g->axis[i]);
    }
}

/* Mean by the stencil's weights. */
static void average_cell(const stencil *s, const double *value, double *average)
{
    double sum = 0.0;
    for (size_t q = 0; q < s->points; q++)
        sum += s->weight[q] * (value[q] >= 0.0 ? value[q] : (double)NAN);
    *average = isfinite(sum) ? sum : (double)NAN;
}

static void raise_cell(const stencil *s, const double *value, double *most)
{
    for (size_t q = 0; q < s->points; q++)
        if (isfinite(value[q]) && value[q] > *most)
            *most = value[q];
}

typedef struct evaluation {
    const fk_grid *g;
    const fk_program *program;
    double t;
    double *x[FK_GRID_DIM], *value, *scratch;
} evaluation;

/* Calls `reduce` with the values at each cell's points and its entry of out[cells]. */
static void each_cell(const evaluation *e, const stencil *s,
                      void (*reduce)(const stencil *, const double *, double *),
                      double *out)
{
    const size_t cells = fk_grid_cells(e->g), together = FK_BLOCK / s->points;
    for (size_t first = 0; first < cells; first += together) {
        place(e->g, s, first, e->x);
        fk_program_run(e->program, e->t, (const double *const *)e->x,
                       (double *const[]){e->value}, e->scratch);
        for (size_t c = 0; c < together && first + c < cells; c++)
            reduce(s, e->value + c * s->points, &out[first + c]);
    }
}

static fk_status evaluate(const evaluation *e, double *average, double *most)
{
    static const double corner_to_corner[AXIS] = {-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0};
    double node[AXIS], weight[AXIS];
    stencil s;
    FK_TRY(fk_gauss_legendre(AXIS, node, weight));
    make_stencil(e->g->dim, node, weight, &s);
    each_cell(e, &s, average_cell, average);
    if (most == NULL)
        return FK_OK;
    memset(most, 0, fk_grid_cells(e->g) * sizeof *most);
    each_cell(e, &s, raise_cell, most);
    make_stencil(e->g->dim, corner_to_corner, weight, &s);
    each_cell(e, &s, raise_cell, most);
    return FK_OK;
}

fk_status fk_cell_averages(const fk_sde *sde, const fk_expr *density, double t,
                           const fk_grid *g, double *average, double *most)
{
    const fk_binding binding = fk_sde_binding(sde);
    const fk_expr *q = fk_stretched_density(sde, g, density);
    const fk_grid even = fk_grid_even(g);
    fk_program *program = NULL;
    FK_TRY(fk_program_new(1, &q, &binding, &program));
    double *rows =
        fk_doubles((FK_GRID_DIM + 1) * FK_BLOCK + fk_program_scratch(program));
    fk_status status = FK_ENOMEM;
    if (rows != NULL) {
        evaluation e = {.g = &even,
                        .program = program,
                        .t = t,
                        .value = rows + FK_GRID_DIM * FK_BLOCK,
                        .scratch = rows + (FK_GRID_DIM + 1) * FK_BLOCK};
        for (size_t i = 0; i < FK_GRID_DIM; i++)
            e.x[i] = rows + i * FK_BLOCK;
        status = evaluate(&e, average, most);
    }
    free(rows);
    fk_program_free(program);
    return status;
}
