#include "sde/process.h"

/* The law of X_t = (1 - t) X_0 + t Z at each time: alpha = 1 - t, sigma = t.  Its probability
 * flow is the rectified flow of independent pairs, dx/dt = E[Z - X_0 | X_t = x]. */
const fk_process fk_process_rectified = {
    .name = "rectified",
    .summary = "straight lines from data to noise: flow matching, rectified flow",
    .equation = "dX = -X/(1 - t) dt + sqrt(2 t/(1 - t)) dW",
    .reference = "liu-gong-liu-2023",
    .before = 1.0,
    .dim = 0,
    .drift = {"-X/(1 - t)"},
    .noise = {{"sqrt(2*t/(1 - t))"}},
};
