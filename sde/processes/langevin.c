#include "sde/process.h"

const fk_process fk_process_langevin = {
    .name = "langevin",
    .summary = "a particle with mass: position and velocity, noise on the velocity",
    .equation =
        "dx = v dt,  dv = (force(x) - gamma v) dt + sqrt(2 gamma kT) dW   (mass 1)",
    .reference = "kramers-1940",
    .dim = 2,
    .noises = 1,
    .variable = {"x", "v"},
    .drift = {"v", "force - gamma*v"},
    .noise = {{NULL}, {"sqrt(2*gamma*kT)"}},
    .parameter =
        {
            {"force", "-x", "force, an expression of x and t"},
            {"gamma", "1", "friction [1/time]"},
            {"kT", "1", "temperature, in units of the mass"},
            {NULL, NULL, NULL},
        },
};
