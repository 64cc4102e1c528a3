#include "sde/process.h"

const fk_process fk_process_benes = {
    .name = "benes",
    .summary = "Benes process: nonlinear drift, law known exactly",
    .equation = "dX = mu tanh(mu X) dt + dW",
    .reference = "benes-1981",
    .dim = 0,
    .drift = {"mu*tanh(mu*X)"},
    .noise = {{"1"}},
    .parameter =
        {
            {"mu", "1", "drift far out [length/time]"},
            {NULL, NULL, NULL},
        },
};
