#include "sampling/expectation.h"

#include <string.h>

#define FK_ESTIMATOR(name) extern const fk_estimator fk_estimator_##name;
#include "sampling/estimators.def"
#undef FK_ESTIMATOR

const fk_estimator *const fk_estimators[] = {
#define FK_ESTIMATOR(name) &fk_estimator_##name,
#include "sampling/estimators.def"
#undef FK_ESTIMATOR
    NULL,
};

const fk_estimator *fk_estimator_find(const char *name)
{
    for (const fk_estimator *const *e = fk_estimators; *e != NULL; e++)
        if (strcmp((*e)->name, name) == 0)
            return *e;
    return NULL;
}
