#include "sde/law.h"

#include <stdlib.h>

#include "sde/law_kind.h"

void fk_law_free(fk_law *law)
{
    if (law != NULL)
        law->free(law);
}

size_t fk_law_dim(const fk_law *law)
{
    return law->dim;
}

void fk_law_draw(const fk_law *law, uint64_t seed, fk_purpose purpose, uint64_t first,
                 double *const *x)
{
    fk_streams streams;
    fk_streams_seed(&streams, seed, purpose, first);
    law->draw(law, &streams, x);
}

fk_status fk_law_project(const fk_law *law, const fk_grid *g, double *p,
                         double *outside)
{
    double beyond;
    return law->project(law, g, p, outside != NULL ? outside : &beyond);
}

fk_status fk_law_moments(const fk_law *law, double *mean, double *cov)
{
    return law->moments(law, mean, cov);
}

const fk_mixture *fk_law_mixture(const fk_law *law)
{
    return law->mixture;
}

double fk_law_stated_mass(const fk_law *law)
{
    return law->stated_mass;
}

size_t fk_law_choose(const double *cumulative, size_t n, double u)
{
    size_t low = 0, high = n; /* cumulative[low] <= u < cumulative[high] */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (cumulative[middle] <= u)
            low = middle;
        else
            high = middle;
    }
    return low;
}
