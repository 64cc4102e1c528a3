#include "sde/process.h"

const fk_process fk_process_gbm = {
    .name = "gbm",
    .summary = "geometric Brownian motion, each variable on its own; lognormal",
    .equation = "dX = mu X dt + sigma X dW",
    .reference = "kloeden-platen-1992",
    .dim = 0,
    .drift = {"mu*X"},
    .noise = {{"sigma*X"}},
    .parameter =
        {
            {"mu", "0.05", "growth [1/time]"},
            {"sigma", "0.2", "volatility [1/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
