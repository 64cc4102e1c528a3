/* Private to pde/.
 * The Fokker-Planck operator on the coefficients of a density p = sum_m c_m phi_m,
 * products of the axes' functions (pde/basis.h):
 *
 *     dc_m/dt = < phi_m's dual, J >,     J_i = b_i p - sum_j a_ij d_j p
 *
 * by Galerkin's method: along axis i the current is a sum of the derivatives of the
 * axis's functions, which vanish on reflecting faces, so that mass is kept to rounding
 * whatever the drift there.  Products are formed in the points of the grid, of which
 * there are half as many again as modes; a_ii that are free of the variables are applied
 * to the coefficients, exactly.
 *
 * Behind the modes come the masses that have left through absorbing faces, so that one
 * exponential carries both:  dM/dt = int_face J . n.
 *
 * An axis open at an end is a periodic box there (beside a wall: one with a second wall),
 * which must hold the mass.  In the collar, the outer sixteenth of the box, the drift is
 * brought to zero smoothly: it need not fit together across the seam.  What mass lies in
 * a collar is what the box gets wrong. */
#ifndef FK_PDE_SPECTRAL_OPERATOR_H
#define FK_PDE_SPECTRAL_OPERATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/program.h"
#include "core/status.h"
#include "pde/basis.h"
#include "sde/sde.h"

/* Share of the box that a collar takes at each open end. */
#define FK_SPECTRAL_COLLAR (1.0 / 16.0)

enum { FK_SPECTRAL_TERMS = FK_GRID_DIM + FK_GRID_DIM * FK_GRID_DIM };

/* b_i or a_ij on the transform's points. */
typedef struct fk_spectral_term {
    bool zero;    /* always and everywhere */
    bool uniform; /* free of the variables: `value` is enough */
    double value;
    double *field; /* [points]; NULL if zero, or if uniform and of the diagonal */
} fk_spectral_term;

typedef struct fk_spectral_operator {
    const fk_sde *sde;
    fk_domain domain; /* faces */
    fk_basis basis[FK_GRID_DIM];
    bool ends[FK_GRID_DIM][2]; /* with a collar */
    bool steady;               /* the coefficients are free of t */
    bool idle;                 /* every mode decays by itself, by its rate */

    size_t modes, points; /* products over the axes */
    size_t n_faces, face_axis[2 * FK_GRID_DIM], face_side[2 * FK_GRID_DIM];
    size_t size; /* modes + n_faces */

    fk_program *program;
    fk_spectral_term term[FK_SPECTRAL_TERMS]; /* b_i, then a_ij by rows */
    bool absorbs[FK_GRID_DIM];                /* the axis has an absorbing face */
    bool sloped[FK_GRID_DIM];                 /* d_i p is needed in the points */
    fk_series_plan *value, *slope[FK_GRID_DIM], *back[FK_GRID_DIM];

    double *window[FK_GRID_DIM]; /* [points of the axis] 1 inside, to 0 at open ends */
    double *integral[FK_GRID_DIM]; /* [modes of the axis] over the box */
    double *density, *gradient[FK_GRID_DIM], *current; /* [points] work */

    /* Rates of the terms at the points with the shortest waves, and what halfway to the
     * next point differs from the neighbours' mean. [1/time] */
    double *speed, *rough; /* [points] */
} fk_spectral_operator;

static inline size_t fk_spectral_terms(const fk_spectral_operator *op)
{
    return op->sde->dim * (op->sde->dim + 1);
}

static inline const fk_spectral_term *
fk_spectral_diffusion(const fk_spectral_operator *op, size_t i, size_t j)
{
    return &op->term[op->sde->dim * (i + 1) + j];
}

/* No drift, no cross terms, diffusion that is uniform along axes, nothing absorbs. */
bool fk_spectral_idle(const fk_sde *s, const fk_domain *domain);

/* On the box lo .. hi, modes[dim] as fk_basis_modes gives them.  Borrows sde.  Without
 * terms until the first fk_spectral_operator_set. */
FK_NODISCARD fk_status fk_spectral_operator_new(const fk_sde *sde,
                                                const fk_domain *domain,
                                                const double *lo, const double *hi,
                                                const size_t *modes,
                                                fk_spectral_operator **out);
void fk_spectral_operator_free(fk_spectral_operator *op); /* accepts NULL */

/* Terms sum_k weight[k] (those of time t[k]); one time alone is also looked at between the
 * points, for fk_spectral_operator_roughness.  FK_EDOMAIN with a sentence: not finite at
 * a point, or diffusion that is negative. */
FK_NODISCARD fk_status fk_spectral_operator_set(fk_spectral_operator *op, size_t n,
                                                const double *t, const double *weight,
                                                fk_message *message);

/* dc[size] = L c; an fk_product of solvers/matrix_exponential.h. */
void fk_spectral_operator_apply(const void *op, const double *c, double *dc);

/* r of a disc |z + r| <= r that holds the operator's field of values but for what a
 * drift that squeezes adds. [1/time] */
double fk_spectral_operator_radius(const fk_spectral_operator *op);

/* Share of the varying terms that lies between the points, where the density c is: 0 if they
 * are straight from point to point, 1 or 2 if they turn unseen between them. */
double fk_spectral_operator_roughness(const fk_spectral_operator *op, const double *c);

/* rate[modes] of an idle operator: e^{rate t} is its exponential. */
void fk_spectral_operator_rates(const fk_spectral_operator *op, double *rate);

#endif
