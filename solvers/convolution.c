#include "solvers/convolution.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/quadrature.h"

/* An axis of n cells is wound to a circle of n displacements if it is periodic, else of 2 n
 * with as many masses of zero: corner minus cell is -(n - 1) .. n. */
struct fk_convolution {
    fk_grid g;
    bool periodic[FK_GRID_DIM];
    size_t length[FK_GRID_DIM]; /* of the circles; 1 beyond the axes */
    size_t size, modes;         /* numbers and complex numbers of a transform */
    fftw_plan forth, back;
    double *field;             /* [size] */
    fftw_complex *mass, *work; /* [modes] */
    fftw_complex *kernel;      /* [n_kernels][modes] over the size */
};

/* ---- the kernels ---- */

/* Points in a cell along each axis, 1 to 3 variables. */
static const size_t POINTS[] = {0, 8, 4, 2};

typedef struct average {
    size_t points, all; /* along an axis; points^dim */
    double node[8], weight[8];
    size_t used; /* of the block */
    double *x[FK_GRID_DIM], *value;
} average;

/* Displacement along an axis at the number j on its circle: corner minus a point of the
 * cell, from (j - 1) h to j h. */
static double displacement(const fk_convolution *c, size_t axis, size_t j, double node)
{
    const fk_axis *a = &c->g.axis[axis];
    const double n = (double)c->length[axis], h = fk_axis_width(a);
    double at = (double)j - 0.5 + 0.5 * node;
    if (at > 0.5 * n)
        at -= n;
    return at * h;
}

static void place_point(const fk_convolution *c, const average *a, size_t index,
                        size_t point, size_t slot)
{
    for (size_t i = 0; i < c->g.dim; i++) {
        a->x[i][slot] =
            displacement(c, i, index % c->length[i], a->node[point % a->points]);
        index /= c->length[i];
        point /= a->points;
    }
}

static double weight_of(const fk_convolution *c, const average *a, size_t point)
{
    double w = 1.0;
    for (size_t i = 0; i < c->g.dim; i++, point /= a->points)
        w *= 0.5 * a->weight[point % a->points];
    return w;
}

/* Means of output k over the cells, to c->field. */
static fk_status average_kernel(fk_convolution *c, average *a,
                                const fk_program *kernels, double *const *out,
                                double *scratch)
{
    const size_t at_once = FK_BLOCK / a->all;
    const double *const x[FK_GRID_DIM] = {a->x[0], a->x[1], a->x[2]};
    for (size_t first = 0; first < c->size; first += at_once) {
        for (size_t s = 0; s < FK_BLOCK; s++) {
            const size_t index = first + s / a->all;
            place_point(c, a, index < c->size ? index : first, s % a->all, s);
        }
        fk_program_run(kernels, 0.0, x, out, scratch);
        for (size_t k = 0; k < at_once && first + k < c->size; k++) {
            double mean = 0.0;
            for (size_t p = 0; p < a->all; p++)
                mean += weight_of(c, a, p) * a->value[k * a->all + p];
            if (!isfinite(mean))
                return FK_EDOMAIN;
            c->field[first + k] = mean;
        }
    }
    return FK_OK;
}

static fk_status transform_kernels(fk_convolution *c, size_t n,
                                   const fk_program *kernels)
{
    average a = {.points = POINTS[c->g.dim], .all = 1};
    for (size_t i = 0; i < c->g.dim; i++)
        a.all *= a.points;
    FK_TRY(fk_gauss_legendre(a.points, a.node, a.weight));
    double *rows =
        fk_doubles((FK_GRID_DIM + 1) * FK_BLOCK + fk_program_scratch(kernels));
    double **out = calloc(n, sizeof *out);
    fk_status status = rows == NULL || out == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; rows != NULL && i < FK_GRID_DIM; i++)
        a.x[i] = rows + i * FK_BLOCK;
    a.value = rows + FK_GRID_DIM * FK_BLOCK;
    for (size_t k = 0; status == FK_OK && k < n; k++) {
        out[k] = a.value;
        status = average_kernel(c, &a, kernels, out, a.value + FK_BLOCK);
        out[k] = NULL;
        fftw_execute_dft_r2c(c->forth, c->field, c->kernel + k * c->modes);
        for (size_t m = 0; m < c->modes; m++)
            c->kernel[k * c->modes + m] /= (double)c->size;
    }
    free(rows);
    free(out);
    return status;
}

