/* The density of a problem over time, by whichever method: one face for all of them.
 * Methods are table entries, one file each in pde/methods/, one line each in
 * pde/methods.def. */
#ifndef FK_PDE_SOLVER_H
#define FK_PDE_SOLVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "pde/evolution.h"
#include "pde/flux.h"
#include "pde/stepper.h"
#include "sde/law.h"
#include "sde/sde.h"

/* What is to be solved. */
typedef struct fk_solver_task {
    const fk_sde *sde;
    const fk_law *law;     /* at `start` */
    const fk_expr *source; /* density that appears per time; NULL: none */
    fk_domain domain;      /* the density is asked for as averages over its cells */
    double start, end;
    double tolerance;              /* L1, over the whole run */
    double step;                   /* > 0: fixed, where a method takes steps */
    double most_work;              /* > 0: of spectral densities, see spectral.h */
    const fk_flux *flux;           /* of finite volumes */
    const fk_pde_stepper *stepper; /* likewise */
} fk_solver_task;

typedef struct fk_pde_method {
    const char *name;      /* problem-file word */
    const char *summary;   /* one line for `fokker list methods` */
    const char *reference; /* key into REFERENCES.md */
    bool positive;         /* the density is, with a positive flux */
    bool whole;            /* the ledger's grid_error is known, and of open faces the
                              mass beyond them now: what passed may have come back */

    /* the state borrows the task's parts; *state is NULL after a failure */
    fk_status (*open)(const fk_solver_task *task, void **state, fk_message *message);
    void (*close)(void *state);
    fk_status (*advance)(void *state, double t, const fk_progress *progress,
                         fk_message *message);
    const double *(*density)(const void *state); /* [cells] */
    void (*ledger)(const void *state, fk_ledger *out);
    fk_status (*current)(const void *state, double *const *current);
    void (*describe)(const void *state, size_t n, char *text); /* what it took */
} fk_pde_method;

extern const fk_pde_method *const fk_pde_methods[];        /* NULL-terminated */
const fk_pde_method *fk_pde_method_find(const char *name); /* NULL if there is none */

/* The method that serves a task: the spectral one if it reaches the tolerance, which is
 * tried on the whole run, else finite volumes.  text[n]: why, for people.  positive: the
 * density must be.  Fails only for want of memory or when interrupted. */
FK_NODISCARD fk_status fk_pde_method_choose(const fk_solver_task *task, bool positive,
                                            const fk_progress *progress,
                                            const fk_pde_method **method, size_t n,
                                            char *text, fk_message *message);

typedef struct fk_solver fk_solver;

/* Borrows the task's parts.  Statuses and sentences are those of the method, here and in
 * what follows: fk_evolution_advance, fk_spectral_advance. */
FK_NODISCARD fk_status fk_solver_new(const fk_pde_method *method,
                                     const fk_solver_task *task, fk_solver **out,
                                     fk_message *message);
void fk_solver_free(fk_solver *s); /* accepts NULL */
FK_NODISCARD fk_status fk_solver_advance(fk_solver *s, double t,
                                         const fk_progress *progress,
                                         fk_message *message);
const double *fk_solver_density(const fk_solver *s); /* [cells], borrowed */
fk_ledger fk_solver_ledger(const fk_solver *s);

/* Probability current density J_i[cells] at cell centres, dim arrays. */
FK_NODISCARD fk_status fk_solver_current(const fk_solver *s, double *const *current);

/* One line for people: what the solution took. */
void fk_solver_describe(const fk_solver *s, size_t n, char *text);

#endif
