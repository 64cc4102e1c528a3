#include "sde/process.h"

const fk_process fk_process_wright_fisher = {
    .name = "wright-fisher",
    .summary = "share of a gene under drift, selection and mutation, on 0..1",
    .equation = "dX = (u (1 - X) - v X + s X (1 - X)) dt + sqrt(X (1 - X)) dW",
    .reference = "ewens-2004",
    .dim = 0,
    .drift = {"u*(1 - X) - v*X + s*X*(1 - X)"},
    .noise = {{"sqrt(max(X*(1 - X), 0))"}},
    .parameter =
        {
            {"u", "1", "mutation towards [1/time]"},
            {"v", "1", "mutation away [1/time]"},
            {"s", "0", "selection [1/time]"},
            {NULL, NULL, NULL},
        },
};
