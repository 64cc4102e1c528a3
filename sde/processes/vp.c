#include "sde/process.h"

const fk_process fk_process_vp = {
    .name = "vp",
    .summary = "variance-preserving diffusion of generative models",
    .equation = "dX = -1/2 beta(t) X dt + sqrt(beta(t)) dW",
    .reference = "song-2021",
    .dim = 0,
    .drift = {"-beta*X/2"},
    .noise = {{"sqrt(beta)"}},
    .parameter =
        {
            {"beta_min", "0.1", "beta at t = 0 [1/time]"},
            {"beta_max", "20", "beta at t = 1 [1/time]"},
            {"beta", "beta_min + (beta_max - beta_min)*t",
             "rate of noise, an expression of t [1/time]"},
            {NULL, NULL, NULL},
        },
};
