#include "core/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *fk_alloc(size_t count, size_t size)
{
    if (size != 0 && count > (SIZE_MAX - FK_ALIGN) / size)
        return NULL;
    const size_t bytes = (count * size / FK_ALIGN + 1) * FK_ALIGN;
    void *block = aligned_alloc(FK_ALIGN, bytes);
    if (block != NULL)
        memset(block, 0, bytes);
    return block;
}
