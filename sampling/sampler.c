#include "sampling/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const fk_sampler *const fk_samplers[] = {
#define FK_SAMPLER(name) &fk_sampler_##name,
#include "sampling/samplers.def"
#undef FK_SAMPLER
    NULL,
};

const fk_sampler_options fk_sampler_standard = {.lambda = 1.0,
                                                .eta = 0.0,
                                                .churn = 10.0,
                                                .snr = 0.16,
                                                .order = 3,
                                                .inner = 1,
                                                .lower_final = false};

const fk_sampler *fk_sampler_find(const char *name)
{
    for (const fk_sampler *const *s = fk_samplers; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}

/* grid, falling, with what the schedule says of each time. */
static void set_levels(const fk_noise_schedule *schedule, size_t n, const double *grid,
                       fk_noise_level *level)
{
    for (size_t k = 0; k <= n; k++) {
        const double t = grid[n - k];
        level[k] = (fk_noise_level){.t = t};
        if (schedule != NULL)
            level[k] = fk_noise_at(schedule, t);
        level[k].t = t;
    }
}

static fk_status check(const fk_sampler *sampler, const fk_noise_schedule *schedule,
                       const double *grid, fk_message *message)
{
    if (!sampler->schedule)
        return FK_OK;
    if (schedule == NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the sampler %s needs dX = f(t) X dt + g(t) dW, alike in all "
                       "variables; euler, heun, midpoint, rk4, dormand-prince and "
                       "reverse-sde do not",
                       sampler->name);
    if (!(fk_noise_at(schedule, grid[0]).sigma > 0.0))
        return fk_fail(message, FK_EDOMAIN,
                       "the sampler %s cannot step to t = %g, where there is no noise "
                       "left: it must end before",
                       sampler->name, grid[0]);
    return FK_OK;
}

fk_status fk_recipe_new(const fk_sampler *sampler, const fk_noise_schedule *schedule,
                        size_t n, const double *grid, const fk_sampler_options *o,
                        fk_recipe **out, fk_message *message)
{
    *out = NULL;
    FK_TRY(check(sampler, schedule, grid, message));
    fk_recipe *r;
    FK_TRY(fk_recipe_begin(n, &r));
    fk_noise_level *level = fk_alloc(n + 1, sizeof *level);
    if (level == NULL) {
        fk_recipe_free(r);
        return FK_ENOMEM;
    }
    set_levels(schedule, n, grid, level);
    const fk_plan plan = {
        .schedule = schedule, .options = o, .n = n, .level = level, .recipe = r};
    sampler->plan(&plan);
    r->even = r->n_steps == n;
    free(level);
    const fk_status status = fk_recipe_close(r);
    if (status == FK_OK)
        *out = r;
    else
        fk_recipe_free(r);
    return status;
}

/* Rising times: every second one counted from the last, and the first. */
static size_t every_second(size_t n, const double *grid, double *out)
{
    const size_t steps = (n + 1) / 2;
    for (size_t k = 0; k <= steps; k++)
        out[steps - k] = grid[2 * k < n ? n - 2 * k : 0];
    return steps;
}

fk_status fk_recipe_pair_new(const fk_sampler *sampler,
                             const fk_noise_schedule *schedule, size_t n,
                             const double *grid, const fk_sampler_options *o,
                             fk_recipe **fine, fk_recipe **coarse, fk_message *message)
{
    *fine = *coarse = NULL;
    double *wide = fk_doubles(n / 2 + 2);
    fk_status status = wide == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = fk_recipe_new(sampler, schedule, n, grid, o, fine, message);
    if (status == FK_OK) {
        const size_t steps = every_second(n, grid, wide);
        status = fk_recipe_new(sampler, schedule, steps, wide, o, coarse, message);
    }
    free(wide);
    if (status == FK_OK && !((*fine)->even && (*coarse)->even))
        status = fk_fail(message, FK_EDOMAIN,
                         "the sampler %s walks some intervals more than once: there is "
                         "no halving of its steps",
                         sampler->name);
    if (status == FK_OK)
        status = fk_recipe_join(*fine, *coarse);
    if (status == FK_OK)
        return FK_OK;
    fk_recipe_free(*fine);
    fk_recipe_free(*coarse);
    *fine = *coarse = NULL;
    return status;
}
