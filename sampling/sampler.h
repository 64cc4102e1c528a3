/* Samplers of diffusion models: ways to step back from noise to data with a score.  One
 * file each in sampling/samplers/, one line each in sampling/samplers.def.
 *
 * Notation: a step goes from s to t < s along a falling grid of times.  With the schedule
 * X_t | X_0 ~ N(alpha_t X_0, sigma_t^2 I), lambda = log(alpha/sigma), h = lambda_t - lambda_s,
 *
 *     noise     eps(x, t) = -sigma_t s(x, t)
 *     data      x0(x, t)  = (x + sigma_t^2 s(x, t)) / alpha_t
 *     velocity  v(x, t)   = -f + (1 + l^2) a s,      a = G G^T / 2, l = lambda of the family
 *
 * docs/samplers.md gives every sampler's formula in it. */
#ifndef FK_SAMPLING_SAMPLER_H
#define FK_SAMPLING_SAMPLER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "sampling/recipe.h"
#include "sde/noise_schedule.h"
#include "sde/sde.h"

/* What samplers may be told; each says which of it it hears. */
typedef struct fk_sampler_options {
    double lambda;    /* noise in units of the forward noise, >= 0 */
    double eta;       /* noise in units of DDPM's, 0 to 1 */
    double churn;     /* noise that is added before a step, >= 0 */
    double snr;       /* of Langevin steps, > 0 */
    size_t order;     /* of multistep samplers, 1 to 3 */
    size_t inner;     /* Langevin steps per time, or restarts, >= 1 */
    bool lower_final; /* multistep samplers end with steps of lower order */
} fk_sampler_options;

extern const fk_sampler_options fk_sampler_standard;

/* Everything a sampler plans with. */
typedef struct fk_plan {
    const fk_noise_schedule *schedule; /* NULL: the SDE has none */
    const fk_sampler_options *options;
    size_t n;                    /* steps of the grid */
    const fk_noise_level *level; /* [n + 1] falling times; t alone without a schedule */
    fk_recipe *recipe;           /* to be filled */
} fk_plan;

typedef struct fk_sampler {
    const char *name;      /* problem-file word */
    const char *summary;   /* one line */
    const char *formula;   /* of a step, in the notation above */
    const char *reference; /* key into REFERENCES.md */
    /* Order in the length of the steps: of the map if the sampler is deterministic, of the
     * law of the result otherwise. */
    double (*order)(const fk_sampler_options *o);
    bool (*noisy)(const fk_sampler_options *o);
    const char *hears; /* options that matter, "" if none */
    bool schedule;     /* needs one; false: f, G and the score do */
    bool density;      /* needs the density of the score's law */
    void (*plan)(const fk_plan *p);
} fk_sampler;

#define FK_SAMPLER(name) extern const fk_sampler fk_sampler_##name;
#include "sampling/samplers.def"
#undef FK_SAMPLER

extern const fk_sampler *const fk_samplers[]; /* NULL-terminated */
const fk_sampler *fk_sampler_find(const char *name);

/* The recipe along the rising times grid[n + 1].  schedule NULL: none known.
 * FK_EDOMAIN with a sentence: the sampler needs a schedule. */
FK_NODISCARD fk_status fk_recipe_new(const fk_sampler *sampler,
                                     const fk_noise_schedule *schedule, size_t n,
                                     const double *grid, const fk_sampler_options *o,
                                     fk_recipe **out, fk_message *message);

/* As fk_recipe_new, and another one along every second time from the last on, joined with
 * it: for step-halving evidence.  Both even, or FK_EDOMAIN. */
FK_NODISCARD fk_status fk_recipe_pair_new(const fk_sampler *sampler,
                                          const fk_noise_schedule *schedule, size_t n,
                                          const double *grid,
                                          const fk_sampler_options *o, fk_recipe **fine,
                                          fk_recipe **coarse, fk_message *message);

#endif
