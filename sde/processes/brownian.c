#include "sde/process.h"

const fk_process fk_process_brownian = {
    .name = "brownian",
    .summary = "Brownian motion with drift, each variable on its own",
    .equation = "dX = mu dt + sigma dW",
    .reference = "gardiner-2009",
    .dim = 0,
    .drift = {"mu"},
    .noise = {{"sigma"}},
    .parameter =
        {
            {"mu", "0", "drift [length/time]"},
            {"sigma", "1", "noise [length/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
