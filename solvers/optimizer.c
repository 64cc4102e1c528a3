#include "solvers/optimizer.h"

#include <string.h>

#define FK_OPTIMIZER(name) extern const fk_optimizer fk_optimizer_##name;
#include "solvers/optimizers.def"
#undef FK_OPTIMIZER

const fk_optimizer *const fk_optimizers[] = {
#define FK_OPTIMIZER(name) &fk_optimizer_##name,
#include "solvers/optimizers.def"
#undef FK_OPTIMIZER
    NULL,
};

const fk_optimizer *fk_optimizer_find(const char *name)
{
    for (const fk_optimizer *const *o = fk_optimizers; *o != NULL; o++)
        if (strcmp((*o)->name, name) == 0)
            return *o;
    return NULL;
}
