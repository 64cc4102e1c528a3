/* Private to sampling/weighted*.c.
 * Weighted paths: what all groups read, and one group on its way. */
#ifndef FK_SAMPLING_WEIGHTED_PARTS_H
#define FK_SAMPLING_WEIGHTED_PARTS_H

#include <stdbool.h>

#include "sampling/walker.h"
#include "sampling/weight_rate.h"
#include "sampling/weighted.h"

/* Everything the threads read, and what each group leaves. */
typedef struct fk_weighted_job {
    const fk_recipe *recipe;
    const fk_weighted_options *o;
    const fk_progress *progress;
    fk_weighted_result *out;
    fk_score *score; /* S */
    fk_field field;
    fk_weight_rate rate;
    fk_powers_log *begin, *start; /* NULL: paths begin with weight 1 */
    size_t dim, blocks;           /* of a group */
    size_t scratch;               /* doubles, beside the walkers */
    double *log_mass;             /* [groups] */
    double *share;                /* [groups][n_times] */
    size_t *resamplings;          /* [groups] */
} fk_weighted_job;

/* One group on its way. */
typedef struct fk_weighted_group {
    size_t number;
    fk_walker *walker;    /* [blocks] */
    double **rows;        /* [blocks][dim] of their states */
    fk_streams *streams;  /* [blocks] */
    double *log_w;        /* [blocks][FK_BLOCK] */
    double *weight, *old; /* [count] */
    size_t *parent;       /* [count] */
    double *psi, *rest;
    double *memory;
} fk_weighted_group;

/* Memory for any group, one after the other; to be cleared after a failure too. */
FK_NODISCARD fk_status fk_weighted_place(const fk_weighted_job *s,
                                         fk_weighted_group *g);
void fk_weighted_clear(fk_weighted_group *g);

/* Group g->number from the last time to the first, into the result; whether all numbers were
 * finite.  Ends early, true, once *stop is set or the user asks, which sets it. */
bool fk_weighted_travel(const fk_weighted_job *s, fk_weighted_group *g, int *stop);

#endif
