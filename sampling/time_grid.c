#include "sampling/time_grid.h"

#include <math.h>
#include <string.h>

static double between(double a, double b, double u)
{
    return a + u * (b - a);
}

static double uniform(const fk_noise_schedule *s, double rho, double first, double last,
                      double u)
{
    (void)s, (void)rho;
    return between(first, last, u);
}

static double quadratic(const fk_noise_schedule *s, double rho, double first,
                        double last, double u)
{
    (void)s, (void)rho;
    return pow(between(sqrt(first), sqrt(last), u), 2.0);
}

static double log_snr(const fk_noise_schedule *s, double rho, double first, double last,
                      double u)
{
    (void)rho;
    const double lambda =
        between(fk_noise_at(s, first).lambda, fk_noise_at(s, last).lambda, u);
    return fk_noise_at_lambda(s, lambda).t;
}

static double karras(const fk_noise_schedule *s, double rho, double first, double last,
                     double u)
{
    const double low = exp(-fk_noise_at(s, first).lambda / rho);
    const double high = exp(-fk_noise_at(s, last).lambda / rho);
    return fk_noise_at_lambda(s, -rho * log(between(low, high, u))).t;
}

const fk_time_grid fk_time_grids[] = {
    {"uniform", "t in even steps", false, uniform},
    {"quadratic", "the root of t in even steps", false, quadratic},
    {"log-snr", "lambda = log(alpha/sigma) in even steps", true, log_snr},
    {"karras", "(sigma/alpha)^(1/rho) in even steps", true, karras},
    {NULL, NULL, false, NULL},
};

const fk_time_grid *fk_time_grid_find(const char *name)
{
    for (const fk_time_grid *g = fk_time_grids; g->name != NULL; g++)
        if (strcmp(g->name, name) == 0)
            return g;
    return NULL;
}

fk_status fk_time_grid_make(const fk_time_grid *g, const fk_noise_schedule *schedule,
                            double rho, size_t n, double first, double last,
                            double *time, fk_message *message)
{
    if (g->schedule && schedule == NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the time grid %s needs dX = f(t) X dt + g(t) dW, alike in all "
                       "variables; uniform and quadratic do not",
                       g->name);
    if (g->schedule && !(fk_noise_at(schedule, first).sigma > 0.0))
        return fk_fail(
            message, FK_EDOMAIN,
            "the time grid %s cannot begin at t = %g, where there is no noise", g->name,
            first);
    for (size_t k = 0; k <= n; k++)
        time[k] = k == 0   ? first
                  : k == n ? last
                           : g->at(schedule, rho, first, last, (double)k / (double)n);
    return FK_OK;
}
