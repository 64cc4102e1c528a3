#include "sde/process.h"

/* 1 - e^(-2 B) = 2 tanh B / (1 + tanh B), which keeps its digits where B is small. */
const fk_process fk_process_sub_vp = {
    .name = "sub-vp",
    .summary = "the VP drift with noise that begins at zero",
    .equation = "dX = -1/2 beta(t) X dt + sqrt(beta(t) (1 - e^(-2 B(t)))) dW,  B = "
                "int_0^t beta",
    .reference = "song-2021",
    .dim = 0,
    .drift = {"-beta*X/2"},
    .noise = {{"sqrt(2*beta*tanh(B)/(1 + tanh(B)))"}},
    .parameter =
        {
            {"beta_min", "0.1", "beta at t = 0 [1/time]"},
            {"beta_max", "20", "beta at t = 1 [1/time]"},
            {"beta", "beta_min + (beta_max - beta_min)*t",
             "rate, an expression of t [1/time]"},
            {"B", "beta_min*t + (beta_max - beta_min)*t^2/2",
             "integral of beta from 0 to t; to be given with beta"},
            {NULL, NULL, NULL},
        },
};
