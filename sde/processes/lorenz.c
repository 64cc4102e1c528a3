#include "sde/process.h"

const fk_process fk_process_lorenz = {
    .name = "lorenz",
    .summary = "the Lorenz attractor with noise, three variables",
    .equation = "dx = s (y - x) dt + sigma dW1,  dy = (x (r - z) - y) dt + sigma dW2,  "
                "dz = (x y - b z) dt + sigma dW3",
    .reference = "lorenz-1963",
    .dim = 3,
    .noises = 3,
    .variable = {"x", "y", "z"},
    .drift = {"s*(y - x)", "x*(r - z) - y", "x*y - b*z"},
    .noise = {{"sigma", NULL, NULL}, {NULL, "sigma", NULL}, {NULL, NULL, "sigma"}},
    .parameter =
        {
            {"s", "10", "Prandtl number"},
            {"r", "28", "Rayleigh number over its critical value"},
            {"b", "8/3", "shape of the rolls"},
            {"sigma", "1", "noise"},
            {NULL, NULL, NULL},
        },
};
