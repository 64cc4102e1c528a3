/* Ensembles of paths of one SDE, advanced in blocks that stay in cache for
 * many steps, one OpenMP task a group of blocks.  Path i is a function of (seed, i, step size, SDE,
 * scheme, boundaries) alone: never of threads, of the number of particles, or of where
 * the run paused.
 *
 * Where the SDE depends on its own law, the law is that of the particles alive: all make a
 * step, then mean values are taken anew (sampling/crowd.h), and a path is a function of the
 * whole ensemble.  The law of N of them is off by O(1/N) [sznitman-1991]. */
#ifndef FK_SAMPLING_ENSEMBLE_H
#define FK_SAMPLING_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/grid.h"
#include "core/keep.h"
#include "core/progress.h"
#include "core/random.h"
#include "core/status.h"
#include "sampling/losses.h"
#include "sampling/scheme.h"
#include "sde/law.h"
#include "sde/sde.h"

typedef struct fk_ensemble fk_ensemble;

typedef struct fk_ensemble_options {
    size_t count; /* particles, >= 1 */
    size_t first; /* number of the first one, a multiple of FK_BLOCK; 0 as a rule */
    double start; /* time of the initial law */
    double step;  /* h, > 0; each advance uses the largest h' <= h that
                                divides its interval evenly */
    uint64_t seed;
    fk_purpose purpose; /* FK_FOR_NOISE for the main run */
    const fk_scheme *scheme;
    fk_step_rules rules;
    fk_face_rules faces;
} fk_ensemble_options;

/* domain NULL: free space in any dimension.  sde and domain must outlive the ensemble;
 * draws the initial states, with purpose FK_FOR_INITIAL.  A draw outside the domain is
 * treated like a step that led there. */
FK_NODISCARD fk_status fk_ensemble_new(const fk_sde *sde, const fk_domain *domain,
                                       const fk_law *law, const fk_ensemble_options *o,
                                       fk_ensemble **out, fk_message *message);
void fk_ensemble_free(fk_ensemble *e); /* accepts NULL */

/* Bytes that an ensemble of `count` particles holds, of `rows` numbers each: the variables
 * and two more each where there are jumps and killing. */
size_t fk_ensemble_memory(size_t rows, size_t count);

/* To time t_end >= the present time.  After each step: reflecting faces send the path
 * back, periodic ones wrap it, absorbing ones end it there, open ones let it go on
 * outside.  A particle that becomes not finite is lost: counted, and out of everything
 * below.  FK_EINTERRUPTED leaves the ensemble at some paused state that must only be
 * freed. */
FK_NODISCARD fk_status fk_ensemble_advance(fk_ensemble *e, double t_end,
                                           const fk_progress *progress,
                                           fk_message *message);

/* The same, but pauses after `most` steps if they do not lead to t_end; then the next
 * advance must be to the same t_end, and no bit differs from one without a pause. */
FK_NODISCARD fk_status fk_ensemble_advance_some(fk_ensemble *e, double t_end,
                                                uint64_t most,
                                                const fk_progress *progress,
                                                fk_message *message);

/* Saves the present state, or restores it into an ensemble made with the same arguments.
 * False: the keeper failed, and only freeing is allowed. */
bool fk_ensemble_keep(fk_ensemble *e, const fk_keeper *keeper);

/* Sets the length of the steps as for an advance to t_end, where the next advances may
 * then pause at the end of any step without a bit of difference. */
void fk_ensemble_pace(fk_ensemble *e, double t_end);

double fk_ensemble_time(const fk_ensemble *e);
size_t fk_ensemble_count(const fk_ensemble *e);
uint64_t fk_ensemble_steps(const fk_ensemble *e); /* steps taken per particle so far */

/* Length of the present steps. */
double fk_ensemble_step(const fk_ensemble *e);

/* Particles lost so far; lives as long as the ensemble. */
const fk_losses *fk_ensemble_losses(const fk_ensemble *e);

/* Whether particle p, counted from the ensemble's first, was lost. */
bool fk_ensemble_lost(const fk_ensemble *e, size_t p);

/* Copies the present states of n particles from `first` on to x[n][dim]; those absorbed
 * or killed keep the point where they ended, those lost are not finite. */
void fk_ensemble_states(const fk_ensemble *e, size_t first, size_t n, double *x);

/* Where everyone is.  Integers: exact and the same for any number of threads. */
typedef struct fk_census {
    uint64_t inside;                   /* in a cell */
    uint64_t outside;                  /* alive beyond an open face */
    uint64_t absorbed[FK_GRID_DIM][2]; /* per face */
    uint64_t killed;
    uint64_t lost;
} fk_census;

/* A histogram counts everyone once: in a cell of its grid, or in one of FK_ELSEWHERE
 * entries behind the cells. */
enum { FK_ELSEWHERE = 3 + 2 * FK_GRID_DIM };

/* Adds the particles to the histogram count[cells + FK_ELSEWHERE] of g; NULL: of no
 * cells, where all alive are outside. */
void fk_ensemble_tally(const fk_ensemble *e, const fk_grid *g, uint64_t *count);

/* What a histogram of so many cells says about those elsewhere. */
fk_census fk_census_read(size_t cells, const uint64_t *count);

/* Whether particle p, counted from the ensemble's first, was killed. */
bool fk_ensemble_killed(const fk_ensemble *e, size_t p);

/* Whether particle p, counted from the ensemble's first, was absorbed; the face. */
bool fk_ensemble_ended(const fk_ensemble *e, size_t p, size_t *axis, size_t *side);

/* Moments of those alive, by fixed-order pairwise sums: mean[dim], covariance[dim][dim]
 * (divided by n - 1), fourth central moments[dim] for the standard error of a variance;
 * *alive gets n. */
void fk_ensemble_moments(const fk_ensemble *e, double *mean, double *covariance,
                         double *fourth, uint64_t *alive);

/* Smooth estimate of the density one step of size `h` ahead of now: the transition
 * kernel of the scheme averaged over the particles, its mass per cell computed with
 * error functions (1-D, diagonal covariance) - no bandwidth to choose, no bias beyond the
 * scheme's own [pedersen-1995, hu-watanabe-1996].  Adds to mass[cells] what each particle
 * gives to a cell, and to square[cells] its square: fk_density_from_masses makes a
 * density with standard errors of them.  1-D and 2-D; boundaries as in a step (reflected
 * kernels fold, periodic wrap, others lose mass).  Cells beyond 6 standard deviations of
 * a kernel are skipped.  A full covariance in 2-D is spread by quadrature, right to about
 * 1e-5 of each kernel's mass.
 * With a domain, g covers the same box.  Takes 32 arrays of cells while it runs.
 * FK_EDOMAIN if the scheme has no closed transition, if the SDE has jumps or stable noise,
 * if there are three variables, or two with correlated noise and the first axis stretched;
 * FK_EINTERRUPTED, FK_ENOMEM: the sums are not to be used. */
FK_NODISCARD fk_status fk_ensemble_kernel_density(const fk_ensemble *e,
                                                  const fk_grid *g, double h,
                                                  double *mass, double *square,
                                                  const fk_progress *progress);

#endif
