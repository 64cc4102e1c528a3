#include "sde/cell_average.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "solvers/quadrature.h"

enum { AXIS = FK_CELL_POINTS };

/* The nodes of one cell: offsets from its centre in cell widths, weights of sum 1. */
typedef struct stencil {
    size_t points; /* AXIS^dim, a divisor of FK_BLOCK */
    double offset[FK_GRID_DIM][AXIS * AXIS * AXIS];
    double weight[AXIS * AXIS * AXIS];
} stencil;

static fk_status make_stencil(size_t dim, stencil *s)
{
    double node[AXIS], weight[AXIS];
    FK_TRY(fk_gauss_legendre(AXIS, node, weight));
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
    return FK_OK;
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

static void reduce(const stencil *s, const double *value, double *average, double *most)
{
    double sum = 0.0, largest = 0.0;
    for (size_t q = 0; q < s->points; q++) {
        sum += s->weight[q] * (value[q] >= 0.0 ? value[q] : (double)NAN);
        largest = fmax(largest, value[q]);
    }
    *average = isfinite(sum) ? sum : (double)NAN;
    if (most != NULL)
        *most = largest;
}

fk_status fk_cell_averages(const fk_sde *sde, const fk_expr *density, double t,
                           const fk_grid *g, double *average, double *most)
{
    const fk_binding binding = fk_sde_binding(sde);
    const size_t cells = fk_grid_cells(g);
    stencil s;
    fk_program *program = NULL;
    FK_TRY(make_stencil(g->dim, &s));
    FK_TRY(fk_program_new(1, &density, &binding, &program));
    double *rows =
        fk_doubles((FK_GRID_DIM + 1) * FK_BLOCK + fk_program_scratch(program));
    if (rows == NULL) {
        fk_program_free(program);
        return FK_ENOMEM;
    }
    double *x[FK_GRID_DIM], *value = rows + FK_GRID_DIM * FK_BLOCK;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        x[i] = rows + i * FK_BLOCK;
    for (size_t first = 0; first < cells; first += FK_BLOCK / s.points) {
        place(g, &s, first, x);
        fk_program_run(program, t, (const double *const *)x, &value, value + FK_BLOCK);
        for (size_t c = 0; c < FK_BLOCK / s.points && first + c < cells; c++)
            reduce(&s, value + c * s.points, &average[first + c],
                   most != NULL ? &most[first + c] : NULL);
    }
    free(rows);
    fk_program_free(program);
    return FK_OK;
}
