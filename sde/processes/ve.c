#include "sde/process.h"

const fk_process fk_process_ve = {
    .name = "ve",
    .summary = "variance-exploding diffusion of generative models",
    .equation = "dX = sigma(t) sqrt(2 log(sigma_max / sigma_min)) dW,  sigma = "
                "sigma_min (sigma_max / sigma_min)^t",
    .reference = "song-2021",
    .dim = 0,
    .drift = {"0"},
    .noise = {{"sigma_min*(sigma_max/sigma_min)^t*sqrt(2*log(sigma_max/sigma_min))"}},
    .parameter =
        {
            {"sigma_min", "0.01", "added standard deviation at t = 0 [length]"},
            {"sigma_max", "50", "added standard deviation at t = 1 [length]"},
            {NULL, NULL, NULL},
        },
};
