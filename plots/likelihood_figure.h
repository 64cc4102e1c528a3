/* The picture of `fokker likelihood`: errors over the number of steps, the parts of log q as
 * histograms, and the points' differences from what is known. */
#ifndef FK_PLOTS_LIKELIHOOD_FIGURE_H
#define FK_PLOTS_LIKELIHOOD_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct fk_likelihood_step {
    double steps, change, error; /* largest over the points; error NaN: unknown */
} fk_likelihood_step;

typedef struct fk_likelihood_dot {
    double log_q, prior, divergence; /* [nats]; the first is the sum of the others */
    double probes, difference; /* of the probes' mean and of the closed form from log q;
                                  NaN: unknown */
} fk_likelihood_dot;

typedef struct fk_likelihood_picture {
    const char *title;
    bool smooth; /* the score, so that the order of the steps shows */
    size_t n_steps;
    const fk_likelihood_step *step;
    size_t n;
    const fk_likelihood_dot *dot;
    size_t probes; /* 0: none */
} fk_likelihood_picture;

/* DIR/plots/likelihood.png, .svg, .gp and data.  Makes the folders. */
FK_NODISCARD fk_status fk_write_likelihood_figure(const char *dir,
                                                  const fk_likelihood_picture *p,
                                                  fk_message *message);

#endif
