#include "pde/step_control.h"

#include <math.h>

double fk_step_control_share(const fk_step_control *c, double t, double h)
{
    const double e = c->shortest, age = fmax(t - c->start, 0.0);
    const double by_time = h / c->span;
    const double by_scale = log1p(h / (age + e)) / log1p(c->span / e);
    return 0.5 * c->tolerance * (by_time + by_scale);
}

double fk_step_control_next(const fk_step_control *c, double t, double h, double error,
                            double order)
{
    const double safety = 0.9, least = 1.0 / 64.0, most = 8.0;
    const double share = fk_step_control_share(c, t, h);
    if (!(error > 0.0))
        return most * h;
    const double factor = safety * pow(share / error, 1.0 / order);
    return h * fmin(fmax(factor, least), most);
}
