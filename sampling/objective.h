/* What a score network minimises: the mean over points of a function of its estimate e^ of
 * E[e | x] (sde/noising.h).  All have the score itself as their minimiser. */
#ifndef FK_SAMPLING_OBJECTIVE_H
#define FK_SAMPLING_OBJECTIVE_H

#include <stddef.h>

#include "sde/noising.h"

typedef struct fk_objective_point {
    const fk_noising *noising;
    size_t k;         /* time */
    const double *A;  /* [dim][dim] the weight there */
    const double *e;  /* [dim] the noise that made x */
    const double *e_; /* [dim] the network's estimate of E[e | x] */
    const double *v;  /* [dim] signs; with tangents alone, as is */
    const double *Jv; /* [dim] dF/dz R^-1 L v */
} fk_objective_point;

typedef struct fk_objective {
    const char *name, *summary, *reference;
    size_t tangents; /* that each point carries: 0 or 1 */

    /* A[dim][dim] >= 0 at time k. */
    void (*weight)(const fk_noising *n, size_t k, double *A);
    /* The function, with its derivatives by F and by Jv. */
    double (*at)(const fk_objective_point *p, double *dF, double *dJv);
} fk_objective;

extern const fk_objective *const fk_objectives[];        /* NULL-terminated */
const fk_objective *fk_objective_find(const char *name); /* NULL: none */

/* For objectives: (e^ - e)^T A (e^ - e), and A = 1/c^2, which asks for the same relative
 * accuracy at all times. */
double fk_objective_quadratic(const fk_objective_point *p, double *dF, double *dJv);
void fk_objective_even(const fk_noising *n, size_t k, double *A);

#endif
