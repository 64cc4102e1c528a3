#include "sde/process.h"

const fk_process fk_process_logistic = {
    .name = "logistic",
    .summary = "growth to a capacity in a fluctuating environment",
    .equation = "dX = r X (1 - X/K) dt + sigma X dW",
    .reference = "gardiner-2009",
    .dim = 0,
    .drift = {"r*X*(1 - X/K)"},
    .noise = {{"sigma*X"}},
    .parameter =
        {
            {"r", "1", "growth rate [1/time]"},
            {"K", "1", "capacity"},
            {"sigma", "0.3", "noise of the growth rate [1/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
