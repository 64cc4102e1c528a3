#include "sde/process.h"

const fk_process fk_process_ou = {
    .name = "ou",
    .summary = "Ornstein-Uhlenbeck: linear pull to mu, each variable on its own",
    .equation = "dX = -theta (X - mu) dt + sigma dW",
    .reference = "uhlenbeck-ornstein-1930",
    .dim = 0,
    .drift = {"-theta*(X - mu)"},
    .noise = {{"sigma"}},
    .parameter =
        {
            {"theta", "1", "rate of return [1/time]"},
            {"mu", "0", "mean [length]"},
            {"sigma", "sqrt(2)", "noise [length/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
