#include "sampling/increments.h"

#include <math.h>

#include "core/block.h"

FK_CLONES static void join(size_t n, const double *restrict first,
                           const double *restrict second, double *restrict z)
{
    for (size_t j = 0; j < n; j++)
        z[j] = (first[j] + second[j]) * M_SQRT1_2;
}

void fk_increments_split(size_t n, const double *z, double *first, double *second)
{
    for (size_t j = 0; j < n * FK_BLOCK; j++) {
        const double between = second[j];
        first[j] = (z[j] + between) * M_SQRT1_2;
        second[j] = (z[j] - between) * M_SQRT1_2;
    }
}

void fk_increments_join(size_t n, const double *first, const double *second, double *z)
{
    join(n * FK_BLOCK, first, second, z);
}
