/* A problem's Fokker-Planck equation on its grid or a finer one, ready to advance. */
#ifndef FK_EXPERIMENTS_SOLUTION_H
#define FK_EXPERIMENTS_SOLUTION_H

#include "experiments/run.h"
#include "pde/solver.h"
#include "sde/problem.h"

/* The method that the problem names or, for `auto`, the one that serves it; text[n]: why,
 * empty if it was named. */
FK_NODISCARD fk_status fk_solution_choose(const fk_problem *p,
                                          const fk_methods *methods,
                                          const fk_progress *progress,
                                          const fk_pde_method **method, size_t n,
                                          char *text, fk_message *message);

/* Bytes of the finest grid's rates and of its time steps, if it is solved for by finite
 * volumes, as `auto` may. */
double fk_solution_memory(const fk_problem *p, const fk_methods *methods);

/* On the domain with `factor` times the cells along each axis, from the initial law. */
FK_NODISCARD fk_status fk_solution_new(const fk_problem *p, const fk_methods *methods,
                                       const fk_pde_method *method, size_t factor,
                                       fk_solver **out, fk_message *message);

#endif
