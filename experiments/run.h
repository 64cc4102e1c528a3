/* One problem, run: particles, Fokker-Planck equation, exact law where there is one, on
 * the one grid; the step-halving and cell-halving runs of the error budget; the
 * comparisons; and, if asked, sampling backwards in time.  Everything goes into an
 * fk_result. */
#ifndef FK_EXPERIMENTS_RUN_H
#define FK_EXPERIMENTS_RUN_H

#include "core/status.h"
#include "experiments/checkpoint.h"
#include "experiments/terminal.h"
#include "pde/flux.h"
#include "pde/solver.h"
#include "pde/stepper.h"
#include "plots/result.h"
#include "sampling/scheme.h"
#include "sde/problem.h"

/* The methods that a problem names, found in their lists. */
typedef struct fk_methods {
    const fk_scheme *scheme;
    const fk_flux *flux;
    const fk_pde_stepper *stepper;
    const fk_pde_method *method; /* NULL: the one that serves (auto) */
    fk_face_rules faces;
    fk_step_rules rules;
} fk_methods;

/* FK_ESYNTAX with a sentence that names the nearest right word. */
FK_NODISCARD fk_status fk_methods_find(const fk_problem *problem, fk_methods *out,
                                       fk_message *message);

/* Fills *result (zero before), which fk_result_free releases on success and failure
 * alike.  problem must outlive the result.  checkpoint NULL: none is kept; otherwise the
 * run goes on from the one that is open there, and leaves one when it is interrupted or
 * the time is up (FK_EINTERRUPTED). */
FK_NODISCARD fk_status fk_run(const fk_problem *problem, const fk_methods *methods,
                              fk_terminal *terminal, fk_checkpoint *checkpoint,
                              fk_result *result, fk_message *message);

/* The law that starts the problem, exactly known at later times: fills p[cells] with
 * cell averages at time t; *known is false (p untouched) where no formula exists. */
FK_NODISCARD fk_status fk_exact_density(const fk_problem *problem, double t, double *p,
                                        bool *known, fk_message *message);

#endif
