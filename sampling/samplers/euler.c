/* Euler's method for the probability flow, which is the flow of flow matching too.
 * [song-2021, lipman-2023] */
#include "sampling/sampler_forms.h"

static void plan(const fk_plan *p)
{
    static const double c[] = {0.0};
    static const double A[] = {0.0};
    static const double b[] = {1.0};
    fk_plan_runge_kutta(p, 1, c, A, b);
}

const fk_sampler fk_sampler_euler = {
    .name = "euler",
    .summary =
        "Euler's method for the flow; with the rectified process, flow matching's",
    .formula = "x + (s - t) v(x, s)",
    .reference = "song-2021",
    .order = fk_order_1,
    .noisy = fk_never_noisy,
    .hears = "",
    .plan = plan,
};
