/* Private to experiments/. Densities of a problem on its grid at the times of a table, and
 * the score of them. */
#ifndef FK_EXPERIMENTS_GRID_SCORE_H
#define FK_EXPERIMENTS_GRID_SCORE_H

#include "experiments/run.h"
#include "sde/score.h"

/* p[n_times][cells] at rising times; *outside gets the mass that has left through faces by
 * the first of them, unless NULL. */
FK_NODISCARD fk_status fk_grid_densities(const fk_problem *problem,
                                         const fk_methods *methods,
                                         const fk_progress *progress, size_t n_times,
                                         const double *time, double *const *p,
                                         double *outside, fk_message *message);

/* For one or two variables with even cells. */
FK_NODISCARD fk_status fk_grid_score(const fk_problem *problem,
                                     const fk_methods *methods,
                                     const fk_progress *progress, size_t n_times,
                                     const double *time, fk_score **out,
                                     fk_message *message);

#endif
