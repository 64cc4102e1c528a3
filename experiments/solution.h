/* A problem's Fokker-Planck equation on its grid or a finer one, ready to advance. */
#ifndef FK_EXPERIMENTS_SOLUTION_H
#define FK_EXPERIMENTS_SOLUTION_H

#include "experiments/run.h"
#include "pde/evolution.h"
#include "sde/problem.h"

typedef struct fk_solution {
    fk_domain domain;
    fk_fokker_planck *equation;
    fk_evolution *evolution;
} fk_solution;

/* On the domain with `factor` times the cells along each axis, from the initial law.  *s is to be
 * closed even after a failure. */
FK_NODISCARD fk_status fk_solution_open(const fk_problem *p, const fk_methods *methods,
                                        size_t factor, fk_solution *s,
                                        fk_message *message);
void fk_solution_close(fk_solution *s);

fk_ledger fk_solution_ledger(const fk_solution *s);

#endif
