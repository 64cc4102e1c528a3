#include "sde/process.h"

const fk_process fk_process_double_well = {
    .name = "double-well",
    .summary = "overdamped motion in U = a x^2 (x^2/2 - 1)/2, each variable on its own",
    .equation = "dX = a (X - X^3) dt + sqrt(2 D) dW",
    .reference = "gardiner-2009",
    .dim = 0,
    .drift = {"a*(X - X^3)"},
    .noise = {{"sqrt(2*D)"}},
    .parameter =
        {
            {"a", "1", "steepness: the barrier is a/4"},
            {"D", "0.25", "temperature"},
            {NULL, NULL, NULL},
        },
};
