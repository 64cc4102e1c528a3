/* Private to sampling/.
 * What the paths of an ensemble know of each other where the equation depends on its own
 * law: the mean values over those alive, the particles' <E_k>, and convolutions of the
 * counts in cells finer than the domain's.  Before a step from t_n they are taken anew and
 * continued through the step along the line from those of the step before,
 *
 *     m(t) = m_n + (t - t_n) (m_n - m_{n-1}) / (t_n - t_{n-1}),
 *
 * an error of second order in the step; in the first one they are constant.  Sums run over
 * slices of the blocks that depend on their number alone, then over the slices in order.
 * Who is beyond an open end counts in the cell there. */
#ifndef FK_SAMPLING_CROWD_H
#define FK_SAMPLING_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keep.h"
#include "core/status.h"
#include "sde/interaction.h"

typedef struct fk_crowd {
    fk_interaction of; /* without a field paths are independent, and nothing is below */
    size_t widest, n_threads, scratch_size;
    bool seen;       /* once at least */
    double *sum;     /* [slices][widest] */
    double *scratch; /* [n_threads][scratch_size] */
    uint64_t *count; /* [cells] for convolutions; NULL without */
    double *mass;    /* [cells] */
} fk_crowd;

/* Where the particles of block b are: x[dim][FK_BLOCK] and status[FK_BLOCK]. */
typedef struct fk_crowd_members {
    size_t count;
    const void *context;
    const double *(*x)(const void *context, size_t b);
    const uint8_t *(*status)(const void *context, size_t b);
} fk_crowd_members;

/* domain NULL: free space.  As fk_interaction_init. */
FK_NODISCARD fk_status fk_crowd_init(fk_crowd *c, const fk_sde *sde,
                                     const fk_domain *domain);

static inline bool fk_crowd_interacts(const fk_crowd *c)
{
    return c->of.field != NULL;
}
void fk_crowd_clear(fk_crowd *c); /* accepts one of zeros */

/* Takes the mean values at time t, later than the last one, for the steps that begin
 * there. */
void fk_crowd_look(fk_crowd *c, double t, const fk_crowd_members *m);

/* Saves or restores what has been seen. */
bool fk_crowd_keep(fk_crowd *c, const fk_keeper *keeper);

#endif
