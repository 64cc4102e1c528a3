/* Private to pde/.
 * What partial faces take: J . n = kappa p, kappa a function of place and time. */
#ifndef FK_PDE_REACTIVITY_H
#define FK_PDE_REACTIVITY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"
#include "pde/coefficients.h"
#include "pde/direction.h"
#include "sde/sde.h"

typedef struct fk_reactivity {
    size_t n, dim;
    size_t axis[2 * FK_GRID_DIM], side[2 * FK_GRID_DIM]; /* of partial faces */
    bool steady;                                         /* free of t */
    fk_program *kappa; /* of each; NULL if there are none */
} fk_reactivity;

FK_NODISCARD fk_status fk_reactivity_init(fk_reactivity *r, const fk_sde *sde,
                                          const fk_domain *domain);
void fk_reactivity_clear(fk_reactivity *r); /* accepts one of zeros */
size_t fk_reactivity_scratch(const fk_reactivity *r);

/* kappa[k] of those of the exits that lead through partial faces, 0 elsewhere, at time t
 * and the faces' middles.  FK_EDOMAIN: negative or not finite, *fault is the face's place
 * in the block.  Safe from many threads. */
FK_NODISCARD fk_status fk_reactivity_eval(const fk_reactivity *r, double t,
                                          const fk_exit *exit, const fk_faces *f,
                                          double *scratch, double *kappa,
                                          size_t *fault);

/* The sentence for a fault at time t and point x[dim]; FK_OK if there is none. */
FK_NODISCARD fk_status fk_reactivity_explain(const fk_reactivity *r, double t,
                                             const double *x, double *scratch,
                                             fk_message *message);

#endif
