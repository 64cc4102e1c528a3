/* Sums over a basis in any points, and projections back: products with its rows, a block
 * of points at a time. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/basis.h"

FK_CLONES
static void add(size_t n, double factor, const double *restrict in,
                double *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] += factor * in[i];
}

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

typedef double block_row[FK_BLOCK];

/* points[k][inner] += sum_m row[m][k] modes[m][inner], k < n */
static void sum_block(size_t modes, size_t n, size_t inner, const block_row *row,
                      const double *in, double *out)
{
    for (size_t m = 0; inner == 1 && m < modes; m++)
        add(n, in[m], row[m], out);
    for (size_t k = 0; inner > 1 && k < n; k++)
        for (size_t m = 0; m < modes; m++)
            add(inner, row[m][k], in + m * inner, out + k * inner);
}

/* modes[m][inner] += sum_k row[m][k] points[k][inner] */
static void project_block(size_t modes, size_t n, size_t inner, const block_row *row,
                          const double *in, double *out)
{
    for (size_t m = 0; m < modes; m++)
        for (size_t k = 0; inner > 1 && k < n; k++)
            add(inner, row[m][k], in + k * inner, out + m * inner);
    for (size_t m = 0; inner == 1 && m < modes; m++)
        out[m] += dot(n, row[m], in);
}

typedef void block_work(size_t modes, size_t n, size_t inner, const block_row *row,
                        const double *in, double *out);

/* The work on all blocks; in and out advance by these numbers a point and an outer. */
static fk_status by_blocks(const fk_basis *b, fk_basis_form form, double h, size_t n,
                           const double *x, size_t inner, size_t outer,
                           const double *in, double *out, block_work *work)
{
    block_row *row = fk_alloc(b->modes, sizeof *row);
    if (row == NULL)
        return FK_ENOMEM;
    const bool sums = work == sum_block;
    memset(out, 0, outer * inner * (sums ? n : b->modes) * sizeof *out);
    for (size_t first = 0; first < n; first += FK_BLOCK) {
        const size_t some = n - first < FK_BLOCK ? n - first : FK_BLOCK;
        fk_basis_rows(b, form, h, some, x + first, row);
        for (size_t o = 0; o < outer; o++) {
            const size_t mode = o * b->modes * inner, point = (o * n + first) * inner;
            work(b->modes, some, inner, (const block_row *)row,
                 in + (sums ? mode : point), out + (sums ? point : mode));
        }
    }
    free(row);
    return FK_OK;
}

fk_status fk_basis_sum(const fk_basis *b, fk_basis_form form, double h, size_t n,
                       const double *x, size_t inner, size_t outer, const double *modes,
                       double *points)
{
    return by_blocks(b, form, h, n, x, inner, outer, modes, points, sum_block);
}

fk_status fk_basis_project(const fk_basis *b, fk_basis_form form, double h, size_t n,
                           const double *x, size_t inner, size_t outer,
                           const double *points, double *modes)
{
    return by_blocks(b, form, h, n, x, inner, outer, points, modes, project_block);
}
