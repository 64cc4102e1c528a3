#include "sde/process.h"

const fk_process fk_process_ddm = {
    .name = "ddm",
    .summary = "drift-diffusion model of decisions; give absorbing walls",
    .equation = "dx = drift_rate dt + noise dW",
    .reference = "ratcliff-1978",
    .dim = 1,
    .noises = 1,
    .variable = {"x"},
    .drift = {"drift_rate"},
    .noise = {{"s"}},
    .parameter =
        {
            {"drift_rate", "1", "mean rate of evidence [1/time]"},
            {"s", "1", "noise of evidence [1/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
