#include "experiments/claims/carried.h"

#include <math.h>

#include "sde/sde_text.h"

fk_status fk_carried_init(fk_carried *c, size_t dim, const char *variables,
                          const char *drift, const char *noise, double x0, double h,
                          fk_message *message)
{
    const fk_sde_text text = {.dim = dim,
                              .noises = 1,
                              .variables = variables,
                              .drift = drift,
                              .noise = noise,
                              .n_parameters = 1,
                              .parameter = (const char *const[]){"h"},
                              .value = &h};
    *c = (fk_carried){.h = h, .scheme = fk_scheme_find("euler-maruyama")};
    FK_TRY(fk_expr_pool_new(&c->pool));
    FK_TRY(fk_sde_parse(c->pool, &text, &c->sde, message));
    FK_TRY(fk_mixture_new(dim, 1, &c->start));
    c->start->weight[0] = 1.0;
    c->start->mean[0] = x0;
    return fk_law_mixture_new(c->start, &c->law);
}

void fk_carried_clear(fk_carried *c)
{
    fk_law_free(c->law);
    fk_mixture_free(c->start);
    fk_sde_free(c->sde);
    fk_expr_pool_free(c->pool);
}

fk_status fk_carried_particles(const fk_trial *t, const fk_carried *c, size_t n,
                               fk_ensemble **out)
{
    const fk_ensemble_options o = {.count = n,
                                   .step = c->h,
                                   .seed = t->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = c->scheme};
    return fk_ensemble_new(c->sde, NULL, c->law, &o, out, t->message);
}

fk_sample fk_sample_of(size_t n, const double *v)
{
    const double N = (double)n;
    double mean = 0.0, second = 0.0, fourth = 0.0;
    for (size_t k = 0; k < n; k++)
        mean += v[k] / N;
    for (size_t k = 0; k < n; k++) {
        const double d2 = (v[k] - mean) * (v[k] - mean);
        second += d2 / N;
        fourth += d2 * d2 / N;
    }
    return (fk_sample){mean, sqrt(second / N), second,
                       sqrt((fourth - second * second) / N)};
}
