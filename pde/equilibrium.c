#include "pde/equilibrium.h"

#include <math.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "pde/tensor.h"
#include "sde/stretched.h"
#include "solvers/quadrature.h"

enum { POINTS = 5, OUTPUTS = FK_GRID_DIM + FK_GRID_DIM * FK_GRID_DIM };

typedef struct field {
    const fk_sde *sde;
    const fk_grid *grid;
    fk_program *program; /* b_i, then a_ij */
    double *scratch, node[POINTS], weight[POINTS];
} field;

static fk_status field_make(const fk_sde *sde, const fk_grid *grid, field *f)
{
    *f = (field){.sde = sde, .grid = grid};
    FK_TRY(fk_gauss_legendre(POINTS, f->node, f->weight));
    FK_TRY(fk_sde_flux_program(sde, &f->program));
    f->scratch = fk_doubles(fk_program_scratch(f->program));
    return f->scratch != NULL ? FK_OK : FK_ENOMEM;
}

static void field_clear(field *f)
{
    fk_program_free(f->program);
    free(f->scratch);
}

/* q_axis at x; NaN where a has no inverse. */
static double slope(const field *f, const double *x, size_t axis)
{
    double out[OUTPUTS], q[FK_GRID_DIM], rest[FK_GRID_DIM];
    fk_tensor t = {.dim = f->sde->dim};
    fk_program_point(f->program, 0.0, x, out, f->scratch);
    for (size_t i = 0; i < t.dim; i++) {
        t.b[i] = out[i];
        for (size_t j = 0; j < t.dim; j++)
            t.a[i][j] = out[t.dim + i * t.dim + j];
    }
    fk_tensor_drift(&t, q, rest);
    for (size_t i = 0; i < t.dim; i++)
        if (fabs(rest[i]) > 0.0)
            return (double)NAN;
    return q[axis];
}

/* int q_axis from the centre of a cell back to that of the cell before it */
static double step_back(const field *f, size_t cell, size_t axis)
{
    double x[FK_GRID_DIM], sum = 0.0;
    const double h = fk_axis_width(&f->grid->axis[axis]);
    fk_grid_centre(f->grid, cell, x);
    const double end = x[axis];
    for (size_t k = 0; k < POINTS; k++) {
        x[axis] = end - 0.5 * h * (1.0 - f->node[k]);
        sum += 0.5 * h * f->weight[k] * slope(f, x, axis);
    }
    return sum;
}

/* phi[cells], up to a constant. */
static fk_status exponent(const fk_sde *sde, const fk_domain *domain, double *phi,
                          bool *known)
{
    field f;
    const fk_grid *g = &domain->grid;
    const size_t cells = fk_grid_cells(g);
    const size_t stride[] = {1, g->axis[0].cells, g->axis[0].cells * g->axis[1].cells};
    const fk_status status = field_make(sde, g, &f);
    *known = status == FK_OK;
    phi[0] = 0.0;
    for (size_t c = 1; c < cells && *known; c++) {
        size_t index[FK_GRID_DIM], axis = 2;
        fk_grid_unravel(g, c, index);
        while (index[axis] == 0)
            axis--;
        phi[c] = phi[c - stride[axis]] + step_back(&f, c, axis);
        *known = isfinite(phi[c]);
    }
    field_clear(&f);
    return status;
}

fk_status fk_equilibrium_density(const fk_sde *sde, const fk_domain *domain, double *p,
                                 bool *known)
{
    const size_t cells = fk_grid_cells(&domain->grid);
    double most = -HUGE_VAL;
    fk_sde *framed;
    fk_domain even;
    FK_TRY(fk_stretched_frame(sde, domain, &framed, &even));
    const fk_status status = exponent(framed != NULL ? framed : sde, &even, p, known);
    fk_sde_free(framed);
    FK_TRY(status);
    for (size_t c = 0; c < cells; c++)
        most = fmax(most, p[c]);
    for (size_t c = 0; c < cells; c++)
        p[c] = exp(p[c] - most);
    const double mass = fk_density_mass(&domain->grid, p);
    for (size_t c = 0; c < cells; c++)
        p[c] /= mass;
    return FK_OK;
}
