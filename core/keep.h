/* State that can be put away and taken back: an object names its bytes once, in one
 * function, which saves it or restores it as the keeper's move() writes or reads. */
#ifndef FK_CORE_KEEP_H
#define FK_CORE_KEEP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fk_keeper {
    bool (*move)(void *context, void *bytes, size_t n); /* false: it failed */
    void *context;
} fk_keeper;

static inline bool fk_keep(const fk_keeper *k, void *bytes, size_t n)
{
    return k->move(k->context, bytes, n);
}

#endif
