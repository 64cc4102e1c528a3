#include "pde/stepper.h"

#include <string.h>

#define FK_PDE_STEPPER(name) extern const fk_pde_stepper fk_pde_stepper_##name;
#include "pde/steppers.def"
#undef FK_PDE_STEPPER

const fk_pde_stepper *const fk_pde_steppers[] = {
#define FK_PDE_STEPPER(name) &fk_pde_stepper_##name,
#include "pde/steppers.def"
#undef FK_PDE_STEPPER
    NULL,
};

const fk_pde_stepper *fk_pde_stepper_find(const char *name)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}

const fk_pde_stepper *fk_pde_stepper_choose(const fk_sde *sde, const fk_domain *domain,
                                            const fk_flux *flux, bool positive)
{
    const bool walls =
        fk_domain_has(domain, FK_REFLECTING) || fk_domain_absorbs(domain);
    if (flux->reach > 1)
        return &fk_pde_stepper_ssp_rk3;
    return walls && !positive && !fk_sde_diagonal(sde)
               ? &fk_pde_stepper_hundsdorfer_verwer
               : &fk_pde_stepper_tr_bdf2;
}

fk_status fk_pde_stepper_fits(const fk_pde_stepper *s, const fk_flux *flux, bool steady,
                              fk_message *message)
{
    if (flux->reach > 1 && !s->wide)
        return fk_fail(
            message, FK_EDOMAIN,
            "the stepper '%s' knows rates between two cells, but the flux '%s' "
            "looks at %zu: take ssp-rk3",
            s->name, flux->name, 2 * flux->reach);
    if (s->steady && !steady)
        return fk_fail(message, FK_EDOMAIN,
                       "the stepper '%s' needs drift and noise that are free of t",
                       s->name);
    return FK_OK;
}
