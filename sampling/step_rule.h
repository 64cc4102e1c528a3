/* Private to sampling/.
 * The rows of normals that a step takes as points with weights: a product of rules of one
 * row each, Gauss and Hermite's for Gaussian rows, the law itself for others.
 *
 *     E u(z) = sum_p weight_p u(z_p) */
#ifndef FK_SAMPLING_STEP_RULE_H
#define FK_SAMPLING_STEP_RULE_H

#include <stddef.h>

#include "core/status.h"
#include "sampling/scheme.h"

enum { FK_RULE_NODES = 128 };

typedef struct fk_row_rule {
    size_t n;
    double node[FK_RULE_NODES], weight[FK_RULE_NODES];
} fk_row_rule;

typedef struct fk_step_rule {
    size_t rows, increments, points; /* increments: how many of the rows are such */
    fk_row_rule increment, further;
} fk_step_rule;

/* Of a scheme compiled for an SDE and tuned; nodes: of a Gaussian row, 1 to
 * FK_RULE_NODES.  With signs for increments, further rows are signs too.  FK_ELIMIT with a
 * sentence beyond 1e7 points. */
FK_NODISCARD fk_status fk_step_rule_make(const fk_scheme *scheme,
                                         const fk_stepper *stepper, const fk_sde *sde,
                                         fk_increments kind, size_t nodes,
                                         fk_step_rule *out, fk_message *message);

/* Point p < points: z[row] of it, and its weight. */
double fk_step_rule_point(const fk_step_rule *r, size_t p, double *z);

#endif
