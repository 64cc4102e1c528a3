#include "sde/process.h"

const fk_process fk_process_rotating_ou = {
    .name = "rotating-ou",
    .summary =
        "Ornstein-Uhlenbeck in the plane with rotation: a steady state with a current",
    .equation = "dx = (-kappa x - omega y) dt + sigma dW1,  dy = (omega x - kappa y) "
                "dt + sigma dW2",
    .reference = "gardiner-2009",
    .dim = 2,
    .noises = 2,
    .variable = {"x", "y"},
    .drift = {"-kappa*x - omega*y", "omega*x - kappa*y"},
    .noise = {{"sigma", NULL}, {NULL, "sigma"}},
    .parameter =
        {
            {"kappa", "1", "rate of return [1/time]"},
            {"omega", "1", "angular velocity [1/time]"},
            {"sigma", "1", "noise [length/time^(1/2)]"},
            {NULL, NULL, NULL},
        },
};
