#include "sde/process.h"

/* X_t = X_0 + t Z: alpha = 1, sigma = t */
const fk_process fk_process_edm = {
    .name = "edm",
    .summary = "noise whose standard deviation is the time, for generative models",
    .equation = "dX = sqrt(2 t) dW",
    .reference = "karras-2022",
    .dim = 0,
    .drift = {"0"},
    .noise = {{"sqrt(2*t)"}},
};
