/* The family of equal marginals along the times of a score. */
#include "sampling/reverse.h"
#include "sampling/sampler.h"

fk_status fk_reverse_family(const fk_sde *sde, const fk_score *score, double lambda,
                            const fk_reverse_options *o, const fk_progress *progress,
                            fk_reverse_result *out, fk_message *message)
{
    const fk_sampler *by = lambda > 0.0 ? &fk_sampler_reverse_sde : &fk_sampler_heun;
    const fk_sampler_options options = {.lambda = lambda};
    fk_reverse_options with = *o;
    fk_recipe *recipe, *coarse;
    *out = (fk_reverse_result){0};
    FK_TRY(fk_recipe_pair_new(by, NULL, score->n_times - 1, score->time, &options,
                              &recipe, &coarse, message));
    with.coarse = coarse;
    const fk_status status =
        fk_reverse_sample(sde, score, recipe, &with, progress, out, message);
    fk_recipe_free(recipe);
    fk_recipe_free(coarse);
    return status;
}
