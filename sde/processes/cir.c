#include "sde/process.h"

const fk_process fk_process_cir = {
    .name = "cir",
    .summary = "Cox-Ingersoll-Ross: never negative, noise grows like the root",
    .equation = "dX = kappa (mu - X) dt + sigma sqrt(X) dW",
    .reference = "cox-ingersoll-ross-1985",
    .dim = 0,
    .drift = {"kappa*(mu - X)"},
    .noise = {{"sigma*sqrt(max(X, 0))"}},
    .parameter =
        {
            {"kappa", "1", "rate of return [1/time]"},
            {"mu", "1", "mean"},
            {"sigma", "0.5", "volatility; 2 kappa mu >= sigma^2 keeps X off zero"},
            {NULL, NULL, NULL},
        },
};
