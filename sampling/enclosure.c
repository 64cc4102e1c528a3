#include "sampling/enclosure.h"

#include <string.h>

#include "sampling/boundary.h"

static bool any_face(const fk_domain *d, bool (*is)(fk_boundary))
{
    for (size_t i = 0; i < d->grid.dim; i++)
        if (is(d->face[i][0]) || is(d->face[i][1]))
            return true;
    return false;
}

static bool folds(fk_boundary b)
{
    return fk_boundary_reflects(b) || b == FK_PERIODIC;
}

fk_status fk_enclosure_init(fk_enclosure *e, const fk_sde *sde, const fk_domain *domain,
                            fk_face_rules rules)
{
    *e = (fk_enclosure){.domain = domain};
    if (domain == NULL)
        return FK_OK;
    e->folds = any_face(domain, folds);
    e->absorbs = any_face(domain, fk_boundary_absorbs);
    e->bridges = rules.bridge && sde->noises > 0 && fk_domain_has(domain, FK_ABSORBING);
    if (fk_domain_moves(domain))
        FK_TRY(fk_walls_new(sde, domain, &e->walls));
    FK_TRY(fk_reflection_init(&e->reflection, sde, domain, rules.project));
    FK_TRY(fk_partial_init(&e->partial, sde, domain, rules.bridge));
    return e->bridges ? fk_bridge_init(&e->bridge, sde, domain) : FK_OK;
}

void fk_enclosure_clear(fk_enclosure *e)
{
    fk_reflection_clear(&e->reflection);
    fk_partial_clear(&e->partial);
    fk_bridge_clear(&e->bridge);
    fk_walls_free(e->walls);
    *e = (fk_enclosure){0};
}

size_t fk_enclosure_draws(const fk_enclosure *e)
{
    return fk_partial_draws(&e->partial) + fk_bridge_draws(&e->bridge);
}

/* Who ends on a partial face, then in turn the three parts'. */
enum { ENDS = FK_BLOCK / sizeof(double) };

size_t fk_enclosure_scratch(const fk_enclosure *e)
{
    if (e->domain == NULL)
        return 0;
    const size_t turn[] = {fk_reflection_scratch(&e->reflection),
                           fk_partial_scratch(&e->partial),
                           e->bridges ? fk_bridge_scratch(&e->bridge) : 0,
                           e->walls != NULL ? fk_walls_scratch(e->walls) : 0};
    size_t most = 0;
    for (size_t k = 0; k < sizeof turn / sizeof *turn; k++)
        most = turn[k] > most ? turn[k] : most;
    return ENDS + most;
}

/* The domain at time t. */
static fk_domain domain_at(const fk_enclosure *e, double t, double *scratch)
{
    if (e->walls == NULL)
        return *e->domain;
    const fk_walls_now now = fk_walls_at(e->walls, t, scratch);
    return fk_walls_domain(e->domain, &now);
}

static void fold(const fk_enclosure *e, const fk_domain *d, double t, double *const *x,
                 double *scratch)
{
    if (e->reflection.n_axes > 0)
        fk_reflection_apply(&e->reflection, d, t, x, scratch);
    if (e->folds)
        fk_boundary_fold(d, x);
}

void fk_enclosure_enter(const fk_enclosure *e, double t, double *const *x,
                        uint8_t *status, double *scratch)
{
    const fk_domain d = domain_at(e, t, scratch);
    memset(status, FK_ALIVE, FK_BLOCK);
    fold(e, &d, t, x, scratch);
    if (e->absorbs)
        fk_boundary_absorb(&d, (const double *const *)x, x, status);
}

void fk_enclosure_meet(const fk_enclosure *e, double t, double h, const double *z,
                       const double *const *old, double *const *x, uint8_t *status,
                       double *scratch)
{
    uint8_t *ends = (uint8_t *)(void *)scratch;
    scratch += ENDS;
    const fk_domain from = domain_at(e, t, scratch), to = domain_at(e, t + h, scratch);
    if (e->partial.n > 0)
        fk_partial_push(&e->partial, &from, &to, t, h, z, old, x, ends, scratch);
    fold(e, &to, t + h, x, scratch);
    if (e->absorbs)
        fk_boundary_absorb(&to, old, x, status);
    if (e->partial.n > 0)
        fk_partial_absorb(&e->partial, &to, ends, x, status);
    if (e->bridges)
        fk_bridge_absorb(&e->bridge, &from, &to, t, h,
                         z + fk_partial_draws(&e->partial) * FK_BLOCK, old, x, status,
                         scratch);
}

void fk_enclosure_land(const fk_enclosure *e, double t, const double *const *old,
                       double *const *x, uint8_t *status, double *scratch)
{
    if (e->domain == NULL)
        return;
    const fk_domain d = domain_at(e, t, scratch);
    fold(e, &d, t, x, scratch);
    if (e->absorbs)
        fk_boundary_absorb(&d, old, x, status);
}
