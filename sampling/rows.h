/* Private to sampling/.
 * Pointers to the rows of an array x[n][FK_BLOCK], as the interfaces over
 * blocks take them, kept in scratch because n is any number. */
#ifndef FK_SAMPLING_ROWS_H
#define FK_SAMPLING_ROWS_H

#include <stddef.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"

/* n doubles, or a few more: a multiple of FK_ALIGN bytes. */
static inline size_t fk_padded(size_t n)
{
    const size_t line = FK_ALIGN / sizeof(double);
    return (n + line - 1) / line * line;
}

/* Doubles of scratch for n pointers. */
static inline size_t fk_rows_scratch(size_t n)
{
    return fk_padded(n * sizeof(double *) / sizeof(double));
}

static inline double **fk_rows(double *x, size_t n, double *scratch)
{
    double **row = (double **)(void *)scratch;
    for (size_t i = 0; i < n; i++)
        row[i] = x + i * FK_BLOCK;
    return row;
}

/* States x[dim][FK_BLOCK] that a scheme works with, with pointers to their rows. */
static inline size_t fk_state_scratch(size_t dim)
{
    return dim * FK_BLOCK + fk_rows_scratch(dim);
}

/* The state at the front of *scratch, which is moved behind it. */
static inline double *const *fk_state_carve(size_t dim, double **scratch)
{
    double *const x = *scratch, *const pointers = x + dim * FK_BLOCK;
    *scratch = pointers + fk_rows_scratch(dim);
    return fk_rows(x, dim, pointers);
}

static inline void fk_state_copy(size_t dim, double *const *from, double *const *to)
{
    for (size_t i = 0; i < dim; i++)
        memcpy(to[i], from[i], FK_BLOCK * sizeof *to[i]);
}

#endif
