/* What the samplers of a problem need, made once: the schedule of its noise, the grid of
 * times, a source of scores, the laws between which they go.  `fokker sample` and
 * `fokker order sampler` read it alike. */
#ifndef FK_EXPERIMENTS_SAMPLER_PROBLEM_H
#define FK_EXPERIMENTS_SAMPLER_PROBLEM_H

#include "experiments/run.h"
#include "sampling/sampler.h"
#include "sampling/time_grid.h"
#include "sde/noise_schedule.h"
#include "sde/score.h"
#include "sde/score_network.h"
#include "solvers/point_tree.h"

typedef enum fk_score_source {
    FK_SCORE_EXACT,
    FK_SCORE_GRID,
    FK_SCORE_NETWORK,
    FK_SCORE_SOURCES
} fk_score_source;

extern const char *const fk_score_source_name[FK_SCORE_SOURCES];

typedef struct fk_sampler_problem {
    const fk_problem *problem; /* borrowed */
    const fk_methods *methods; /* borrowed */
    const fk_progress *progress;
    size_t dim;
    double first, last;          /* times that samplers end at and start from */
    fk_noise_schedule *schedule; /* NULL: the process has none */
    const fk_time_grid *times;
    fk_sampler_options options;
    size_t n_samplers;
    const fk_sampler **sampler;
    fk_score_source source;
    fk_learned *learned; /* NULL: no network */
    fk_point_tree
        *points;      /* `data` are points or equal round Gaussians; NULL: others */
    double bandwidth; /* of those */

    /* The exact laws as mixtures at 0, first and last, points among them; NULL: not known,
     * and then the densities of the grid are there. */
    fk_mixture *data, *at_first, *at_last;
    double *density_first, *density_last; /* [cells] */
    double outside;                       /* mass that the grid has lost by `first` */
    fk_law *prior;                        /* NULL: draws from density_last */
    bool from_law; /* samplers start from the law at the last time */
} fk_sampler_problem;

/* Borrows all of it; *out is to be cleared in any case.  A sentence with any failure. */
FK_NODISCARD fk_status fk_sampler_problem_open(const fk_problem *p,
                                               const fk_methods *methods,
                                               const fk_progress *progress,
                                               fk_sampler_problem *out,
                                               fk_message *message);
void fk_sampler_problem_clear(fk_sampler_problem *s);

/* Rising times[n + 1]. */
FK_NODISCARD fk_status fk_sampler_problem_times(const fk_sampler_problem *s, size_t n,
                                                double *time, fk_message *message);

/* A score for the times of a table, as its source gives it. */
FK_NODISCARD fk_status fk_sampler_problem_score(const fk_sampler_problem *s,
                                                size_t n_times, const double *time,
                                                fk_score **out, fk_message *message);

/* The exact one; needs `data`. */
FK_NODISCARD fk_status fk_sampler_problem_exact_score(const fk_sampler_problem *s,
                                                      size_t n_times,
                                                      const double *time,
                                                      fk_score **out);

/* States x[n][dim] at the last time: a function of the problem's seed. */
FK_NODISCARD fk_status fk_sampler_problem_latent(const fk_sampler_problem *s, size_t n,
                                                 double *x);

/* Points x[n][dim] of the law at the first time, independent of all others; the purpose
 * and the seed say which. */
FK_NODISCARD fk_status fk_sampler_problem_target(const fk_sampler_problem *s, size_t n,
                                                 uint64_t seed, fk_purpose purpose,
                                                 double *x);

/* The mixture that `data` has become at time t. */
FK_NODISCARD fk_status fk_sampler_problem_law(const fk_sampler_problem *s, double t,
                                              fk_mixture **out);

#endif
