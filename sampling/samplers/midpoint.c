/* The midpoint rule for the probability flow.  [song-2021] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    static const double c[] = {0.0, 0.5};
    static const double A[] = {0.0, 0.0, 0.5, 0.0};
    static const double b[] = {0.0, 1.0};
    fk_plan_runge_kutta(p, 2, c, A, b);
}

const fk_sampler fk_sampler_midpoint = {
    .name = "midpoint",
    .summary = "midpoint rule for the flow",
    .formula = "x + (s - t) v(x + (s - t)/2 v(x, s), (s + t)/2)",
    .reference = "song-2021",
    .order = fk_order_2,
    .noisy = fk_never_noisy,
    .hears = "",
    .plan = plan,
};
