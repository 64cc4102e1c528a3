#include "sde/process.h"

/* alpha = cos(u) / cos(u at 0),  u = (pi/2) (t + s)/(1 + s), so that beta = -2 (log alpha)' is
 * pi/(1 + s) tan(u); its cosine is written as the sine of what is left to the end, where beta
 * is infinite. */
const fk_process fk_process_vp_cosine = {
    .name = "vp-cosine",
    .summary = "variance-preserving, the signal falls like a cosine",
    .equation = "dX = -1/2 beta(t) X dt + sqrt(beta(t)) dW,  beta = pi/(1 + s) "
                "tan(pi/2 (t + s)/(1 + s))",
    .reference = "nichol-dhariwal-2021",
    .before = 1.0,
    .dim = 0,
    .drift = {"-beta*X/2"},
    .noise = {{"sqrt(beta)"}},
    .parameter =
        {
            {"s", "0.008", "how far along the cosine it begins [time]"},
            {"beta", "pi/(1 + s)*sin(pi/2*(t + s)/(1 + s))/sin(pi/2*(1 - t)/(1 + s))",
             "rate of noise, an expression of t [1/time]"},
            {NULL, NULL, NULL},
        },
};
