#include "sde/process.h"

const fk_process fk_process_noisy_hopf = {
    .name = "noisy-hopf",
    .summary = "limit cycle with noise in the plane",
    .equation = "dz = ((a + i omega) z - |z|^2 z) dt + sqrt(2 D) dW,  z = x + i y",
    .reference = "risken-1989",
    .dim = 2,
    .noises = 2,
    .variable = {"x", "y"},
    .drift = {"(a - x^2 - y^2)*x - omega*y", "(a - x^2 - y^2)*y + omega*x"},
    .noise = {{"sqrt(2*D)", NULL}, {NULL, "sqrt(2*D)"}},
    .parameter =
        {
            {"a", "1", "distance from the bifurcation [1/time]"},
            {"omega", "2", "angular velocity [1/time]"},
            {"D", "0.1", "diffusion"},
            {NULL, NULL, NULL},
        },
};
