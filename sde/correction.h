/* What may be wrong with an equation, each as a family of equations with one amount:
 *
 *     drift            f -> q f, of all variables or of one                 none: q = 1
 *     noise amplitude  D = G G^T / 2 -> q D, of all noises or of one        none: q = 1
 *     induced drift    ito_i + A sum_jk G_jk d_j G_ik                       none: A = 0
 *     gradient of D    ito_i + A sum_j d_j D_ij, where that is another one  none: A = 0
 *     cross term       D_ij -> r sqrt(D_ii D_jj) where it is 0, else q D_ij
 *
 * The amount is a parameter of the corrected SDE, with which it can be compiled anew. */
#ifndef FK_SDE_CORRECTION_H
#define FK_SDE_CORRECTION_H

#include <stddef.h>

#include "core/status.h"
#include "sde/sde.h"

typedef enum fk_correction_kind {
    FK_DRIFT_FACTOR,
    FK_NOISE_FACTOR,
    FK_INDUCED_DRIFT,
    FK_GRADIENT_DRIFT,
    FK_CROSS_FACTOR,
    FK_CORRELATION,
} fk_correction_kind;

typedef struct fk_correction {
    fk_correction_kind kind;
    char name[80];      /* "noise amplitude of x" */
    double none;        /* the amount that changes nothing */
    double least, most; /* amounts that make sense */
    fk_sde *sde;        /* owned; shares the pool of the one it corrects */
} fk_correction;

typedef struct fk_corrections {
    size_t n;
    fk_correction *list;
} fk_corrections;

/* All that apply to a diffusion s, which must outlive them. */
FK_NODISCARD fk_status fk_corrections_new(const fk_sde *s, fk_corrections *out);
void fk_corrections_clear(fk_corrections *c); /* accepts one of zeros */

/* Sets the amount for whoever compiles the SDE next. */
void fk_correction_set(fk_correction *c, double amount);

/* "D is 2.00 +- 0.02 times that of the equation" for an amount found with an error. */
void fk_correction_tell(const fk_correction *c, double amount, double error, size_t n,
                        char *text);

#endif
