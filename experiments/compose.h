/* Private to experiments/. `fokker compose`: the initial law and others, put together by a
 * rule, sampled by one sampler without weights and with them, beside what the composition
 * is. */
#ifndef FK_EXPERIMENTS_COMPOSE_H
#define FK_EXPERIMENTS_COMPOSE_H

#include <stdio.h>

#include "experiments/problem_load.h"
#include "experiments/result_folder.h"
#include "experiments/sampler_problem.h"
#include "experiments/terminal.h"
#include "experiments/verdict.h"
#include "sampling/weighted.h"

enum { FK_COMPOSE_NUMBERS = 3 * FK_GRID_DIM };

/* One number of the law at the first time, as it is and as found. */
typedef struct fk_compose_number {
    char name[48];
    double exact, scale;           /* what counts as 1 of it */
    double equation;               /* without weights, by the sampler's equation; NaN */
    fk_weighted_mean plain, found; /* without weights, with them */
    double step; /* how far the one found moves when steps are twice as long */
} fk_compose_number;

/* Shares of the cells of the domain. */
typedef struct fk_compose_cells {
    double *mass, *error; /* [cells + 1], the last one outside */
    double l1, chance; /* distance from the exact ones, and what chance alone makes */
} fk_compose_cells;

typedef struct fk_compose {
    fk_problem *problem;
    fk_methods methods;
    fk_terminal terminal;
    fk_progress progress;
    const fk_composition_rule *rule;
    fk_sampler_problem plan;
    const fk_sampler *sampler;
    size_t n, count;                  /* laws; paths of a group */
    double number, *weight;           /* w; [n] */
    fk_mixture **at_first, **at_last; /* [n] */
    double *time;                     /* [steps + 1] */
    fk_law *start;
    fk_grid wide;         /* the domain's grid with as many cells again on each side */
    double *whole, log_z; /* cell averages on it at the first time, of total mass 1 */
    double *target;       /* [cells] those in the domain */
    fk_weighted_result plain, found, coarse; /* without weights, with, in long steps */
    double
        *equation; /* [cells] averages of the sampler's density without weights by its
                         equation; NULL: not solved */
    double equation_l1,
        equation_error; /* its distance from the target, and what half the
                                           cells change */
    size_t n_numbers;
    fk_compose_number numbers[FK_COMPOSE_NUMBERS];
    fk_compose_cells plain_cells, found_cells;
    fk_word word;
    char sentence[FK_SENTENCE];
} fk_compose;

/* Of a problem that is loaded; *c zero but for that, the methods and the terminal, to be
 * cleared in any case. */
FK_NODISCARD fk_status fk_compose_run(fk_compose *c, fk_message *message);
void fk_compose_clear(fk_compose *c);

/* ---- its parts ---- */

/* Laws, weights, times, start and target (experiments/compose_plan.c). */
FK_NODISCARD fk_status fk_compose_plan(fk_compose *c, fk_message *message);

/* The sampler's own law by its equation, where its noise is known
 * (experiments/compose_density.c). */
FK_NODISCARD fk_status fk_compose_solve(fk_compose *c, fk_message *message);

/* Numbers, cells and verdict (experiments/compose_judge.c). */
FK_NODISCARD fk_status fk_compose_judge(fk_compose *c);

/* For people, for programs, as pictures in DIR/plots (experiments/compose_report.c). */
void fk_compose_print(const fk_compose *c);
void fk_compose_json(const fk_compose *c, FILE *out);
FK_NODISCARD fk_status fk_compose_draw(const fk_compose *c, const char *dir,
                                       fk_message *message);

#endif
