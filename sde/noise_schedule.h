/* The schedule of a process that scales its start and adds noise, alike in all variables:
 *
 *     dX = f(t) X dt + G(t) dW,  G G^T = g^2(t) I:     X_t | X_0 ~ N(alpha(t) X_0, sigma(t)^2 I)
 *
 *     alpha' = f alpha,     (sigma^2 / alpha^2)' = g^2 / alpha^2,     lambda = log(alpha / sigma)
 *
 * lambda, half the logarithm of the signal-to-noise ratio, falls from infinity; samplers
 * of diffusion models step along it.  [song-2021, kingma-2021]
 *
 * Found from the SDE itself: f and g^2 as Chebyshev series on panels, short ones at the
 * start, split until the last coefficients are rounding, and integrated term by term.
 * Good to about 1e-14 in log alpha and relatively in sigma where f and g^2 are smooth, to
 * 1e-9 around kinks. */
#ifndef FK_SDE_NOISE_SCHEDULE_H
#define FK_SDE_NOISE_SCHEDULE_H

#include "core/status.h"
#include "sde/sde.h"

typedef struct fk_noise_schedule fk_noise_schedule;

/* *out NULL with FK_OK: the SDE is none of this kind.  FK_EDOMAIN: f or g^2 is not finite
 * somewhere from `start` to `end`, or too rough for 4000 panels. */
FK_NODISCARD fk_status fk_noise_schedule_new(const fk_sde *s, double start, double end,
                                             fk_noise_schedule **out);
void fk_noise_schedule_free(fk_noise_schedule *s); /* accepts NULL */

typedef struct fk_noise_level {
    double t;
    double alpha, sigma; /* 1 and 0 at the start */
    double lambda;       /* infinite at the start */
    double pull;         /* f [1/time] */
    double power;        /* g^2 [variable^2/time] */
} fk_noise_level;

/* t from start to end. */
fk_noise_level fk_noise_at(const fk_noise_schedule *s, double t);

/* The level at which lambda is this; the start or the end if it is beyond. */
fk_noise_level fk_noise_at_lambda(const fk_noise_schedule *s, double lambda);

#endif
