/* Probability currents through the faces between neighbouring cells.  Along one
 * direction with flux drift b and diffusion a, two cells a distance h apart:
 *
 *     J = (a / h) (W(-P) p_L - W(P) p_R),       P = int_L^R b / a dx  (Peclet number)
 *
 * A flux is a choice of W and of the quadrature for P.  With W(P) = P / (e^P - 1), the
 * Bernoulli function, the discrete equilibrium is p_R / p_L = e^P: exact, so a gradient
 * drift keeps its Boltzmann density to rounding.  Where a = 0 every flux is upwind.
 * One file each in pde/fluxes/, one line each in pde/fluxes.def.
 * [chang-cooper-1970, scharfetter-gummel-1969] */
#ifndef FK_PDE_FLUX_H
#define FK_PDE_FLUX_H

#include <stdbool.h>
#include <stddef.h>

typedef struct fk_flux {
    const char *name;      /* problem-file word */
    const char *summary;   /* one line for `fokker list fluxes` */
    const char *reference; /* key into REFERENCES.md */
    double order;          /* of the L1 error for smooth densities, diffusive regime */
    bool positive;         /* never makes a rate between cells negative */
    size_t points;         /* Gauss-Legendre points for P between the two centres:
                              1 the face alone, 3 exact for b / a of degree 5 */
    /* rate_right[n], rate_left[n] from diffusive rate a / h^2 and P, n faces:
     * rate_right = (a / h^2) W(-P), rate_left = (a / h^2) W(P) [1/time]. */
    void (*rates)(size_t n, const double *conductance, const double *peclet,
                  double *rate_right, double *rate_left);
} fk_flux;

extern const fk_flux *const fk_fluxes[];       /* NULL-terminated */
const fk_flux *fk_flux_find(const char *name); /* NULL if there is none */

#endif
