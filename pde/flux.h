/* Probability currents through the faces between neighbouring cells.  Along one
 * direction with flux drift b and diffusion a, two cells a distance h apart:
 *
 *     J = (a / h) (W(-P) p_L - W(P) p_R),       P = int_L^R b / a dx  (Peclet number)
 *
 * A flux is a choice of W and of the quadrature for P.  With W(P) = P / (e^P - 1), the
 * Bernoulli function, the discrete equilibrium is p_R / p_L = e^P: exact, so a gradient
 * drift keeps its Boltzmann density to rounding.  Where a = 0 these fluxes are upwind.
 *
 * Wide fluxes look at more than two cells: for a sharp density that a drift carries (slopes
 * or polynomials chosen where they do not oscillate), or a smooth one.  Their rates are
 * upwind's, and a correction of the currents tells them from it:
 *
 *     F = up p_L - dn p_R + correction,   up - dn = b / h,  min(up, dn) = a / h^2
 *
 * They go along axes only (no cross terms), with steppers that apply the operator.
 *
 * One file each in pde/fluxes/, one line each in pde/fluxes.def.
 * [chang-cooper-1970, scharfetter-gummel-1969, van-leer-1979, jiang-shu-1996, zhang-shu-2010] */
#ifndef FK_PDE_FLUX_H
#define FK_PDE_FLUX_H

#include <stdbool.h>
#include <stddef.h>

enum { FK_FLUX_REACH = 3 }; /* the most */

/* Lines side by side, as pde/direction.h lays them out. */
typedef struct fk_flux_lines {
    size_t rows, lanes;
    const double *up,
        *dn; /* [rows][lanes] rates between a row and the next; 0: no link */
    /* [rows][lanes], and `reach` rows before and behind: the other end of lines that
     * close, the end's value again or extrapolated where they do not */
    const double *p;
    double *edge[2]; /* [rows + 1][lanes] of work each */
} fk_flux_lines;

typedef struct fk_flux {
    const char *name;      /* problem-file word */
    const char *summary;   /* one line for `fokker list fluxes` */
    const char *formula;   /* W(P), or how wide fluxes find p and dp/dx at a face */
    const char *regime;    /* where it serves */
    const char *reference; /* key into REFERENCES.md */
    double order;          /* of the L1 error for smooth densities, diffusive regime */
    double drift_order;    /* where the drift rules a cell, or there is no noise */
    bool positive;         /* keeps the sign of p in short explicit steps */
    size_t points;         /* Gauss-Legendre points for P between the two centres:
                              1 the face alone, 3 exact for b / a of degree 5 */
    /* rate_right[n], rate_left[n] from diffusive rate a / h^2 and P, n faces:
     * rate_right = (a / h^2) W(-P), rate_left = (a / h^2) W(P) [1/time]. */
    void (*rates)(size_t n, const double *conductance, const double *peclet,
                  double *rate_right, double *rate_left);

    /* of wide fluxes; two cells: reach 1, courant 1, no correction */
    size_t reach; /* cells to each side of a face that its current looks at */
    double
        courant; /* explicit Euler is stable up to courant / (largest rate), and keeps
                       the sign if positive */
    bool extrapolate; /* beyond the ends by cubics, which may be negative */
    /* F[rows][lanes] += correction of the currents from each row to the next */
    void (*correct)(const fk_flux_lines *lines, double *F);
} fk_flux;

extern const fk_flux *const fk_fluxes[];       /* NULL-terminated */
const fk_flux *fk_flux_find(const char *name); /* NULL if there is none */

#endif
