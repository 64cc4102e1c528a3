/* Private to sampling/.
 * The faces of a domain as a block of particles meets them: where a step led beyond a face
 * or touched one on its way, it is sent back, wrapped or ended. */
#ifndef FK_SAMPLING_ENCLOSURE_H
#define FK_SAMPLING_ENCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "sampling/bridge.h"
#include "sampling/partial.h"
#include "sampling/reflection.h"
#include "sampling/scheme.h"
#include "sde/sde.h"
#include "sde/walls.h"

typedef struct fk_enclosure {
    const fk_domain *domain; /* borrowed; NULL: free space, nothing to meet */
    bool folds;              /* some face sends back or wraps */
    bool absorbs; /* some face ends paths: the state before a step is needed */
    bool bridges; /* between steps too */
    fk_reflection reflection;
    fk_partial partial;
    fk_bridge bridge;
    fk_walls *walls; /* owned; NULL: at rest */
} fk_enclosure;

FK_NODISCARD fk_status fk_enclosure_init(fk_enclosure *e, const fk_sde *sde,
                                         const fk_domain *domain, fk_face_rules rules);
void fk_enclosure_clear(fk_enclosure *e); /* accepts one of zeros */

size_t fk_enclosure_draws(const fk_enclosure *e); /* rows of N(0, 1) a step */
size_t fk_enclosure_scratch(const fk_enclosure *e);

/* Initial states x[dim][FK_BLOCK] at time t; fills status[FK_BLOCK]. */
void fk_enclosure_enter(const fk_enclosure *e, double t, double *const *x,
                        uint8_t *status, double *scratch);

/* A step that led from old[dim][FK_BLOCK] at t (not read unless some face absorbs) to x at
 * t + h, with z[draws][FK_BLOCK]. */
void fk_enclosure_meet(const fk_enclosure *e, double t, double h, const double *z,
                       const double *const *old, double *const *x, uint8_t *status,
                       double *scratch);

/* The same for a jump at t, which has no way between its ends; no face absorbs in part. */
void fk_enclosure_land(const fk_enclosure *e, double t, const double *const *old,
                       double *const *x, uint8_t *status, double *scratch);

#endif
