#include "sde/weak_form.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"

const fk_expr *fk_weak_generator(const fk_sde *s, const fk_expr *phi)
{
    fk_expr_pool *pool = s->pool;
    const fk_expr *sum = fk_expr_diff(pool, phi, s->time);
    for (size_t i = 0; i < s->dim; i++) {
        const fk_expr *di = fk_expr_diff(pool, phi, s->variable[i]);
        sum = fk_expr_add(pool, sum, fk_expr_mul(pool, s->ito[i], di));
        for (size_t j = 0; j < s->dim; j++) {
            const fk_expr *dij = fk_expr_diff(pool, di, s->variable[j]);
            sum = fk_expr_add(pool, sum,
                              fk_expr_mul(pool, s->diffusion[i * s->dim + j], dij));
        }
    }
    return sum;
}

/* sum_j a_ij d_j u */
static const fk_expr *spread_gradient(const fk_sde *s, const fk_expr *u, size_t i)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t j = 0; j < s->dim; j++)
        sum = fk_expr_add(s->pool, sum,
                          fk_expr_mul(s->pool, s->diffusion[i * s->dim + j],
                                      fk_expr_diff(s->pool, u, s->variable[j])));
    return sum;
}

const fk_expr *fk_weak_current(const fk_sde *s, const fk_expr *p, size_t i)
{
    return fk_expr_sub(s->pool, fk_expr_mul(s->pool, s->flux_drift[i], p),
                       spread_gradient(s, p, i));
}

const fk_expr *fk_weak_adjoint(const fk_sde *s, const fk_expr *p)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t i = 0; i < s->dim; i++)
        sum = fk_expr_sub(
            s->pool, sum,
            fk_expr_diff(s->pool, fk_weak_current(s, p, i), s->variable[i]));
    return sum;
}

const fk_expr *fk_weak_boundary(const fk_sde *s, const fk_expr *p, const fk_expr *phi,
                                size_t i)
{
    return fk_expr_add(s->pool, fk_expr_mul(s->pool, phi, fk_weak_current(s, p, i)),
                       fk_expr_mul(s->pool, p, spread_gradient(s, phi, i)));
}

const fk_expr *fk_weak_spread(const fk_sde *s, const fk_expr *phi)
{
    const fk_expr *sum = fk_expr_number(s->pool, 0.0);
    for (size_t i = 0; i < s->dim; i++)
        sum =
            fk_expr_add(s->pool, sum,
                        fk_expr_mul(s->pool, fk_expr_diff(s->pool, phi, s->variable[i]),
                                    spread_gradient(s, phi, i)));
    return fk_expr_mul(s->pool, fk_expr_number(s->pool, 2.0), sum);
}

/* ---- integrals ---- */

/* Centres of a block of cells; x[dim][FK_BLOCK], padded with the last one. */
static size_t place(const fk_grid *g, size_t first, double *x)
{
    const size_t cells = fk_grid_cells(g);
    const size_t n = cells - first < FK_BLOCK ? cells - first : FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double centre[FK_GRID_DIM];
        fk_grid_centre(g, first + (j < n ? j : n - 1), centre);
        for (size_t i = 0; i < g->dim; i++)
            x[i * FK_BLOCK + j] = centre[i];
    }
    return n;
}

/* Sums over one block of cells, sum[n].  work: rows of points, of values, scratch. */
static void sum_block(const fk_program *program, size_t n, double t, const fk_grid *g,
                      size_t first, double *work, double *sum)
{
    const double *x[FK_GRID_DIM];
    double *out[FK_WEAK_INTEGRALS];
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        x[i] = work + i * FK_BLOCK;
    for (size_t k = 0; k < n; k++)
        out[k] = work + (FK_GRID_DIM + k) * FK_BLOCK;
    const size_t used = place(g, first, work);
    fk_program_run(program, t, x, out, work + (FK_GRID_DIM + n) * FK_BLOCK);
    for (size_t k = 0; k < n; k++) {
        sum[k] = 0.0;
        for (size_t j = 0; j < used; j++)
            sum[k] += out[k][j];
    }
}

/* Sum of every stride-th entry, by halves: rounding grows with the logarithm. */
static double pairwise(const double *v, size_t n, size_t stride)
{
    if (n == 1)
        return v[0];
    const size_t half = n / 2;
    return pairwise(v, half, stride) + pairwise(v + half * stride, n - half, stride);
}

static fk_status sum_all(const fk_program *program, size_t n, double t,
                         const fk_grid *g, double *out)
{
    const size_t blocks = (fk_grid_cells(g) + FK_BLOCK - 1) / FK_BLOCK;
    const size_t size = (FK_GRID_DIM + n) * FK_BLOCK + fk_program_scratch(program);
    double *sum = fk_doubles(blocks * n);
    int failed = sum == NULL;
#pragma omp parallel if (blocks > 64)
    {
        double *work = fk_doubles(size);
        if (work == NULL) {
#pragma omp atomic write
            failed = 1;
        }
#pragma omp for schedule(static)
        for (size_t b = 0; b < blocks; b++)
            if (work != NULL && sum != NULL)
                sum_block(program, n, t, g, b * FK_BLOCK, work, sum + b * n);
        free(work);
    }
    for (size_t k = 0; k < n && !failed; k++)
        out[k] = fk_grid_volume(g) * pairwise(sum + k, blocks, n);
    free(sum);
    return failed ? FK_ENOMEM : FK_OK;
}

fk_status fk_weak_integrals(const fk_sde *s, size_t n, const fk_expr *const *e,
                            double t, const fk_grid *g, double *out)
{
    const fk_binding binding = fk_sde_binding(s);
    fk_program *program;
    assert(n > 0 && n <= FK_WEAK_INTEGRALS && g->dim == s->dim);
    FK_TRY(fk_program_new(n, e, &binding, &program));
    const fk_status status = sum_all(program, n, t, g, out);
    fk_program_free(program);
    return status;
}
