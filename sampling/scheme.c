#include "sampling/scheme.h"

#include <math.h>
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

const char *const fk_increments_name[FK_INCREMENTS + 1] = {
    [FK_GAUSSIAN] = "gaussian",
    [FK_THREE_POINT] = "three-point",
    [FK_RADEMACHER] = "rademacher",
};

const char *fk_noise_kind_text(fk_noise_kind k)
{
    static const char *const text[] = {
        [FK_ANY_NOISE] = "any",
        [FK_COMMUTATIVE_NOISE] = "noises that commute",
        [FK_OWN_NOISE] = "noises that drive variables of their own",
        [FK_ADDITIVE_NOISE] = "free of the variables",
        [FK_CONSTANT_NOISE] = "constant",
        [FK_NO_NOISE] = "none",
        [FK_PROCESS_NOISE] = "that of these processes",
    };
    return text[k];
}

double fk_scheme_strong_order(const fk_scheme *s, const fk_sde *sde)
{
    const double order =
        fk_sde_interacts(sde) ? fmin(s->strong_order, 2.0) : s->strong_order;
    return sde->n_jumps > 0 ? fmin(order, 0.5) : order;
}

double fk_scheme_weak_order(const fk_scheme *s, const fk_sde *sde,
                            const fk_domain *domain, fk_face_rules rules)
{
    const bool absorbs = domain != NULL && fk_domain_absorbs(domain);
    const bool reflects = domain != NULL && fk_domain_has(domain, FK_REFLECTING);
    const bool flies = sde->n_stables > 0;
    if ((absorbs && (!rules.bridge || flies)) || (reflects && rules.project))
        return 0.5;
    if (absorbs || reflects || flies)
        return fmin(s->weak_order, 1.0);
    const bool second =
        sde->n_jumps > 0 || sde->killing != NULL || fk_sde_interacts(sde);
    return second ? fmin(s->weak_order, 2.0) : s->weak_order;
}

const fk_scheme *fk_scheme_find(const char *name)
{
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}
