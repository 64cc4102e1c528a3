/* A density evolving under a Fokker-Planck operator, with its ledger.
 *
 * A step of length h takes the operator's directions one after another, half steps of all
 * but the last, a full step of the last, half steps back (Strang); coefficients that
 * depend on t are taken in the middle of the step.  At walls that cross terms meet,
 * splitting is of an order between one and two (its parts do not keep the condition that
 * their sum keeps).
 *
 * Where drift or noise depend on the density's own mean values, a step is made twice: with
 * those of its beginning, to learn those of its end, then with lines from these to those.
 * Steppers of order 2 keep it, higher orders become 2.
 *
 * Adaptive runs compare one step of length h with two of h / 2 and keep the two; step
 * lengths are the interval asked for over a power of two, so that they end where they
 * should and that their factorisations serve again.  Shares of the tolerance:
 * pde/step_control.h. */
#ifndef FK_PDE_EVOLUTION_H
#define FK_PDE_EVOLUTION_H

#include <stddef.h>
#include <stdint.h>

#include "core/progress.h"
#include "core/status.h"
#include "pde/fokker_planck.h"
#include "pde/stepper.h"

typedef struct fk_evolution fk_evolution;

typedef struct fk_evolution_options {
    const fk_pde_stepper *stepper;
    double step;      /* > 0: fixed step (each advance divides its interval evenly) */
    double tolerance; /* used when step == 0: L1 error per unit of mass allowed to
                         arise over the whole time span `span` */
    double span;      /* length of the run the tolerance is for [time] */
} fk_evolution_options;

/* Where the mass is: inside + sum(left) = 1 to rounding when it began so. */
typedef struct fk_ledger {
    double inside;
    double left[FK_GRID_DIM][2]; /* through each absorbing or open face so far */
    double killed, made;         /* by killing, by a source so far */
    double cost;                 /* int <cost, p> dt so far */
    double defect;  /* inside + left + killed - made - initial mass: rounding */
    double minimum; /* least cell average met at any step so far */
    uint64_t steps, rejected; /* accepted and rejected time steps */
    uint64_t limited;         /* line solves that needed the positivity limiter */
    double time_error;        /* accumulated estimate of the L1 time error; NaN with
                                    a fixed step */
    double grid_error; /* L1 error of cells or modes and of the box, as measured on
                                 the way; NaN: not known */
} fk_ledger;

/* Borrows fp (whose time it sets).  p[cells] at time t is copied. */
FK_NODISCARD fk_status fk_evolution_new(fk_fokker_planck *fp, double t, const double *p,
                                        const fk_evolution_options *o,
                                        fk_evolution **out);
void fk_evolution_free(fk_evolution *e); /* accepts NULL */

/* Bytes of an evolution on this grid, without the operator's own. */
size_t fk_evolution_memory(const fk_sde *sde, const fk_grid *g,
                           const fk_evolution_options *o);

/* To t_end >= the present time.  FK_EDOMAIN with a sentence when a coefficient is not
 * finite, FK_ESINGULAR when a flux that is not positive met a singular system,
 * FK_ECONVERGE when no step is short enough, FK_EINTERRUPTED; the density is then that
 * of fk_evolution_time, after the last step that succeeded (after FK_ESINGULAR it is
 * spoilt). */
FK_NODISCARD fk_status fk_evolution_advance(fk_evolution *e, double t_end,
                                            const fk_progress *progress,
                                            fk_message *message);

const double *fk_evolution_density(const fk_evolution *e); /* [cells], borrowed */
double fk_evolution_time(const fk_evolution *e);
void fk_evolution_ledger(const fk_evolution *e, fk_ledger *out);

#endif
