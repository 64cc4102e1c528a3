/* The Fokker-Planck operator in flux form on a grid, one to three dimensions:
 *
 *     dp_c/dt = - sum over directions e of (J_e out of c - J_e into c)
 *
 * Directions are the axes and, where the diffusion tensor a has cross terms, the grid's
 * diagonals: a is written as a sum of w_e e e^T with w_e >= 0 (each cross term a_ij
 * goes to the diagonal of its sign, its absolute value is taken from the two axes), and
 * the drift follows as b = sum_e w_e e (e . q), q = a^-1 b, so every direction is a
 * one-dimensional Fokker-Planck equation along its own lines.  Each keeps the mass and,
 * with a positive flux, the sign; for a gradient drift each keeps the equilibrium.
 * A tensor too skewed for the grid's diagonals (some axis weight would be negative) has
 * no such form on these cells: fk_fokker_planck_new says where and what cell shape
 * would do.  Singular a (no noise along some direction): the drift goes along the axes,
 * upwind where no diffusion is left; no noise at all is the continuity equation.
 *
 * Coefficients that depend on t are taken at the time given to fk_fokker_planck_set. */
#ifndef FK_PDE_FOKKER_PLANCK_H
#define FK_PDE_FOKKER_PLANCK_H

#include <stdbool.h>
#include <stddef.h>

#include <stdint.h>

#include "core/grid.h"
#include "core/status.h"
#include "pde/direction.h"
#include "pde/flux.h"
#include "sde/sde.h"

typedef struct fk_fokker_planck fk_fokker_planck;
typedef struct fk_reaction fk_reaction; /* private to pde/ */

/* Borrows sde; copies the domain.  Rates that are free of t are taken here; otherwise the
 * operator is empty until the first fk_fokker_planck_set.  FK_EDOMAIN with a sentence:
 * a coefficient is not finite at a face (says which, where), the tensor cannot be split,
 * or the SDE has jumps or stable noise.  An operator has work arrays of its own: one thread at a time. */
FK_NODISCARD fk_status fk_fokker_planck_new(const fk_sde *sde, const fk_domain *domain,
                                            const fk_flux *flux, fk_fokker_planck **out,
                                            fk_message *message);
void fk_fokker_planck_free(fk_fokker_planck *fp); /* accepts NULL */

/* Rates for time t; does nothing if the problem is autonomous or t is the present one.
 * After a failure the rates are undefined until the next success. */
FK_NODISCARD fk_status fk_fokker_planck_set(fk_fokker_planck *fp, double t,
                                            fk_message *message);

/* True if drift or noise depend on the density itself: then the rates are those of the
 * density that was looked at last.  None yet: fk_fokker_planck_set says so, FK_EDOMAIN. */
bool fk_fokker_planck_interacts(const fk_fokker_planck *fp);

/* Takes what p[cells] at time t says of the law, constant from then on; or, after such a
 * look, lines from there to p at the later time t.  For a linear equation the first does
 * nothing, and the second is not to be called. */
void fk_fokker_planck_look(fk_fokker_planck *fp, double t, const double *p);
void fk_fokker_planck_look_ahead(fk_fokker_planck *fp, double t, const double *p);

/* For those who apply the operator again and again: from now on it is done in the grid's
 * order, all directions in one sweep, which holds their rates once more.  Digits may differ
 * in the last place.  Does nothing for wide fluxes.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_fokker_planck_sweep(fk_fokker_planck *fp);

/* dp/dt[cells] = L p, the currents alone. */
void fk_fokker_planck_apply(const fk_fokker_planck *fp, const double *p, double *dpdt);

/* Adds -killing p + source to L p from now on: expressions in the SDE's variables and t,
 * NULL for none; paths are killed at the rate `killing` (where it is negative they
 * multiply).  With them the density at the end is that of Feynman and Kac: the integral of
 * phi p is E phi(X) exp(-int killing dt).  A cost rate changes no density, int <cost, p> dt
 * is in the books.  FK_EDOMAIN with a sentence where one is not finite. */
FK_NODISCARD fk_status fk_fokker_planck_react(fk_fokker_planck *fp,
                                              const fk_expr *killing,
                                              const fk_expr *source,
                                              const fk_expr *cost, fk_message *message);

/* A density with its books is one array: p[cells], then the mass that has left through
 * each face, [axis][side], that was killed and made, the cost so far, and the number one,
 * which the source multiplies.  d/dt of all is linear in all, so that any method of time
 * steps keeps inside + left + killed - made to rounding without knowing of it. */
enum {
    FK_BOOK_KILLED = 2 * FK_GRID_DIM,
    FK_BOOK_MADE,
    FK_BOOK_COST,
    FK_BOOK_ONE,
    FK_BOOKS,
};

/* dudt[cells + FK_BOOKS] = L p - killing p + source, and what moves in the books. */
void fk_fokker_planck_flow(const fk_fokker_planck *fp, const double *u, double *dudt);

/* The same of direction i alone, without killing and source. */
void fk_fokker_planck_part_flow(const fk_fokker_planck *fp, size_t i, const double *u,
                                double *dudt);

/* Their transposes, the backward operator's discrete twins, for fluxes of two cells:
 * <u, L p> = <L^T u, p> to rounding, with volume * sum over cells + sum over books for <,>
 * where there are books.  The books of such a u are what a path gets for leaving
 * through a face or being killed, and per unit of cost. */
void fk_fokker_planck_apply_transpose(const fk_fokker_planck *fp, const double *u,
                                      double *out);
void fk_fokker_planck_flow_transpose(const fk_fokker_planck *fp, const double *u,
                                     double *out);
void fk_fokker_planck_part_flow_transpose(const fk_fokker_planck *fp, size_t i,
                                          const double *u, double *out);

/* Largest rate out of a cell [1/time], negative rates counted like positive ones: with a
 * positive flux explicit Euler keeps the sign up to 1 / rate. */
double fk_fokker_planck_max_rate(const fk_fokker_planck *fp);

/* Probability current density J_i[cells] at cell centres, dim arrays: the mean of the
 * currents through the links to both sides of a cell, summed over directions. */
void fk_fokker_planck_current(const fk_fokker_planck *fp, const double *p,
                              double *const *current);

/* Bytes held; also the estimate before making one.  And what a sweep holds more, at most. */
size_t fk_fokker_planck_memory(const fk_sde *sde, const fk_grid *g);
size_t fk_fokker_planck_sweep_memory(const fk_sde *sde, const fk_grid *g);

/* What the time steps need: the directions with their rates, borrowed, in the order in
 * which a splitting takes them; a number that changes with the rates; the parts. */
const fk_direction *fk_fokker_planck_directions(const fk_fokker_planck *fp, size_t *n);
uint64_t fk_fokker_planck_revision(const fk_fokker_planck *fp);
const fk_domain *fk_fokker_planck_domain(const fk_fokker_planck *fp);
const fk_flux *fk_fokker_planck_flux(const fk_fokker_planck *fp);
bool fk_fokker_planck_steady(
    const fk_fokker_planck *fp); /* free of t and the density */
const fk_reaction *fk_fokker_planck_reaction(const fk_fokker_planck *fp); /* or NULL */
size_t fk_fokker_planck_threads(const fk_fokker_planck *fp); /* it was made for */

#endif
