#include "sampling/scheme.h"

#include <string.h>

#define FK_SCHEME(name) extern const fk_scheme fk_scheme_##name;
#include "sampling/schemes.def"
#undef FK_SCHEME

const fk_scheme *const fk_schemes[] = {
#define FK_SCHEME(name) &fk_scheme_##name,
#include "sampling/schemes.def"
#undef FK_SCHEME
    NULL,
};

const fk_scheme *fk_scheme_find(const char *name)
{
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}
