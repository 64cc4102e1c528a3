#include "pde/flux.h"

#include <string.h>

#define FK_FLUX(name) extern const fk_flux fk_flux_##name;
#include "pde/fluxes.def"
#undef FK_FLUX

const fk_flux *const fk_fluxes[] = {
#define FK_FLUX(name) &fk_flux_##name,
#include "pde/fluxes.def"
#undef FK_FLUX
    NULL,
};

const fk_flux *fk_flux_find(const char *name)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        if (strcmp((*f)->name, name) == 0)
            return *f;
    return NULL;
}
