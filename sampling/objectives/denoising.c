#include "sampling/objective.h"

/* |e^ - e|^2 / c^2: its mean is the error of the score, E|L^T (s^ - s)|^2 / c^2, and what
 * no network can undercut. */
const fk_objective fk_objective_denoising = {
    .name = "denoising",
    .summary = "tell the noise that was added; relative accuracy alike at all times",
    .reference = "vincent-2011",
    .weight = fk_objective_even,
    .at = fk_objective_quadratic,
};
