/* Private to sampling/.
 * Pointers to the rows of an array x[n][FK_BLOCK], as the interfaces over
 * blocks take them, kept in scratch because n is any number. */
#ifndef FK_SAMPLING_ROWS_H
#define FK_SAMPLING_ROWS_H

#include <stddef.h>

#include "core/block.h"
#include "core/memory.h"

/* Doubles of scratch for n pointers, a multiple of FK_ALIGN bytes. */
static inline size_t fk_rows_scratch(size_t n)
{
    const size_t bytes = (n * sizeof(double *) + FK_ALIGN - 1) / FK_ALIGN * FK_ALIGN;
    return bytes / sizeof(double);
}

static inline double **fk_rows(double *x, size_t n, double *scratch)
{
    double **row = (double **)(void *)scratch;
    for (size_t i = 0; i < n; i++)
        row[i] = x + i * FK_BLOCK;
    return row;
}

#endif
