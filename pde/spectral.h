/* A density as a sum of smooth functions of the whole box (Fourier, cosine or sine along
 * each axis, as its faces ask), evolving under the Fokker-Planck equation.
 *
 * Space: errors fall faster than any power of the number of modes where law, coefficients
 * and density are smooth; modes are added until the last sixth of them holds less than the
 * tolerance.  A box that is open ends in a collar, and is widened until no more than the
 * tolerance is in there.  Both are measured after every step: what was found too much is
 * computed again, so that neither needs to be known beforehand.
 *
 * Time: the exponential of the operator - mode by mode where only uniform diffusion acts,
 * as a matrix where the modes are few, else by its action.  Coefficients that depend on
 * t: exponentials at two Gauss points a step (Magnus, fourth order, no commutators),
 * doubling as in evolution.h.
 *
 * Nothing keeps such a density from being negative where it is small: the least cell
 * average is in the ledger, as it is.
 * [trefethen-2000, blanes-moan-2006] */
#ifndef FK_PDE_SPECTRAL_H
#define FK_PDE_SPECTRAL_H

#include <stddef.h>

#include "core/progress.h"
#include "core/status.h"
#include "pde/evolution.h"
#include "sde/law.h"
#include "sde/sde.h"

typedef struct fk_spectral fk_spectral;

typedef struct fk_spectral_options {
    double tolerance; /* L1 error of each kind: modes, box, time */
    double span;      /* length of the run it is for [time] */
    double step;      /* > 0: fixed step where coefficients depend on t */
    double
        most_work; /* > 0: points times products that the action of the exponential may
                         take; FK_ELIMIT beyond */
} fk_spectral_options;

/* What it took. */
typedef struct fk_spectral_report {
    size_t dim, modes[FK_GRID_DIM];
    double lo[FK_GRID_DIM], hi[FK_GRID_DIM]; /* the box */
    double tail;     /* L1 norm of the last sixth of the modes, the most met */
    double collar;   /* mass at open ends of the box, the most met */
    const char *way; /* of the time steps, for people */
} fk_spectral_report;

/* Borrows sde and law; copies the domain.  FK_ECONVERGE with a sentence: the law is not
 * smooth enough.  FK_EDOMAIN: a coefficient is not finite. */
FK_NODISCARD fk_status fk_spectral_new(const fk_sde *sde, const fk_domain *domain,
                                       const fk_law *law, double t,
                                       const fk_spectral_options *o, fk_spectral **out,
                                       fk_message *message);
void fk_spectral_free(fk_spectral *s); /* accepts NULL */

/* To t_end >= the present time.  FK_ECONVERGE with a sentence: the density became too fine
 * for the modes, or spread beyond any box that is tried.  The density is then that of
 * fk_spectral_time. */
FK_NODISCARD fk_status fk_spectral_advance(fk_spectral *s, double t_end,
                                           const fk_progress *progress,
                                           fk_message *message);

/* Cell averages on the domain's grid, exact for the modes. */
const double *fk_spectral_density(const fk_spectral *s); /* [cells], borrowed */
double fk_spectral_time(const fk_spectral *s);
void fk_spectral_ledger(const fk_spectral *s, fk_ledger *out);
void fk_spectral_report_on(const fk_spectral *s, fk_spectral_report *out);

/* Probability current density J_i[cells] at cell centres, dim arrays. */
FK_NODISCARD fk_status fk_spectral_current(const fk_spectral *s,
                                           double *const *current);

#endif
