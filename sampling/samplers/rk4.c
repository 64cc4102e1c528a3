/* The classical Runge-Kutta method for the probability flow.  [song-2021] */
#include "sampling/sampler_forms.h"

static double order(const fk_sampler_options *o)
{
    (void)o;
    return 4.0;
}

static void plan(const fk_plan *p)
{
    static const double c[] = {0.0, 0.5, 0.5, 1.0};
    static const double A[] = {0.0, 0.0, 0.0, 0.0, /* 1 */
                               0.5, 0.0, 0.0, 0.0, /* 2 */
                               0.0, 0.5, 0.0, 0.0, /* 3 */
                               0.0, 0.0, 1.0, 0.0};
    static const double b[] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
    fk_plan_runge_kutta(p, 4, c, A, b);
}

const fk_sampler fk_sampler_rk4 = {
    .name = "rk4",
    .summary = "classical Runge-Kutta for the flow",
    .formula = "x + (s - t)/6 (v1 + 2 v2 + 2 v3 + v4)",
    .reference = "song-2021",
    .order = order,
    .noisy = fk_never_noisy,
    .hears = "",
    .plan = plan,
};
