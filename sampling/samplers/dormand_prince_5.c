/* The fifth-order method of Dormand and Prince for the probability flow.
 * [dormand-prince-1980] */
#include "sampling/sampler_forms.h"

static double order(const fk_sampler_options *o)
{
    (void)o;
    return 5.0;
}

static void plan(const fk_plan *p)
{
    static const double c[] = {0.0, 0.2, 0.3, 0.8, 8.0 / 9.0, 1.0};
    static const double A[6][6] = {
        {0.0},
        {1.0 / 5.0},
        {3.0 / 40.0, 9.0 / 40.0},
        {44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0},
        {19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0},
        {9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0,
         -5103.0 / 18656.0}};
    static const double b[] = {35.0 / 384.0,     0.0,
                               500.0 / 1113.0,   125.0 / 192.0,
                               -2187.0 / 6784.0, 11.0 / 84.0};
    fk_plan_runge_kutta(p, 6, c, A[0], b);
}

const fk_sampler fk_sampler_dormand_prince_5 = {
    .name = "dormand-prince",
    .summary = "Runge-Kutta of order 5 for the flow",
    .formula = "x + (s - t) sum of b_i v_i, six stages",
    .reference = "dormand-prince-1980",
    .order = order,
    .noisy = fk_never_noisy,
    .hears = "",
    .plan = plan,
};
