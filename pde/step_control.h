/* How long a time step may be for its share of the error; private to pde/evolution.c.
 *
 * A run of length `span` may make the L1 error `tolerance`.  Half of it is shared out
 * evenly over time, half evenly over the logarithm of time since the start:
 *
 *     share of a step from age s to s + h =
 *         tolerance / 2 (h / span + log((s + h + e) / (s + e)) / log((span + e) / e))
 *
 * A narrow initial law spreads on every time scale from e, the time in which its cell
 * empties, up to the whole span: at age s a step of a fixed fraction of s makes a fixed
 * error.  Shared over time alone the first instants would have almost nothing and
 * take almost all the steps.  Errors do not grow afterwards: with a positive flux the
 * evolution contracts L1 distances.
 *
 * A method of order q makes an error h^{q+1} in one step; its share is about h. */
#ifndef FK_PDE_STEP_CONTROL_H
#define FK_PDE_STEP_CONTROL_H

typedef struct fk_step_control {
    double tolerance; /* L1, of the whole span */
    double start, span;
    double shortest; /* e [time] */
} fk_step_control;

/* Error allowed to a step of length h at time t. */
double fk_step_control_share(const fk_step_control *c, double t, double h);

/* Length for the next try after one of length h made the error `error`. */
double fk_step_control_next(const fk_step_control *c, double t, double h, double error,
                            double order);

#endif
