#include "sde/law.h"

#include <stdlib.h>

#include "core/memory.h"
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

fk_status fk_law_draw_points(const fk_law *law, uint64_t seed, fk_purpose purpose,
                             size_t n, double *x)
{
    const size_t d = fk_law_dim(law);
    double *block = fk_doubles(d * FK_BLOCK), **row = fk_alloc(d, sizeof *row);
    const fk_status status = block == NULL || row == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; i < d && status == FK_OK; i++)
        row[i] = block + i * FK_BLOCK;
    for (size_t first = 0; first < n && status == FK_OK; first += FK_BLOCK) {
        fk_law_draw(law, seed, purpose, first, row);
        for (size_t j = 0; j < FK_BLOCK && first + j < n; j++)
            for (size_t i = 0; i < d; i++)
                x[(first + j) * d + i] = row[i][j];
    }
    free(block);
    free(row);
    return status;
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
