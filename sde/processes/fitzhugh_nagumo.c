#include "sde/process.h"

const fk_process fk_process_fitzhugh_nagumo = {
    .name = "fitzhugh-nagumo",
    .summary = "excitable cell: voltage and recovery",
    .equation = "dv = (v - v^3/3 - w + I) dt + sigma dW,  dw = epsilon (v + a - b w) "
                "dt + sigma_w dW2",
    .reference = "fitzhugh-1961",
    .dim = 2,
    .noises = 2,
    .variable = {"v", "w"},
    .drift = {"v - v^3/3 - w + I", "epsilon*(v + a - b*w)"},
    .noise = {{"sigma", NULL}, {NULL, "sigma_w"}},
    .parameter =
        {
            {"I", "0.5", "input current"},
            {"epsilon", "0.08", "ratio of the time scales"},
            {"a", "0.7", "shape"},
            {"b", "0.8", "shape"},
            {"sigma", "0.2", "noise of the voltage"},
            {"sigma_w", "0.05", "noise of the recovery"},
            {NULL, NULL, NULL},
        },
};
