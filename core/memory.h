/* Arrays of double and other blocks: overflow-checked, aligned to a cache line. */
#ifndef FK_CORE_MEMORY_H
#define FK_CORE_MEMORY_H

#include <stddef.h>

enum { FK_ALIGN = 64 }; /* bytes: a cache line, and an AVX-512 register */

/* count * size bytes set to zero, aligned to FK_ALIGN; NULL when there is no memory
 * or the product overflows.  count == 0 gives a block that may be freed.  End with
 * free(). */
void *fk_alloc(size_t count, size_t size);

static inline double *fk_doubles(size_t n)
{
    return fk_alloc(n, sizeof(double));
}

#endif
