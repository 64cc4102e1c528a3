/* Are a sample and a density the same law?  One word, with the error budget beside it.
 *
 * The null hypothesis is not "equal" but "equal up to the known errors of the method":
 * each systematic part (time step, grid, truncation) is measured or bounded, its
 * chi-distance eps_k enters the allowance eps = sum eps_k (triangle inequality), and
 * every test takes its p-value under the worst law that the allowance admits.
 *
 *     disagree      some p-value is below its level
 *     inconclusive  none is, but a difference in L1 as large as the tolerance could
 *                   hide: the chi-square test's detection limit exceeds it
 *     agree         none is, and such a difference would have been found
 *
 * The significance is shared evenly (Bonferroni) by the comparisons of a run and by the
 * tests of each: chi-square, Kolmogorov-Smirnov in 1-D, and a mean, a variance or a
 * covariance each.  docs/verdict.md derives the formulas. */
#ifndef FK_EXPERIMENTS_VERDICT_H
#define FK_EXPERIMENTS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "experiments/scatter.h"
#include "plots/result.h"
#include "sde/problem.h"

/* Where the particles are. */
typedef struct fk_sample {
    const char *name;      /* "particles" */
    const uint64_t *count; /* [cells] */
    uint64_t ended;        /* at absorbing faces, all together, or killed */
    uint64_t outside;      /* alive beyond open faces */
} fk_sample;

/* Where the law says they are: ended + outside + mass on the grid = 1. */
typedef struct fk_reference {
    const char *name; /* "Fokker-Planck", "exact" */
    const double *p;  /* [cells] cell averages */
    double ended;     /* mass that left through absorbing faces or was killed */
    double outside;   /* mass beyond open faces */
    /* True if what passes an open face is lost to the reference (the PDE on its grid):
     * then both sides are conditioned on not being beyond an open face, and the larger
     * of the two shares out there is the truncation.  False if `outside` is part of the
     * law (an exact formula): then it is compared like a cell. */
    bool truncated;
} fk_reference;

/* Time step: histograms with the sample's step and with a smaller one, arrays of cells + 1 whose
 * last entry holds all that are outside or absorbed (fk_halving_tally). */
typedef struct fk_step_evidence {
    const uint64_t *coarse, *fine;
    /* Pairs of which exactly one member is in the cell, if both histograms come from
     * common noise; NULL: two independent samples, of any sizes. */
    const uint64_t *moved;
    double ratio; /* coarse step / fine step, > 1; 2 for halving */
    double order; /* weak order of the scheme, and 1/2 where paths end at faces */
} fk_step_evidence;

/* Grid: the same problem solved on half the cell width. */
typedef struct fk_grid_evidence {
    const double *fine; /* [cells 2^dim] cell averages on fk_grid_refine(grid, 2); NULL:
                           the time error alone is known */
    double ended;       /* as in fk_reference, of the fine solution */
    double outside;     /* likewise */
    double order;       /* of the flux */
    bool whole;         /* time_error is that of the grid as well */
    double time_error;  /* L1 error of the time stepping, shape unknown; 0 or NaN:
                           not known */
} fk_grid_evidence;

typedef struct fk_compare_input {
    const fk_domain *domain;
    const char *const *variable; /* [dim] names of the axes */
    double t;
    const fk_sample *sample;
    const fk_reference *reference;
    const fk_step_evidence *step; /* NULL: not measured */
    const fk_grid_evidence *grid; /* NULL: not measured */
    /* Of a sample whose paths depend on each other; no groups: not measured.  NULL: they are
     * independent. */
    const fk_scatter_evidence *scatter;
    const fk_problem_compare *asked;
    size_t comparisons; /* that share the significance, >= 1 */
} fk_compare_input;

/* Fills every member of *out.  An unmeasured part counts as 0 in the allowance and as
 * NaN in the budget.  linf_at: centre of mass of the worst bin, NaN if that bin is what
 * lies beyond the grid.
 * FK_EDOMAIN: the reference is not finite or has no mass. */
FK_NODISCARD fk_status fk_compare_sample(const fk_compare_input *in,
                                         fk_comparison *out);

/* Density against density (a PDE solution and an exact one): distances only, count 0;
 * agree if the L1 distance is within the tolerance asked, else disagree; linf_at: the
 * cell of the largest difference.  Nothing is scaled first. */
FK_NODISCARD fk_status fk_compare_densities(const fk_domain *domain, double t,
                                            const char *name, const double *p,
                                            const char *reference, const double *q,
                                            const fk_problem_compare *asked,
                                            fk_comparison *out);

/* Disagree if any does, else inconclusive if any is, else agree; agree of none. */
fk_word fk_verdict_word(size_t n, const fk_comparison *c);

/* What the comparisons together mean, in one or two sentences for a person: for
 * `disagree` by how much, where and when; for `inconclusive` what would help.
 * variable[dim] are the names of the axes. */
enum { FK_SENTENCE = 512 };
void fk_verdict_sentence(size_t n, const fk_comparison *c, const fk_domain *domain,
                         const char *const *variable, const fk_problem_compare *asked,
                         char text[FK_SENTENCE]);

#endif
