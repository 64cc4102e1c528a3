#include "sde/process.h"

const fk_process fk_process_tilted_washboard = {
    .name = "tilted-washboard",
    .summary =
        "sliding down a corrugated slope: pendulum under torque, Josephson junction",
    .equation = "dx = (F + A sin x) dt + sqrt(2 D) dW",
    .reference = "risken-1989",
    .dim = 1,
    .noises = 1,
    .variable = {"x"},
    .drift = {"F + A*sin(x)"},
    .noise = {{"sqrt(2*D)"}},
    .parameter =
        {
            {"F", "0.5", "tilt"},
            {"A", "1", "depth of the corrugation"},
            {"D", "0.3", "temperature"},
            {NULL, NULL, NULL},
        },
};
