/* One set of paths with several steps: h, h/2, h/4, ... from the same initial points along
 * the same Brownian paths.  What they differ by from the exact solution along these paths,
 * where it is known, shows the order of a scheme, E|X^h - X| = O(h^strong order) and
 * E phi(X^h) - E phi(X) = O(h^weak order); where it is not, what neighbouring levels differ
 * by does. */
#ifndef FK_SAMPLING_LEVELS_H
#define FK_SAMPLING_LEVELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "sampling/scheme.h"
#include "sde/law.h"
#include "sde/sde.h"

enum { FK_LEVELS_MOST = 16 };

typedef struct fk_levels_options {
    size_t count;  /* paths */
    size_t levels; /* 2 to FK_LEVELS_MOST */
    size_t steps;  /* of the coarsest level, >= 1 */
    bool exact;    /* compare with the exact solution where there is one */
    double start, end;
    uint64_t seed;
    const fk_scheme *scheme;
    fk_step_rules rules;
    fk_face_rules faces;
} fk_levels_options;

/* A mean over the paths and its standard error. */
typedef struct fk_estimate {
    double mean, error;
} fk_estimate;

/* Level l against its reference, d = X^l - X at the end, where X is the exact solution or
 * that of level l + 1; states of paths that were absorbed are where they ended. */
typedef struct fk_level_pair {
    double step;          /* of level l */
    fk_estimate distance; /* |d|, Euclidean */
    fk_estimate *mean;    /* [dim] d_i */
    fk_estimate *square;  /* [dim] X_i^2 of level l minus that of its reference */
} fk_level_pair;

typedef struct fk_levels {
    size_t dim, n_pairs;
    fk_level_pair *pair;  /* [n_pairs], coarse to fine; the finest only if exact */
    fk_level_pair finest; /* the finest level against zero: its own moments */
    bool exact;           /* the reference is the exact solution */
    fk_message why;       /* otherwise: a clause why it is not, if it was asked for */
} fk_levels;

/* domain NULL: free space, in which alone exact solutions are known.  FK_EDOMAIN with a sentence if the scheme refuses the SDE, if
 * stable noise has alpha < 2, or if a path becomes not finite; FK_EINTERRUPTED.  *out is empty after a failure. */
FK_NODISCARD fk_status fk_levels_run(const fk_sde *sde, const fk_domain *domain,
                                     const fk_law *law, const fk_levels_options *o,
                                     const fk_progress *progress, fk_levels *out,
                                     fk_message *message);
void fk_levels_clear(fk_levels *l); /* accepts one of zeros */

#endif