/* ---- making ---- */

/* FFTW counts the slowest axis first; its planner is one for all threads. */
static fk_status plan(fk_convolution *c)
{
    const size_t dim = c->g.dim;
    int n[FK_GRID_DIM];
    for (size_t i = 0; i < dim; i++)
        n[dim - 1 - i] = (int)c->length[i];
#pragma omp critical(fk_fftw_planner)
    {
        c->forth = fftw_plan_dft_r2c((int)dim, n, c->field, c->mass, FFTW_ESTIMATE);
        c->back = fftw_plan_dft_c2r((int)dim, n, c->work, c->field, FFTW_ESTIMATE);
    }
    return c->forth != NULL && c->back != NULL ? FK_OK : FK_ENOMEM;
}

static fk_status build(fk_convolution *c, size_t n_kernels, const fk_program *kernels)
{
    c->size = c->modes = 1;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        const size_t n = c->g.axis[i].cells;
        c->length[i] = i >= c->g.dim ? 1 : c->periodic[i] ? n : 2 * n;
        c->size *= c->length[i];
        c->modes *= i == 0 ? c->length[i] / 2 + 1 : c->length[i];
    }
    c->field = fk_doubles(c->size);
    c->mass = fk_alloc(c->modes, sizeof *c->mass);
    c->work = fk_alloc(c->modes, sizeof *c->work);
    c->kernel = fk_alloc(n_kernels * c->modes, sizeof *c->kernel);
    if (c->field == NULL || c->mass == NULL || c->work == NULL || c->kernel == NULL)
        return FK_ENOMEM;
    FK_TRY(plan(c));
    return transform_kernels(c, n_kernels, kernels);
}

fk_status fk_convolution_new(const fk_grid *g, const bool periodic[FK_GRID_DIM],
                             size_t n_kernels, const fk_program *kernels,
                             fk_convolution **out)
{
    *out = NULL;
    fk_convolution *c = calloc(1, sizeof *c);
    if (c == NULL)
        return FK_ENOMEM;
    c->g = *g;
    memcpy(c->periodic, periodic, sizeof c->periodic);
    const fk_status status = build(c, n_kernels, kernels);
    if (status == FK_OK)
        *out = c;
    else
        fk_convolution_free(c);
    return status;
}

void fk_convolution_free(fk_convolution *c)
{
    if (c == NULL)
        return;
#pragma omp critical(fk_fftw_planner)
    {
        fftw_destroy_plan(c->forth);
        fftw_destroy_plan(c->back);
    }
    free(c->field);
    free(c->mass);
    free(c->work);
    free(c->kernel);
    free(c);
}

/* ---- using ---- */

void fk_convolution_load(fk_convolution *c, const double *mass)
{
    const size_t *n = c->length, row = c->g.axis[0].cells;
    memset(c->field, 0, c->size * sizeof *c->field);
    for (size_t k = 0; k < c->g.axis[2].cells; k++)
        for (size_t j = 0; j < c->g.axis[1].cells; j++, mass += row)
            memcpy(c->field + n[0] * (j + n[1] * k), mass, row * sizeof *mass);
    fftw_execute_dft_r2c(c->forth, c->field, c->mass);
}

/* Corners of an axis, one cell wide beyond the axes; the last of a circle is the first. */
static size_t corners(const fk_convolution *c, size_t axis)
{
    return axis < c->g.dim ? c->g.axis[axis].cells + 1 : 1;
}

void fk_convolution_apply(fk_convolution *c, size_t k, double *corner)
{
    const size_t *n = c->length;
    const fftw_complex *kernel = c->kernel + k * c->modes;
    for (size_t m = 0; m < c->modes; m++)
        c->work[m] = kernel[m] * c->mass[m];
    fftw_execute_dft_c2r(c->back, c->work, c->field);
    for (size_t z = 0; z < corners(c, 2); z++)
        for (size_t y = 0; y < corners(c, 1); y++)
            for (size_t x = 0; x < corners(c, 0); x++)
                *corner++ = c->field[x % n[0] + n[0] * (y % n[1] + n[1] * (z % n[2]))];
}
