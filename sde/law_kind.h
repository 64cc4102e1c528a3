/* What every kind of law can do; private to sde/law*.c. */
#ifndef FK_SDE_LAW_KIND_H
#define FK_SDE_LAW_KIND_H

#include "sde/law.h"

/* Each kind begins with this. */
struct fk_law {
    size_t dim;
    double stated_mass;
    const fk_mixture *mixture; /* NULL if it is none */

    /* x[dim][FK_BLOCK] from fresh streams, one a particle */
    void (*draw)(const fk_law *law, fk_streams *streams, double *const *x);
    fk_status (*project)(const fk_law *law, const fk_grid *g, double *p,
                         double *outside);
    fk_status (*moments)(const fk_law *law, double *mean, double *cov);
    void (*free)(fk_law *law);
};

/* Largest i with cumulative[i] <= u < cumulative[i + 1]; cumulative[0] = 0,
 * cumulative[n] = 1, entries of width zero are never found. */
size_t fk_law_choose(const double *cumulative, size_t n, double u);

#endif
